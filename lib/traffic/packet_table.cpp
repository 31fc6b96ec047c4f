// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A packet CSV of generated packets.
#include "packet_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/net/decode.hpp"

namespace weir {
namespace {

// Sets the sample's random stream apart from those of the traffic.
constexpr std::uint64_t kSeedTag = 0x7461626c65U;

/// Whole rows for each share; what rounding down leaves goes to the largest remainders.
std::vector<std::uint64_t> apportion(const std::vector<ApplicationInfo>& applications,
                                     std::uint64_t rows) {
  std::vector<std::uint64_t> parts;
  std::vector<std::pair<double, std::size_t>> remainders;
  std::uint64_t given = 0;
  for (const ApplicationInfo& info : applications) {
    const double exact = info.share * static_cast<double>(rows);
    parts.push_back(static_cast<std::uint64_t>(exact));
    remainders.emplace_back(std::floor(exact) - exact, remainders.size());
    given += parts.back();
  }
  std::ranges::sort(remainders);
  for (std::size_t i = 0; given < rows; ++i, ++given) {
    ++parts[remainders[i % remainders.size()].second];
  }
  return parts;
}

}  // namespace

PacketTable::PacketTable(const std::string& path, const std::vector<ApplicationInfo>& applications,
                         std::uint64_t rows, std::uint64_t seed)
    : output_(path), writer_(output_), applications_(applications), random_(seed ^ kSeedTag) {
  if (rows > 0) {
    for (const std::uint64_t part : apportion(applications, rows)) {
      samples_.push_back({part, 0, {}});
    }
  }
}

void PacketTable::write(const RawPacket& packet, std::size_t application) {
  Packet decoded;
  decode(packet, decoded);  // made a moment ago: it decodes
  if (samples_.empty()) return write_row(decoded, application);
  Sample& sample = samples_[application];
  ++sample.seen;
  if (sample.kept.size() < sample.rows) {
    sample.kept.push_back(decoded);
  } else if (const std::uint64_t place = random_.below(sample.seen); place < sample.rows) {
    sample.kept[place] = decoded;
  }
}

void PacketTable::commit() {
  std::vector<std::pair<const Packet*, std::size_t>> rows;
  for (std::size_t application = 0; application < samples_.size(); ++application) {
    const Sample& sample = samples_[application];
    if (sample.seen < sample.rows) {
      throw Error(
          fmt::format("only {} packets of {}, {} are wanted for its share of the rows; a "
                      "longer --duration or more --ues make more",
                      sample.seen, applications_[application].label, sample.rows));
    }
    for (const Packet& packet : sample.kept) rows.emplace_back(&packet, application);
  }
  std::ranges::stable_sort(rows, {}, [](const auto& row) { return row.first->time_ns; });
  for (const auto& [packet, application] : rows) write_row(*packet, application);
  output_.commit();
}

void PacketTable::write_row(const Packet& packet, std::size_t application) {
  writer_.write(packet, applications_[application].label);
}

}  // namespace weir
