// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The table of application models, and what they share: handshakes of TLS and QUIC.
#include "models.hpp"

namespace weir {
namespace {

constexpr double kRecordBytes = 16'384;
constexpr double kRecordOverhead = 22;  // header 5, type 1, tag 16

class Encrypted : public Conversation {
 public:
  Encrypted(std::unique_ptr<Conversation> inside, Transport transport, Random random)
      : inside_(std::move(inside)), quic_(transport == Transport::quic) {
    const auto bytes = [&random](double low, double high) {
      return static_cast<std::uint32_t>(random.uniform(low, high));
    };
    // A quarter of the clients offer a hybrid key share of 1.2 kB; a third resume a session, which
    // spares the certificates.
    const bool hybrid = random.chance(0.25);
    const bool resumed = random.chance(0.33);
    const std::int64_t service_ns = std::llround(random.log_normal(2e-3, 0.7) * 1e9);
    std::uint32_t hello = hybrid ? bytes(1'600, 1'900) : bytes(230, 620);
    if (quic_) hello = hybrid ? 2'400 : 1'200;
    const std::uint32_t certificates = resumed ? 0 : bytes(1'900, 4'800);
    const std::uint32_t answer = (hybrid ? 1'210U : 127U) + bytes(60, 120) + certificates;
    handshake_ = {{Side::client, hello, std::llround(random.uniform(50e3, 2e6))},
                  {Side::server, quic_ ? std::max(answer, 1'200U) : answer, service_ns},
                  {Side::client, bytes(64, 90), std::llround(random.uniform(100e3, 3e6))}};
    if (random.chance(0.7)) {  // session tickets
      handshake_.push_back({Side::server, bytes(230, 570), 50'000});
    }
  }

  std::optional<Message> next() override {
    if (at_ < handshake_.size()) return handshake_[at_++];
    std::optional<Message> message = inside_->next();
    if (message && !quic_) {
      const double records = std::ceil(message->bytes / kRecordBytes);
      message->bytes += static_cast<std::uint32_t>(records * kRecordOverhead);
    }
    return message;
  }

  Side closer() const noexcept override { return inside_->closer(); }

 private:
  std::unique_ptr<Conversation> inside_;
  bool quic_;
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
