// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The application models of scenarios: what a user does with an application for a while, as flows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/base/random.hpp"
#include "weir/base/units.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

/// A conversation made of phases (a login, a video segment, a spurt of talk), each a few messages,
/// drawn one by one so that a long one takes no more memory than a short one.
class PhasedConversation : public Conversation {
 public:
  explicit PhasedConversation(Random random) : random_(random) {}

  std::optional<Message> next() final {
    if (pending_.empty()) add_phase();
    if (pending_.empty()) return std::nullopt;
    const Message message = pending_.front();
    pending_.pop_front();
    return message;
  }

 protected:
  /// Calls say() or say_at() for each message of the next phase, or not at all at the end.
  virtual void add_phase() = 0;

  /// A message `wait_s` after the one before was sent or, a reply, has arrived.
  void say(Side sender, double bytes, double wait_s) { push(sender, bytes, wait_s, Cue::previous); }

  /// A message `wait_s` after the one before was due.
  void say_at(Side sender, double bytes, double wait_s) { push(sender, bytes, wait_s, Cue::clock); }

  /// Log-normal, kept in [low, high].
  double draw(double median, double sigma, double low, double high) {
    return std::clamp(random_.log_normal(median, sigma), low, high);
  }

  Random random_;

 private:
  void push(Side sender, double bytes, double wait_s, Cue cue) {
    pending_.push_back({sender, static_cast<std::uint32_t>(std::max(1L, std::lround(bytes))),
                        std::llround(wait_s * static_cast<double>(kNanosPerSecond)), cue});
  }

  std::deque<Message> pending_;
};

/// What an application may know of the user and the network when a session begins.
struct SessionContext {
  double length_s = 0;  ///< how long the user stays; models draw around it
  double down_bps = 0;  ///< of the user's link: players adapt to it
  double up_bps = 0;
  Random random;
};

/// A flow of a session.
struct SessionFlow {
  double after_s = 0;  ///< since the start of the session
  Transport transport = Transport::tcp;
  unsigned server = 0;  ///< flows of a session with the same number go to the same server
  std::unique_ptr<Conversation> conversation;
};

using Session = std::vector<SessionFlow>;

/// An application model.
struct ApplicationModel {
  std::string_view name;   ///< in scenario files: "video-streaming"
  std::string_view label;  ///< class in the ground truth: "Video Streaming"
  double median_s;         ///< of a session's length, log-normal
  double sigma;
  Session (*plan)(SessionContext context);
};

/// All models, in the order of the documentation.
const std::vector<ApplicationModel>& application_models();

/// Null where there is none of this name.
const ApplicationModel* find_model(std::string_view name);

// Each is described in docs/traffic.md, with the sources of its numbers.
Session plan_video_streaming(SessionContext context);
Session plan_audio_call(SessionContext context);
Session plan_video_call(SessionContext context);
Session plan_gaming(SessionContext context);
Session plan_video_upload(SessionContext context);
Session plan_browsing(SessionContext context);
Session plan_texting(SessionContext context);
Session plan_voip(SessionContext context);
Session plan_ftp(SessionContext context);
Session plan_http(SessionContext context);
Session plan_download(SessionContext context);
Session plan_dns(SessionContext context);
Session plan_ntp(SessionContext context);
Session plan_ssh(SessionContext context);
Session plan_mail(SessionContext context);
Session plan_update(SessionContext context);
Session plan_torrent(SessionContext context);

/// Puts the handshake of TLS 1.3 (RFC 8446), or of QUIC (RFC 9001) with its padded first datagram,
/// in front of a conversation, and the overhead of records on its messages: 22 bytes for each
/// 16 KiB over TCP (over QUIC the transport counts it).
std::unique_ptr<Conversation> encrypted(std::unique_ptr<Conversation> inside, Transport transport,
                                        Random random);

/// Conversations of the lab (ftp.cpp, http.cpp) and of calls at a fixed rate (voip.cpp).
std::unique_ptr<Conversation> make_file_session(Random random);
std::unique_ptr<Conversation> make_web_connection(Random random);
std::unique_ptr<Conversation> make_call(std::int64_t datagrams, std::uint32_t pps, Random random);

}  // namespace weir
