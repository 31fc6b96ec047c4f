// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The reader of universal binary JSON.
#include "ubj.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "weir/base/error.hpp"

namespace weir {
namespace {

static_assert(std::endian::native == std::endian::little);

/// A number that lies in big-endian order.
template <typename T>
T load(const char* from) {
  std::array<char, sizeof(T)> bytes;
  std::ranges::reverse_copy(from, from + sizeof(T), bytes.begin());
  return std::bit_cast<T>(bytes);
}

/// Calls `use` with a value of the type that the marker means; false where it means no number.
template <typename Use>
bool with_number_type(char type, const Use& use) {
  switch (type) {
    case 'i':
      use(std::int8_t{});
      return true;
    case 'U':
      use(std::uint8_t{});
      return true;
    case 'I':
      use(std::int16_t{});
      return true;
    case 'l':
      use(std::int32_t{});
      return true;
    case 'L':
      use(std::int64_t{});
      return true;
    case 'd':
      use(float{});
      return true;
    case 'D':
      use(double{});
      return true;
    default:
      return false;
  }
}

template <typename T, typename From>
T convert(From number) {
  if constexpr (std::is_integral_v<T> && std::is_floating_point_v<From>) {
    throw Error("a fraction where a whole number belongs");
  } else {
    return static_cast<T>(number);
  }
}

}  // namespace

/// Walks through a document.
class UbjParser {
 public:
  explicit UbjParser(std::string_view bytes) : bytes_(bytes) {}

  UbjValue document() {
    UbjValue value = read(marker());
    if (at_ != bytes_.size()) fail("more follows the end");
    return value;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw Error(fmt::format("byte {}: {}", at_, what));
  }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) fail("cut off");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

  char next() { return take(1).front(); }

  /// The next type, past what means nothing.
  char marker() {
    char type = next();
    while (type == 'N') type = next();
    return type;
  }

  bool skip(char type) {
    const bool found = at_ < bytes_.size() && bytes_[at_] == type;
    if (found) ++at_;
    return found;
  }

  std::size_t length() {
    const UbjValue value = read(next());
    const auto* const count = std::get_if<std::int64_t>(&value.value_);
    if (count == nullptr || *count < 0) fail("not a length");
    return static_cast<std::size_t>(*count);
  }

  UbjValue read(char type) {
    UbjValue value;
    const bool is_number = with_number_type(type, [&]<typename T>(T) {
      const T number = load<T>(take(sizeof(T)).data());
      if constexpr (std::is_integral_v<T>) {
        value.value_ = std::int64_t{number};
      } else {
        value.value_ = double{number};
      }
    });
    if (is_number) return value;
    switch (type) {
      case 'Z':
        break;
      case 'T':
      case 'F':
        value.value_ = type == 'T';
        break;
      case 'C':
        value.value_ = take(1);
        break;
      case 'S':
      case 'H':
        value.value_ = take(length());
        break;
      case '[':
        enter();
        read_array(value);
        --depth_;
        break;
      case '{':
        enter();
        value.value_ = members();
        --depth_;
        break;
      default:
        fail("no type of UBJ");
    }
    return value;
  }

  void enter() {
    constexpr int kMostDepth = 64;
    if (++depth_ > kMostDepth) fail("nested too deeply");
  }

  void read_array(UbjValue& value) {
    if (skip('$')) {
      const char type = next();
      if (!skip('#')) fail("an array of one type without a length");
      const std::size_t count = length();
      const bool is_number = with_number_type(type, [&]<typename T>(T) {
        if (count > (bytes_.size() - at_) / sizeof(T)) fail("cut off");
        value.value_ = UbjValue::PackedNumbers{type, take(count * sizeof(T))};
      });
      if (!is_number) fail("an array of one type that is no number");
      return;
    }
    UbjValue::Items items;
    each(']', [&] { items.push_back(read(marker())); });
    value.value_ = std::move(items);
  }

  UbjValue::Members members() {
    UbjValue::Members members;
    each('}', [&] {
      const std::string_view name = take(length());
      members.emplace_back(name, read(marker()));
    });
    return members;
  }

  /// Calls `read_one` as often as the array or object says, or until its end.
  void each(char end, const auto& read_one) {
    if (skip('#')) {
      for (std::size_t left = length(); left > 0; --left) read_one();
    } else {
      while (!skip(end)) read_one();
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

UbjValue UbjValue::parse(std::string_view bytes) {
  return UbjParser(bytes).document();
}

const UbjValue& UbjValue::at(std::string_view name) const {
  if (const auto* const members = std::get_if<Members>(&value_)) {
    const auto found = std::ranges::find(*members, name, &Members::value_type::first);
    if (found != members->end()) return found->second;
  }
  throw Error(fmt::format("no '{}'", name));
}

std::string_view UbjValue::text() const {
  const auto* const text = std::get_if<std::string_view>(&value_);
  if (text == nullptr) throw Error("no text where one belongs");
  return *text;
}

std::span<const UbjValue> UbjValue::items() const {
  const auto* const items = std::get_if<Items>(&value_);
  if (items == nullptr) throw Error("no array where one belongs");
  return *items;
}

template <typename T>
std::vector<T> UbjValue::numbers() const {
  std::vector<T> numbers;
  if (const auto* const packed = std::get_if<PackedNumbers>(&value_)) {
    with_number_type(packed->type, [&]<typename Stored>(Stored) {
      numbers.resize(packed->bytes.size() / sizeof(Stored));
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = convert<T>(load<Stored>(packed->bytes.data() + i * sizeof(Stored)));
      }
    });
    return numbers;
  }
  for (const UbjValue& item : items()) {
    if (const auto* const whole = std::get_if<std::int64_t>(&item.value_)) {
      numbers.push_back(convert<T>(*whole));
    } else if (const auto* const real = std::get_if<double>(&item.value_)) {
      numbers.push_back(convert<T>(*real));
    } else {
      throw Error("no number where one belongs");
    }
  }
  return numbers;
}

template std::vector<float> UbjValue::numbers() const;
template std::vector<std::int64_t> UbjValue::numbers() const;
template std::vector<std::int32_t> UbjValue::numbers() const;
template std::vector<std::uint8_t> UbjValue::numbers() const;

}  // namespace weir
