// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Numbers from the text of tables.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace weir {

/// A field as a number.
struct ParsedNumber {
  double value = 0;             ///< NaN where the field is empty
  const char* fault = nullptr;  ///< why it is none: "not a number", "number out of range"
};

/// As std::from_chars() takes the whole field: the nearest double.
ParsedNumber parse_number(std::string_view field) noexcept;

/// Bytes before a field that parse_number_within() may read.
inline constexpr std::size_t kFieldMargin = 16;

/// The same result for a field that lies within a larger buffer, sooner for decimals of up to 16
/// characters. kFieldMargin bytes before the field have to be readable.
ParsedNumber parse_number_within(std::string_view field) noexcept;

/// The same of these columns of a row, as floats into as many of `out`; how many there are before
/// one that is no number, or too large for a float.
std::size_t parse_floats_within(std::span<const std::string_view> row,
                                std::span<const std::size_t> columns,
                                std::span<float> out) noexcept;

}  // namespace weir
