// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The CSV reader and the row builder.
#include "weir/base/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "sixteen_chars.hpp"
#include "weir/base/decimal.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kBlockBytes = 1U << 18U;
constexpr std::size_t kMaxRowBytes = 64U << 20U;

/// How many characters are searched for commas at once.
constexpr std::size_t kSearchedChars = 64;

/// Where there are commas from here on, a bit each, the first character's the lowest.
std::uint64_t find_commas(const char* from) noexcept {
  std::uint64_t commas = 0;
  for (std::size_t i = 0; i < kSearchedChars; i += sizeof(SixteenChars)) {
    commas |= std::uint64_t{find_char(load_chars(from + i), ',')} << i;
  }
  return commas;
}

}  // namespace

/// Rows are found in `buffer` between `begin` and `end`; fields without quotes are views into it,
/// quoted ones are unescaped in place. There are margins: kFieldMargin before them, and behind
/// them what is searched beyond the end of a row.
struct CsvReader::State {
  explicit State(InputFile input) : file(std::move(input)), buffer(kBlockBytes) {}

  InputFile file;
  std::vector<char> buffer;
  std::size_t begin = kFieldMargin;
  std::size_t end = kFieldMargin;
  bool at_end_of_file = false;
  std::size_t row_line = 0;   // line where the current row starts
  std::size_t next_line = 1;  // line where the next row starts
  std::size_t row_lines = 1;  // a quoted field may hold several
  bool row_has_quotes = false;
  std::vector<std::string> header;
  std::vector<std::string_view> fields;
  std::string_view plain_row;
  bool row_waits = false;  // the fields are of a row that next() has not given yet

  bool fill();
  std::size_t find_row_end();
  bool split_plain(const char* row, const char* row_end);
  void split(char* row, char* row_end);
  bool read_row();
};

/// Moves what is left to the front and reads more; false when nothing more came.
bool CsvReader::State::fill() {
  if (at_end_of_file) return false;
  if (begin > kFieldMargin) {
    std::memmove(buffer.data() + kFieldMargin, buffer.data() + begin, end - begin);
    end -= begin - kFieldMargin;
    begin = kFieldMargin;
  }
  if (end == buffer.size() - kSearchedChars) {
    if (buffer.size() >= kMaxRowBytes) {
      throw Error(fmt::format("{}:{}: row longer than {} bytes; is this a CSV file?", file.name(),
                              next_line, kMaxRowBytes));
    }
    buffer.resize(buffer.size() * 2);
  }
  const std::size_t count = file.read(
      {reinterpret_cast<std::uint8_t*>(buffer.data()) + end, buffer.size() - kSearchedChars - end});
  at_end_of_file = count == 0;
  end += count;
  return count > 0;
}

/// Index of the newline that ends the row at `begin` (or of the end of the file); counts its lines.
std::size_t CsvReader::State::find_row_end() {
  std::size_t scanned = 0;  // bytes of the row known to hold no end
  bool quoted = false;
  row_lines = 1;
  row_has_quotes = false;
  for (;;) {
    while (scanned < end - begin) {
      const char* const from = buffer.data() + begin + scanned;
      const std::size_t available = end - begin - scanned;
      const auto* const newline = static_cast<const char*>(std::memchr(from, '\n', available));
      const std::size_t size =
          newline == nullptr ? available : static_cast<std::size_t>(newline - from);
      // Most lines have no quote, and that is soon known.
      if (std::memchr(from, '"', size) != nullptr) {
        row_has_quotes = true;
        quoted ^= std::count(from, from + size, '"') % 2 != 0;
      }
      scanned += size;
      if (newline == nullptr) break;
      if (!quoted) return begin + scanned;
      ++scanned;
      ++row_lines;
    }
    if (!fill()) break;
  }
  if (quoted) throw Error(fmt::format("{}:{}: quote not closed", file.name(), next_line));
  return end;
}

/// Splits a row without quotes; false where it has not one field for each column.
bool CsvReader::State::split_plain(const char* row, const char* row_end) {
  fields.resize(header.size());
  if (fields.empty()) return false;
  std::string_view* field = fields.data();
  const std::string_view* const last = field + fields.size() - 1;
  const char* start = row;
  for (const char* at = row; at < row_end; at += kSearchedChars) {
    std::uint64_t commas = find_commas(at);
    const auto left = static_cast<std::size_t>(row_end - at);
    if (left < kSearchedChars) commas &= (std::uint64_t{1} << left) - 1;
    for (; commas != 0; commas &= commas - 1) {
      const char* const comma = at + std::countr_zero(commas);
      if (field == last) return false;
      *field++ = {start, static_cast<std::size_t>(comma - start)};
      start = comma + 1;
    }
  }
  *field = {start, static_cast<std::size_t>(row_end - start)};
  return field == last;
}

void CsvReader::State::split(char* row, char* row_end) {
  fields.clear();
  char* at = row;
  for (;;) {
    if (at < row_end && *at == '"') {
      char* out = ++at;
      char* const start = at;
      while (at < row_end) {
        if (*at == '"') {
          if (at + 1 < row_end && at[1] == '"') {
            ++at;
          } else {
            break;
          }
        }
        *out++ = *at++;
      }
      fields.emplace_back(start, static_cast<std::size_t>(out - start));
      if (at < row_end) ++at;
      if (at < row_end && *at != ',') {
        throw Error(fmt::format("{}:{}: text after a closing quote", file.name(), row_line));
      }
    } else {
      auto* comma =
          static_cast<char*>(std::memchr(at, ',', static_cast<std::size_t>(row_end - at)));
      char* const stop = comma == nullptr ? row_end : comma;
      fields.emplace_back(at, static_cast<std::size_t>(stop - at));
      at = stop;
    }
    if (at >= row_end) return;
    ++at;  // the comma; a field follows even if the row ends here
  }
}

/// Reads and splits the next row that is not blank; false at the end of the file.
bool CsvReader::State::read_row() {
  for (;;) {
    if (begin == end && !fill()) return false;
    const std::size_t newline = find_row_end();
    char* const row = buffer.data() + begin;
    char* row_end = buffer.data() + newline;
    row_line = next_line;
    next_line += row_lines;
    begin = std::min(newline + 1, end);
    if (row_end > row && row_end[-1] == '\r') --row_end;
    if (row_end == row) continue;
    plain_row = {};
    if (!row_has_quotes) plain_row = {row, static_cast<std::size_t>(row_end - row)};
    if (row_has_quotes || !split_plain(row, row_end)) split(row, row_end);
    return true;
  }
}

CsvReader::CsvReader(const std::string& path) : CsvReader(InputFile(path)) {}

CsvReader::CsvReader(InputFile file) : state_(std::make_unique<State>(std::move(file))) {
  State& state = *state_;
  if (!state.read_row()) {
    throw Error(
        fmt::format("{}: empty file; a CSV with a header row is needed", state.file.name()));
  }
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (state.fields[0].starts_with(kByteOrderMark)) state.fields[0].remove_prefix(3);
  state.header.assign(state.fields.begin(), state.fields.end());
}

CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;

const std::vector<std::string>& CsvReader::header() const noexcept {
  return state_->header;
}

void CsvReader::name_columns(std::vector<std::string> names) {
  state_->header = std::move(names);
  state_->row_waits = true;
}

std::optional<std::size_t> CsvReader::find_column(std::string_view name) const noexcept {
  const auto found = std::ranges::find(state_->header, name);
  if (found == state_->header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - state_->header.begin());
}

std::size_t CsvReader::column(std::string_view name) const {
  const std::optional<std::size_t> index = find_column(name);
  if (!index) throw Error(fmt::format("{}: no column '{}'", state_->file.name(), name));
  return *index;
}

bool CsvReader::next() {
  State& state = *state_;
  if (!std::exchange(state.row_waits, false) && !state.read_row()) return false;
  if (state.fields.size() != state.header.size()) {
    throw Error(fmt::format("{}:{}: {} fields where there are {} columns", state.file.name(),
                            state.row_line, state.fields.size(), state.header.size()));
  }
  return true;
}

std::string_view CsvReader::field(std::size_t column) const {
  return state_->fields[column];
}

std::span<const std::string_view> CsvReader::fields() const noexcept {
  return state_->fields;
}

std::string_view CsvReader::plain_row() const noexcept {
  return state_->plain_row;
}

double CsvReader::number(std::size_t column) const {
  const ParsedNumber number = parse_number_within(field(column));
  if (number.fault != nullptr) {
    throw Error(where(column) + fmt::format("{}: '{}'", number.fault, field(column)));
  }
  return number.value;
}

std::string CsvReader::where(std::size_t column) const {
  return fmt::format("{}:{}: column '{}': ", state_->file.name(), state_->row_line,
                     state_->header[column]);
}

std::size_t CsvReader::line() const noexcept {
  return state_->row_line;
}
const std::string& CsvReader::name() const noexcept {
  return state_->file.name();
}

char* write_csv_text(char* out, std::string_view value) noexcept {
  const auto needs_quotes = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };
  if (std::ranges::none_of(value, needs_quotes)) return std::ranges::copy(value, out).out;
  *out++ = '"';
  for (const char c : value) {
    if (c == '"') *out++ = '"';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

char* write_real(char* out, float value) noexcept {
  return std::isnan(value) ? out : std::to_chars(out, out + kNumberChars, value).ptr;
}

char* write_real(char* out, double value) noexcept {
  return std::isnan(value) ? out : std::to_chars(out, out + kNumberChars, value).ptr;
}

char* CsvRow::field(std::size_t room) {
  char* const out = bytes_.reserve(room + 1);
  *out = ',';
  const bool first = std::exchange(at_row_start_, false);
  return first ? out : out + 1;
}

CsvRow& CsvRow::text(std::string_view value) {
  bytes_.commit(write_csv_text(field(csv_text_room(value)), value));
  return *this;
}

CsvRow& CsvRow::integer(std::int64_t value) {
  bytes_.commit(write_integer(field(kNumberChars), value));
  return *this;
}

CsvRow& CsvRow::real(float value) {
  bytes_.commit(write_real(field(kNumberChars), value));
  return *this;
}

CsvRow& CsvRow::real(double value) {
  bytes_.commit(write_real(field(kNumberChars), value));
  return *this;
}

CsvRow& CsvRow::timestamp(std::int64_t time_ns) {
  bytes_.commit(write_timestamp(field(kNumberChars), time_ns));
  return *this;
}

CsvRow& CsvRow::end() {
  bytes_.append("\n");
  at_row_start_ = true;
  return *this;
}

}  // namespace weir
