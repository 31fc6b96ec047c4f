// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fuzzes the decoder: a byte that picks the link type, two of original length, then a packet.
#include <array>
#include <cstdlib>

#include "weir/net/decode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using weir::LinkType;
  static constexpr std::array kLinkTypes{LinkType::ethernet,
                                         LinkType::null,
                                         LinkType::loop,
                                         LinkType::raw_ip,
                                         LinkType::linux_sll,
                                         LinkType::linux_sll2,
                                         LinkType::ipv4,
                                         LinkType::ipv6,
                                         LinkType::ppp,
                                         LinkType::pppoe,
                                         LinkType::cisco_hdlc,
                                         LinkType::ieee802_11,
                                         LinkType::ieee802_11_radiotap};
  constexpr std::size_t kPrefix = 3;
  if (size < kPrefix) return 0;
  weir::RawPacket raw;
  raw.link_type = kLinkTypes[data[0] % kLinkTypes.size()];
  raw.original_length = static_cast<std::uint32_t>(data[1] | data[2] << 8);
  raw.data = data + kPrefix;
  raw.captured_length = static_cast<std::uint32_t>(size - kPrefix);
  for (const auto view : {weir::TunnelView::inner, weir::TunnelView::outer}) {
    weir::Packet packet;
    const weir::DecodeStatus status = weir::decode(raw, packet, view);
    if (status != weir::DecodeStatus::decoded && status != weir::DecodeStatus::later_fragment) {
      continue;
    }
    if (packet.payload_length > packet.ip_length || packet.ip_length > packet.length) std::abort();
    if (packet.tunnel_depth > weir::kMaxTunnelDepth) std::abort();
  }
  return 0;
}
