// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Escaping, shortening, counting.
#include "report_markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::markup {
namespace {

constexpr std::size_t kLongestName = 28;

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string shorten(std::string_view name) {
  if (name.size() <= kLongestName) return escape(name);
  std::size_t end = kLongestName - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  return escape(name.substr(0, end)) + "&#8230;";
}

int margin_for(const std::vector<std::string>& names) {
  std::size_t longest = 4;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  return static_cast<int>(std::min(longest, kLongestName)) * 17 / 2 + 16;
}

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, "\u2009");
  return digits;
}

std::string count_groups(const Measurement& measured) {
  return grouped(measured.groups) + " " +
         (measured.groups == 1 ? measured.group_kind : plural(measured.group_kind));
}

std::string_view caution_of(const Measurement& measured) {
  return measured.by_row ? " <em class=\"caution\">by row: too high for new captures</em>" : "";
}

void add_bar(Out out, int x, int y, int width, double share, int height, std::string_view colour) {
  fmt::format_to(out,
                 "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" rx=\"2\" "
                 "fill=\"var(--track)\"/>"
                 "<rect x=\"{0}\" y=\"{1}\" width=\"{4:.1f}\" height=\"{3}\" rx=\"2\" "
                 "fill=\"var({5})\"/>",
                 x, y, width, height, share * width, colour);
}

}  // namespace weir::markup
