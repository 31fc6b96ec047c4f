// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Options and outputs of live classification.
#include "predict_live.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "weir/base/error.hpp"
#include "weir/base/row_file.hpp"
#include "weir/serve/top_view.hpp"

namespace weir {
namespace {

/// A block of the ring waits at most twice so long for more packets: verdicts are to be early.
constexpr std::chrono::milliseconds kBlockTime{1};

bool is_ndjson(const std::string& path) {
  return path.ends_with(".ndjson") || path.ends_with(".jsonl");
}

/// Where everything goes; what was not asked for is not there.
struct Outputs {
  std::optional<OutputFile> predictions, heartbeat, account;
  std::optional<TopScreen> top;

  void commit() {
    top.reset();
    for (std::optional<OutputFile>* file : {&predictions, &heartbeat, &account}) {
      if (*file) (*file)->commit();
    }
  }
};

void put(OutputFile& file, std::string_view rows) {
  if (rows.empty()) return;
  file.write(rows);
  file.flush();
}

void check(const PredictLiveOptions& options) {
  if (options.account_period_ns == 0) throw UsageError("--account-every: 0 is no period");
}

/// Says when the model's settings do not suit a live interface.
void warn_of_late_verdicts(const ExtractorSettings& settings) {
  if (!settings.emit_at.empty()) return;
  spdlog::warn(
      "this model knows whole flows only: a flow gets its one verdict when it ends; train on rows "
      "that weir-extract made with --emit-at 5,10,20,end");
}

/// Rows to a file that grows from run to run.
std::function<void(std::string_view)> rows_to(std::optional<OutputFile>& file,
                                              const std::string& path) {
  return [&file, path](std::string_view rows) {
    if (file) return put(*file, rows);
    // The first call brings the header.
    file.emplace(append_rows(path, rows.substr(0, rows.find('\n')), "usage table"));
    if (!file->appends_to_content()) put(*file, rows);
  };
}

}  // namespace

void declare_live(CLI::App& app, PredictLiveOptions& options) {
  const std::string group = "Live input";
  declare_live(app, options.input,
               "Classify what this interface carries until -d, or Ctrl-C; with a policy: the "
               "interface whose outgoing packets it is for",
               group);
  make_live_optional(app, options.input, group);
  const auto add = [&](CLI::Option* option) { option->needs("--interface")->group(group); };
  add(app.add_flag("--top", options.top,
                   "Show classes, users, rates and drops on the terminal; predictions go to a file "
                   "named with -o, if any"));
  add(app.add_option("--heartbeat", options.heartbeat,
                     "Write a line of NDJSON every second: rates, drops, verdicts, latency")
          ->type_name("FILE"));
  add(app.add_option("--account", options.account,
                     "Add what each user used of each class (CSV, or NDJSON by the file's name)")
          ->type_name("FILE"));
  add(add_duration_option(app, "--account-every", options.account_period_ns, "How often"));
  add(app.add_option("--users", options.users,
                     "Where the users are; default: the private address ranges")
          ->type_name("CIDR,..."));
}

LiveState predict_live(const Model& model, const PredictLiveOptions& options,
                       const std::string& output, LiveJob job,
                       const std::function<void()>& before_capture) {
  check(options);
  if (!options.users.empty()) job.users = UserSide::parse(options.users);
  const FlowModelInput input(model, job.model_name);
  warn_of_late_verdicts(input.settings());
  LiveInput live = options.input;
  live.options.block_time = kBlockTime;
  if (before_capture) before_capture();
  const std::unique_ptr<LiveCapture> source = open_live(live);

  Outputs outputs;
  if (!options.top || output != "-") {
    outputs.predictions.emplace(output);
    job.predictions = [&](std::string_view rows) { put(*outputs.predictions, rows); };
  }
  if (!options.heartbeat.empty()) {
    outputs.heartbeat.emplace(options.heartbeat, OutputFile::Mode::append);
  }
  if (!options.account.empty()) {
    job.usage = rows_to(outputs.account, options.account);
    job.usage_period_ns = options.account_period_ns;
    job.usage_format = is_ndjson(options.account) ? TableFormat::ndjson : TableFormat::csv;
  }
  if (options.top) outputs.top.emplace();
  job.state_has_usage = options.top;
  job.state = [&](const LiveState& state) {
    if (outputs.heartbeat) put(*outputs.heartbeat, heartbeat(state));
    if (outputs.top) outputs.top->show(state);
  };

  LiveState state;
  try {
    state = classify_live(*source, input, job);
  } catch (const Error&) {  // an interface that went away: what it gave is kept
    outputs.commit();
    throw;
  }
  outputs.commit();
  report(*source, fmt::format("{} verdicts", state.verdicts));
  spdlog::info("{}", summary_line(state));
  return state;
}

}  // namespace weir
