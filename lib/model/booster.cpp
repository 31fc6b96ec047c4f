// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// XGBoost through its C API, to train and to keep models; no other file knows it.
#include "weir/model/booster.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "ubj.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/model/forest_evaluator.hpp"

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

/// How XGBoost tells its two formats apart.
ModelFormat format_of(std::string_view bytes) {
  return bytes.size() > 1 && bytes[1] == '"' ? ModelFormat::json : ModelFormat::ubj;
}

/// True where the bytes are one whole document. XGBoost itself reads past the end of a UBJ that was
/// cut.
bool is_whole(std::string_view bytes) {
  if (format_of(bytes) == ModelFormat::json) {
    Skimmer skimmer;
    return json::sax_parse(bytes.begin(), bytes.end(), &skimmer);
  }
  try {
    UbjValue::parse(bytes);
    return true;
  } catch (const Error& error) {
    spdlog::debug("{}", error.what());
    return false;
  }
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
  std::string serialize(ModelFormat format) const;
  void lay_out(std::string_view ubj);

  BoosterHandle handle = nullptr;
  std::optional<ForestEvaluator> evaluator;  // there when learnt or read
  std::size_t width = 0;                     // of the rows that come in
  std::vector<std::size_t> picked;           // the columns that the trees read of those; empty: all
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
  for (std::size_t i = 0; i < evaluator->columns(); ++i) {
    names.push_back(rows.features[picked.empty() ? i : picked[i]].c_str());
  }
  check(XGBoosterSetStrFeatureInfo(handle, "feature_name", names.data(), names.size()),
        "cannot name the features");
}

/// Prepares predictions; `ubj` is the model as serialize() gives it.
void Booster::State::lay_out(std::string_view ubj) {
  evaluator = ForestEvaluator::parse(ubj);
  width = evaluator->columns();
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
  lay_out(serialize(ModelFormat::ubj));
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
  try {
    state->lay_out(state->serialize(ModelFormat::ubj));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: not a model that weir evaluates: {}", name, error.what()));
  }
  return Booster(std::move(state));
}

std::string Booster::serialize(ModelFormat format) const {
  return state_->serialize(format);
}

std::string Booster::State::serialize(ModelFormat format) const {
  const char* config =
      format == ModelFormat::json ? R"({"format": "json"})" : R"({"format": "ubj"})";
  bst_ulong length = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(handle, config, &length, &bytes), "cannot write the model");
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
  state_->width = state_->evaluator->columns();
}

std::size_t Booster::classes() const noexcept {
  return state_->evaluator->classes();
}

std::vector<float> Booster::predict(std::span<const float> rows, unsigned rounds) const {
  if (state_->picked.empty()) return state_->evaluator->evaluate(rows, rounds);
  const FeatureMatrix picked = take_columns(rows, state_->width, state_->picked);
  return state_->evaluator->evaluate(picked.values, rounds);
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
