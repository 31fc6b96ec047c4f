// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What mistakes mean for quality of service: bytes that go before others without right, and bytes
// that wait without reason.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "weir/model/dataset.hpp"
#include "weir/model/row_answers.hpp"

namespace weir {

/// In the order in which packets are sent.
enum class Priority : std::uint8_t {
  realtime,     ///< calls, games: late is lost
  interactive,  ///< somebody waits for the page or the message
  streaming,    ///< buffered; also whatever nobody marked
  bulk,         ///< downloads, uploads, backups
};

/// "realtime", "interactive", "streaming", "bulk".
inline constexpr std::array<std::string_view, 4> kPriorityNames{"realtime", "interactive",
                                                                "streaming", "bulk"};
std::string_view to_string(Priority priority) noexcept;

/// The priority of each class, by its name.
using Priorities = std::map<std::string, Priority, std::less<>>;

/// What a class of this name usually deserves, whatever its case; empty for names not known.
std::optional<Priority> usual_priority(std::string_view class_name);

/// Reads "VoIP=realtime,FTP=bulk", or, where there is no '=', the CSV file of that name with
/// columns `class` and `priority`. Throws UsageError for a priority that is none and a class named
/// twice, Error for the file.
Priorities read_priorities(const std::string& text);

/// Throws UsageError where a priority is that of none of these classes.
void require_classes(const Priorities& priorities, const std::set<std::string>& classes);

/// Bytes and rows (flows) in the wrong order.
struct PriorityFigures {
  double bytes = 0;  ///< of all rows with a priority
  double promoted_bytes = 0;
  double demoted_bytes = 0;
  double into_realtime_bytes = 0;  ///< promoted ones that crowd the calls
  std::uint64_t rows = 0;
  std::uint64_t promoted_rows = 0;
  std::uint64_t demoted_rows = 0;
  std::uint64_t unranked_rows = 0;  ///< of classes without a priority; not in the figures above
  Priorities priorities = {};       ///< of the classes that have one
};

/// An Unknown answer has the priority of what nobody marked. `chosen` goes before the usual
/// priorities. Empty where the rows do not tell their bytes or no class has a priority.
std::optional<PriorityFigures> priority_figures(const Dataset& data, const RowAnswers& answers,
                                                const Priorities& chosen);

}  // namespace weir
