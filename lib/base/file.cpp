// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reading and writing files with every error checked.
#include "weir/base/file.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "decompressor.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "write_behind.hpp"

namespace weir {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10U;
// A thread of its own is worth its while for a file of more than this.
constexpr std::uint64_t kWriteBehindBytes = 4U << 20U;

bool is_special(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/// The descriptor that /dev/stdout, /dev/fd/3 and the like name.
std::optional<int> open_descriptor(std::filesystem::path path) {
  std::error_code error;
  const std::filesystem::path own = std::filesystem::canonical("/proc/self/fd", error);
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(path, error); ++i) {
    const std::filesystem::path folder = std::filesystem::absolute(path, error).parent_path();
    int descriptor = 0;
    if (std::filesystem::canonical(folder, error) == own &&
        std::sscanf(path.filename().c_str(), "%d", &descriptor) == 1) {
      return descriptor;
    }
    path = folder / std::filesystem::read_symlink(path, error);
  }
  return std::nullopt;
}

/// What a symbolic link leads to: that is replaced, not the link.
std::string target_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

/// Permissions of the file that is replaced, or those the umask gives a new one.
mode_t final_mode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_mode & 07777U;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

}  // namespace

InputFile::InputFile(const std::string& path) : name_(path == "-" ? "stdin" : path) {
  if (path == "-") return;
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw system_error("cannot open " + path, errno);
  struct stat status {};
  if (::fstat(descriptor_, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(descriptor_);
    throw system_error("cannot read " + path, EISDIR);
  }
}

InputFile::InputFile(InputFile&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      started_(other.started_),
      decompressor_(std::move(other.decompressor_)),
      compressed_(std::move(other.compressed_)),
      peeked_(std::move(other.peeked_)),
      peeked_at_end_(other.peeked_at_end_) {}

InputFile::~InputFile() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

std::size_t InputFile::read(std::span<std::uint8_t> buffer) {
  if (peeked_.empty()) return peeked_at_end_ ? 0 : read_on(buffer);
  const std::size_t count = std::min(buffer.size(), peeked_.size());
  const auto end = peeked_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(peeked_.begin(), end, buffer.begin());
  peeked_.erase(peeked_.begin(), end);
  return count;
}

std::string_view InputFile::peek(std::size_t size) {
  std::vector<std::uint8_t> block(kBufferBytes);
  while (peeked_.size() < size && !peeked_at_end_) {
    const std::size_t count = read_on(block);
    peeked_at_end_ = count == 0;
    peeked_.insert(peeked_.end(), block.begin(),
                   block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return {reinterpret_cast<const char*>(peeked_.data()), std::min(size, peeked_.size())};
}

std::size_t InputFile::read_on(std::span<std::uint8_t> buffer) {
  if (!started_) return read_first(buffer);
  return decompressor_ ? read_decompressed(buffer) : read_descriptor(buffer);
}

std::size_t InputFile::read_descriptor(std::span<std::uint8_t> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw system_error("cannot read " + name_, errno);
    check_interrupted();  // a pipe may stay silent for ever
  }
}

/// Finds out whether the file is compressed.
std::size_t InputFile::read_first(std::span<std::uint8_t> buffer) {
  constexpr std::size_t kMagicBytes = 4;
  started_ = true;
  std::size_t count = 0;
  while (count < kMagicBytes) {
    const std::size_t more = read_descriptor(buffer.subspan(count));
    if (more == 0) break;
    count += more;
  }
  decompressor_ = Decompressor::for_magic(buffer.first(count));
  if (!decompressor_) return count;
  compressed_.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
  decompressor_->feed(compressed_);
  return read_decompressed(buffer);
}

std::size_t InputFile::read_decompressed(std::span<std::uint8_t> buffer) {
  for (;;) {
    if (const std::size_t count = decompressor_->take(buffer)) return count;
    if (decompressor_->damaged()) {
      spdlog::warn("{}: compressed data damaged; what came before is used", name_);
      return 0;
    }
    compressed_.resize(kBufferBytes);
    const std::size_t count = read_descriptor(compressed_);
    if (count == 0) {
      if (!decompressor_->at_boundary()) {
        spdlog::warn("{}: compressed data cut; what came before is used", name_);
      }
      return 0;
    }
    decompressor_->feed(std::span(compressed_).first(count));
  }
}

std::string read_file(const std::string& path) {
  InputFile file(path);
  std::string content;
  std::vector<std::uint8_t> block(kBufferBytes);
  while (const std::size_t count = file.read(block)) {
    content.append(reinterpret_cast<const char*>(block.data()), count);
  }
  return content;
}

std::string base_name(const std::string& path) {
  if (path == "-") return "stdin";
  const std::size_t slash = path.find_last_of('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

OutputFile::OutputFile(const std::string& path, Mode mode)
    : name_(path == "-" ? "stdout" : path), path_(target_of(path)) {
  buffer_.reserve(kBufferBytes);
  if (const auto open = path == "-" ? STDOUT_FILENO : open_descriptor(path)) {
    // A duplicate, so that closing it (which reports late write errors) leaves descriptor 1 taken.
    descriptor_ = ::fcntl(*open, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  } else if (mode == Mode::append) {
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    struct stat status {};
    appends_to_content_ =
        descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && status.st_size > 0;
  } else if (is_special(path)) {
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      throw system_error("cannot write " + path, EISDIR);
    }
    temporary_ = path_ + ".XXXXXX";
    descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
    if (descriptor_ < 0) temporary_.clear();
  }
  if (descriptor_ < 0) throw system_error("cannot create " + name_, errno);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      appends_to_content_(other.appends_to_content_),
      buffer_(std::move(other.buffer_)),
      handed_over_(other.handed_over_),
      behind_(std::move(other.behind_)) {}

OutputFile::~OutputFile() {
  behind_.reset();
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) hand_over();
  if (bytes.size() > kBufferBytes) {
    flush();
    write_fully(descriptor_, bytes, name_);
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
}

void OutputFile::write(std::span<const std::uint8_t> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

/// Empties the buffer. Only of a file nobody waits for its bytes.
void OutputFile::hand_over() {
  handed_over_ += buffer_.size();
  if (!behind_ && !temporary_.empty() && handed_over_ > kWriteBehindBytes) {
    behind_ = std::make_unique<WriteBehind>(descriptor_, name_);
  }
  behind_ ? behind_->submit(buffer_) : flush();
}

void OutputFile::flush() {
  // Cleared first: after a failed write there is nothing left that could be written twice.
  std::vector<char> bytes;
  bytes.swap(buffer_);
  if (behind_) behind_->drain();
  write_fully(descriptor_, {bytes.data(), bytes.size()}, name_);
  bytes.clear();
  buffer_.swap(bytes);
}

void OutputFile::commit() {
  flush();
  const int descriptor = std::exchange(descriptor_, -1);
  if (!temporary_.empty() && ::fchmod(descriptor, final_mode(path_)) != 0) {
    const int error = errno;
    ::close(descriptor);
    throw system_error("cannot set the permissions of " + name_, error);
  }
  // Only close() tells of a late write error (NFS, quotas).
  if (::close(descriptor) != 0) throw system_error("cannot write to " + name_, errno);
  if (!temporary_.empty()) {
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
      throw system_error("cannot replace " + name_, errno);
    }
    temporary_.clear();
  }
}

}  // namespace weir
