// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What applications say beside their main flows: questions to their operator's services, signalling
// of calls, probes of the network. Most flows of an application are of this kind, and short.
#include "model_service.hpp"

#include <array>

namespace weir {
namespace {

/// Questions to a service over one connection, each with its answer.
class ServiceExchange : public PhasedConversation {
 public:
  ServiceExchange(const ServiceShape& shape, Random random) : PhasedConversation(random) {
    left_ = std::lround(draw(shape.questions, 0.7, 1, 30));
    question_bytes_ = draw(shape.question_bytes, 0.5, 16, 4'000);
    answer_bytes_ = draw(shape.answer_bytes, 0.8, 16, 400e3);
    spread_ = shape.spread;
    pause_s_ = draw(shape.pause_s, 1.0, 0.002, 60);
    service_s_ = draw(0.02, 0.9, 8e-4, 0.5);
  }

 private:
  void add_phase() override {
    if (left_-- <= 0) return;
    say(Side::client, draw(question_bytes_, 0.4, 12, 6'000),
        std::exchange(asked_, true) ? random_.exponential(pause_s_) : random_.uniform(1e-4, 5e-3));
    say(Side::server, draw(answer_bytes_, spread_, 12, 2e6), draw(service_s_, 0.5, 3e-4, 2));
  }

  long left_;
  double question_bytes_;
  double answer_bytes_;
  double spread_;
  double pause_s_;
  double service_s_;
  bool asked_ = false;
};

/// A call is set up and taken down (RFC 3261), or a telephone keeps its registration alive.
class Signalling : public PhasedConversation {
 public:
  Signalling(double length_s, Random random) : PhasedConversation(random), length_s_(length_s) {
    bytes_ = random_.uniform(320, 620);
    registers_ = random_.chance(0.35);
    keep_alive_s_ = random_.uniform(5, 30);
  }

 private:
  void add_phase() override {
    if (stage_ == 2) return;
    if (registers_) return keep_registered();
    if (stage_++ == 0) return invite();
    request(length_s_);  // BYE
    answer(0.02);
  }

  void keep_registered() {
    if (length_s_ <= 0) {
      stage_ = 2;
      return;
    }
    const double wait_s = std::exchange(started_, true) ? keep_alive_s_ : 0.001;
    request(wait_s);
    answer(0.01);
    length_s_ -= keep_alive_s_;
  }

  void invite() {
    if (random_.chance(0.4)) {  // challenged first
      say(Side::client, bytes_ + random_.uniform(250, 600), 0.001);
      answer(0.005);
      request(0.001);
    }
    say(Side::client, bytes_ + random_.uniform(350, 800), 0.001);
    say(Side::server, bytes_ * random_.uniform(0.6, 0.9), 0.003);  // trying
    say(Side::server, bytes_, random_.exponential(0.3));           // ringing
    say(Side::server, bytes_ + random_.uniform(250, 500), random_.exponential(4));
    request(0.005);  // ACK
  }

  void request(double wait_s) { say(Side::client, draw(bytes_, 0.1, 200, 1'400), wait_s); }
  void answer(double wait_s) { say(Side::server, draw(bytes_ * 0.85, 0.1, 200, 1'300), wait_s); }

  double length_s_;
  double bytes_;
  bool registers_;
  double keep_alive_s_;
  bool started_ = false;
  int stage_ = 0;
};

/// Small datagrams that find out whether and how fast the other end can be reached: checks of
/// candidate pairs (RFC 8445), consent (RFC 7675), relays, servers of a game. Some go unanswered.
class Probes : public PhasedConversation {
 public:
  Probes(double bytes, double interval_s, double length_s, Random random)
      : PhasedConversation(random) {
    interval_s_ = interval_s;
    left_ = std::lround(std::clamp(length_s / interval_s, 4.0, 60.0));
    bytes_ = bytes;
    answer_bytes_ = bytes * (random_.chance(0.5) ? 1 : random_.uniform(0.4, 1.2));
    answered_ = random_.chance(0.2) ? 0 : random_.uniform(0.6, 1);
    jitter_ = random_.chance(0.5) ? 0.02 : random_.uniform(0.1, 0.8);
    pairs_ = random_.chance(0.3) ? 2 : 1;
  }

 private:
  void add_phase() override {
    if (left_-- <= 0) return;
    for (int i = 0; i < pairs_; ++i) {
      say_at(Side::client, bytes_,
             i == 0 ? interval_s_ * random_.uniform(1 - jitter_, 1 + jitter_) : 0.0005);
    }
    if (random_.chance(answered_)) say(Side::server, answer_bytes_, 5e-4);
  }

  double interval_s_;
  long left_;
  double bytes_;
  double answer_bytes_;
  double answered_;
  double jitter_;
  int pairs_;
};

}  // namespace

void add_services(Session& session, const ServiceShape& shape, double mean, double length_s,
                  Random& random) {
  unsigned servers = 0;
  for (double at = random.exponential(1 / mean); at < 1; at += random.exponential(1 / mean)) {
    // Two in five go to a server that was connected to before.
    if (servers == 0 || random.chance(0.6)) ++servers;
    const unsigned server = 100 + static_cast<unsigned>(random.below(servers));
    auto inside = std::make_unique<ServiceExchange>(shape, random.fork());
    const double after_s = length_s * at * at;  // most of them at the start
    if (random.chance(shape.clear)) {
      session.push_back({after_s, Transport::tcp, server, std::move(inside)});
      continue;
    }
    const Transport transport = random.chance(shape.quic) ? Transport::quic : Transport::tcp;
    session.push_back(
        {after_s, transport, server, encrypted(std::move(inside), transport, random.fork())});
  }
}

std::unique_ptr<Conversation> make_signalling(double length_s, Random random) {
  return std::make_unique<Signalling>(length_s, random);
}

std::unique_ptr<Conversation> make_probes(double bytes, double interval_s, double length_s,
                                          Random random) {
  return std::make_unique<Probes>(bytes, interval_s, length_s, random);
}

}  // namespace weir
