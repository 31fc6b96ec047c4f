// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A merge of k captures: a heap of them, the one with the earliest next packet on top.
#include "weir/net/merge.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kReadBatch = 256;

/// One of the captures, and the packets of it that were read but not given out.
class Input {
 public:
  Input(std::unique_ptr<CaptureFile> file, std::size_t rank)
      : file_(std::move(file)), rank_(rank) {}

  /// Reads on, which invalidates all packets taken so far; false at the end of the file.
  bool refill() {
    next_ = 0;
    count_ = file_->read(packets_);
    if (count_ == 0 && file_->lost_bytes() > 0) {
      spdlog::warn("{}", cut_warning(file_->name(), file_->lost_bytes()));
    }
    return count_ > 0;
  }

  bool has_packet() const noexcept { return next_ < count_; }
  const RawPacket& take() noexcept { return packets_[next_++]; }

  /// Whether its next packet comes before that of another one; both have one.
  bool precedes(const Input& other) const noexcept {
    const std::int64_t time = packets_[next_].time_ns;
    const std::int64_t other_time = other.packets_[other.next_].time_ns;
    return time != other_time ? time < other_time : rank_ < other.rank_;
  }

  /// The last call of the merged capture in which packets of this one were given out.
  std::uint64_t lent_in = 0;

  const CaptureFile& file() const noexcept { return *file_; }

 private:
  std::unique_ptr<CaptureFile> file_;
  std::size_t rank_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::array<RawPacket, kReadBatch> packets_;
};

class MergedCaptures final : public CaptureFile {
 public:
  explicit MergedCaptures(const std::vector<std::string>& paths) {
    inputs_.reserve(paths.size());
    heap_.reserve(paths.size());
    for (const std::string& path : paths) {
      inputs_.push_back(std::make_unique<Input>(open_capture(path), inputs_.size()));
    }
    name_ = inputs_.front()->file().name();
  }

  std::size_t read(std::span<RawPacket> batch) override;
  const std::string& name() const noexcept override { return name_; }
  std::uint64_t packets() const noexcept override { return packets_; }
  std::uint64_t lost_bytes() const noexcept override;

 private:
  /// Fills the heap; not when it is made, since a pipe may keep its first packet waiting.
  void start();
  void sift_down() noexcept;
  void remove_top() noexcept;

  std::vector<std::unique_ptr<Input>> inputs_;  // in the order of their names
  std::vector<Input*> heap_;  // those not at their end; all but the top have a packet
  std::string name_;
  std::uint64_t packets_ = 0;
  std::uint64_t calls_ = 0;
};

std::size_t MergedCaptures::read(std::span<RawPacket> batch) {
  if (calls_++ == 0) start();
  std::size_t count = 0;
  while (count < batch.size() && !heap_.empty()) {
    Input& top = *heap_.front();
    if (!top.has_packet()) {
      if (top.lent_in == calls_) break;  // refilling would invalidate what is in the batch
      if (!top.refill()) {
        remove_top();
        continue;
      }
      sift_down();
      continue;
    }
    top.lent_in = calls_;
    batch[count++] = top.take();
    if (top.has_packet()) sift_down();
  }
  packets_ += count;
  return count;
}

void MergedCaptures::start() {
  for (const std::unique_ptr<Input>& input : inputs_) {
    if (input->refill()) heap_.push_back(input.get());
  }
  // Sorted is a heap, too.
  std::ranges::sort(heap_, [](const Input* a, const Input* b) { return a->precedes(*b); });
}

void MergedCaptures::sift_down() noexcept {
  Input* const moved = heap_.front();
  const std::size_t size = heap_.size();
  std::size_t at = 0;
  for (std::size_t child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && heap_[child + 1]->precedes(*heap_[child])) ++child;
    if (moved->precedes(*heap_[child])) break;
    heap_[at] = heap_[child];
    at = child;
  }
  heap_[at] = moved;
}

void MergedCaptures::remove_top() noexcept {
  heap_.front() = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down();
}

std::uint64_t MergedCaptures::lost_bytes() const noexcept {
  std::uint64_t sum = 0;
  for (const std::unique_ptr<Input>& input : inputs_) sum += input->file().lost_bytes();
  return sum;
}

/// Throws Error where so many files cannot be open beside those that the process has.
void check_limit(std::size_t files) {
  constexpr rlim_t kOthers = 16;  // standard streams, outputs, libraries
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || files + kOthers <= limit.rlim_cur) return;
  throw Error(fmt::format(
      "cannot merge {} captures: this process may open {} files; merge fewer at a time, or allow "
      "more with ulimit -n {}",
      files, limit.rlim_cur, files + kOthers));
}

}  // namespace

std::unique_ptr<CaptureFile> merge_captures(const std::vector<std::string>& paths) {
  if (paths.empty()) throw UsageError("no captures to merge");
  if (std::ranges::count(paths, "-") > 1) throw UsageError("stdin (-) is named twice");
  check_limit(paths.size());
  return std::make_unique<MergedCaptures>(paths);
}

}  // namespace weir
