// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flow tables by nftables, hardware by the kernel's ethtool interface.
#include "bypass.hpp"

#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "nft.hpp"
#include "weir/shape/linux_kernel.hpp"

namespace weir {
namespace {

/// A request of ethtool: a struct with its payload behind it.
class EthtoolRequest {
 public:
  EthtoolRequest(std::uint32_t command, std::size_t bytes) : words_((bytes + 3) / 4) {
    words_[0] = command;
  }

  bool run(const std::string& interface) {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(words_.data());
    const bool done = ::ioctl(descriptor, SIOCETHTOOL, &request) == 0;
    ::close(descriptor);
    return done;
  }

  std::uint32_t& word(std::size_t offset_bytes) { return words_[offset_bytes / 4]; }
  const char* bytes(std::size_t offset_bytes) const {
    return reinterpret_cast<const char*>(words_.data()) + offset_bytes;
  }

 private:
  std::vector<std::uint32_t> words_;
};

/// Whether the feature is switched on; false where the driver has no such thing.
bool has_feature(const std::string& interface, std::string_view name) {
  EthtoolRequest count(ETHTOOL_GSSET_INFO, sizeof(ethtool_sset_info) + 4);
  const std::uint64_t set = 1U << ETH_SS_FEATURES;
  std::memcpy(&count.word(offsetof(ethtool_sset_info, sset_mask)), &set, sizeof set);
  if (!count.run(interface)) return false;
  const std::uint32_t features = count.word(offsetof(ethtool_sset_info, data));

  EthtoolRequest names(ETHTOOL_GSTRINGS, sizeof(ethtool_gstrings) + features * ETH_GSTRING_LEN);
  names.word(offsetof(ethtool_gstrings, string_set)) = ETH_SS_FEATURES;
  names.word(offsetof(ethtool_gstrings, len)) = features;
  if (!names.run(interface)) return false;
  const std::size_t blocks = (features + 31) / 32;
  EthtoolRequest states(ETHTOOL_GFEATURES,
                        sizeof(ethtool_gfeatures) + blocks * sizeof(ethtool_get_features_block));
  states.word(offsetof(ethtool_gfeatures, size)) = static_cast<std::uint32_t>(blocks);
  if (!states.run(interface)) return false;

  for (std::uint32_t i = 0; i < features; ++i) {
    const char* const text = names.bytes(offsetof(ethtool_gstrings, data) + i * ETH_GSTRING_LEN);
    if (name != std::string_view(text, ::strnlen(text, ETH_GSTRING_LEN))) continue;
    const std::size_t block = offsetof(ethtool_gfeatures, features) +
                              i / 32 * sizeof(ethtool_get_features_block) +
                              offsetof(ethtool_get_features_block, active);
    return (states.word(block) >> (i % 32) & 1U) != 0;
  }
  return false;
}

}  // namespace

std::vector<std::string> flow_table_bypasses(std::string_view listing, std::string_view interface) {
  std::vector<std::string> found;
  std::string_view name;
  for (std::size_t at = 0; at < listing.size();) {
    const std::size_t end = std::min(listing.find('\n', at), listing.size());
    std::string_view line = listing.substr(at, end - at);
    at = end + 1;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("flowtable ")) name = line.substr(10, line.find(' ', 10) - 10);
    if (!line.starts_with("devices = {")) continue;
    // Names stand between spaces, commas and quotes.
    for (std::size_t hit = line.find(interface); hit != line.npos;
         hit = line.find(interface, hit + 1)) {
      const auto is_edge = [&](std::size_t i) {
        return i >= line.size() || std::string_view(" ,\"{}").find(line[i]) != line.npos;
      };
      if (!is_edge(hit - 1) || !is_edge(hit + interface.size())) continue;
      found.push_back(
          fmt::format("flow table {} forwards packets of {} past the rules: its flows are not "
                      "shaped by class; nft delete flowtable ends that",
                      name, interface));
      break;
    }
  }
  return found;
}

std::vector<std::string> shaping_bypasses(const std::string& interface) {
  Nft nft;
  std::vector<std::string> found = flow_table_bypasses(nft.list("flowtables"), interface);
  if (has_feature(interface, "hw-tc-offload")) {
    found.push_back(fmt::format(
        "the hardware of {0} may forward packets by itself, past the queues; ethtool -K "
        "{0} hw-tc-offload off ends that",
        interface));
  }
  return found;
}

}  // namespace weir
