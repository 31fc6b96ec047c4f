// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Predictions written as rows.
#include "weir/model/prediction.hpp"

#include <array>

namespace weir {
namespace {

/// The columns, in order; frozen.
std::span<const std::string> columns() {
  static const std::array<std::string, 14> kColumns{
      "capture",  "time",    "flow_id", "src_ip", "dst_ip",     "src_port", "dst_port",
      "protocol", "packets", "bytes",   "class",  "confidence", "verdict",  "model"};
  return kColumns;
}

}  // namespace

PredictionRows::PredictionRows(TableFormat format) : row_(format, columns()) {}

void PredictionRows::add(const RowIdentity& flow, std::string_view class_name, float confidence,
                         std::string_view model) {
  row_.text(flow.capture).number(flow.time).number(flow.flow_id);
  row_.text(flow.src_ip).text(flow.dst_ip).number(flow.src_port).number(flow.dst_port);
  row_.text(flow.protocol).number(flow.packets).number(flow.bytes);
  row_.text(class_name).real(confidence);
  row_.text(flow.provisional ? "provisional" : "final").text(model).end();
}

}  // namespace weir
