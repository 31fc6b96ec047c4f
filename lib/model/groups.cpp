// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Families in place of captures.
#include "weir/model/groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "name_some.hpp"
#include "weir/base/csv.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

std::vector<std::string> without_family(const Dataset& data, const FamilyOfCapture& families) {
  std::vector<std::string> missing;
  for (const std::string& capture : data.groups) {
    if (!families.contains(capture)) missing.push_back(capture);
  }
  return missing;
}

}  // namespace

FamilyOfCapture read_families(const std::string& path) {
  CsvReader csv(path);
  const std::size_t capture_column = csv.column("capture");
  const std::size_t family_column = csv.column("family");
  FamilyOfCapture families;
  while (csv.next()) {
    const std::string capture(csv.field(capture_column));
    const std::string family(csv.field(family_column));
    if (capture.empty()) throw Error(csv.where(capture_column) + "no name");
    if (family.empty()) throw Error(csv.where(family_column) + "no name");
    const auto [entry, added] = families.emplace(capture, family);
    if (!added && entry->second != family) {
      throw Error(csv.where(family_column) +
                  fmt::format("capture '{}' is in '{}' already", capture, entry->second));
    }
  }
  return families;
}

void group_by_family(Dataset& data, const FamilyOfCapture& families, const std::string& source) {
  if (data.groups.empty()) {
    throw UsageError(fmt::format("{}: the rows name no capture to look up in {}",
                                 fmt::join(data.files, ", "), source));
  }
  if (const std::vector<std::string> missing = without_family(data, families); !missing.empty()) {
    throw Error(fmt::format("{}: no family for {}; a capture of its own kind is a family of one",
                            source, name_some(missing)));
  }
  std::set<std::string> names;
  for (const std::string& capture : data.groups) names.insert(families.at(capture));
  const std::vector<std::string> sorted(names.begin(), names.end());
  std::vector<std::uint32_t> family_of_capture;
  for (const std::string& capture : data.groups) {
    const auto found = std::ranges::lower_bound(sorted, families.at(capture));
    family_of_capture.push_back(static_cast<std::uint32_t>(found - sorted.begin()));
  }
  for (std::uint32_t& group : data.group_of_row) group = family_of_capture[group];
  data.groups = sorted;
  data.group_kind = "family";
}

}  // namespace weir
