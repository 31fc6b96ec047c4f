// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A kernel in memory that fails where the real one fails.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "weir/base/error.hpp"
#include "weir/shape/kernel.hpp"

namespace weir::test {

class FakeKernel : public Kernel {
 public:
  void check(const ShapingPlan& /*plan*/) override {}

  void apply(const ShapingPlan& plan) override {
    if (plan_) throw Error("File exists");
    plan_ = plan;
  }

  void renew() override {
    if (!plan_) throw Error("No such file or directory");
    ++renewals;
    if (renewal_fails) throw Error("File exists");
  }

  /// One transaction, in the order of mark_batch(): old verdicts back, away, new ones in.
  void mark(std::span<const MarkChange> changes) override {
    if (!plan_) throw Error("No such file or directory");
    ++transactions;
    std::map<FiveTuple, std::uint32_t> state = verdicts_;
    for (const MarkChange& change : changes) {
      if (refused.contains(change.flow)) throw Error("Cannot allocate memory");
      if (change.before) insert(state, change.flow, *change.before);
    }
    for (const MarkChange& change : changes) {
      if (change.before && state.erase(change.flow) == 0) throw Error("No such file or directory");
    }
    for (const MarkChange& change : changes) {
      if (change.after) insert(state, change.flow, *change.after);
    }
    if (state.size() > kFlowCapacity) throw Error("Too many open files in system");
    verdicts_ = std::move(state);
    for (const MarkChange& change : changes) {
      if (change.after) {
        marks_[change.flow] = *change.after;
      } else {
        marks_.erase(change.flow);
      }
    }
  }

  std::uint64_t demoted() override { return plan_ ? demoted_flows : 0; }

  void remove() override {
    plan_.reset();
    verdicts_.clear();
  }

  /// The verdict times out; the mark that a packet took from it stays with the connection.
  void expire(const FiveTuple& flow) { verdicts_.erase(flow); }

  bool applied() const noexcept { return plan_.has_value(); }
  const std::map<FiveTuple, std::uint32_t>& verdicts() const noexcept { return verdicts_; }
  /// The mark of each connection, if a packet came after each verdict.
  const std::map<FiveTuple, std::uint32_t>& marks() const noexcept { return marks_; }

  /// What is waiting in the maps, a line each, by flow.
  std::string dump() const {
    std::string text;
    for (const auto& [flow, mark] : verdicts_) {
      text += fmt::format("{} {} {} {} {} -> {:#x}\n", flow.protocol, to_string(flow.src),
                          flow.src_port, to_string(flow.dst), flow.dst_port, mark);
    }
    return text;
  }

  std::set<FiveTuple> refused;  ///< whatever happens to these flows fails
  std::size_t transactions = 0;
  std::size_t renewals = 0;
  bool renewal_fails = false;
  std::uint64_t demoted_flows = 0;

 private:
  static void insert(std::map<FiveTuple, std::uint32_t>& state, const FiveTuple& flow,
                     std::uint32_t mark) {
    const auto [at, is_new] = state.try_emplace(flow, mark);
    if (!is_new && at->second != mark) throw Error("File exists");
  }

  std::optional<ShapingPlan> plan_;
  std::map<FiveTuple, std::uint32_t> verdicts_;
  std::map<FiveTuple, std::uint32_t> marks_;
};

}  // namespace weir::test
