// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fuzzes the flow table and the extractor on it: four bytes of settings, then eight a packet, whose
// times, tuples, flags and sizes may be anything.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <tuple>
#include <vector>

#include "weir/feature/extractor.hpp"
#include "weir/flow/flow_table.hpp"

namespace {

using namespace weir;

constexpr std::size_t kSettingsBytes = 4;
constexpr std::size_t kStepBytes = 8;
constexpr std::size_t kMaxPackets = 2000;
constexpr std::int64_t kLongestActive_ns = (std::int64_t{1} << 48U) - 1;  // more is not allowed

void require(bool condition) {
  if (!condition) std::abort();
}

/// Times are where bugs are: steps of the time-outs and just beside them, and of any width.
std::int64_t stepped(std::int64_t time_ns, std::uint8_t code) {
  static constexpr std::array<std::int64_t, 16> kSteps{0,
                                                       1,
                                                       1'000,
                                                       1'000'000,
                                                       100'000'000,
                                                       100'000'001,
                                                       kNanosPerSecond,
                                                       kTcpLinger_ns,
                                                       kTcpLinger_ns + 1,
                                                       120 * kNanosPerSecond,
                                                       120 * kNanosPerSecond + 1,
                                                       1800 * kNanosPerSecond,
                                                       1800 * kNanosPerSecond + 1,
                                                       std::int64_t{1} << 48U,
                                                       std::int64_t{1} << 58U,
                                                       INT64_MAX};
  const auto step = static_cast<std::uint64_t>(kSteps[code & 0x0fU]) << (code >> 5U);
  const auto now = static_cast<std::uint64_t>(time_ns);
  return static_cast<std::int64_t>((code & 0x10U) != 0 ? now - step : now + step);
}

std::int64_t timeout_of(std::uint8_t code) {
  static constexpr std::array<std::int64_t, 8> kTimeouts{1,
                                                         1'000'000,
                                                         kNanosPerSecond,
                                                         kTcpLinger_ns,
                                                         120 * kNanosPerSecond,
                                                         1800 * kNanosPerSecond,
                                                         (std::int64_t{1} << 48U) - 1,
                                                         INT64_MAX};
  return kTimeouts[code % kTimeouts.size()];
}

std::vector<std::uint32_t> checkpoints_of(std::uint8_t code) {
  static constexpr std::array<std::uint32_t, 8> kCheckpoints{1, 2, 5, 19, 20, 21, 50, 1000};
  std::vector<std::uint32_t> checkpoints;
  for (std::size_t i = 0; i < kCheckpoints.size(); ++i) {
    if ((code >> i & 1U) != 0) checkpoints.push_back(kCheckpoints[i]);
  }
  return checkpoints;
}

struct Scenario {
  std::int64_t idle_timeout_ns;
  std::int64_t active_timeout_ns;
  std::vector<std::uint32_t> checkpoints;
  std::size_t kept_packets;
  std::size_t max_flows;
  std::vector<Packet> packets;
};

Packet packet_of(const std::uint8_t* step, std::int64_t time_ns) {
  static constexpr std::array<std::uint8_t, 4> kProtocols{6, 17, 6, 1};
  Packet packet;
  packet.time_ns = time_ns;
  packet.protocol = kProtocols[step[1] & 3U];
  const bool is_tcp = packet.protocol == 6;
  packet.src = IpAddress::v4(0x0a000000U | (step[1] >> 2U & 3U));
  packet.dst = IpAddress::v4(0x0a000000U | (step[1] >> 4U & 3U));
  if (packet.protocol != 1) {
    packet.src_port = static_cast<std::uint16_t>(40000 + (step[1] >> 6U & 1U));
    packet.dst_port = static_cast<std::uint16_t>(40000 + (step[1] >> 7U & 1U) + (step[6] & 0xfU));
  }
  if (is_tcp) {
    packet.tcp_flags = step[2];
    packet.tcp_window = static_cast<std::uint16_t>(step[7] << 8U);
  }
  const std::uint32_t headers = is_tcp ? 40 : packet.protocol == 17 ? 28 : 24;
  packet.payload_length = static_cast<std::uint32_t>(step[3] | step[4] << 8U) % 65'000;
  // Sizes beyond IPv4's, as of segments joined by the network card.
  if (step[5] == 0xff) packet.payload_length <<= 8U;
  packet.ip_length = headers + packet.payload_length;
  packet.length = packet.ip_length + 14;
  if ((step[6] & 0x80U) != 0) {
    packet.tunnel_depth = 1;
    packet.outer_src = IpAddress::v4(0xc0000201U);
    packet.outer_dst = IpAddress::v4(0xc0000202U);
  }
  return packet;
}

Scenario scenario_of(std::span<const std::uint8_t> bytes) {
  Scenario scenario{timeout_of(bytes[0]),        std::min(timeout_of(bytes[1]), kLongestActive_ns),
                    checkpoints_of(bytes[2]),    bytes[3],
                    std::size_t{bytes[1]} >> 3U, {}};
  std::int64_t time_ns = 1'700'000'000 * kNanosPerSecond;
  for (std::size_t at = kSettingsBytes;
       at + kStepBytes <= bytes.size() && scenario.packets.size() < kMaxPackets; at += kStepBytes) {
    time_ns = stepped(time_ns, bytes[at]);
    scenario.packets.push_back(packet_of(bytes.data() + at, time_ns));
  }
  return scenario;
}

/// What is compared of an emission.
struct Emission {
  FiveTuple tuple;
  std::vector<std::uint64_t> values;

  bool operator==(const Emission&) const = default;
};

Emission emission_of(const FlowRecord& flow) {
  Emission shown{flow.tuple(), {}};
  const FlowContext& context = flow.context();
  shown.values = {flow.flow_id(),
                  static_cast<std::uint64_t>(flow.reason()),
                  static_cast<std::uint64_t>(flow.start_ns()),
                  static_cast<std::uint64_t>(flow.last_ns()),
                  flow.packets(),
                  flow.wire_bytes(),
                  context.pair_flows,
                  context.pair_bytes,
                  context.host_flows,
                  context.host_bytes,
                  flow.kept_packets(),
                  flow.tunnel() ? 1U : 0U};
  for (std::size_t direction = 0; direction < 2; ++direction) {
    for (const std::uint64_t count : flow.tcp_flag_counts(direction)) {
      shown.values.push_back(count);
    }
  }
  for (std::size_t n = 0; n < flow.kept_packets(); ++n) {
    const FlowPacket packet = flow.packet(n);
    shown.values.push_back(packet.payload_length);
    shown.values.push_back(packet.direction());
  }
  return shown;
}

void check(const FlowRecord& flow, const Scenario& scenario) {
  require(flow.packets() > 0 && flow.start_ns() <= flow.last_ns());
  require(flow.kept_packets() <= flow.packets());
  require(flow.context().pair_flows > 0 && flow.context().host_flows > 0);
  require(flow.context().pair_bytes >= flow.wire_bytes());
  if (flow.reason() == FlowEndReason::none) {
    require(std::ranges::count(scenario.checkpoints, flow.packets()) == 1);
  }
}

/// The emissions of a table that gets the packets in batches of `batch`.
std::vector<Emission> emissions(const Scenario& scenario, std::size_t batch) {
  std::vector<Emission> shown;
  std::vector<std::uint64_t> ended;
  std::uint64_t packets = 0;
  FlowTableSettings settings;
  settings.idle_timeout_ns = scenario.idle_timeout_ns;
  settings.active_timeout_ns = scenario.active_timeout_ns;
  settings.checkpoints = scenario.checkpoints;
  settings.kept_packets = scenario.kept_packets;
  settings.max_flows = scenario.max_flows;
  FlowTable table(settings, [&](const FlowRecord& flow) {
    check(flow, scenario);
    shown.push_back(emission_of(flow));
    if (flow.reason() == FlowEndReason::none) return;
    ended.push_back(flow.flow_id());
    packets += flow.packets();
  });
  const std::span<const Packet> all(scenario.packets);
  for (std::size_t at = 0; at < all.size(); at += batch) {
    table.add(all.subspan(at, std::min(batch, all.size() - at)));
    require(packets + table.open_flows() <= at + batch);
    require(scenario.max_flows == 0 || table.open_flows() <= scenario.max_flows);
  }
  const auto before_the_end = static_cast<std::ptrdiff_t>(ended.size());
  const std::size_t open = table.open_flows();
  table.finish();
  require(table.open_flows() == 0);
  require(ended.size() == static_cast<std::size_t>(before_the_end) + open);
  require(std::is_sorted(ended.begin() + before_the_end, ended.end()));
  require(packets == all.size());
  std::ranges::sort(ended);
  for (std::size_t i = 0; i < ended.size(); ++i) require(ended[i] == i + 1);
  return shown;
}

/// The packets as captured, Ethernet and IPv4, in memory that stays.
class Frames {
 public:
  explicit Frames(std::span<const Packet> packets) {
    bytes_.resize(packets.size());
    raw_.reserve(packets.size());
    for (std::size_t i = 0; i < packets.size(); ++i) {
      write(packets[i], bytes_[i]);
      raw_.push_back({packets[i].time_ns, bytes_[i].data(), kFrameBytes, packets[i].length,
                      LinkType::ethernet});
    }
  }
  std::span<const RawPacket> packets() const noexcept { return raw_; }

 private:
  static constexpr std::uint32_t kFrameBytes = 54;
  using Frame = std::array<std::uint8_t, kFrameBytes>;

  static void put16(std::uint8_t* at, std::uint32_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 8U);
    at[1] = static_cast<std::uint8_t>(value);
  }

  static void write(const Packet& packet, Frame& frame) {
    put16(&frame[12], 0x0800);
    frame[14] = 0x45;
    put16(&frame[16], packet.ip_length <= 0xffff ? packet.ip_length : 0);  // 0: the frame decides
    frame[22] = 64;
    frame[23] = packet.protocol;
    std::memcpy(&frame[26], &packet.src.bytes[12], 4);
    std::memcpy(&frame[30], &packet.dst.bytes[12], 4);
    put16(&frame[34], packet.src_port);
    put16(&frame[36], packet.dst_port);
    frame[46] = 0x50;
    frame[47] = packet.tcp_flags;
    put16(&frame[48], packet.tcp_window);
  }

  std::vector<Frame> bytes_;
  std::vector<RawPacket> raw_;
};

struct Row {
  std::vector<std::uint64_t> values;
  std::vector<std::int64_t> features;

  bool operator==(const Row&) const = default;
};

std::vector<Row> rows(const Scenario& scenario, std::span<const RawPacket> raw, std::size_t batch) {
  ExtractorSettings settings;
  settings.idle_timeout_ns = scenario.idle_timeout_ns;
  settings.active_timeout_ns = scenario.active_timeout_ns;
  settings.first_packets = static_cast<unsigned>(scenario.kept_packets);
  settings.emit_at = scenario.checkpoints;
  settings.max_flows = scenario.max_flows;
  std::vector<Row> shown;
  std::uint64_t packets = 0;
  FlowExtractor extractor(settings, [&](const FlowRow& row) {
    Row& kept = shown.emplace_back();
    kept.values = {row.flow_id, static_cast<std::uint64_t>(row.end_reason), row.packets, row.bytes};
    kept.features.assign(row.values.begin(), row.values.end());
    if (row.end_reason != FlowEndReason::none) packets += row.packets;
  });
  for (std::size_t at = 0; at < raw.size(); at += batch) {
    extractor.add(raw.subspan(at, std::min(batch, raw.size() - at)));
  }
  extractor.finish();
  require(extractor.counts().decode.total() == raw.size());
  require(extractor.counts().decode[DecodeStatus::decoded] == packets);
  require(extractor.counts().rows == shown.size());
  return shown;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kSettingsBytes) return 0;
  const Scenario scenario = scenario_of({data, size});
  const std::size_t all = std::max<std::size_t>(scenario.packets.size(), 1);
  const std::vector<Emission> at_once = emissions(scenario, all);
  for (const std::size_t batch : {1U, 33U}) require(emissions(scenario, batch) == at_once);

  const Frames frames(scenario.packets);
  const std::vector<Row> rows_at_once = rows(scenario, frames.packets(), all);
  require(rows(scenario, frames.packets(), 7) == rows_at_once);
  return 0;
}
