// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Users with their networks and diaries: the flows of a scenario in order of time.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <queue>

#include "client_ports.hpp"
#include "models.hpp"
#include "weir/traffic/destination.hpp"
#include "weir/traffic/scenario.hpp"

namespace weir {
namespace {

constexpr std::uint16_t kCommonPort = 443;
constexpr std::uint16_t kFirstServerPort = 61'000;    // above the ports of clients
constexpr std::uint32_t kUserNetwork = 0x0a400000;    // 10.64.0.0/10
constexpr std::uint32_t kServerNetwork = 0xac100000;  // 172.16.0.0/12
constexpr std::uint64_t kServers = 4'000;
constexpr std::array<std::uint8_t, 6> kUserPrefix{0xfd, 0x77, 0x65, 0x69, 0x72, 0x00};
constexpr std::array<std::uint8_t, 6> kServerPrefix{0xfd, 0x77, 0x65, 0x69, 0x72, 0x01};

double log_uniform(const ScenarioRange& range, Random& random) {
  return range.low * std::pow(range.high / std::max(range.low, 1e-12), random.uniform());
}

/// Mostly near the lower end, which may be 0.
double mostly_low(const ScenarioRange& range, Random& random) {
  const double u = random.uniform();
  return range.low + (range.high - range.low) * u * u * u;
}

IpAddress number_address(bool v4, std::uint32_t network, const std::array<std::uint8_t, 6>& prefix,
                         std::uint32_t number) {
  if (v4) return IpAddress::v4(network + number);
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(prefix, bytes.begin());
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return IpAddress::v6(bytes.data());
}

/// A user equipment: its address, its network, what its user likes, and its diary.
struct User {
  IpAddress address = {};
  NetworkPath path = {};  ///< without the way from the operator's network to the server
  double access_rtt_s = 0;
  double down_bps = 0;
  double up_bps = 0;
  std::vector<double> preference = {};  ///< by part of the mix
  Random random;
  ClientPorts ports;
  double pause_s = 0;  ///< mean, between two sessions
};

class ScenarioSource : public TrafficSource {
 public:
  ScenarioSource(const Scenario& scenario, const ScenarioPlace& place)
      : scenario_(scenario), place_(place), random_(place.seed ^ kSeedTag) {
    for (const ScenarioApplication& part : scenario.mix) {
      models_.push_back(find_model(part.model));
      const auto known = std::ranges::find(infos_, part.label, &ApplicationInfo::label);
      info_of_.push_back(static_cast<std::size_t>(known - infos_.begin()));
      if (known == infos_.end()) infos_.push_back({.label = part.label});
      infos_[info_of_.back()].share += part.share;
    }
    planned_flows_.resize(scenario.mix.size());
    for (unsigned number = 0; number < scenario.users; ++number) {
      users_.push_back(draw_user(number));
      open_diaries(number);
    }
  }

  const std::vector<ApplicationInfo>& applications() const noexcept override { return infos_; }

  std::vector<ServerPort> server_ports() const override {
    std::map<std::uint16_t, std::string> ports;
    for (const ScenarioApplication& part : scenario_.mix) {
      ports.try_emplace(part.port != 0 ? part.port : place_.port, part.label);
    }
    std::vector<ServerPort> result;
    for (const auto& [port, label] : ports) {
      result.push_back({IpProtocol::tcp, port, label});
      result.push_back({IpProtocol::udp, port, label});
    }
    return result;
  }

  FlowPlan next() override {
    while (flows_.empty() || sessions_.top().start_s <= flows_.top().start_s) plan_session();
    FlowPlan plan = std::move(*flows_.top().plan);
    flows_.pop();
    return plan;
  }

 private:
  static constexpr std::uint64_t kSeedTag = 0x7363656e6172696fU;

  struct DiaryEntry {
    double start_s;
    unsigned user;
    bool operator>(const DiaryEntry& entry) const noexcept {
      return start_s != entry.start_s ? start_s > entry.start_s : user > entry.user;
    }
  };

  struct PlannedFlow {
    double start_s;
    std::uint64_t order;  // breaks ties the same way everywhere
    std::shared_ptr<FlowPlan> plan;
    bool operator>(const PlannedFlow& flow) const noexcept {
      return start_s != flow.start_s ? start_s > flow.start_s : order > flow.order;
    }
  };

  User draw_user(unsigned number) {
    Random random = random_.fork();
    User user{.random = random.fork(), .ports = ClientPorts(random)};
    const bool v4 =
        place_.destination ? place_.destination->is_v4() : !random.chance(scenario_.ipv6);
    user.address = number_address(v4, kUserNetwork, kUserPrefix, 2 + number);
    if (place_.destination && is_loopback(*place_.destination)) user.address = *place_.destination;
    user.access_rtt_s = log_uniform(scenario_.rtt_s, random);
    user.down_bps = log_uniform(scenario_.down_bps, random);
    user.up_bps = std::min(log_uniform(scenario_.up_bps, random), user.down_bps);
    NetworkPath& path = user.path;
    path.jitter_ns = std::llround(user.access_rtt_s * mostly_low(scenario_.jitter, random) * 1e9);
    path.loss = mostly_low(scenario_.loss, random);
    path.mtu = static_cast<std::uint16_t>(std::lround(log_uniform(scenario_.mtu, random)));
    path.timestamps = random.chance(0.6);  // Linux, Android and Apple send them, Windows does not
    path.receive_window =
        std::array{64'256U, 131'072U, 262'144U, 1'048'576U, 4'194'176U}[random.below(5)];
    // Of Linux before and after 2.6.39 and 4.20, Windows and Apple.
    path.syn_window[0] = std::array<std::uint16_t, 8>{
        5'840, 8'192, 14'600, 29'200, 64'240, 64'800, 65'535, 65'535}[random.below(8)];
    path.link = std::make_shared<AccessLink>();
    path.link->down.ns_per_byte = 8e9 / user.down_bps;
    path.link->up.ns_per_byte = 8e9 / user.up_bps;
    path.link->down.queue_ns = std::llround(random.log_normal(0.12, 0.7) * 1e9);
    path.link->up.queue_ns = std::llround(random.log_normal(0.15, 0.7) * 1e9);
    path.encapsulation = draw_encapsulation(number, random);
    for (const ScenarioApplication& part : scenario_.mix) {
      user.preference.push_back(part.share * random.log_normal(1.0, 0.8));
    }
    user.pause_s = scenario_.pause_s * random.log_normal(1.0, 1.0);
    return user;
  }

  /// Two users in five do several things at once: the television beside the telephone, what apps
  /// do in the background.
  void open_diaries(unsigned number) {
    User& user = users_[number];
    const unsigned diaries = std::array{1U, 1U, 1U, 2U, 4U}[user.random.below(5)];
    for (unsigned i = 0; i < diaries; ++i) {
      sessions_.push({number + i == 0 ? 0.0 : user.random.uniform(0, user.pause_s), number});
    }
  }

  std::shared_ptr<const Encapsulation> draw_encapsulation(unsigned number, Random& random) const {
    if (!scenario_.vlan && !scenario_.gtpu) return nullptr;
    Encapsulation outside;
    outside.vlan = scenario_.vlan;
    if (scenario_.gtpu) {
      Encapsulation::Tunnel tunnel;
      tunnel.radio = IpAddress::v4(0xc0a80a00U + 1 + number % 8);  // one of eight base stations
      tunnel.core = IpAddress::v4(0xc0a81401U);
      tunnel.up = static_cast<std::uint32_t>(random.next());
      tunnel.down = static_cast<std::uint32_t>(random.next());
      outside.gtpu = tunnel;
    }
    return std::make_shared<const Encapsulation>(outside);
  }

  /// The next entry of a diary becomes flows; the entry after it comes when the session is over.
  void plan_session() {
    const DiaryEntry entry = sessions_.top();
    sessions_.pop();
    User& user = users_[entry.user];
    const std::size_t part = choose(user);
    const ApplicationModel& model = *models_[part];
    SessionContext context{
        .down_bps = user.down_bps, .up_bps = user.up_bps, .random = user.random.fork()};
    context.length_s =
        std::clamp(user.random.log_normal(model.median_s, model.sigma), 1.0, 3'600.0) *
        scenario_.session_scale;
    const double length_s = context.length_s;
    Session session = model.plan(std::move(context));
    const std::uint64_t servers_seed = user.random.next();
    for (SessionFlow& flow : session) add_flow(user, part, entry.start_s, servers_seed, flow);
    planned_flows_[part] += session.size();
    all_flows_ += session.size();
    const double pause_s = user.random.exponential(std::max(0.01, user.pause_s));
    sessions_.push({entry.start_s + length_s + pause_s, entry.user});
  }

  /// Among the parts of the mix that have fewer flows than their share, the user's liking decides.
  std::size_t choose(User& user) {
    double sum = 0;
    std::vector<double> weights;
    for (std::size_t part = 0; part < scenario_.mix.size(); ++part) {
      const double wanted = scenario_.mix[part].share * static_cast<double>(all_flows_ + 1);
      const double missing = wanted - static_cast<double>(planned_flows_[part]);
      weights.push_back(missing > 0 ? user.preference[part] * missing : 0);
      sum += weights.back();
    }
    double drawn = user.random.uniform(0, sum);
    std::size_t part = 0;
    while (part + 1 < weights.size() && (drawn -= weights[part]) >= 0) ++part;
    return part;
  }

  void add_flow(User& user, std::size_t part, double session_s, std::uint64_t servers_seed,
                SessionFlow& flow) {
    Random server(servers_seed + flow.server);
    auto plan = std::make_shared<FlowPlan>();
    plan->start_ns = std::llround((session_s + flow.after_s) * 1e9);
    plan->application = info_of_[part];
    plan->transport = flow.transport;
    const IpAddress address =
        place_.destination ? *place_.destination
                           : number_address(user.address.is_v4(), kServerNetwork, kServerPrefix,
                                            static_cast<std::uint32_t>(1 + server.below(kServers)));
    std::uint16_t port = server.chance(0.5)
                             ? kCommonPort
                             : static_cast<std::uint16_t>(server.between(kFirstServerPort, 65'535));
    if (place_.port != 0) port = place_.port;
    if (scenario_.mix[part].port != 0) port = scenario_.mix[part].port;
    plan->tuple = {user.address, address, user.ports.next(), port,
                   static_cast<std::uint8_t>(protocol_of(flow.transport))};
    plan->path = user.path;
    const double rtt_s = user.access_rtt_s + std::clamp(server.log_normal(0.008, 1.0), 2e-4, 0.25);
    plan->path.one_way_ns = std::llround(rtt_s / 2 * 1e9);
    plan->path.syn_window[1] = std::array<std::uint16_t, 8>{
        5'792, 8'192, 14'480, 14'600, 28'960, 28'960, 65'160, 65'535}[server.below(8)];
    plan->path.server_ttl =
        static_cast<std::uint8_t>((server.chance(0.8) ? 64 : 128) - server.between(3, 22));
    plan->conversation = std::move(flow.conversation);
    const double start_s = session_s + flow.after_s;
    flows_.push({start_s, next_order_++, std::move(plan)});
  }

  Scenario scenario_;
  ScenarioPlace place_;
  Random random_;
  std::vector<ApplicationInfo> infos_;
  std::vector<const ApplicationModel*> models_;  // by part of the mix, as the two below
  std::vector<std::size_t> info_of_;
  std::vector<std::uint64_t> planned_flows_;
  std::uint64_t all_flows_ = 0;
  std::vector<User> users_;
  std::priority_queue<DiaryEntry, std::vector<DiaryEntry>, std::greater<>> sessions_;
  std::priority_queue<PlannedFlow, std::vector<PlannedFlow>, std::greater<>> flows_;
  std::uint64_t next_order_ = 0;
};

}  // namespace

std::unique_ptr<TrafficSource> make_scenario_source(const Scenario& scenario,
                                                    const ScenarioPlace& place) {
  return std::make_unique<ScenarioSource>(scenario, place);
}

}  // namespace weir
