// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A policy at work on an interface.
#include "weir/shape/shaper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {

Shaper::Shaper(Policy policy, const ShapingTarget& target, std::unique_ptr<Kernel> kernel)
    : policy_(std::move(policy)), plan_(make_plan(policy_, target)), kernel_(std::move(kernel)) {}

Shaper::~Shaper() {
  try {
    stop();
  } catch (const Error& error) {
    spdlog::error("{}", error.what());
  }
}

void Shaper::start() {
  kernel_->apply(plan_);
  marker_.emplace(policy_, *kernel_);
}

void Shaper::verdict(const FiveTuple& flow, std::string_view class_name, double confidence,
                     VerdictStage stage) {
  marker_->verdict(flow, class_name, confidence, stage);
}

void Shaper::ended(const FiveTuple& flow) {
  marker_->ended(flow);
}

void Shaper::tick(std::int64_t now_ns) {
  marker_->tick(now_ns);
}

std::uint64_t Shaper::demoted() {
  return demoted_ = std::max(demoted_, kernel_->demoted());
}

void Shaper::stop() {
  demoted();
  kernel_->remove();
}

MarkerCounts Shaper::counts() const noexcept {
  return marker_ ? marker_->counts() : MarkerCounts{};
}

}  // namespace weir
