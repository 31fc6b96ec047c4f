// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A policy at work on an interface.
#include "weir/shape/shaper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::int64_t kRenewalTimeNs = 500'000'000;

}  // namespace

Shaper::Shaper(Policy policy, const ShapingTarget& target, std::unique_ptr<Kernel> kernel)
    : policy_(std::move(policy)), plan_(make_plan(policy_, target)), kernel_(std::move(kernel)) {}

Shaper::~Shaper() {
  alarm_.reset();
  stop_by_itself();
}

void Shaper::start(std::int64_t for_ns) {
  const std::lock_guard lock(mutex_);
  kernel_->apply(plan_);
  marker_.emplace(policy_, *kernel_);
  is_shaping_ = true;
  alarm_.emplace(for_ns, [this] { stop_by_itself(); });  // a thread: after the kernel's forks
}

void Shaper::verdict(const FiveTuple& flow, std::string_view class_name, double confidence,
                     VerdictStage stage) {
  const std::lock_guard lock(mutex_);
  if (is_shaping_) marker_->verdict(flow, class_name, confidence, stage);
}

void Shaper::ended(const FiveTuple& flow) {
  const std::lock_guard lock(mutex_);
  if (is_shaping_) marker_->ended(flow);
}

void Shaper::tick(std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (!is_shaping_) return;
  marker_->tick(now_ns);
  if (now_ns < next_renewal_ns_) return;
  next_renewal_ns_ = now_ns + kRenewalTimeNs;
  try {
    kernel_->renew();
  } catch (const Error& error) {  // an interface that came back otherwise than it was
    spdlog::warn("{} is not shaped any more: {}", plan_.target.interface, error.what());
  }
}

bool Shaper::is_shaping() const {
  const std::lock_guard lock(mutex_);
  return is_shaping_;
}

std::uint64_t Shaper::demoted() {
  const std::lock_guard lock(mutex_);
  if (is_shaping_) demoted_ = std::max(demoted_, kernel_->demoted());
  return demoted_;
}

void Shaper::stop() {
  const std::lock_guard lock(mutex_);
  if (!is_shaping_) return;
  demoted_ = std::max(demoted_, kernel_->demoted());
  kernel_->remove();
  is_shaping_ = false;
  // At once: whoever feeds this may not come to say anything for a while.
  if (!plan_.target.keep) spdlog::info("{} is as it was before", plan_.target.interface);
}

RulesState Shaper::rules() {
  RulesState state;
  state.demoted = demoted();
  const std::lock_guard lock(mutex_);
  state.default_band = policy_.bands[policy_.default_band].name;
  state.demoted_band = policy_.bands[policy_.demoted_band].name;
  for (const ClassRule& rule : policy_.classes) {
    const std::uint64_t flows = marker_ ? marker_->flows_with(mark_of(policy_, rule.name)) : 0;
    state.classes.try_emplace(rule.name, RulesState::Use{policy_.bands[rule.band].name, flows});
  }
  if (marker_) state.marks = marker_->counts();
  return state;
}

MarkerCounts Shaper::counts() const {
  const std::lock_guard lock(mutex_);
  return marker_ ? marker_->counts() : MarkerCounts{};
}

/// Where nobody is there to catch anything.
void Shaper::stop_by_itself() noexcept {
  try {
    stop();
  } catch (const Error& error) {
    spdlog::error("{}", error.what());
  }
}

}  // namespace weir
