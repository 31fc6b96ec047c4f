// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// nftables through its library.
#include "nft.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

struct ContextFree {
  void operator()(nft_ctx* context) const noexcept { ::nft_ctx_free(context); }
};

int socket_option(int descriptor, int option) noexcept {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

/// The library opens its socket without close-on-exec and does not tell its number. A child that
/// inherited it would keep the tables alive.
void close_netfilter_sockets_on_exec() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (socket_option(descriptor, SO_DOMAIN) == AF_NETLINK &&
        socket_option(descriptor, SO_PROTOCOL) == NETLINK_NETFILTER) {
      ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
  }
}

/// Where the kernel knows nothing of netfilter, the library would end the process.
void require_netfilter() {
  const int descriptor = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (descriptor < 0) throw system_error("the kernel has no nftables", errno);
  ::close(descriptor);
}

}  // namespace

struct Nft::Context {
  std::unique_ptr<nft_ctx, ContextFree> handle;
};

Nft::Nft() : context_(std::make_unique<Context>()) {
  require_netfilter();
  context_->handle.reset(::nft_ctx_new(NFT_CTX_DEFAULT));
  if (context_->handle == nullptr) throw Error("cannot talk to nftables");
  nft_ctx* const handle = context_->handle.get();
  if (::nft_ctx_buffer_output(handle) != 0 || ::nft_ctx_buffer_error(handle) != 0) {
    throw Error("cannot talk to nftables: out of memory");
  }
  ::nft_ctx_output_set_flags(handle, NFT_CTX_OUTPUT_TERSE);
  close_netfilter_sockets_on_exec();
}

Nft::~Nft() = default;
Nft::Nft(Nft&& other) noexcept = default;
Nft& Nft::operator=(Nft&& other) noexcept = default;

void Nft::run(const std::string& text) {
  nft_ctx* const handle = context_->handle.get();
  const int result = ::nft_run_cmd_from_buffer(handle, text.c_str());
  ::nft_ctx_get_output_buffer(handle);
  const std::string messages = ::nft_ctx_get_error_buffer(handle);
  if (result != 0) throw Error("nftables: " + nft_complaint(messages));
}

void Nft::check(const std::string& text) {
  ::nft_ctx_set_dry_run(context_->handle.get(), true);
  try {
    run(text);
  } catch (...) {
    ::nft_ctx_set_dry_run(context_->handle.get(), false);
    throw;
  }
  ::nft_ctx_set_dry_run(context_->handle.get(), false);
}

std::string Nft::list(const std::string& what) {
  nft_ctx* const handle = context_->handle.get();
  const int result = ::nft_run_cmd_from_buffer(handle, ("list " + what + "\n").c_str());
  std::string output = ::nft_ctx_get_output_buffer(handle);
  ::nft_ctx_get_error_buffer(handle);
  return result == 0 ? output : std::string{};
}

std::string nft_complaint(const std::string& messages) {
  // <buffer>:LINE:COLUMN-COLUMN: Error: WHAT
  // the line of the text
  //      ^^^^
  const std::string_view text = messages;
  constexpr std::string_view kError = "Error: ";
  const std::size_t start = text.find(kError);
  if (start == text.npos) return text.empty() ? "it failed without a word" : messages;
  const std::size_t end = text.find('\n', start);
  const std::string_view what = text.substr(start + kError.size(), end - start - kError.size());
  if (end == text.npos) return std::string(what);
  std::string_view line = text.substr(end + 1, text.find('\n', end + 1) - end - 1);
  while (!line.empty() && (line.front() == '\t' || line.front() == ' ')) line.remove_prefix(1);
  constexpr std::size_t kEnough = 100;
  if (line.empty()) return std::string(what);
  return fmt::format("{} (at: {}{})", what, line.substr(0, kEnough),
                     line.size() > kEnough ? "..." : "");
}

}  // namespace weir
