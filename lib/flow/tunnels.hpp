// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The tunnels that open flows came through.
#pragma once

#include <cstdint>

#include "number_index.hpp"
#include "slab.hpp"
#include "weir/flow/flow_record.hpp"

namespace weir {

/// Each pair of ends once, however many flows share it.
class Tunnels {
 public:
  /// Its number; to be released as often as acquired.
  std::uint32_t acquire(const TunnelEnds& ends) {
    const std::uint64_t hash = hash_of(ends);
    std::uint32_t number =
        index_.find(hash, [&](std::uint32_t n) { return tunnels_[n].ends == ends; });
    if (number == kNoNumber) {
      number = tunnels_.acquire();
      tunnels_[number].ends = ends;
      index_.insert(hash, number);
    }
    ++tunnels_[number].flows;
    return number;
  }

  void release(std::uint32_t number) noexcept {
    if (--tunnels_[number].flows > 0) return;
    index_.erase(hash_of(tunnels_[number].ends), number);
    tunnels_.release(number);
  }

  const TunnelEnds& operator[](std::uint32_t number) const noexcept {
    return tunnels_[number].ends;
  }

 private:
  struct Tunnel {
    TunnelEnds ends;
    std::uint32_t flows = 0;
  };

  static std::uint64_t hash_of(const TunnelEnds& ends) noexcept {
    return hash(FlowKey{ends.src, ends.dst, 0, 0, 0});
  }

  Slab<Tunnel> tunnels_;
  NumberIndex index_;
};

}  // namespace weir
