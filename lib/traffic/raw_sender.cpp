// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Frames through a packet socket, each when its time has come.
#include "weir/traffic/raw_sender.hpp"

#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <vector>

#include "socket.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"
#include "weir/net/live.hpp"

namespace weir {
namespace {

constexpr std::size_t kMostFrames = 64;  // in one system call
// How long it may sleep without a look at the stop flag: a signal wakes it, unless it comes in the
// moment before.
constexpr std::int64_t kLookNs = kNanosPerSecond / 10;
constexpr std::int64_t kMostLateNs = kNanosPerSecond;

std::int64_t clock_ns(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

NetworkInterface find_interface(const std::string& name) {
  std::string names;
  for (NetworkInterface& interface : list_interfaces()) {
    if (interface.name == name) return std::move(interface);
    if (::if_nametoindex(interface.name.c_str()) != 0) names += ' ' + interface.name;
  }
  throw Error(fmt::format("no interface named {}; there are:{}", name, names));
}

ifreq request_for(const std::string& interface) noexcept {
  ifreq request{};
  interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
  return request;
}

}  // namespace

std::optional<MacAddress> parse_mac(std::string_view text) {
  MacAddress address{};
  if (text.size() != 17) return std::nullopt;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char* const at = text.data() + 3 * i;
    const auto parsed = std::from_chars(at, at + 2, address[i], 16);
    if (parsed.ec != std::errc() || parsed.ptr != at + 2) return std::nullopt;
    if (i + 1 < address.size() && at[2] != ':') return std::nullopt;
  }
  if ((address[0] & 1U) != 0) return std::nullopt;
  return address;
}

class RawSender::Socket {
 public:
  explicit Socket(const RawOptions& options);

  void write(const RawPacket& packet);
  bool takes_more() const noexcept;
  RawReport finish();

  std::int64_t epoch_ns() const noexcept { return epoch_ns_; }

 private:
  void check_interface() const;
  std::int64_t now_ns() const noexcept { return clock_ns(CLOCK_MONOTONIC) - origin_ns_; }
  bool wait_until(std::int64_t due_ns) const noexcept;
  void add(const RawPacket& packet, std::int64_t due_ns);
  void send_waiting();
  void send_some(std::size_t& done);
  [[noreturn]] void fail(int error, std::size_t frame_bytes) const;

  RawOptions options_;
  Descriptor socket_;
  std::int64_t origin_ns_ = 0;
  std::int64_t epoch_ns_ = 0;
  RawReport report_;
  std::int64_t oldest_due_ns_ = 0;    // of those that wait to be sent
  std::vector<std::uint8_t> frames_;  // their bytes, one after another
  std::vector<iovec> parts_;          // iov_base: set when they are sent
  std::vector<mmsghdr> messages_;
};

RawSender::Socket::Socket(const RawOptions& options)
    : options_(options), parts_(kMostFrames), messages_(kMostFrames) {
  parts_.clear();
  const NetworkInterface interface = find_interface(options_.interface);
  if (!interface.up) {
    throw Error(fmt::format("{0} is down; bring it up with: ip link set {0} up", interface.name));
  }
  socket_ = Descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));  // 0: receives nothing
  if (!socket_.is_open()) {
    if (errno == EPERM || errno == EACCES) {
      throw Error(fmt::format("no permission to send packets on {}: {}", interface.name,
                              net_raw_missing()));
    }
    throw system_error("cannot send packets on " + interface.name, errno);
  }
  check_interface();
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.name.c_str()));
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw system_error("cannot send packets on " + interface.name, errno);
  }
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  origin_ns_ = clock_ns(CLOCK_MONOTONIC);
  epoch_ns_ = clock_ns(CLOCK_REALTIME);
}

void RawSender::Socket::check_interface() const {
  ifreq request = request_for(options_.interface);
  if (::ioctl(socket_.get(), SIOCGIFHWADDR, &request) != 0) {
    throw system_error("cannot send packets on " + options_.interface, errno);
  }
  const auto type = request.ifr_hwaddr.sa_family;
  if (type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK) {
    throw Error(options_.interface + " does not carry Ethernet frames; choose one that does");
  }
}

void RawSender::Socket::write(const RawPacket& packet) {
  const std::int64_t due_ns = packet.time_ns - epoch_ns_;
  if (due_ns > now_ns()) {
    send_waiting();
    if (!wait_until(due_ns)) return;
  } else if (parts_.size() == kMostFrames) {
    send_waiting();
  }
  add(packet, due_ns);
}

/// False where a stop was asked for.
bool RawSender::Socket::wait_until(std::int64_t due_ns) const noexcept {
  for (std::int64_t now = now_ns(); now < due_ns; now = now_ns()) {
    if (stop_requested()) return false;
    const std::int64_t wake_ns = origin_ns_ + std::min(due_ns, now + kLookNs);
    const timespec wake{wake_ns / kNanosPerSecond, wake_ns % kNanosPerSecond};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, nullptr);
  }
  return !stop_requested();
}

void RawSender::Socket::add(const RawPacket& packet, std::int64_t due_ns) {
  if (parts_.empty()) oldest_due_ns_ = due_ns;
  frames_.insert(frames_.end(), packet.data, packet.data + packet.captured_length);
  if (options_.destination) {
    std::ranges::copy(*options_.destination, frames_.end() - packet.captured_length);
  }
  parts_.push_back({nullptr, packet.captured_length});
  report_.planned_ns = due_ns;
}

void RawSender::Socket::send_waiting() {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].iov_base = frames_.data() + offset;
    offset += parts_[i].iov_len;
    messages_[i].msg_hdr.msg_iov = &parts_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t done = 0; done < parts_.size();) send_some(done);
  if (!parts_.empty()) {
    report_.elapsed_ns = now_ns();
    report_.most_late_ns = std::max(report_.most_late_ns, report_.elapsed_ns - oldest_due_ns_);
  }
  parts_.clear();
  frames_.clear();
}

/// One system call for those from `done` on, which moves behind the frames that are dealt with.
void RawSender::Socket::send_some(std::size_t& done) {
  const int count =
      ::sendmmsg(socket_.get(), &messages_[done], static_cast<unsigned>(parts_.size() - done), 0);
  if (count >= 0) {
    for (int i = 0; i < count; ++i) report_.bytes += parts_[done++].iov_len;
    report_.sent += static_cast<std::uint64_t>(count);
  } else if (errno == ENOBUFS) {  // lost, as on a full link
    ++report_.refused;
    ++done;
  } else if (errno != EINTR) {
    fail(errno, parts_[done].iov_len);
  }
}

void RawSender::Socket::fail(int error, std::size_t frame_bytes) const {
  const std::string& name = options_.interface;
  if (error == EMSGSIZE) {
    ifreq request = request_for(name);
    const int mtu = ::ioctl(socket_.get(), SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : 0;
    throw Error(fmt::format(
        "a frame of {} bytes does not fit the MTU of {}, {}; raise it with: ip link set {} mtu {}",
        frame_bytes, name, mtu, name, frame_bytes - 14));
  }
  throw system_error("cannot send packets on " + name, error);
}

bool RawSender::Socket::takes_more() const noexcept {
  if (stop_requested()) return false;
  const std::int64_t now = now_ns();
  return now < options_.duration_ns || now - report_.planned_ns < kMostLateNs;
}

RawReport RawSender::Socket::finish() {
  send_waiting();
  return report_;
}

RawSender::RawSender(const RawOptions& options) : socket_(std::make_unique<Socket>(options)) {}
RawSender::~RawSender() = default;

std::int64_t RawSender::start_ns() const noexcept {
  return socket_->epoch_ns();
}

void RawSender::write(const RawPacket& packet, std::size_t /*application*/) {
  socket_->write(packet);
}

bool RawSender::takes_more() {
  return socket_->takes_more();
}

RawReport RawSender::finish() {
  return socket_->finish();
}

std::string describe(const RawReport& report, const std::string& interface) {
  const auto rate = [](std::uint64_t packets, std::int64_t time_ns) {
    return time_ns > 0 ? static_cast<double>(packets) * 1e9 / static_cast<double>(time_ns) : 0.0;
  };
  std::string text = fmt::format(
      "{}: {} packets ({} bytes) in {:.2f} s; {:.1f} packets/s of {:.1f}; at most {:.2f} ms late",
      interface, report.sent, report.bytes, static_cast<double>(report.elapsed_ns) * 1e-9,
      rate(report.sent, report.elapsed_ns), rate(report.sent + report.refused, report.planned_ns),
      static_cast<double>(report.most_late_ns) * 1e-6);
  if (report.refused > 0) text += fmt::format("; {} lost in its full queue", report.refused);
  return text;
}

}  // namespace weir
