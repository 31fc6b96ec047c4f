// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Order is kept, nothing is lost, failures come out, whatever the number of threads.
#include "weir/base/ordered_pipeline.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Block = std::vector<int>;
constexpr std::size_t kLanes = 3;
using Pipeline = weir::OrderedPipeline<Block, Block>;

/// Squares 0, 1, ... below `count`, in blocks of `size`, each put out twice.
std::vector<int> squares(unsigned threads, int count, int size) {
  int next = 0;
  std::vector<int> delivered;
  Pipeline pipeline(threads, kLanes, [] { return Block(); },
                    {[&](Block& input) {
                       input.clear();
                       for (int i = 0; i < size && next < count; ++i) {
                         input.push_back(next++);
                       }
                       return !input.empty();
                     },
                     [](Block& output, std::size_t lane) {
                       for (std::size_t i = lane; i < output.size(); i += kLanes) {
                         output[i] *= output[i];
                       }
                     },
                     [&](Block& output) {
                       delivered.insert(delivered.end(), output.begin(), output.end());
                       output.clear();
                     }});
  while (const Block* input = pipeline.next()) {
    for (int copy = 0; copy < 2; ++copy) {
      pipeline.block() = *input;
      pipeline.submit();
    }
  }
  pipeline.finish();
  return delivered;
}

}  // namespace

TEST_CASE("a pipeline delivers every block once and in order") {
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    for (const int count : {0, 1, 7, 5000}) {
      const std::vector<int> delivered = squares(threads, count, 7);
      REQUIRE(delivered.size() == 2 * static_cast<std::size_t>(count));
      std::size_t at = 0;
      for (int begin = 0; begin < count; begin += 7) {
        for (int copy = 0; copy < 2; ++copy) {
          for (int i = begin; i < std::min(count, begin + 7); ++i) {
            REQUIRE(delivered[at++] == i * i);
          }
        }
      }
    }
  }
}

TEST_CASE("what a stage of a pipeline throws reaches the calling thread") {
  for (const unsigned threads : {1U, 4U}) {
    for (const std::string stage : {"read", "work", "deliver"}) {
      std::atomic<int> calls = 0;
      const auto fail_at = [&](const char* name) {
        if (stage == name && ++calls == 20) throw std::runtime_error(stage);
      };
      Pipeline pipeline(
          threads, kLanes, [] { return Block(); },
          {[&](Block& input) {
             fail_at("read");
             input.assign(1, 1);
             return true;
           },
           [&](Block&, std::size_t) { fail_at("work"); }, [&](Block&) { fail_at("deliver"); }});
      const auto run = [&] {
        while (const Block* input = pipeline.next()) {
          pipeline.block() = *input;
          pipeline.submit();
        }
        pipeline.finish();
      };
      REQUIRE_THROWS_WITH(run(), stage);
    }
  }
}

TEST_CASE("a pipeline may be left before its end") {
  int read = 0;
  {
    Pipeline pipeline(3, kLanes, [] { return Block(); },
                      {[&](Block& input) {
                         input.assign(1, read++);
                         return true;
                       },
                       [](Block&, std::size_t) {}, [](Block&) {}});
    REQUIRE(pipeline.next()->front() == 0);
    REQUIRE(pipeline.next()->front() == 1);
  }
  REQUIRE(read >= 2);
}
