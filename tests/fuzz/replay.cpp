// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer: on files as they are, and on damaged copies of them.
//
// usage: replay MUTATIONS FILE...     MUTATIONS: damaged copies of each file
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/base/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::vector<std::uint8_t>& bytes) {
  // A block of exactly this size, so that a sanitizer sees any read behind it.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

/// Overwrites, cuts, repeats or removes a few bytes; headers stand in front and are hit more often.
std::vector<std::uint8_t> damage(std::vector<std::uint8_t> bytes, weir::Random& random) {
  for (std::int64_t hits = random.between(1, 6); hits > 0 && !bytes.empty(); --hits) {
    const std::size_t reach =
        random.chance(0.5) ? std::min<std::size_t>(bytes.size(), 128) : bytes.size();
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random.below(reach));
    switch (random.below(6)) {
      case 0:
        bytes.resize(random.below(bytes.size()));
        break;
      case 1:
        bytes.insert(at, static_cast<std::uint8_t>(random.next()));
        break;
      case 2:
        bytes.erase(at);
        break;
      case 3:
        *at = random.chance(0.5) ? std::uint8_t{0xff} : std::uint8_t{0};
        break;
      default:
        *at = static_cast<std::uint8_t>(random.next());
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: replay MUTATIONS FILE...\n", stderr);
    return 2;
  }
  constexpr std::size_t kMaxBytes = 32U << 10U;  // the start of a file is as good as the whole
  const int mutations = std::stoi(argv[1]);
  weir::Random random(1);
  int runs = 0;
  for (int i = 2; i < argc; ++i) {
    const std::string content = weir::read_file(argv[i]);
    std::vector<std::uint8_t> bytes(content.begin(), content.end());
    run(bytes);
    bytes.resize(std::min(bytes.size(), kMaxBytes));
    for (int round = 0; round < mutations; ++round) run(damage(bytes, random));
    runs += 1 + mutations;
  }
  std::printf("%d inputs survived\n", runs);
  return 0;
}
