// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which flow the later fragments of IP datagrams belong to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>

#include "weir/base/units.hpp"
#include "weir/net/decode.hpp"

namespace weir {

/// Remembers first fragments, which have the ports, for the later ones, which have none.
class FragmentTable {
 public:
  /// Beyond this, the datagram that began first is forgotten.
  static constexpr std::size_t kMaxDatagrams = 4096;
  /// A datagram is forgotten so long after its first fragment, by the latest time of any fragment.
  static constexpr std::int64_t kTimeout_ns = 30 * kNanosPerSecond;

  /// Takes a first fragment that was decoded; it replaces one of the same key.
  void remember(const Packet& first);

  /// Makes `later`, as decode() left it, a packet of its first fragment's flow: of that it takes
  /// the addresses, ports, protocol, IP version and tunnel (a first fragment may have shown what
  /// is inside one), while time, sizes, TTL and DSCP stay its own; it has no TCP flags. Returns
  /// false where no first fragment is known.
  bool join(Packet& later);

  /// Datagrams remembered.
  std::size_t size() const noexcept { return first_fragments_.size(); }

 private:
  struct FirstFragment {
    std::int64_t clock_ns;  ///< when it came
    Packet packet;
  };
  using Order = std::list<FirstFragment>;

  void advance(std::int64_t time_ns);
  void forget_oldest();

  std::int64_t clock_ns_ = INT64_MIN + kTimeout_ns;  ///< the latest time of any fragment
  Order order_;                                      ///< as they came
  std::map<FragmentKey, Order::iterator> first_fragments_;
};

/// Decodes the packets of one source, in the order of their arrival: decode() with a memory for
/// fragments, and counts.
class Decoder {
 public:
  explicit Decoder(TunnelView view = TunnelView::inner) : view_(view) {}

  /// As decode(); a later fragment whose first came before is `decoded`.
  DecodeStatus decode(const RawPacket& raw, Packet& packet) {
    DecodeStatus status = weir::decode(raw, packet, view_);
    if (packet.fragment_part != FragmentPart::whole) [[unlikely]] {
      status = place_fragment(status, packet);
    }
    counts_.count(status);
    return status;
  }

  const DecodeCounts& counts() const noexcept { return counts_; }

 private:
  DecodeStatus place_fragment(DecodeStatus status, Packet& packet);

  TunnelView view_;
  FragmentTable fragments_;
  DecodeCounts counts_;
};

}  // namespace weir
