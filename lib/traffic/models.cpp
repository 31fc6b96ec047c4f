// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The table of application models, and what they share: handshakes of TLS and QUIC.
#include <array>

#include "models.hpp"

namespace weir {
namespace {

constexpr double kRecordBytes = 16'384;

/// A quarter close at once; others wait as servers and browsers do, for seconds to minutes.
double draw_linger(Random& random) {
  return random.chance(0.25) ? 0 : 3 * std::pow(100.0, random.uniform());
}

class Encrypted : public Conversation {
 public:
  Encrypted(std::unique_ptr<Conversation> inside, Transport transport, Random random)
      : inside_(std::move(inside)), quic_(transport == Transport::quic) {
    linger_s_ = draw_linger(random);
    if (quic_) {
      meet_quic(random);
    } else if (random.chance(0.4)) {
      meet_tls12(random);
    } else {
      meet_tls13(random);
    }
  }

  std::optional<Message> next() override {
    if (at_ < handshake_.size()) return handshake_[at_++];
    std::optional<Message> message = inside_->next();
    if (message && !quic_) {
      const double records = std::ceil(message->bytes / kRecordBytes);
      message->bytes += static_cast<std::uint32_t>(records * record_overhead_);
    }
    return message;
  }

  Side closer() const noexcept override { return inside_->closer(); }
  double linger_s() const noexcept override { return linger_s_; }

 private:
  void say(Side sender, double bytes, double wait_s) {
    handshake_.push_back(
        {sender, static_cast<std::uint32_t>(bytes), std::llround(wait_s * 1e9), Cue::previous});
  }

  /// Half the clients pad their hello to 517 bytes (RFC 7685); a few offer a hybrid key share of
  /// 1.2 kB.
  void hello(Random& random, bool hybrid) {
    const double bytes = hybrid               ? random.uniform(1'600, 1'900)
                         : random.chance(0.5) ? 517
                                              : random.uniform(180, 600);
    say(Side::client, bytes, random.uniform(50e-6, 2e-3));
  }

  /// RFC 8446, 2: one round trip. A third resume a session, which spares the certificates.
  void meet_tls13(Random& random) {
    const bool hybrid = random.chance(0.2);
    hello(random, hybrid);
    const double certificates = random.chance(0.33) ? 0 : random.uniform(1'900, 4'800);
    say(Side::server, (hybrid ? 1'210 : 127) + random.uniform(60, 120) + certificates,
        service_s(random));
    say(Side::client, random.uniform(64, 90), random.uniform(100e-6, 3e-3));
    if (random.chance(0.7)) say(Side::server, random.uniform(230, 570), 50e-6);  // tickets
  }

  /// RFC 5246, 7.3: two round trips, one where a session is resumed.
  void meet_tls12(Random& random) {
    record_overhead_ = 29;  // header 5, explicit nonce 8, tag 16
    hello(random, false);
    if (random.chance(0.3)) {
      say(Side::server, random.uniform(130, 160), service_s(random));
      say(Side::client, 51, random.uniform(100e-6, 2e-3));
      return;
    }
    say(Side::server, random.uniform(2'200, 5'000), service_s(random));
    say(Side::client, random.chance(0.7) ? random.uniform(93, 158) : random.uniform(318, 350),
        random.uniform(300e-6, 10e-3));  // key exchange over a curve, or RSA
    say(Side::server, random.chance(0.6) ? random.uniform(226, 290) : 51, service_s(random));
  }

  /// RFC 9001: first datagrams of either side padded to what its stack takes for a datagram.
  void meet_quic(Random& random) {
    const double datagram =
        std::array{1'200.0, 1'222.0, 1'250.0, 1'320.0, 1'320.0}[random.below(5)];
    const bool resumed = random.chance(0.33);
    say(Side::client, datagram * (random.chance(0.2) ? 2 : 1), random.uniform(50e-6, 2e-3));
    say(Side::server, resumed ? datagram : std::max(datagram, random.uniform(2'000, 4'500)),
        service_s(random));
    say(Side::client, random.uniform(64, 90), random.uniform(100e-6, 3e-3));
    if (random.chance(0.7)) say(Side::server, random.uniform(230, 570), 50e-6);
  }

  static double service_s(Random& random) { return random.log_normal(2e-3, 0.7); }

  std::unique_ptr<Conversation> inside_;
  bool quic_;
  double record_overhead_ = 22;  // header 5, type 1, tag 16
  double linger_s_ = 0;
  std::vector<Message> handshake_;
  std::size_t at_ = 0;
};

}  // namespace

const std::vector<ApplicationModel>& application_models() {
  static const std::vector<ApplicationModel> models{
      {"video-streaming", "Video Streaming", 90, 0.9, plan_video_streaming},
      {"audio-call", "Audio Calls", 60, 0.8, plan_audio_call},
      {"video-call", "Video Calls", 60, 0.8, plan_video_call},
      {"gaming", "Gaming", 90, 0.8, plan_gaming},
      {"video-upload", "Video Uploads", 45, 0.9, plan_video_upload},
      {"browsing", "Browsing", 40, 0.9, plan_browsing},
      {"texting", "Texting", 90, 0.9, plan_texting},
      {"voip", "VoIP", 30, 0.7, plan_voip},
      {"ftp", "FTP", 10, 0.5, plan_ftp},
      {"http", "HTTP", 10, 0.5, plan_http},
      {"download", "Download", 20, 0.8, plan_download},
      {"dns", "DNS", 1, 0.5, plan_dns},
      {"ntp", "NTP", 1, 0.5, plan_ntp},
      {"ssh", "SSH", 90, 1.0, plan_ssh},
      {"mail", "Mail", 10, 0.8, plan_mail},
      {"update", "Software Update", 30, 0.8, plan_update},
      {"torrent", "Torrent", 60, 0.8, plan_torrent},
  };
  return models;
}

const ApplicationModel* find_model(std::string_view name) {
  const auto& models = application_models();
  const auto found = std::ranges::find(models, name, &ApplicationModel::name);
  return found == models.end() ? nullptr : &*found;
}

std::unique_ptr<Conversation> encrypted(std::unique_ptr<Conversation> inside, Transport transport,
                                        Random random) {
  return std::make_unique<Encrypted>(std::move(inside), transport, random);
}

}  // namespace weir
