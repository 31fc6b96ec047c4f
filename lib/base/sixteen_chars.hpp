// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Sixteen characters of text at once, as every x86-64 can take them; loops give other machines the
// same results.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <emmintrin.h>
#endif

namespace weir {

/// A byte each; operators work on all of them, comparisons give 0xff where they are true.
using SixteenChars [[gnu::vector_size(16)]] = std::uint8_t;

inline SixteenChars load_chars(const void* from) noexcept {
  SixteenChars chars;
  std::memcpy(&chars, from, sizeof chars);
  return chars;
}

/// The highest bit of each, the first character's the lowest.
inline std::uint32_t high_bits(SixteenChars chars) noexcept {
#ifdef __x86_64__
  return static_cast<std::uint32_t>(_mm_movemask_epi8(std::bit_cast<__m128i>(chars)));
#else
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < sizeof chars; ++i) bits |= chars[i] / 0x80U << i;
  return bits;
#endif
}

/// Where the characters are this one, a bit each as of high_bits().
inline std::uint32_t find_char(SixteenChars chars, char c) noexcept {
  return high_bits(std::bit_cast<SixteenChars>(chars == static_cast<std::uint8_t>(c)));
}

/// One character further to the back; the last is lost, the first is 0.
inline SixteenChars moved_back(SixteenChars chars) noexcept {
  return __builtin_shufflevector(SixteenChars{}, chars, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                                 26, 27, 28, 29, 30);
}

/// The number whose digits, from 0 to 9, these are, the first the greatest.
inline std::uint64_t decimal_value(SixteenChars digits) noexcept {
#ifdef __x86_64__
  // Pairs of digits, then of pairs, then of those.
  const auto both = [](int first, int second) { return _mm_set1_epi32(second << 16 | first); };
  const __m128i pairs = _mm_srli_epi16(
      _mm_mullo_epi16(std::bit_cast<__m128i>(digits), _mm_set1_epi16(10 << 8 | 1)), 8);
  const __m128i fours = _mm_madd_epi16(pairs, both(100, 1));
  const __m128i eights = _mm_madd_epi16(_mm_packs_epi32(fours, fours), both(10'000, 1));
  const auto halves = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
  return (halves & 0xffffffffU) * 100'000'000 + (halves >> 32U);
#else
  std::uint64_t value = 0;
  for (unsigned i = 0; i < sizeof digits; ++i) value = value * 10 + digits[i];
  return value;
#endif
}

}  // namespace weir
