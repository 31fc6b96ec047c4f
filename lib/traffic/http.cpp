// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Web connections.
#include <algorithm>
#include <cmath>

#include "arrivals.hpp"
#include "weir/traffic/application.hpp"

namespace weir {
namespace {

constexpr double kMeanMessages = 10.5;  // of a connection; a test holds it to what is drawn

/// A browser's connection to one site: pages, each of one or several objects, with think times
/// between pages. Sites differ in the size of their objects and the speed of their answers,
/// visitors in how many objects they ask for and how long they read.
class WebConnection : public PhasedConversation {
 public:
  explicit WebConnection(Random random) : PhasedConversation(random) {
    requests_left_ = std::lround(draw(4, 0.7, 1, 20));
    request_bytes_ = draw(350, 0.35, 150, 650);
    response_bytes_ = draw(8'000, 0.6, 1'500, 40'000);
    service_s_ = draw(0.008, 0.8, 0.0005, 0.1);
    think_s_ = draw(0.6, 0.6, 0.1, 3.0);
    server_closes_ = random_.chance(0.3);  // a keep-alive limit
  }

  Side closer() const noexcept override { return server_closes_ ? Side::server : Side::client; }

 private:
  void add_phase() override {
    if (requests_left_-- == 0) return;
    const bool new_page = !std::exchange(at_start_, false) && random_.chance(0.25);
    const double pause_s = new_page ? random_.exponential(think_s_) : random_.exponential(0.004);
    say(Side::client, draw(request_bytes_, 0.25, 100, 800), 50e-6 + pause_s);
    say(Side::server, draw(response_bytes_, 0.9, 1'000, 100'000), draw(service_s_, 0.5, 1e-4, 0.5));
  }

  long requests_left_;
  double request_bytes_;
  double response_bytes_;
  double service_s_;
  double think_s_;
  bool server_closes_;
  bool at_start_ = true;
};

}  // namespace

std::unique_ptr<Conversation> make_web_connection(Random random) {
  return std::make_unique<WebConnection>(random);
}

std::unique_ptr<Application> make_http(const TrafficOptions& options, Random random) {
  return std::make_unique<PoissonArrivals<WebConnection>>(
      ApplicationInfo{
          .label = "HTTP", .messages_per_s = static_cast<double>(options.pps), .paced = true},
      options.http_port, kMeanMessages, random);
}

}  // namespace weir
