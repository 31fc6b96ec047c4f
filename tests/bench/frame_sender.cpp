// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Sends UDP frames of many flows on an interface at a steady rate, and says what it sent: load for
// live.sh. Frames go to a MAC address that nobody has, so that the receiving stack does no more
// than any other that is listened to.
//
// usage: bench_frame_sender INTERFACE RATE SECONDS FLOWS PACKETS-A-FLOW FRAME-BYTES
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 32;
constexpr std::size_t kHeaders = 14 + 20 + 8;

void put16(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8U);
  at[1] = static_cast<std::uint8_t>(value);
}

void put32(std::uint8_t* at, std::uint32_t value) {
  put16(at, value >> 16U);
  put16(at + 2, value);
}

/// A flow that is sending; when it has sent its packets, the next one takes its place.
struct Slot {
  std::uint32_t sent = 0;
  std::uint32_t generation = 0;
};

class Frames {
 public:
  Frames(std::size_t flows, std::uint32_t packets_a_flow, std::size_t bytes)
      : slots_(flows), packets_a_flow_(packets_a_flow) {
    // Flows start one after the other, not all at once.
    for (std::size_t i = 0; i < flows; ++i) {
      slots_[i].sent = static_cast<std::uint32_t>(i * packets_a_flow / flows);
    }
    for (auto& frame : frames_) {
      frame.assign(bytes, 0x55);
      std::uint8_t* const f = frame.data();
      std::memcpy(f, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00", 14);
      std::memcpy(f + 14, "\x45\x00\x00\x00\x00\x00\x40\x00\x40\x11\x00\x00", 12);
      put16(f + 16, static_cast<std::uint32_t>(bytes - 14));
      put16(f + 38, static_cast<std::uint32_t>(bytes - 34));
      put16(f + 40, 0);  // no UDP checksum
    }
  }

  /// Makes frame `n` of the batch the next packet of the next flow; every third is an answer.
  std::vector<std::uint8_t>& next(std::size_t n) {
    Slot& slot = slots_[at_];
    const auto index = static_cast<std::uint32_t>(at_);
    at_ = at_ + 1 == slots_.size() ? 0 : at_ + 1;
    const std::uint32_t client = 0x0a010000U + index % 250 + 1;
    const std::uint32_t server = 0xc6336400U + index % 200 + 1;
    const std::uint32_t client_port = 1024 + (slot.generation * 251 + index / 250) % 60000;
    const std::uint32_t server_port = 443 + index;
    const bool is_answer = slot.sent % 3 == 2;
    std::uint8_t* const f = frames_[n].data();
    put32(f + 26, is_answer ? server : client);
    put32(f + 30, is_answer ? client : server);
    put16(f + 34, is_answer ? server_port : client_port);
    put16(f + 36, is_answer ? client_port : server_port);
    put16(f + 24, 0);
    put16(f + 24, checksum(f + 14));
    if (++slot.sent == packets_a_flow_) slot = {0, slot.generation + 1};
    return frames_[n];
  }

 private:
  static std::uint32_t checksum(const std::uint8_t* header) {
    std::uint32_t sum = 0;
    for (int i = 0; i < 20; i += 2)
      sum += static_cast<std::uint32_t>(header[i] << 8 | header[i + 1]);
    sum = (sum & 0xffffU) + (sum >> 16U);
    return ~(sum + (sum >> 16U)) & 0xffffU;
  }

  std::vector<Slot> slots_;
  std::uint32_t packets_a_flow_;
  std::size_t at_ = 0;
  std::array<std::vector<std::uint8_t>, kBatch> frames_;
};

int open_interface(const char* name) {
  const int descriptor = ::socket(AF_PACKET, SOCK_RAW, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(name));
  const int on = 1;
  if (descriptor < 0 || address.sll_ifindex == 0 ||
      ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0) {
    std::perror(name);
    std::exit(1);
  }
  return descriptor;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s INTERFACE RATE SECONDS FLOWS PACKETS-A-FLOW FRAME-BYTES\n",
                 argv[0]);
    return 2;
  }
  const double rate = std::atof(argv[2]);
  const double seconds = std::atof(argv[3]);
  const auto flows = static_cast<std::size_t>(std::atoll(argv[4]));
  const auto packets_a_flow = static_cast<std::uint32_t>(std::atoll(argv[5]));
  const auto bytes = std::max(static_cast<std::size_t>(std::atoll(argv[6])), kHeaders);
  const int descriptor = open_interface(argv[1]);

  Frames frames(flows, packets_a_flow, bytes);
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  const auto wanted = static_cast<std::uint64_t>(rate * seconds);
  std::uint64_t sent = 0;
  std::uint64_t refused = 0;
  const Clock::time_point start = Clock::now();
  while (sent + refused < wanted) {
    const double due = static_cast<double>(sent + refused) / rate;
    std::this_thread::sleep_until(
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due)));
    for (std::size_t n = 0; n < kBatch; ++n) {
      std::vector<std::uint8_t>& frame = frames.next(n);
      parts[n] = {frame.data(), frame.size()};
      messages[n].msg_hdr.msg_iov = &parts[n];
      messages[n].msg_hdr.msg_iovlen = 1;
    }
    std::size_t done = 0;
    while (done < kBatch) {
      const int count =
          ::sendmmsg(descriptor, &messages[done], static_cast<unsigned>(kBatch - done), 0);
      if (count > 0) {
        done += static_cast<std::size_t>(count);
        sent += static_cast<std::uint64_t>(count);
      } else if (errno == ENOBUFS || errno == EAGAIN) {  // the far end's queue is full
        ++refused;
        ++done;
      } else {
        std::perror("sendmmsg");
        return 1;
      }
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("%llu sent, %llu refused, %.0f packets/s\n", static_cast<unsigned long long>(sent),
              static_cast<unsigned long long>(refused), static_cast<double>(sent) / took);
  ::close(descriptor);
  return 0;
}
