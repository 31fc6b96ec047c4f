// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Figures that need to know the flows behind the rows: their bytes, how much of them had been seen,
// and which ones were mistaken.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/row_answers.hpp"

namespace weir {

/// Share of the bytes that were classified right; empty where the rows do not tell their bytes.
std::optional<double> byte_accuracy(const Dataset& data, const RowAnswers& answers);

/// The bytes of a row; empty where they are not told.
std::optional<double> bytes_of(const RowIdentity& row);

/// Answers given after so many packets of a flow.
struct PacketsSeen {
  std::uint64_t packets = 0;  ///< 0: at the flow's end
  std::uint64_t rows = 0;
  double accuracy = 0;
  double macro_f1 = 0;
};

/// At each number of packets at which rows were emitted, then at the end; empty for tables with one
/// row for each flow.
std::vector<PacketsSeen> figures_by_packets(const Dataset& data, const RowAnswers& answers);

/// A flow that was taken for another class.
struct MistakenFlow {
  std::size_t row = 0;  ///< of the table
  float confidence = 0;
  RowIdentity flow = {};  ///< where the table tells
};

/// Rows of one class that were taken for another.
struct Mistake {
  std::uint32_t actual = 0;  ///< indexes of classes
  std::uint32_t predicted = 0;
  std::uint64_t rows = 0;
  std::vector<MistakenFlow> examples;  ///< the surest, each flow once
};

/// The most frequent mistakes, at most five, with at most three examples each.
std::vector<Mistake> worst_mistakes(const Dataset& data, const RowAnswers& answers);

}  // namespace weir
