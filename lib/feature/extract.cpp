// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// One worker a capture; the tables are joined in the captures' order.
#include "weir/feature/extract.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>

#include "flow_rows.hpp"
#include "weir/base/csv.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/parallel.hpp"
#include "weir/feature/packet_csv.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/fragments.hpp"
#include "weir/net/merge.hpp"

namespace weir {
namespace {

constexpr std::size_t kReadBatch = 256;
constexpr std::size_t kDrainBytes = 256U << 10U;

/// Column names of the job's table, `label` last.
std::vector<std::string> columns_of(const ExtractJob& job) {
  if (job.level == ExtractLevel::none) return {};
  if (job.level == ExtractLevel::flow) return flow_table_columns(job.features);
  std::vector<std::string> columns;
  const FeatureSchema schema = FeatureSchema::packet();
  for (const Feature& feature : schema.features()) columns.push_back(feature.name);
  columns.emplace_back("label");
  return columns;
}

/// The rows of one capture and what is known of it.
struct CaptureTable {
  CaptureSummary summary;
  TableRow rows;
  PacketMlTable ml;
};

/// What a worker calls now and then while it reads; may be empty.
struct Hooks {
  std::function<void(CaptureTable&)> drain;           ///< may take the rows so far
  std::function<void(std::uint64_t packets)> report;  ///< packets read so far
};

/// Reads one capture.
class CaptureWorker {
 public:
  CaptureWorker(const ExtractJob& job, CaptureTable& table, bool wants_ml, const Hooks& hooks)
      : job_(job), table_(table), wants_ml_(wants_ml), hooks_(hooks) {}

  void run(CaptureFile& capture) {
    table_.summary.name = capture.name();
    if (job_.level == ExtractLevel::flow) {
      read_flows(capture);
    } else {
      read_packets(capture);
    }
    table_.summary.lost_bytes = capture.lost_bytes();
  }

 private:
  template <typename Take>
  void read_all(CaptureFile& capture, const Take& take) {
    std::array<RawPacket, kReadBatch> batch;
    while (const std::size_t count = capture.read(batch)) {
      check_interrupted();
      take(std::span<const RawPacket>(batch.data(), count));
      if (hooks_.report) hooks_.report(capture.packets());
    }
  }

  void read_flows(CaptureFile& capture) {
    FlowExtractor extractor(job_.settings, job_.features,
                            [this](const FlowRow& row) { add_flow(row); });
    read_all(capture, [&](std::span<const RawPacket> packets) { extractor.add(packets); });
    extractor.finish();
    table_.summary.counts = extractor.counts();
  }

  void read_packets(CaptureFile& capture) {
    ExtractCounts& counts = table_.summary.counts;
    Decoder decoder(job_.settings.tunnel);
    read_all(capture, [&](std::span<const RawPacket> packets) {
      Packet packet;
      for (const RawPacket& raw : packets) {
        counts.bytes += raw.original_length;
        if (decoder.decode(raw, packet) != DecodeStatus::decoded) continue;
        if (job_.level == ExtractLevel::none) continue;
        ++counts.rows;
        add_packet(packet);
      }
    });
    counts.decode = decoder.counts();
  }

  void end_row() {
    if (hooks_.drain && table_.rows.bytes().size() > kDrainBytes) hooks_.drain(table_);
  }

  std::string_view label(const FiveTuple& tuple, std::int64_t start_ns, std::int64_t end_ns) {
    if (job_.labeller == nullptr) return {};
    const std::string_view text =
        job_.labeller->label({table_.summary.name, tuple, start_ns, end_ns});
    if (!text.empty()) ++table_.summary.labelled;
    return text;
  }

  void add_flow(const FlowRow& flow) {
    add_flow_row(table_.rows, table_.summary.name, flow,
                 label(flow.tuple, flow.start_ns, flow.end_ns));
    end_row();
  }

  void add_packet(const Packet& packet) {
    const std::string_view text =
        label({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol},
              packet.time_ns, packet.time_ns);
    add_packet_columns(table_.rows, packet);
    if (wants_ml_) table_.ml.add(packet, text);
    table_.rows.text(text).end();
    end_row();
  }

  const ExtractJob& job_;
  CaptureTable& table_;
  bool wants_ml_;
  const Hooks& hooks_;
};

void warn_of_losses(const CaptureSummary& capture, bool merged) {
  if (capture.counts.evicted > 0) {
    spdlog::warn("{}: {} flows were ended early to keep to --max-flows", capture.name,
                 capture.counts.evicted);
  }
  if (capture.lost_bytes > 0 && !merged) {  // a merge has said which file it was
    spdlog::warn("{}", cut_warning(capture.name, capture.lost_bytes));
  }
  if (const auto packets = capture.counts.decode[DecodeStatus::unsupported_link_type]) {
    spdlog::warn("{}: {} packets are of a link type that is not supported; they were left out",
                 capture.name, packets);
  }
}

}  // namespace

std::vector<CaptureSummary> extract(const ExtractJob& job, OutputFile& output, PacketMlTable* ml) {
  const std::vector<std::string> columns = columns_of(job);
  const std::size_t count = job.merge ? 1 : job.captures.size();
  const bool wants_ml = ml != nullptr;
  std::vector<CaptureSummary> summaries;

  const auto hand_over = [&](CaptureTable& table) {
    output.write(table.rows.bytes());
    table.rows.clear();
    if (wants_ml) {
      ml->append(table.ml);
      table.ml = {};
    }
  };
  const auto finish = [&](CaptureTable& table) {
    hand_over(table);
    warn_of_losses(table.summary, job.merge);
    summaries.push_back(std::move(table.summary));
    if (job.progress && count > 1) job.progress(summaries.size(), count);
  };

  const auto read = [&](std::size_t i, const Hooks& hooks) {
    CaptureTable table{{}, TableRow(job.format, columns), {}};
    const std::unique_ptr<CaptureFile> capture =
        job.merge ? merge_captures(job.captures) : open_capture(job.captures[i]);
    CaptureWorker(job, table, wants_ml, hooks).run(*capture);
    return table;
  };

  if (!columns.empty()) output.write(TableRow(job.format, columns).header());
  if (count > 1 && resolve_threads(job.threads) > 1) {
    parallel_ordered(
        count, job.threads, [&](std::size_t i) { return read(i, {}); },
        [&](std::size_t, CaptureTable table) { finish(table); });
    return summaries;
  }
  // One at a time, rows leave as they come: a capture may be larger than memory.
  Hooks hooks{hand_over, {}};
  if (job.progress && count == 1) {
    hooks.report = [&](std::uint64_t packets) { job.progress(packets, 0); };
  }
  for (std::size_t i = 0; i < count; ++i) {
    CaptureTable table = read(i, hooks);
    finish(table);
  }
  return summaries;
}

std::string summary_line(const std::vector<CaptureSummary>& captures, ExtractLevel level) {
  ExtractCounts sum;
  std::uint64_t labelled = 0;
  for (const CaptureSummary& capture : captures) {
    sum += capture.counts;
    labelled += capture.labelled;
  }
  std::string reasons;
  for (std::size_t i = 0; i < kDecodeStatusCount; ++i) {
    const auto status = static_cast<DecodeStatus>(i);
    if (status == DecodeStatus::decoded || sum.decode[status] == 0) continue;
    reasons += fmt::format("{}{} {}", reasons.empty() ? " (" : ", ", sum.decode[status],
                           to_string(status));
  }
  if (!reasons.empty()) reasons += ')';
  const std::uint64_t decoded = sum.decode[DecodeStatus::decoded];
  const std::uint64_t total = sum.decode.total();
  std::string fragments;
  if (const std::uint64_t joined = sum.decode.joined_fragments) {
    fragments = fmt::format(" ({} of them later fragments)", joined);
  }
  const auto account = [&](std::string_view what) {
    return fmt::format("{} packets = {} {}{} + {} not{}", total, decoded, what, fragments,
                       total - decoded, reasons);
  };
  switch (level) {
    case ExtractLevel::none:
      return account("decoded");
    case ExtractLevel::packet:
      return fmt::format("{}; {} rows, {} labelled", account("in rows"), sum.rows, labelled);
    case ExtractLevel::flow:
      break;
  }
  return fmt::format("{}; {} flows, {} rows, {} labelled", account("in flows"), sum.flows, sum.rows,
                     labelled);
}

std::string summary_table(const std::vector<CaptureSummary>& captures) {
  CsvRow row;
  row.text("capture").text("packets").text("bytes");
  for (std::size_t i = 0; i < kDecodeStatusCount; ++i) {
    row.text(to_string(static_cast<DecodeStatus>(i)));
  }
  row.text("joined_fragments").text("lost_bytes").text("flows").text("rows").text("labelled").end();
  const auto number = [&](std::uint64_t value) { row.integer(static_cast<std::int64_t>(value)); };
  for (const CaptureSummary& capture : captures) {
    row.text(capture.name);
    number(capture.counts.decode.total());
    number(capture.counts.bytes);
    for (const std::uint64_t packets : capture.counts.decode.packets) number(packets);
    number(capture.counts.decode.joined_fragments);
    number(capture.lost_bytes);
    number(capture.counts.flows);
    number(capture.counts.rows);
    number(capture.labelled);
    row.end();
  }
  return std::string(row.bytes());
}

}  // namespace weir
