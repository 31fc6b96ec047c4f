// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Predictions as rows of CSV or NDJSON: one verdict on one flow at one time.
#pragma once

#include <string>
#include <string_view>

#include "weir/feature/table_row.hpp"
#include "weir/model/dataset.hpp"

namespace weir {

/// Builds prediction rows in memory.
class PredictionRows {
 public:
  explicit PredictionRows(TableFormat format);

  /// What comes before the first row: the CSV header line, or nothing.
  std::string header() const { return row_.header(); }

  /// `model` says which model answered.
  void add(const RowIdentity& flow, std::string_view class_name, float confidence,
           std::string_view model);

  /// Everything since clear(), whole rows.
  std::string_view bytes() const noexcept { return row_.bytes(); }
  void clear() noexcept { row_.clear(); }

 private:
  TableRow row_;
};

}  // namespace weir
