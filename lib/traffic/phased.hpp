// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What request-and-reply applications share: conversations that are drawn phase by phase, and
// arrivals at random times.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "weir/base/random.hpp"
#include "weir/base/units.hpp"
#include "weir/traffic/conversation.hpp"

namespace weir {

/// A conversation made of phases (a login, a request with its response), each a few messages.
class PhasedConversation : public Conversation {
 public:
  explicit PhasedConversation(Random random) : random_(random) {}

  std::optional<Message> next() final {
    if (pending_.empty()) add_phase();
    if (pending_.empty()) return std::nullopt;
    const Message message = pending_.front();
    pending_.pop_front();
    return message;
  }

 protected:
  /// Calls say() for each message of the next phase, or not at all at the end.
  virtual void add_phase() = 0;

  void say(Side sender, double bytes, double wait_s) {
    pending_.push_back({sender, static_cast<std::uint32_t>(std::lround(bytes)),
                        std::llround(wait_s * static_cast<double>(kNanosPerSecond))});
  }

  /// Log-normal, kept in [low, high].
  double draw(double median, double sigma, double low, double high) {
    return std::clamp(random_.log_normal(median, sigma), low, high);
  }

  Random random_;

 private:
  std::deque<Message> pending_;
};

/// Conversations of type C(Random) that start at random (a Poisson process, the first at once), as
/// many as fill most of the message rate with `mean_messages` each.
template <typename C>
class PoissonArrivals : public Application {
 public:
  PoissonArrivals(ApplicationInfo info, double mean_messages, Random random)
      : info_(std::move(info)),
        mean_gap_s_(mean_messages / (kShareOfRate * info_.messages_per_s)),
        random_(random) {}

  const ApplicationInfo& info() const noexcept override { return info_; }

  PlannedConversation next_conversation() override {
    PlannedConversation planned{next_start_ns_, std::make_unique<C>(random_.fork())};
    next_start_ns_ +=
        std::llround(random_.exponential(mean_gap_s_) * static_cast<double>(kNanosPerSecond));
    return planned;
  }

 private:
  // Below 1, so that the queue for the rate's slots does not grow without end.
  static constexpr double kShareOfRate = 0.8;

  ApplicationInfo info_;
  double mean_gap_s_;
  Random random_;
  std::int64_t next_start_ns_ = 0;
};

}  // namespace weir
