// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows of the lab: the conversations of up to three models in order of time, each from a client
// with a path of its own.
#include <algorithm>
#include <cmath>

#include "client_ports.hpp"
#include "weir/traffic/application.hpp"
#include "weir/traffic/destination.hpp"

namespace weir {
namespace {

class LabSource : public TrafficSource {
 public:
  LabSource(std::vector<std::unique_ptr<Application>> applications, const IpAddress& destination,
            Random random)
      : destination_(destination), random_(random), ports_(random_) {
    for (std::unique_ptr<Application>& application : applications) {
      infos_.push_back(application->info);
      infos_.back().share = 1.0 / static_cast<double>(applications.size());
      lanes_.push_back({std::move(application), {}});
      lanes_.back().planned = lanes_.back().application->next_conversation();
    }
  }

  const std::vector<ApplicationInfo>& applications() const noexcept override { return infos_; }

  std::vector<ServerPort> server_ports() const override {
    std::vector<ServerPort> ports;
    for (const Lane& lane : lanes_) {
      const Application& application = *lane.application;
      ports.push_back(
          {protocol_of(application.transport), application.port, application.info.label});
    }
    return ports;
  }

  FlowPlan next() override {
    const auto lane = std::ranges::min_element(
        lanes_, {}, [](const Lane& candidate) { return candidate.planned.start_ns; });
    const Application& application = *lane->application;
    FlowPlan plan;
    plan.start_ns = lane->planned.start_ns;
    plan.application = static_cast<std::size_t>(lane - lanes_.begin());
    plan.transport = application.transport;
    plan.tuple = {draw_address(), destination_, ports_.next(), application.port,
                  static_cast<std::uint8_t>(protocol_of(application.transport))};
    plan.path = draw_path();
    plan.conversation = std::move(lane->planned.conversation);
    lane->planned = lane->application->next_conversation();
    return plan;
  }

 private:
  static constexpr std::uint64_t kClients = 16;

  struct Lane {
    std::unique_ptr<Application> application;
    PlannedConversation planned;
  };

  IpAddress draw_address() {
    IpAddress address = destination_;
    if (is_loopback(destination_)) return address;
    // The last byte names the host; 0 and 255 stay out of it.
    const std::uint64_t client = 1 + random_.below(kClients);
    address.bytes[15] = static_cast<std::uint8_t>((destination_.bytes[15] - 1U + client) % 254 + 1);
    return address;
  }

  NetworkPath draw_path() {
    NetworkPath path;
    const double round_trip_s = std::clamp(random_.log_normal(0.02, 0.8), 0.001, 0.3);
    path.one_way_ns = std::llround(round_trip_s / 2 * 1e9);
    path.jitter_ns = std::llround(round_trip_s * random_.uniform(0.002, 0.05) * 1e9);
    const double bits_per_second = std::clamp(random_.log_normal(30e6, 0.8), 4e6, 500e6);
    path.link = std::make_shared<AccessLink>();
    path.link->up.ns_per_byte = path.link->down.ns_per_byte = 8e9 / bits_per_second;
    if (random_.chance(0.2)) path.mtu = static_cast<std::uint16_t>(random_.between(1'380, 1'492));
    path.server_ttl = static_cast<std::uint8_t>(64 - random_.between(0, 20));
    return path;
  }

  IpAddress destination_;
  Random random_;
  ClientPorts ports_;
  std::vector<ApplicationInfo> infos_;
  std::vector<Lane> lanes_;
};

// Sets the stream of clients and paths apart from those of the conversations.
constexpr std::uint64_t kSeedTag = 0x636c69656e7473U;

}  // namespace

std::unique_ptr<TrafficSource> make_lab_source(const TrafficOptions& options,
                                               const IpAddress& destination) {
  return std::make_unique<LabSource>(make_applications(options), destination,
                                     Random(options.seed ^ kSeedTag));
}

}  // namespace weir
