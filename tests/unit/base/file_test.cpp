// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Outputs appear whole or not at all.
#include "weir/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::InputFile;
using weir::OutputFile;
using weir::read_file;
using weir::test::TemporaryFolder;

TEST_CASE("what was peeked at is read all the same") {
  const TemporaryFolder folder;
  std::string content;
  for (int i = 0; i < 200000; ++i) content += std::to_string(i) + "\n";
  InputFile file(folder.file("a.txt", content));
  CHECK(file.peek(6) == "0\n1\n2\n");
  CHECK(file.peek(3) == "0\n1");
  CHECK(file.peek(600000).size() == 600000);
  InputFile moved(std::move(file));
  std::string read;
  std::vector<std::uint8_t> block(1000);
  while (const std::size_t count = moved.read(block)) {
    read.append(reinterpret_cast<const char*>(block.data()), count);
  }
  CHECK(read == content);
  CHECK(InputFile(folder.file("e.txt", "ab")).peek(5) == "ab");
}

TEST_CASE("a file that is not committed leaves the old one and no temporary") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out", "old");
  {
    OutputFile output(path);
    output.write("new");
    output.flush();
    CHECK(folder.entries() == 2);
  }
  CHECK(read_file(path) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a committed file replaces the old one and keeps its permissions") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out", "old");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  OutputFile output(path);
  output.write("new");
  output.commit();
  CHECK(read_file(path) == "new");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
  CHECK(folder.entries() == 1);
}

TEST_CASE("what a symbolic link leads to is replaced, not the link") {
  const TemporaryFolder folder;
  const std::string target = folder.file("old.txt", "old");
  const std::string link = folder.path("link.txt");
  std::filesystem::create_symlink("old.txt", link);
  OutputFile file(link);
  file.write("new");
  file.commit();
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_file(target) == "new");
}

TEST_CASE("a name of an open file writes there, behind what it holds") {
  const TemporaryFolder folder;
  const std::string path = folder.file("log.txt", "before ");
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  REQUIRE(descriptor >= 0);
  const std::string link = folder.path("stdout");  // as /dev/stdout is one
  std::filesystem::create_symlink(fmt::format("/proc/self/fd/{}", descriptor), link);
  for (const std::string& name : {fmt::format("/dev/fd/{}", descriptor), link}) {
    OutputFile file(name);
    file.write("more ");
    file.commit();
  }
  ::close(descriptor);
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_file(path) == "before more more ");
}

TEST_CASE("appending says whether there was content") {
  const TemporaryFolder folder;
  const std::string path = folder.path("log");
  OutputFile first(path, OutputFile::Mode::append);
  CHECK_FALSE(first.appends_to_content());
  first.write("a");
  first.commit();
  OutputFile second(path, OutputFile::Mode::append);
  CHECK(second.appends_to_content());
  second.write("b");
  second.commit();
  CHECK(read_file(path) == "ab");
}

TEST_CASE("a full disk is an error, for small and large writes") {
  OutputFile output("/dev/full");
  output.write("x");
  CHECK_THROWS_WITH(output.commit(), "cannot write to /dev/full: No space left on device");
  OutputFile large("/dev/full");
  CHECK_THROWS_AS(large.write(std::string(1U << 20U, 'x')), weir::Error);
}

TEST_CASE("files that cannot be opened are errors that name them") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(weir::InputFile(folder.path("none")),
                    "cannot open " + folder.path("none") + ": No such file or directory");
  CHECK_THROWS_WITH(weir::InputFile(folder.path(".")), Contains("Is a directory"));
  CHECK_THROWS_WITH(OutputFile(folder.path("no/such")), Contains("cannot create"));
  CHECK_THROWS_WITH(OutputFile(folder.path(".")), Contains("Is a directory"));
}

TEST_CASE("the capture's name is the path without its folders") {
  CHECK(weir::base_name("a/b/c.pcap") == "c.pcap");
  CHECK(weir::base_name("c.pcap") == "c.pcap");
  CHECK(weir::base_name("-") == "stdin");
}

namespace {

// What `gzip` and `zstd` make of "hello\n".
constexpr std::string_view kGzipHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
    "\x00\x00\x00",
    26);
constexpr std::string_view kZstandardHello(
    "\x28\xb5\x2f\xfd\x04\x58\x31\x00\x00\x68\x65\x6c\x6c\x6f\x0a\x53\x88\xbd\x91", 19);

/// Keeps the expected warnings out of the test's output.
struct QuietLog {
  QuietLog() { spdlog::set_level(spdlog::level::off); }
  ~QuietLog() { spdlog::set_level(spdlog::level::info); }
};

}  // namespace

TEST_CASE("compressed files are read as what they hold, several streams in a row, too") {
  const TemporaryFolder folder;
  for (const std::string_view compressed : {kGzipHello, kZstandardHello}) {
    const std::string once(compressed);
    CHECK(read_file(folder.file("once", once)) == "hello\n");
    CHECK(read_file(folder.file("twice", once + once)) == "hello\nhello\n");
  }
}

TEST_CASE("compressed data that is cut or damaged ends without an exception") {
  const QuietLog quiet;
  const TemporaryFolder folder;
  for (const std::string_view compressed : {kGzipHello, kZstandardHello}) {
    for (std::size_t size = 4; size < compressed.size(); ++size) {
      const std::string content = read_file(folder.file("cut", compressed.substr(0, size)));
      REQUIRE(std::string_view("hello\n").starts_with(content));
    }
    std::string damaged(compressed);
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    CHECK_NOTHROW(read_file(folder.file("damaged", damaged)));
  }
}

TEST_CASE("plain files shorter than a magic number are read as they are") {
  const TemporaryFolder folder;
  CHECK(read_file(folder.file("empty", "")).empty());
  CHECK(read_file(folder.file("short", "\x1f\x8b")) == "\x1f\x8b");
}

TEST_CASE("a large file is whole, whatever the sizes it was written in") {
  const TemporaryFolder folder;
  const std::string path = folder.path("out");
  std::string expected;
  OutputFile output(path);
  for (std::size_t i = 0; expected.size() < (12U << 20U); ++i) {
    const std::size_t size = i % 40 == 39 ? 600'000 : i * 7919 % 30'000;
    const std::string piece(size, static_cast<char>('a' + i % 26));
    output.write(piece);
    expected += piece;
    if (i % 50 == 49) {
      output.flush();
      const std::filesystem::directory_iterator temporary(folder.path(""));
      CHECK(read_file(temporary->path().string()).size() == expected.size());
    }
  }
  OutputFile moved(std::move(output));
  moved.write("end");
  moved.commit();
  CHECK(read_file(path) == expected + "end");
}

TEST_CASE("a large file that does not fit fails with a message, and leaves nothing") {
  const TemporaryFolder folder;
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const rlimit small{8U << 20U, limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto fill = [&] {
    OutputFile output(folder.path("out"));
    const std::string piece(100'000, 'x');
    for (int i = 0; i < 160; ++i) output.write(piece);
    output.commit();
  };
  CHECK_THROWS_WITH(
      fill(), Contains("cannot write to " + folder.path("out")) && Contains("File too large"));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  std::signal(SIGXFSZ, before);
  CHECK(folder.entries() == 0);
}
