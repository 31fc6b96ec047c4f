// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Conversations that arrive at random times.
#pragma once

#include <cmath>
#include <memory>
#include <utility>

#include "models.hpp"
#include "weir/traffic/application.hpp"

namespace weir {

/// Conversations of type C(Random) that start at random (a Poisson process, the first at once), as
/// many as fill most of the message rate with `mean_messages` each.
template <typename C>
class PoissonArrivals : public Application {
 public:
  PoissonArrivals(ApplicationInfo about, std::uint16_t server_port, double mean_messages,
                  Random random)
      : Application(std::move(about), Transport::tcp, server_port),
        mean_gap_s_(mean_messages / (kShareOfRate * info.messages_per_s)),
        random_(random) {}

  PlannedConversation next_conversation() override {
    PlannedConversation planned{next_start_ns_, std::make_unique<C>(random_.fork())};
    next_start_ns_ +=
        std::llround(random_.exponential(mean_gap_s_) * static_cast<double>(kNanosPerSecond));
    return planned;
  }

 private:
  // Below 1, so that the queue for the rate's slots does not grow without end.
  static constexpr double kShareOfRate = 0.8;

  double mean_gap_s_;
  Random random_;
  std::int64_t next_start_ns_ = 0;
};

}  // namespace weir
