// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// nftables through its library.
#pragma once

#include <memory>
#include <string>

namespace weir {

/// A conversation with the kernel's nftables. Tables that it makes with "flags owner" are its own:
/// nobody else changes them, and they are gone once it ends. Other programs do not inherit it.
class Nft {
 public:
  /// Throws Error.
  Nft();
  ~Nft();
  Nft(Nft&& other) noexcept;
  Nft& operator=(Nft&& other) noexcept;

  /// Runs a text as one transaction. Throws Error with the kernel's first complaint.
  void run(const std::string& text);

  /// The same up to the point where something would change.
  void check(const std::string& text);

  /// What a "list" command prints, without the elements of sets and maps; empty where there is no
  /// such thing.
  std::string list(const std::string& what);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The first complaint among libnftables' messages, in one line: "No such file or directory (at:
/// ...)".
std::string nft_complaint(const std::string& messages);

}  // namespace weir
