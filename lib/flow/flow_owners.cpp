// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows while they are captured, and whose they were.
#include "weir/flow/flow_owners.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "glob_rules.hpp"

namespace weir {
namespace {

constexpr std::size_t kMaxFlows = 1'000'000;

FlowTableSettings settings() {
  FlowTableSettings settings;
  settings.keeps_packets = false;
  settings.max_flows = kMaxFlows;
  return settings;
}

constexpr std::array<std::string_view, 2> kProgramKeys{"name", "command"};

}  // namespace

ProgramLabels::ProgramLabels() : rules_(std::make_unique<GlobRules>()) {}
ProgramLabels::ProgramLabels(const std::string& path)
    : rules_(std::make_unique<GlobRules>(GlobRules::load(path, {"program", kProgramKeys}))) {}
ProgramLabels::~ProgramLabels() = default;
ProgramLabels::ProgramLabels(ProgramLabels&&) noexcept = default;
ProgramLabels& ProgramLabels::operator=(ProgramLabels&&) noexcept = default;

const std::string& ProgramLabels::label(const Program& program) const {
  if (!program.label.empty()) return program.label;
  return rules_->label(std::array<std::string_view, 2>{program.name, program.command});
}

FlowOwnersSink::FlowOwnersSink(PacketSink& packets, const std::string& path, std::string capture,
                               const SocketWatch& watch, ProgramLabels labels)
    : packets_(packets),
      output_(path),
      truth_(output_, ",program,pid,command"),
      capture_(std::move(capture)),
      watch_(watch),
      labels_(std::move(labels)),
      flows_(settings(), [this](const FlowRecord& flow) { write_row(flow); }) {}

void FlowOwnersSink::write(const RawPacket& raw) {
  Packet packet;
  if (decoder_.decode(raw, packet) == DecodeStatus::decoded) flows_.add({&packet, 1});
  packets_.write(raw);
}

void FlowOwnersSink::commit() {
  packets_.commit();
  flows_.finish();
  output_.commit();
}

void FlowOwnersSink::write_row(const FlowRecord& flow) {
  const FiveTuple tuple = flow.tuple();
  const SocketEnds initiator{tuple.protocol, tuple.src, tuple.src_port, tuple.dst, tuple.dst_port};
  const SocketEnds responder{tuple.protocol, tuple.dst, tuple.dst_port, tuple.src, tuple.src_port};
  std::optional<Program> owner = watch_.owner(initiator, flow.start_ns(), flow.last_ns());
  if (!owner) owner = watch_.owner(responder, flow.start_ns(), flow.last_ns());

  GroundTruthRow row{capture_, tuple, flow.start_ns(), flow.last_ns(), {}};
  std::array<std::string, 3> program;
  if (owner) {
    row.label = labels_.label(*owner);
    program = {owner->name, std::to_string(owner->pid), owner->command};
  }
  truth_.write(row, program);
}

}  // namespace weir
