// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The life of flows: start, update, expiry, end.
#include "weir/flow/flow_table.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

#include "flow_index.hpp"
#include "host_activity.hpp"
#include "open_flow.hpp"
#include "pool.hpp"

namespace weir {
namespace {

/// Packets whose slots and records are fetched into the cache together, before the first is used.
constexpr std::size_t kBatch = 32;
/// How far ahead of the update the rest of a record is fetched: its lines, times this, stay in the
/// first-level cache.
constexpr std::size_t kAhead = 6;

/// Times are kept within 146 years of 1970, so that no sum or difference of two can overflow.
constexpr std::int64_t kFarthest_ns = (std::int64_t{1} << 62U) - 1;

/// The bits of FlowPacket::gap_ns.
constexpr std::uint64_t kGapMask = (std::uint64_t{1} << 56U) - 1;

constexpr std::int64_t bounded(std::int64_t time_ns) noexcept {
  return std::clamp(time_ns, -kFarthest_ns, kFarthest_ns);
}

/// What is computed of a packet before its flow is looked up.
struct Lookup {
  FlowKey key;
  std::uint64_t hash = 0;
  bool from_low = true;  // the sender is the key's lower end
};

Lookup lookup_of(const Packet& packet) noexcept {
  Lookup lookup;
  lookup.key =
      FlowKey::of({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol});
  lookup.hash = hash(lookup.key);
  lookup.from_low = packet.src == lookup.key.low && packet.src_port == lookup.key.low_port;
  return lookup;
}

bool is_tcp(const Packet& packet) noexcept {
  return packet.protocol == static_cast<std::uint8_t>(IpProtocol::tcp);
}

bool has_flags(const Packet& packet, unsigned mask, unsigned value) noexcept {
  return is_tcp(packet) && (packet.tcp_flags & mask) == value;
}

/// A moment at which a flow may have expired. Never later than the flow's real expiry: packets do
/// not touch the queue, a flow that turns out to be alive when its turn comes queues up again.
struct Deadline {
  std::int64_t time_ns;
  std::uint64_t flow_id;
  OpenFlow* record;

  friend bool operator>(const Deadline& a, const Deadline& b) noexcept {
    return std::pair(a.time_ns, a.flow_id) > std::pair(b.time_ns, b.flow_id);
  }
};
using Deadlines = std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>>;

}  // namespace

struct FlowTable::State {
  FlowTableSettings settings;
  Emit emit;
  FlowRecord shown;  // filled for each emission
  Pool<OpenFlow> records;
  Pool<FlowStatistics> statistics;
  FlowIndex index;
  HostActivities pairs;
  HostActivities hosts;
  Deadlines deadlines;
  std::int64_t clock_ns = std::numeric_limits<std::int64_t>::min();  // latest packet time seen
  std::uint64_t last_flow_id = 0;

  void add_batch(std::span<const Packet> packets);
  static void prefetch_head(const OpenFlow& record) noexcept;
  static void prefetch_body(const OpenFlow& record) noexcept;
  void add(const Packet& packet, const Lookup& lookup);
  void advance_clock(std::int64_t time_ns);

  OpenFlow* open(const Packet& packet, const Lookup& lookup);
  void start_piece(OpenFlow& record, std::int64_t time_ns);
  void update(OpenFlow& record, const Packet& packet, std::size_t direction);
  void remember(OpenFlow& record, const FlowPacket& packet);
  void follow_tcp(OpenFlow& record, const Packet& packet, std::size_t direction);
  std::int64_t expiry_of(const OpenFlow& record) const noexcept;
  void queue(OpenFlow& record);

  void report(const OpenFlow& record, FlowEndReason reason);
  void end_piece(OpenFlow& record);
  void close(OpenFlow& record, FlowEndReason reason);
};

FlowTable::FlowTable(FlowTableSettings settings, Emit emit) : state_(std::make_unique<State>()) {
  settings.idle_timeout_ns = bounded(settings.idle_timeout_ns);
  settings.active_timeout_ns = bounded(settings.active_timeout_ns);
  state_->settings = std::move(settings);
  state_->emit = std::move(emit);
}

FlowTable::~FlowTable() = default;
FlowTable::FlowTable(FlowTable&&) noexcept = default;

void FlowTable::add(std::span<const Packet> packets) {
  while (!packets.empty()) {
    const std::size_t count = std::min(packets.size(), kBatch);
    state_->add_batch(packets.first(count));
    packets = packets.subspan(count);
  }
}

void FlowTable::finish() {
  State& state = *state_;
  std::vector<OpenFlow*> open = state.index.records();
  std::ranges::sort(open, {}, &OpenFlow::flow_id);
  // All are shown before any is removed: each has the others as its neighbours.
  for (const OpenFlow* record : open) {
    state.report(*record, record->closed ? FlowEndReason::end_of_flow : FlowEndReason::forced_end);
  }
  *state_ = State{state.settings, std::move(state.emit), {}, {}, {}, {}, {}, {}, {}};
}

std::size_t FlowTable::open_flows() const noexcept {
  return state_->index.size();
}

void FlowTable::State::add_batch(std::span<const Packet> packets) {
  std::array<Lookup, kBatch> lookups;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    lookups[i] = lookup_of(packets[i]);
    index.prefetch(lookups[i].hash);
  }
  // Records may end before their packet's turn, so these are hints, not results: find() looks
  // again.
  std::array<const OpenFlow*, kBatch> guesses;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    guesses[i] = index.guess(lookups[i].hash);
    if (guesses[i] != nullptr) prefetch_head(*guesses[i]);
  }
  for (std::size_t i = 0; i < packets.size() + kAhead; ++i) {
    if (i < packets.size() && guesses[i] != nullptr) prefetch_body(*guesses[i]);
    if (i >= kAhead) add(packets[i - kAhead], lookups[i - kAhead]);
  }
}

/// Asks for what every update of `record` touches.
void FlowTable::State::prefetch_head(const OpenFlow& record) noexcept {
  __builtin_prefetch(&record.key);
  __builtin_prefetch(&record.start_ns);
  __builtin_prefetch(&record.statistics);
}

/// Asks for what depends on the head.
void FlowTable::State::prefetch_body(const OpenFlow& record) noexcept {
  constexpr std::size_t kLine = 64;
  __builtin_prefetch(record.pair);
  __builtin_prefetch(record.host);
  if (record.statistics == nullptr) {
    __builtin_prefetch(&record.first[std::min(record.packets, std::uint64_t{kKeptPackets - 1})]);
    return;
  }
  const auto* bytes = reinterpret_cast<const char*>(record.statistics);
  for (std::size_t at = 0; at < sizeof(FlowStatistics); at += kLine) {
    __builtin_prefetch(bytes + at);
  }
}

void FlowTable::State::add(const Packet& packet, const Lookup& lookup) {
  const std::int64_t time_ns = bounded(packet.time_ns);
  advance_clock(time_ns);
  OpenFlow* record = index.find(lookup.hash, lookup.key);
  if (record != nullptr && record->closed && has_flags(packet, kTcpSyn | kTcpAck, kTcpSyn)) {
    close(*record, FlowEndReason::end_of_flow);  // the five-tuple is used again
    record = nullptr;
  }
  if (record == nullptr) {
    record = open(packet, lookup);
  } else if (time_ns - record->start_ns > settings.active_timeout_ns) {
    report(*record, record->closed ? FlowEndReason::end_of_flow : FlowEndReason::active_timeout);
    end_piece(*record);
    start_piece(*record, time_ns);
  }
  update(*record, packet, lookup.from_low == record->initiator_is_low ? 0 : 1);
}

/// Ends the flows that have expired by `time_ns`, in the order of their expiry.
void FlowTable::State::advance_clock(std::int64_t time_ns) {
  clock_ns = std::max(clock_ns, time_ns);
  while (!deadlines.empty() && deadlines.top().time_ns < clock_ns) {
    const Deadline due = deadlines.top();
    deadlines.pop();
    OpenFlow& record = *due.record;
    // The flow may have ended, or queued up for another time, since.
    if (record.flow_id != due.flow_id || record.deadline_ns != due.time_ns) continue;
    if (expiry_of(record) > due.time_ns) {
      queue(record);
    } else {
      close(record, record.closed ? FlowEndReason::end_of_flow : FlowEndReason::idle_timeout);
    }
  }
}

OpenFlow* FlowTable::State::open(const Packet& packet, const Lookup& lookup) {
  OpenFlow* const record = records.acquire();
  record->key = lookup.key;
  // A SYN+ACK answers a SYN that the capture missed: its receiver opened the connection.
  const bool is_answer = has_flags(packet, kTcpSyn | kTcpAck, kTcpSyn | kTcpAck);
  record->initiator_is_low = lookup.from_low != is_answer;
  record->pair = pairs.find_or_add(lookup.key.low, lookup.key.high);
  const IpAddress& initiator = record->initiator_is_low ? lookup.key.low : lookup.key.high;
  record->host = hosts.find_or_add(initiator, initiator);
  ++record->pair->flows;
  ++record->host->flows;
  index.insert(lookup.hash, record);
  start_piece(*record, bounded(packet.time_ns));
  return record;
}

/// Gives a record without packets its number, its start and its place in the queue.
void FlowTable::State::start_piece(OpenFlow& record, std::int64_t time_ns) {
  record.flow_id = ++last_flow_id;
  record.start_ns = record.last_ns = time_ns;
  record.clock_ns = clock_ns;
  queue(record);
}

void FlowTable::State::update(OpenFlow& record, const Packet& packet, std::size_t direction) {
  const std::int64_t before_ns = record.last_ns;
  record.last_ns = std::max(before_ns, bounded(packet.time_ns));
  record.clock_ns = clock_ns;
  FlowPacket item;
  item.gap_ns = static_cast<std::uint64_t>(record.last_ns - before_ns) & kGapMask;
  item.ip_length = packet.ip_length;
  item.payload_length = packet.payload_length & 0x7fffffffU;
  item.backward = direction & 1U;
  remember(record, item);

  ++record.packets;
  record.wire_bytes += packet.length;
  record.pair->bytes += packet.length;
  record.host->bytes += packet.length;
  if (is_tcp(packet)) follow_tcp(record, packet, direction);

  if (record.checkpoint < settings.checkpoints.size() &&
      record.packets == settings.checkpoints[record.checkpoint]) {
    ++record.checkpoint;
    report(record, FlowEndReason::none);
  }
}

void FlowTable::State::remember(OpenFlow& record, const FlowPacket& packet) {
  if (record.packets < kKeptPackets) {
    record.first[record.packets] = packet;
    return;
  }
  if (record.statistics == nullptr) {
    record.statistics = statistics.acquire();
    for (const FlowPacket& earlier : record.first) record.statistics->add(earlier);
  }
  record.statistics->add(packet);
  if (record.packets < settings.kept_packets) record.more_first.push_back(packet);
}

void FlowTable::State::follow_tcp(OpenFlow& record, const Packet& packet, std::size_t direction) {
  for (std::size_t bit = 0; bit < 8; ++bit) {
    record.tcp_flags[direction][bit] += packet.tcp_flags >> bit & 1U;
  }
  if (record.initial_window[direction] < 0) record.initial_window[direction] = packet.tcp_window;

  if ((packet.tcp_flags & kTcpFin) != 0) {
    record.fins = static_cast<std::uint8_t>(record.fins | 1U << direction);
  }
  constexpr unsigned kBoth = 3;
  if (!record.closed && ((packet.tcp_flags & kTcpRst) != 0 || record.fins == kBoth)) {
    record.closed = true;
    queue(record);  // it now expires sooner than its place in the queue says
  }
}

/// The last moment at which a packet still belongs to the flow.
std::int64_t FlowTable::State::expiry_of(const OpenFlow& record) const noexcept {
  const std::int64_t timeout_ns =
      record.closed ? std::min(kTcpLinger_ns, settings.idle_timeout_ns) : settings.idle_timeout_ns;
  return record.clock_ns + timeout_ns;
}

void FlowTable::State::queue(OpenFlow& record) {
  record.deadline_ns = expiry_of(record);
  deadlines.push({record.deadline_ns, record.flow_id, &record});
}

void FlowTable::State::report(const OpenFlow& record, FlowEndReason reason) {
  fill(shown, record);
  shown.context_ = {record.pair->flows, record.pair->bytes, record.host->flows, record.host->bytes};
  shown.reason_ = reason;
  emit(shown);
}

void FlowTable::fill(FlowRecord& shown, const OpenFlow& flow) {
  shown.key_ = flow.key;
  shown.initiator_is_low_ = flow.initiator_is_low;
  shown.initial_window_ = flow.initial_window;
  shown.flow_id_ = flow.flow_id;
  shown.start_ns_ = flow.start_ns;
  shown.last_ns_ = flow.last_ns;
  shown.packets_ = flow.packets;
  shown.wire_bytes_ = flow.wire_bytes;
  shown.tcp_flags_ = flow.tcp_flags;
  const std::size_t kept = std::min<std::size_t>(flow.packets, kKeptPackets);
  std::copy_n(flow.first.begin(), kept, shown.first_packets_.begin());
  shown.more_packets_ = flow.more_first;
  shown.statistics_ = flow.statistics;
}

/// Forgets the packets; the flow's ends, their roles and the state of the connection stay.
void FlowTable::State::end_piece(OpenFlow& record) {
  record.pair->bytes -= record.wire_bytes;
  record.host->bytes -= record.wire_bytes;
  if (record.statistics != nullptr) statistics.release(record.statistics);
  OpenFlow next;
  next.key = record.key;
  next.initiator_is_low = record.initiator_is_low;
  next.fins = record.closed ? std::uint8_t{0} : record.fins;
  next.pair = record.pair;
  next.host = record.host;
  record = std::move(next);
}

void FlowTable::State::close(OpenFlow& record, FlowEndReason reason) {
  report(record, reason);
  HostActivity* const pair = record.pair;
  HostActivity* const host = record.host;
  end_piece(record);
  if (--pair->flows == 0) pairs.remove(*pair);
  if (--host->flows == 0) hosts.remove(*host);
  index.erase(hash(record.key), &record);
  records.release(&record);
}

FiveTuple FlowRecord::tuple() const noexcept {
  FiveTuple tuple{key_.low, key_.high, key_.low_port, key_.high_port, key_.protocol};
  if (!initiator_is_low_) {
    std::swap(tuple.src, tuple.dst);
    std::swap(tuple.src_port, tuple.dst_port);
  }
  return tuple;
}

}  // namespace weir
