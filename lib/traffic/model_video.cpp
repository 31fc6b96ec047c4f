// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Video from and to servers: streaming and uploads.
#include <array>

#include "model_service.hpp"

namespace weir {
namespace {

/// Bit rates that players choose from, bits per second (HLS authoring guide, YouTube's ladder).
constexpr std::array<double, 9> kLadder{145e3, 365e3, 730e3, 1.1e6, 2.0e6,
                                        3.0e6, 4.5e6, 6.0e6, 7.8e6};

/// The highest rung that a link of this rate carries with some room.
std::size_t rung_for(double bits_per_second) {
  std::size_t rung = 0;
  while (rung + 1 < kLadder.size() && kLadder[rung + 1] < 0.7 * bits_per_second) ++rung;
  return rung;
}

/// Adaptive streaming over HTTP: the player asks for one segment after another, as fast as it can
/// until its buffer is full, then one for each that was played; the quality goes up and down.
class SegmentedVideo : public PhasedConversation {
 public:
  SegmentedVideo(const SessionContext& context, bool audio, Random random)
      : PhasedConversation(random), audio_(audio), left_s_(context.length_s) {
    top_ = std::min(rung_for(context.down_bps), static_cast<std::size_t>(random_.below(9)));
    rung_ = audio ? 0 : random_.below(top_ + 1);
    segment_s_ = std::array{1.0, 2.0, 2.0, 4.0, 4.0, 5.0, 6.0, 10.0}[random_.below(8)];
    buffer_s_ = random_.uniform(8, 45);
    variation_ = random_.uniform(0.1, 0.45);
    request_bytes_ = random_.uniform(250, 1'100);
    service_s_ = draw(0.015, 0.8, 0.001, 0.3);
    audio_bps_ = std::array{32e3, 64e3, 96e3, 128e3, 192e3}[random_.below(5)];
    playlists_ = !audio && random_.chance(0.4);
  }

 private:
  void add_phase() override {
    if (left_s_ <= 0) return;
    if (!std::exchange(started_, true)) ask(draw(4'000, 1.0, 400, 60'000), 0.001);  // manifest
    const bool filling = ahead_s_ < buffer_s_;
    // Once the buffer is full, a segment is asked for when one has been played.
    const double pause_s =
        filling ? random_.exponential(0.01) : segment_s_ * random_.uniform(0.75, 1.0);
    if (!filling) ahead_s_ -= segment_s_;
    if (playlists_ && !filling && random_.chance(0.5)) {
      ask(random_.uniform(400, 1'500), random_.exponential(0.1));
    }
    const double bits = audio_ ? audio_bps_ : kLadder[rung_];
    ask(draw(bits * segment_s_ / 8, variation_, 2'000, 12e6), pause_s);
    ahead_s_ += segment_s_;
    left_s_ -= segment_s_;
    if (!audio_ && random_.chance(0.3)) rung_ = rung_ < top_ ? rung_ + 1 : rung_;
    if (!audio_ && random_.chance(0.08)) rung_ = rung_ > 0 ? rung_ - 1 : rung_;
  }

  void ask(double response_bytes, double pause_s) {
    say(Side::client, draw(request_bytes_, 0.1, 120, 2'000), pause_s);
    say(Side::server, response_bytes, draw(service_s_, 0.5, 3e-4, 1.0));
  }

  bool audio_;
  double left_s_;
  bool started_ = false;
  std::size_t top_ = 0;
  std::size_t rung_ = 0;
  double segment_s_;
  double buffer_s_;
  double ahead_s_ = 0;
  double variation_;
  double request_bytes_;
  double service_s_;
  double audio_bps_;
  bool playlists_;
};

/// A server that paces: a burst that fills the buffer, then blocks at a little more than the
/// video's rate (Rao et al., CoNEXT 2011: short on-off cycles of 64 kB to 2 MB).
class PacedVideo : public PhasedConversation {
 public:
  PacedVideo(const SessionContext& context, Random random)
      : PhasedConversation(random), left_s_(context.length_s) {
    rate_bps_ = kLadder[1 + random_.below(std::max<std::size_t>(1, rung_for(context.down_bps)))];
    block_bytes_ = std::array{16e3, 64e3, 64e3, 256e3, 1e6}[random_.below(5)];
    burst_s_ = random_.uniform(3, 25);
    speed_ = random_.uniform(1.0, 1.4);
  }

  Side closer() const noexcept override { return Side::server; }

 private:
  void add_phase() override {
    if (left_s_ <= 0) return;
    if (burst_s_ > 0) {
      say(Side::client, random_.uniform(300, 1'500), 0.001);
      say(Side::server, rate_bps_ * burst_s_ / 8, draw(0.03, 0.7, 0.003, 0.5));
      left_s_ -= burst_s_;
      burst_s_ = 0;
      return;
    }
    const double played_s = block_bytes_ * 8 / rate_bps_;
    say(Side::server, block_bytes_, played_s / speed_ * random_.uniform(0.8, 1.2));
    left_s_ -= played_s;
  }

  double left_s_;
  double rate_bps_;
  double block_bytes_;
  double burst_s_;
  double speed_;
};

/// Frames of an encoder, one after another: groups of pictures with a large first frame, sizes
/// log-normal around the rate; `sender` has the camera.
class FrameStream : public PhasedConversation {
 public:
  FrameStream(Side sender, double bits_per_second, double length_s, Random random)
      : PhasedConversation(random), sender_(sender), left_s_(length_s) {
    fps_ = std::array{24.0, 25.0, 30.0, 30.0, 50.0, 60.0}[random_.below(6)];
    group_ = std::max(2L, std::lround(fps_ * random_.uniform(1, 5)));
    key_ratio_ = random_.uniform(3, 10);
    const auto group = static_cast<double>(group_);
    frame_bytes_ = bits_per_second / 8 / fps_ * group / (group - 1 + key_ratio_);
    variation_ = random_.uniform(0.15, 0.5);
    audio_bytes_ = random_.chance(0.85) ? random_.uniform(100, 420) : 0;
    report_s_ = random_.uniform(0.5, 10);
  }

 private:
  void add_phase() override {
    if (left_s_ <= 0) return;
    if (!std::exchange(started_, true)) {  // connect, create, publish and their answers
      for (int i = 0; i < 3; ++i) {
        say(Side::client, random_.uniform(60, 350), random_.uniform(0.001, 0.02));
        say(Side::server, random_.uniform(40, 300), random_.uniform(0.001, 0.02));
      }
      say(sender_, 200, 0.01);
    }
    const bool key = frame_++ % group_ == 0;
    const double interval_s = 1 / fps_;
    const double median = key ? frame_bytes_ * key_ratio_ : frame_bytes_;
    say_at(sender_, draw(median, variation_, 60, 600'000), interval_s * random_.uniform(0.9, 1.1));
    if (audio_bytes_ > 0 && (audio_s_ += interval_s) >= 0.0232) {
      audio_s_ -= 0.0232;  // a frame of AAC at 44.1 kHz
      say_at(sender_, draw(audio_bytes_, 0.2, 20, 900), 0);
    }
    if ((since_report_s_ += interval_s) > report_s_) {
      since_report_s_ = 0;
      say_at(other(sender_), random_.uniform(16, 120), 0.0005);
    }
    left_s_ -= interval_s;
  }

  Side sender_;
  double left_s_;
  bool started_ = false;
  double fps_;
  long group_;
  long frame_ = 0;
  double key_ratio_;
  double frame_bytes_;
  double variation_;
  double audio_bytes_;
  double audio_s_ = 0;
  double report_s_;
  double since_report_s_ = 0;
};

/// A transport stream in datagrams of seven packets of 188 bytes (SRT, RTP): paced at the rate with
/// bursts for large frames; the receiver's reports come back as fast as the protocol wants them.
class DatagramVideo : public PhasedConversation {
 public:
  DatagramVideo(Side sender, double bits_per_second, double length_s, Random random)
      : PhasedConversation(random), sender_(sender), left_s_(length_s), rate_(bits_per_second) {
    bytes_ = random_.chance(0.7) ? 1'316 : random_.uniform(900, 1'200);
    header_ = random_.chance(0.6) ? 16 : 12;  // SRT or RTP
    fps_ = std::array{24.0, 25.0, 30.0, 50.0}[random_.below(4)];
    report_s_ = header_ == 16 ? 0.01 : random_.uniform(0.2, 5);
    spread_ = random_.uniform(0.1, 0.9);
  }

 private:
  void add_phase() override {
    if (left_s_ <= 0) return;
    if (!std::exchange(started_, true)) {
      for (int i = 0; i < 2; ++i) {
        say(Side::client, random_.uniform(64, 120), 0.001);
        say(Side::server, random_.uniform(64, 120), 0.001);
      }
    }
    const double interval_s = 1 / fps_;
    const bool key = random_.chance(0.02);
    const double frame = draw(rate_ / 8 / fps_, 0.35, 100, 80'000) * (key ? 4 : 1);
    const double count = std::ceil(frame / bytes_);
    for (double i = 0; i < count; ++i) {
      const double last = frame - (count - 1) * bytes_;
      const bool whole = i + 1 < count || bytes_ == 1'316;
      say_at(sender_, header_ + (whole ? bytes_ : last),
             i == 0 ? interval_s * (1 - spread_) : interval_s * spread_ / count);
      report(interval_s / count);
    }
    left_s_ -= interval_s;
  }

  void report(double passed_s) {
    if ((since_report_s_ += passed_s) < report_s_) return;
    since_report_s_ = 0;
    say_at(other(sender_), header_ == 16 ? 44 : random_.uniform(48, 90), 0);
  }

  Side sender_;
  double left_s_;
  double rate_;
  bool started_ = false;
  double bytes_;
  double header_;
  double fps_;
  double report_s_;
  double since_report_s_ = 0;
  double spread_;
};

/// A recorded video sent to a server: a request, then pieces, each answered; the last answer comes
/// when the server has stored it all.
class FileUpload : public PhasedConversation {
 public:
  FileUpload(const SessionContext& context, Random random) : PhasedConversation(random) {
    left_ = draw(std::min(context.up_bps / 8 * context.length_s * 0.6, 60e6), 0.8, 300e3, 200e6);
    piece_ = std::array{256e3, 1e6, 4e6, 8e6, 1e9}[random_.below(5)];
    service_s_ = draw(0.05, 0.8, 0.005, 1.0);
  }

 private:
  void add_phase() override {
    if (left_ <= 0) return;
    if (!std::exchange(started_, true)) {
      say(Side::client, random_.uniform(600, 2'500), 0.002);
      say(Side::server, random_.uniform(200, 900), draw(service_s_, 0.5, 0.003, 2));
    }
    double piece = std::min(left_, piece_);
    left_ -= piece;
    say(Side::client, random_.uniform(300, 900), random_.exponential(0.03));
    for (double sent = 0; sent < piece; sent += 256e3) {  // as it is read from the disk
      say(Side::client, std::min(256e3, piece - sent), 0.0005);
    }
    say(Side::server, random_.uniform(150, 700), draw(service_s_, 0.5, 0.003, 2));
  }

  bool started_ = false;
  double left_;
  double piece_;
  double service_s_;
};

Transport web_transport(Random& random, double quic) {
  return random.chance(quic) ? Transport::quic : Transport::tcp;
}

template <typename C, typename... Arguments>
SessionFlow secure_flow(double after_s, Transport transport, unsigned server, Random& random,
                        Arguments&&... arguments) {
  auto inside = std::make_unique<C>(std::forward<Arguments>(arguments)..., random.fork());
  return {after_s, transport, server, encrypted(std::move(inside), transport, random.fork())};
}

/// Catalogues, licences, pictures, the first seconds of what is not watched.
constexpr ServiceShape kVideoService{.questions = 2,
                                     .question_bytes = 700,
                                     .answer_bytes = 6'000,
                                     .spread = 1.2,
                                     .pause_s = 0.5,
                                     .clear = 0.25,
                                     .quic = 0.2};

}  // namespace

Session plan_video_streaming(SessionContext context) {
  Random& random = context.random;
  Session session;
  const double kind = random.uniform();
  if (kind < 0.5) {  // segments, the sound in a connection of its own or with the picture
    const Transport transport = web_transport(random, 0.4);
    session.push_back(secure_flow<SegmentedVideo>(0, transport, 0, random, context, false));
    if (random.chance(0.4)) {
      session.push_back(secure_flow<SegmentedVideo>(random.uniform(0.01, 0.3), transport, 0, random,
                                                    context, true));
    }
  } else if (kind < 0.6) {  // from caches inside networks, in the clear
    session.push_back(
        {0, Transport::tcp, 0, std::make_unique<SegmentedVideo>(context, false, random.fork())});
  } else if (kind < 0.8) {
    const Transport transport = web_transport(random, 0.4);
    session.push_back(secure_flow<PacedVideo>(0, transport, 0, random, context));
  } else {
    const double rate = kLadder[random.below(rung_for(context.down_bps) + 1)];
    if (random.chance(0.3)) {  // live: frames as they come from the camera
      session.push_back(secure_flow<FrameStream>(0, Transport::tcp, 0, random, Side::server, rate,
                                                 context.length_s));
    } else if (random.chance(0.5)) {  // RTSP with the packets in the same connection (RFC 7826, 14)
      session.push_back(
          {0, Transport::tcp, 0,
           std::make_unique<FrameStream>(Side::server, rate, context.length_s, random.fork())});
    } else {
      session.push_back(
          {0, Transport::udp, 0,
           std::make_unique<DatagramVideo>(Side::server, rate, context.length_s, random.fork())});
    }
  }
  add_services(session, kVideoService, 2, context.length_s, random);
  return session;
}

Session plan_video_upload(SessionContext context) {
  Random& random = context.random;
  const double rate = kLadder[random.below(rung_for(context.up_bps) + 1)];
  const double kind = random.uniform();
  Session session;
  if (kind < 0.35) {
    session.push_back(secure_flow<FrameStream>(0, Transport::tcp, 0, random, Side::client, rate,
                                               context.length_s));
  } else if (kind < 0.6) {
    session.push_back(
        {0, Transport::udp, 0,
         std::make_unique<DatagramVideo>(Side::client, rate, context.length_s, random.fork())});
  } else {
    const Transport transport = web_transport(random, 0.3);
    session.push_back(secure_flow<FileUpload>(0, transport, 0, random, context));
  }
  return session;
}

}  // namespace weir
