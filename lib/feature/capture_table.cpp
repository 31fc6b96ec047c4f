// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// On one thread, everything happens packet by packet. On several, packets are decoded ahead of the
// flow table, whose updates have to stay in order; what follows from them is done behind it, in
// lanes.
#include "capture_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <utility>

#include "flow_tracker.hpp"
#include "packet_decoder.hpp"
#include "row_writer.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/ordered_pipeline.hpp"
#include "weir/base/parallel.hpp"
#include "weir/flow/flow_contents.hpp"

namespace weir {
namespace {

constexpr std::size_t kReadBatch = 256;
constexpr std::size_t kDrainBytes = 256U << 10U;

/// Packets on their way from the decoder.
template <typename Item>
struct PacketBlock {
  static constexpr std::size_t kPackets = 8 * kReadBatch;

  std::vector<Item> packets = std::vector<Item>(kPackets);
  std::size_t count = 0;
  std::uint64_t read = 0;  ///< of the capture so far, also those that are not decoded
};

/// Rows that one lane made, and where each of them ends.
struct LaneRows {
  RowWriter writer;
  std::vector<std::size_t> ends;
};

/// What becomes a piece of the table.
template <typename Items>
struct RowBlock {
  Items items;
  std::vector<LaneRows> lanes;
};

class CaptureReader {
 public:
  CaptureReader(CaptureFile& capture, const ExtractJob& job, const CaptureReading& reading)
      : capture_(capture), job_(job), reading_(reading) {
    table_.summary.name = capture.name();
  }

  CaptureTable read() {
    const bool is_parallel = reading_.threads > 1;
    if (job_.level == ExtractLevel::flow) {
      is_parallel ? read_flows_in_parallel() : read_flows();
    } else {
      // Rows of the table for learners are numbered as they come: one thread makes them.
      is_parallel && !reading_.wants_ml ? read_packets_in_parallel() : read_packets();
    }
    table_.summary.lost_bytes = capture_.lost_bytes();
    return std::move(table_);
  }

 private:
  template <typename Take>
  void read_all(const Take& take) {
    std::array<RawPacket, kReadBatch> batch;
    while (const std::size_t count = capture_.read(batch)) {
      check_interrupted();
      take(std::span<const RawPacket>(batch.data(), count));
      if (reading_.report) reading_.report(capture_.packets());
    }
  }

  /// Hands the rows over where there are enough of them, or at the end.
  void drain(RowWriter& writer, std::size_t enough) {
    if (writer.rows().size() <= enough) return;
    if (reading_.write) {
      reading_.write(writer.rows());
    } else {
      table_.rows += writer.rows();
    }
    table_.summary.labelled += writer.clear();
  }

  void read_flows() {
    RowWriter writer(job_, table_.summary.name);
    FlowTracker tracker(job_.settings, job_.features, [&](const FlowRecord& flow) {
      writer.add(flow);
      drain(writer, kDrainBytes);
    });
    read_all([&](std::span<const RawPacket> packets) { tracker.add(packets); });
    tracker.finish();
    drain(writer, 0);
    table_.summary.counts = tracker.counts();
  }

  void read_packets() {
    ExtractCounts& counts = table_.summary.counts;
    PacketDecoder decoder(job_.settings.tunnel);
    RowWriter writer(job_, table_.summary.name);
    read_all([&](std::span<const RawPacket> packets) {
      decoder.decode(packets, [&](const Packet& packet) {
        if (job_.level == ExtractLevel::none) return;
        ++counts.rows;
        const std::string_view label = writer.add(packet);
        if (reading_.wants_ml) table_.ml.add(packet, label);
      });
      drain(writer, kDrainBytes);
    });
    drain(writer, 0);
    decoder.count_in(counts);
  }

  /// Fills a block with what `decode` makes of the next packets; false at the end of the capture.
  template <typename Item, typename Decode>
  bool fill(PacketBlock<Item>& block, const Decode& decode) {
    std::array<RawPacket, kReadBatch> batch;
    block.count = 0;
    bool has_read = false;
    while (block.count + kReadBatch <= block.packets.size()) {
      const std::size_t count = capture_.read(batch);
      if (count == 0) break;
      check_interrupted();
      has_read = true;
      block.count += decode(std::span<const RawPacket>(batch.data(), count),
                            std::span(block.packets).subspan(block.count));
    }
    block.read = capture_.packets();
    return has_read;
  }

  /// Twice as many as threads, so that these find something to do when lanes differ.
  std::size_t lanes() const noexcept {
    constexpr std::size_t kMost = 64;
    return std::min(kMost, 2 * std::bit_ceil(std::size_t{resolve_threads(reading_.threads)}));
  }

  template <typename Items>
  RowBlock<Items> make_block() const {
    RowBlock<Items> block;
    for (std::size_t lane = 0; lane < lanes(); ++lane) {
      block.lanes.push_back({RowWriter(job_, table_.summary.name), {}});
    }
    return block;
  }

  void read_flows_in_parallel() {
    using Rows = RowBlock<FlowSteps>;
    using Pipeline = OrderedPipeline<PacketBlock<FlowArrival>, Rows>;
    Pipeline* rows_behind = nullptr;
    FlowTracker tracker(job_.settings, job_.features, lanes(), [&](FlowSteps& steps) {
      std::swap(rows_behind->block().items, steps);
      rows_behind->submit();
      steps.lanes.resize(lanes());
    });
    std::vector<FlowContents> contents;
    for (std::size_t lane = 0; lane < lanes(); ++lane) {
      contents.emplace_back(flow_table_settings(job_.settings, job_.features));
    }
    // After what its threads use, so that these end first, also where something throws.
    Pipeline pipeline(
        reading_.threads, lanes(), [this] { return make_block<FlowSteps>(); },
        {[&](PacketBlock<FlowArrival>& block) {
           return fill(block, [&](std::span<const RawPacket> raw, std::span<FlowArrival> to) {
             return tracker.decode(raw, to);
           });
         },
         [&](Rows& block, std::size_t lane) {
           LaneRows& rows = block.lanes[lane];
           contents[lane].follow(block.items.lanes[lane], [&](const FlowRecord& flow) {
             rows.writer.add(flow);
             rows.ends.push_back(rows.writer.rows().size());
           });
         },
         [&](Rows& block) { deliver(block); }});
    rows_behind = &pipeline;
    while (const PacketBlock<FlowArrival>* packets = pipeline.next()) {
      tracker.add(std::span<const FlowArrival>(packets->packets).first(packets->count));
      if (reading_.report) reading_.report(packets->read);
    }
    tracker.finish();
    pipeline.finish();
    table_.summary.counts = tracker.counts();
  }

  /// Writes the rows of all lanes in the order in which the flows were shown.
  void deliver(RowBlock<FlowSteps>& block) {
    std::vector<std::size_t> next(block.lanes.size());
    for (const std::size_t lane : block.items.shown) {
      const LaneRows& rows = block.lanes[lane];
      const std::size_t row = next[lane]++;
      const std::size_t begin = row == 0 ? 0 : rows.ends[row - 1];
      reading_.write(rows.writer.rows().substr(begin, rows.ends[row] - begin));
    }
    for (LaneRows& rows : block.lanes) {
      table_.summary.labelled += rows.writer.clear();
      rows.ends.clear();
    }
    block.items.clear();
  }

  void read_packets_in_parallel() {
    using Rows = RowBlock<PacketBlock<Packet>>;
    using Pipeline = OrderedPipeline<PacketBlock<Packet>, Rows>;
    ExtractCounts& counts = table_.summary.counts;
    PacketDecoder decoder(job_.settings.tunnel);
    Pipeline pipeline(
        reading_.threads, lanes(), [this] { return make_block<PacketBlock<Packet>>(); },
        {[&](PacketBlock<Packet>& block) {
           return fill(block, [&](std::span<const RawPacket> raw, std::span<Packet> to) {
             std::size_t count = 0;
             decoder.decode(raw, [&](const Packet& packet) { to[count++] = packet; });
             return count;
           });
         },
         [&](Rows& block, std::size_t lane) {
           const std::size_t each = block.items.count / lanes() + 1;
           const std::size_t begin = std::min(lane * each, block.items.count);
           const std::size_t count = std::min(each, block.items.count - begin);
           for (const Packet& packet : std::span(block.items.packets).subspan(begin, count)) {
             block.lanes[lane].writer.add(packet);
           }
         },
         [&](Rows& block) {
           for (LaneRows& rows : block.lanes) drain(rows.writer, 0);
         }});
    while (PacketBlock<Packet>* packets = pipeline.next()) {
      if (reading_.report) reading_.report(packets->read);
      if (job_.level == ExtractLevel::none) continue;
      counts.rows += packets->count;
      std::swap(pipeline.block().items, *packets);
      pipeline.submit();
    }
    pipeline.finish();
    decoder.count_in(counts);
  }

  CaptureFile& capture_;
  const ExtractJob& job_;
  const CaptureReading& reading_;
  CaptureTable table_;
};

}  // namespace

std::vector<std::string> columns_of(const ExtractJob& job) {
  if (job.level == ExtractLevel::none) return {};
  if (job.level == ExtractLevel::flow) return flow_table_columns(job.features);
  std::vector<std::string> columns;
  const FeatureSchema schema = FeatureSchema::packet();
  for (const Feature& feature : schema.features()) columns.push_back(feature.name);
  columns.emplace_back("label");
  return columns;
}

CaptureTable read_capture(CaptureFile& capture, const ExtractJob& job,
                          const CaptureReading& reading) {
  return CaptureReader(capture, job, reading).read();
}

}  // namespace weir
