// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Files as tools see them: "-" is stdin or stdout, outputs appear whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

class Decompressor;
class WriteBehind;

/// A file, or stdin for "-", read in blocks with read(2). What starts with the magic number of gzip
/// (RFC 1952) or Zstandard (RFC 8878) is decompressed on the way.
class InputFile {
 public:
  /// Throws Error when the file cannot be opened or is a directory.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(InputFile&& other) noexcept;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  InputFile& operator=(InputFile&&) = delete;

  /// Reads up to `buffer.size()` bytes (at least 4); 0 at the end. Returns short reads of pipes as
  /// they come. Compressed data that is cut or damaged ends there, with a warning in the log.
  /// Throws Error.
  std::size_t read(std::span<std::uint8_t> buffer);

  /// What read() will give first, at most `size` bytes: to see what kind of file it is. Throws
  /// Error.
  std::string_view peek(std::size_t size);

  /// The path as given; "stdin" for "-".
  const std::string& name() const noexcept { return name_; }

 private:
  std::size_t read_on(std::span<std::uint8_t> buffer);
  std::size_t read_descriptor(std::span<std::uint8_t> buffer);
  std::size_t read_first(std::span<std::uint8_t> buffer);
  std::size_t read_decompressed(std::span<std::uint8_t> buffer);

  std::string name_;
  int descriptor_ = 0;  // stdin
  bool started_ = false;
  std::unique_ptr<Decompressor> decompressor_;  // null for plain files
  std::vector<std::uint8_t> compressed_;        // a block as read
  std::vector<std::uint8_t> peeked_;            // that read() has not given yet
  bool peeked_at_end_ = false;                  // there is nothing behind them
};

/// The whole of a file (or stdin for "-"). Throws Error.
std::string read_file(const std::string& path);

/// The file's name without its folders: the `capture` column's value. "stdin" for "-".
std::string base_name(const std::string& path);

/// A buffered output. A path is written to a temporary beside it that commit() renames over it, so
/// a failed run leaves the old file as it was; behind a symbolic link, what it leads to. Devices
/// and pipes (/dev/full, a FIFO) are written in place, and so is what is open already (/dev/stdout,
/// /dev/fd/3). "-" is stdout. A large file is written by a thread of its own while the next bytes
/// are made; where that fails, a later call says so.
class OutputFile {
 public:
  enum class Mode {
    replace,  ///< the file appears, whole, at commit()
    append,   ///< bytes are added to what is there
  };

  /// Throws Error when the file cannot be created.
  explicit OutputFile(const std::string& path, Mode mode = Mode::replace);
  /// Drops everything not committed (in Mode::append: what is still buffered).
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  OutputFile& operator=(OutputFile&&) = delete;

  /// Throws Error (disk full, closed pipe).
  void write(std::string_view bytes);
  void write(std::span<const std::uint8_t> bytes);

  /// Hands the buffer to the operating system, for readers that wait on a pipe. Throws Error.
  void flush();

  /// Flushes, closes, checks, renames. Nothing may be written afterwards. Throws Error.
  void commit();

  /// The path as given; "stdout" for "-".
  const std::string& name() const noexcept { return name_; }
  /// True where the file already held bytes when it was opened for appending.
  bool appends_to_content() const noexcept { return appends_to_content_; }

 private:
  void hand_over();

  std::string name_;
  std::string path_;
  std::string temporary_;  // empty where bytes go to their place at once
  int descriptor_ = -1;
  bool appends_to_content_ = false;
  std::vector<char> buffer_;
  std::uint64_t handed_over_ = 0;        // bytes, of full buffers
  std::unique_ptr<WriteBehind> behind_;  // null where bytes are written at once
};

}  // namespace weir
