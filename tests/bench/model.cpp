// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What models cost beside XGBoost called as barely as its C API allows: training, and predicting in
// turns with the forest evaluator, on rows that are made here. One thread.
//
// usage: bench_model train FOLDER REPEATS    trains in turns; leaves boosted.ubj
//        bench_model forest FOLDER           leaves forest.ubj
//        bench_model predict MODEL           predicts in turns
//        bench_model table FILE              writes the rows as CSV
//        bench_model read FILE               reads it as weir-train does; prints CPU seconds, rows
#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/csv.hpp"
#include "weir/base/file.hpp"
#include "weir/base/random.hpp"
#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/forest_evaluator.hpp"
#include "weir/model/trainer.hpp"

namespace {

constexpr std::size_t kRows = 100'000;
constexpr std::size_t kColumns = 40;
constexpr std::size_t kClasses = 8;
constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

/// Classes lie around points of their own in a quarter of the columns, and overlap; one value in
/// twenty is absent, one label in ten wrong.
weir::Dataset make_rows(std::uint64_t seed, std::size_t rows) {
  weir::Random points(1);
  std::vector<double> centres;
  for (std::size_t i = 0; i < kClasses * kColumns; ++i) {
    centres.push_back(i % 4 == 0 ? points.normal(0, 0.8) : 0);
  }
  weir::Random random(seed);
  weir::Dataset data;
  for (std::size_t i = 0; i < kColumns; ++i) data.features.push_back(fmt::format("f{}", i));
  for (std::size_t i = 0; i < kClasses; ++i) data.classes.push_back(fmt::format("c{}", i));
  data.matrix.columns = kColumns;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto label = static_cast<std::uint32_t>(random.below(kClasses));
    for (std::size_t i = 0; i < kColumns; ++i) {
      const double value = random.normal(centres[label * kColumns + i], 1);
      data.matrix.values.push_back(random.chance(0.05) ? kAbsent : static_cast<float>(value));
    }
    data.labels.push_back(random.chance(0.1) ? static_cast<std::uint32_t>(random.below(kClasses))
                                             : label);
  }
  return data;
}

void write_file(const std::string& path, std::string_view bytes) {
  weir::OutputFile file(path);
  file.write(bytes);
  file.commit();
}

void check(int result) {
  if (result != 0) throw std::runtime_error(XGBGetLastError());
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double clock_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(now).count();
}

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

weir::BoosterSettings boosted_settings() {
  return {.rounds = 100, .depth = 6, .learning_rate = 0.1};
}

weir::BoosterSettings forest_settings() {
  weir::BoosterSettings settings = weir::settings_of(weir::Algorithm::forest, kColumns);
  settings.depth = 12;
  return settings;
}

weir::Booster train(const weir::Dataset& data, const weir::BoosterSettings& settings) {
  const std::vector<float> weights(data.rows(), 1.0F);
  return weir::Booster::train({.matrix = data.matrix,
                               .labels = data.labels,
                               .weights = weights,
                               .features = data.features,
                               .classes = kClasses},
                              settings, 1);
}

/// The same parameters and rows, and nothing around.
std::string train_barely(const weir::Dataset& data, const weir::BoosterSettings& settings) {
  DMatrixHandle matrix = nullptr;
  check(XGDMatrixCreateFromMat(data.matrix.values.data(), data.rows(), kColumns, kAbsent, &matrix));
  const std::vector<float> labels(data.labels.begin(), data.labels.end());
  check(XGDMatrixSetFloatInfo(matrix, "label", labels.data(), labels.size()));
  BoosterHandle booster = nullptr;
  check(XGBoosterCreate(&matrix, 1, &booster));
  const std::vector<std::pair<const char*, std::string>> parameters{
      {"objective", "multi:softprob"},
      {"num_class", fmt::to_string(kClasses)},
      {"tree_method", "hist"},
      {"nthread", "1"},
      {"seed", "1"},
      {"max_depth", fmt::to_string(settings.depth)},
      {"max_bin", fmt::to_string(settings.bins)},
      {"eta", fmt::to_string(settings.learning_rate)},
      {"min_child_weight", fmt::to_string(settings.min_child_weight)},
      {"lambda", fmt::to_string(settings.lambda)}};
  for (const auto& [name, value] : parameters) {
    check(XGBoosterSetParam(booster, name, value.c_str()));
  }
  for (unsigned round = 0; round < settings.rounds; ++round) {
    check(XGBoosterUpdateOneIter(booster, static_cast<int>(round), matrix));
  }
  bst_ulong size = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(booster, R"({"format": "ubj"})", &size, &bytes));
  std::string model(bytes, size);
  XGBoosterFree(booster);
  XGDMatrixFree(matrix);
  return model;
}

void compare_training(const std::string& folder, unsigned repeats) {
  const weir::Dataset data = make_rows(2, kRows);
  const weir::Dataset others = make_rows(3, 1000);
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  for (unsigned i = 0; i < repeats; ++i) {
    const double start = cpu_seconds();
    const std::string bare = train_barely(data, boosted_settings());
    const double middle = cpu_seconds();
    const weir::Booster booster = train(data, boosted_settings());
    ours.push_back(cpu_seconds() - middle);
    theirs.push_back(middle - start);
    ratios.push_back(ours.back() / theirs.back());
    if (booster.predict(others.matrix.values) !=
        weir::ForestEvaluator::parse(bare).evaluate(others.matrix.values)) {
      throw std::runtime_error("the two trained different models");
    }
    write_file(folder + "/boosted.ubj", booster.serialize(weir::ModelFormat::ubj));
  }
  fmt::print("| training, 100 rounds x 8 classes, depth 6 | CPU s | ratio |\n|---|---|---|\n");
  fmt::print("| XGBoost's C API | {:.2f} | 1.00 |\n", quantile(theirs, 0.5));
  fmt::print("| weir | {:.2f} | {:.3f} |\n", quantile(ours, 0.5), quantile(ratios, 0.5));
}

/// XGBoost's in-place prediction on one thread, with all prepared that can be.
class Oracle {
 public:
  explicit Oracle(const std::string& model) {
    check(XGBoosterCreate(nullptr, 0, &booster_));
    check(XGBoosterLoadModelFromBuffer(booster_, model.data(), model.size()));
    check(XGBoosterSetParam(booster_, "nthread", "1"));
    check(XGProxyDMatrixCreate(&proxy_));
  }
  ~Oracle() {
    XGDMatrixFree(proxy_);
    XGBoosterFree(booster_);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  static std::string interface(std::span<const float> rows) {
    return fmt::format(
        R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
        reinterpret_cast<std::uintptr_t>(rows.data()), rows.size() / kColumns, kColumns);
  }

  const float* predict(const std::string& interface) const {
    static constexpr const char* kConfig =
        R"({"type": 0, "iteration_begin": 0, "iteration_end": 0, "missing": NaN,
            "strict_shape": true, "cache_id": 0})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    check(XGBoosterPredictFromDense(booster_, interface.c_str(), kConfig, proxy_, &shape,
                                    &dimensions, &result));
    return result;
  }

 private:
  BoosterHandle booster_ = nullptr;
  DMatrixHandle proxy_ = nullptr;
};

/// Predicts `calls` times in turns; a call takes `rows` rows, others each time.
void compare_calls(const Oracle& oracle, const weir::ForestEvaluator& evaluator,
                   const weir::FeatureMatrix& matrix, std::size_t rows, std::size_t calls) {
  // Turns of many calls: the first one of each finds the caches full of the other's model.
  const std::size_t turn = std::max<std::size_t>(2, 500 / rows);
  std::vector<double> ours;
  std::vector<double> theirs;
  for (std::size_t call = 0; call < calls; call += turn) {
    std::vector<std::span<const float>> inputs;
    std::vector<std::string> interfaces;
    for (std::size_t i = 0; i < turn; ++i) {
      const std::size_t first = (call + i) * rows % (matrix.rows() - rows + 1);
      inputs.push_back(std::span(matrix.values).subspan(first * kColumns, rows * kColumns));
      interfaces.push_back(Oracle::interface(inputs.back()));
    }
    for (std::size_t i = 0; i < turn; ++i) {
      const double start = clock_us();
      const float* const result = oracle.predict(interfaces[i]);
      theirs.push_back((clock_us() - start) / static_cast<double>(rows));
      if (std::isnan(result[0])) throw std::runtime_error("not a prediction");
    }
    for (std::size_t i = 0; i < turn; ++i) {
      const double start = clock_us();
      const std::vector<float> result = evaluator.evaluate(inputs[i]);
      ours.push_back((clock_us() - start) / static_cast<double>(rows));
      if (std::isnan(result[0])) throw std::runtime_error("not a prediction");
    }
  }
  fmt::print("| {} | {:.1f} / {:.1f} | {:.1f} / {:.1f} | {:.1f} | {:.1f} |\n",
             rows == 1 ? "one row" : fmt::format("{} rows, each", rows), quantile(theirs, 0.5),
             quantile(theirs, 0.99), quantile(ours, 0.5), quantile(ours, 0.99),
             quantile(theirs, 0.5) / quantile(ours, 0.5),
             quantile(theirs, 0.99) / quantile(ours, 0.99));
  std::fflush(stdout);
}

void compare_predictions(const std::string& path) {
  const std::string model = weir::read_file(path);
  const double start = clock_us();
  const Oracle oracle(model);
  const double loaded = clock_us();
  const weir::ForestEvaluator evaluator = weir::ForestEvaluator::parse(model);
  const double read = clock_us();
  const weir::FeatureMatrix matrix = make_rows(4, 20'000).matrix;
  const std::vector<float> ours = evaluator.evaluate(matrix.values);
  const float* const theirs = oracle.predict(Oracle::interface(matrix.values));
  float largest = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    largest = std::max(largest, std::abs(ours[i] - theirs[i]));
  }
  fmt::print(
      "{} MB; read by XGBoost in {:.2f} s, by the evaluator in {:.2f} s; the largest "
      "difference of {} probabilities is {}.\n\n",
      model.size() / 1'000'000, (loaded - start) / 1e6, (read - loaded) / 1e6, ours.size(),
      largest);
  fmt::print("| | XGBoost p50 / p99 us | weir p50 / p99 us | p50 ratio | p99 ratio |\n");
  fmt::print("|---|---|---|---|---|\n");
  const bool large = model.size() > 50'000'000;
  compare_calls(oracle, evaluator, matrix, 1, large ? 3000 : 20'000);
  compare_calls(oracle, evaluator, matrix, 1024, large ? 20 : 200);
}

void write_table(const std::string& path) {
  const weir::Dataset data = make_rows(2, kRows);
  weir::CsvRow row;
  row.text("capture");
  for (const std::string& feature : data.features) row.text(feature);
  row.text("label").end();
  for (std::size_t i = 0; i < data.rows(); ++i) {
    row.text(fmt::format("capture{}", i / 1000));
    for (const float value : data.matrix.row(i)) row.real(value);
    row.text(data.classes[data.labels[i]]).end();
  }
  write_file(path, row.bytes());
}

void read_table(const std::string& path) {
  const std::vector<std::string> files{path};
  const double start = cpu_seconds();
  const weir::Dataset data = weir::read_dataset(files, {});
  fmt::print("{:.4f} {}\n", cpu_seconds() - start, data.rows());
}

int run(std::string_view mode, const std::string& path, int argc, char** argv) {
  if (mode == "train" && argc == 4) {
    compare_training(path, static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)));
  } else if (mode == "forest" && argc == 3) {
    write_file(path + "/forest.ubj",
               train(make_rows(2, kRows), forest_settings()).serialize(weir::ModelFormat::ubj));
  } else if (mode == "predict" && argc == 3) {
    compare_predictions(path);
  } else if (mode == "table" && argc == 3) {
    write_table(path);
  } else if (mode == "read" && argc == 3) {
    read_table(path);
  } else {
    fmt::print(stderr,
               "usage: {} train FOLDER REPEATS | forest FOLDER | predict MODEL | table "
               "FILE | read FILE\n",
               argv[0]);
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "", argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
