// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How each flow feature is computed.
#include "flow_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "weir/base/decimal.hpp"

namespace weir {
namespace {

// Decimals of the features' values.
constexpr unsigned kWhole = 0;    ///< counts; sums and extremes of bytes
constexpr unsigned kMean = 3;     ///< means, deviations and quartiles of bytes and packets
constexpr unsigned kShare = 6;    ///< shares and rates
constexpr unsigned kSeconds = 9;  ///< whole nanoseconds

constexpr std::array kDirections{Side::forward, Side::backward};
constexpr std::array kSides{Side::both, Side::forward, Side::backward};
constexpr std::array kAllSides{Side::both, Side::forward, Side::backward, Side::bigger,
                               Side::smaller};

std::string prefix(Side side) {
  switch (side) {
    case Side::forward:
      return "fwd_";
    case Side::backward:
      return "bwd_";
    case Side::bigger:
      return "big_";
    case Side::smaller:
      return "small_";
    case Side::both:
      break;
  }
  return "";
}

/// The side as descriptions name it, behind "of the packets".
std::string_view whose(Side side) {
  switch (side) {
    case Side::forward:
      return "sent by the initiator";
    case Side::backward:
      return "sent by the responder";
    case Side::bigger:
      return "of the bigger direction";
    case Side::smaller:
      return "of the smaller direction";
    case Side::both:
      break;
  }
  return "of the flow";
}

/// One more unit of columns; `add` appends to it.
class ColumnList {
 public:
  /// Begins columns that `write` computes. `group` is the name by which users ask for them.
  void begin(std::string_view group, FlowColumns::Write write, Side side = Side::both) {
    columns_.push_back({{}, write, side});
    group_ = group;
  }
  /// Of those that were begun last.
  void need_no_packets() { columns_.back().needs_packets = false; }

  void add(std::string name, std::string unit, unsigned decimals, std::string description) {
    columns_.back().features.push_back({.name = std::move(name),
                                        .unit = std::move(unit),
                                        .description = std::move(description),
                                        .decimals = decimals,
                                        .group = std::string(group_)});
  }

  std::vector<FlowColumns> take() { return std::move(columns_); }

 private:
  std::vector<FlowColumns> columns_;
  std::string_view group_;
};

using Values = std::span<std::int64_t>;

std::int64_t whole(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

/// Of nanoseconds that a series of none leaves undefined.
std::int64_t seconds(std::uint64_t nanoseconds, const Moments& of) {
  return of.count > 0 ? whole(nanoseconds) : kAbsent;
}

void write_counts(FlowSummary& flow, Side, Values out) {
  const FlowCounts& forward = flow.flow().counts(0);
  const FlowCounts& backward = flow.flow().counts(1);
  out[0] = whole(flow.duration_ns());
  out[1] = whole(forward.packets);
  out[2] = whole(backward.packets);
  out[3] = whole(forward.ip_bytes + backward.ip_bytes);
  out[4] = whole(forward.ip_bytes);
  out[5] = whole(backward.ip_bytes);
}

void write_payload(FlowSummary& flow, Side, Values out) {
  std::size_t at = 0;
  for (const Side side : kSides) out[at++] = whole(flow.totals(side).payload_bytes);
  for (const Side side : kSides) out[at++] = whole(flow.totals(side).data_packets);
}

void add_totals(ColumnList& list) {
  list.begin("totals", write_counts);
  list.need_no_packets();
  list.add("duration", "seconds", kSeconds, "Time from the first to the last packet");
  for (const Side side : kDirections) {
    list.add(prefix(side) + "packets", "packets", kWhole, fmt::format("Packets {}", whose(side)));
  }
  for (const Side side : kSides) {
    list.add(prefix(side) + "bytes", "bytes", kWhole,
             fmt::format("Sum of the IP lengths of the packets {}", whose(side)));
  }
  list.begin("totals", write_payload);
  for (const Side side : kSides) {
    list.add(prefix(side) + "payload_bytes", "bytes", kWhole,
             fmt::format("Bytes behind the transport headers of the packets {}", whose(side)));
  }
  for (const Side side : kSides) {
    list.add(prefix(side) + "data_packets", "packets", kWhole,
             fmt::format("Packets {} that carry payload", whose(side)));
  }
}

void write_rates(FlowSummary& flow, Side side, Values out) {
  const SideTotals& totals = flow.totals(side);
  const std::uint64_t ns = flow.duration_ns();
  const auto rate = [&](std::uint64_t count) {
    return ns > 0 ? to_decimal(static_cast<double>(count) * 1e9 / static_cast<double>(ns), kShare)
                  : kAbsent;
  };
  out[0] = rate(totals.packets);
  out[1] = rate(totals.bytes);
  out[2] = rate(totals.payload_bytes);
}

void add_rates(ColumnList& list) {
  for (const Side side : kSides) {
    list.begin("rates", write_rates, side);
    list.add(prefix(side) + "packets_per_second", "packets/s", kShare,
             fmt::format("Packets {}, divided by the duration", whose(side)));
    list.add(prefix(side) + "bytes_per_second", "bytes/s", kShare,
             fmt::format("IP lengths of the packets {}, divided by the duration", whose(side)));
    list.add(prefix(side) + "payload_bytes_per_second", "bytes/s", kShare,
             fmt::format("Payload bytes of the packets {}, divided by the duration", whose(side)));
  }
}

void write_balance(FlowSummary& flow, Side side, Values out) {
  const SideTotals& part = flow.totals(side);
  const SideTotals& all = flow.totals(Side::both);
  out[0] = decimal_ratio(part.packets, all.packets, kShare);
  out[1] = decimal_ratio(part.bytes, all.bytes, kShare);
  out[2] = decimal_ratio(part.payload_bytes, all.payload_bytes, kShare);
}

void add_balance(ColumnList& list) {
  for (const Side side : {Side::forward, Side::bigger}) {
    list.begin("balance", write_balance, side);
    list.add(prefix(side) + "packet_share", "1", kShare,
             fmt::format("Packets {}, as a share of all", whose(side)));
    list.add(prefix(side) + "byte_share", "1", kShare,
             fmt::format("IP lengths of the packets {}, as a share of all", whose(side)));
    list.add(prefix(side) + "payload_share", "1", kShare,
             fmt::format("Payload bytes of the packets {}, as a share of all", whose(side)));
  }
  list.begin("balance",
             [](FlowSummary& flow, Side, Values out) { out[0] = whole(flow.direction_changes()); });
  list.add("direction_changes", "packets", kWhole,
           "Packets sent by the other end than the packet before");
}

void write(const Distribution& d, Values out) {
  out[0] = d.min;
  out[1] = d.max;
  out[2] = d.mean;
  out[3] = d.std;
  out[4] = d.q25;
  out[5] = d.q50;
  out[6] = d.q75;
}

/// `decimals` of the extremes, and of what is computed of several values.
void add_distribution(ColumnList& list, const std::string& name, const std::string& unit,
                      unsigned extremes, unsigned computed, const std::string& of) {
  list.add(name + "_min", unit, extremes, "Least of " + of);
  list.add(name + "_max", unit, extremes, "Greatest of " + of);
  list.add(name + "_mean", unit, computed, "Mean of " + of);
  list.add(name + "_std", unit, computed, "Standard deviation of " + of);
  list.add(name + "_q25", unit, computed, "First quartile of " + of);
  list.add(name + "_q50", unit, computed, "Median of " + of);
  list.add(name + "_q75", unit, computed, "Third quartile of " + of);
}

void add_distributions(ColumnList& list) {
  for (const Side side : kAllSides) {
    list.begin(
        "sizes", [](FlowSummary& flow, Side s, Values out) { write(flow.sizes(s), out); }, side);
    add_distribution(list, prefix(side) + "size", "bytes", kWhole, kMean,
                     fmt::format("the IP lengths of the packets {}", whose(side)));
  }
  for (const Side side : kAllSides) {
    list.begin(
        "iats", [](FlowSummary& flow, Side s, Values out) { write(flow.gaps(s), out); }, side);
    add_distribution(list, prefix(side) + "iat", "seconds", kSeconds, kSeconds,
                     fmt::format("the gaps between successive packets {}", whose(side)));
  }
}

void write_messages(FlowSummary& flow, Side side, Values out) {
  const Moments& messages = flow.messages(side);
  out[0] = whole(messages.count);
  out[1] = decimal_ratio(messages.sum, messages.count, kMean);
  out[2] = to_decimal(messages.standard_deviation(), kMean);
  out[3] = messages.count > 0 ? whole(messages.max) : kAbsent;
}

void add_messages(ColumnList& list) {
  for (const Side side : kAllSides) {
    const std::string name = prefix(side) + "message";
    const std::string of = fmt::format("the payload bytes of the messages {}", whose(side));
    list.begin("messages", write_messages, side);
    list.add(name + "_count", "messages", kWhole,
             fmt::format("Messages {}: runs of packets with payload from one end, ended by payload "
                         "from the other",
                         whose(side)));
    list.add(name + "_mean", "bytes", kMean, "Mean of " + of);
    list.add(name + "_std", "bytes", kMean, "Standard deviation of " + of);
    list.add(name + "_max", "bytes", kWhole, "Greatest of " + of);
  }
}

constexpr std::size_t kOpeningMessages = 6;

void write_opening(FlowSummary& flow, Side, Values out) {
  const MessageList& messages = flow.opening();
  out[0] = messages.count == 0 ? kAbsent : messages.first == kForward ? 1 : 0;
  for (std::size_t n = 0; n < kOpeningMessages; ++n) {
    out[1 + n] = n < messages.count ? whole(messages.bytes[n]) : kAbsent;
  }
  out.back() = kAbsent;
  if (messages.count > 1) {
    out.back() = decimal_ratio(messages.bytes[0], messages.bytes[0] + messages.bytes[1], kShare);
  }
}

void add_opening(ColumnList& list) {
  list.begin("opening", write_opening);
  list.add("opening_fwd", "1", kWhole,
           "1 where the first packet with payload comes from the initiator, 0 where from the "
           "responder");
  for (std::size_t n = 1; n <= kOpeningMessages; ++n) {
    list.add(fmt::format("opening_size_{}", n), "bytes", kWhole,
             fmt::format("Payload bytes of message {}, as far as within the first {} packets", n,
                         kKeptPackets));
  }
  list.add("opening_size_share", "1", kShare,
           "Payload bytes of the first of these messages, as a share of the first two");
}

/// decimal_ratio(part, all, kShare) for what short flows have, as [all][part].
using Shares = std::array<std::int64_t, kKeptPackets + 1>;
constexpr std::array<Shares, kKeptPackets + 1> kSmallShares = [] {
  std::array<Shares, kKeptPackets + 1> shares{};
  shares[0][0] = kAbsent;
  for (std::size_t all = 1; all <= kKeptPackets; ++all) {
    for (std::size_t part = 0; part <= all; ++part) {
      shares[all][part] = static_cast<std::int64_t>((part * 1'000'000 + all / 2) / all);
    }
  }
  return shares;
}();

void write(const ShareCounts& counts, Values out) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts) all += count;
  if (all <= kKeptPackets) {
    const Shares& shares = kSmallShares[all];
    for (std::size_t bin = 0; bin < kShareBins; ++bin) out[bin] = shares[counts[bin]];
    return;
  }
  for (std::size_t bin = 0; bin < kShareBins; ++bin) {
    out[bin] = counts[bin] == 0 ? 0 : decimal_ratio(counts[bin], all, kShare);
  }
}

void add_histograms(ColumnList& list) {
  static constexpr std::array<std::string_view, kShareBins> kSizes{
      "below 64 bytes",        "of 64 to 127 bytes",   "of 128 to 255 bytes",
      "of 256 to 511 bytes",   "of 512 to 1023 bytes", "of 1024 to 1279 bytes",
      "of 1280 to 1407 bytes", "of 1408 bytes or more"};
  static constexpr std::array<std::string_view, kShareBins> kGaps{
      "below 10 us",          "from 10 us to 100 us", "from 100 us to 1 ms", "from 1 ms to 10 ms",
      "from 10 ms to 100 ms", "from 100 ms to 1 s",   "from 1 s to 10 s",    "of 10 s or more"};
  for (const Side side : kDirections) {
    list.begin(
        "histograms",
        [](FlowSummary& flow, Side s, Values out) { write(flow.size_shares(s), out); }, side);
    for (std::size_t bin = 0; bin < kShareBins; ++bin) {
      list.add(
          fmt::format("{}size_share_{}", prefix(side), bin + 1), "1", kShare,
          fmt::format("Share of IP lengths {} among the packets {}", kSizes[bin], whose(side)));
    }
  }
  for (const Side side : kDirections) {
    list.begin(
        "histograms", [](FlowSummary& flow, Side s, Values out) { write(flow.gap_shares(s), out); },
        side);
    for (std::size_t bin = 0; bin < kShareBins; ++bin) {
      list.add(
          fmt::format("{}iat_share_{}", prefix(side), bin + 1), "1", kShare,
          fmt::format("Share of gaps {} between successive packets {}", kGaps[bin], whose(side)));
    }
  }
}

void write_bursts(FlowSummary& flow, Side, Values out) {
  const FlowStatistics::Bursts& bursts = flow.bursts();
  const SideTotals& all = flow.totals(Side::both);
  const auto within_ns = static_cast<std::uint64_t>(bursts.sum_duration_ns);
  out[0] = whole(bursts.count);
  out[1] = decimal_ratio(all.packets, bursts.count, kMean);
  out[2] = whole(bursts.max_packets);
  out[3] = decimal_ratio(all.bytes, bursts.count, kMean);
  out[4] = whole(bursts.max_bytes);
  out[5] = decimal_ratio(within_ns, bursts.count, 0);
  out[6] = bursts.max_duration_ns;
  out[7] = decimal_ratio(flow.duration_ns() - within_ns, bursts.count - 1, 0);
}

void add_bursts(ColumnList& list) {
  list.begin("bursts", write_bursts);
  list.add("burst_count", "bursts", kWhole, "Runs of packets with gaps of at most 0.1 s");
  list.add("burst_packets_mean", "packets", kMean, "Mean number of packets of a burst");
  list.add("burst_packets_max", "packets", kWhole, "Greatest number of packets of a burst");
  list.add("burst_bytes_mean", "bytes", kMean, "Mean sum of IP lengths of a burst");
  list.add("burst_bytes_max", "bytes", kWhole, "Greatest sum of IP lengths of a burst");
  list.add("burst_duration_mean", "seconds", kSeconds,
           "Mean time from the first to the last packet of a burst");
  list.add("burst_duration_max", "seconds", kSeconds,
           "Greatest time from the first to the last packet of a burst");
  list.add("burst_gap_mean", "seconds", kSeconds, "Mean gap between bursts");
}

void write_periods(const Moments& ns, Values out) {
  out[0] = decimal_ratio(ns.sum, ns.count, 0);
  out[1] = to_decimal(ns.standard_deviation(), 0);
  out[2] = seconds(ns.min, ns);
  out[3] = seconds(ns.max, ns);
}

void add_activity(ColumnList& list) {
  list.begin("activity", [](FlowSummary& flow, Side, Values out) {
    write_periods(flow.active(), out);
    out[4] = whole(flow.idle().count);
    write_periods(flow.idle(), out.subspan(5));
  });
  list.add("active_mean", "seconds", kSeconds,
           "Mean length of the periods whose gaps are at most 1 s");
  list.add("active_std", "seconds", kSeconds, "Standard deviation of the lengths of these periods");
  list.add("active_min", "seconds", kSeconds, "Least length of these periods");
  list.add("active_max", "seconds", kSeconds, "Greatest length of these periods");
  list.add("idle_count", "gaps", kWhole, "Gaps of more than 1 s");
  list.add("idle_mean", "seconds", kSeconds, "Mean of the gaps of more than 1 s");
  list.add("idle_std", "seconds", kSeconds, "Standard deviation of the gaps of more than 1 s");
  list.add("idle_min", "seconds", kSeconds, "Least of the gaps of more than 1 s");
  list.add("idle_max", "seconds", kSeconds, "Greatest of the gaps of more than 1 s");
}

void write_tcp(FlowSummary& summary, Side, Values out) {
  const FlowRecord& flow = summary.flow();
  if (flow.protocol() != static_cast<std::uint8_t>(IpProtocol::tcp)) {
    std::ranges::fill(out, kAbsent);
    return;
  }
  std::size_t at = 0;
  for (std::size_t d = 0; d < 2; ++d) {
    for (const std::uint64_t count : flow.tcp_flag_counts(d)) out[at++] = whole(count);
  }
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int32_t window = flow.initial_window(d);
    out[at++] = window >= 0 ? window : kAbsent;
  }
}

void add_tcp(ColumnList& list) {
  static constexpr std::array<std::string_view, 8> kFlags{"fin", "syn", "rst", "psh",
                                                          "ack", "urg", "ece", "cwr"};
  list.begin("tcp", write_tcp);
  for (const Side side : kDirections) {
    for (const std::string_view flag : kFlags) {
      std::string upper(flag);
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      list.add(fmt::format("{}tcp_{}", prefix(side), flag), "packets", kWhole,
               fmt::format("TCP packets {} with {} set", whose(side), upper));
    }
  }
  for (const Side side : kDirections) {
    list.add(prefix(side) + "tcp_initial_window", "bytes", kWhole,
             fmt::format("Window in the first TCP packet {}, as sent, not scaled", whose(side)));
  }
}

void write_context(FlowSummary& flow, Side, Values out) {
  const FlowContext& context = flow.flow().context();
  out[0] = whole(context.pair_flows);
  out[1] = decimal_ratio(flow.flow().wire_bytes(), context.pair_bytes, kShare);
  out[2] = whole(context.host_flows);
  out[3] = decimal_ratio(flow.flow().wire_bytes(), context.host_bytes, kShare);
}

void add_context(ColumnList& list) {
  list.begin("context", write_context);
  list.need_no_packets();
  list.add("pair_flows", "flows", kWhole, "Open flows between the two hosts, this one included");
  list.add("pair_byte_share", "1", kShare,
           "Frame bytes of this flow, as a share of those of the open flows between the two hosts");
  list.add("host_flows", "flows", kWhole,
           "Open flows that the initiator opened, this one included");
  list.add(
      "host_byte_share", "1", kShare,
      "Frame bytes of this flow, as a share of those of the open flows that the initiator opened");
}

void add_first_packets(ColumnList& list, unsigned first_packets) {
  if (first_packets == 0) return;
  list.begin("first", [](FlowSummary& flow, Side, Values out) {
    const std::size_t count = std::min(out.size(), flow.flow().kept_packets());
    for (std::size_t n = 0; n < count; ++n) {
      const FlowPacket packet = flow.flow().packet(n);
      const auto size = static_cast<std::int64_t>(packet.payload_length);
      out[n] = packet.backward != 0 ? -size : size;
    }
    std::ranges::fill(out.subspan(count), kAbsent);
  });
  for (unsigned n = 1; n <= first_packets; ++n) {
    list.add(
        fmt::format("size_{:02}", n), "bytes", kWhole,
        fmt::format(
            "Payload of packet {}: positive from the initiator, negative from the responder", n));
  }
  list.begin("first", [](FlowSummary& flow, Side, Values out) {
    const std::size_t count = std::min(out.size(), flow.flow().kept_packets() - 1);
    for (std::size_t n = 0; n < count; ++n) {
      out[n] = static_cast<std::int64_t>(flow.flow().packet(n + 1).gap_ns);
    }
    std::ranges::fill(out.subspan(count), kAbsent);
  });
  for (unsigned n = 2; n <= first_packets; ++n) {
    list.add(fmt::format("iat_{:02}", n), "seconds", kSeconds,
             fmt::format("Gap between packets {} and {}", n - 1, n));
  }
}

}  // namespace

std::vector<FlowColumns> flow_columns(unsigned first_packets) {
  ColumnList list;
  add_totals(list);
  add_rates(list);
  add_balance(list);
  add_distributions(list);
  add_messages(list);
  add_opening(list);
  add_histograms(list);
  add_bursts(list);
  add_activity(list);
  add_tcp(list);
  add_context(list);
  add_first_packets(list, first_packets);
  return list.take();
}

}  // namespace weir
