// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reads labelled tables into matrices.
#include "weir/model/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

#include "table_schema.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/feature/schema.hpp"
#include "weir/net/packet.hpp"

namespace weir {
namespace {

constexpr std::string_view kWordsHint =
    "; a column of words is a category in a --columns file, or left out by --drop";

/// Tells data apart; does not resist forgery.
class ContentHash {
 public:
  void add(std::string_view text) noexcept {
    // The size, so that "a","b" is not "ab","".
    step(text.size(), 0);
    while (text.size() > 16) {
      step(load<std::uint64_t>(text.data()), load<std::uint64_t>(text.data() + 8));
      text.remove_prefix(16);
    }
    step(last(text.substr(0, std::min<std::size_t>(8, text.size()))),
         last(text.substr(std::min<std::size_t>(8, text.size()))));
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

  /// Folds the 128-bit product of two words: one multiplication mixes all bits (Wang Yi's wyhash).
  void step(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product =
        static_cast<Wide>(a ^ 0xa0761d6478bd642fU) * (b ^ 0xe7037ed1a0b428dbU ^ state_);
    state_ = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  std::uint64_t state_ = 0xcbf29ce484222325U;
};

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

/// A column that is read: as a number, or as a word that has one.
struct ReadColumn {
  std::string name;
  std::optional<std::size_t> codes = {};  // of its words
};

/// Where a feature comes from: a column that is read; of one of words, which it stands for.
struct FeatureSource {
  std::size_t column = 0;
  std::optional<std::string> word = {};
};

/// After so many rows it is seen how many there will be.
constexpr std::size_t kSampleRows = 1000;

/// Reads the files one after the other into one dataset.
class DatasetReader {
 public:
  explicit DatasetReader(const DatasetOptions& options) : options_(options) {}

  void read(const std::string& path);
  Dataset finish();

 private:
  void open(const TableReader& table);
  void expect_rows(const std::string& path, const TableReader& table);
  void choose_columns(const TableReader& table);
  void choose_known(const TableReader& table);
  void require_columns(const TableReader& table) const;
  bool is_feature(const TableReader& table, const TableColumn& column) const;
  void require_same_columns(const TableReader& table) const;
  void locate(const TableReader& table);
  void hash_row(const TableReader& table);
  void read_row(const TableReader& table);
  std::string_view class_of(const TableReader& table) const;
  float value(const TableReader& table, std::size_t column);
  float number(const TableReader& table, std::size_t column) const;
  bool is_small(const TableReader& table) const;
  bool is_provisional(const TableReader& table) const;
  void note_moment(const TableReader& table);
  std::uint32_t flow_number(const TableReader& table);
  RowIdentity identity(const TableReader& table) const;
  void leave_out_small_flows();
  void name_features();
  void expand_words();

  const DatasetOptions& options_;
  Dataset data_;
  ContentHash hash_;
  std::string joined_;               // fields of a row
  std::vector<std::string> header_;  // of the first file
  NameIndex class_index_;
  NameIndex group_index_;
  std::set<std::uint32_t> emit_at_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> flow_index_;  // capture, flow_id
  std::vector<bool> large_flows_;  // that reached min_packets in some row

  std::vector<ReadColumn> read_columns_;
  std::vector<CategoryCodes> codes_;
  std::vector<FeatureSource> sources_;  // of each feature, where some come from words

  // Positions in the current file.
  std::vector<std::size_t> positions_;  // of read_columns_
  std::size_t label_column_ = 0;
  std::optional<std::size_t> protocol_column_;
  std::optional<std::size_t> capture_column_;
  std::optional<std::size_t> flow_id_column_;
  std::optional<std::size_t> packets_column_;
  std::optional<std::size_t> end_reason_column_;
  std::array<std::optional<std::size_t>, kIdentityFields.size()> identity_columns_;
};

std::vector<std::string> names_of(const TableReader& table) {
  std::vector<std::string> names;
  for (const TableColumn& column : table.columns()) names.push_back(column.name);
  return names;
}

void DatasetReader::read(const std::string& path) {
  TableReader table(path, options_.table.columns);
  open(table);
  for (std::size_t rows = 0; table.next(); ++rows) {
    check_interrupted();
    hash_row(table);
    read_row(table);
    if (rows == kSampleRows) expect_rows(path, table);
  }
  data_.files.push_back(path);
}

/// Takes memory for as many rows as the file has if all are as long as this one, and labelled: a
/// matrix that grows by doubling is written twice.
void DatasetReader::expect_rows(const std::string& path, const TableReader& table) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  const std::size_t row_bytes = table.plain_row().size() + 1;
  if (error || row_bytes < read_columns_.size()) return;
  std::vector<float>& values = data_.matrix.values;
  const std::size_t expected = values.size() + bytes / row_bytes * read_columns_.size();
  if (expected > values.capacity()) values.reserve(std::max(expected, 2 * values.capacity()));
}

void DatasetReader::open(const TableReader& table) {
  const std::string& label = options_.table.label;
  if (!table.find_column(label)) {
    throw Error(
        fmt::format("{}: no column '{}'; name that of the labels with --label, or label the rows "
                    "first, e.g. with weir-extract --label-rules or --ground-truth",
                    table.name(), label));
  }
  if (header_.empty()) {
    header_ = names_of(table);
    data_.schema = recognise(header_);
    require_columns(table);
    options_.features.empty() ? choose_columns(table) : choose_known(table);
  } else {
    require_same_columns(table);
  }
  locate(table);
  for (const std::string& name : names_of(table)) hash_.add(name);
}

void DatasetReader::require_columns(const TableReader& table) const {
  for (const std::string& name : options_.allowed_identifiers) {
    if (!table.find_column(name)) {
      throw UsageError(fmt::format("{}: no column '{}' to allow as a feature", table.name(), name));
    }
  }
  if (!options_.features.empty()) return;  // a model did without the columns that were dropped
  for (const std::string& name : options_.table.dropped) {
    if (!table.find_column(name)) {
      throw UsageError(fmt::format("{}: no column '{}' to drop", table.name(), name));
    }
  }
}

/// Reads the features of a model.
void DatasetReader::choose_known(const TableReader& table) {
  std::map<std::string, std::pair<std::size_t, std::string>> words;  // by feature: codes, word
  for (const Categories& known : options_.categories) {
    for (const std::string& word : known.values) {
      words[category_feature(known.column, word)] = {codes_.size(), word};
    }
    codes_.emplace_back(known);
  }
  std::map<std::string, std::size_t> read;  // by name, an index into read_columns_
  std::vector<std::string> missing;
  for (const std::string& feature : options_.features) {
    const auto word = words.find(feature);
    const bool is_word = word != words.end();
    const std::string& column = is_word ? codes_[word->second.first].column() : feature;
    const auto [place, is_new] = read.try_emplace(column, read_columns_.size());
    if (is_new) {
      read_columns_.push_back({column});
      if (is_word) read_columns_.back().codes = word->second.first;
      if (!table.find_column(column)) missing.push_back(column);
    }
    sources_.push_back({place->second});
    if (is_word) sources_.back().word = word->second.second;
  }
  if (!missing.empty()) {
    throw Error(fmt::format("{}: {} of the model's {} features missing: {}", table.name(),
                            missing.size(), options_.features.size(), join(missing)));
  }
}

bool DatasetReader::is_feature(const TableReader& table, const TableColumn& column) const {
  const std::string& name = column.name;
  if (name == options_.table.label || is_text(data_.schema, name)) return false;
  if (std::ranges::count(options_.table.dropped, name) > 0) return false;
  if (is_identifier(name) && std::ranges::count(options_.allowed_identifiers, name) == 0) {
    return false;
  }
  if (column.kind == ColumnKind::text) {
    throw Error(
        fmt::format("{}: column '{}' holds text: leave it out by --drop, or declare it a "
                    "category in a --columns file",
                    table.name(), name));
  }
  return true;
}

void DatasetReader::choose_columns(const TableReader& table) {
  for (const TableColumn& column : table.columns()) {
    if (!is_feature(table, column)) continue;
    read_columns_.push_back({column.name});
    if (column.kind != ColumnKind::category) continue;
    read_columns_.back().codes = codes_.size();
    codes_.emplace_back(column.name);
  }
  if (read_columns_.empty()) {
    throw Error(
        fmt::format("{}: no column to learn from besides identifiers and the label", table.name()));
  }
}

void DatasetReader::require_same_columns(const TableReader& table) const {
  const std::vector<std::string> names = names_of(table);
  std::vector<std::string> missing;
  std::vector<std::string> added;
  for (const std::string& name : header_) {
    if (!table.find_column(name)) missing.push_back(name);
  }
  for (const std::string& name : names) {
    if (std::ranges::find(header_, name) == header_.end()) added.push_back(name);
  }
  if (missing.empty() && added.empty()) return;
  std::string difference;
  if (!missing.empty()) difference += "lacks " + join(missing);
  if (!added.empty()) difference += (missing.empty() ? "adds " : "; adds ") + join(added);
  throw Error(fmt::format("{}: columns differ from those of {}: {}", table.name(),
                          data_.files.front(), difference));
}

void DatasetReader::locate(const TableReader& table) {
  positions_.clear();
  for (const ReadColumn& column : read_columns_) positions_.push_back(table.column(column.name));
  label_column_ = table.column(options_.table.label);
  protocol_column_ = table.find_column("protocol");
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
  for (std::size_t column = 0; column < header_.size(); ++column) {
    if (column > 0) joined_ += ',';
    joined_ += table.field(column);
    has_comma |= table.field(column).find(',') != std::string_view::npos;
  }
  if (!has_comma) return hash_.add(joined_);
  for (std::size_t column = 0; column < header_.size(); ++column) hash_.add(table.field(column));
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
  data_.matrix.values.resize(begin + read_columns_.size());
  const std::span row = std::span(data_.matrix.values).subspan(begin);
  for (std::size_t column = 0; column < row.size(); ++column) row[column] = value(table, column);
  data_.labels.push_back(number_of(class_index_, label));
  if (capture_column_) {
    data_.group_of_row.push_back(number_of(group_index_, table.field(*capture_column_)));
  }
  if (data_.schema.level == TableLevel::flow) {
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

float DatasetReader::value(const TableReader& table, std::size_t column) {
  const std::optional<std::size_t> codes = read_columns_[column].codes;
  return codes ? codes_[*codes].code(table.field(positions_[column]))
               : number(table, positions_[column]);
}

float DatasetReader::number(const TableReader& table, std::size_t column) const {
  const std::string_view field = table.field(column);
  if (column == protocol_column_) {
    if (const auto number = parse_protocol(field)) return *number;
  }
  const ParsedNumber number = table.parse(column);
  if (number.fault != nullptr) {
    // Tables of others may have columns of words; an absurd number is none.
    const bool may_be_word =
        data_.schema.level == TableLevel::other && field.find_first_of("0123456789") != 0;
    throw Error(table.where(column) +
                fmt::format("{}: '{}'{}", number.fault, field, may_be_word ? kWordsHint : ""));
  }
  if (std::abs(number.value) > std::numeric_limits<float>::max()) {
    throw Error(table.where(column) +
                fmt::format("too large for a feature: '{}'; an empty field is absent", field));
  }
  return static_cast<float>(number.value);
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
  const std::size_t width = read_columns_.size();
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

/// Features of all columns that were read, each word of a column one of its own.
void DatasetReader::name_features() {
  for (std::size_t column = 0; column < read_columns_.size(); ++column) {
    const ReadColumn& read = read_columns_[column];
    if (!read.codes) {
      data_.features.push_back(read.name);
      sources_.push_back({column});
      continue;
    }
    for (const std::string& word : codes_[*read.codes].categories().values) {
      data_.features.push_back(category_feature(read.name, word));
      sources_.push_back({column, word});
    }
  }
}

/// Makes features of the columns that were read.
void DatasetReader::expand_words() {
  const FeatureMatrix read{read_columns_.size(), std::move(data_.matrix.values)};
  struct Cell {
    std::size_t column;
    std::optional<float> code;
  };
  std::vector<Cell> cells;
  for (const FeatureSource& source : sources_) {
    const auto codes = read_columns_[source.column].codes;
    cells.push_back({source.column,
                     codes ? std::optional(codes_[*codes].code_of(*source.word)) : std::nullopt});
  }
  data_.matrix.values.clear();
  data_.matrix.values.reserve(read.rows() * cells.size());
  for (std::size_t row = 0; row < read.rows(); ++row) {
    const std::span<const float> values = read.row(row);
    for (const Cell& cell : cells) {
      const float value = values[cell.column];
      const bool is_word = cell.code && !std::isnan(value);
      data_.matrix.values.push_back(!is_word ? value : value == *cell.code ? 1.0F : 0.0F);
    }
  }
}

Dataset DatasetReader::finish() {
  data_.table = options_.table;
  if (options_.min_packets > 0 && data_.schema.level == TableLevel::flow) leave_out_small_flows();
  if (options_.features.empty()) {
    name_features();
  } else {
    data_.features = options_.features;
  }
  if (!codes_.empty()) expand_words();
  for (const CategoryCodes& codes : codes_) {
    data_.categories.push_back(codes.categories());
    if (codes.unknown().rows > 0) data_.unknown_categories.push_back(codes.unknown());
  }
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
