// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Interfaces and live capture, by libpcap.
#include "weir/net/live.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>

#include "default_route.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/process.hpp"
#include "weir/base/units.hpp"
#include "weir/net/address.hpp"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

// What was captured before the stop may wait in the kernel for that many block times: it looks
// twice at a block that is not full, and may be late.
constexpr int kDrainBlockTimes = 3;
constexpr std::chrono::milliseconds kLeastDrainTime{60};
// How often a silent link is left to look at the stop flag.
constexpr std::chrono::milliseconds kPollTime{100};
// How often a silent interface is asked whether it is still there and up.
constexpr std::chrono::milliseconds kLookTime{200};
// How often one that is not is tried again.
constexpr std::chrono::milliseconds kRetryTime{500};
// A packet may wait in the kernel for its block to be handed over, and the kernel for a processor.
constexpr std::int64_t kMostKernelDelay_ns = kNanosPerSecond;
// Copies of packets that one read() hands out, unless a single packet may be larger.
constexpr std::size_t kArenaBytes = 1U << 20U;

struct PcapCloser {
  void operator()(pcap_t* handle) const noexcept { ::pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

std::string address_text(const sockaddr* address) {
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return to_string(IpAddress::v4(ntohl(v4.sin_addr.s_addr)));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    return to_string(IpAddress::v6(v6.sin6_addr.s6_addr));
  }
  return {};
}

/// The pseudo-interface that captures on all others.
bool is_any(const std::string& interface) noexcept {
  return interface == "any";
}

/// libpcap also lists USB buses, Bluetooth and the firewall's queues: no packets of a network.
bool is_network_interface(const std::string& name) noexcept {
  return is_any(name) || ::if_nametoindex(name.c_str()) != 0;
}

/// The interface is not there, or down: that may change.
class Unavailable : public Error {
 public:
  using Error::Error;
};

Unavailable no_such_interface(const std::string& name) {
  std::vector<std::string> names;
  for (const NetworkInterface& interface : list_interfaces()) names.push_back(interface.name);
  return Unavailable(
      fmt::format("no interface named {}; there are: {}", name, fmt::join(names, ", ")));
}

NetworkInterface describe(const pcap_if_t& device) {
  NetworkInterface interface;
  interface.name = device.name;
  if (device.description != nullptr) interface.description = device.description;
  interface.up = (device.flags & PCAP_IF_UP) != 0;
  interface.running = (device.flags & PCAP_IF_RUNNING) != 0;
  interface.loopback = (device.flags & PCAP_IF_LOOPBACK) != 0;
  for (const pcap_addr_t* at = device.addresses; at != nullptr; at = at->next) {
    if (std::string text = address_text(at->addr); !text.empty()) {
      interface.addresses.push_back(std::move(text));
    }
  }
  return interface;
}

std::string read_if_there(const std::string& path) {
  return std::filesystem::exists(path) ? read_file(path) : std::string{};
}

void activate(pcap_t* handle, const std::string& interface) {
  const int result = ::pcap_activate(handle);
  if (result >= 0) return;  // positive: a warning, such as no promiscuous mode on "any"
  switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      throw no_such_interface(interface);
    case PCAP_ERROR_IFACE_NOT_UP:
      throw Unavailable(
          fmt::format("{0} is down; bring it up with: ip link set {0} up", interface));
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      throw Error(fmt::format("no permission to capture on {}: {}", interface, net_raw_missing()));
    default:
      throw Error(
          fmt::format("cannot capture on {}: {}", interface,
                      result == PCAP_ERROR ? ::pcap_geterr(handle) : ::pcap_statustostr(result)));
  }
}

/// Lets only packets pass that match `expression`.
void set_filter(pcap_t* handle, const std::string& interface, const std::string& expression) {
  bpf_program program{};
  constexpr int kOptimise = 1;
  if (::pcap_compile(handle, &program, expression.c_str(), kOptimise, PCAP_NETMASK_UNKNOWN) != 0) {
    throw UsageError(
        fmt::format("the filter \"{}\" is not valid: {}", expression, ::pcap_geterr(handle)));
  }
  const int result = ::pcap_setfilter(handle, &program);
  ::pcap_freecode(&program);
  if (result != 0) {
    throw Error(fmt::format("cannot set the filter on {}: {}", interface, ::pcap_geterr(handle)));
  }
}

/// DLT_ values of the running system as the LINKTYPE_ values of files; they differ for raw IP.
LinkType link_type_of(pcap_t* handle) noexcept {
  const int type = ::pcap_datalink(handle);
  return type == DLT_RAW ? LinkType::raw_ip : static_cast<LinkType>(type);
}

int as_int(std::uint32_t value) noexcept {
  return static_cast<int>(
      std::min<std::uint32_t>(value, static_cast<std::uint32_t>(std::numeric_limits<int>::max())));
}

std::int64_t wall_clock_ns() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

class PcapCapture final : public LiveCapture {
 public:
  PcapCapture(const std::string& interface, const LiveOptions& options);

  std::size_t read_for(std::span<RawPacket> batch, std::chrono::milliseconds patience) override;
  bool ended() const noexcept override { return ended_; }
  std::int64_t silent_until_ns() const noexcept override { return silent_until_ns_; }
  const std::string& name() const noexcept override { return interface_; }
  LinkType link_type() const noexcept override { return link_type_; }
  LiveCounters counters() override;

 private:
  /// What read_for() still hands out once the capture was stopped.
  struct Ending {
    std::int64_t last_time_ns;  ///< later packets are not part of the capture
    Clock::time_point give_up;
  };

  void open();
  std::size_t take(std::span<RawPacket> batch);
  bool time_is_over() const noexcept;
  void begin_ending() noexcept;
  void look_after_interface();
  std::string fault() const;
  void lose(const std::string& reason);
  void try_again();
  void wait(Clock::time_point until) const;

  std::string interface_;
  LiveOptions options_;
  PcapHandle handle_;   // none while waiting for the interface
  unsigned index_ = 0;  // of the interface
  LinkType link_type_ = LinkType::ethernet;
  std::int64_t tick_ns_ = 1;  // of the handle's timestamps
  std::optional<Clock::time_point> deadline_;
  std::optional<Ending> ending_;
  bool ended_ = false;
  std::int64_t silent_until_ns_ = std::numeric_limits<std::int64_t>::min();
  Clock::time_point next_look_{};    // at the interface, or for it
  std::vector<std::uint8_t> arena_;  // the packets of the last read
  std::size_t snap_length_;
  std::uint64_t received_ = 0;  // the kernel's own number counts packets on the loopback twice
  LiveCounters before_;         // of earlier handles
};

PcapCapture::PcapCapture(const std::string& interface, const LiveOptions& options)
    : interface_(interface),
      options_(options),
      arena_(std::max<std::size_t>(kArenaBytes, options.snap_length)),
      snap_length_(options.snap_length) {
  try {
    open();
  } catch (const Unavailable& error) {
    if (!options_.wait_for_interface) throw;
    spdlog::warn("waiting: {}", error.what());
  }
  if (options.duration_ns > 0) {
    deadline_ = Clock::now() + std::chrono::nanoseconds(options.duration_ns);
  }
}

void PcapCapture::open() {
  if (!is_network_interface(interface_)) throw no_such_interface(interface_);
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle owner(::pcap_create(interface_.c_str(), error));
  if (!owner) throw Error(fmt::format("cannot capture on {}: {}", interface_, error));
  pcap_t* const handle = owner.get();
  // None of these can fail before activation, but for a precision that is not to be had.
  ::pcap_set_snaplen(handle, as_int(options_.snap_length));
  ::pcap_set_buffer_size(handle, as_int(options_.buffer_bytes));
  ::pcap_set_promisc(handle, options_.promiscuous ? 1 : 0);
  ::pcap_set_timeout(handle, static_cast<int>(options_.block_time.count()));
  ::pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
  activate(handle, interface_);
  // In blocking mode a read on a silent link never returns.
  if (::pcap_setnonblock(handle, 1, error) != 0) {
    throw Error(fmt::format("cannot capture on {}: {}", interface_, error));
  }
  if (!options_.bpf.empty()) set_filter(handle, interface_, options_.bpf);
  link_type_ = link_type_of(handle);
  tick_ns_ = ::pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
  index_ = ::if_nametoindex(interface_.c_str());
  handle_ = std::move(owner);
}

std::size_t PcapCapture::read_for(std::span<RawPacket> batch, std::chrono::milliseconds patience) {
  const Clock::time_point give_up = Clock::now() + patience;
  while (!ended_ && !batch.empty()) {
    if (!ending_ && time_is_over()) begin_ending();
    const std::int64_t now_ns = wall_clock_ns();
    if (handle_) {
      if (const std::size_t count = take(batch); count > 0) return count;
    }
    silent_until_ns_ = now_ns - kMostKernelDelay_ns;
    if (ended_) break;
    const Clock::time_point now = Clock::now();
    if (ending_ && now >= ending_->give_up) {
      ended_ = true;
      break;
    }
    if (now >= give_up) break;
    if (now >= next_look_) handle_ ? look_after_interface() : try_again();
    wait(give_up);
  }
  return 0;
}

/// Copies what the kernel has ready, as far as batch and arena hold it.
std::size_t PcapCapture::take(std::span<RawPacket> batch) {
  std::size_t count = 0;
  std::size_t used = 0;
  while (count < batch.size() && arena_.size() - used >= snap_length_) {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int result = ::pcap_next_ex(handle_.get(), &header, &bytes);
    if (result == 0) break;
    if (result < 0) {
      if (count > 0) break;  // the packets first; the error comes again
      const std::string reason = fault();
      lose(reason.empty() ? ::pcap_geterr(handle_.get()) : reason);
      break;
    }
    RawPacket& packet = batch[count];
    packet.time_ns = header->ts.tv_sec * kNanosPerSecond + header->ts.tv_usec * tick_ns_;
    if (ending_ && packet.time_ns > ending_->last_time_ns) {
      ended_ = true;
      break;
    }
    packet.captured_length = std::min(header->caplen, static_cast<std::uint32_t>(snap_length_));
    packet.original_length = header->len;
    packet.link_type = link_type_;
    packet.data = arena_.data() + used;
    std::memcpy(arena_.data() + used, bytes, packet.captured_length);
    used += packet.captured_length;
    ++count;
  }
  received_ += count;
  return count;
}

bool PcapCapture::time_is_over() const noexcept {
  return stop_requested() || (deadline_ && Clock::now() >= *deadline_);
}

void PcapCapture::begin_ending() noexcept {
  const std::chrono::milliseconds drain = kDrainBlockTimes * options_.block_time;
  ending_ = Ending{wall_clock_ns(), Clock::now() + std::max(drain, kLeastDrainTime)};
}

/// Notices an interface that is silent because it is not there any more.
void PcapCapture::look_after_interface() {
  next_look_ = Clock::now() + kLookTime;
  if (const std::string reason = fault(); !reason.empty()) lose(reason);
}

/// What is wrong with the interface; empty: nothing.
std::string PcapCapture::fault() const {
  if (is_any(interface_)) return {};
  if (::if_nametoindex(interface_.c_str()) != index_) return "the interface went away";
  ifreq request{};
  interface_.copy(request.ifr_name, sizeof request.ifr_name - 1);
  const bool is_known = ::ioctl(::pcap_fileno(handle_.get()), SIOCGIFFLAGS, &request) == 0;
  if (is_known && (request.ifr_flags & IFF_UP) == 0) return "the interface went down";
  return {};
}

/// Gives the interface up, for now if it is to be waited for.
void PcapCapture::lose(const std::string& reason) {
  if (!options_.wait_for_interface) {
    throw Error(fmt::format("capturing on {} failed: {}", interface_, reason));
  }
  spdlog::warn("capturing on {} failed: {}; waiting for it", interface_, reason);
  before_ = counters();
  handle_.reset();
}

void PcapCapture::try_again() {
  next_look_ = Clock::now() + kRetryTime;
  try {
    open();
    spdlog::info("capturing on {} now", interface_);
  } catch (const Unavailable&) {  // still waiting
  }
}

/// Until packets come, but not past `until`, or the deadline.
void PcapCapture::wait(Clock::time_point until) const {
  if (deadline_ && !ending_) until = std::min(until, *deadline_);
  if (ending_) until = std::min(until, ending_->give_up);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  const auto time = std::clamp(left, std::chrono::milliseconds(0), kPollTime);
  pollfd ready{handle_ ? ::pcap_get_selectable_fd(handle_.get()) : -1, POLLIN, 0};
  // Interrupted by a signal, or in error: the loop around finds out.
  ::poll(&ready, 1, static_cast<int>(time.count()));
}

LiveCounters PcapCapture::counters() {
  LiveCounters counters = before_;
  counters.received = received_;
  pcap_stat stat{};
  // Those of an interface that is gone cannot be asked for; those of earlier are kept.
  if (handle_ && ::pcap_stats(handle_.get(), &stat) == 0) {
    counters.dropped += stat.ps_drop;
    counters.interface_dropped += stat.ps_ifdrop;
  }
  return counters;
}

}  // namespace

std::string net_raw_missing() {
  return "CAP_NET_RAW is missing; run as root, or: sudo setcap cap_net_raw+ep " + executable_path();
}

std::size_t LiveCapture::read(std::span<RawPacket> batch) {
  constexpr std::chrono::seconds kLong{1};
  std::size_t count = 0;
  while (count == 0 && !batch.empty() && !ended()) count = read_for(batch, kLong);
  return count;
}

std::vector<NetworkInterface> list_interfaces() {
  pcap_if_t* devices = nullptr;
  char error[PCAP_ERRBUF_SIZE] = "";
  if (::pcap_findalldevs(&devices, error) != 0) {
    throw Error(fmt::format("cannot list the interfaces: {}", error));
  }
  const std::unique_ptr<pcap_if_t, void (*)(pcap_if_t*)> owner(devices, ::pcap_freealldevs);
  std::vector<NetworkInterface> interfaces;
  for (const pcap_if_t* device = devices; device != nullptr; device = device->next) {
    if (is_network_interface(device->name)) interfaces.push_back(describe(*device));
  }
  return interfaces;
}

std::string default_interface() {
  std::string interface = default_route_interface(read_if_there("/proc/net/route"),
                                                  read_if_there("/proc/net/ipv6_route"));
  if (!interface.empty()) return interface;
  const std::vector<NetworkInterface> interfaces = list_interfaces();
  const auto outside = std::ranges::find_if(interfaces, [](const NetworkInterface& candidate) {
    return candidate.up && candidate.running && !candidate.loopback && !is_any(candidate.name);
  });
  if (outside != interfaces.end()) return outside->name;
  const auto loopback = std::ranges::find_if(interfaces, &NetworkInterface::loopback);
  if (loopback == interfaces.end()) throw Error("there is no interface to capture from");
  return loopback->name;
}

std::unique_ptr<LiveCapture> open_live(const std::string& interface, const LiveOptions& options) {
  return std::make_unique<PcapCapture>(interface, options);
}

}  // namespace weir
