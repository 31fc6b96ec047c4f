// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Capabilities by the kernel's own calls: libcap would be a dependency for two of them.
#include "capability.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "weir/base/error.hpp"
#include "weir/base/process.hpp"

namespace weir {
namespace {

constexpr std::uint32_t kNetAdmin = 1U << CAP_NET_ADMIN;  // in the first of two words

using CapabilityWords = std::array<__user_cap_data_struct, 2>;

bool read_capabilities(CapabilityWords& words) noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return ::syscall(SYS_capget, &header, words.data()) == 0;
}

}  // namespace

bool has_net_admin() noexcept {
  CapabilityWords words{};
  return read_capabilities(words) && (words[0].effective & kNetAdmin) != 0;
}

void require_net_admin(const std::string& what) {
  if (has_net_admin()) return;
  throw Error(fmt::format(
      "{}: CAP_NET_ADMIN is missing; run as root, or: sudo setcap cap_net_raw,cap_net_admin+ep {}",
      what, executable_path()));
}

void share_net_admin() noexcept {
  CapabilityWords words{};
  if (!read_capabilities(words) || (words[0].permitted & kNetAdmin) == 0) return;
  words[0].inheritable |= kNetAdmin;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  if (::syscall(SYS_capset, &header, words.data()) != 0) return;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

}  // namespace weir
