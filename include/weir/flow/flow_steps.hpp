// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a flow table says happened, so that others may count packets and make rows beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/flow/flow_record.hpp"
#include "weir/flow/flow_statistics.hpp"

namespace weir {

/// One thing that happened to one flow: a packet came, or it is to be shown or forgotten.
struct FlowStep {
  static constexpr std::uint32_t kForget = 0xffffffffU;
  static constexpr std::uint32_t kShow = 0xfffffffeU;  ///< as the lane's next head says
  static constexpr std::uint32_t kMost = 0xfffffffdU;  ///< so many packets, or more

  std::uint32_t flow;   ///< its number in the lane; another flow may have it after kForget
  std::uint32_t event;  ///< kForget, kShow, or the packets that came before this one
  FlowPacket packet;
};

/// Steps of the same flows, in order.
struct FlowLane {
  std::vector<FlowStep> steps;
  std::vector<FlowHead> heads;  ///< one for each kShow
};

/// Steps in order, each flow in one lane: lanes may be followed side by side.
struct FlowSteps {
  std::vector<FlowLane> lanes;
  std::vector<std::uint16_t> shown;  ///< the lanes of all heads, in the order of the rows
  std::size_t count = 0;             ///< of all steps

  void clear() noexcept {
    for (FlowLane& lane : lanes) {
      lane.steps.clear();
      lane.heads.clear();
    }
    shown.clear();
    count = 0;
  }
};

}  // namespace weir
