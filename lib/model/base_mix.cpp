// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tables put together, and what has to agree.
#include "weir/model/base_mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "name_some.hpp"
#include "weir/base/error.hpp"
#include "weir/model/trainer.hpp"

namespace weir {
namespace {

std::string files_of(const Dataset& data) {
  return fmt::format("{}", fmt::join(data.files, ", "));
}

std::string describe(const TableSchema& schema) {
  if (schema.level == TableLevel::other) return "no table of weir-extract";
  return fmt::format("{} with {} first packets (schema {})", schema.name, schema.first_packets,
                     schema.hash);
}

void require_same_tables(const Dataset& local, const Dataset& base) {
  if (local.schema != base.schema) {
    throw Error(fmt::format("{}: {}, but the base is {}; extract both with the same options",
                            files_of(local), describe(local.schema), describe(base.schema)));
  }
  if (local.features != base.features) {
    throw Error(fmt::format("{}: other features than in {}", files_of(base), files_of(local)));
  }
  if (local.groups.empty() != base.groups.empty()) {
    const Dataset& without = local.groups.empty() ? local : base;
    throw Error(
        fmt::format("{}: no column 'capture', which the other table has", files_of(without)));
  }
}

/// The names of both, sorted; `first` and `second` become indexes into them.
std::vector<std::string> unite(const std::vector<std::string>& first_names,
                               std::vector<std::uint32_t>& first,
                               const std::vector<std::string>& second_names,
                               std::vector<std::uint32_t>& second) {
  std::set<std::string> names(first_names.begin(), first_names.end());
  names.insert(second_names.begin(), second_names.end());
  std::map<std::string, std::uint32_t> index;
  for (const std::string& name : names) {
    index.emplace(name, static_cast<std::uint32_t>(index.size()));
  }
  for (std::uint32_t& number : first) number = index.at(first_names[number]);
  for (std::uint32_t& number : second) number = index.at(second_names[number]);
  return {names.begin(), names.end()};
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Every row the same: whatever a model answered, it could not depend on them.
void require_differences(const Dataset& data) {
  const std::span<const float> values(data.matrix.values);
  if (data.rows() < 2) return;
  const std::span<const float> behind_first = values.subspan(data.matrix.columns);
  if (std::memcmp(values.data(), behind_first.data(), behind_first.size_bytes()) != 0) return;
  throw Error(fmt::format("{}: no feature differs from row to row, so nothing can be learnt",
                          files_of(data)));
}

LocalTable read_local(std::span<const std::string> files, const DatasetOptions& options) {
  LocalTable local{read_dataset(files, options), {}};
  require_differences(local.data);
  return local;
}

bool is_model(const std::string& name) {
  return name.ends_with(".json") || name.ends_with(".ubj");
}

}  // namespace

LocalTable read_with_base(std::span<const std::string> files, std::span<const std::string> base,
                          DatasetOptions options) {
  if (base.empty()) return read_local(files, options);
  const std::string& name = base.front();
  if (const auto model = std::ranges::find_if(base, is_model);
      model != base.end() && base.size() > 1) {
    throw UsageError(fmt::format(
        "--base: a model, {}, is grown on alone, without other models or tables", *model));
  }
  if (is_model(name)) {
    Model model = load_model(name);
    options.features = model.manifest.features;
    options.categories = model.manifest.categories;
    LocalTable local = read_local(files, options);
    local.base = Base{.name = name, .model = std::move(model)};
    return local;
  }
  LocalTable local = read_local(files, options);
  options.features = local.data.features;
  options.categories = local.data.categories;
  local.base =
      Base{.name = name_some({base.begin(), base.end()}), .table = read_dataset(base, options)};
  return local;
}

Dataset mix(const Dataset& local, const Dataset& base) {
  require_same_tables(local, base);
  Dataset mixed = local;
  Dataset other = base;
  mixed.classes = unite(local.classes, mixed.labels, base.classes, other.labels);
  mixed.groups = unite(local.groups, mixed.group_of_row, base.groups, other.group_of_row);
  const std::uint32_t flows =
      mixed.flow_of_row.empty() ? 0 : std::ranges::max(mixed.flow_of_row) + 1;
  for (std::uint32_t& flow : other.flow_of_row) flow += flows;

  append(mixed.files, other.files);
  append(mixed.matrix.values, other.matrix.values);
  append(mixed.labels, other.labels);
  append(mixed.group_of_row, other.group_of_row);
  append(mixed.flow_of_row, other.flow_of_row);
  append(mixed.identities, other.identities);
  append(mixed.emit_at, other.emit_at);
  std::ranges::sort(mixed.emit_at);
  mixed.emit_at.erase(std::unique(mixed.emit_at.begin(), mixed.emit_at.end()), mixed.emit_at.end());
  mixed.has_final_rows = local.has_final_rows || base.has_final_rows;
  mixed.left_out.unlabelled += base.left_out.unlabelled;
  mixed.left_out.small += base.left_out.small;
  mixed.left_out.dropped += base.left_out.dropped;
  mixed.content_hash = local.content_hash + base.content_hash;
  return mixed;
}

void train_on_base_too(Split& split, const Dataset& mixed, std::size_t local_rows) {
  std::set<std::uint32_t> tested;
  if (!mixed.group_of_row.empty()) {
    for (const std::size_t row : split.test) tested.insert(mixed.group_of_row[row]);
  }
  for (std::size_t row = local_rows; row < mixed.rows(); ++row) {
    if (tested.empty() || !tested.contains(mixed.group_of_row[row])) split.train.push_back(row);
  }
}

void require_continuable(const Manifest& base, const Dataset& local,
                         const ExtractorSettings& extractor, const std::string& name) {
  if (base.algorithm != to_string(Algorithm::boosting)) {
    throw Error(fmt::format(
        "{}: made by --algorithm {}; only boosted models (gbdt) are continued on other rows", name,
        base.algorithm));
  }
  if (base.schema != local.schema) {
    throw Error(fmt::format("{}: trained on {}, but {} is {}", name, describe(base.schema),
                            files_of(local), describe(local.schema)));
  }
  const ExtractorSettings& cut = base.extractor;
  if (local.schema.level == TableLevel::flow &&
      (cut.idle_timeout_ns != extractor.idle_timeout_ns ||
       cut.active_timeout_ns != extractor.active_timeout_ns || cut.tunnel != extractor.tunnel)) {
    throw Error(fmt::format(
        "{}: its flows were cut with another --idle-timeout, --active-timeout or --tunnel", name));
  }
  if (base.features != local.features) {
    throw Error(fmt::format("{}: reads other features than {} has", name, files_of(local)));
  }
  std::vector<std::string> unknown;
  for (const std::string& label : local.classes) {
    if (std::ranges::find(base.classes, label) == base.classes.end()) unknown.push_back(label);
  }
  if (!unknown.empty()) {
    throw Error(fmt::format(
        "{}: does not know the class{} {} of {}; mix with the base's table instead (--base TABLE)",
        name, unknown.size() == 1 ? "" : "es", fmt::join(unknown, ", "), files_of(local)));
  }
}

Dataset with_classes_of(const Manifest& base, const Dataset& local) {
  Dataset data = local;
  data.classes = base.classes;
  for (std::uint32_t& label : data.labels) {
    const auto found = std::ranges::find(base.classes, local.classes[label]);
    label = static_cast<std::uint32_t>(found - base.classes.begin());
  }
  return data;
}

BoosterSettings continuing_settings() noexcept {
  return {.rounds = 60,
          .parallel_trees = 1,
          .depth = 4,
          .bins = 256,
          .learning_rate = 0.1,
          .row_share = 0.7,
          .column_share = 0.5,
          .min_child_weight = 0.1,
          .lambda = 1};
}

}  // namespace weir
