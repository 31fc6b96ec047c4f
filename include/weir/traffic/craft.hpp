// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets made from values: headers, lengths and checksums as a network card would send them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/traffic/source.hpp"

namespace weir {

/// What a packet carries behind its headers.
struct PacketPayload {
  std::span<const std::uint8_t> bytes;
  /// Of its 16-bit words as they lie in memory, an odd last byte padded with zero; carries need not
  /// be added (RFC 1071, 2).
  std::uint64_t sum = 0;
};

/// Sequence numbers that were received behind a gap, the end not included (RFC 2018, 3).
struct SackBlock {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// What the TCP header of a packet says.
struct TcpFields {
  static constexpr std::size_t kMostSackBlocks = 3;  // beside timestamps there is room for no more

  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint16_t window = 0;
  std::uint16_t mss = 0;          ///< SYN: maximum segment size option; 0 = none
  std::uint8_t window_shift = 0;  ///< SYN with mss: window scale option
  std::uint8_t flags = 0;         ///< TcpFlag bits
  std::uint32_t timestamp = 0;    ///< timestamp option (RFC 7323); 0 = none
  std::uint32_t timestamp_echo = 0;
  std::array<SackBlock, kMostSackBlocks> sack{};  ///< option of a packet without mss
  std::uint8_t sack_blocks = 0;                   ///< how many of them; 0 = no option

  /// Bytes of the option, with two of padding in front.
  std::size_t sack_bytes() const noexcept {
    return sack_blocks == 0 ? 0 : 4U + 8U * std::size_t{sack_blocks};
  }
};

/// The values of a packet to make; everything else follows from them.
struct PacketSpec {
  FiveTuple tuple;  ///< sender first; both addresses of one family; protocol TCP or UDP
  std::uint8_t ttl = 64;
  std::uint16_t ip_id = 0;                       ///< IPv4 only
  TcpFields tcp;                                 ///< TCP only
  PacketPayload payload;                         ///< the IP packet has at most 65,535 bytes
  const Encapsulation* encapsulation = nullptr;  ///< null = none
  bool downward = false;                         ///< in a tunnel: from the core to the radio side
};

/// Makes Ethernet frames. The headers of each kind of packet are built once; a packet is a copy of
/// them in which its own values and the checksums are filled in.
class PacketCrafter {
 public:
  /// `snap_length`: bytes to make of each frame; its lengths and checksums are those of the whole.
  explicit PacketCrafter(std::uint32_t snap_length);

  /// The frame, at time 0; its bytes are valid until the next call. Link addresses are
  /// 00:00:00:00:00:00 between loopback addresses (as Linux shows them), else locally administered
  /// ones made from the IP addresses.
  RawPacket craft(const PacketSpec& packet);

 private:
  /// IPv6 and TCP with the options of a SYN.
  static constexpr std::size_t kMaxHeaderBytes = 40 + 40;
  /// IPv4 and IPv6, each with UDP, and TCP and a TCP SYN without and with timestamps.
  static constexpr std::size_t kKinds = 10;

  struct Headers {
    std::array<std::uint8_t, kMaxHeaderBytes> bytes{};
    std::size_t size = 0;
  };

  static std::size_t kind_of(const PacketSpec& packet) noexcept;
  std::uint8_t* wrap(std::uint8_t* ip, const PacketSpec& packet, std::size_t ip_bytes,
                     std::uint64_t payload_sum);

  std::uint32_t snap_length_;
  std::array<Headers, kKinds> headers_;
  std::vector<std::uint8_t> frame_;
};

}  // namespace weir
