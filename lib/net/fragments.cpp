// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A bounded memory of first fragments, oldest out first.
#include "weir/net/fragments.hpp"

#include <algorithm>

namespace weir {

DecodeStatus Decoder::place_fragment(DecodeStatus status, Packet& packet) {
  if (status == DecodeStatus::decoded) {
    fragments_.remember(packet);
  } else if (status == DecodeStatus::later_fragment && fragments_.join(packet)) {
    ++counts_.joined_fragments;
    return DecodeStatus::decoded;
  }
  return status;
}

void FragmentTable::remember(const Packet& first) {
  advance(first.time_ns);
  const auto [place, is_new] = first_fragments_.try_emplace(first.fragment);
  if (!is_new) order_.erase(place->second);
  place->second = order_.insert(order_.end(), {clock_ns_, first});
  if (size() > kMaxDatagrams) forget_oldest();
}

bool FragmentTable::join(Packet& later) {
  advance(later.time_ns);
  const auto found = first_fragments_.find(later.fragment);
  if (found == first_fragments_.end()) return false;
  Packet joined = found->second->packet;
  joined.time_ns = later.time_ns;
  joined.length = later.length;
  joined.ip_length = later.ip_length;
  joined.payload_length = later.payload_length;
  joined.ip_offset = later.ip_offset;
  joined.ttl = later.ttl;
  joined.dscp = later.dscp;
  joined.tcp_flags = 0;
  joined.fragment_part = later.fragment_part;
  later = joined;
  return true;
}

void FragmentTable::advance(std::int64_t time_ns) {
  clock_ns_ = std::max(clock_ns_, time_ns);
  while (!order_.empty() && order_.front().clock_ns < clock_ns_ - kTimeout_ns) forget_oldest();
}

void FragmentTable::forget_oldest() {
  first_fragments_.erase(order_.front().packet.fragment);
  order_.pop_front();
}

}  // namespace weir
