// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The head of an ARFF file, and its rows.
#include "weir/base/arff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <unordered_set>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/number.hpp"

namespace weir {
namespace {

constexpr std::size_t kBlockBytes = 1U << 16U;
constexpr std::size_t kMaxLineBytes = 64U << 20U;

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_quote(char c) noexcept {
  return c == '\'' || c == '"';
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Without blanks and empty fields at the end.
std::string_view trim_head_line(std::string_view line) noexcept {
  line = trim(line);
  while (!line.empty() && (line.back() == ',' || is_blank(line.back()))) line.remove_suffix(1);
  return line;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The first word, which is cut off `line`.
std::string_view take_word(std::string_view& line) noexcept {
  const auto end = std::ranges::find_if(line, is_blank);
  const auto length = static_cast<std::size_t>(end - line.begin());
  const std::string_view word = line.substr(0, length);
  line = trim(line.substr(length));
  return word;
}

/// What a backslash and this character stand for.
char unescape(char c) noexcept {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return c;
  }
}

/// The text in quotes at the start of `line`, which is cut off; nothing where the quote is not
/// closed.
std::optional<std::string> take_quoted(std::string_view& line) {
  const char quote = line.front();
  std::string text;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      text += unescape(line[++i]);
    } else if (line[i] == quote) {
      line = trim(line.substr(i + 1));
      return text;
    } else {
      text += line[i];
    }
  }
  return std::nullopt;
}

}  // namespace

struct ArffReader::State {
  explicit State(InputFile input) : file(std::move(input)) {}

  InputFile file;
  std::string buffer;
  std::size_t begin = 0;  // of what is not yet read in `buffer`
  std::size_t line = 0;   // of the last line read
  std::vector<ArffAttribute> attributes;
  std::vector<std::unordered_set<std::string>> declared;  // values of each nominal attribute
  std::string row_text;  // the row, and what was in quotes without them; a margin is before it
  std::vector<std::string_view> fields;  // views into it

  [[noreturn]] void fail(const std::string& why) const {
    throw Error(fmt::format("{}:{}: {}", file.name(), line, why));
  }
  bool fill();
  std::optional<std::string_view> read_line();
  std::optional<std::string_view> read_row_line();
  void read_head();
  void declare(std::string_view declaration);
  void declare_type(ArffAttribute& attribute, std::string_view type);
  std::vector<std::string> nominal_values(std::string_view list);
  std::string take_value(std::string_view& rest, std::string_view stops);
  void split(std::string_view row);
  void check_row() const;
};

/// Reads more behind what is there; false at the end of the file.
bool ArffReader::State::fill() {
  buffer.erase(0, std::exchange(begin, 0));
  if (buffer.size() > kMaxLineBytes) fail("line too long; is this an ARFF file?");
  const std::size_t used = buffer.size();
  buffer.resize(used + kBlockBytes);
  const std::size_t count =
      file.read({reinterpret_cast<std::uint8_t*>(buffer.data()) + used, kBlockBytes});
  buffer.resize(used + count);
  return count > 0;
}

/// The next line without its end; nothing at the end of the file.
std::optional<std::string_view> ArffReader::State::read_line() {
  std::size_t newline = buffer.find('\n', begin);
  while (newline == std::string::npos) {
    const std::size_t scanned = buffer.size() - begin;
    if (!fill()) break;
    newline = buffer.find('\n', scanned);
  }
  if (newline == std::string::npos && begin == buffer.size()) return std::nullopt;
  const std::size_t end = std::min(newline, buffer.size());
  const std::string_view text = std::string_view(buffer).substr(begin, end - begin);
  begin = std::min(end + 1, buffer.size());
  ++line;
  return text;
}

/// The next line that is neither blank nor a comment.
std::optional<std::string_view> ArffReader::State::read_row_line() {
  while (const auto text = read_line()) {
    const std::string_view row = trim(*text);
    if (!row.empty() && row.front() != '%') return row;
  }
  return std::nullopt;
}

void ArffReader::State::read_head() {
  while (const auto text = read_row_line()) {
    std::string_view rest = trim_head_line(*text);
    if (rest.empty()) continue;
    const std::string_view keyword = take_word(rest);
    if (same_word(keyword, "@data")) {
      if (attributes.empty()) fail("@data without an @attribute before it");
      return;
    }
    if (same_word(keyword, "@attribute")) {
      declare(rest);
    } else if (!same_word(keyword, "@relation")) {
      fail(fmt::format("'{}' where @attribute or @data belongs", keyword));
    }
  }
  fail("no @data");
}

void ArffReader::State::declare(std::string_view declaration) {
  if (declaration.empty()) fail("@attribute without a name");
  ArffAttribute attribute;
  if (is_quote(declaration.front())) {
    const auto name = take_quoted(declaration);
    if (!name) fail("quote not closed");
    attribute.name = *name;
  } else {
    const std::size_t end = std::min(declaration.find_first_of(" \t{"), declaration.size());
    attribute.name = declaration.substr(0, end);
    declaration = trim(declaration.substr(end));
  }
  if (std::ranges::find(attributes, attribute.name, &ArffAttribute::name) != attributes.end()) {
    fail(fmt::format("two attributes are called '{}'", attribute.name));
  }
  declare_type(attribute, declaration);
  declared.emplace_back(attribute.values.begin(), attribute.values.end());
  attributes.push_back(std::move(attribute));
}

void ArffReader::State::declare_type(ArffAttribute& attribute, std::string_view type) {
  if (type.starts_with('{')) {
    attribute.type = ArffType::nominal;
    attribute.values = nominal_values(type.substr(1));
    return;
  }
  const std::string_view word = take_word(type);
  const auto is_any_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view w) { return same_word(word, w); });
  };
  if (is_any_of({"numeric", "real", "integer"})) return;
  if (!is_any_of({"string", "date"})) {
    fail(
        fmt::format("attribute '{}': unknown type '{}' (known: numeric, real, integer, string, "
                    "date, {{VALUE,...}})",
                    attribute.name, word));
  }
  attribute.type = ArffType::text;
}

/// The values of "a, 'b c', d}".
std::vector<std::string> ArffReader::State::nominal_values(std::string_view list) {
  std::vector<std::string> values;
  for (;;) {
    list = trim(list);
    values.push_back(take_value(list, ",}"));
    if (list.empty()) fail("list of values not closed");
    const char stop = list.front();
    list.remove_prefix(1);
    if (stop == '}') return values;
  }
}

/// The value at the start of `rest`, up to one of `stops`, which stays there.
std::string ArffReader::State::take_value(std::string_view& rest, std::string_view stops) {
  if (!rest.empty() && is_quote(rest.front())) {
    const auto value = take_quoted(rest);
    if (!value) fail("quote not closed");
    if (!rest.empty() && stops.find(rest.front()) == stops.npos) fail("text after a closing quote");
    return *value;
  }
  const std::size_t end = std::min(rest.find_first_of(stops), rest.size());
  const std::string value(trim(rest.substr(0, end)));
  rest.remove_prefix(end);
  return value;
}

void ArffReader::State::split(std::string_view row) {
  if (row.starts_with('{')) {
    fail("a sparse row; write it dense, e.g. with Weka's filter SparseToNonSparse");
  }
  row_text.reserve(kFieldMargin + 2 * row.size());  // all there may be: views into it stay
  row_text.assign(kFieldMargin, ' ');
  row_text += row;
  row = std::string_view(row_text).substr(kFieldMargin);
  fields.clear();
  for (;;) {
    row = trim(row);
    if (!row.empty() && is_quote(row.front())) {
      const std::size_t start = row_text.size();
      row_text += take_value(row, ",");
      fields.push_back(std::string_view(row_text).substr(start));
    } else {
      const std::size_t end = std::min(row.find(','), row.size());
      const std::string_view value = trim(row.substr(0, end));
      fields.push_back(value == "?" ? std::string_view() : value);
      row.remove_prefix(end);
    }
    if (row.empty()) return;
    row.remove_prefix(1);  // the comma; a field follows even if the row ends here
  }
}

void ArffReader::State::check_row() const {
  if (fields.size() != attributes.size()) {
    fail(fmt::format("{} fields where there are {} attributes", fields.size(), attributes.size()));
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (attributes[i].type != ArffType::nominal || fields[i].empty()) continue;
    if (!declared[i].contains(std::string(fields[i]))) {
      fail(fmt::format("column '{}': '{}' is none of the declared values", attributes[i].name,
                       fields[i]));
    }
  }
}

bool ArffReader::starts_like(std::string_view start) noexcept {
  while (!start.empty()) {
    const std::size_t end = std::min(start.find('\n'), start.size());
    std::string_view line = trim(start.substr(0, end));
    start.remove_prefix(std::min(end + 1, start.size()));
    if (line.empty() || line.front() == '%') continue;
    const std::string_view word = take_word(line);
    return same_word(word, "@relation") || same_word(word, "@attribute");
  }
  return false;
}

ArffReader::ArffReader(InputFile file) : state_(std::make_unique<State>(std::move(file))) {
  state_->read_head();
}

ArffReader::~ArffReader() = default;
ArffReader::ArffReader(ArffReader&&) noexcept = default;

const std::vector<ArffAttribute>& ArffReader::attributes() const noexcept {
  return state_->attributes;
}

bool ArffReader::next() {
  const auto row = state_->read_row_line();
  if (!row) return false;
  state_->split(*row);
  state_->check_row();
  return true;
}

std::span<const std::string_view> ArffReader::fields() const noexcept {
  return state_->fields;
}

std::size_t ArffReader::line() const noexcept {
  return state_->line;
}

const std::string& ArffReader::name() const noexcept {
  return state_->file.name();
}

}  // namespace weir
