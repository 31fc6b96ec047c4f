// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Differences between what a flow counted before and now, added up by user and class.
#include "weir/shape/accounting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "weir/base/error.hpp"

namespace weir {

UserSide::UserSide()
    : UserSide(parse("10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7")) {}

UserSide UserSide::parse(std::string_view text) {
  std::vector<Cidr> networks;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const std::optional<Cidr> network = parse_cidr(item);
    if (!network) {
      throw UsageError(
          fmt::format("not a network: '{}' (write blocks like 10.0.0.0/8,2001:db8::/32)", item));
    }
    networks.push_back(*network);
    if (comma == text.npos) return UserSide(std::move(networks));
    text.remove_prefix(comma + 1);
  }
}

std::optional<IpAddress> UserSide::user_of(const FiveTuple& flow) const noexcept {
  for (const IpAddress* end : {&flow.src, &flow.dst}) {
    const auto holds = [end](const Cidr& network) { return network.contains(*end); };
    if (std::ranges::any_of(networks_, holds)) return *end;
  }
  return std::nullopt;
}

std::size_t Accounting::KeyHash::operator()(const Key& key) const noexcept {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), key.user.bytes.data(), sizeof halves);
  constexpr std::uint64_t kMix = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t hash = (halves[0] ^ key.class_index) * kMix;
  hash = (hash ^ hash >> 29U ^ halves[1]) * kMix;
  return hash ^ hash >> 32U;
}

Accounting::Accounting(UserSide users, std::uint32_t unclassified)
    : users_(std::move(users)), unclassified_(unclassified) {}

Accounting::Flow& Accounting::flow_of(std::uint64_t flow_id) {
  return flows_.try_emplace(flow_id, Flow{unclassified_}).first->second;
}

void Accounting::classify(std::uint64_t flow_id, std::uint32_t class_index) {
  flow_of(flow_id).class_index = class_index;
}

void Accounting::add(const FlowTotals& flow) {
  count(flow_of(flow.flow_id), flow);
}

void Accounting::end(const FlowTotals& flow, std::optional<std::uint32_t> class_index) {
  const auto found = flows_.find(flow.flow_id);
  Flow last = found == flows_.end() ? Flow{unclassified_} : found->second;
  if (class_index) last.class_index = *class_index;
  count(last, flow);
  if (found != flows_.end()) flows_.erase(found);
}

void Accounting::count(Flow& known, const FlowTotals& flow) {
  if (flow.packets == known.packets) return;
  const std::optional<IpAddress> user = users_.user_of(flow.tuple);
  for (std::size_t i = 0; i < kSeries; ++i) {
    Series& series = series_[i];
    const Key key{user.value_or(IpAddress{}), known.class_index};
    Usage& usage = series.usages.try_emplace(key, Usage{user, known.class_index}).first->second;
    if (known.window[i] != series.window) ++usage.flows;
    known.window[i] = series.window;
    usage.packets += flow.packets - known.packets;
    usage.bytes += flow.bytes - known.bytes;
  }
  known.packets = flow.packets;
  known.bytes = flow.bytes;
}

std::vector<Usage> Accounting::take(std::size_t series) {
  std::vector<Usage> usages;
  for (const auto& [key, usage] : series_[series].usages) usages.push_back(usage);
  std::ranges::sort(usages, {},
                    [](const Usage& usage) { return std::tuple(usage.user, usage.class_index); });
  series_[series].usages.clear();
  ++series_[series].window;
  return usages;
}

}  // namespace weir
