// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Prediction rows.
#include "weir/model/prediction.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace weir {
namespace {

std::string_view verdict(const RowIdentity& flow) {
  return flow.provisional ? "provisional" : "final";
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view json_number(std::string_view text) {
  return text.empty() ? "null" : text;
}

}  // namespace

void PredictionRows::header() {
  if (format_ == PredictionFormat::csv) bytes_.append(kPredictionCsvHeader).append("\n");
}

void PredictionRows::add(const RowIdentity& flow, std::string_view class_name, float confidence,
                         std::string_view model) {
  if (format_ == PredictionFormat::csv) {
    csv_.clear();
    csv_.text(flow.capture).text(flow.time).text(flow.flow_id).text(flow.src_ip).text(flow.dst_ip);
    csv_.text(flow.src_port).text(flow.dst_port).text(flow.protocol);
    csv_.text(flow.packets).text(flow.bytes);
    csv_.text(class_name).real(confidence).text(verdict(flow)).text(model).end();
    bytes_ += csv_.bytes();
    return;
  }
  fmt::format_to(
      std::back_inserter(bytes_),
      R"({{"capture":{},"time":{},"flow_id":{},"src_ip":{},"dst_ip":{},"src_port":{},)"
      R"("dst_port":{},"protocol":{},"packets":{},"bytes":{},"class":{},"confidence":{},)"
      R"("verdict":"{}","model":{}}})"
      "\n",
      json_text(flow.capture), json_number(flow.time), json_number(flow.flow_id),
      json_text(flow.src_ip), json_text(flow.dst_ip), json_number(flow.src_port),
      json_number(flow.dst_port), json_text(flow.protocol), json_number(flow.packets),
      json_number(flow.bytes), json_text(class_name), confidence, verdict(flow), json_text(model));
}

}  // namespace weir
