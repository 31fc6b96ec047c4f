// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The options of weir-predict-shape that are about the kernel's rules, and what they do without
// traffic.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "weir/shape/shaping_plan.hpp"

struct ShapeOptions {
  std::string policy;
  std::string bandwidth;                ///< empty = the policy's
  weir::ShapingTarget target;           ///< its interface is the one that the tool was given
  std::optional<weir::LeafQdisc> leaf;  ///< nothing = the best that the kernel has
  bool apply = false;                   ///< --shape
  bool yes = false;                     ///< nobody is asked
  std::int64_t for_ns = 0;              ///< 0 = until stopped
  bool dry_run = false;
  bool check = false;
  bool cleanup = false;
  bool replace = false;

  /// One of them was asked for: no traffic is classified.
  bool without_traffic() const noexcept { return dry_run || check || cleanup; }
};

/// After -i and -d were declared: which interface a policy is for, and for how long.
void declare_shape_options(CLI::App& app, ShapeOptions& options);

/// What the options cannot say of each other one by one. Throws CLI::ParseError.
void check_shape_options(const ShapeOptions& options);

/// Where the policy is put to work. Throws UsageError where nobody says how fast the link is.
weir::ShapingTarget target_of(const ShapeOptions& options, const weir::Policy& policy,
                              const std::string& interface);

/// Prints the plan, asks the kernel about it, or removes what an earlier run left; returns the exit
/// code. `interface` is for plans. `model` (empty = none) has to know the policy's classes.
int run_without_traffic(const ShapeOptions& options, const std::string& interface,
                        const std::string& model);
