// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ports of clients as an operating system would give them out.
#pragma once

#include <cstdint>

#include "weir/base/random.hpp"

namespace weir {

/// Linux's ephemeral ports in an order that looks random; none comes twice before all have come
/// once, since the step is coprime to their number.
class ClientPorts {
 public:
  explicit ClientPorts(Random& random) : next_(random.below(kPorts)) {}

  std::uint16_t next() noexcept {
    next_ = (next_ + kPortStep) % kPorts;
    return static_cast<std::uint16_t>(kFirstPort + next_);
  }

 private:
  static constexpr std::uint64_t kFirstPort = 32'768;
  static constexpr std::uint64_t kPorts = 28'232;
  static constexpr std::uint64_t kPortStep = 7'919;

  std::uint64_t next_;
};

}  // namespace weir
