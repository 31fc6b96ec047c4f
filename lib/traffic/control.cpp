// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Lines of JSON over TCP.
#include "control.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;  // of a message: a scenario file is a few kB
constexpr int kPollMs = 100;                   // between two looks at the stop flag

using Clock = std::chrono::steady_clock;

[[noreturn]] void throw_gone(const Endpoint& peer) {
  throw Error("the weir-gen at " + peer.text() + " has ended the run");
}

}  // namespace

ControlConnection::ControlConnection(const Endpoint& endpoint)
    : socket_(connect_to(endpoint, true)), peer_(endpoint) {
  if (!socket_.is_open()) throw_unreachable(endpoint, errno);
  pollfd wanted{socket_.get(), POLLOUT, 0};
  const auto stop = Clock::now() + std::chrono::nanoseconds(kControlTimeoutNs);
  while (::poll(&wanted, 1, kPollMs) <= 0) {
    check_interrupted();
    if (Clock::now() > stop) throw_unreachable(endpoint, ETIMEDOUT);
  }
  const int error = pending_error(socket_);
  if (error == ECONNREFUSED) {
    throw Error(fmt::format("no responder at {}; start one there: weir-gen --responder --listen {}",
                            endpoint.text(), to_string(endpoint.address())));
  }
  if (error != 0) throw_unreachable(endpoint, error);
}

ControlConnection::ControlConnection(Descriptor accepted, const Endpoint& peer)
    : socket_(std::move(accepted)), peer_(peer) {}

void ControlConnection::send(const nlohmann::json& message) {
  const std::string line = message.dump() + '\n';
  for (std::string_view left = line; !left.empty();) {
    const ssize_t sent = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      pollfd wanted{socket_.get(), POLLOUT, 0};
      ::poll(&wanted, 1, kPollMs);
    } else if (errno != EINTR) {
      throw_gone(peer_);
    }
  }
}

std::optional<nlohmann::json> ControlConnection::receive() {
  std::size_t end = received_.find('\n');
  while (end == std::string::npos) {
    std::array<char, 4096> block;
    const ssize_t count = ::recv(socket_.get(), block.data(), block.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return std::nullopt;
    if (count <= 0 || received_.size() > kMostBytes) throw_gone(peer_);
    received_.append(block.data(), static_cast<std::size_t>(count));
    end = received_.find('\n');
  }
  auto message = nlohmann::json::parse(std::string_view(received_).substr(0, end), nullptr, false);
  if (!message.is_object()) {
    throw Error(peer_.text() + " does not speak the language of weir-gen --responder");
  }
  received_.erase(0, end + 1);
  return message;
}

nlohmann::json ControlConnection::await(std::int64_t timeout_ns) {
  const bool stopped_before = stop_requested();
  const auto stop = Clock::now() + std::chrono::nanoseconds(timeout_ns);
  for (;;) {
    if (std::optional<nlohmann::json> message = receive()) return std::move(*message);
    if (!stopped_before) check_interrupted();
    if (Clock::now() > stop) {
      throw Error("the weir-gen at " + peer_.text() +
                  " does not answer; is it busy with another run?");
    }
    pollfd wanted{socket_.get(), POLLIN, 0};
    ::poll(&wanted, 1, kPollMs);
  }
}

}  // namespace weir
