// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Steady traffic: what a flow sends next follows from a few bytes of state and a random number.
#include "weir/traffic/steady.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "virtual_wire.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/random.hpp"
#include "weir/base/units.hpp"
#include "weir/traffic/conversation.hpp"

namespace weir {
namespace {

/// Half a cache line: with hundreds of thousands of flows each packet fetches it from memory.
struct alignas(32) Flow {
  std::int64_t first_packet_ns = 0;
  std::uint64_t sent = 0;  ///< packets, both sides
  std::array<std::uint32_t, 2> sequence{};
  std::array<std::uint16_t, 2> ip_id{};
  std::uint32_t number : 30 = 0;
  std::uint32_t client_owes_ack : 1 = 0;
  std::uint32_t server_owes_ack : 1 = 0;
};
static_assert(sizeof(Flow) == 32);
static_assert(SteadyLoad::kMaxFlows < 1U << 30U);

/// Bits of a random number, taken piece by piece.
class Bits {
 public:
  explicit Bits(std::uint64_t bits) : bits_(bits) {}

  std::uint32_t take(unsigned count) noexcept {
    const std::uint64_t taken = bits_ & ((std::uint64_t{1} << count) - 1);
    bits_ >>= count;
    return static_cast<std::uint32_t>(taken);
  }
  /// In [low, high), which is at most 65,536 wide; takes 16 bits.
  std::uint32_t between(std::uint32_t low, std::uint32_t high) noexcept {
    return low + (take(16) * (high - low) >> 16U);
  }

 private:
  std::uint64_t bits_;
};

/// Mixes a number's bits (the finisher of splitmix64).
std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// Who talks to whom: everything that a flow's number decides.
class Population {
 public:
  Population(const SteadyLoad& load, std::uint64_t seed)
      : ipv6_(load.ipv6),
        salt_(mixed(seed)),
        clients_((load.flows + kFlowsPerClient - 1) / kFlowsPerClient),
        servers_(std::clamp<std::uint64_t>(load.flows / kFlowsPerServer, 1, kMaxServers)) {}

  struct Ends {
    FiveTuple tuple;  ///< client first
    std::uint8_t server_ttl;
  };

  Ends ends_of(std::uint64_t number) const noexcept {
    const std::uint64_t client = number % clients_;
    const std::uint64_t turn = number / clients_;  // of the client, below kFlowsPerClient
    Bits bits(mixed(number + salt_));
    const bool tcp = bits.take(10) < 717;
    const auto server_ttl = static_cast<std::uint8_t>(64 - bits.take(4));
    const std::uint64_t server = bits.take(32) * servers_ >> 32U;
    // Steps of a client's own first port: no client uses a port twice.
    const std::uint64_t port = (mixed(client ^ salt_) + turn * kPortStep) % kPorts;
    return {{client_address(client), server_address(server),
             static_cast<std::uint16_t>(kFirstPort + port), kServerPort,
             static_cast<std::uint8_t>(tcp ? IpProtocol::tcp : IpProtocol::udp)},
            server_ttl};
  }

 private:
  static constexpr std::uint64_t kFlowsPerClient = 16;
  static constexpr std::uint64_t kFlowsPerServer = 256;
  static constexpr std::uint64_t kMaxServers = 60'000;
  static constexpr std::uint64_t kFirstPort = 32'768;  // Linux's ephemeral ports
  static constexpr std::uint64_t kPorts = 28'232;
  static constexpr std::uint64_t kPortStep = 1'009;
  static constexpr std::uint16_t kServerPort = 443;

  IpAddress client_address(std::uint64_t client) const noexcept {
    return ipv6_ ? v6_address(1, client)
                 : IpAddress::v4(0x0a000001U + static_cast<std::uint32_t>(client));
  }
  IpAddress server_address(std::uint64_t server) const noexcept {
    return ipv6_ ? v6_address(2, server)
                 : IpAddress::v4(0xac100001U + static_cast<std::uint32_t>(server));
  }
  static IpAddress v6_address(std::uint8_t subnet, std::uint64_t host) noexcept {
    IpAddress address{{0xfd, 0x77, 0x65, 0x69, 0x72, 0, 0, subnet}};
    for (unsigned i = 0; i < 4; ++i) {
      address.bytes[15 - i] = static_cast<std::uint8_t>((host + 1) >> (8 * i));
    }
    return address;
  }

  bool ipv6_;
  std::uint64_t salt_;
  std::uint64_t clients_;
  std::uint64_t servers_;
};

/// Evenly spaced times, without a drift however many there are.
class Metronome {
 public:
  explicit Metronome(std::uint64_t rate)
      : rate_(rate), step_ns_(kSecond / rate), step_rest_(kSecond % rate) {}

  std::int64_t now_ns() const noexcept { return static_cast<std::int64_t>(now_ns_); }
  std::uint64_t step_ns() const noexcept { return step_ns_; }
  void advance() noexcept {
    now_ns_ += step_ns_;
    rest_ += step_rest_;
    if (rest_ < rate_) return;
    rest_ -= rate_;
    ++now_ns_;
  }

 private:
  static constexpr std::uint64_t kSecond = kNanosPerSecond;

  std::uint64_t rate_;
  std::uint64_t step_ns_;
  std::uint64_t step_rest_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t rest_ = 0;
};

constexpr std::uint32_t kLeastData = 12;
constexpr std::uint32_t kMedium = 64;  // bytes of payload; below, a packet is a small one

/// Payload bytes of a packet that carries data: of three sizes, as on most links.
std::uint32_t draw_size(Bits& bits, Side sender, bool tcp, std::uint32_t mss) noexcept {
  const std::uint32_t percentile = bits.between(0, 100);
  const bool server = sender == Side::server;
  if (percentile < (server ? 8U : 80U)) return bits.between(kLeastData, kMedium);
  if (percentile < (server ? 20U : 95U)) return bits.between(kMedium, 900);
  return tcp ? mss : bits.between(1'200, 1'351);
}

class SteadySender {
 public:
  SteadySender(const SteadyTrafficOptions& options, PacketSink& sink, const FlowObserver& on_flow)
      : options_(options),
        on_flow_(on_flow),
        random_(options.seed ^ kSeedTag),
        population_(options.load, options.seed),
        sink_(sink),
        wire_(sink_, options.start_ns, options.snap_length, random_.fork()),
        metronome_(options.load.rate),
        mss_(options.load.ipv6 ? 1'440 : 1'460),
        flows_(options.load.flows) {
    for (std::size_t number = 0; number < flows_.size(); ++number) {
      Flow& flow = flows_[number];
      flow.number = static_cast<std::uint32_t>(number) & 0x3fffffffU;
      Bits start(random_.next());
      for (const std::size_t side : {0U, 1U}) flow.ip_id[side] = start.take(16) & 0xffffU;
      for (std::uint32_t& sequence : flow.sequence) {
        sequence = static_cast<std::uint32_t>(random_.next());
      }
    }
  }

  SteadyTrafficResult run() {
    std::size_t next = random_.below(flows_.size());
    while (!flows_.empty()) {
      check_interrupted();
      const std::size_t drawn = next;
      // Drawn one packet ahead, so that its state is there when its turn comes.
      next = random_.below(flows_.size());
      __builtin_prefetch(&flows_[next], 1);
      send(flows_[drawn]);
      if (flows_[drawn].sent < options_.load.packets_per_flow) continue;
      flows_[drawn] = flows_.back();
      flows_.pop_back();
      if (next >= flows_.size()) next = drawn;
      if (next >= flows_.size()) next = 0;
    }
    result_.packets = wire_.packets();
    result_.elapsed_ns = metronome_.now_ns();
    return result_;
  }

 private:
  // Sets this random stream apart from those of the applications.
  static constexpr std::uint64_t kSeedTag = 0x737465616479U;
  static constexpr std::uint16_t kSynWindow = 64'240;
  static constexpr std::uint8_t kWindowShift = 7;
  static constexpr std::uint16_t kScaledWindow = 502;  // 64,256 bytes

  /// What a flow says next.
  struct Draft {
    Side sender = Side::client;
    std::uint32_t payload_bytes = 0;
    TcpFields tcp;
  };

  void send(Flow& flow) {
    Bits bits(random_.next());
    const std::uint64_t jitter_ns = bits.take(16) * metronome_.step_ns() >> 16U;
    const std::int64_t now_ns = metronome_.now_ns() + static_cast<std::int64_t>(jitter_ns);
    metronome_.advance();

    const auto [tuple, server_ttl] = population_.ends_of(flow.number);
    const bool tcp = tuple.protocol == static_cast<std::uint8_t>(IpProtocol::tcp);
    const Draft draft = tcp ? next_segment(flow, bits) : next_datagram(flow, bits);
    PacketSpec packet;
    packet.tuple = tuple;
    packet.tcp = draft.tcp;
    if (draft.sender == Side::server) {
      std::swap(packet.tuple.src, packet.tuple.dst);
      std::swap(packet.tuple.src_port, packet.tuple.dst_port);
      packet.ttl = server_ttl;
    }
    packet.ip_id = flow.ip_id[index(draft.sender)]++;
    result_.bytes += wire_.put(now_ns, packet, draft.payload_bytes, 0);
    ++result_.by_side[index(draft.sender)];

    if (flow.sent == 0) flow.first_packet_ns = now_ns;
    if (++flow.sent < options_.load.packets_per_flow) return;
    on_flow_({options_.capture, tuple, options_.start_ns + flow.first_packet_ns,
              options_.start_ns + now_ns, kSteadyLabel});
  }

  Draft next_datagram(const Flow& flow, Bits& bits) const noexcept {
    Draft draft;
    draft.sender = flow.sent == 0 || bits.take(1) == 0 ? Side::client : Side::server;
    draft.payload_bytes = draw_size(bits, draft.sender, false, mss_);
    return draft;
  }

  Draft next_segment(Flow& flow, Bits& bits) const noexcept {
    Draft draft;
    TcpFields& tcp = draft.tcp;
    if (flow.sent < 2) {
      draft.sender = flow.sent == 0 ? Side::client : Side::server;
      tcp.flags = flow.sent == 0 ? kTcpSyn : kTcpSyn | kTcpAck;
      tcp.mss = static_cast<std::uint16_t>(mss_);
      tcp.window = kSynWindow;
      tcp.window_shift = kWindowShift;
    } else {
      draft.sender = flow.sent == 2 || bits.take(1) == 0 ? Side::client : Side::server;
      tcp.flags = kTcpAck;
      tcp.window = kScaledWindow;
      if (flow.sent > 2) add_data(flow, bits, draft);
    }
    std::uint32_t& sequence = flow.sequence[index(draft.sender)];
    tcp.sequence = sequence;
    sequence += flow.sent < 2 ? 1 : draft.payload_bytes;
    if (flow.sent > 0) tcp.acknowledgement = flow.sequence[index(other(draft.sender))];
    return draft;
  }

  /// An end that has something to acknowledge and little to say sends a bare ACK; never a second
  /// one, which would look like a sign of loss.
  void add_data(Flow& flow, Bits& bits, Draft& draft) const noexcept {
    const bool client = draft.sender == Side::client;
    const bool owes_ack = client ? flow.client_owes_ack : flow.server_owes_ack;
    const std::uint32_t bytes = draw_size(bits, draft.sender, true, mss_);
    draft.payload_bytes = owes_ack && bytes < kMedium ? 0 : bytes;
    const bool data = draft.payload_bytes > 0;
    if (data && bytes < mss_) draft.tcp.flags |= kTcpPsh;
    if (client) {
      flow.client_owes_ack = false;
      flow.server_owes_ack = flow.server_owes_ack || data;
    } else {
      flow.server_owes_ack = false;
      flow.client_owes_ack = flow.client_owes_ack || data;
    }
  }

  const SteadyTrafficOptions& options_;
  const FlowObserver& on_flow_;
  Random random_;
  Population population_;
  CaptureTrafficSink sink_;
  VirtualWire wire_;
  Metronome metronome_;
  std::uint32_t mss_;
  std::vector<Flow> flows_;  // those with packets left
  SteadyTrafficResult result_;
};

}  // namespace

std::uint64_t duration_s(const SteadyLoad& load) {
  if (load.packets_per_flow > std::numeric_limits<std::uint64_t>::max() / load.flows) {
    throw UsageError("--flows times --packets-per-flow: more packets than can be counted");
  }
  const std::uint64_t packets = load.flows * load.packets_per_flow;
  return packets / load.rate + (packets % load.rate != 0 ? 1 : 0);
}

SteadyTrafficResult send_steady(const SteadyTrafficOptions& options, PacketSink& sink,
                                const FlowObserver& on_flow) {
  return SteadySender(options, sink, on_flow).run();
}

}  // namespace weir
