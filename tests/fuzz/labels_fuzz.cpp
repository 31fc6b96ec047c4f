// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fuzzes the readers of what people write: tables, ground truth, label rules, quantities. The first
// character, a digit in the seeds, picks the reader; the rest is its file.
#include <spdlog/spdlog.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "memory_file.hpp"
#include "weir/base/csv.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/flow/labels.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/hold_out_file.hpp"
#include "weir/net/address.hpp"

namespace {

using namespace weir;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string file_of(std::string_view content) {
  static fuzz::MemoryFile file;
  file.replace(content);
  return file.path();
}

using Rows = std::vector<std::vector<std::string>>;

/// Fields read, and `written` as the same rows again.
Rows read_rows(const std::string& path, CsvRow& written) {
  CsvReader csv(path);
  for (const std::string& name : csv.header()) {
    require(csv.find_column(name).has_value());
    written.text(name);
  }
  written.end();
  Rows rows;
  while (csv.next()) {
    std::vector<std::string>& row = rows.emplace_back();
    for (std::size_t i = 0; i < csv.header().size(); ++i) {
      written.text(row.emplace_back(csv.field(i)));
      try {
        csv.number(i);
      } catch (const Error&) {  // text
      }
    }
    written.end();
  }
  return rows;
}

void read_table(std::string_view content) {
  CsvRow written;
  const Rows rows = read_rows(file_of(content), written);
  // A table of one column cannot tell an empty field from a blank line.
  if (rows.empty() || rows.front().size() == 1) return;
  CsvRow again;
  require(read_rows(file_of(written.bytes()), again) == rows);
}

/// Asks for flows that the seeds have, and for one of nobody.
void ask(const Labeller& labeller) {
  for (const std::string_view host : {"192.0.2.1", "2001:db8::1", "0.0.0.0"}) {
    const FiveTuple tuple{*parse_address(host), *parse_address("198.51.100.2"), 1234, 443, 6};
    const FiveTuple reverse{tuple.dst, tuple.src, tuple.dst_port, tuple.src_port, tuple.protocol};
    for (const std::int64_t start_ns : {std::int64_t{0}, 1'700'000'000 * kNanosPerSecond}) {
      const std::int64_t end_ns = start_ns + kNanosPerSecond;
      require(labeller.label({"a.pcap", tuple, start_ns, end_ns}) ==
              labeller.label({"a.pcap", reverse, start_ns, end_ns}));
    }
  }
}

void read_ground_truth(std::string_view content) {
  ask(*load_ground_truth(file_of(content)));
}

void read_label_rules(std::string_view content) {
  ask(*load_label_rules(file_of(content)));
}

void read_labelled_rows(std::string_view content) {
  DatasetOptions options;
  options.keep_identities = true;
  const std::array<std::string, 1> files{file_of(content)};
  const Dataset data = read_dataset(files, options);
  require(data.rows() > 0);
  require(data.matrix.columns == data.features.size());
  require(data.matrix.values.size() == data.rows() * data.matrix.columns);
  require(data.identities.size() == data.rows());
  for (const std::uint32_t label : data.labels) require(label < data.classes.size());
  for (const std::uint32_t group : data.group_of_row) require(group < data.groups.size());
}

void split_by_captures(std::string_view content) {
  hold_out_captures(file_of(content), "/dev/null", "/dev/null", 1);
}

/// Lines of quantities; what can be read is written and read back.
void read_quantities(std::string_view content) {
  while (!content.empty()) {
    const std::string_view text = content.substr(0, content.find('\n'));
    content.remove_prefix(std::min(content.size(), text.size() + 1));
    if (const auto address = parse_address(text)) {
      require(parse_address(to_string(*address)) == address);
    }
    if (const auto network = parse_cidr(text)) require(network->contains(network->network));
    const auto tolerate = [&](const auto& read) {
      try {
        read();
      } catch (const Error&) {  // refusing it is an answer
      }
    };
    tolerate([&] {
      const std::int64_t time_ns = parse_timestamp_ns(text);
      require(parse_timestamp_ns(format_timestamp(time_ns)) == time_ns);
    });
    tolerate([&] {
      const std::int64_t duration_ns = parse_duration_ns(text);
      constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;
      require(duration_ns >= 0);
      if (duration_ns > kExactInDouble) return;
      require(parse_duration_ns(format_duration(duration_ns)) == duration_ns);
    });
    tolerate([&] { parse_rate_bps(text); });
    tolerate([&] {
      ExtractorSettings settings;
      parse_emit_at(text, settings);
      ExtractorSettings again;
      parse_emit_at(format_emit_at(settings), again);
      require(again == settings);
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  spdlog::set_level(spdlog::level::off);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array kReaders{read_table,         read_ground_truth, read_label_rules,
                                       read_labelled_rows, split_by_captures, read_quantities};
  if (size == 0) return 0;
  static_assert('0' % kReaders.size() == 0);
  try {
    kReaders[data[0] % kReaders.size()]({reinterpret_cast<const char*>(data + 1), size - 1});
  } catch (const Error&) {
    // Refusing the file is an answer.
  }
  return 0;
}
