// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The loops of a live extraction: whatever the kernel has, then the rows that are due.
#include "weir/feature/extract_live.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "flow_tracker.hpp"
#include "packet_decoder.hpp"
#include "row_writer.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kReadBatch = 256;
constexpr std::size_t kDrainBytes = 256U << 10U;
/// How often time passes for silent flows.
constexpr std::chrono::milliseconds kTick{50};

class LiveExtraction {
 public:
  LiveExtraction(LiveCapture& source, const ExtractJob& job, OutputFile& output)
      : source_(source), job_(job), output_(output), writer_(job, source.name()) {
    summary_.name = source.name();
  }

  CaptureSummary run() {
    if (const std::vector<std::string> columns = columns_of(job_); !columns.empty()) {
      output_.write(TableRow(job_.format, columns).header());
      output_.flush();  // the reader of a pipe learns the columns before the first row comes
    }
    job_.level == ExtractLevel::flow ? run_flows() : run_packets();
    hand_over();
    output_.commit();
    if (failure_) std::rethrow_exception(failure_);
    return summary_;
  }

 private:
  template <typename Take, typename Silence>
  void read_all(const Take& take, const Silence& silence) {
    std::array<RawPacket, kReadBatch> batch;
    while (!source_.ended()) {
      std::size_t count = 0;
      try {
        count = source_.read_for(batch, kTick);
      } catch (const Error&) {
        failure_ = std::current_exception();
        return;
      }
      if (count > 0) {
        take(std::span<const RawPacket>(batch.data(), count));
      } else {
        silence();
      }
      hand_over();
    }
  }

  void hand_over() {
    if (writer_.rows().empty()) return;
    output_.write(writer_.rows());
    output_.flush();
    summary_.labelled += writer_.clear();
  }

  void run_flows() {
    FlowTracker tracker(job_.settings, job_.features, [this](const FlowRecord& flow) {
      writer_.add(flow);
      if (writer_.rows().size() > kDrainBytes) hand_over();  // many flows may end at once
    });
    read_all([&](std::span<const RawPacket> packets) { tracker.add(packets); },
             [&] { tracker.advance_to(source_.silent_until_ns()); });
    tracker.finish();
    summary_.counts = tracker.counts();
  }

  void run_packets() {
    PacketDecoder decoder(job_.settings.tunnel);
    std::uint64_t rows = 0;
    const auto take = [&](std::span<const RawPacket> packets) {
      decoder.decode(packets, [&](const Packet& packet) {
        if (job_.level == ExtractLevel::none) return;
        ++rows;
        writer_.add(packet);
      });
    };
    read_all(take, [] {});
    decoder.count_in(summary_.counts);
    summary_.counts.rows = rows;
  }

  LiveCapture& source_;
  const ExtractJob& job_;
  OutputFile& output_;
  RowWriter writer_;
  CaptureSummary summary_;
  std::exception_ptr failure_;  // of the source
};

}  // namespace

CaptureSummary extract_live(LiveCapture& source, const ExtractJob& job, OutputFile& output) {
  return LiveExtraction(source, job, output).run();
}

}  // namespace weir
