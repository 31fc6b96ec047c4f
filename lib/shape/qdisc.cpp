// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Qdiscs as tc tells of them.
#include "qdisc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "plan_text.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

/// Their own handle is all that binds them; what they hold is in one line.
constexpr std::string_view kClassless[] = {"bfifo", "cake",  "codel", "fq",         "fq_codel",
                                           "hhf",   "netem", "pfifo", "pfifo_fast", "pie",
                                           "red",   "sfq",   "tbf"};

CommandResult tc(std::vector<std::string> words, std::string_view input = {}) {
  words.insert(words.begin(), iproute_program("tc"));
  return run_command(words, input);
}

/// tc prints "100p" and "3028b" and reads 100 and 3028.
std::string without_unit(std::string_view word) {
  const std::string_view number = word.substr(0, word.empty() ? 0 : word.size() - 1);
  const bool digits =
      !number.empty() && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  return std::string(digits && (word.back() == 'p' || word.back() == 'b') ? number : word);
}

}  // namespace

bool RootQdisc::is_ours() const noexcept {
  return kind == "htb" && handle == std::string(plan_text::kHandle) + ":";
}

std::vector<RootQdisc> parse_root_qdiscs(std::string_view json) {
  std::vector<RootQdisc> roots;
  const auto all = nlohmann::json::parse(json, nullptr, false);
  if (!all.is_array()) throw Error("tc says nothing sensible about qdiscs");
  for (const auto& qdisc : all) {
    if (!qdisc.value("root", false)) continue;
    roots.push_back(
        {qdisc.value("dev", ""), qdisc.value("kind", ""), qdisc.value("handle", ""), true});
  }
  for (const auto& qdisc : all) {
    const std::string kind = qdisc.value("kind", "");
    if (qdisc.value("root", false) || kind == "ingress" || kind == "clsact") continue;
    for (RootQdisc& root : roots) {
      if (root.interface == qdisc.value("dev", "")) root.alone = false;
    }
  }
  return roots;
}

RootQdisc root_qdisc(const std::string& interface) {
  const CommandResult result = tc({"-j", "qdisc", "show", "dev", interface});
  if (!result.succeeded) throw Error("tc: " + first_complaint(result, ""));
  for (RootQdisc& root : parse_root_qdiscs(result.output)) {
    root.interface = interface;  // absent where one interface was asked for
    return root;
  }
  return {interface, "noop", "0:", true};  // of an interface that is down; not listed
}

std::string restoring_command(std::string_view line, const std::string& interface) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size() && line[at] != '\n';) {
    const std::size_t end = std::min(line.find_first_of(" \n", at), line.size());
    if (end > at) words.emplace_back(line.substr(at, end - at));
    at = end + (end < line.size() && line[end] == ' ' ? 1 : 0);
    if (end < line.size() && line[end] == '\n') break;
  }
  if (words.size() < 3 || words[0] != "qdisc") return {};
  std::string text =
      fmt::format("qdisc add dev {} root handle {} {}", interface, words[2], words[1]);
  for (std::size_t i = 3; i < words.size(); ++i) {
    if (words[i] == "root" || words[i] == "offloaded") continue;
    if (words[i] == "refcnt" || words[i] == "dev") {
      ++i;
      continue;
    }
    text += ' ' + without_unit(words[i]);
  }
  return text + '\n';
}

std::string require_restorable(const RootQdisc& qdisc) {
  const auto fail = [&](std::string_view why) {
    return Error(
        fmt::format("{0} has a qdisc {1} {2} of its own that could not be brought back: {3}; "
                    "to do without it: tc qdisc del dev {0} root",
                    qdisc.interface, qdisc.kind, qdisc.handle, why));
  };
  if (!qdisc.alone || std::ranges::find(kClassless, qdisc.kind) == std::end(kClassless)) {
    throw fail("it has classes");
  }
  if (!tc({"filter", "show", "dev", qdisc.interface}).output.empty()) throw fail("it has filters");
  const CommandResult shown = tc({"qdisc", "show", "dev", qdisc.interface, "root"});
  std::string command = restoring_command(shown.output, qdisc.interface);
  const auto tried = run_in_scratch_namespace({iproute_program("tc"), "-batch", "-"},
                                              restoring_command(shown.output, "lo"));
  if (!tried) throw fail("no network namespace to try it in");
  if (!tried->succeeded) throw fail(first_complaint(*tried, ""));
  return command;
}

}  // namespace weir
