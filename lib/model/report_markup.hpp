// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Words and small shapes of a report's page.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "weir/model/measurement.hpp"

namespace weir::markup {

/// What a page is written to.
using Out = std::back_insert_iterator<std::string>;

/// Text with the characters of HTML's own replaced.
std::string escape(std::string_view text);

/// A name that fits a drawing's margin, escaped; cut between two characters of UTF-8.
std::string shorten(std::string_view name);

/// Room for the longest name, in pixels at 13 px type; wide system fonts take 8.5 of them a letter.
int margin_for(const std::vector<std::string>& names);

/// "12 345", with thin spaces.
std::string grouped(std::uint64_t number);

/// "35 captures".
std::string count_groups(const Measurement& measured);

/// Stands beside every figure of a split by row.
std::string_view caution_of(const Measurement& measured);

/// A horizontal bar of `width` pixels, filled to a share of it in a colour of the page's style.
void add_bar(Out out, int x, int y, int width, double share, int height, std::string_view colour);

}  // namespace weir::markup
