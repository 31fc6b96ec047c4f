// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A number that stands for the fields of a table.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weir {

/// Tells data apart; does not resist forgery.
class ContentHash {
 public:
  void add(std::string_view text) noexcept {
    // The size, so that "a","b" is not "ab","".
    step(text.size(), 0);
    while (text.size() > 16) {
      step(load<std::uint64_t>(text.data()), load<std::uint64_t>(text.data() + 8));
      text.remove_prefix(16);
    }
    step(last(text.substr(0, std::min<std::size_t>(8, text.size()))),
         last(text.substr(std::min<std::size_t>(8, text.size()))));
  }
  std::string text() const { return fmt::format("{:016x}", state_); }

 private:
  template <typename T>
  static std::uint64_t load(const char* from) noexcept {
    T word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }

  /// Up to eight bytes; those of other sizes overlap.
  static std::uint64_t last(std::string_view rest) noexcept {
    if (rest.size() == 8) return load<std::uint64_t>(rest.data());
    if (rest.size() >= 4) {
      return load<std::uint32_t>(rest.data()) | load<std::uint32_t>(rest.data() + rest.size() - 4)
                                                    << 32U;
    }
    std::uint64_t word = 0;
    for (const char c : rest) word = word << 8U | static_cast<unsigned char>(c);
    return word;
  }

  /// Folds the 128-bit product of two words: one multiplication mixes all bits (Wang Yi's wyhash).
  void step(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product =
        static_cast<Wide>(a ^ 0xa0761d6478bd642fU) * (b ^ 0xe7037ed1a0b428dbU ^ state_);
    state_ = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  std::uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace weir
