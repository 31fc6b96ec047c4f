// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The stages, their command lines and their files.
#include "weir/traffic/pipeline.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/process.hpp"
#include "weir/net/address.hpp"
#include "weir/traffic/destination.hpp"

namespace weir {
namespace {

using Command = std::vector<std::string>;

constexpr unsigned kRounds = 5;
constexpr std::int64_t kHeadStartNs = kNanosPerSecond / 2;  // of the capture, to open its socket
constexpr std::int64_t kTailNs = kNanosPerSecond;           // of the capture, for the last closes
constexpr std::int64_t kTurnNs = kNanosPerSecond / 20;
constexpr unsigned kCapNetRaw = 13;  // capability.h

class Pipeline {
 public:
  Pipeline(const PipelineOptions& options, const HoldOut& hold_out)
      : options_(options), hold_out_(hold_out) {}

  void run();

 private:
  std::string in_work_folder(std::string_view name) const {
    return options_.work_folder + "/" + std::string(name);
  }
  /// The start of a tool's command line; a quiet pipeline has quiet stages.
  Command tool(std::string_view name) const {
    Command command{fmt::format("{}/weir-{}", options_.tools_folder, name)};
    if (!spdlog::should_log(spdlog::level::info)) command.push_back("-q");
    return command;
  }

  void check() const;
  bool dataset_is_there() const;
  void make_dataset(const std::string& dataset);
  void record_round(unsigned round, bool for_real);
  Command gen_command(unsigned round, bool for_real) const;
  Command capture_command(unsigned round) const;
  void merge_ground_truth() const;
  void train_and_evaluate(const std::string& dataset);

  ChildProcess start(std::string_view stage, const Command& command) const;
  void run_stage(std::string_view stage, const Command& command) const;
  void check_ended(std::string_view stage, const ExitStatus& status) const;

  PipelineOptions options_;
  const HoldOut& hold_out_;
};

std::string capture_name(unsigned round) {
  return fmt::format("round-{}.pcap", round);
}
std::string truth_name(unsigned round) {
  return fmt::format("round-{}.csv", round);
}

void append(Command& command, std::initializer_list<std::string> words) {
  command.insert(command.end(), words);
}

void Pipeline::run() {
  check();
  std::error_code error;
  std::filesystem::create_directories(options_.work_folder, error);
  if (error) {
    throw Error(
        fmt::format("cannot create the folder {}: {}", options_.work_folder, error.message()));
  }
  const std::string dataset =
      options_.dataset.empty() ? in_work_folder("dataset.csv") : options_.dataset;
  if (dataset_is_there()) {
    spdlog::info("{} exists: capture, gen and extract are skipped (--fresh makes it anew)",
                 dataset);
  } else {
    make_dataset(dataset);
  }
  train_and_evaluate(dataset);
}

void Pipeline::check() const {
  if (options_.dataset == "-") throw UsageError("--dataset -: it is read twice; name a file");
  if (options_.duration_ns == 0) throw UsageError("--duration 0: nothing to record");
  const std::optional<IpAddress> destination = parse_address(options_.destination);
  if (destination && is_loopback(*destination) && options_.interface != "lo") {
    throw UsageError(
        fmt::format("--interface {} does not carry what is sent to {}; capture on lo, or give a "
                    "--dst behind {}",
                    options_.interface, options_.destination, options_.interface));
  }
}

bool Pipeline::dataset_is_there() const {
  std::error_code ignored;
  return !options_.fresh && !options_.dataset.empty() &&
         std::filesystem::exists(options_.dataset, ignored);
}

void Pipeline::make_dataset(const std::string& dataset) {
  const std::string capture = tool("capture").front();
  const bool for_real = can_capture(capture);
  if (!for_real) {
    spdlog::warn(
        "no privilege to capture: the rounds are generated in virtual time instead; to capture, "
        "run as root or once: sudo setcap cap_net_raw+ep {}",
        shell_text(Command{capture}));
  }
  for (unsigned round = 1; round <= kRounds; ++round) record_round(round, for_real);
  merge_ground_truth();

  Command extract = tool("extract");
  append(extract, {"--ground-truth", in_work_folder("truth.csv")});
  // What gen did not send is other traffic.
  if (options_.keep_other) append(extract, {"--label", "Other"});
  append(extract, {"-o", dataset});
  for (unsigned round = 1; round <= kRounds; ++round) {
    extract.push_back(in_work_folder(capture_name(round)));
  }
  run_stage("extract", extract);
}

/// Gen, and around it the capture of what it sends.
void Pipeline::record_round(unsigned round, bool for_real) {
  const Command gen = gen_command(round, for_real);
  if (!for_real) return run_stage("gen", gen);

  ChildProcess capturing = start("capture", capture_command(round));
  if (const auto status = capturing.wait_for(kHeadStartNs)) {
    check_ended("capture", *status);
    throw Error("stage capture ended before there was anything to capture");
  }
  ChildProcess generating = start("gen", gen);
  std::optional<ExitStatus> generated;
  while (!(generated = generating.wait_for(kTurnNs))) {
    // Without its capture the round is worth nothing: not sent to its end.
    if (const auto status = capturing.wait_for(0)) check_ended("capture", *status);
  }
  check_ended("gen", *generated);
  check_ended("capture", capturing.wait());
}

Command Pipeline::gen_command(unsigned round, bool for_real) const {
  Command gen = tool("gen");
  append(gen, {"--type", "all", "--dst", options_.destination});
  append(gen, {"--duration", format_duration(options_.duration_ns)});
  append(gen, {"--pps", fmt::format("{}", options_.pps)});
  append(gen, {"--seed", fmt::format("{}", options_.seed + round - 1)});
  append(gen, {"--ground-truth", in_work_folder(truth_name(round))});
  if (!for_real) append(gen, {"--method", "pcap", "-o", in_work_folder(capture_name(round))});
  if (for_real && options_.no_responder) gen.push_back("--no-responder");
  return gen;
}

Command Pipeline::capture_command(unsigned round) const {
  Command capture = tool("capture");
  append(capture, {"--interface", options_.interface});
  append(capture, {"--duration", format_duration(kHeadStartNs + options_.duration_ns + kTailNs)});
  capture.push_back(options_.keep_other ? "--no-filter" : "--lab");
  append(capture, {"-o", in_work_folder(capture_name(round))});
  return capture;
}

/// One ground truth for all rounds, since extract takes one: the rows of each under one header.
void Pipeline::merge_ground_truth() const {
  OutputFile merged(in_work_folder("truth.csv"));
  for (unsigned round = 1; round <= kRounds; ++round) {
    const std::string rows = read_file(in_work_folder(truth_name(round)));
    const std::size_t header_end = rows.find('\n');
    merged.write(round == 1 ? std::string_view(rows)
                            : std::string_view(rows).substr(header_end + 1));
  }
  merged.commit();
}

void Pipeline::train_and_evaluate(const std::string& dataset) {
  std::string train_data = in_work_folder("train.csv");
  std::string test_data = in_work_folder("test.csv");
  if (!hold_out_(dataset, train_data, test_data, options_.seed)) {
    spdlog::warn("{}: too few captures to hold one out; evaluate sees what train saw", dataset);
    train_data = test_data = dataset;
  }
  const std::string model =
      options_.model_out.empty() ? in_work_folder("model.ubj") : options_.model_out;

  Command train = tool("train");
  append(train, {"--data", train_data, "--model-out", model, "--algorithm", options_.algorithm});
  append(train, {"--random-state", fmt::format("{}", options_.seed)});
  if (options_.keep_other) train.push_back("--keep-other");
  run_stage("train", train);

  Command evaluate = tool("evaluate");
  append(evaluate, {"--model", model, "--data", test_data});
  append(evaluate, {"--json", in_work_folder("report.json")});
  append(evaluate, {"--html", in_work_folder("report.html")});
  run_stage("evaluate", evaluate);
  spdlog::info("made {} and {}", model, in_work_folder("report.html"));
}

ChildProcess Pipeline::start(std::string_view stage, const Command& command) const {
  check_interrupted();
  spdlog::info("{}: {}", stage, shell_text(command));
  try {
    return ChildProcess(command);
  } catch (const Error& error) {
    throw Error(fmt::format("stage {} did not start: {}", stage, error.what()));
  }
}

void Pipeline::run_stage(std::string_view stage, const Command& command) const {
  check_ended(stage, start(stage, command).wait());
}

void Pipeline::check_ended(std::string_view stage, const ExitStatus& status) const {
  check_interrupted();
  if (status.succeeded()) return;
  throw Error(fmt::format("stage {} failed: {}; what the stages before it made is in {}", stage,
                          to_string(status), options_.work_folder));
}

/// The effective capabilities of this process, which its children inherit only as root.
bool has_capability_here(unsigned capability) {
  const std::string status = read_file("/proc/self/status");
  constexpr std::string_view kField = "CapEff:\t";
  const std::size_t at = status.find(kField);
  if (at == status.npos) return false;
  std::uint64_t effective = 0;
  std::from_chars(status.data() + at + kField.size(), status.data() + status.size(), effective, 16);
  return (effective >> capability & 1U) != 0;
}

/// The file capabilities of a program: struct vfs_cap_data of <linux/capability.h>, little-endian;
/// bit 0 says that they become effective at once, the second word holds the lower permitted ones.
bool grants_capability(const std::string& program, unsigned capability) {
  std::array<std::uint8_t, 64> data{};
  const ssize_t size = ::getxattr(program.c_str(), "security.capability", data.data(), data.size());
  return size >= 8 && (data[0] & 1U) != 0 && (data[4 + capability / 8] >> capability % 8 & 1U) != 0;
}

}  // namespace

void run_pipeline(const PipelineOptions& options, const HoldOut& hold_out) {
  Pipeline(options, hold_out).run();
}

bool can_capture(const std::string& program) {
  return has_capability_here(kCapNetRaw) || grants_capability(program, kCapNetRaw);
}

}  // namespace weir
