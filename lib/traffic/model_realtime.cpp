// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What has to arrive in time: audio calls, video calls, games.
#include <array>

#include "model_service.hpp"

namespace weir {
namespace {

/// A merger of several clocks: each `tick` says when it comes next.
class Clocks {
 public:
  std::size_t add(double first_s) {
    due_s_.push_back(first_s);
    return due_s_.size() - 1;
  }
  /// The clock that comes next, and how long after the one before it.
  std::pair<std::size_t, double> next() {
    const auto first = std::ranges::min_element(due_s_);
    const double wait_s = std::max(0.0, *first - now_s_);
    now_s_ = std::max(now_s_, *first);
    return {static_cast<std::size_t>(first - due_s_.begin()), wait_s};
  }
  void again(std::size_t clock, double after_s) { due_s_[clock] += after_s; }
  double now_s() const noexcept { return now_s_; }

 private:
  std::vector<double> due_s_;
  double now_s_ = 0;
};

/// A codec: what a packet carries besides RTP's header, and how it goes silent.
struct Voice {
  double bytes = 160;
  double variation = 0;    ///< of variable rates, standard deviation of the logarithm
  double packet_s = 0.02;  ///< 20, 30 or 60 ms
  bool suppresses = true;  ///< nothing but comfort noise while its side is silent
  double noise_s = 0.16;   ///< between packets of comfort noise (RFC 3389); 0 = none
  double noise_bytes = 7;
};

Voice draw_voice(Random& random) {
  Voice voice;
  struct Codec {
    double low;
    double high;
    double variation;
  };
  // G.711, G.729, G.722, AMR-WB, EVS, Opus: bytes for 20 ms.
  constexpr std::array<Codec, 6> kCodecs{
      {{160, 160, 0}, {20, 20, 0}, {160, 160, 0}, {33, 61, 0}, {33, 82, 0}, {40, 160, 0.18}}};
  const Codec& codec = kCodecs[std::array{0U, 1U, 2U, 3U, 4U, 5U, 5U, 5U, 5U}[random.below(9)]];
  const double packets = std::array{1.0, 1.0, 1.0, 1.5, 3.0}[random.below(5)];
  voice.bytes = random.uniform(codec.low, codec.high) * packets;
  voice.variation = codec.variation;
  voice.packet_s = 0.02 * packets;
  voice.suppresses = random.chance(0.6);
  voice.noise_s = random.chance(0.7) ? random.uniform(0.1, 0.4) : 0;
  voice.noise_bytes = random.uniform(1, 11);
  return voice;
}

/// Two people on the phone: spurts of talk with pauses between, of either side by itself (ITU-T
/// P.59: spurts of about 1 s, pauses of about 1.6 s, both exponential; 39 % activity), control
/// packets every few seconds, and connectivity checks at the start.
class AudioCall : public PhasedConversation {
 public:
  AudioCall(double length_s, Random random) : PhasedConversation(random), length_s_(length_s) {
    one_way_ = random_.chance(0.3);  // announcements, early media, the other way unseen
    voice_ = draw_voice(random_);
    header_ = 12 + (random_.chance(0.7) ? 10 : 0);  // RTP (RFC 3550), with SRTP's tag (RFC 3711)
    jitter_s_ = random_.chance(0.5) ? 0.0002 : random_.uniform(0.0005, 0.004);
    talk_s_ = draw(1.0, 0.4, 0.3, 4);
    pause_s_ = draw(1.6, 0.4, 0.4, 6);
    control_s_ = random_.chance(0.8) ? random_.uniform(1, 6) : 1e9;
    const double answered_s = draw(0.4, 0.8, 0.02, 5);
    for (const Side side : {Side::client, Side::server}) {
      const bool silent = one_way_ && side == Side::server;
      clocks_.add(silent ? 1e9 : answered_s + random_.uniform(0, voice_.packet_s));
      until_s_[index(side)] = answered_s;
    }
    clocks_.add(answered_s + random_.uniform(0.2, 2));
    checks_ = !one_way_ && random_.chance(0.5) ? random_.between(1, 4) : 0;
  }

 private:
  static constexpr std::size_t kControl = 2;

  void add_phase() override {
    if (checks_ > 0) {  // STUN (RFC 8489)
      --checks_;
      say(Side::client, random_.uniform(80, 130), random_.exponential(0.02));
      say(Side::server, random_.uniform(60, 110), random_.exponential(0.002));
      return;
    }
    while (clocks_.now_s() < length_s_) {
      const auto [clock, wait_s] = clocks_.next();
      carried_s_ += wait_s;
      if (clock == kControl) return control();
      if (speak(clock)) return;
    }
  }

  /// False where this packet's turn passes in silence.
  bool speak(std::size_t side) {
    const double now_s = clocks_.now_s();
    if (now_s >= until_s_[side]) {
      talking_[side] = !talking_[side];
      until_s_[side] = now_s + random_.exponential(talking_[side] ? talk_s_ : pause_s_);
    }
    const bool talks = talking_[side] || !voice_.suppresses;
    if (!talks && voice_.noise_s == 0) {
      clocks_.again(side, std::max(voice_.packet_s, until_s_[side] - now_s));
      return false;
    }
    clocks_.again(side, talks ? voice_.packet_s : voice_.noise_s);
    const double quiet = talking_[side] ? 1.0 : 0.6;  // a variable rate falls in silence
    const double bytes = voice_.variation > 0
                             ? draw(voice_.bytes * quiet, voice_.variation, 6, 1'100)
                             : voice_.bytes;
    utter(static_cast<Side>(side), header_ + (talks ? bytes : voice_.noise_bytes));
    return true;
  }

  void control() {
    clocks_.again(kControl, control_s_ * random_.uniform(0.5, 1.5));
    utter(one_way_ || random_.chance(0.5) ? Side::client : Side::server, random_.uniform(52, 120));
  }

  /// The sound card's clock is not quite even.
  void utter(Side side, double bytes) {
    const double shift_s = random_.uniform(0, jitter_s_);
    say_at(side, bytes, std::max(0.0, carried_s_ + shift_s - last_shift_s_));
    last_shift_s_ = shift_s;
    carried_s_ = 0;
  }

  double length_s_;
  bool one_way_ = false;
  Voice voice_;
  double header_;
  double jitter_s_;
  double talk_s_;
  double pause_s_;
  double control_s_;
  std::int64_t checks_;
  Clocks clocks_;
  std::array<bool, 2> talking_{};
  std::array<double, 2> until_s_{};
  double carried_s_ = 0;
  double last_shift_s_ = 0;
};

/// Both cameras' frames as bursts of packets, feedback, and sound where it shares the flow. The
/// encoder's rate starts low, rises, and falls now and then, as congestion control has it (RFC
/// 8836); sides may switch their camera off, or show a screen.
class VideoCall : public PhasedConversation {
 public:
  VideoCall(double length_s, double down_bps, double up_bps, bool with_audio, Random random)
      : PhasedConversation(random), length_s_(length_s), voice_(draw_voice(random_)) {
    voice_.suppresses = random_.chance(0.3);
    for (const Side side : {Side::client, Side::server}) {
      Camera& camera = cameras_[index(side)];
      const double link_bps = 0.6 * (side == Side::client ? up_bps : down_bps);
      camera.target_bps = std::min(draw(700e3, 0.8, 120e3, 4e6), link_bps);
      camera.rate_bps = std::min(300e3, camera.target_bps);
      camera.fps = std::array{15.0, 20.0, 24.0, 25.0, 30.0, 30.0, 30.0, 60.0}[random_.below(8)];
      camera.screen = random_.chance(0.1);
      camera.on = random_.chance(0.9);
      camera.left_to_key = 0;
      clocks_.add(0.1 + random_.uniform(0, 0.5));
    }
    cameras_[0].on = cameras_[0].on || !cameras_[1].on;
    for (int side = 0; side < 2; ++side) {
      clocks_.add(with_audio ? 0.1 + random_.uniform(0, 0.05) : 1e9);
    }
    clocks_.add(random_.uniform(0.1, 0.4));
    packet_bytes_ = random_.uniform(950, 1'200);
    spread_ = random_.chance(0.5) ? 0.0 : random_.uniform(0.2, 0.8);  // a pacer spreads a frame
    feedback_s_ = random_.uniform(0.04, 0.3);
    key_s_ = random_.chance(0.5) ? random_.uniform(2, 10) : 1e9;
  }

 private:
  static constexpr std::size_t kFeedback = 4;

  struct Camera {
    double target_bps = 0;
    double rate_bps = 0;
    double fps = 30;
    bool screen = false;
    bool on = true;
    double left_to_key = 0;
  };

  void add_phase() override {
    if (!std::exchange(started_, true)) {
      for (int i = 0; i < 3; ++i) {  // connectivity checks, then DTLS
        say(Side::client, random_.uniform(90, 130), 0.005);
        say(Side::server, random_.uniform(70, 110), 0.001);
      }
      say(Side::client, random_.uniform(160, 300), 0.001);
      say(Side::server, random_.uniform(700, 1'150), 0.003);
      say(Side::client, random_.uniform(500, 900), 0.003);
      say(Side::server, random_.uniform(80, 550), 0.003);
      return;
    }
    if (clocks_.now_s() >= length_s_) return;
    const auto [clock, wait_s] = clocks_.next();
    if (clock == kFeedback) {
      clocks_.again(clock, feedback_s_ * random_.uniform(0.6, 1.4));
      say_at(random_.chance(0.5) ? Side::client : Side::server, random_.uniform(40, 140), wait_s);
    } else if (clock >= 2) {
      clocks_.again(clock, voice_.packet_s);
      say_at(static_cast<Side>(clock - 2),
             22 + (voice_.variation > 0 ? draw(voice_.bytes, voice_.variation, 6, 1'100)
                                        : voice_.bytes),
             wait_s);
    } else {
      frame(clock, wait_s);
    }
  }

  void frame(std::size_t side, double wait_s) {
    Camera& camera = cameras_[side];
    const double interval_s = 1 / (camera.screen ? std::min(camera.fps, 8.0) : camera.fps);
    clocks_.again(side, interval_s * random_.uniform(0.92, 1.08));
    if (random_.chance(0.0005)) camera.on = !camera.on;
    camera.rate_bps = random_.chance(0.003) ? camera.rate_bps * 0.6
                                            : std::min(camera.target_bps, camera.rate_bps * 1.01);
    const bool key = (camera.left_to_key -= interval_s) <= 0;
    if (key) camera.left_to_key = key_s_ * random_.uniform(0.7, 1.3);
    const bool changes = !camera.screen || key || random_.chance(0.15);
    if (!camera.on || !changes) {
      say_at(static_cast<Side>(side), random_.uniform(40, 110), wait_s);
      return;
    }
    double bytes = draw(camera.rate_bps / 8 / camera.fps, 0.3, 60, 60'000) * (key ? 5 : 1);
    const double count = std::ceil(bytes / packet_bytes_);
    for (double i = 0; i < count; ++i) {  // RTP splits a frame into even parts
      say_at(static_cast<Side>(side), 30 + bytes / count,
             i == 0 ? wait_s : spread_ * interval_s / count / 4 + 20e-6);
    }
  }

  double length_s_;
  Voice voice_;
  bool started_ = false;
  std::array<Camera, 2> cameras_;
  Clocks clocks_;
  double packet_bytes_;
  double spread_;
  double feedback_s_;
  double key_s_;
};

/// A game with a server that counts in ticks: the client sends its input, the server what has
/// changed in the world, each at its own rate; how much changes depends on what goes on.
class TickGame : public PhasedConversation {
 public:
  TickGame(double length_s, Random random) : PhasedConversation(random), length_s_(length_s) {
    client_hz_ =
        std::array{10.0, 20.0, 30.0, 30.0, 60.0, 60.0, 64.0, 100.0, 128.0}[random_.below(9)];
    server_hz_ = std::array{10.0, 20.0, 20.0, 30.0, 33.0, 60.0, 64.0}[random_.below(7)];
    input_bytes_ = draw(48, 0.4, 12, 180);
    world_bytes_ = draw(160, 0.7, 30, 900);
    variation_ = random_.uniform(0.15, 0.6);
    jitter_ = random_.uniform(0.02, 0.4);  // of a tick: frames are drawn when they are drawn
    clocks_.add(0.02);
    clocks_.add(0.02 + random_.uniform(0, 0.05));
    enter(Phase::lobby);
  }

 private:
  enum class Phase { lobby, playing, fight, dead };

  void add_phase() override {
    if (!std::exchange(started_, true)) {
      say(Side::client, random_.uniform(20, 200), 0.001);
      say(Side::server, random_.uniform(20, 600), 0.005);
      say(Side::client, random_.uniform(20, 400), 0.005);
      for (int i = 0; i < random_.between(1, 12); ++i) {  // the state of the world
        say(Side::server, random_.uniform(400, 1'200), 0.002);
      }
      return;
    }
    if (clocks_.now_s() >= length_s_) return;
    const auto [side, wait_s] = clocks_.next();
    if (clocks_.now_s() > until_s_) change();
    const double hz = side == 0 ? client_hz_ : server_hz_;
    const double slower = phase_ == Phase::lobby ? 4 : 1;
    clocks_.again(side, slower / hz * (1 + jitter_ * (random_.uniform() - 0.5)));
    const double factor = std::array{0.5, 1.0, 2.0, 0.7}[static_cast<std::size_t>(phase_)];
    const double bytes = side == 0
                             ? draw(input_bytes_ * std::min(factor, 1.2), variation_ / 2, 8, 400)
                             : draw(world_bytes_ * factor, variation_, 12, 1'200);
    say_at(static_cast<Side>(side), bytes, wait_s);
  }

  void enter(Phase phase) {
    phase_ = phase;
    const double median_s = std::array{4.0, 20.0, 4.0, 5.0}[static_cast<std::size_t>(phase)];
    until_s_ = clocks_.now_s() + draw(median_s, 0.6, 0.5, 120);
  }

  void change() {
    if (phase_ == Phase::playing) return enter(Phase::fight);
    if (phase_ == Phase::fight) return enter(random_.chance(0.4) ? Phase::dead : Phase::playing);
    enter(Phase::playing);
  }

  double length_s_;
  bool started_ = false;
  double client_hz_;
  double server_hz_;
  double input_bytes_;
  double world_bytes_;
  double variation_;
  double jitter_;
  Clocks clocks_;
  Phase phase_ = Phase::lobby;
  double until_s_ = 0;
};

/// A game over a stream: orders now and then, the world's news in small messages, chat.
class TurnGame : public PhasedConversation {
 public:
  TurnGame(double length_s, Random random) : PhasedConversation(random), length_s_(length_s) {
    order_s_ = draw(0.5, 0.9, 0.05, 8);
    news_s_ = draw(0.25, 0.7, 0.04, 3);
    order_bytes_ = draw(40, 0.5, 12, 220);
    news_bytes_ = draw(90, 0.8, 16, 1'500);
    clocks_.add(0.1);
    clocks_.add(0.1);
  }

 private:
  void add_phase() override {
    if (!std::exchange(started_, true)) {  // login, then the world
      say(Side::client, random_.uniform(80, 500), 0.01);
      say(Side::server, draw(20'000, 1.2, 500, 2e6), 0.03);
      return;
    }
    if (clocks_.now_s() >= length_s_) return;
    const auto [side, wait_s] = clocks_.next();
    clocks_.again(side, random_.exponential(side == 0 ? order_s_ : news_s_));
    say_at(static_cast<Side>(side), draw(side == 0 ? order_bytes_ : news_bytes_, 0.5, 6, 6'000),
           wait_s);
  }

  double length_s_;
  bool started_ = false;
  double order_s_;
  double news_s_;
  double order_bytes_;
  double news_bytes_;
  Clocks clocks_;
};

/// Between the probes of a game's servers, seconds.
double draw_interval(Random& random) {
  return 0.03 * std::pow(10.0, random.uniform());
}

/// Many calls are not answered, dropped, or tried again at once.
double call_length(const SessionContext& context, Random& random) {
  return random.chance(0.4) ? std::max(0.2, context.length_s * random.uniform(0.005, 0.15))
                            : context.length_s;
}

/// What surrounds a call: signalling, candidate pairs that are checked and not used, relays.
void add_call_surroundings(Session& session, double signalling, double probes, double length_s,
                           Random& random) {
  if (random.chance(signalling)) {
    session.push_back({0, Transport::udp, 50, make_signalling(length_s, random.fork())});
  }
  for (unsigned relay = 0; relay < 3 && random.chance(probes); ++relay) {
    const double bytes = random.uniform(40, 160);
    const double interval_s = std::array{0.05, 0.5, 1.0, 2.5, 5.0}[random.below(5)];
    session.push_back({random.uniform(0, 0.2), Transport::udp, 60 + relay,
                       make_probes(bytes, interval_s, length_s, random.fork())});
  }
  const ServiceShape shape{.questions = 2, .question_bytes = 600, .answer_bytes = 700};
  add_services(session, shape, 0.15, length_s, random);
}

}  // namespace

Session plan_audio_call(SessionContext context) {
  Random& random = context.random;
  Session session;
  const double length_s = call_length(context, random);
  auto call = std::make_unique<AudioCall>(length_s, random.fork());
  if (random.chance(0.05)) {  // through a relay over TLS (RFC 8656)
    session.push_back(
        {0, Transport::tcp, 0, encrypted(std::move(call), Transport::tcp, random.fork())});
  } else {
    session.push_back({0, Transport::udp, 0, std::move(call)});
  }
  add_call_surroundings(session, 0.5, 0.25, length_s, random);
  return session;
}

Session plan_video_call(SessionContext context) {
  Random& random = context.random;
  Session session;
  const double length_s = call_length(context, random);
  const bool bundled = random.chance(0.7);  // RFC 9143
  auto call = std::make_unique<VideoCall>(length_s, context.down_bps, context.up_bps, bundled,
                                          random.fork());
  if (random.chance(0.05)) {
    session.push_back(
        {0, Transport::tcp, 0, encrypted(std::move(call), Transport::tcp, random.fork())});
  } else {
    session.push_back({0, Transport::udp, 0, std::move(call)});
  }
  if (!bundled) {
    session.push_back({random.uniform(0, 0.1), Transport::udp, 0,
                       std::make_unique<AudioCall>(length_s, random.fork())});
  }
  add_call_surroundings(session, 0.05, 0.4, length_s, random);
  return session;
}

Session plan_gaming(SessionContext context) {
  Random& random = context.random;
  Session session;
  if (random.chance(0.7)) {
    session.push_back(
        {0, Transport::udp, 0, std::make_unique<TickGame>(context.length_s, random.fork())});
  } else {
    auto game = std::make_unique<TurnGame>(context.length_s, random.fork());
    if (random.chance(0.3)) {
      session.push_back(
          {0, Transport::tcp, 0, encrypted(std::move(game), Transport::tcp, random.fork())});
    } else {
      session.push_back({0, Transport::tcp, 0, std::move(game)});
    }
  }
  for (unsigned site = 0; site < 4 && random.chance(0.5); ++site) {  // which server is nearest
    const double bytes = random.uniform(16, 110);
    session.push_back({random.uniform(0, 0.3), Transport::udp, 60 + site,
                       make_probes(bytes, draw_interval(random), 1.5, random.fork())});
  }
  const ServiceShape shape{.questions = 4,
                           .question_bytes = 90,
                           .answer_bytes = 150,
                           .spread = 1.2,
                           .pause_s = 0.1,
                           .clear = 0.7};
  add_services(session, shape, 0.6, context.length_s, random);
  return session;
}

}  // namespace weir
