// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Small captures side by side, large ones one after the other; the tables in the captures' order.
#include "weir/feature/extract.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "capture_table.hpp"
#include "weir/base/csv.hpp"
#include "weir/base/parallel.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/merge.hpp"

namespace weir {
namespace {

void warn_of_losses(const CaptureSummary& capture, const ExtractJob& job) {
  if (capture.counts.evicted > 0) {
    spdlog::warn("{}: {} flows were ended early to keep to --max-flows {}; each takes up to 1 KB",
                 capture.name, capture.counts.evicted, job.settings.max_flows);
  }
  if (capture.lost_bytes > 0 && !job.merge) {  // a merge has said which file it was
    spdlog::warn("{}", cut_warning(capture.name, capture.lost_bytes));
  }
  if (const auto packets = capture.counts.decode[DecodeStatus::unsupported_link_type]) {
    spdlog::warn("{}: {} packets are of a link type that is not supported; they were left out",
                 capture.name, packets);
  }
}

/// Captures of up to so many bytes are read side by side; their rows wait in memory for their turn.
constexpr std::uintmax_t kSmallBytes = 4U << 20U;

/// How many captures at the front are small.
std::size_t small_captures(std::span<const std::string> captures) {
  const auto is_large = [](const std::string& path) {
    std::error_code error;
    return path == "-" || !std::filesystem::is_regular_file(path, error) ||
           std::filesystem::file_size(path, error) > kSmallBytes;
  };
  return static_cast<std::size_t>(std::ranges::find_if(captures, is_large) - captures.begin());
}

}  // namespace

std::vector<CaptureSummary> extract(const ExtractJob& job, OutputFile& output, PacketMlTable* ml) {
  const std::size_t count = job.merge ? 1 : job.captures.size();
  const unsigned threads = resolve_threads(job.threads);
  std::vector<CaptureSummary> summaries;
  const auto finish = [&](CaptureTable& table) {
    output.write(table.rows);
    if (ml != nullptr) ml->append(table.ml);
    warn_of_losses(table.summary, job);
    summaries.push_back(std::move(table.summary));
    if (job.progress && count > 1) job.progress(summaries.size(), count);
  };
  const auto read = [&](std::size_t i, const CaptureReading& reading) {
    const auto capture = job.merge ? merge_captures(job.captures) : open_capture(job.captures[i]);
    return read_capture(*capture, job, reading);
  };

  const std::vector<std::string> columns = columns_of(job);
  if (!columns.empty()) output.write(TableRow(job.format, columns).header());
  for (std::size_t i = 0; i < count;) {
    const std::size_t small =
        threads > 1 && !job.merge ? small_captures(std::span(job.captures).subspan(i)) : 0;
    if (small > 1) {
      CaptureReading reading;
      reading.wants_ml = ml != nullptr;
      parallel_ordered(
          small, threads, [&](std::size_t k) { return read(i + k, reading); },
          [&](std::size_t, CaptureTable table) { finish(table); });
      i += small;
      continue;
    }
    // All threads on this one, and rows leave as they come: it may be larger than memory.
    CaptureReading reading{
        threads, ml != nullptr, [&](std::string_view rows) { output.write(rows); }, {}};
    if (job.progress && count == 1) {
      reading.report = [&](std::uint64_t packets) { job.progress(packets, 0); };
    }
    CaptureTable table = read(i, reading);
    finish(table);
    ++i;
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
