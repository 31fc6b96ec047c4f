// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Splitting a CSV by captures.
#include "weir/model/hold_out_file.hpp"

#include <map>
#include <vector>

#include "weir/base/csv.hpp"
#include "weir/base/file.hpp"
#include "weir/model/split.hpp"

namespace weir {
namespace {

constexpr double kTestShare = 0.2;

/// Gives each text a number, in the order of appearance.
class Numbering {
 public:
  std::uint32_t operator()(std::string_view text) {
    return numbers_.try_emplace(std::string(text), static_cast<std::uint32_t>(numbers_.size()))
        .first->second;
  }
  std::size_t size() const noexcept { return numbers_.size(); }

 private:
  std::map<std::string, std::uint32_t> numbers_;
};

/// Row indexes of the test part; empty where none can be held out.
std::vector<std::size_t> choose_rows(const std::string& dataset, std::uint64_t seed) {
  CsvReader table(dataset);
  const std::size_t label_column = table.column("label");
  const auto capture_column = table.find_column("capture");
  if (!capture_column) return {};
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> groups;
  Numbering label_number;
  Numbering group_number;
  while (table.next()) {
    labels.push_back(label_number(table.field(label_column)));
    groups.push_back(group_number(table.field(*capture_column)));
  }
  if (group_number.size() < 2) return {};
  return hold_out({labels, groups}, kTestShare, seed).test;
}

}  // namespace

bool hold_out_captures(const std::string& dataset, const std::string& train,
                       const std::string& test, std::uint64_t seed) {
  const std::vector<std::size_t> held_out = choose_rows(dataset, seed);
  if (held_out.empty()) return false;
  CsvReader table(dataset);
  OutputFile train_file(train);
  OutputFile test_file(test);
  CsvRow row;
  for (const std::string& name : table.header()) row.text(name);
  row.end();
  train_file.write(row.bytes());
  test_file.write(row.bytes());
  auto next_held_out = held_out.begin();
  for (std::size_t index = 0; table.next(); ++index) {
    row.clear();
    for (std::size_t column = 0; column < table.header().size(); ++column) {
      row.text(table.field(column));
    }
    row.end();
    const bool is_held_out = next_held_out != held_out.end() && *next_held_out == index;
    if (is_held_out) ++next_held_out;
    (is_held_out ? test_file : train_file).write(row.bytes());
  }
  train_file.commit();
  test_file.commit();
  return true;
}

}  // namespace weir
