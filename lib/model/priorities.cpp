// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which class goes before which, and what was put into the wrong one.
#include "weir/model/priorities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "weir/base/csv.hpp"
#include "weir/base/error.hpp"
#include "weir/model/flow_figures.hpp"

namespace weir {
namespace {

using Usual = std::pair<std::string_view, Priority>;

/// Names as the usual data sets and this suite's examples have them, in lower case.
constexpr std::array kUsual{
    Usual{"voip", Priority::realtime},
    Usual{"audio calls", Priority::realtime},
    Usual{"video calls", Priority::realtime},
    Usual{"conferencing", Priority::realtime},
    Usual{"gaming", Priority::realtime},
    Usual{"games", Priority::realtime},
    Usual{"http", Priority::interactive},
    Usual{"web", Priority::interactive},
    Usual{"browsing", Priority::interactive},
    Usual{"texting", Priority::interactive},
    Usual{"chat", Priority::interactive},
    Usual{"email", Priority::interactive},
    Usual{"ssh", Priority::interactive},
    Usual{"dns", Priority::interactive},
    Usual{"streaming", Priority::streaming},
    Usual{"video streaming", Priority::streaming},
    Usual{"audio streaming", Priority::streaming},
    Usual{"other", Priority::streaming},
    Usual{"ftp", Priority::bulk},
    Usual{"file transfer", Priority::bulk},
    Usual{"download", Priority::bulk},
    Usual{"upload", Priority::bulk},
    Usual{"video uploads", Priority::bulk},
    Usual{"p2p", Priority::bulk},
};

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

Priority parse_priority(std::string_view text, const std::string& where) {
  const auto found = std::ranges::find(kPriorityNames, text);
  if (found == kPriorityNames.end()) {
    throw UsageError(fmt::format("{}: '{}' is no priority; they are {}", where, text,
                                 fmt::join(kPriorityNames, ", ")));
  }
  return static_cast<Priority>(found - kPriorityNames.begin());
}

void add(Priorities& priorities, std::string_view name, std::string_view priority,
         const std::string& where) {
  if (!priorities.emplace(name, parse_priority(priority, where)).second) {
    throw UsageError(fmt::format("{}: class '{}' is named twice", where, name));
  }
}

Priorities parse_list(std::string_view text) {
  Priorities priorities;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const std::size_t equals = entry.rfind('=');
    if (equals == std::string_view::npos || equals == 0) {
      throw UsageError(fmt::format("--priorities: '{}' is not CLASS=PRIORITY", entry));
    }
    add(priorities, entry.substr(0, equals), entry.substr(equals + 1), "--priorities");
  }
  return priorities;
}

/// The priority of each class, where it has one.
std::vector<std::optional<Priority>> rank(const std::vector<std::string>& classes,
                                          const Priorities& chosen) {
  std::vector<std::optional<Priority>> ranks;
  for (const std::string& name : classes) {
    const auto found = chosen.find(name);
    ranks.push_back(found != chosen.end() ? std::optional(found->second) : usual_priority(name));
  }
  return ranks;
}

void count(PriorityFigures& figures, Priority deserved, Priority given, double bytes) {
  ++figures.rows;
  figures.bytes += bytes;
  if (given < deserved) {
    ++figures.promoted_rows;
    figures.promoted_bytes += bytes;
    if (given == Priority::realtime) figures.into_realtime_bytes += bytes;
  } else if (given > deserved) {
    ++figures.demoted_rows;
    figures.demoted_bytes += bytes;
  }
}

}  // namespace

std::string_view to_string(Priority priority) noexcept {
  return kPriorityNames[static_cast<std::size_t>(priority)];
}

std::optional<Priority> usual_priority(std::string_view class_name) {
  const auto found = std::ranges::find(kUsual, lower(class_name), &Usual::first);
  return found == kUsual.end() ? std::nullopt : std::optional(found->second);
}

Priorities read_priorities(const std::string& text) {
  if (text.find('=') != std::string::npos) return parse_list(text);
  CsvReader csv(text);
  const std::size_t class_column = csv.column("class");
  const std::size_t priority_column = csv.column("priority");
  Priorities priorities;
  while (csv.next()) {
    add(priorities, csv.field(class_column), csv.field(priority_column),
        fmt::format("{}:{}", csv.name(), csv.line()));
  }
  return priorities;
}

void require_classes(const Priorities& priorities, const std::set<std::string>& classes) {
  for (const auto& [name, priority] : priorities) {
    if (!classes.contains(name)) {
      throw UsageError(fmt::format("--priorities: there is no class '{}'; there are: {}", name,
                                   fmt::join(classes, ", ")));
    }
  }
}

std::optional<PriorityFigures> priority_figures(const Dataset& data, const RowAnswers& answers,
                                                const Priorities& chosen) {
  if (data.identities.empty()) return std::nullopt;
  const std::vector<std::optional<Priority>> ranks = rank(answers.classes, chosen);
  PriorityFigures figures;
  for (std::size_t c = 0; c < ranks.size(); ++c) {
    if (ranks[c]) figures.priorities.emplace(answers.classes[c], *ranks[c]);
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto deserved = ranks[answers.actual[i]];
    const Answer& answer = answers.answers[i];
    const auto given = answer.known ? ranks[answer.class_index] : Priority::streaming;
    const auto bytes = bytes_of(data.identities[answers.rows[i]]);
    if (!deserved || !given || !bytes) {
      ++figures.unranked_rows;
    } else {
      count(figures, *deserved, *given, *bytes);
    }
  }
  return figures.rows > 0 ? std::optional(std::move(figures)) : std::nullopt;
}

}  // namespace weir
