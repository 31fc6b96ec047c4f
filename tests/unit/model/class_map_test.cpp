// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Labels become classes.
#include "weir/model/class_map.hpp"

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using weir::ClassMap;
using weir::test::TemporaryFolder;

namespace {

ClassMap read(const std::string& toml) {
  const TemporaryFolder folder;
  return weir::read_class_map(folder.file("map.toml", toml));
}

/// What it says after the file's name.
std::string error_of(const std::string& toml) {
  const TemporaryFolder folder;
  const std::string path = folder.file("map.toml", toml);
  try {
    weir::read_class_map(path);
  } catch (const weir::UsageError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("labels have the class that lists them, others the default") {
  const ClassMap map = read("default = 'rest'\n[classes]\n'Video Calls' = ['a', 'b']\nx = ['c']\n");
  CHECK(map.find("a") == "Video Calls");
  CHECK(map.find("c") == "x");
  CHECK(map.find("d") == "rest");
}

TEST_CASE("without a default a label that no class lists has none") {
  const ClassMap map = read("[classes]\nx = ['c']\n");
  CHECK(map.find("c") == "x");
  CHECK(map.find("d").empty());
}

TEST_CASE("without a map every label is a class") {
  CHECK(ClassMap{}.empty());
  CHECK(ClassMap{}.find("a") == "a");
}

TEST_CASE("broken class maps are refused with file and line") {
  CHECK(error_of("") == ": neither classes nor a default");
  CHECK(error_of("[classes]\na = ['x']\nb = ['y',\n 'x']\n") == ":4: label 'x' is in 'a' already");
  CHECK(error_of("[classes]\na = 'x'\n") == ":2: 'a' must be a list of labels");
  CHECK(error_of("[classes]\na = [1]\n") == ":2: 'label' must be a text");
  CHECK(error_of("default = ''\n") == ":1: 'default' must not be empty");
  CHECK(error_of("classes = 1\n") == ":1: write the classes as a table: [classes]");
  CHECK(error_of("other = 'x'\n") == ":1: unknown key 'other' (known: default, classes)");
  CHECK(error_of("default = \n").starts_with(":1: "));
}
