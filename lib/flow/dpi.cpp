// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Deep packet inspection by libndpi.
#include "weir/flow/dpi.hpp"

#include <ndpi_api.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "glob_rules.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"
#include "weir/flow/flow_table.hpp"
#include "weir/flow/labels.hpp"
#include "weir/net/fragments.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 2> kApplicationKeys{"name", "category"};

// After so many packets with a payload libndpi's own reader gives up on a flow, too.
constexpr std::uint32_t kMostUdpPackets = 24;
constexpr std::uint32_t kMostPackets = 80;

constexpr std::size_t kBatch = 256;

struct ModuleCloser {
  void operator()(ndpi_detection_module_struct* module) const noexcept {
    ::ndpi_exit_detection_module(module);
  }
};
using Module = std::unique_ptr<ndpi_detection_module_struct, ModuleCloser>;

struct FlowCloser {
  void operator()(ndpi_flow_struct* flow) const noexcept { ::ndpi_free_flow(flow); }
};
using NdpiFlow = std::unique_ptr<ndpi_flow_struct, FlowCloser>;

Module open_module() {
  Module module(::ndpi_init_detection_module(ndpi_no_prefs));
  if (!module) throw Error("cannot start libndpi");
  NDPI_PROTOCOL_BITMASK all;
  NDPI_BITMASK_SET_ALL(all);
  ::ndpi_set_protocol_detection_bitmask2(module.get(), &all);
  ::ndpi_finalize_initialization(module.get());
  return module;
}

/// What is known of a flow's application.
struct Verdict {
  ndpi_protocol protocol{};
  ndpi_confidence_t confidence = NDPI_CONFIDENCE_UNKNOWN;
};

/// A flow being inspected; what libndpi keeps of it (about 1 KB) is given back with the verdict.
struct Inspection {
  NdpiFlow flow;
  std::uint32_t packets = 0;  ///< with a payload
  std::optional<Verdict> verdict;
};

}  // namespace

ApplicationLabels::ApplicationLabels() = default;
ApplicationLabels::ApplicationLabels(const std::string& path)
    : rules_(
          std::make_unique<GlobRules>(GlobRules::load(path, {"application", kApplicationKeys}))) {}
ApplicationLabels::~ApplicationLabels() = default;
ApplicationLabels::ApplicationLabels(ApplicationLabels&&) noexcept = default;
ApplicationLabels& ApplicationLabels::operator=(ApplicationLabels&&) noexcept = default;

std::string ApplicationLabels::label(const std::string& application,
                                     const std::string& category) const {
  if (!rules_) return application;
  return rules_->label(std::array<std::string_view, 2>{application, category});
}

DpiCounts& DpiCounts::operator+=(const DpiCounts& other) noexcept {
  packets += other.packets;
  flows += other.flows;
  known += other.known;
  labelled += other.labelled;
  return *this;
}

struct DpiLabeller::State {
  State(OutputFile& output, ApplicationLabels application_labels, DpiOptions dpi_options)
      : truth(output, ",application,category,confidence"),
        labels(std::move(application_labels)),
        options(dpi_options),
        module(open_module()) {}

  void inspect(const RawPacket& raw, const Packet& packet);
  void conclude(Inspection& inspection);
  void write_row(const FlowRecord& flow);

  GroundTruthWriter truth;
  ApplicationLabels labels;
  DpiOptions options;
  Module module;
  std::string capture;
  DpiCounts counts;
  std::map<FlowKey, Inspection> flows;  // those that are open
};

/// Shows a packet to libndpi, as long as its flow's application is not known.
void DpiLabeller::State::inspect(const RawPacket& raw, const Packet& packet) {
  Inspection& inspection = flows[FlowKey::of(
      {packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol})];
  if (inspection.verdict || packet.fragment_part == FragmentPart::later) return;
  if (!inspection.flow) {
    void* const memory = ::ndpi_flow_malloc(::ndpi_detection_get_sizeof_ndpi_flow_struct());
    if (memory == nullptr) throw Error("libndpi has no memory for another flow");
    std::fill_n(static_cast<std::uint8_t*>(memory), ::ndpi_detection_get_sizeof_ndpi_flow_struct(),
                std::uint8_t{0});
    inspection.flow.reset(static_cast<ndpi_flow_struct*>(memory));
  }
  if (packet.payload_length > 0) ++inspection.packets;
  const std::uint32_t captured = std::min(packet.ip_length, raw.captured_length - packet.ip_offset);
  const ndpi_protocol protocol = ::ndpi_detection_process_packet(
      module.get(), inspection.flow.get(), raw.data + packet.ip_offset,
      static_cast<std::uint16_t>(std::min<std::uint32_t>(captured, UINT16_MAX)),
      static_cast<std::uint64_t>(std::max<std::int64_t>(packet.time_ns, 0)) / 1'000'000U);
  const bool is_known = protocol.app_protocol != NDPI_PROTOCOL_UNKNOWN &&
                        ::ndpi_extra_dissection_possible(module.get(), inspection.flow.get()) == 0;
  const std::uint32_t most = packet.protocol == static_cast<std::uint8_t>(IpProtocol::udp)
                                 ? kMostUdpPackets
                                 : kMostPackets;
  if (is_known || inspection.packets >= most) conclude(inspection);
}

void DpiLabeller::State::conclude(Inspection& inspection) {
  std::uint8_t guessed = 0;
  const ndpi_protocol protocol = ::ndpi_detection_giveup(module.get(), inspection.flow.get(),
                                                         options.guesses ? 1 : 0, &guessed);
  const ndpi_confidence_t confidence = inspection.flow->confidence;
  inspection.verdict = Verdict{protocol, confidence};
  inspection.flow.reset();
}

void DpiLabeller::State::write_row(const FlowRecord& flow) {
  const FiveTuple tuple = flow.tuple();
  const auto found = flows.find(FlowKey::of(tuple));
  Inspection& inspection = found->second;
  if (inspection.flow && !inspection.verdict) conclude(inspection);
  const Verdict verdict = inspection.verdict.value_or(Verdict{});

  GroundTruthRow row{capture, tuple, flow.start_ns(), flow.last_ns(), {}};
  std::array<std::string, 3> more;
  const bool is_confident = verdict.confidence >= NDPI_CONFIDENCE_DPI_CACHE || options.guesses;
  const bool is_known = verdict.protocol.app_protocol != NDPI_PROTOCOL_UNKNOWN ||
                        verdict.protocol.master_protocol != NDPI_PROTOCOL_UNKNOWN;
  if (is_known && is_confident) {
    std::array<char, 128> name{};
    more = {::ndpi_protocol2name(module.get(), verdict.protocol, name.data(), name.size()),
            ::ndpi_category_get_name(module.get(), verdict.protocol.category),
            ::ndpi_confidence_get_name(verdict.confidence)};
    row.label = labels.label(more[0], more[1]);
    ++counts.known;
    if (!row.label.empty()) ++counts.labelled;
  }
  ++counts.flows;
  truth.write(row, more);
  // The next piece of a flow that is cut is the same conversation, whose beginning told.
  if (flow.reason() != FlowEndReason::active_timeout) flows.erase(found);
}

DpiLabeller::DpiLabeller(OutputFile& output, ApplicationLabels labels, DpiOptions options)
    : state_(std::make_unique<State>(output, std::move(labels), options)) {}
DpiLabeller::~DpiLabeller() = default;

DpiCounts DpiLabeller::label(PacketSource& capture) {
  state_->capture = capture.name();
  state_->counts = {};
  FlowTableSettings settings;
  settings.keeps_packets = false;
  FlowTable table(settings, [this](const FlowRecord& flow) { state_->write_row(flow); });
  Decoder decoder;
  std::vector<RawPacket> batch(kBatch);
  for (;;) {
    check_interrupted();
    const std::size_t count = capture.read(batch);
    if (count == 0) break;
    for (const RawPacket& raw : std::span(batch).first(count)) {
      Packet packet;
      if (decoder.decode(raw, packet) != DecodeStatus::decoded) continue;
      ++state_->counts.packets;
      table.add({&packet, 1});  // first: the flow that it is not of any more ends
      state_->inspect(raw, packet);
    }
  }
  table.finish();
  return state_->counts;
}

}  // namespace weir
