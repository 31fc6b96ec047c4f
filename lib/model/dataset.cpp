// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reads labelled tables into matrices.
#include "weir/model/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "weir/base/csv.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/feature/schema.hpp"
#include "weir/net/packet.hpp"

namespace weir {
namespace {

/// The most packets whose sizes can have a column each.
constexpr unsigned kMostFirstPackets = 256;

/// Multiplies and shifts eight bytes at a time: tells data apart, does not resist forgery.
class ContentHash {
 public:
  void add(std::string_view field) noexcept {
    // The size, spread over all bits, so that "a","b" is not "ab","".
    state_ += field.size() * 0xd6e8feb86659fd93U;
    while (field.size() > 8) {
      step(load<std::uint64_t>(field.data()));
      field.remove_prefix(std::min<std::size_t>(8, field.size() - 8));
    }
    step(last(field));
  }
  std::string text() const { return fmt::format("{:016x}", state_); }

 private:
  template <typename T>
  static std::uint64_t load(const char* from) noexcept {
    T word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }

  /// Up to eight bytes; those of other sizes overlap.
  static std::uint64_t last(std::string_view rest) noexcept {
    if (rest.size() == 8) return load<std::uint64_t>(rest.data());
    if (rest.size() >= 4) {
      return load<std::uint32_t>(rest.data()) | load<std::uint32_t>(rest.data() + rest.size() - 4)
                                                    << 32U;
    }
    std::uint64_t word = 0;
    for (const char c : rest) word = word << 8U | static_cast<unsigned char>(c);
    return word;
  }

  void step(std::uint64_t word) noexcept {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15U;
    state_ ^= state_ >> 32U;
  }

  std::uint64_t state_ = 0xcbf29ce484222325U;
};

bool same_columns(const FeatureSchema& schema, const std::set<std::string>& header) {
  if (schema.features().size() + 1 != header.size()) return false;  // + label
  return std::ranges::all_of(schema.features(),
                             [&](const Feature& f) { return header.contains(f.name); });
}

TableSchema describe(TableLevel level, const FeatureSchema& schema, unsigned first_packets) {
  return {level, schema.name(), schema.hash(), first_packets};
}

/// Which of the suite's tables has this header.
TableSchema recognise(const std::vector<std::string>& header) {
  const std::set<std::string> names(header.begin(), header.end());
  if (const FeatureSchema schema = FeatureSchema::packet(); same_columns(schema, names)) {
    return describe(TableLevel::packet, schema, 0);
  }
  const std::vector<Feature> identity = flow_identity();
  if (!std::ranges::all_of(identity, [&](const Feature& f) { return names.contains(f.name); })) {
    return {};
  }
  // Flow tables differ in which features they have, and in how many packets may have columns.
  for (unsigned first_packets = 0; first_packets <= kMostFirstPackets; ++first_packets) {
    const FeatureSchema schema = FeatureSchema::flow(first_packets);
    if (std::ranges::all_of(names, [&](const std::string& name) {
          return name == "label" || schema.find(name) != nullptr;
        })) {
      return describe(TableLevel::flow, schema, first_packets);
    }
  }
  return {};
}

/// True for columns of the suite's own tables that hold words.
bool is_text(const TableSchema& schema, const std::string& column) {
  if (schema.level == TableLevel::other || column == "protocol") return false;
  const FeatureSchema own = schema.level == TableLevel::packet
                                ? FeatureSchema::packet()
                                : FeatureSchema::flow(schema.first_packets);
  const Feature* feature = own.find(column);
  return feature != nullptr && !feature->numeric;
}

std::string join(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Names with the numbers they got as they came.
using NameIndex = std::map<std::string, std::uint32_t, std::less<>>;

std::uint32_t number_of(NameIndex& index, std::string_view name) {
  const auto next = static_cast<std::uint32_t>(index.size());
  const auto found = index.find(name);
  return found != index.end() ? found->second : index.emplace(name, next).first->second;
}

/// The names in order; `numbers` becomes indexes into them.
std::vector<std::string> sort_names(const NameIndex& index, std::vector<std::uint32_t>& numbers) {
  std::vector<std::string> names;
  std::vector<std::uint32_t> position(index.size());
  for (const auto& [name, number] : index) {
    position[number] = static_cast<std::uint32_t>(names.size());
    names.push_back(name);
  }
  for (std::uint32_t& number : numbers) number = position[number];
  return names;
}

/// A column of the suite's tables, and where its text is kept.
struct IdentityField {
  const char* column;
  std::string RowIdentity::*text;
};

constexpr std::array kIdentityFields{
    IdentityField{"capture", &RowIdentity::capture},
    IdentityField{"start", &RowIdentity::start},
    IdentityField{"end", &RowIdentity::time},
    IdentityField{"timestamp", &RowIdentity::start},
    IdentityField{"timestamp", &RowIdentity::time},
    IdentityField{"flow_id", &RowIdentity::flow_id},
    IdentityField{"src_ip", &RowIdentity::src_ip},
    IdentityField{"dst_ip", &RowIdentity::dst_ip},
    IdentityField{"src_port", &RowIdentity::src_port},
    IdentityField{"dst_port", &RowIdentity::dst_port},
    IdentityField{"protocol", &RowIdentity::protocol},
    IdentityField{"packets", &RowIdentity::packets},
    IdentityField{"bytes", &RowIdentity::bytes},
};

/// Reads the files one after the other into one dataset.
class DatasetReader {
 public:
  explicit DatasetReader(const DatasetOptions& options) : options_(options) {}

  void read(const std::string& path);
  Dataset finish();

 private:
  void open(CsvReader& csv);
  void choose_features(const CsvReader& csv);
  void require_same_columns(const CsvReader& csv) const;
  void locate(const CsvReader& csv);
  void hash_row(const CsvReader& csv);
  void read_row(CsvReader& csv);
  float value(const CsvReader& csv, std::size_t column) const;
  void note_moment(const CsvReader& csv);
  std::uint32_t flow_number(const CsvReader& csv);
  RowIdentity identity(const CsvReader& csv) const;

  const DatasetOptions& options_;
  Dataset data_;
  ContentHash hash_;
  std::vector<std::string> header_;  // of the first file
  NameIndex class_index_;
  NameIndex group_index_;
  std::set<std::uint32_t> emit_at_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> flow_index_;  // capture, flow_id

  // Positions in the current file.
  std::vector<std::size_t> feature_columns_;
  std::size_t label_column_ = 0;
  std::optional<std::size_t> protocol_column_;
  std::optional<std::size_t> capture_column_;
  std::optional<std::size_t> flow_id_column_;
  std::optional<std::size_t> packets_column_;
  std::optional<std::size_t> end_reason_column_;
  std::array<std::optional<std::size_t>, kIdentityFields.size()> identity_columns_;
};

void DatasetReader::read(const std::string& path) {
  CsvReader csv(path);
  open(csv);
  while (csv.next()) {
    check_interrupted();
    hash_row(csv);
    read_row(csv);
  }
  data_.files.push_back(path);
}

void DatasetReader::open(CsvReader& csv) {
  if (!csv.find_column("label")) {
    throw Error(
        fmt::format("{}: no column 'label'; label the rows first, e.g. with weir-extract "
                    "--label-rules or --ground-truth",
                    csv.name()));
  }
  if (header_.empty()) {
    header_ = csv.header();
    data_.schema = recognise(header_);
    choose_features(csv);
  } else {
    require_same_columns(csv);
  }
  locate(csv);
  for (const std::string& name : csv.header()) hash_.add(name);
}

void DatasetReader::choose_features(const CsvReader& csv) {
  for (const std::string& name : options_.allowed_identifiers) {
    if (!csv.find_column(name)) {
      throw UsageError(fmt::format("{}: no column '{}' to allow as a feature", csv.name(), name));
    }
  }
  if (!options_.features.empty()) {
    std::vector<std::string> missing;
    for (const std::string& name : options_.features) {
      if (!csv.find_column(name)) missing.push_back(name);
    }
    if (!missing.empty()) {
      throw Error(fmt::format("{}: {} of the model's {} features missing: {}", csv.name(),
                              missing.size(), options_.features.size(), join(missing)));
    }
    data_.features = options_.features;
    return;
  }
  for (const std::string& name : csv.header()) {
    const bool allowed = std::ranges::count(options_.allowed_identifiers, name) > 0;
    if (name == "label" || is_text(data_.schema, name)) continue;
    if (is_identifier(name) && !allowed) continue;
    data_.features.push_back(name);
  }
  if (data_.features.empty()) {
    throw Error(
        fmt::format("{}: no column to learn from besides identifiers and the label", csv.name()));
  }
}

void DatasetReader::require_same_columns(const CsvReader& csv) const {
  std::vector<std::string> missing;
  std::vector<std::string> added;
  for (const std::string& name : header_) {
    if (!csv.find_column(name)) missing.push_back(name);
  }
  for (const std::string& name : csv.header()) {
    if (std::ranges::find(header_, name) == header_.end()) added.push_back(name);
  }
  if (missing.empty() && added.empty()) return;
  std::string difference;
  if (!missing.empty()) difference += "lacks " + join(missing);
  if (!added.empty()) difference += (missing.empty() ? "adds " : "; adds ") + join(added);
  throw Error(fmt::format("{}: columns differ from those of {}: {}", csv.name(),
                          data_.files.front(), difference));
}

void DatasetReader::locate(const CsvReader& csv) {
  feature_columns_.clear();
  for (const std::string& name : data_.features) feature_columns_.push_back(csv.column(name));
  label_column_ = csv.column("label");
  protocol_column_ = csv.find_column("protocol");
  capture_column_ = csv.find_column("capture");
  flow_id_column_ = csv.find_column("flow_id");
  packets_column_ = csv.find_column("packets");
  end_reason_column_ = csv.find_column("end_reason");
  for (std::size_t i = 0; i < kIdentityFields.size(); ++i) {
    identity_columns_[i] = csv.find_column(kIdentityFields[i].column);
  }
  if (options_.min_packets > 0 && !packets_column_) {
    throw UsageError(fmt::format("{}: no column 'packets' to filter by", csv.name()));
  }
}

void DatasetReader::hash_row(const CsvReader& csv) {
  for (std::size_t column = 0; column < header_.size(); ++column) hash_.add(csv.field(column));
}

void DatasetReader::read_row(CsvReader& csv) {
  const std::string_view label = csv.field(label_column_);
  if (label.empty()) {
    ++data_.left_out.unlabelled;
    return;
  }
  if (label == options_.dropped_label) {
    ++data_.left_out.dropped;
    return;
  }
  // NaN, the absent count, is kept.
  if (options_.min_packets > 0 &&
      csv.number(*packets_column_) < static_cast<double>(options_.min_packets)) {
    ++data_.left_out.small;
    return;
  }
  for (const std::size_t column : feature_columns_) {
    data_.matrix.values.push_back(value(csv, column));
  }
  data_.labels.push_back(number_of(class_index_, label));
  if (capture_column_) {
    data_.group_of_row.push_back(number_of(group_index_, csv.field(*capture_column_)));
  }
  if (data_.schema.level == TableLevel::flow) {
    note_moment(csv);
    data_.flow_of_row.push_back(flow_number(csv));
  }
  if (options_.keep_identities) data_.identities.push_back(identity(csv));
}

float DatasetReader::value(const CsvReader& csv, std::size_t column) const {
  if (column == protocol_column_) {
    if (const auto number = parse_protocol(csv.field(column))) return *number;
  }
  const double number = csv.number(column);
  if (std::abs(number) > std::numeric_limits<float>::max()) {
    throw Error(csv.where(column) +
                fmt::format("too large for a feature: '{}'", csv.field(column)));
  }
  return static_cast<float>(number);
}

/// Remembers at which packet counts rows were emitted.
void DatasetReader::note_moment(const CsvReader& csv) {
  if (csv.field(*end_reason_column_) != to_string(FlowEndReason::none)) {
    data_.has_final_rows = true;
  } else {
    emit_at_.insert(static_cast<std::uint32_t>(csv.number(*packets_column_)));
  }
}

/// Flows are numbered anew in each capture.
std::uint32_t DatasetReader::flow_number(const CsvReader& csv) {
  const auto next = static_cast<std::uint32_t>(flow_index_.size());
  return flow_index_
      .try_emplace({data_.group_of_row.back(), std::string(csv.field(*flow_id_column_))}, next)
      .first->second;
}

RowIdentity DatasetReader::identity(const CsvReader& csv) const {
  RowIdentity row;
  for (std::size_t i = 0; i < kIdentityFields.size(); ++i) {
    if (identity_columns_[i]) row.*kIdentityFields[i].text = csv.field(*identity_columns_[i]);
  }
  row.provisional = end_reason_column_.has_value() &&
                    csv.field(*end_reason_column_) == to_string(FlowEndReason::none);
  return row;
}

Dataset DatasetReader::finish() {
  data_.matrix.columns = data_.features.size();
  data_.classes = sort_names(class_index_, data_.labels);
  data_.groups = sort_names(group_index_, data_.group_of_row);
  data_.emit_at.assign(emit_at_.begin(), emit_at_.end());
  data_.content_hash = hash_.text();
  if (data_.labels.empty()) {
    const LeftOut& left_out = data_.left_out;
    throw Error(fmt::format(
        "{}: no labelled rows ({} without a label, {} below the packet minimum, {} dropped)",
        join(data_.files), left_out.unlabelled, left_out.small, left_out.dropped));
  }
  return std::move(data_);
}

}  // namespace

std::string_view to_string(TableLevel level) noexcept {
  switch (level) {
    case TableLevel::packet:
      return "packet";
    case TableLevel::flow:
      return "flow";
    case TableLevel::other:
      break;
  }
  return "other";
}

Dataset read_dataset(std::span<const std::string> files, const DatasetOptions& options) {
  DatasetReader reader(options);
  for (const std::string& file : files) reader.read(file);
  return reader.finish();
}

FeatureMatrix gather(const FeatureMatrix& matrix, std::span<const std::size_t> rows) {
  FeatureMatrix out{.columns = matrix.columns, .values = {}};
  out.values.reserve(rows.size() * matrix.columns);
  for (const std::size_t row : rows) {
    const std::span<const float> values = matrix.row(row);
    out.values.insert(out.values.end(), values.begin(), values.end());
  }
  return out;
}

FeatureMatrix take_columns(std::span<const float> rows, std::size_t width,
                           std::span<const std::size_t> columns) {
  FeatureMatrix taken{.columns = columns.size(), .values = {}};
  taken.values.reserve(rows.size() / width * columns.size());
  for (std::size_t row = 0; row < rows.size(); row += width) {
    for (const std::size_t column : columns) taken.values.push_back(rows[row + column]);
  }
  return taken;
}

std::vector<std::size_t> positions_of(const Dataset& data, std::span<const std::string> features) {
  std::vector<std::size_t> positions;
  for (const std::string& feature : features) {
    positions.push_back(static_cast<std::size_t>(std::ranges::find(data.features, feature) -
                                                 data.features.begin()));
  }
  std::ranges::sort(positions);
  return positions;
}

std::vector<std::uint64_t> count_classes(const Dataset& data, std::span<const std::size_t> rows) {
  std::vector<std::uint64_t> counts(data.classes.size());
  for (const std::size_t row : rows) ++counts[data.labels[row]];
  return counts;
}

}  // namespace weir
