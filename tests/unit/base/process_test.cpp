// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Child processes end, one way or another, and say how.
#include "weir/base/process.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>

#include "temporary_folder.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"

using weir::ChildProcess;
using weir::ExitStatus;

namespace {

ChildProcess shell(const std::string& script) {
  return ChildProcess({"/bin/sh", "-c", script});
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("a process reports its exit status or the signal that ended it") {
  CHECK(shell("exit 0").wait().succeeded());
  const ExitStatus three = shell("exit 3").wait();
  CHECK_FALSE(three.succeeded());
  CHECK(to_string(three) == "exit status 3");
  const ExitStatus killed = shell("kill -KILL $$").wait();
  CHECK_FALSE(killed.succeeded());
  CHECK(to_string(killed) == "killed by signal 9 (Killed)");
}

TEST_CASE("a status can be asked for again") {
  ChildProcess process = shell("exit 4");
  CHECK(process.wait().code == 4);
  CHECK(process.wait().code == 4);
  CHECK(process.wait_for(0)->code == 4);
}

TEST_CASE("a process reads nothing, has the default SIGPIPE and a group of its own") {
  CHECK(shell("test -z \"$(cat)\"").wait().succeeded());
  std::signal(SIGPIPE, SIG_IGN);
  // The ignored signals as a mask in hexadecimal; bit 12 is SIGPIPE.
  CHECK(shell("m=$(sed -n 's/^SigIgn:.//p' /proc/self/status); test $((0x$m & 0x1000)) = 0")
            .wait()
            .succeeded());
  std::signal(SIGPIPE, SIG_DFL);
  CHECK(shell("test $(cut -d' ' -f5 /proc/$$/stat) = $$").wait().succeeded());
}

TEST_CASE("a program that does not exist is an error that names it") {
  CHECK_THROWS_WITH(ChildProcess({"/no/such/program"}),
                    "cannot run /no/such/program: No such file or directory");
}

TEST_CASE("waiting for a while gives up when the time is over") {
  ChildProcess process = shell("exec sleep 20");
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(process.wait_for(weir::kNanosPerSecond / 5));
  CHECK(seconds_since(start) >= 0.19);
  process.interrupt();
  CHECK(process.wait().signal == SIGINT);
  CHECK(seconds_since(start) < 5);
}

TEST_CASE("an interrupt comes once, so that a process can end in good order") {
  const weir::test::TemporaryFolder folder;
  ChildProcess process =
      shell("n=0; trap 'n=$((n+1)); echo $n > " + folder.path("count") + "' INT; touch " +
            folder.path("ready") + "; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done; exit 5");
  for (int i = 0; i < 100 && folder.entries() == 0; ++i) process.wait_for(20'000'000);
  process.interrupt();
  process.interrupt();
  CHECK(process.wait().code == 5);
  CHECK(weir::read_file(folder.path("count")) == "1\n");
}

TEST_CASE("a process that is dropped is ended and waited for") {
  const weir::test::TemporaryFolder folder;
  const auto start = std::chrono::steady_clock::now();
  {
    ChildProcess process = shell("echo $$ > " + folder.path("pid") + "; exec sleep 20");
    for (int i = 0; i < 100 && folder.entries() == 0; ++i) process.wait_for(20'000'000);
    process.wait_for(50'000'000);
  }
  CHECK(seconds_since(start) < 5);
  const int pid = std::stoi(weir::read_file(folder.path("pid")));
  CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("a command line can be pasted into a shell") {
  const std::vector<std::string> command{"printf", "%s|", "plain", "two words", "",  "it's",
                                         "$HOME",  "a*b", "-o",    "x=1",       "\\"};
  CHECK(weir::shell_text(std::vector<std::string>{"weir-gen", "-o", "a b"}) == "weir-gen -o 'a b'");
  const weir::test::TemporaryFolder folder;
  const std::string out = folder.path("out");
  REQUIRE(shell(weir::shell_text(command) + " > " + out).wait().succeeded());
  CHECK(weir::read_file(out) == "plain|two words||it's|$HOME|a*b|-o|x=1|\\|");
}
