// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// NETLINK_SOCK_DIAG: a dump for each family and protocol.
#include "socket_diag.hpp"

#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "weir/base/error.hpp"
#include "weir/net/packet.hpp"

namespace weir {
namespace {

// A dump comes in datagrams of at most 32 KiB (netlink(7)).
constexpr std::size_t kBufferBytes = 32768;

// All but those that no program owns any more, or not yet.
constexpr std::uint32_t kStates = ~((1U << TCP_TIME_WAIT) | (1U << TCP_SYN_RECV));

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

Error failed(const char* what, int error) {
  return Error(
      fmt::format("cannot {} the kernel's list of sockets: {}", what, std::strerror(error)));
}

IpAddress address_of(std::uint8_t family, const std::uint32_t (&words)[4]) noexcept {
  std::uint8_t bytes[16];
  std::memcpy(bytes, words, sizeof bytes);
  return family == AF_INET ? IpAddress::v4(bytes) : IpAddress::v6(bytes);
}

}  // namespace

SocketDiag::SocketDiag()
    : descriptor_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)),
      buffer_(kBufferBytes) {
  if (descriptor_ < 0) throw failed("open", errno);
}

SocketDiag::~SocketDiag() {
  ::close(descriptor_);
}

std::vector<KernelSocket> SocketDiag::list() {
  std::vector<KernelSocket> sockets;
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    for (const auto protocol : {IpProtocol::tcp, IpProtocol::udp}) {
      list(family, static_cast<std::uint8_t>(protocol), sockets);
    }
  }
  return sockets;
}

void SocketDiag::list(std::uint8_t family, std::uint8_t protocol,
                      std::vector<KernelSocket>& sockets) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.header.nlmsg_seq = ++sequence_;
  request.body.sdiag_family = family;
  request.body.sdiag_protocol = protocol;
  request.body.idiag_states = kStates;
  if (::send(descriptor_, &request, sizeof request, 0) < 0) throw failed("ask for", errno);

  for (;;) {
    const ssize_t size = ::recv(descriptor_, buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw failed("read", errno);
    std::size_t at = 0;
    while (at + sizeof(nlmsghdr) <= static_cast<std::size_t>(size)) {
      nlmsghdr header;
      std::memcpy(&header, buffer_.data() + at, sizeof header);
      if (header.nlmsg_len < sizeof header ||
          at + header.nlmsg_len > static_cast<std::size_t>(size))
        throw Error("the kernel's list of sockets is malformed");
      const std::uint8_t* const body = buffer_.data() + at + NLMSG_HDRLEN;
      if (header.nlmsg_type == NLMSG_DONE) return;
      if (header.nlmsg_type == NLMSG_ERROR) {
        int error = 0;
        std::memcpy(&error, body, sizeof error);
        if (error == -ENOENT) return;  // the kernel does not list this protocol
        throw failed("read", -error);
      }
      inet_diag_msg message{};
      if (header.nlmsg_len >= NLMSG_LENGTH(sizeof message)) {
        std::memcpy(&message, body, sizeof message);
        if (message.idiag_inode != 0) {
          const inet_diag_sockid& id = message.id;
          sockets.push_back(
              {{protocol, address_of(message.idiag_family, id.idiag_src), ntohs(id.idiag_sport),
                address_of(message.idiag_family, id.idiag_dst), ntohs(id.idiag_dport)},
               message.idiag_inode});
        }
      }
      at += NLMSG_ALIGN(header.nlmsg_len);
    }
  }
}

}  // namespace weir
