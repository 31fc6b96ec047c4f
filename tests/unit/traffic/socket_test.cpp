// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Conversations over real sockets on loopback.
#include "weir/traffic/socket_sender.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <numeric>
#include <thread>

#include "weir/base/error.hpp"
#include "weir/traffic/application.hpp"

using Catch::Matchers::Contains;

namespace {

/// A socket on a loopback port that the system chose.
class OwnSocket {
 public:
  explicit OwnSocket(int type) : descriptor_(::socket(AF_INET, type, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(descriptor_, generic, size) != 0 ||
        ::getsockname(descriptor_, generic, &size) != 0) {
      throw std::runtime_error("no loopback port");
    }
    port_ = ntohs(address.sin_port);
  }
  ~OwnSocket() { ::close(descriptor_); }
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;

  int descriptor() const { return descriptor_; }
  std::uint16_t port() const { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

/// Ports that were free a moment ago, so that tests can run beside each other.
weir::TrafficOptions on_free_ports() {
  const OwnSocket voip(SOCK_DGRAM);
  const OwnSocket ftp(SOCK_STREAM);
  const OwnSocket http(SOCK_STREAM);
  weir::TrafficOptions traffic;
  traffic.duration_ns = weir::kNanosPerSecond;
  traffic.voip_port = voip.port();
  traffic.ftp_port = ftp.port();
  traffic.http_port = http.port();
  return traffic;
}

struct Run {
  weir::SocketTrafficResult result;
  std::vector<weir::GroundTruthRow> truth;
  double seconds = 0;
};

Run send(const weir::TrafficOptions& traffic, bool responder = true,
         const char* destination = "127.0.0.1") {
  Run run;
  const auto source = make_lab_source(traffic, *weir::parse_address(destination));
  const auto start = std::chrono::steady_clock::now();
  run.result =
      weir::send_over_sockets(*source,
                              {*weir::parse_address(destination),
                               traffic.duration_ns,
                               responder ? weir::Responder::own : weir::Responder::foreign,
                               traffic.seed,
                               0,
                               {}},
                              [&](const weir::GroundTruthRow& row) { run.truth.push_back(row); });
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return run;
}

}  // namespace

TEST_CASE("all that is sent over loopback arrives, and the run ends in time") {
  weir::TrafficOptions traffic = on_free_ports();
  traffic.pps = 200;
  const Run run = send(traffic);
  CHECK(run.seconds >= 0.99);
  CHECK(run.seconds < 2.0);
  REQUIRE(run.result.counts.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const weir::TrafficCount& count = run.result.counts[i];
    CHECK(count.flows > 1);
    CHECK(count.unsent == 0);
    CHECK(count.messages[0] > 10);
    CHECK(count.messages[1] > 10);
    CHECK(count.bytes[0] > 0);
    CHECK(run.result.received_bytes[i] <= count.bytes[0] + count.bytes[1]);
    // A message that the end of the run cuts is the most that may be missing from each flow.
    CHECK(run.result.received_bytes[i] > (count.bytes[0] + count.bytes[1]) / 10 * 8);
  }
  CHECK(run.result.received_bytes[0] ==
        run.result.counts[0].bytes[0] + run.result.counts[0].bytes[1]);
  CHECK(run.result.counts[0].messages[0] >= 195);
  CHECK(run.result.counts[0].messages[0] <= 200);
}

TEST_CASE("the ground truth of sockets has the real addresses and times, and no capture") {
  const weir::TrafficOptions traffic = on_free_ports();
  const std::int64_t before_ns =
      std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  const Run run = send(traffic);
  std::uint64_t flows = 0;
  for (const weir::TrafficCount& count : run.result.counts) flows += count.flows;
  REQUIRE(run.truth.size() == flows);
  for (const weir::GroundTruthRow& row : run.truth) {
    CHECK(row.capture.empty());
    CHECK(row.tuple.src == *weir::parse_address("127.0.0.1"));
    CHECK(row.tuple.dst == *weir::parse_address("127.0.0.1"));
    CHECK(row.tuple.src_port >= 1'024);
    CHECK(row.start_ns >= before_ns - 1'000'000);
    CHECK(row.end_ns >= row.start_ns);
    CHECK(row.end_ns < before_ns + 3 * weir::kNanosPerSecond);
    const std::string expected = row.tuple.dst_port == traffic.voip_port  ? "VoIP"
                                 : row.tuple.dst_port == traffic.ftp_port ? "FTP"
                                                                          : "HTTP";
    CHECK(row.label == expected);
  }
}

TEST_CASE("a port that another program has is an error that names it") {
  weir::TrafficOptions traffic = on_free_ports();
  const OwnSocket taken(SOCK_DGRAM);
  traffic.voip_port = taken.port();
  CHECK_THROWS_WITH(send(traffic), Contains("cannot listen on UDP port " +
                                            std::to_string(taken.port()) + " of 127.0.0.1") &&
                                       Contains("--no-responder"));
  traffic.type = weir::TrafficType::http;
  const OwnSocket listening(SOCK_STREAM);
  REQUIRE(::listen(listening.descriptor(), 1) == 0);
  traffic.http_port = listening.port();
  CHECK_THROWS_WITH(send(traffic), Contains("Address already in use"));
}

TEST_CASE("a destination that refuses is an error, over UDP and TCP") {
  weir::TrafficOptions traffic = on_free_ports();
  for (const weir::TrafficType type :
       {weir::TrafficType::voip, weir::TrafficType::ftp, weir::TrafficType::http}) {
    traffic.type = type;
    CHECK_THROWS_WITH(send(traffic, false), Contains("Connection refused"));
  }
}

TEST_CASE("responders need an address of this machine") {
  weir::TrafficOptions traffic = on_free_ports();
  CHECK_THROWS_WITH(send(traffic, true, "10.255.255.1"),
                    Contains("not an address of this machine"));
}

TEST_CASE("without a responder a foreign server's answers are waited for and counted") {
  weir::TrafficOptions traffic = on_free_ports();
  traffic.type = weir::TrafficType::http;
  const OwnSocket server(SOCK_STREAM);
  traffic.http_port = server.port();
  REQUIRE(::listen(server.descriptor(), 64) == 0);
  // Answers each request of the first connection with ten bytes; the others wait in vain.
  std::size_t answered = 0;
  std::thread answering([&] {
    const int client = ::accept(server.descriptor(), nullptr, nullptr);
    char request[2'048];
    while (::recv(client, request, sizeof request, 0) > 0) {
      if (::send(client, "0123456789", 10, MSG_NOSIGNAL) == 10) ++answered;
    }
    ::close(client);
  });
  const Run run = send(traffic, false);
  answering.join();
  const weir::TrafficCount& count = run.result.counts[0];
  CHECK(answered > 0);
  CHECK(run.result.received_bytes[0] == 10 * answered);
  CHECK(count.messages[0] >= answered);
  CHECK(count.messages[1] == 0);
  CHECK(run.seconds < 2.0);
}

TEST_CASE("a rate that the machine cannot reach is sent as far as it goes, in the given time") {
  weir::TrafficOptions traffic = on_free_ports();
  traffic.type = weir::TrafficType::voip;
  traffic.pps = 1'000'000;
  const Run run = send(traffic);
  CHECK(run.seconds < 2.0);
  CHECK(run.result.counts[0].messages[0] > 1'000);
  CHECK(run.result.counts[0].messages[0] < 1'000'000);
}
