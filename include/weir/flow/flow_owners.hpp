// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ground truth from the programs that own the sockets of flows.
#pragma once

#include <memory>
#include <string>

#include "weir/base/file.hpp"
#include "weir/flow/flow_table.hpp"
#include "weir/flow/labels.hpp"
#include "weir/net/fragments.hpp"
#include "weir/net/socket_watch.hpp"
#include "weir/net/source.hpp"

namespace weir {

class GlobRules;

/// Which class a program's flows are of.
class ProgramLabels {
 public:
  /// Knows the programs that carry their label in their environment, and no others.
  ProgramLabels();
  /// Reads a TOML file (see examples/labels/programs.toml): an array `program` of tables with
  /// `label` and any of `name` and `command` (a glob, or a list of them); `default` is the label of
  /// programs that none matches. The first match wins. Throws UsageError with file and line.
  explicit ProgramLabels(const std::string& path);
  ~ProgramLabels();
  ProgramLabels(ProgramLabels&&) noexcept;
  ProgramLabels& operator=(ProgramLabels&&) noexcept;

  /// The label in the program's environment (WEIR_LABEL), else that of the first rule that matches;
  /// empty where nothing does.
  const std::string& label(const Program& program) const;

 private:
  std::unique_ptr<GlobRules> rules_;
};

/// A sink that passes packets on, and writes for each of their flows which program owned its
/// socket: a ground-truth CSV (GroundTruthWriter) with the further columns `program,pid,command`.
/// Flows are those of weir-extract with its defaults. The program is that of the initiator where it
/// runs on this machine, else the responder's; without any, the columns are empty.
class FlowOwnersSink : public PacketSink {
 public:
  /// `packets` and `watch` must outlive this; `capture` fills the column of this name. Throws Error
  /// when the file cannot be written.
  FlowOwnersSink(PacketSink& packets, const std::string& path, std::string capture,
                 const SocketWatch& watch, ProgramLabels labels);

  void write(const RawPacket& packet) override;
  void flush() override { packets_.flush(); }
  void commit() override;

 private:
  void write_row(const FlowRecord& flow);

  PacketSink& packets_;
  OutputFile output_;
  GroundTruthWriter truth_;
  std::string capture_;
  const SocketWatch& watch_;
  ProgramLabels labels_;
  Decoder decoder_;
  FlowTable flows_;
};

}  // namespace weir
