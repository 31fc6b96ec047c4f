// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What runs beside: name look-ups, clocks, shells, file sharing.
#include <array>

#include "models.hpp"

namespace weir {
namespace {

/// A look-up (RFC 1035), often of IPv4 and IPv6 addresses at once.
class NameLookup : public PhasedConversation {
 public:
  explicit NameLookup(Random random) : PhasedConversation(random) {
    questions_ = random_.chance(0.5) ? 2 : 1;
    service_s_ = random_.chance(0.6) ? 0.0005 : draw(0.02, 1.0, 0.001, 1);  // cached or asked for
  }

 private:
  void add_phase() override {
    if (questions_ == 0) return;
    const double name_bytes = random_.uniform(28, 60);
    for (int i = 0; i < questions_; ++i) say(Side::client, name_bytes, 50e-6);
    for (int i = 0; i < questions_; ++i) {
      say(Side::server, draw(name_bytes + 60, 0.5, name_bytes + 16, 1'200), service_s_);
    }
    questions_ = 0;
  }

  int questions_;
  double service_s_;
};

/// A clock is set (RFC 5905): one exchange, or a few at the start of the machine.
class ClockSetting : public PhasedConversation {
 public:
  explicit ClockSetting(Random random) : PhasedConversation(random) {
    polls_ = random_.chance(0.7) ? 1 : random_.between(4, 8);
  }

 private:
  void add_phase() override {
    if (polls_-- <= 0) return;
    say(Side::client, 48, random_.uniform(1.9, 2.1));
    say(Side::server, 48, 50e-6);
  }

  std::int64_t polls_;
};

/// A shell (RFC 4253): key exchange, then commands typed letter by letter, each echoed, and their
/// output; some sessions run one command or copy a file.
class Shell : public PhasedConversation {
 public:
  Shell(double length_s, Random random) : PhasedConversation(random), left_s_(length_s) {
    keystroke_bytes_ = std::array{36.0, 36.0, 52.0, 44.0}[random_.below(4)];
    key_s_ = draw(0.17, 0.4, 0.06, 0.6);
    think_s_ = draw(5, 0.9, 0.5, 60);
    copies_ = random_.chance(0.2);
  }

 private:
  void add_phase() override {
    if (!std::exchange(started_, true)) return key_exchange();
    if (left_s_ <= 0) return;
    if (copies_) return copy();
    const double pause_s = random_.exponential(think_s_);
    left_s_ -= pause_s;
    double wait_s = pause_s;
    const std::int64_t letters = random_.between(2, 28);
    for (std::int64_t i = 0; i < letters; ++i) {
      say(Side::client, keystroke_bytes_, wait_s);
      say(Side::server, keystroke_bytes_, random_.uniform(2e-4, 3e-3));
      wait_s = random_.exponential(key_s_);
      left_s_ -= wait_s;
    }
    say(Side::client, keystroke_bytes_, wait_s);
    say(Side::server, draw(600, 1.4, 44, 60'000), draw(0.02, 1.0, 0.001, 3));
    say(Side::server, keystroke_bytes_ + 40, 0.002);
  }

  void key_exchange() {
    say(Side::client, random_.uniform(21, 45), 0.0005);
    say(Side::server, random_.uniform(21, 45), 0.008);
    say(Side::client, random_.uniform(1'000, 1'600), 0.001);
    say(Side::server, random_.uniform(800, 1'200), 0.001);
    say(Side::client, 48, 0.004);
    say(Side::server, random_.uniform(400, 1'100), 0.004);
    for (int i = 0; i < 4; ++i) {
      say(Side::client, random_.uniform(44, 680), random_.uniform(0.002, 0.08));
      say(Side::server, random_.uniform(44, 560), random_.uniform(0.002, 0.08));
    }
  }

  void copy() {
    const double bytes = draw(400e3, 1.3, 2e3, 40e6);
    for (double sent = 0; sent < bytes; sent += 32e3) {
      say(Side::client, std::min(32e3, bytes - sent) + 36, 0.0003);
    }
    say(Side::server, 52, 0.002);
    left_s_ = 0;
  }

  double left_s_;
  bool started_ = false;
  double keystroke_bytes_;
  double key_s_;
  double think_s_;
  bool copies_;
};

/// Pieces exchanged with a peer: requests for blocks of 16 KiB (BEP 3), in one direction or both,
/// with pauses while the peer serves others.
class PeerExchange : public PhasedConversation {
 public:
  PeerExchange(double length_s, Random random) : PhasedConversation(random), left_s_(length_s) {
    down_ = random_.uniform(0, 1);
    block_s_ = draw(0.08, 1.0, 0.004, 2);
    choke_ = random_.uniform(0.01, 0.15);
    useless_ = random_.chance(0.3);  // peers that have nothing
  }

 private:
  void add_phase() override {
    if (!std::exchange(started_, true)) {
      say(Side::client, 68 + random_.uniform(0, 500), 0.001);
      say(Side::server, 68 + random_.uniform(0, 500), 0.01);
      say(Side::client, random_.uniform(60, 1'500), 0.01);
      say(Side::server, random_.uniform(60, 1'500), 0.01);
      return;
    }
    if (left_s_ <= 0) return;
    const double pause_s = useless_                 ? random_.uniform(20, 110)
                           : random_.chance(choke_) ? random_.uniform(2, 10)
                                                    : random_.exponential(block_s_);
    left_s_ -= pause_s;
    if (useless_) return say(random_.chance(0.5) ? Side::client : Side::server, 4, pause_s);
    const Side asks = random_.chance(down_) ? Side::client : Side::server;
    say(asks, 17 * static_cast<double>(random_.between(1, 4)), pause_s);
    say(other(asks), 16'384 + 13, random_.uniform(1e-4, 5e-3));
    if (random_.chance(0.1)) say(asks, 9, 1e-3);  // have
  }

  double left_s_;
  bool started_ = false;
  double down_;
  double block_s_;
  double choke_;
  bool useless_;
};

/// A question to a node of the distributed hash table (BEP 5).
class NodeLookup : public PhasedConversation {
 public:
  explicit NodeLookup(Random random) : PhasedConversation(random) {}

 private:
  void add_phase() override {
    if (std::exchange(asked_, true)) return;
    say(Side::client, random_.uniform(90, 130), 1e-4);
    if (random_.chance(0.7)) say(Side::server, random_.uniform(60, 330), 5e-3);
  }

  bool asked_ = false;
};

template <typename C, typename... Arguments>
Session one_flow(Transport transport, Arguments&&... arguments) {
  Session session;
  session.push_back({0, transport, 0, std::make_unique<C>(std::forward<Arguments>(arguments)...)});
  return session;
}

}  // namespace

Session plan_dns(SessionContext context) {
  return one_flow<NameLookup>(Transport::udp, context.random.fork());
}

Session plan_ntp(SessionContext context) {
  return one_flow<ClockSetting>(Transport::udp, context.random.fork());
}

Session plan_ssh(SessionContext context) {
  return one_flow<Shell>(Transport::tcp, context.length_s, context.random.fork());
}

Session plan_torrent(SessionContext context) {
  Random& random = context.random;
  Session session;
  const auto peers = static_cast<unsigned>(random.between(2, 12));
  const bool over_udp = random.chance(0.5);  // uTP (BEP 29)
  for (unsigned peer = 0; peer < peers; ++peer) {
    const double after_s = random.uniform(0, context.length_s * 0.5);
    session.push_back({after_s, over_udp ? Transport::quic : Transport::tcp, peer,
                       std::make_unique<PeerExchange>(context.length_s - after_s, random.fork())});
  }
  const std::int64_t lookups = random.between(0, 10);
  for (std::int64_t i = 0; i < lookups; ++i) {
    session.push_back({random.uniform(0, context.length_s), Transport::udp,
                       peers + static_cast<unsigned>(i),
                       std::make_unique<NodeLookup>(random.fork())});
  }
  return session;
}

}  // namespace weir
