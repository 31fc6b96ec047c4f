// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Predictions as rows of CSV or NDJSON: one verdict on one flow at one time.
#pragma once

#include <string>
#include <string_view>

#include "weir/base/csv.hpp"
#include "weir/model/dataset.hpp"

namespace weir {

/// The header, exactly; frozen.
inline constexpr std::string_view kPredictionCsvHeader =
    "capture,time,flow_id,src_ip,dst_ip,src_port,dst_port,protocol,packets,bytes,class,confidence,"
    "verdict,model";

enum class PredictionFormat { csv, ndjson };

/// Builds prediction rows in memory.
class PredictionRows {
 public:
  explicit PredictionRows(PredictionFormat format) : format_(format) {}

  /// The CSV header; nothing for NDJSON.
  void header();

  /// `model` says which model answered.
  void add(const RowIdentity& flow, std::string_view class_name, float confidence,
           std::string_view model);

  /// Everything since clear(), whole rows.
  std::string_view bytes() const noexcept { return bytes_; }
  void clear() noexcept { bytes_.clear(); }

 private:
  PredictionFormat format_;
  CsvRow csv_;
  std::string bytes_;
};

}  // namespace weir
