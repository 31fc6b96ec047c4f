// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// XGBoost through its C API; no other file knows it.
#include "weir/model/booster.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

using nlohmann::json;

/// Histograms are sums of floats, and their order follows the threads: with one thread the same
/// rows give the same trees on every machine.
constexpr int kThreads = 1;

/// XGBoost's message is followed by a stack trace.
std::string last_error() {
  const std::string_view text = XGBGetLastError();
  std::string_view line = text.substr(0, text.find('\n'));
  // "[12:34:56] ../src/file.cc:123: message"
  if (const auto bracket = line.find("] "); line.starts_with('[') && bracket != line.npos) {
    line.remove_prefix(bracket + 2);
  }
  return std::string(line);
}

void check(int result, const std::string& what) {
  if (result != 0) throw Error(fmt::format("{}: {}", what, last_error()));
}

/// A DMatrix that is freed at the end of its scope.
class Matrix {
 public:
  Matrix() = default;
  ~Matrix() {
    if (handle_ != nullptr) XGDMatrixFree(handle_);
  }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;

  DMatrixHandle* out() { return &handle_; }
  DMatrixHandle get() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

void load(Matrix& matrix, const FeatureMatrix& values) {
  check(XGDMatrixCreateFromMat(values.values.data(), values.rows(), values.columns,
                               std::numeric_limits<float>::quiet_NaN(), matrix.out()),
        "cannot load the training rows");
}

void load(Matrix& matrix, const Booster::TrainingRows& rows) {
  if (rows.columns.empty()) {
    load(matrix, rows.matrix);
  } else {
    load(matrix, take_columns(rows.matrix.values, rows.matrix.columns, rows.columns));
  }
  const std::vector<float> labels(rows.labels.begin(), rows.labels.end());
  check(XGDMatrixSetFloatInfo(matrix.get(), "label", labels.data(), labels.size()),
        "cannot set the labels");
  check(XGDMatrixSetFloatInfo(matrix.get(), "weight", rows.weights.data(), rows.weights.size()),
        "cannot set the weights");
}

std::vector<std::pair<std::string, std::string>> parameters(const BoosterSettings& settings,
                                                            std::size_t classes,
                                                            std::uint64_t seed) {
  // XGBoost keeps 31 bits of a seed.
  constexpr std::uint64_t kSeeds = std::uint64_t{1} << 31U;
  return {
      {"verbosity", "0"},
      {"objective", "multi:softprob"},
      {"num_class", fmt::to_string(classes)},
      {"tree_method", "hist"},
      {"nthread", fmt::to_string(kThreads)},
      {"seed", fmt::to_string(seed % kSeeds)},
      {"num_parallel_tree", fmt::to_string(settings.parallel_trees)},
      {"max_depth", fmt::to_string(settings.depth)},
      {"max_bin", fmt::to_string(settings.bins)},
      {"eta", fmt::to_string(settings.learning_rate)},
      {"subsample", fmt::to_string(settings.row_share)},
      {"colsample_bynode", fmt::to_string(settings.column_share)},
      {"min_child_weight", fmt::to_string(settings.min_child_weight)},
      {"lambda", fmt::to_string(settings.lambda)},
  };
}

/// The array interface of NumPy, in which XGBoost takes matrices.
std::string array_interface(std::span<const float> values, std::size_t columns) {
  return json{{"data", {reinterpret_cast<std::uintptr_t>(values.data()), true}},
              {"shape", {values.size() / columns, columns}},
              {"typestr", "<f4"},
              {"version", 3}}
      .dump();
}

/// Follows a document without keeping it.
class Skimmer final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool key(string_t& /*name*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t /*size*/) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    spdlog::debug("byte {}: {}", position, error.what());
    return false;
  }

 private:
  bool enter() { return ++depth_ < kMostDepth; }
  bool leave() {
    --depth_;
    return true;
  }

  static constexpr int kMostDepth = 64;
  int depth_ = 0;
};

/// True where the bytes are one whole document of XGBoost's two formats. XGBoost itself reads past
/// the end of a UBJ that was cut.
bool is_whole(std::string_view bytes) {
  const bool is_text = bytes.size() > 1 && bytes[1] == '"';
  Skimmer skimmer;
  return json::sax_parse(
      bytes.begin(), bytes.end(), &skimmer,
      is_text ? nlohmann::detail::input_format_t::json : nlohmann::detail::input_format_t::ubjson);
}

}  // namespace

struct Booster::State {
  State() = default;
  ~State() {
    if (handle != nullptr) XGBoosterFree(handle);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void create(const DMatrixHandle* matrix);
  void set(const char* name, const std::string& value) const;
  void name_features(const TrainingRows& rows) const;
  void learn(const TrainingRows& rows, const BoosterSettings& settings, std::uint64_t seed,
             const Booster* base);
  void measure();

  BoosterHandle handle = nullptr;
  std::size_t columns = 0;
  std::size_t classes = 0;
  std::size_t width = 0;            // of the rows that come in
  std::vector<std::size_t> picked;  // the columns of those that the trees read; empty: all
};

void Booster::State::create(const DMatrixHandle* matrix) {
  check(XGBoosterCreate(matrix, matrix == nullptr ? 0 : 1, &handle), "cannot create a booster");
}

void Booster::State::set(const char* name, const std::string& value) const {
  check(XGBoosterSetParam(handle, name, value.c_str()), fmt::format("parameter {}", name));
}

/// Names the columns in the model's file, where other programs look for them.
void Booster::State::name_features(const TrainingRows& rows) const {
  std::vector<const char*> names;
  for (std::size_t i = 0; i < columns; ++i) {
    names.push_back(rows.features[picked.empty() ? i : picked[i]].c_str());
  }
  check(XGBoosterSetStrFeatureInfo(handle, "feature_name", names.data(), names.size()),
        "cannot name the features");
}

/// Finds out what goes in and what comes out, by predicting a row; that also makes XGBoost finish
/// what it puts off until the first prediction, so that later ones may run side by side.
void Booster::State::measure() {
  bst_ulong count = 0;
  check(XGBoosterGetNumFeature(handle, &count), "cannot read the number of features");
  columns = count;
  width = count;
  Matrix row;
  const std::vector<float> values(columns, std::numeric_limits<float>::quiet_NaN());
  check(XGDMatrixCreateFromMat(values.data(), 1, columns, std::numeric_limits<float>::quiet_NaN(),
                               row.out()),
        "cannot load a row");
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* result = nullptr;
  check(XGBoosterPredictFromDMatrix(handle, row.get(),
                                    R"({"type": 0, "training": false, "iteration_begin": 0,
                                        "iteration_end": 0, "strict_shape": true})",
                                    &shape, &dimensions, &result),
        "cannot predict");
  classes = dimensions == 2 ? shape[1] : 1;
}

Booster::Booster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Booster::~Booster() = default;
Booster::Booster(Booster&&) noexcept = default;
Booster& Booster::operator=(Booster&&) noexcept = default;

Booster Booster::train(const TrainingRows& rows, const BoosterSettings& settings,
                       std::uint64_t seed) {
  auto state = std::make_unique<State>();
  state->learn(rows, settings, seed, nullptr);
  return Booster(std::move(state));
}

Booster Booster::grow_on(const Booster& base, const TrainingRows& rows,
                         const BoosterSettings& settings, std::uint64_t seed) {
  auto state = std::make_unique<State>();
  state->learn(rows, settings, seed, &base);
  return Booster(std::move(state));
}

void Booster::State::learn(const TrainingRows& rows, const BoosterSettings& settings,
                           std::uint64_t seed, const Booster* base) {
  Matrix matrix;
  load(matrix, rows);
  const DMatrixHandle training = matrix.get();
  create(&training);
  int grown = 0;
  if (base != nullptr) {
    const std::string trees = base->serialize(ModelFormat::ubj);
    check(XGBoosterLoadModelFromBuffer(handle, trees.data(), trees.size()),
          "cannot continue the model");
    check(XGBoosterBoostedRounds(handle, &grown), "cannot continue the model");
  }
  for (const auto& [name, value] : parameters(settings, rows.classes, seed)) {
    if (base == nullptr || name != "num_parallel_tree") set(name.c_str(), value);
  }
  for (unsigned round = 0; round < settings.rounds; ++round) {
    check_interrupted();
    check(XGBoosterUpdateOneIter(handle, grown + static_cast<int>(round), training),
          "training failed");
  }
  measure();
  picked.assign(rows.columns.begin(), rows.columns.end());
  width = rows.matrix.columns;
  name_features(rows);
}

Booster Booster::parse(std::string_view bytes, const std::string& name) {
  // Both formats start with an object; anything else XGBoost would read as its old binary format,
  // which has no checks.
  if (!bytes.starts_with('{')) {
    throw Error(fmt::format("{}: not a model; weir-train writes models", name));
  }
  auto state = std::make_unique<State>();
  state->create(nullptr);
  state->set("verbosity", "0");
  state->set("nthread", fmt::to_string(kThreads));
  if (!is_whole(bytes) ||
      XGBoosterLoadModelFromBuffer(state->handle, bytes.data(), bytes.size()) != 0) {
    spdlog::debug("XGBoost: {}", last_error());
    throw Error(fmt::format("{}: not a model, or not the whole of one", name));
  }
  state->measure();
  return Booster(std::move(state));
}

std::string Booster::serialize(ModelFormat format) const {
  const char* config =
      format == ModelFormat::json ? R"({"format": "json"})" : R"({"format": "ubj"})";
  bst_ulong length = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(state_->handle, config, &length, &bytes),
        "cannot write the model");
  return {bytes, length};
}

std::size_t Booster::columns() const noexcept {
  return state_->width;
}

std::vector<std::string> Booster::features() const {
  bst_ulong count = 0;
  const char** names = nullptr;
  check(XGBoosterGetStrFeatureInfo(state_->handle, "feature_name", &count, &names),
        "cannot read the features' names");
  return {names, names + count};
}

void Booster::forget_other_columns() noexcept {
  state_->picked.clear();
  state_->width = state_->columns;
}

std::size_t Booster::classes() const noexcept {
  return state_->classes;
}

std::vector<float> Booster::predict(std::span<const float> rows, unsigned rounds) const {
  if (rows.empty()) return {};
  FeatureMatrix picked;
  if (!state_->picked.empty()) {
    picked = take_columns(rows, state_->width, state_->picked);
    rows = picked.values;
  }
  Matrix proxy;
  check(XGProxyDMatrixCreate(proxy.out()), "cannot predict");
  const std::string values = array_interface(rows, state_->columns);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* result = nullptr;
  const std::string config = fmt::format(
      R"({{"type": 0, "iteration_begin": 0, "iteration_end": {}, "missing": NaN,
           "strict_shape": true, "cache_id": 0}})",
      rounds);
  check(XGBoosterPredictFromDense(state_->handle, values.c_str(), config.c_str(), proxy.get(),
                                  &shape, &dimensions, &result),
        "cannot predict");
  return {result, result + rows.size() / state_->columns * state_->classes};
}

std::string Booster::attribute(const std::string& name) const {
  const char* value = nullptr;
  int found = 0;
  check(XGBoosterGetAttr(state_->handle, name.c_str(), &value, &found), "cannot read an attribute");
  return found == 1 ? value : "";
}

void Booster::set_attribute(const std::string& name, const std::string& value) {
  check(XGBoosterSetAttr(state_->handle, name.c_str(), value.c_str()), "cannot set an attribute");
}

std::vector<FeatureImportance> Booster::importance() const {
  bst_ulong count = 0;
  const char** names = nullptr;
  bst_ulong dimensions = 0;
  const bst_ulong* shape = nullptr;
  const float* scores = nullptr;
  check(XGBoosterFeatureScore(state_->handle, R"({"importance_type": "total_gain"})", &count,
                              &names, &dimensions, &shape, &scores),
        "cannot read the importances");
  double sum = 0;
  for (bst_ulong i = 0; i < count; ++i) sum += scores[i];
  std::vector<FeatureImportance> importance;
  for (bst_ulong i = 0; i < count; ++i) {
    importance.push_back({names[i], sum > 0 ? scores[i] / sum : 0});
  }
  std::ranges::stable_sort(importance, [](const auto& a, const auto& b) {
    return a.share != b.share ? a.share > b.share : a.feature < b.feature;
  });
  return importance;
}

}  // namespace weir
