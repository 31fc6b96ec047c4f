// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reads labelled tables into matrices.
#include "weir/model/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include "content_hash.hpp"
#include "dataset_columns.hpp"
#include "weir/base/error.hpp"
#include "weir/base/huge_pages.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

/// Names with the numbers they got as they came.
using NameIndex = std::map<std::string, std::uint32_t, std::less<>>;

std::uint32_t number_of(NameIndex& index, std::string_view name) {
  const auto next = static_cast<std::uint32_t>(index.size());
  const auto found = index.find(name);
  return found != index.end() ? found->second : index.emplace(name, next).first->second;
}

/// The names in order; `numbers` becomes indexes into them.
std::vector<std::string> sort_names(const NameIndex& index, std::vector<std::uint32_t>& numbers) {
  std::vector<bool> used(index.size());
  for (const std::uint32_t number : numbers) used[number] = true;
  std::vector<std::string> names;
  std::vector<std::uint32_t> position(index.size());
  for (const auto& [name, number] : index) {
    if (!used[number]) continue;
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

/// After so many rows it is seen how many there will be.
constexpr std::size_t kSampleRows = 1000;

/// Reads the files one after the other into one dataset.
class DatasetReader {
 public:
  explicit DatasetReader(const DatasetOptions& options) : options_(options), columns_(options) {}

  void read(const std::string& path);
  Dataset finish();

 private:
  void locate(const TableReader& table);
  void expect_rows(const std::string& path, const TableReader& table);
  void hash_row(const TableReader& table);
  void read_row(const TableReader& table);
  std::string_view class_of(const TableReader& table) const;
  bool is_small(const TableReader& table) const;
  bool is_provisional(const TableReader& table) const;
  void note_moment(const TableReader& table);
  std::uint32_t flow_number(const TableReader& table);
  RowIdentity identity(const TableReader& table) const;
  void leave_out_small_flows();

  const DatasetOptions& options_;
  DatasetColumns columns_;
  Dataset data_;
  ContentHash hash_;
  std::string joined_;  // fields of a row
  NameIndex class_index_;
  NameIndex group_index_;
  std::set<std::uint32_t> emit_at_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> flow_index_;  // capture, flow_id
  std::vector<bool> large_flows_;  // that reached min_packets in some row

  // Positions in the current file.
  std::size_t label_column_ = 0;
  std::optional<std::size_t> capture_column_;
  std::optional<std::size_t> flow_id_column_;
  std::optional<std::size_t> packets_column_;
  std::optional<std::size_t> end_reason_column_;
  std::array<std::optional<std::size_t>, kIdentityFields.size()> identity_columns_;
};

void DatasetReader::read(const std::string& path) {
  TableReader table(path, options_.table.columns);
  columns_.open(table);
  locate(table);
  for (const TableColumn& column : table.columns()) hash_.add(column.name);
  for (std::size_t rows = 0; table.next(); ++rows) {
    check_interrupted();
    hash_row(table);
    read_row(table);
    if (rows == kSampleRows) expect_rows(path, table);
  }
  data_.files.push_back(path);
}

/// Takes memory for as many rows as the file has if all are as long as this one, and labelled: a
/// matrix that grows by doubling is written twice. In small pages, a tenth of the time of reading
/// went into getting them.
void DatasetReader::expect_rows(const std::string& path, const TableReader& table) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  const std::size_t row_bytes = table.plain_row().size() + 1;
  if (error || row_bytes < columns_.count()) return;
  std::vector<float>& values = data_.matrix.values;
  const std::size_t expected = values.size() + bytes / row_bytes * columns_.count();
  if (expected <= values.capacity()) return;
  values.reserve(std::max(expected, 2 * values.capacity()));
  advise_huge_pages(values.data(), values.capacity() * sizeof(float));
}

void DatasetReader::locate(const TableReader& table) {
  label_column_ = table.column(options_.table.label);
  capture_column_ = table.find_column("capture");
  flow_id_column_ = table.find_column("flow_id");
  packets_column_ = table.find_column("packets");
  end_reason_column_ = table.find_column("end_reason");
  for (std::size_t i = 0; i < kIdentityFields.size(); ++i) {
    identity_columns_[i] = table.find_column(kIdentityFields[i].column);
  }
  if (options_.min_packets > 0 && !packets_column_) {
    throw UsageError(fmt::format("{}: no column 'packets' to filter by", table.name()));
  }
}

/// Hashes the fields with commas between them, however they are written; where one holds a comma
/// itself, each of them.
void DatasetReader::hash_row(const TableReader& table) {
  if (const std::string_view row = table.plain_row(); !row.empty()) return hash_.add(row);
  bool has_comma = false;
  joined_.clear();
  for (std::size_t column = 0; column < table.columns().size(); ++column) {
    if (column > 0) joined_ += ',';
    joined_ += table.field(column);
    has_comma |= table.field(column).find(',') != std::string_view::npos;
  }
  if (!has_comma) return hash_.add(joined_);
  for (std::size_t column = 0; column < table.columns().size(); ++column)
    hash_.add(table.field(column));
}

void DatasetReader::read_row(const TableReader& table) {
  if (table.field(label_column_).empty()) {
    ++data_.left_out.unlabelled;
    return;
  }
  const std::string_view label = class_of(table);
  if (label == options_.dropped_label) {
    ++data_.left_out.dropped;
    return;
  }
  const bool small = is_small(table);
  if (small && !is_provisional(table)) {
    ++data_.left_out.small;
    return;
  }
  const std::size_t begin = data_.matrix.values.size();
  data_.matrix.values.resize(begin + columns_.count());
  const std::span row = std::span(data_.matrix.values).subspan(begin);
  columns_.read(table, row);
  data_.labels.push_back(number_of(class_index_, label));
  if (capture_column_) {
    data_.group_of_row.push_back(number_of(group_index_, table.field(*capture_column_)));
  }
  if (columns_.schema().level == TableLevel::flow) {
    note_moment(table);
    const std::uint32_t flow = flow_number(table);
    data_.flow_of_row.push_back(flow);
    if (large_flows_.size() <= flow) large_flows_.resize(flow + 1);
    if (!small) large_flows_[flow] = true;
  }
  if (options_.keep_identities) data_.identities.push_back(identity(table));
}

std::string_view DatasetReader::class_of(const TableReader& table) const {
  const std::string_view label = table.field(label_column_);
  const std::string_view found = options_.table.classes.find(label);
  if (found.empty()) {
    throw Error(table.where(label_column_) +
                fmt::format("label '{}' is in no class of the map, which has no default", label));
  }
  return found;
}

/// An absent count (NaN) is not.
bool DatasetReader::is_small(const TableReader& table) const {
  return options_.min_packets > 0 &&
         table.number(*packets_column_) < static_cast<double>(options_.min_packets);
}

/// An early row, of a flow that had not ended.
bool DatasetReader::is_provisional(const TableReader& table) const {
  return end_reason_column_ && table.field(*end_reason_column_) == to_string(FlowEndReason::none);
}

/// Remembers at which packet counts rows were emitted.
void DatasetReader::note_moment(const TableReader& table) {
  if (is_provisional(table)) {
    emit_at_.insert(static_cast<std::uint32_t>(table.number(*packets_column_)));
  } else {
    data_.has_final_rows = true;
  }
}

/// Flows are numbered anew in each capture.
std::uint32_t DatasetReader::flow_number(const TableReader& table) {
  const auto next = static_cast<std::uint32_t>(flow_index_.size());
  return flow_index_
      .try_emplace({data_.group_of_row.back(), std::string(table.field(*flow_id_column_))}, next)
      .first->second;
}

RowIdentity DatasetReader::identity(const TableReader& table) const {
  RowIdentity row;
  for (std::size_t i = 0; i < kIdentityFields.size(); ++i) {
    if (identity_columns_[i]) row.*kIdentityFields[i].text = table.field(*identity_columns_[i]);
  }
  row.provisional = is_provisional(table);
  return row;
}

/// Early rows of flows that never reached the least number of packets.
void DatasetReader::leave_out_small_flows() {
  const std::size_t width = columns_.count();
  std::vector<float>& values = data_.matrix.values;
  std::size_t kept = 0;
  for (std::size_t row = 0; row < data_.rows(); ++row) {
    if (!large_flows_[data_.flow_of_row[row]]) continue;
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row * width), width,
                values.begin() + static_cast<std::ptrdiff_t>(kept * width));
    data_.labels[kept] = data_.labels[row];
    data_.group_of_row[kept] = data_.group_of_row[row];
    data_.flow_of_row[kept] = data_.flow_of_row[row];
    if (options_.keep_identities) std::swap(data_.identities[kept], data_.identities[row]);
    ++kept;
  }
  data_.left_out.small += data_.rows() - kept;
  values.resize(kept * width);
  data_.labels.resize(kept);
  data_.group_of_row.resize(kept);
  data_.flow_of_row.resize(kept);
  if (options_.keep_identities) data_.identities.resize(kept);
}

Dataset DatasetReader::finish() {
  data_.schema = columns_.schema();
  data_.table = options_.table;
  if (options_.min_packets > 0 && data_.schema.level == TableLevel::flow) leave_out_small_flows();
  columns_.make_features(data_);
  data_.classes = sort_names(class_index_, data_.labels);
  data_.groups = sort_names(group_index_, data_.group_of_row);
  data_.emit_at.assign(emit_at_.begin(), emit_at_.end());
  data_.content_hash = hash_.text();
  if (data_.labels.empty()) {
    const LeftOut& left_out = data_.left_out;
    throw Error(fmt::format(
        "{}: no labelled rows ({} without a label, {} below the packet minimum, {} dropped)",
        fmt::join(data_.files, ", "), left_out.unlabelled, left_out.small, left_out.dropped));
  }
  return std::move(data_);
}

}  // namespace

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
