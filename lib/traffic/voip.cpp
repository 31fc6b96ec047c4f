// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Voice calls.
#include <algorithm>
#include <cmath>

#include "models.hpp"
#include "weir/traffic/application.hpp"

namespace weir {
namespace {

constexpr std::uint32_t kDatagramBytes = 160;  // 20 ms of G.711

/// The time of the count-th datagram at `pps`: computed from the count, not summed up, so that
/// rounding does not add up to a drift.
std::int64_t time_of(std::int64_t count, std::int64_t pps) {
  return count / pps * kNanosPerSecond + count % pps * kNanosPerSecond / pps;
}

/// The caller speaks `datagrams` times at a fixed rate; the callee joins in when it has answered,
/// at the same rate, until the caller hangs up.
class Call : public Conversation {
 public:
  Call(std::int64_t datagrams, std::uint32_t pps, Random random) : pps_(pps) {
    end_ns_ = at(datagrams);
    // Picked up within a second, but no later than a quarter of the call.
    const std::int64_t ringing_ns = std::llround(random.log_normal(0.15, 0.8) * 1e9);
    answered_ns_ = std::min(ringing_ns, std::min(end_ns_ / 4, kNanosPerSecond));
  }

  std::optional<Message> next() override {
    const std::int64_t client_due = at(client_count_);
    const std::int64_t server_due = answered_ns_ + at(server_count_);
    const std::int64_t due = std::min(client_due, server_due);
    if (due >= end_ns_) return std::nullopt;
    const Side sender = client_due <= server_due ? Side::client : Side::server;
    ++(sender == Side::client ? client_count_ : server_count_);
    return Message{sender, kDatagramBytes, due - std::exchange(last_due_ns_, due), Cue::clock};
  }

 private:
  std::int64_t at(std::int64_t count) const { return time_of(count, pps_); }

  std::int64_t pps_;
  std::int64_t end_ns_;
  std::int64_t answered_ns_;
  std::int64_t client_count_ = 0;
  std::int64_t server_count_ = 0;
  std::int64_t last_due_ns_ = 0;
};

/// Calls of random length, each starting when the one before ended, so that callers together send
/// at `pps`.
class Voip : public Application {
 public:
  Voip(const TrafficOptions& options, Random random)
      : Application({.label = "VoIP",
                     .unit = "datagrams",
                     .messages_per_s = static_cast<double>(options.pps)},
                    Transport::udp, options.voip_port),
        pps_(options.pps),
        random_(random) {
    // About five calls in the whole time, but none of more than a minute on average.
    const double duration_s = static_cast<double>(options.duration_ns) * 1e-9;
    mean_call_s_ = std::clamp(duration_s / 5, 0.2, 60.0);
  }

  PlannedConversation next_conversation() override {
    const double length_s = mean_call_s_ * random_.uniform(0.3, 1.7);
    const std::int64_t datagrams =
        std::max<std::int64_t>(1, std::llround(length_s * static_cast<double>(pps_)));
    const std::int64_t start_ns = time_of(planned_datagrams_, pps_);
    planned_datagrams_ += datagrams;
    return {start_ns, std::make_unique<Call>(datagrams, pps_, random_.fork())};
  }

 private:
  std::uint32_t pps_;
  Random random_;
  double mean_call_s_;
  std::int64_t planned_datagrams_ = 0;
};

}  // namespace

std::unique_ptr<Conversation> make_call(std::int64_t datagrams, std::uint32_t pps, Random random) {
  return std::make_unique<Call>(datagrams, pps, random);
}

std::unique_ptr<Application> make_voip(const TrafficOptions& options, Random random) {
  return std::make_unique<Voip>(options, random);
}

}  // namespace weir
