// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What people read and write: browsing, texting, mail, and transfers of files.
#include <array>

#include "model_service.hpp"

namespace weir {
namespace {

/// When a page is asked for and how much of it a connection fetches.
struct PageVisit {
  double at_s = 0;
  int objects = 0;
};

/// A browser's connection to a host of a site: for each page its objects, one after another or
/// several at once (HTTP/2, HTTP/3), as large as objects are: most small, a few large (HTTP
/// Archive: 70 requests and 2.3 MB a page at the median).
class BrowserConnection : public PhasedConversation {
 public:
  BrowserConnection(std::vector<PageVisit> visits, Random random)
      : PhasedConversation(random), visits_(std::move(visits)) {
    request_bytes_ = draw(420, 0.5, 90, 1'800);
    object_bytes_ = draw(9'000, 0.8, 700, 90'000);
    spread_ = random_.uniform(0.8, 1.7);
    service_s_ = draw(0.02, 0.9, 0.0008, 0.4);
    multiplexed_ = random_.chance(0.6);
    keep_alive_s_ = random_.chance(0.3) ? random_.uniform(10, 45) : 0;
  }

  Side closer() const noexcept override { return keep_alive_s_ > 0 ? Side::server : Side::client; }

 private:
  void add_phase() override {
    while (visit_ < visits_.size() && visits_[visit_].objects == 0) ++visit_;
    if (visit_ == visits_.size()) return;
    PageVisit& page = visits_[visit_];
    double pause_s = random_.exponential(0.03);
    if (page.at_s > 0) pause_s = page.at_s;  // the reader's think time
    page.at_s = 0;
    const int batch = multiplexed_ ? static_cast<int>(random_.between(1, page.objects)) : 1;
    page.objects -= batch;
    for (int i = 0; i < batch; ++i) {
      say(Side::client, draw(request_bytes_, 0.35, 40, 3'000), i == 0 ? pause_s : 0.0005);
    }
    for (int i = 0; i < batch; ++i) {
      const bool unchanged = random_.chance(0.12);  // 304
      say(Side::server,
          unchanged ? random_.uniform(80, 300) : draw(object_bytes_, spread_, 120, 4e6),
          i == 0 ? draw(service_s_, 0.6, 3e-4, 2) : random_.exponential(0.004));
    }
  }

  std::vector<PageVisit> visits_;
  std::size_t visit_ = 0;
  double request_bytes_;
  double object_bytes_;
  double spread_;
  double service_s_;
  bool multiplexed_;
  double keep_alive_s_;
};

/// A messenger's connection: both people type (indicators), send, are acknowledged; pictures and
/// voice messages come as bursts; a heartbeat when nothing happens.
class Chat : public PhasedConversation {
 public:
  /// `own_keys`: encrypts by itself, without TLS.
  Chat(double length_s, bool own_keys, Random random)
      : PhasedConversation(random), own_keys_(own_keys), left_s_(length_s) {
    text_bytes_ = draw(190, 0.5, 60, 900);
    signal_bytes_ = draw(75, 0.3, 30, 220);
    think_s_ = draw(5, 0.7, 0.6, 40);
    typing_s_ = draw(2.5, 0.6, 0.4, 15);
    indicator_s_ = random_.chance(0.7) ? random_.uniform(1.5, 6) : 1e9;
    heartbeat_s_ = random_.uniform(15, 120);
    media_ = random_.chance(0.6) ? random_.uniform(0.02, 0.2) : 0;
    receipts_ = random_.chance(0.8);
  }

 private:
  void add_phase() override {
    if (left_s_ <= 0) return;
    if (!std::exchange(started_, true)) return log_in();
    const double pause_s = random_.exponential(think_s_);
    if (pause_s > heartbeat_s_) {
      pass(heartbeat_s_);
      say(Side::client, signal_bytes_ * 0.6, heartbeat_s_);
      say(Side::server, signal_bytes_ * 0.6, 0.002);
      return;
    }
    pass(pause_s);
    const Side sender = random_.chance(0.5) ? Side::client : Side::server;
    double typing_s = random_.exponential(typing_s_);
    pass(typing_s);
    double wait_s = pause_s;
    for (; typing_s > indicator_s_; typing_s -= indicator_s_) {
      say(sender, draw(signal_bytes_, 0.2, 20, 300), wait_s);
      wait_s = indicator_s_;
    }
    if (random_.chance(media_)) return media(sender, wait_s + typing_s);
    say(sender, draw(text_bytes_, 0.45, 40, 4'000), wait_s + typing_s);
    acknowledge(sender);
  }

  /// Keys are agreed on (Noise, MTProto) where TLS has not done so; contacts, what was missed.
  void log_in() {
    if (own_keys_) {
      say(Side::client, draw(110, 0.6, 30, 400), 0.005);
      say(Side::server, draw(120, 0.6, 30, 500), 0.01);
    }
    say(Side::client, draw(220, 0.8, 30, 900), 0.005);
    say(Side::server, draw(900, 1.3, 40, 60'000), 0.03);
  }

  void media(Side sender, double wait_s) {
    const double bytes = draw(random_.chance(0.3) ? 25e3 : 180e3, 0.9, 4e3, 6e6);
    say(sender, draw(text_bytes_ * 1.5, 0.3, 80, 2'000), wait_s);
    say(other(sender), signal_bytes_, 0.01);
    for (double sent = 0; sent < bytes; sent += 64e3) {
      say(sender, std::min(64e3, bytes - sent), 0.002);
    }
    acknowledge(sender);
  }

  void acknowledge(Side sender) {
    say(other(sender), draw(signal_bytes_, 0.2, 20, 300), random_.exponential(0.02));
    if (receipts_ && random_.chance(0.7)) {  // it was delivered, it was read
      say(other(sender), draw(signal_bytes_, 0.2, 20, 300), random_.exponential(1.5));
    }
  }

  void pass(double seconds) { left_s_ -= seconds; }

  bool own_keys_;
  double left_s_;
  bool started_ = false;
  double text_bytes_;
  double signal_bytes_;
  double think_s_;
  double typing_s_;
  double indicator_s_;
  double heartbeat_s_;
  double media_;
  bool receipts_;
};

/// Mail over SMTP or IMAP inside TLS: a dialogue of short lines, then messages up or down.
class MailSession : public PhasedConversation {
 public:
  explicit MailSession(Random random) : PhasedConversation(random) {
    sends_ = random_.chance(0.35);
    messages_ = random_.between(0, sends_ ? 2 : 8) + (sends_ ? 1 : 0);
    lines_ = random_.between(2, 6);
    service_s_ = draw(0.02, 0.8, 0.002, 0.5);
  }

 private:
  void add_phase() override {
    if (lines_ > 0) {
      if (!std::exchange(greeted_, true)) say(Side::server, random_.uniform(40, 150), 0.01);
      --lines_;
      return line(15, 90, 20, 350);
    }
    if (messages_ > 0) {
      --messages_;
      line(20, 80, 20, 200);
      const double bytes = draw(18e3, 1.5, 900, 12e6);
      say(sends_ ? Side::client : Side::server, bytes, draw(service_s_, 0.5, 1e-3, 1));
      if (sends_) say(Side::server, random_.uniform(30, 110), draw(service_s_, 0.5, 1e-3, 2));
      return;
    }
    if (!std::exchange(over_, true)) line(6, 14, 12, 70);
  }

  void line(double low, double high, double reply_low, double reply_high) {
    say(Side::client, random_.uniform(low, high), random_.exponential(0.01));
    say(Side::server, random_.uniform(reply_low, reply_high), draw(service_s_, 0.5, 1e-3, 1));
  }

  bool sends_;
  std::int64_t messages_;
  std::int64_t lines_;
  double service_s_;
  bool greeted_ = false;
  bool over_ = false;
};

/// Large files from a server, one after another on the same connection.
class BulkDownload : public PhasedConversation {
 public:
  BulkDownload(double median_bytes, std::int64_t files, Random random)
      : PhasedConversation(random), files_(files), median_bytes_(median_bytes) {
    block_bytes_ = std::array{32e3, 64e3, 256e3, 1e6}[random_.below(4)];
  }

 private:
  void add_phase() override {
    if (left_ > 0) {
      const double block = std::min(left_, block_bytes_);
      left_ -= block;
      return say(Side::server, block, 0.0002);
    }
    if (files_-- <= 0) return;
    left_ = draw(median_bytes_, 1.2, 3e3, 300e6);
    say(Side::client, random_.uniform(120, 700), random_.exponential(0.05));
    say(Side::server, random_.uniform(200, 600), draw(0.02, 0.7, 1e-3, 0.5));
  }

  std::int64_t files_;
  double median_bytes_;
  double block_bytes_;
  double left_ = 0;
};

Transport web_transport(Random& random, double quic) {
  return random.chance(quic) ? Transport::quic : Transport::tcp;
}

Session one_secure_flow(std::unique_ptr<Conversation> inside, Transport transport, Random& random) {
  Session session;
  session.push_back({0, transport, 0, encrypted(std::move(inside), transport, random.fork())});
  return session;
}

}  // namespace

/// The reader looks at one page after another; a page's objects come over several connections to
/// several hosts, the first of which carries the page itself and most of the others.
Session plan_browsing(SessionContext context) {
  Random& random = context.random;
  Session session;
  const double think_s = std::clamp(random.log_normal(8, 0.8), 0.8, 60.0);
  const double page_objects = std::clamp(random.log_normal(18, 0.7), 1.0, 120.0);
  const auto connections = static_cast<unsigned>(random.between(1, 5));
  std::vector<double> pauses{0};  // before each page
  for (double at_s = 0; (at_s += 0.3 + random.exponential(think_s)) < context.length_s;) {
    pauses.push_back(at_s);
  }
  for (unsigned c = 0; c < connections; ++c) {
    std::vector<PageVisit> visits;
    double last_s = 0;
    double first_s = -1;
    for (const double page_s : pauses) {
      const double wanted =
          page_objects * random.uniform(0.3, 1.7) * (c == 0 ? 0.5 : 0.5 / connections);
      const int objects = static_cast<int>(std::lround(wanted)) + (c == 0 ? 1 : 0);
      if (objects == 0 || (c > 0 && random.chance(0.25))) continue;
      if (first_s < 0) {
        first_s = page_s;
        visits.push_back({0, objects});
      } else {
        visits.push_back({page_s - last_s, objects});
      }
      last_s = page_s;
    }
    if (visits.empty()) continue;
    const Transport transport = web_transport(random, 0.35);
    auto inside = std::make_unique<BrowserConnection>(std::move(visits), random.fork());
    const double found_s = c == 0 ? 0 : random.uniform(0.05, 0.8);  // in the page
    session.push_back({first_s + found_s, transport, c < 2 ? 0 : c,
                       encrypted(std::move(inside), transport, random.fork())});
  }
  // Hosts of others that a page takes an object or two from: a dozen (HTTP Archive), here those
  // that were not connected to before.
  const ServiceShape shape{.questions = 1.5,
                           .question_bytes = 500,
                           .answer_bytes = 3'500,
                           .spread = 1.2,
                           .pause_s = 0.05,
                           .clear = 0.2,
                           .quic = 0.05};
  add_services(session, shape, std::clamp(random.log_normal(6, 0.8), 0.5, 40.0),
               std::min(context.length_s, 3.0), random);
  return session;
}

Session plan_texting(SessionContext context) {
  Random& random = context.random;
  const bool own_keys = random.chance(0.5);
  auto chat = std::make_unique<Chat>(context.length_s, own_keys, random.fork());
  Session session;
  if (own_keys) {
    session.push_back({0, Transport::tcp, 0, std::move(chat)});
  } else {
    session = one_secure_flow(std::move(chat), web_transport(random, 0.1), random);
  }
  const ServiceShape shape{
      .questions = 2, .question_bytes = 350, .answer_bytes = 600, .pause_s = 2, .clear = 0.3};
  add_services(session, shape, 0.8, context.length_s, random);
  return session;
}

Session plan_mail(SessionContext context) {
  Random& random = context.random;
  return one_secure_flow(std::make_unique<MailSession>(random.fork()), Transport::tcp, random);
}

Session plan_download(SessionContext context) {
  Random& random = context.random;
  const double bytes = std::min(8e6, context.down_bps / 8 * context.length_s * 0.3);
  return one_secure_flow(std::make_unique<BulkDownload>(bytes, random.between(1, 3), random.fork()),
                         web_transport(random, 0.2), random);
}

Session plan_update(SessionContext context) {
  Random& random = context.random;
  const double bytes = std::min(1.5e6, context.down_bps / 8 * context.length_s * 0.1);
  return one_secure_flow(
      std::make_unique<BulkDownload>(bytes, random.between(2, 30), random.fork()), Transport::tcp,
      random);
}

Session plan_ftp(SessionContext context) {
  Session session;
  session.push_back({0, Transport::tcp, 0, make_file_session(context.random.fork())});
  return session;
}

Session plan_http(SessionContext context) {
  Session session;
  session.push_back({0, Transport::tcp, 0, make_web_connection(context.random.fork())});
  return session;
}

Session plan_voip(SessionContext context) {
  constexpr std::uint32_t kPerSecond = 50;  // 20 ms of G.711
  Session session;
  const auto datagrams = static_cast<std::int64_t>(context.length_s * kPerSecond);
  session.push_back(
      {0, Transport::udp, 0,
       make_call(std::max<std::int64_t>(1, datagrams), kPerSecond, context.random.fork())});
  return session;
}

}  // namespace weir
