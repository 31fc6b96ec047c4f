// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What can go wrong outside the packet path, and the exit code that each kind ends a tool with.
#pragma once

#include <stdexcept>
#include <string>

namespace weir {

/// Data, I/O or kernel failure; the message is one line that names the file and, where known, the
/// remedy. Ends a tool with exit code 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The command line or a configuration file asks for something impossible. Exit code 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// The user pressed Ctrl-C (or sent SIGTERM) while a batch tool ran. Exit code 130.
class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted") {}
  /// `what` begins with "interrupted": what was done until then, how to go on.
  explicit Interrupted(const std::string& what) : Error(what) {}
};

/// An Error whose message is "`what`: <text of errno_value>", e.g. "cannot open x.pcap: No such
/// file or directory".
Error system_error(const std::string& what, int errno_value);

}  // namespace weir
