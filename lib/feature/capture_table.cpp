// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// On one thread, everything happens packet by packet. On several, packets are decoded ahead and
// rows are made behind the flow table, whose updates have to stay in order.
#include "capture_table.hpp"

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "flow_rows.hpp"
#include "flow_tracker.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/ordered_pipeline.hpp"
#include "weir/feature/packet_csv.hpp"

namespace weir {
namespace {

constexpr std::size_t kReadBatch = 256;
constexpr std::size_t kDrainBytes = 256U << 10U;

/// Makes text of flows or packets, with their labels. Each thread has its own.
class RowWriter {
 public:
  RowWriter(const ExtractJob& job, const std::string& capture)
      : labeller_(job.labeller),
        capture_(capture),
        flows_(job.features),
        rows_(job.format, columns_of(job)) {}

  void add(const FlowRecord& flow) {
    add_flow_row(rows_, capture_, flows_.make(flow),
                 label(flow.tuple(), flow.start_ns(), flow.last_ns()));
  }

  /// Returns the packet's label.
  std::string_view add(const Packet& packet) {
    const std::string_view text =
        label({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol},
              packet.time_ns, packet.time_ns);
    add_packet_columns(rows_, packet);
    rows_.text(text).end();
    return text;
  }

  std::string_view rows() const noexcept { return rows_.bytes(); }

  /// Forgets the rows; returns how many of them have a label.
  std::uint64_t clear() {
    rows_.clear();
    return std::exchange(labelled_, 0);
  }

 private:
  std::string_view label(const FiveTuple& tuple, std::int64_t start_ns, std::int64_t end_ns) {
    if (labeller_ == nullptr) return {};
    const std::string_view text = labeller_->label({capture_, tuple, start_ns, end_ns});
    if (!text.empty()) ++labelled_;
    return text;
  }

  const Labeller* labeller_;
  std::string capture_;
  FlowRowMaker flows_;
  TableRow rows_;
  std::uint64_t labelled_ = 0;
};

/// Packets on their way from the decoder.
struct PacketBlock {
  static constexpr std::size_t kPackets = 8 * kReadBatch;

  std::vector<Packet> packets = std::vector<Packet>(kPackets);
  std::size_t count = 0;
  std::uint64_t read = 0;  ///< of the capture so far, also those that are not decoded
};

/// What becomes a piece of the table.
template <typename Item>
struct RowBlock {
  std::vector<Item> items;
  std::size_t count = 0;
  RowWriter writer;
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
    Decoder decoder(job_.settings.tunnel);
    RowWriter writer(job_, table_.summary.name);
    Packet packet;
    read_all([&](std::span<const RawPacket> packets) {
      for (const RawPacket& raw : packets) {
        counts.bytes += raw.original_length;
        if (decoder.decode(raw, packet) != DecodeStatus::decoded) continue;
        if (job_.level == ExtractLevel::none) continue;
        ++counts.rows;
        const std::string_view label = writer.add(packet);
        if (reading_.wants_ml) table_.ml.add(packet, label);
      }
      drain(writer, kDrainBytes);
    });
    drain(writer, 0);
    counts.decode = decoder.counts();
  }

  /// Fills a block with what `decode` makes of the next packets; false at the end of the capture.
  template <typename Decode>
  bool fill(PacketBlock& block, const Decode& decode) {
    std::array<RawPacket, kReadBatch> batch;
    block.count = 0;
    bool has_read = false;
    while (block.count + kReadBatch <= PacketBlock::kPackets) {
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

  /// A pipeline that writes the items of its blocks as rows.
  template <typename Item>
  using Pipeline = OrderedPipeline<PacketBlock, RowBlock<Item>>;
  template <typename Item, typename Decode>
  typename Pipeline<Item>::Stages stages(const Decode& decode) {
    return {[this, decode](PacketBlock& block) { return fill(block, decode); },
            [](RowBlock<Item>& block) {
              for (const Item& item : std::span(block.items).first(block.count)) {
                block.writer.add(item);
              }
            },
            [this](RowBlock<Item>& block) {
              drain(block.writer, 0);
              block.count = 0;
            }};
  }
  template <typename Item>
  auto block_of(std::size_t items) {
    return [this, items] {
      return RowBlock<Item>{std::vector<Item>(items), 0, RowWriter(job_, table_.summary.name)};
    };
  }

  void read_flows_in_parallel() {
    constexpr std::size_t kFlows = 64;
    std::optional<Pipeline<FlowRecord>> pipeline;
    FlowTracker tracker(job_.settings, job_.features, [&](const FlowRecord& flow) {
      RowBlock<FlowRecord>& block = pipeline->block();
      block.items[block.count++] = flow;
      if (block.count == kFlows) pipeline->submit();
    });
    pipeline.emplace(reading_.threads, block_of<FlowRecord>(kFlows),
                     stages<FlowRecord>([&](std::span<const RawPacket> raw, std::span<Packet> to) {
                       return tracker.decode(raw, to);
                     }));
    while (const PacketBlock* packets = pipeline->next()) {
      tracker.add(std::span<const Packet>(packets->packets).first(packets->count));
      if (reading_.report) reading_.report(packets->read);
    }
    tracker.finish();
    pipeline->submit();
    pipeline->finish();
    table_.summary.counts = tracker.counts();
  }

  void read_packets_in_parallel() {
    ExtractCounts& counts = table_.summary.counts;
    Decoder decoder(job_.settings.tunnel);
    std::uint64_t bytes = 0;
    const auto decode = [&](std::span<const RawPacket> raw, std::span<Packet> to) {
      std::size_t count = 0;
      for (const RawPacket& packet : raw) {
        bytes += packet.original_length;
        if (decoder.decode(packet, to[count]) == DecodeStatus::decoded) ++count;
      }
      return count;
    };
    Pipeline<Packet> pipeline(reading_.threads, block_of<Packet>(PacketBlock::kPackets),
                              stages<Packet>(decode));
    while (PacketBlock* packets = pipeline.next()) {
      if (reading_.report) reading_.report(packets->read);
      if (job_.level == ExtractLevel::none) continue;
      counts.rows += packets->count;
      RowBlock<Packet>& block = pipeline.block();
      block.items.swap(packets->packets);
      block.count = packets->count;
      pipeline.submit();
    }
    pipeline.finish();
    counts.bytes = bytes;
    counts.decode = decoder.counts();
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
