// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Live classification of packets that a test holds: what is told when, and that all is counted.
#include "weir/serve/live_classification.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "feature/frames.hpp"
#include "flow_accounts.hpp"
#include "unanswered_ends.hpp"
#include "weir/feature/schema.hpp"
#include "weir/model/trainer.hpp"

using namespace weir;
using test::Frames;
using test::kMs;
using test::kSecond;

namespace {

/// A model that calls flows of packets above 500 bytes "Large", others "Small".
Model model_of_sizes(const ExtractorSettings& settings) {
  Dataset data;
  data.features = {"size_mean"};
  data.classes = {"Large", "Small"};
  data.matrix.columns = 1;
  std::vector<std::size_t> rows;
  for (std::uint32_t i = 0; i < 200; ++i) {
    data.matrix.values.push_back(static_cast<float>(5 * i));
    data.labels.push_back(i > 100 ? 0 : 1);
    rows.push_back(i);
  }
  Model model{{}, fit(data, rows, default_recipe(Algorithm::boosting, 1, 1))};
  Manifest& manifest = model.manifest;
  const FeatureSchema schema = FeatureSchema::flow(settings.first_packets);
  manifest.schema = {TableLevel::flow, schema.name(), schema.hash(), settings.first_packets};
  manifest.features = data.features;
  manifest.classes = data.classes;
  manifest.extractor = settings;
  manifest.distribution = sketch_features(data.matrix);
  return model;
}

/// Gives packets that are there already; between two reads, `between` is called.
class HeldCapture : public LiveCapture {
 public:
  explicit HeldCapture(std::span<const RawPacket> packets, std::size_t batch = 7)
      : packets_(packets), batch_(batch) {}

  std::size_t read_for(std::span<RawPacket> batch, std::chrono::milliseconds patience) override {
    most_patience = std::max(most_patience, patience);
    if (between) between(counters_.received);
    const std::size_t count = std::min({batch.size(), batch_, packets_.size()});
    std::ranges::copy(packets_.first(count), batch.begin());
    packets_ = packets_.subspan(count);
    counters_.received += count;
    return count;
  }
  bool ended() const noexcept override { return packets_.empty(); }
  std::int64_t silent_until_ns() const noexcept override {
    return std::numeric_limits<std::int64_t>::min();
  }
  const std::string& name() const noexcept override { return name_; }
  LinkType link_type() const noexcept override { return LinkType::ethernet; }
  LiveCounters counters() override { return counters_; }

  std::function<void(std::uint64_t received)> between;
  std::chrono::milliseconds most_patience{0};

 private:
  std::span<const RawPacket> packets_;
  std::size_t batch_;
  std::string name_ = "held0";
  LiveCounters counters_;
};

/// Flows of 1 to 12 packets, of which most have ended by the last packet: each begins 1 ms after
/// the one before, and its packets follow each other within a batch.
Frames short_flows(std::uint32_t flows) {
  Frames frames;
  for (std::uint32_t i = 0; i < flows; ++i) {
    for (std::uint32_t packet = 0; packet < 1 + i % 12; ++packet) {
      frames.add({.time_ns = kSecond + i * kMs + packet,
                  .from_client = packet % 2 == 0,
                  .payload = i % 3 == 0 ? 900U : 60U,
                  .client_port = static_cast<std::uint16_t>(1024 + i % 50'000),
                  .client = 0x0a00'0001 + i % 5});
    }
  }
  return frames;
}

struct Totals {
  std::uint64_t flows = 0, packets = 0, bytes = 0;
  bool operator==(const Totals&) const = default;
};

Totals totals_of(std::span<const RawPacket> packets, std::uint64_t flows) {
  Totals totals{.flows = flows};
  for (const RawPacket& packet : packets) {
    ++totals.packets;
    totals.bytes += packet.original_length;
  }
  return totals;
}

/// When a model answers: early only, at the end only, both, and with flows that are too short.
std::vector<ExtractorSettings> all_kinds_of_settings() {
  std::vector<ExtractorSettings> all;
  for (const std::string emit_at : {"end", "1", "5,10", "1,2,3,end", "5,10,end"}) {
    for (const std::uint64_t min_packets : {1U, 4U, 100U}) {
      ExtractorSettings settings;
      settings.idle_timeout_ns = 20 * kMs;
      settings.min_packets = min_packets;
      parse_emit_at(emit_at, settings);
      all.push_back(settings);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("usage adds up to all packets, whatever flows get a verdict and when") {
  constexpr std::uint32_t kFlows = 3'000;
  const Frames frames = short_flows(kFlows);
  for (const ExtractorSettings& settings : all_kinds_of_settings()) {
    CAPTURE(format_emit_at(settings), settings.min_packets);
    const Model model = model_of_sizes(settings);
    const FlowModelInput input(model, "sizes");
    HeldCapture source(frames.packets());
    LiveJob job;
    job.model_name = "sizes";
    Totals totals;
    std::uint64_t rows = 0;
    job.usage_format = TableFormat::ndjson;
    job.usage_period_ns = 3600 * kSecond;  // one window: a flow counts once
    job.usage = [&](std::string_view text) {
      for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1) {
        const auto row = nlohmann::json::parse(text.substr(at, end - at));
        ++rows;
        totals.flows += row.at("flows").get<std::uint64_t>();
        totals.packets += row.at("packets").get<std::uint64_t>();
        totals.bytes += row.at("bytes").get<std::uint64_t>();
      }
    };
    classify_live(source, input, job);
    CHECK(rows > 1);
    CHECK(totals == totals_of(frames.packets(), kFlows));
  }
}

TEST_CASE("nothing is remembered of flows that are over") {
  const Frames frames = short_flows(3'000);
  for (const ExtractorSettings& settings : all_kinds_of_settings()) {
    CAPTURE(format_emit_at(settings), settings.min_packets);
    const Model model = model_of_sizes(settings);
    const FlowModelInput input(model, "sizes");
    FlowAccounts* accounts = nullptr;
    FlowClassifier flows(input, {}, [&](std::span<const Verdict> verdicts) {
      for (const Verdict& verdict : verdicts) accounts->verdict(verdict);
    });
    UnansweredEnds ends(flows, settings);
    FlowAccounts owner(model.manifest, UserSide());
    accounts = &owner;
    const auto settle = [&] {
      for (const auto& end : ends.take()) owner.ended(end.flow);
    };
    bool is_bounded = true;
    for (auto left = frames.packets(); !left.empty();) {
      const std::size_t count = std::min<std::size_t>(512, left.size());
      flows.add(left.first(count));
      flows.answer();
      settle();
      is_bounded = is_bounded && owner.flows() <= flows.flows().open_flows();
      left = left.subspan(count);
    }
    CHECK(is_bounded);
    owner.take(0, flows.flows());  // reads the open ones
    CHECK(owner.flows() == flows.flows().open_flows());
    flows.finish();
    settle();
    CHECK(owner.flows() == 0);
  }
}

TEST_CASE("every end is told once, and after the verdicts on the flow") {
  constexpr std::uint32_t kFlows = 3'000;
  const Frames frames = short_flows(kFlows);
  for (const ExtractorSettings& settings : all_kinds_of_settings()) {
    CAPTURE(format_emit_at(settings), settings.min_packets);
    const Model model = model_of_sizes(settings);
    const FlowModelInput input(model, "sizes");
    HeldCapture source(frames.packets(), 512);
    std::set<std::uint64_t> ended;
    bool is_in_order = true;
    LiveJob job;
    job.verdicts = [&](std::span<const Verdict> verdicts) {
      for (const Verdict& verdict : verdicts) {
        is_in_order = is_in_order && !ended.contains(verdict.flow_id);
        if (!verdict.provisional()) ended.insert(verdict.flow_id);
      }
    };
    job.ended = [&](const FlowTotals& flow, FlowEndReason /*reason*/) {
      is_in_order = ended.insert(flow.flow_id).second && is_in_order;
    };
    classify_live(source, input, job);
    CHECK(is_in_order);
    CHECK(ended.size() == kFlows);
  }
}

TEST_CASE("an early verdict counts even where it comes together with the flow's end") {
  ExtractorSettings settings;
  settings.idle_timeout_ns = 20 * kMs;
  parse_emit_at("3", settings);
  const Model model = model_of_sizes(settings);
  const FlowModelInput input(model, "sizes");
  Frames frames;
  for (const std::int64_t time_ns : {kSecond, kSecond + 1, kSecond + 2}) {
    frames.add({.time_ns = time_ns, .payload = 900});
  }
  frames.add({.time_ns = 2 * kSecond, .payload = 10, .client_port = 7});  // ends the other flow
  HeldCapture source(frames.packets(), 100);
  LiveJob job;
  LiveState state;
  job.state_has_usage = true;
  job.state = [&](const LiveState& now) { state = now; };
  classify_live(source, input, job);
  REQUIRE(state.usage.size() == 2);
  CHECK(state.classes[state.usage[0].class_index] == "Large");
  CHECK(state.usage[0].packets == 3);
  CHECK(state.classes[state.usage[1].class_index] == kUnclassified);
  CHECK(state.usage[1].packets == 1);
}

TEST_CASE("a verdict is told before the next packets are read, and reads are short") {
  ExtractorSettings settings;
  parse_emit_at("5,end", settings);
  const Model model = model_of_sizes(settings);
  const FlowModelInput input(model, "sizes");
  Frames frames;
  for (std::uint32_t packet = 0; packet < 200; ++packet) {  // 20 flows, side by side
    frames.add({.time_ns = kSecond + packet * kMs,
                .payload = 60,
                .client_port = static_cast<std::uint16_t>(1024 + packet % 20)});
  }
  HeldCapture source(frames.packets(), 1);
  std::string told;
  std::uint64_t handed_over = 0;
  LiveJob job;
  job.predictions = [&](std::string_view rows) { told += rows; };
  job.verdicts = [&](std::span<const Verdict> verdicts) { handed_over += verdicts.size(); };
  bool is_told = true;
  source.between = [&](std::uint64_t received) {
    // The fifth packets of the 20 flows are those from the 81st to the 100th.
    const std::uint64_t due = std::clamp<std::uint64_t>(received, 80, 100) - 80;
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(told, '\n'));
    is_told = is_told && lines == 1 + due && handed_over == due;
  };
  const LiveState state = classify_live(source, input, job);
  CHECK(is_told);
  CHECK(state.provisional == 20);
  CHECK(state.verdicts == 40);
  // However silent the link is, the loop comes round: expiry, ticks, what is due.
  CHECK(source.most_patience <= std::chrono::milliseconds(100));
}
