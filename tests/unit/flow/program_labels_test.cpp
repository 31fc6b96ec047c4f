// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Labels of programs: which rule wins, the shipped file, and what is refused.
#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/flow/flow_owners.hpp"

using namespace weir;
using weir::test::TemporaryFolder;

namespace {

Program program(std::string name, std::string command = {}, std::string label = {}) {
  return {1, std::move(name), std::move(command), std::move(label)};
}

ProgramLabels labels_of(const std::string& toml) {
  const TemporaryFolder folder;
  return ProgramLabels(folder.file("programs.toml", toml));
}

std::string error_of(const std::string& toml) {
  const TemporaryFolder folder;
  const std::string path = folder.file("programs.toml", toml);
  try {
    const ProgramLabels labels(path);
  } catch (const UsageError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("the first rule that matches name and arguments labels a program") {
  const ProgramLabels labels = labels_of(R"(
default = "Other"
[[program]]
label = "Video Uploads"
name = "ffmpeg"
command = ["* rtmp://*", "* -f flv *"]
[[program]]
label = "Video Streaming"
name = ["ffmpeg", "vlc*"]
)");
  CHECK(labels.label(program("ffmpeg", "ffmpeg -re -i a.mp4 rtmp://192.0.2.1/live")) ==
        "Video Uploads");
  CHECK(labels.label(program("ffmpeg", "ffmpeg -i http://192.0.2.1/a.m3u8 -f null -")) ==
        "Video Streaming");
  CHECK(labels.label(program("vlc-wrapper")) == "Video Streaming");
  CHECK(labels.label(program("sshd")) == "Other");
}

TEST_CASE("the label in a program's environment goes before all rules") {
  const ProgramLabels labels = labels_of("[[program]]\nlabel = \"Browsing\"\nname = \"curl\"\n");
  CHECK(labels.label(program("curl")) == "Browsing");
  CHECK(labels.label(program("curl", "curl", "Video Uploads")) == "Video Uploads");
  CHECK(labels.label(program("wget")).empty());
  CHECK(ProgramLabels().label(program("curl", "curl", "Gaming")) == "Gaming");
  CHECK(ProgramLabels().label(program("curl")).empty());
}

TEST_CASE("the shipped program labels know some programs") {
  const ProgramLabels labels(std::string(WEIR_SOURCE_FOLDER) + "/examples/labels/programs.toml");
  CHECK(labels.label(program("chromium")) == "Browsing");
  CHECK(labels.label(program("baresip")) == "Audio Calls");
  CHECK(labels.label(program("teeworlds")) == "Gaming");
  CHECK(labels.label(program("init")).empty());
}

TEST_CASE("what is wrong in a file of program labels is said with its line") {
  CHECK(error_of("[[program]]\nname = \"x\"\n") == ":1: program without label");
  CHECK(error_of("[[program]]\nlabel = \"x\"\nport = 5\n") ==
        ":3: unknown key 'port' (known: label, name, command)");
  CHECK(error_of("[[program]]\nlabel = \"x\"\nname = 5\n") == ":3: 'name' must be a text");
  CHECK(error_of("[[program]]\nlabel = \"x\"\nname = []\n") ==
        ":3: empty list: nothing could match");
  CHECK(error_of("program = 1\n") == ":1: write each program as a table: [[program]]");
  CHECK(error_of("[[rule]]\nlabel = \"x\"\n") ==
        ":1: unknown key 'rule' (known: default, program)");
}
