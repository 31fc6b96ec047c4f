// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How each flow feature is computed.
#include "flow_columns.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace weir {
namespace {

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
constexpr double kSecondsPerNano = 1e-9;

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : kAbsent;
}

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

constexpr std::array kDirections{Side::forward, Side::backward};
constexpr std::array kSides{Side::both, Side::forward, Side::backward};
constexpr std::array kAllSides{Side::both, Side::forward, Side::backward, Side::bigger,
                               Side::smaller};

/// The statistics of a Distribution, in the order of their columns.
struct Statistic {
  std::string_view suffix;
  std::string_view words;
  double Distribution::*value;
};
constexpr std::array<Statistic, 7> kStatistics{{
    {"min", "Least", &Distribution::min},
    {"max", "Greatest", &Distribution::max},
    {"mean", "Mean", &Distribution::mean},
    {"std", "Standard deviation", &Distribution::std},
    {"q25", "First quartile", &Distribution::q25},
    {"q50", "Median", &Distribution::q50},
    {"q75", "Third quartile", &Distribution::q75},
}};
constexpr std::array<std::size_t, 3> kMessageStatistics{2, 3, 1};

/// Builds the list section by section.
class ColumnList {
 public:
  void add(std::string name, std::string unit, std::string description, FlowColumn::Value value,
           Side side = Side::both, std::size_t index = 0) {
    columns_.push_back({{std::move(name), std::move(unit), std::move(description),
                         FeatureLevel::flow, FeatureKind::behaviour, true},
                        value,
                        side,
                        index});
  }

  std::vector<FlowColumn> take() { return std::move(columns_); }
  FlowColumn& last() { return columns_.back(); }

 private:
  std::vector<FlowColumn> columns_;
};

void add_totals(ColumnList& list) {
  list.add("protocol", "", "Transport protocol: a name in the table, its IANA number to a model",
           [](const FlowSummary& f, Side, std::size_t) {
             return static_cast<double>(f.flow.protocol());
           });
  list.last().feature.numeric = false;
  list.add("packets", "packets", "Packets of both directions",
           [](const FlowSummary& f, Side s, std::size_t) { return f.of(s).packets; });
  list.add("duration", "seconds", "Time from the first to the last packet",
           [](const FlowSummary& f, Side, std::size_t) { return f.duration_s; });
  for (const Side side : kDirections) {
    list.add(
        prefix(side) + "packets", "packets", fmt::format("Packets {}", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) { return f.of(s).packets; }, side);
  }
  for (const Side side : kSides) {
    list.add(
        prefix(side) + "bytes", "bytes",
        fmt::format("Sum of the IP lengths of the packets {}", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) { return f.of(s).bytes; }, side);
  }
  for (const Side side : kSides) {
    list.add(
        prefix(side) + "payload_bytes", "bytes",
        fmt::format("Bytes behind the transport headers of the packets {}", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) { return f.of(s).payload_bytes; }, side);
  }
  for (const Side side : kSides) {
    list.add(
        prefix(side) + "data_packets", "packets",
        fmt::format("Packets {} that carry payload", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) { return f.of(s).data_packets; }, side);
  }
}

void add_rates(ColumnList& list) {
  for (const Side side : kSides) {
    list.add(
        prefix(side) + "packets_per_second", "packets/s",
        fmt::format("Packets {}, divided by the duration", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          return ratio(f.of(s).packets, f.duration_s);
        },
        side);
    list.add(
        prefix(side) + "bytes_per_second", "bytes/s",
        fmt::format("IP lengths of the packets {}, divided by the duration", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          return ratio(f.of(s).bytes, f.duration_s);
        },
        side);
    list.add(
        prefix(side) + "payload_bytes_per_second", "bytes/s",
        fmt::format("Payload bytes of the packets {}, divided by the duration", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          return ratio(f.of(s).payload_bytes, f.duration_s);
        },
        side);
  }
}

void add_ratios(ColumnList& list) {
  for (const Side side : {Side::forward, Side::bigger}) {
    list.add(
        prefix(side) + "packet_share", "1",
        fmt::format("Packets {}, as a share of all", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          return ratio(f.of(s).packets, f.of(Side::both).packets);
        },
        side);
    list.add(
        prefix(side) + "byte_share", "1",
        fmt::format("IP lengths of the packets {}, as a share of all", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          return ratio(f.of(s).bytes, f.of(Side::both).bytes);
        },
        side);
    list.add(
        prefix(side) + "payload_share", "1",
        fmt::format("Payload bytes of the packets {}, as a share of all", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          return ratio(f.of(s).payload_bytes, f.of(Side::both).payload_bytes);
        },
        side);
  }
  list.add("direction_changes", "packets", "Packets sent by the other end than the packet before",
           [](const FlowSummary& f, Side, std::size_t) { return f.direction_changes(); });
}

void add_distributions(ColumnList& list) {
  for (const Side side : kAllSides) {
    for (std::size_t i = 0; i < kStatistics.size(); ++i) {
      list.add(
          fmt::format("{}size_{}", prefix(side), kStatistics[i].suffix), "bytes",
          fmt::format("{} of the IP lengths of the packets {}", kStatistics[i].words, whose(side)),
          [](const FlowSummary& f, Side s, std::size_t n) {
            return f.of(s).sizes.*kStatistics[n].value;
          },
          side, i);
    }
  }
  for (const Side side : kAllSides) {
    for (std::size_t i = 0; i < kStatistics.size(); ++i) {
      list.add(
          fmt::format("{}iat_{}", prefix(side), kStatistics[i].suffix), "seconds",
          fmt::format("{} of the gaps between successive packets {}", kStatistics[i].words,
                      whose(side)),
          [](const FlowSummary& f, Side s, std::size_t n) {
            return f.of(s).iats.*kStatistics[n].value;
          },
          side, i);
    }
  }
}

void add_messages(ColumnList& list) {
  for (const Side side : kAllSides) {
    list.add(
        prefix(side) + "message_count", "messages",
        fmt::format("Messages {}: runs of packets with payload from one end, ended by payload "
                    "from the other",
                    whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) { return f.of(s).message_count; }, side);
    for (const std::size_t i : kMessageStatistics) {
      list.add(
          fmt::format("{}message_{}", prefix(side), kStatistics[i].suffix), "bytes",
          fmt::format("{} of the payload bytes of the messages {}", kStatistics[i].words,
                      whose(side)),
          [](const FlowSummary& f, Side s, std::size_t n) {
            return f.of(s).messages.*kStatistics[n].value;
          },
          side, i);
    }
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
    for (std::size_t bin = 0; bin < kShareBins; ++bin) {
      list.add(
          fmt::format("{}size_share_{}", prefix(side), bin + 1), "1",
          fmt::format("Share of IP lengths {} among the packets {}", kSizes[bin], whose(side)),
          [](const FlowSummary& f, Side s, std::size_t b) {
            return f.size_share(f.direction_of(s), b);
          },
          side, bin);
    }
  }
  for (const Side side : kDirections) {
    for (std::size_t bin = 0; bin < kShareBins; ++bin) {
      list.add(
          fmt::format("{}iat_share_{}", prefix(side), bin + 1), "1",
          fmt::format("Share of gaps {} between successive packets {}", kGaps[bin], whose(side)),
          [](const FlowSummary& f, Side s, std::size_t b) {
            return f.iat_share(f.direction_of(s), b);
          },
          side, bin);
    }
  }
}

void add_bursts(ColumnList& list) {
  list.add(
      "burst_count", "bursts", "Runs of packets with gaps of at most 0.1 s",
      [](const FlowSummary& f, Side, std::size_t) { return static_cast<double>(f.bursts.count); });
  list.add("burst_packets_mean", "packets", "Mean number of packets of a burst",
           [](const FlowSummary& f, Side, std::size_t) {
             return ratio(f.of(Side::both).packets, static_cast<double>(f.bursts.count));
           });
  list.add("burst_packets_max", "packets", "Greatest number of packets of a burst",
           [](const FlowSummary& f, Side, std::size_t) {
             return static_cast<double>(f.bursts.max_packets);
           });
  list.add("burst_bytes_mean", "bytes", "Mean sum of IP lengths of a burst",
           [](const FlowSummary& f, Side, std::size_t) {
             return ratio(f.of(Side::both).bytes, static_cast<double>(f.bursts.count));
           });
  list.add("burst_bytes_max", "bytes", "Greatest sum of IP lengths of a burst",
           [](const FlowSummary& f, Side, std::size_t) {
             return static_cast<double>(f.bursts.max_bytes);
           });
  list.add("burst_duration_mean", "seconds",
           "Mean time from the first to the last packet of a burst",
           [](const FlowSummary& f, Side, std::size_t) {
             return ratio(static_cast<double>(f.bursts.sum_duration_ns) * kSecondsPerNano,
                          static_cast<double>(f.bursts.count));
           });
  list.add("burst_duration_max", "seconds",
           "Greatest time from the first to the last packet of a burst",
           [](const FlowSummary& f, Side, std::size_t) {
             return static_cast<double>(f.bursts.max_duration_ns) * kSecondsPerNano;
           });
  list.add("burst_gap_mean", "seconds", "Mean gap between bursts",
           [](const FlowSummary& f, Side, std::size_t) {
             const auto within = static_cast<double>(f.bursts.sum_duration_ns) * kSecondsPerNano;
             return ratio(f.duration_s - within, static_cast<double>(f.bursts.count) - 1);
           });
}

template <double (Moments::*Statistic)() const noexcept>
double seconds(const Moments& moments) {
  return (moments.*Statistic)() * kSecondsPerNano;
}

double seconds(std::uint64_t nanoseconds, const Moments& of) {
  return of.count > 0 ? static_cast<double>(nanoseconds) * kSecondsPerNano : kAbsent;
}

void add_activity(ColumnList& list) {
  list.add(
      "active_mean", "seconds", "Mean length of the periods whose gaps are at most 1 s",
      [](const FlowSummary& f, Side, std::size_t) { return seconds<&Moments::mean>(f.active); });
  list.add("active_std", "seconds", "Standard deviation of the lengths of these periods",
           [](const FlowSummary& f, Side, std::size_t) {
             return seconds<&Moments::standard_deviation>(f.active);
           });
  list.add("active_min", "seconds", "Least length of these periods",
           [](const FlowSummary& f, Side, std::size_t) { return seconds(f.active.min, f.active); });
  list.add("active_max", "seconds", "Greatest length of these periods",
           [](const FlowSummary& f, Side, std::size_t) { return seconds(f.active.max, f.active); });
  list.add(
      "idle_count", "gaps", "Gaps of more than 1 s",
      [](const FlowSummary& f, Side, std::size_t) { return static_cast<double>(f.idle().count); });
  list.add(
      "idle_mean", "seconds", "Mean of the gaps of more than 1 s",
      [](const FlowSummary& f, Side, std::size_t) { return seconds<&Moments::mean>(f.idle()); });
  list.add("idle_std", "seconds", "Standard deviation of the gaps of more than 1 s",
           [](const FlowSummary& f, Side, std::size_t) {
             return seconds<&Moments::standard_deviation>(f.idle());
           });
  list.add("idle_min", "seconds", "Least of the gaps of more than 1 s",
           [](const FlowSummary& f, Side, std::size_t) { return seconds(f.idle().min, f.idle()); });
  list.add("idle_max", "seconds", "Greatest of the gaps of more than 1 s",
           [](const FlowSummary& f, Side, std::size_t) { return seconds(f.idle().max, f.idle()); });
}

bool is_tcp(const FlowSummary& flow) {
  return flow.flow.protocol() == static_cast<std::uint8_t>(IpProtocol::tcp);
}

void add_tcp(ColumnList& list) {
  static constexpr std::array<std::string_view, 8> kFlags{"fin", "syn", "rst", "psh",
                                                          "ack", "urg", "ece", "cwr"};
  for (const Side side : kDirections) {
    for (std::size_t flag = 0; flag < kFlags.size(); ++flag) {
      std::string upper(kFlags[flag]);
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      list.add(
          fmt::format("{}tcp_{}", prefix(side), kFlags[flag]), "packets",
          fmt::format("TCP packets {} with {} set", whose(side), upper),
          [](const FlowSummary& f, Side s, std::size_t bit) {
            return is_tcp(f) ? static_cast<double>(f.flow.tcp_flag_count(f.direction_of(s), bit))
                             : kAbsent;
          },
          side, flag);
    }
  }
  for (const Side side : kDirections) {
    list.add(
        prefix(side) + "tcp_initial_window", "bytes",
        fmt::format("Window in the first TCP packet {}, as sent, not scaled", whose(side)),
        [](const FlowSummary& f, Side s, std::size_t) {
          const std::int32_t window = f.flow.initial_window(f.direction_of(s));
          return window >= 0 ? static_cast<double>(window) : kAbsent;
        },
        side);
  }
}

void add_context(ColumnList& list) {
  list.add("pair_flows", "flows", "Open flows between the two hosts, this one included",
           [](const FlowSummary& f, Side, std::size_t) {
             return static_cast<double>(f.context.pair_flows);
           });
  list.add("pair_byte_share", "1",
           "Frame bytes of this flow, as a share of those of the open flows between the two hosts",
           [](const FlowSummary& f, Side, std::size_t) {
             return ratio(static_cast<double>(f.flow.wire_bytes()),
                          static_cast<double>(f.context.pair_bytes));
           });
  list.add("host_flows", "flows", "Open flows that the initiator opened, this one included",
           [](const FlowSummary& f, Side, std::size_t) {
             return static_cast<double>(f.context.host_flows);
           });
  list.add(
      "host_byte_share", "1",
      "Frame bytes of this flow, as a share of those of the open flows that the initiator opened",
      [](const FlowSummary& f, Side, std::size_t) {
        return ratio(static_cast<double>(f.flow.wire_bytes()),
                     static_cast<double>(f.context.host_bytes));
      });
}

void add_first_packets(ColumnList& list, unsigned first_packets) {
  for (std::size_t n = 0; n < first_packets; ++n) {
    list.add(
        fmt::format("size_{:02}", n + 1), "bytes",
        fmt::format(
            "Payload of packet {}: positive from the initiator, negative from the responder",
            n + 1),
        [](const FlowSummary& f, Side, std::size_t i) {
          const std::optional<FlowPacket> packet = f.packet(i);
          if (!packet) return kAbsent;
          const auto size = static_cast<double>(packet->payload_length);
          return packet->backward != 0 && size > 0 ? -size : size;
        },
        Side::both, n);
  }
  for (std::size_t n = 1; n < first_packets; ++n) {
    list.add(
        fmt::format("iat_{:02}", n + 1), "seconds",
        fmt::format("Gap between packets {} and {}", n, n + 1),
        [](const FlowSummary& f, Side, std::size_t i) {
          const std::optional<FlowPacket> packet = f.packet(i);
          if (!packet) return kAbsent;
          return static_cast<double>(packet->gap_ns) * kSecondsPerNano;
        },
        Side::both, n);
  }
}

}  // namespace

std::vector<FlowColumn> flow_columns(unsigned first_packets) {
  ColumnList list;
  add_totals(list);
  add_rates(list);
  add_ratios(list);
  add_distributions(list);
  add_messages(list);
  add_histograms(list);
  add_bursts(list);
  add_activity(list);
  add_tcp(list);
  add_context(list);
  add_first_packets(list, first_packets);
  return list.take();
}

}  // namespace weir
