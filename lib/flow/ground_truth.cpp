// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ground truth from CSV: rows are looked up by tuple-space search, one hash table for each set of
// fields that rows leave open (Srinivasan, Suri, Varghese 1999).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <unordered_map>

#include "weir/base/csv.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/flow/labels.hpp"

namespace weir {
namespace {

constexpr std::uint32_t kNoRow = std::numeric_limits<std::uint32_t>::max();

/// The fields that a row fixes, as bits.
enum Field : unsigned {
  kCapture = 1,
  kProtocol = 2,
  kSrcIp = 4,
  kSrcPort = 8,
  kDstIp = 16,
  kDstPort = 32,
};

/// What a row fixes; open fields are zero.
struct RowKey {
  std::uint32_t capture = 0;
  FiveTuple tuple;

  bool operator==(const RowKey&) const = default;
};

/// Keeps the fields of `mask`.
RowKey masked(const RowKey& key, unsigned mask) noexcept {
  RowKey result;
  if ((mask & kCapture) != 0) result.capture = key.capture;
  if ((mask & kProtocol) != 0) result.tuple.protocol = key.tuple.protocol;
  if ((mask & kSrcIp) != 0) result.tuple.src = key.tuple.src;
  if ((mask & kSrcPort) != 0) result.tuple.src_port = key.tuple.src_port;
  if ((mask & kDstIp) != 0) result.tuple.dst = key.tuple.dst;
  if ((mask & kDstPort) != 0) result.tuple.dst_port = key.tuple.dst_port;
  return result;
}

FiveTuple reversed(const FiveTuple& tuple) noexcept {
  return {tuple.dst, tuple.src, tuple.dst_port, tuple.src_port, tuple.protocol};
}

struct RowKeyHash {
  std::size_t operator()(const RowKey& key) const noexcept {
    // Not canonical: which end is the source matters in a row that fixes one end only.
    const FiveTuple& t = key.tuple;
    return hash(FlowKey{t.src, t.dst, t.src_port, t.dst_port, t.protocol}) ^
           (key.capture * 0x9e3779b97f4a7c15U);
  }
};

/// Lets a map of strings be asked with a view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};
using NumberOfText = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

std::uint32_t intern(NumberOfText& numbers, std::string_view text) {
  const auto found = numbers.find(text);
  if (found != numbers.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(numbers.size());
  numbers.emplace(text, number);
  return number;
}

class GroundTruth : public Labeller {
 public:
  void add(const RowKey& key, unsigned mask, std::int64_t start_ns, std::int64_t end_ns,
           std::string_view label) {
    const auto index = static_cast<std::uint32_t>(rows_.size());
    const auto [entry, is_new] = table_of(mask).chains.try_emplace(key, Chain{index, index});
    if (!is_new) {
      rows_[entry->second.last].next = index;
      entry->second.last = index;
    }
    const std::uint32_t label_number = intern(label_numbers_, label);
    if (label_number == labels_.size()) labels_.emplace_back(label);
    rows_.push_back({start_ns, end_ns, label_number, kNoRow});
  }

  std::uint32_t intern_capture(std::string_view name) { return intern(captures_, name); }

  std::string_view label(const LabelQuery& query) const override {
    RowKey forward;
    forward.tuple = query.tuple;
    const auto capture = captures_.find(query.capture);
    forward.capture = capture == captures_.end() ? kNoRow : capture->second;
    RowKey backward = forward;
    backward.tuple = reversed(query.tuple);

    std::uint32_t first = kNoRow;
    for (const Table& table : tables_) {
      first = std::min(first, first_match(table, masked(forward, table.mask), query));
      first = std::min(first, first_match(table, masked(backward, table.mask), query));
    }
    return first == kNoRow ? std::string_view{} : labels_[rows_[first].label];
  }

 private:
  struct Row {
    std::int64_t start_ns;
    std::int64_t end_ns;
    std::uint32_t label;
    std::uint32_t next;  // the next row of the same key
  };
  struct Chain {
    std::uint32_t first;
    std::uint32_t last;
  };
  struct Table {
    unsigned mask;
    std::unordered_map<RowKey, Chain, RowKeyHash> chains;
  };

  Table& table_of(unsigned mask) {
    const auto found = std::ranges::find(tables_, mask, &Table::mask);
    if (found != tables_.end()) return *found;
    return tables_.emplace_back(Table{mask, {}});
  }

  std::uint32_t first_match(const Table& table, const RowKey& key, const LabelQuery& query) const {
    const auto chain = table.chains.find(key);
    if (chain == table.chains.end()) return kNoRow;
    std::uint32_t index = chain->second.first;
    while (index != kNoRow &&
           (query.end_ns < rows_[index].start_ns || query.start_ns > rows_[index].end_ns)) {
      index = rows_[index].next;
    }
    return index;
  }

  std::vector<Row> rows_;
  std::vector<std::string> labels_;
  std::vector<Table> tables_;
  NumberOfText label_numbers_;
  NumberOfText captures_;
};

/// The columns of a ground-truth file, matched by name; those missing match anything.
class RowReader {
 public:
  explicit RowReader(const std::string& path) : csv_(path), label_(csv_.column("label")) {}

  void read_into(GroundTruth& truth) {
    while (csv_.next()) {
      mask_ = 0;
      RowKey key;
      if (const auto text = given(capture_, kCapture)) key.capture = truth.intern_capture(*text);
      if (const auto text = given(protocol_, kProtocol)) {
        key.tuple.protocol = parsed(parse_protocol(*text), protocol_, "a protocol");
      }
      if (const auto text = given(src_ip_, kSrcIp)) {
        key.tuple.src = parsed(parse_address(*text), src_ip_, "an address");
      }
      if (const auto text = given(dst_ip_, kDstIp)) {
        key.tuple.dst = parsed(parse_address(*text), dst_ip_, "an address");
      }
      if (const auto text = given(src_port_, kSrcPort)) {
        key.tuple.src_port = parsed(parse_port(*text), src_port_, "a port number");
      }
      if (const auto text = given(dst_port_, kDstPort)) {
        key.tuple.dst_port = parsed(parse_port(*text), dst_port_, "a port number");
      }
      const std::int64_t start_ns = time(start_, std::numeric_limits<std::int64_t>::min());
      const std::int64_t end_ns = time(end_, std::numeric_limits<std::int64_t>::max());
      truth.add(key, mask_, start_ns, end_ns, csv_.field(label_));
    }
  }

 private:
  using Column = std::optional<std::size_t>;

  static std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return port;
  }

  /// The field's text and its bit in `mask_`, unless it is missing or empty.
  std::optional<std::string_view> given(Column column, Field bit) {
    if (!column || csv_.field(*column).empty()) return std::nullopt;
    mask_ |= bit;
    return csv_.field(*column);
  }

  template <typename T>
  T parsed(const std::optional<T>& value, Column column, std::string_view what) const {
    if (value) return *value;
    throw Error(csv_.where(*column) + fmt::format("not {}: '{}'", what, csv_.field(*column)));
  }

  std::int64_t time(Column column, std::int64_t open) const {
    if (!column || csv_.field(*column).empty()) return open;
    try {
      return parse_timestamp_ns(csv_.field(*column));
    } catch (const Error& error) {
      throw Error(csv_.where(*column) + error.what());
    }
  }

  CsvReader csv_;
  std::size_t label_;
  Column capture_ = csv_.find_column("capture");
  Column protocol_ = csv_.find_column("protocol");
  Column src_ip_ = csv_.find_column("src_ip");
  Column src_port_ = csv_.find_column("src_port");
  Column dst_ip_ = csv_.find_column("dst_ip");
  Column dst_port_ = csv_.find_column("dst_port");
  Column start_ = csv_.find_column("start");
  Column end_ = csv_.find_column("end");
  unsigned mask_ = 0;
};

}  // namespace

std::unique_ptr<Labeller> load_ground_truth(const std::string& path) {
  auto truth = std::make_unique<GroundTruth>();
  RowReader(path).read_into(*truth);
  return truth;
}

GroundTruthWriter::GroundTruthWriter(OutputFile& output, std::string_view more_columns)
    : output_(output) {
  output_.write(fmt::format("capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label{}\n",
                            more_columns));
}

void GroundTruthWriter::write(const GroundTruthRow& row, std::span<const std::string> more) {
  CsvRow line;
  line.text(row.capture).text(protocol_name(row.tuple.protocol));
  line.text(to_string(row.tuple.src)).integer(row.tuple.src_port);
  line.text(to_string(row.tuple.dst)).integer(row.tuple.dst_port);
  line.timestamp(row.start_ns).timestamp(row.end_ns).text(row.label);
  for (const std::string& value : more) line.text(value);
  line.end();
  output_.write(line.bytes());
}

}  // namespace weir
