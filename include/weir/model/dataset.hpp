// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Labelled rows of numbers, read from tables: what models are trained and measured on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/feature/extractor.hpp"
#include "weir/model/categories.hpp"
#include "weir/model/table_reader.hpp"

namespace weir {

/// Rows x columns of floats, row by row; NaN = absent.
struct FeatureMatrix {
  std::size_t columns = 0;
  std::vector<float> values;

  std::size_t rows() const noexcept { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const float> row(std::size_t index) const {
    return {values.data() + index * columns, columns};
  }
};

/// What a table's rows are.
enum class TableLevel : std::uint8_t {
  packet,  ///< the packet CSV
  flow,    ///< the flow CSV
  other,   ///< any other table
};

/// "packet", "flow", "other".
std::string_view to_string(TableLevel level) noexcept;

/// The columns of a table, and what its header tells about them.
struct TableSchema {
  TableLevel level = TableLevel::other;
  std::string name;            ///< the FeatureSchema's; empty for other tables
  std::string hash;            ///< the FeatureSchema's; empty for other tables
  unsigned first_packets = 0;  ///< of a flow table

  bool operator==(const TableSchema&) const = default;
};

/// Who a row is about, as text of the table; what the table does not have is empty. Never a
/// feature.
struct RowIdentity {
  std::string capture = {};
  std::string start = {};  ///< of the flow, or the packet's timestamp
  std::string time = {};   ///< of the verdict: the flow's end, or the packet's timestamp
  std::string flow_id = {};
  std::string src_ip = {};
  std::string dst_ip = {};
  std::string src_port = {};
  std::string dst_port = {};
  std::string protocol = {};
  std::string packets = {};
  std::string bytes = {};
  bool provisional = false;  ///< an early row of a flow that had not ended
};

/// How a table is read.
struct DatasetOptions {
  /// The features to read, in this order (those of a model). Empty: every column that holds numbers
  /// or categories and is not an identifier.
  std::vector<std::string> features = {};
  /// The categories that those features were made of; read only with `features`.
  std::vector<Categories> categories = {};
  TableDescription table = {};
  /// Identifier columns with numbers (ports) that become features nevertheless.
  std::vector<std::string> allowed_identifiers = {};
  /// Rows with fewer `packets` are left out, early rows only where their flow has no row with as
  /// many; 0 keeps all.
  std::uint64_t min_packets = 0;
  /// Rows with this label are left out; empty keeps all.
  std::string dropped_label = {};
  /// Keep a RowIdentity of every row.
  bool keep_identities = false;
};

/// Rows that were read but are not in the dataset.
struct LeftOut {
  std::uint64_t unlabelled = 0;
  std::uint64_t small = 0;    ///< of flows with fewer packets than asked for
  std::uint64_t dropped = 0;  ///< of the dropped label
};

/// Labelled rows. Everything per row has the same order.
struct Dataset {
  std::vector<std::string> files;  ///< as given
  TableSchema schema;
  TableDescription table;                             ///< as given
  std::vector<std::string> features;                  ///< names of the matrix' columns
  std::vector<Categories> categories;                 ///< that features were made of
  std::vector<UnknownCategories> unknown_categories;  ///< only columns that have some
  FeatureMatrix matrix;
  std::vector<std::string> classes;         ///< sorted
  std::vector<std::uint32_t> labels;        ///< per row, an index into classes
  std::string group_kind = "capture";       ///< what a group is: "capture", "family"
  std::vector<std::string> groups;          ///< their names, sorted; empty without such a column
  std::vector<std::uint32_t> group_of_row;  ///< per row, an index into groups; empty without groups
  /// Per row, a number of its flow: rows of one flow at several of its packets share it. Empty for
  /// tables that are not of flows.
  std::vector<std::uint32_t> flow_of_row;
  std::vector<RowIdentity> identities;  ///< per row, where asked for
  std::vector<std::uint32_t> emit_at;   ///< packet counts of the provisional rows, ascending
  bool has_final_rows = false;          ///< some rows are of ended flows
  LeftOut left_out;
  std::string content_hash;  ///< of every field of every file, 16 hexadecimal digits

  std::size_t rows() const noexcept { return labels.size(); }
};

/// Reads labelled tables with the same columns, in the order given; columns are matched by name,
/// `protocol` may be a name or an IANA number, unlabelled rows are left out. Throws Error: no
/// column with the labels, a label that the class map does not know, a missing feature, files whose
/// columns differ, text or infinity where a number belongs (file, line, column), no rows left;
/// UsageError when `min_packets`, an allowed identifier or a dropped column is not there.
Dataset read_dataset(std::span<const std::string> files, const DatasetOptions& options);

/// The rows of the matrix at these indexes, in this order.
FeatureMatrix gather(const FeatureMatrix& matrix, std::span<const std::size_t> rows);

/// These columns of whole rows of `width` values, in this order.
FeatureMatrix take_columns(std::span<const float> rows, std::size_t width,
                           std::span<const std::size_t> columns);

/// Where the table has these features, which it must have, ascending.
std::vector<std::size_t> positions_of(const Dataset& data, std::span<const std::string> features);

/// How many of these rows are of each class.
std::vector<std::uint64_t> count_classes(const Dataset& data, std::span<const std::size_t> rows);

}  // namespace weir
