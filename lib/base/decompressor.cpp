// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// gzip through zlib, Zstandard through libzstd.
#include "decompressor.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>

namespace weir {
namespace {

class Gzip final : public Decompressor {
 public:
  Gzip() {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void feed(std::span<const std::uint8_t> compressed) override {
    stream_.next_in = const_cast<std::uint8_t*>(compressed.data());  // zlib only reads it
    stream_.avail_in = static_cast<uInt>(compressed.size());
  }

  std::size_t take(std::span<std::uint8_t> buffer) override {
    const auto room = static_cast<uInt>(std::min<std::size_t>(buffer.size(), 1U << 30U));
    stream_.next_out = buffer.data();
    stream_.avail_out = room;
    // With no input left, zlib may still hold output of the last block.
    while (stream_.avail_out == room && !damaged_) {
      if (at_boundary_ && stream_.avail_in == 0) break;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      at_boundary_ = result == Z_STREAM_END;
      if (at_boundary_) {
        inflateReset(&stream_);
      } else if (result == Z_BUF_ERROR) {
        break;
      } else if (result != Z_OK) {
        damaged_ = true;
      }
    }
    return room - stream_.avail_out;
  }

  bool damaged() const noexcept override { return damaged_; }
  bool at_boundary() const noexcept override { return at_boundary_; }

 private:
  z_stream stream_{};
  bool damaged_ = false;
  bool at_boundary_ = false;
};

class Zstandard final : public Decompressor {
 public:
  Zstandard() : stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
  }

  void feed(std::span<const std::uint8_t> compressed) override {
    input_ = {compressed.data(), compressed.size(), 0};
  }

  std::size_t take(std::span<std::uint8_t> buffer) override {
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    while (output.pos == 0 && !damaged_) {
      if (at_boundary_ && input_.pos == input_.size) break;
      const std::size_t before = input_.pos;
      const std::size_t result = ZSTD_decompressStream(stream_.get(), &output, &input_);
      damaged_ = ZSTD_isError(result) != 0;
      at_boundary_ = result == 0;
      if (output.pos == 0 && input_.pos == before) break;
    }
    return output.pos;
  }

  bool damaged() const noexcept override { return damaged_; }
  bool at_boundary() const noexcept override { return at_boundary_; }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
  };

  std::unique_ptr<ZSTD_DStream, Free> stream_;
  ZSTD_inBuffer input_{};
  bool damaged_ = false;
  bool at_boundary_ = false;
};

template <std::size_t N>
bool starts_with(std::span<const std::uint8_t> data, const std::array<std::uint8_t, N>& magic) {
  return data.size() >= N && std::equal(magic.begin(), magic.end(), data.begin());
}

}  // namespace

std::unique_ptr<Decompressor> Decompressor::for_magic(std::span<const std::uint8_t> start) {
  static constexpr std::array<std::uint8_t, 3> kGzip{0x1f, 0x8b, 0x08};
  static constexpr std::array<std::uint8_t, 4> kZstandard{0x28, 0xb5, 0x2f, 0xfd};
  if (starts_with(start, kGzip)) return std::make_unique<Gzip>();
  if (starts_with(start, kZstandard)) return std::make_unique<Zstandard>();
  return nullptr;
}

}  // namespace weir
