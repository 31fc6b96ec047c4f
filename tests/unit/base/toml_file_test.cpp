// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// TOML files, and what is said where they are wrong.
#include "weir/base/toml_file.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using namespace weir;

TEST_CASE("toml: what is no TOML is told by file and line") {
  CHECK_THROWS_WITH(TomlFile("p.toml", "a = 1\nb = = 2\n"), Catch::StartsWith("p.toml:2: "));
  CHECK_THROWS_AS(TomlFile("p.toml", "a"), UsageError);
}

TEST_CASE("toml: complaints name file, line and what is known") {
  const TomlFile file("p.toml", "a = 1\n[b]\nc = \"x\"\n");
  CHECK_NOTHROW(file.check_keys(file.document(), {"a", "b"}));
  CHECK_THROWS_WITH(file.check_keys(file.document(), {"b", "d"}),
                    "p.toml:1: unknown key 'a' (known: b, d)");
  CHECK_THROWS_WITH(file.text(*file.document().get("a"), "a"), "p.toml:1: 'a' must be a text");
  CHECK(file.text(*file.document()["b"]["c"].node(), "c") == "x");
}

TEST_CASE("toml: an array of tables is taken table by table, anything else is refused") {
  const TomlFile file("p.toml", "[[a]]\nx = 1\n[[a]]\nx = 2\n");
  std::int64_t sum = 0;
  const auto add = [&](const toml::table& table) { sum += table["x"].value_or(std::int64_t{0}); };
  file.each_table(*file.document().get("a"), "a", add);
  CHECK(sum == 3);
  const TomlFile one("p.toml", "\n[a]\nx = 1\n");
  const TomlFile mixed("p.toml", "a = [\n{x = 1},\n2]\n");
  CHECK_THROWS_WITH(one.each_table(*one.document().get("a"), "a", add),
                    "p.toml:2: write each a as a table: [[a]]");
  CHECK_THROWS_WITH(mixed.each_table(*mixed.document().get("a"), "a", add),
                    "p.toml:3: write each a as a table: [[a]]");
}
