// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// File transfer sessions.
#include <algorithm>
#include <cmath>

#include "arrivals.hpp"
#include "weir/traffic/application.hpp"

namespace weir {
namespace {

constexpr double kMeanMessages = 71;  // of a session; a test holds it to what is drawn

/// Greeting and login, then files up or down, then QUIT. Sessions differ in direction, block size,
/// number and size of files, and in the user: a script that does not pause, or a person that does.
class FileSession : public PhasedConversation {
 public:
  explicit FileSession(Random random) : PhasedConversation(random) {
    files_left_ = random_.between(1, 4);
    file_bytes_ = draw(120'000, 0.6, 20'000, 600'000);
    block_bytes_ = random_.uniform(4'096, 16'384);
    upload_share_ = random_.chance(0.5) ? 0.1 : 0.9;
    pause_s_ = random_.chance(0.4) ? 0.002 : draw(0.4, 0.6, 0.1, 2.0);
    service_s_ = draw(0.003, 0.8, 0.0003, 0.05);
  }

  Side closer() const noexcept override { return Side::server; }

 private:
  enum class Phase { login, files, over };

  void add_phase() override {
    if (phase_ == Phase::login) {
      add_login();
      phase_ = Phase::files;
    } else if (phase_ == Phase::files && files_left_-- > 0) {
      add_file();
    } else if (phase_ == Phase::files) {
      exchange(6, 6, 14, 40);  // QUIT, 221
      phase_ = Phase::over;
    }
  }

  void add_login() {
    say(Side::server, random_.uniform(20, 80), draw(service_s_, 0.5, 1e-4, 0.5));  // 220
    exchange(10, 24, 30, 60);                                                      // USER, 331
    exchange(10, 30, 20, 60);                                                      // PASS, 230
    const std::int64_t extras = random_.between(0, 3);  // SYST, TYPE, PWD, ...
    for (std::int64_t i = 0; i < extras; ++i) exchange(6, 16, 16, 50);
  }

  void add_file() {
    if (random_.chance(0.4)) exchange(8, 40, 30, 60);  // CWD or SIZE
    exchange(12, 40, 40, 90);                          // RETR or STOR, 150
    const Side sender = random_.chance(upload_share_) ? Side::client : Side::server;
    double left = draw(file_bytes_, 0.8, 8'000, 2'000'000);
    double wait_s = draw(service_s_, 0.5, 1e-4, 0.5);
    while (left >= 1) {
      const double block = std::min(left, std::floor(block_bytes_));
      say(sender, block, wait_s);
      left -= block;
      wait_s = 20e-6;  // to read the next block from the disk
    }
    say(Side::server, random_.uniform(20, 60), draw(service_s_, 0.5, 1e-4, 0.5));  // 226
  }

  /// A command and its reply, of so many bytes.
  void exchange(double command_low, double command_high, double reply_low, double reply_high) {
    say(Side::client, random_.uniform(command_low, command_high),
        50e-6 + random_.exponential(pause_s_));
    say(Side::server, random_.uniform(reply_low, reply_high), draw(service_s_, 0.5, 1e-4, 0.5));
  }

  Phase phase_ = Phase::login;
  std::int64_t files_left_;
  double file_bytes_;
  double block_bytes_;
  double upload_share_;
  double pause_s_;
  double service_s_;
};

}  // namespace

std::unique_ptr<Conversation> make_file_session(Random random) {
  return std::make_unique<FileSession>(random);
}

std::unique_ptr<Application> make_ftp(const TrafficOptions& options, Random random) {
  return std::make_unique<PoissonArrivals<FileSession>>(
      ApplicationInfo{
          .label = "FTP", .messages_per_s = static_cast<double>(options.pps), .paced = true},
      options.ftp_port, kMeanMessages, random);
}

}  // namespace weir
