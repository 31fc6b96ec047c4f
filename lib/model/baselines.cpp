// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Majority, port table, nearest neighbour.
#include "weir/model/baselines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "weir/base/interrupt.hpp"
#include "weir/model/metrics.hpp"

namespace weir {
namespace {

constexpr std::size_t kNearestTraining = 4000;
constexpr std::size_t kNearestTested = 2000;
/// Features between two looks at whether a row can still be the nearest.
constexpr std::size_t kBlock = 16;

std::string port_of(const RowIdentity& row) {
  return row.dst_port.empty() ? std::string() : row.protocol + "/" + row.dst_port;
}

bool names_ports(const Dataset& data) {
  return std::ranges::any_of(data.identities,
                             [](const RowIdentity& row) { return !row.dst_port.empty(); });
}

/// At most `most` of the rows, evenly spread.
std::vector<std::size_t> spread(std::span<const std::size_t> rows, std::size_t most) {
  const std::size_t count = std::min(most, rows.size());
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(rows[i * rows.size() / count]);
  return chosen;
}

/// Mean and scale of each feature in some rows.
class Standard {
 public:
  Standard(const FeatureMatrix& matrix, std::span<const std::size_t> rows)
      : mean_(matrix.columns), scale_(matrix.columns) {
    for (std::size_t column = 0; column < matrix.columns; ++column) measure(matrix, rows, column);
  }

  /// Whole rows, standardised; an absent value becomes the mean, 0.
  std::vector<float> apply(const FeatureMatrix& matrix, std::span<const std::size_t> rows) const {
    std::vector<float> values;
    values.reserve(rows.size() * matrix.columns);
    for (const std::size_t row : rows) {
      const std::span<const float> from = matrix.row(row);
      for (std::size_t column = 0; column < matrix.columns; ++column) {
        const double value = (double{from[column]} - mean_[column]) * scale_[column];
        values.push_back(std::isnan(value) ? 0.0F : static_cast<float>(value));
      }
    }
    return values;
  }

 private:
  void measure(const FeatureMatrix& matrix, std::span<const std::size_t> rows, std::size_t column) {
    double sum = 0;
    double count = 0;
    for (const std::size_t row : rows) {
      const float value = matrix.row(row)[column];
      if (std::isnan(value)) continue;
      sum += value;
      ++count;
    }
    if (count == 0) return;
    mean_[column] = sum / count;
    double squares = 0;
    for (const std::size_t row : rows) {
      const float value = matrix.row(row)[column];
      if (!std::isnan(value)) squares += (value - mean_[column]) * (value - mean_[column]);
    }
    if (squares > 0) scale_[column] = 1 / std::sqrt(squares / count);
  }

  std::vector<double> mean_;
  std::vector<double> scale_;  // 0 where a feature is constant
};

/// The row of `rows` (whole rows of `columns` values) nearest to `row`; the first of equals.
std::size_t nearest(std::span<const float> row, std::span<const float> rows, std::size_t columns) {
  std::size_t best = 0;
  float least = std::numeric_limits<float>::infinity();
  for (std::size_t candidate = 0; candidate * columns < rows.size(); ++candidate) {
    const std::span<const float> other = rows.subspan(candidate * columns, columns);
    float distance = 0;
    for (std::size_t begin = 0; begin < columns && distance < least; begin += kBlock) {
      const std::size_t end = std::min(columns, begin + kBlock);
      for (std::size_t column = begin; column < end; ++column) {
        const float apart = row[column] - other[column];
        distance += apart * apart;
      }
    }
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

void add_baseline(std::vector<Baseline>& baselines, const char* name, const RowAnswers& answered,
                  std::span<const std::uint32_t> classes) {
  ConfusionMatrix matrix(answered.classes);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] != kNoAnswer) matrix.add(answered.actual[i], classes[i]);
  }
  if (matrix.total() == 0) return;
  const Scores scores = score(matrix);
  baselines.push_back({name, matrix.total(), scores.accuracy, scores.macro.f1});
}

}  // namespace

std::uint32_t majority_class(std::span<const std::uint64_t> rows_of_class) {
  return static_cast<std::uint32_t>(std::ranges::max_element(rows_of_class) -
                                    rows_of_class.begin());
}

PortTable::PortTable(Classes classes, std::uint32_t otherwise)
    : classes_(std::move(classes)), otherwise_(otherwise) {}

PortTable PortTable::learn(const Dataset& data, std::span<const std::size_t> rows,
                           std::size_t most) {
  PortTable table({}, majority_class(count_classes(data, rows)));
  if (data.identities.empty()) return table;
  std::map<std::string, std::vector<std::uint64_t>> counts;
  for (const std::size_t row : rows) {
    const std::string port = port_of(data.identities[row]);
    if (port.empty()) continue;
    auto& of_port = counts[port];
    of_port.resize(data.classes.size());
    ++of_port[data.labels[row]];
  }
  std::vector<std::pair<std::uint64_t, std::string>> frequent;  // most rows first, then by name
  for (const auto& [port, of_class] : counts) {
    std::uint64_t total = 0;
    for (const std::uint64_t count : of_class) total += count;
    frequent.emplace_back(total, port);
  }
  std::ranges::stable_sort(frequent,
                           [](const auto& a, const auto& b) { return a.first > b.first; });
  frequent.resize(std::min(most, frequent.size()));
  for (const auto& [total, port] : frequent) table.classes_[port] = majority_class(counts[port]);
  return table;
}

std::uint32_t PortTable::answer(const RowIdentity& row) const {
  const auto found = classes_.find(port_of(row));
  return found == classes_.end() ? otherwise_ : found->second;
}

std::vector<std::uint32_t> nearest_classes(const Dataset& train, std::span<const std::size_t> known,
                                           const Dataset& test,
                                           std::span<const std::size_t> asked) {
  const std::vector<std::size_t> known_rows = spread(known, kNearestTraining);
  const std::vector<std::size_t> asked_rows = spread(asked, kNearestTested);
  const Standard standard(train.matrix, known_rows);
  const std::vector<float> known_values = standard.apply(train.matrix, known_rows);
  const std::vector<float> asked_values = standard.apply(test.matrix, asked_rows);
  std::vector<std::uint32_t> classes(asked.size(), kNoAnswer);
  const std::size_t columns = train.matrix.columns;
  for (std::size_t i = 0; i < asked_rows.size(); ++i) {
    check_interrupted();
    const auto row = std::span(asked_values).subspan(i * columns, columns);
    const std::size_t place = i * asked.size() / asked_rows.size();  // as in spread()
    classes[place] = train.labels[known_rows[nearest(row, known_values, columns)]];
  }
  return classes;
}

BaselineAnswers answer_baselines(const Dataset& train, std::span<const std::size_t> known,
                                 const Dataset& test, std::span<const std::size_t> asked) {
  BaselineAnswers answers;
  answers.majority.assign(asked.size(), majority_class(count_classes(train, known)));
  if (names_ports(train) && names_ports(test)) {
    const PortTable table = PortTable::learn(train, known);
    for (const std::size_t row : asked) answers.ports.push_back(table.answer(test.identities[row]));
  }
  answers.nearest = nearest_classes(train, known, test, asked);
  return answers;
}

void append(BaselineAnswers& answers, const BaselineAnswers& more) {
  const auto add = [](std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  add(answers.majority, more.majority);
  add(answers.ports, more.ports);
  add(answers.nearest, more.nearest);
}

BaselineAnswers keep_answers(const BaselineAnswers& answers, const std::vector<bool>& keep) {
  const auto filter = [&](const std::vector<std::uint32_t>& from) {
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (keep[i]) kept.push_back(from[i]);
    }
    return kept;
  };
  return {filter(answers.majority), filter(answers.ports), filter(answers.nearest)};
}

std::vector<Baseline> score_baselines(const RowAnswers& answered,
                                      const BaselineAnswers& baselines) {
  std::vector<Baseline> scored;
  add_baseline(scored, "majority class", answered, baselines.majority);
  add_baseline(scored, "destination ports", answered, baselines.ports);
  add_baseline(scored, "nearest row", answered, baselines.nearest);
  return scored;
}

}  // namespace weir
