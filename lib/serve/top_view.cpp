// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Lines of the page, and the escape sequences (ECMA-48, xterm) around it.
#include "weir/serve/top_view.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kReverse = "\x1b[7m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

/// "1.23 Mbit/s": three digits are enough to look at.
std::string short_number(double value, std::string_view unit = {}) {
  constexpr std::string_view kPrefixes = " kMGT";
  std::size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int decimals = prefix == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (prefix > 0 || !unit.empty()) text += ' ';
  if (prefix > 0) text += kPrefixes[prefix];
  return text.append(unit);
}

std::string short_number(std::uint64_t value) {
  return short_number(static_cast<double>(value));
}

/// Of several usages.
struct Sum {
  std::string name;
  std::uint64_t flows = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;

  void add(const Usage& usage) {
    flows += usage.flows;
    packets += usage.packets;
    bytes += usage.bytes;
  }
};

bool is_control(char c) noexcept {
  return (c >= 0 && c < 0x20) || c == 0x7f;
}

class Page {
 public:
  Page(const TerminalSize& size, bool colour) : size_(size), colour_(colour) {}

  std::size_t left() const noexcept { return size_.lines - std::min(size_.lines, lines_); }

  /// Cut to the width; what is styled is the whole line.
  void line(std::string_view text, std::string_view style = {}) {
    if (left() == 0) return;
    if (lines_++ > 0) out_ += '\n';
    std::string cut(text.substr(0, size_.columns));
    std::ranges::replace_if(cut, is_control, '?');  // names of classes may hold anything
    if (colour_ && !style.empty()) {
      out_.append(style).append(cut).append(kPlain);
    } else {
      out_ += cut;
    }
  }

  void heading(std::string_view text) {
    line(fmt::format("{:<{}}", text, size_.columns), kReverse);
  }

  std::string text() && { return std::move(out_); }

 private:
  TerminalSize size_;
  bool colour_;
  std::size_t lines_ = 0;
  std::string out_;
};

std::string row(std::string_view name, const Sum& sum) {
  return fmt::format("{:<32.32} {:>8} {:>10}  {:>10}", name, sum.flows, short_number(sum.packets),
                     short_number(8 * sum.bytes));
}

void show_link(Page& page, const LiveState& state) {
  const auto seconds = static_cast<std::uint64_t>(state.seconds);
  page.line(fmt::format("weir  {}  {}:{:02}:{:02}", state.capture, seconds / 3600,
                        seconds / 60 % 60, seconds % 60),
            kBold);
  page.line(fmt::format(
      "packets  {}  {}  {} flows open, {} ended", short_number(state.packets_per_second, "/s"),
      short_number(state.bits_per_second, "bit/s"), state.open_flows, state.extract.flows));
  const bool lost = state.link.dropped + state.link.interface_dropped + state.extract.evicted > 0;
  page.line(fmt::format("dropped  {} by the kernel, {} by the interface; {} flows ended early",
                        state.link.dropped, state.link.interface_dropped, state.extract.evicted),
            lost ? kRed : std::string_view{});
  page.line(fmt::format("verdicts {} ({} Unknown), {:.1f} ms after their packets (p99)",
                        state.verdicts, state.unknown,
                        static_cast<double>(state.latency.quantile_ns(0.99)) * 1e-6));
}

/// Where the class's flows go, and how many of them the kernel knows of.
std::string rule_columns(const LiveState& state, const std::string& class_name) {
  if (!state.rules) return {};
  const auto found = state.rules->classes.find(class_name);
  if (found == state.rules->classes.end()) {
    return fmt::format(" {:>8.8}", state.rules->default_band);
  }
  return fmt::format(" {:>8.8} {:>6}", found->second.band, found->second.flows);
}

/// What they did so far.
void show_rules(Page& page, const LiveState& state) {
  if (!state.rules) return;
  const RulesState& rules = *state.rules;
  page.line(
      fmt::format("rules    {} changes in {} transactions, {} refused; {} flows demoted to {}",
                  rules.marks.changes, rules.marks.batches, rules.marks.refused, rules.demoted,
                  rules.demoted_band));
}

void show_classes(Page& page, const LiveState& state) {
  std::vector<Sum> sums;
  for (const std::string& name : state.classes) sums.push_back({name});
  for (const Usage& usage : state.usage) sums[usage.class_index].add(usage);
  const std::string heading =
      fmt::format("{:<32} {:>8} {:>10}  {:>10}", "CLASS", "FLOWS", "PACKETS", "BIT/S");
  page.heading(state.rules ? fmt::format("{} {:>8} {:>6}", heading, "BAND", "MARKED") : heading);
  for (const Sum& sum : sums) page.line(row(sum.name, sum) + rule_columns(state, sum.name));
  page.line("");
}

/// A line each: the user, and the class of most of its bytes.
void show_users(Page& page, const LiveState& state) {
  std::vector<Sum> users;
  std::uint64_t most = 0;
  const Usage* before = nullptr;
  for (const Usage& usage : state.usage) {  // by user
    if (before == nullptr || before->user != usage.user) {
      users.push_back({usage.user ? to_string(*usage.user) : "elsewhere"});
      most = 0;
    }
    before = &usage;
    users.back().add(usage);
    if (usage.bytes < most) continue;
    most = usage.bytes;
    const std::string address = usage.user ? to_string(*usage.user) : "elsewhere";
    users.back().name = fmt::format("{}  {}", address, state.classes[usage.class_index]);
  }
  std::ranges::stable_sort(users, std::ranges::greater{}, &Sum::bytes);
  page.heading(
      fmt::format("{:<32} {:>8} {:>10}  {:>10}", "USER, ITS MOST", "FLOWS", "PACKETS", "BIT/S"));
  const bool all_fit = users.size() <= page.left();
  const std::size_t shown =
      all_fit ? users.size() : page.left() - std::min<std::size_t>(1, page.left());
  for (std::size_t i = 0; i < shown; ++i) page.line(row(users[i].name, users[i]));
  if (!all_fit) page.line(fmt::format("and {} more", users.size() - shown));
}

TerminalSize terminal_size() noexcept {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {size.ws_col, size.ws_row};
}

/// A terminal that cannot be written to is not worth ending for.
void put(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string top_view(const LiveState& state, const TerminalSize& size, bool colour) {
  Page page(size, colour);
  show_link(page, state);
  show_rules(page, state);
  page.line("");
  show_classes(page, state);
  show_users(page, state);
  return std::move(page).text();
}

TopScreen::TopScreen() : colour_(std::getenv("NO_COLOR") == nullptr) {
  if (::isatty(STDOUT_FILENO) != 1) throw UsageError("--top needs a terminal as stdout");
  put("\x1b[?1049h\x1b[?25l");  // alternate screen, no cursor
}

TopScreen::~TopScreen() {
  put("\x1b[?25h\x1b[?1049l");
}

void TopScreen::show(const LiveState& state) {
  std::string page = top_view(state, terminal_size(), colour_);
  // Each line clears what is left of the one before; then what is left of the page.
  std::string out = "\x1b[H";
  for (const char c : page) out += c == '\n' ? std::string("\x1b[K\r\n") : std::string(1, c);
  put(out + "\x1b[K\x1b[J");
}

}  // namespace weir
