// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Hosts that are connected, flows with several rows, and rows in order of time.
#include "weir/model/split_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

/// Sets that are merged (union by index, path halving).
class DisjointSets {
 public:
  std::size_t add() {
    parent_.push_back(parent_.size());
    return parent_.size() - 1;
  }
  std::size_t find(std::size_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void merge(std::size_t a, std::size_t b) { parent_[find(b)] = find(a); }

 private:
  std::vector<std::size_t> parent_;
};

/// Indexes from 0 without gaps, in the order of their first appearance.
SplitUnits number(std::string kind, const std::vector<std::size_t>& keys) {
  SplitUnits units{.kind = std::move(kind), .of_row = {}, .count = 0};
  std::map<std::size_t, std::uint32_t> index;
  for (const std::size_t key : keys) {
    units.of_row.push_back(
        index.try_emplace(key, static_cast<std::uint32_t>(index.size())).first->second);
  }
  units.count = index.size();
  return units;
}

SplitUnits single_rows(const Dataset& data) {
  return {.kind = "row", .of_row = {}, .count = data.rows()};
}

/// An address of one host; those of groups and "everybody" are none.
bool is_host(const std::string& text) {
  if (text.empty() || text == "255.255.255.255" || text == "0.0.0.0" || text == "::") return false;
  if (text.find(':') != std::string::npos)
    return !text.starts_with("ff") && !text.starts_with("FF");
  int first = 0;
  std::from_chars(text.data(), text.data() + text.size(), first);
  return first < 224 || first > 239;
}

std::optional<double> seconds(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Span {
  double start = 0;
  double end = 0;
};

std::vector<Span> times_of(const Dataset& data) {
  std::vector<Span> spans;
  spans.reserve(data.rows());
  for (const RowIdentity& row : data.identities) {
    const auto start = seconds(row.start);
    const auto end = seconds(row.time);
    if (!start || !end) break;
    spans.push_back({*start, *end});
  }
  if (spans.size() != data.rows()) {
    throw UsageError(
        fmt::format("{}: a split by time needs the columns start and end, or timestamp, "
                    "in every row",
                    fmt::join(data.files, ", ")));
  }
  return spans;
}

}  // namespace

std::string plural(std::string_view kind) {
  if (kind == "family") return "families";
  if (kind == "set of hosts") return "sets of hosts";
  return std::string(kind) + "s";
}

SplitUnits units_of_groups(const Dataset& data) {
  if (data.groups.empty()) return single_rows(data);
  return {.kind = data.group_kind, .of_row = data.group_of_row, .count = data.groups.size()};
}

SplitUnits units_of_hosts(const Dataset& data) {
  DisjointSets sets;
  std::map<std::string, std::size_t> hosts;
  const auto set_of = [&](const std::string& address) {
    if (!is_host(address)) return sets.add();
    const auto [entry, added] = hosts.try_emplace(address, 0);
    if (added) entry->second = sets.add();
    return entry->second;
  };
  std::map<std::uint32_t, std::size_t> set_of_flow;
  std::vector<std::size_t> set_of_row;
  for (const RowIdentity& row : data.identities) {
    const std::size_t source = set_of(row.src_ip);
    sets.merge(source, set_of(row.dst_ip));
    if (!data.flow_of_row.empty()) {
      const std::uint32_t flow = data.flow_of_row[set_of_row.size()];
      sets.merge(set_of_flow.try_emplace(flow, source).first->second, source);
    }
    set_of_row.push_back(source);
  }
  if (hosts.empty()) {
    throw UsageError(fmt::format("{}: a split by host needs the columns src_ip and dst_ip",
                                 fmt::join(data.files, ", ")));
  }
  for (std::size_t& set : set_of_row) set = sets.find(set);
  return number("set of hosts", set_of_row);
}

SplitUnits units_of_rows(const Dataset& data) {
  if (data.emit_at.empty() || data.flow_of_row.empty()) return single_rows(data);
  return {.kind = "flow",
          .of_row = data.flow_of_row,
          .count = std::size_t{std::ranges::max(data.flow_of_row)} + 1};
}

Split split_by_time(const Dataset& data, double test_share) {
  const std::vector<Span> spans = times_of(data);
  std::vector<double> starts;
  for (const Span& span : spans) starts.push_back(span.start);
  std::ranges::sort(starts);
  const auto first_tested =
      static_cast<std::size_t>((1 - test_share) * static_cast<double>(starts.size()));
  const double cut = starts[std::min(first_tested, starts.size() - 1)];
  Split split;
  for (std::size_t row = 0; row < spans.size(); ++row) {
    if (spans[row].start >= cut) {
      split.test.push_back(row);
    } else if (spans[row].end < cut) {
      split.train.push_back(row);
    }
  }
  if (split.train.empty()) {
    throw Error(
        fmt::format("{}: no row ends before the last {:.0f} % begin, so time cannot tell "
                    "them apart",
                    fmt::join(data.files, ", "), 100 * test_share));
  }
  return split;
}

}  // namespace weir
