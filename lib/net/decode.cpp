// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The decoder's entry, and its counters.
#include "weir/net/decode.hpp"

#include <numeric>

#include "decode_layers.hpp"

namespace weir {

std::string_view to_string(DecodeStatus status) noexcept {
  static constexpr std::array<std::string_view, kDecodeStatusCount> kNames{
      "decoded", "unsupported_link_type", "not_ip", "truncated", "malformed", "later_fragment"};
  return kNames[static_cast<std::size_t>(status)];
}

std::string_view to_string(TunnelView view) noexcept {
  return view == TunnelView::outer ? "outer" : "inner";
}

std::uint64_t DecodeCounts::total() const noexcept {
  return std::accumulate(packets.begin(), packets.end(), std::uint64_t{0});
}

DecodeCounts& DecodeCounts::operator+=(const DecodeCounts& other) noexcept {
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i] += other.packets[i];
  joined_fragments += other.joined_fragments;
  return *this;
}

DecodeStatus decode(const RawPacket& raw, Packet& packet, TunnelView view) noexcept {
  const std::uint32_t length = std::max(raw.original_length, raw.captured_length);
  packet.time_ns = raw.time_ns;
  packet.length = length;
  packet.tunnel_depth = 0;
  packet.fragment_part = FragmentPart::whole;
  return decode_link(raw.link_type, Rest{raw.data, raw.captured_length, length},
                     DecodeState{view, 0, raw.data}, packet);
}

}  // namespace weir
