// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// sendmmsg(2) and recvmmsg(2).
#include "datagrams.hpp"

#include <cerrno>

namespace weir {

void DatagramBatch::add(std::span<const std::uint8_t> payload) noexcept {
  parts_[size_] = {const_cast<std::uint8_t*>(payload.data()), payload.size()};
  messages_[size_].msg_hdr.msg_iov = &parts_[size_];
  messages_[size_].msg_hdr.msg_iovlen = 1;
  ++size_;
}

DatagramBatch::Sent DatagramBatch::send(const Descriptor& socket,
                                        const Endpoint* destination) noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    msghdr& header = messages_[i].msg_hdr;
    header.msg_name = destination == nullptr ? nullptr : const_cast<sockaddr*>(destination->data());
    header.msg_namelen = destination == nullptr ? 0 : destination->size();
  }
  Sent sent;
  for (std::size_t done = 0; done < size_;) {
    const int count = ::sendmmsg(socket.get(), &messages_[done],
                                 static_cast<unsigned>(size_ - done), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      if (errno != EAGAIN && errno != ENOBUFS) sent.error = errno;
      break;
    }
    for (int i = 0; i < count; ++i) sent.bytes += parts_[done++].iov_len;
    sent.datagrams += static_cast<std::size_t>(count);
  }
  size_ = 0;
  return sent;
}

DatagramReader::DatagramReader() noexcept {
  for (std::size_t i = 0; i < kMost; ++i) messages_[i].msg_hdr.msg_name = peers_[i].data();
}

int DatagramReader::read(const Descriptor& socket, const Take& take) {
  for (;;) {
    for (mmsghdr& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    // MSG_TRUNC: the length of the datagram, not of what was copied, which is nothing.
    const int count =
        ::recvmmsg(socket.get(), messages_.data(), kMost, MSG_DONTWAIT | MSG_TRUNC, nullptr);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN ? 0 : errno;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      take(messages_[i].msg_len, peers_[i]);
    }
    if (static_cast<std::size_t>(count) < kMost) return 0;
  }
}

}  // namespace weir
