// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What enforces a plan.
#pragma once

#include <cstdint>
#include <span>

#include "weir/shape/shaping_plan.hpp"

namespace weir {

/// A kernel, or a stand-in that remembers what it was told. All functions throw Error with one line
/// that says what is wrong and what to do.
class Kernel {
 public:
  virtual ~Kernel() = default;

  /// Asks whether apply() would succeed; changes nothing.
  virtual void check(const ShapingPlan& plan) = 0;

  /// Puts the plan to work, wholly or not at all. Once only.
  virtual void apply(const ShapingPlan& plan) = 0;

  /// To be called now and then: an interface that went away took its queues along, and where it has
  /// come back they are put back. Needs apply().
  virtual void renew() = 0;

  /// Hands verdicts over, all or none. Needs apply().
  virtual void mark(std::span<const MarkChange> changes) = 0;

  /// How many flows their guard has demoted since apply(); 0 where nothing is applied.
  virtual std::uint64_t demoted() = 0;

  /// Takes back what apply() did and brings back what was there before; nothing where apply() was
  /// not called or the plan is to stay (ShapingTarget::keep). May be called again.
  virtual void remove() = 0;
};

}  // namespace weir
