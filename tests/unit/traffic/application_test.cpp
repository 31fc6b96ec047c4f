// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What the application models draw.
#include "weir/traffic/application.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "weir/base/error.hpp"

using weir::Message;
using weir::Side;
using weir::TrafficOptions;
using weir::TrafficType;

namespace {

std::vector<Message> all_messages(weir::Conversation& conversation) {
  std::vector<Message> messages;
  while (const auto message = conversation.next()) messages.push_back(*message);
  return messages;
}

std::unique_ptr<weir::Application> one(TrafficType type, const TrafficOptions& base = {}) {
  TrafficOptions options = base;
  options.type = type;
  return std::move(make_applications(options).at(0));
}

}  // namespace

TEST_CASE("callers together keep the rate without a drift") {
  TrafficOptions options;
  options.pps = 30;  // a second is no multiple of its interval
  options.duration_ns = 60 * weir::kNanosPerSecond;
  const auto voip = one(TrafficType::voip, options);
  std::vector<std::int64_t> sent_ns;
  std::size_t calls = 0;
  while (sent_ns.empty() || sent_ns.back() < options.duration_ns) {
    const auto planned = voip->next_conversation();
    std::int64_t due_ns = planned.start_ns;
    for (const Message& message : all_messages(*planned.conversation)) {
      CHECK(message.bytes == 160);
      CHECK(message.wait_ns >= 0);
      due_ns += message.wait_ns;
      if (message.sender == Side::client) sent_ns.push_back(due_ns);
    }
    ++calls;
  }
  CHECK(calls >= 3);
  CHECK(calls <= 20);
  for (std::size_t k = 0; k < sent_ns.size(); ++k) {
    const auto exact = static_cast<double>(k) * 1e9 / 30;
    REQUIRE(std::abs(static_cast<double>(sent_ns[k]) - exact) < 2);
  }
}

TEST_CASE("a callee sends as fast as the caller once it has answered, and stops with it") {
  const auto voip = one(TrafficType::voip);
  for (int call = 0; call < 20; ++call) {
    const auto messages = all_messages(*voip->next_conversation().conversation);
    REQUIRE(messages.front().sender == Side::client);
    const auto from_client = std::ranges::count(messages, Side::client, &Message::sender);
    const auto from_server = std::ranges::count(messages, Side::server, &Message::sender);
    CHECK(from_server <= from_client);
    CHECK(from_server * 4 >= from_client * 3 - 4);
  }
}

TEST_CASE("web requests and responses alternate and keep their sizes") {
  const auto http = one(TrafficType::http);
  std::set<std::size_t> lengths;
  for (int i = 0; i < 300; ++i) {
    const auto messages = all_messages(*http->next_conversation().conversation);
    lengths.insert(messages.size());
    REQUIRE(messages.size() >= 2);
    REQUIRE(messages.size() % 2 == 0);
    for (std::size_t m = 0; m < messages.size(); ++m) {
      REQUIRE(messages[m].sender == (m % 2 == 0 ? Side::client : Side::server));
      REQUIRE(messages[m].bytes >= (m % 2 == 0 ? 100 : 1'000));
      REQUIRE(messages[m].bytes <= (m % 2 == 0 ? 800 : 100'000));
      REQUIRE(messages[m].wait_ns > 0);
    }
  }
  CHECK(lengths.size() > 8);
}

TEST_CASE("file sessions greet, move bulk in one direction at a time, and say goodbye") {
  const auto ftp = one(TrafficType::ftp);
  std::size_t uploads = 0;
  std::size_t downloads = 0;
  for (int i = 0; i < 300; ++i) {
    const auto planned = ftp->next_conversation();
    CHECK(planned.conversation->closer() == Side::server);
    const auto messages = all_messages(*planned.conversation);
    CHECK(messages.front().sender == Side::server);
    CHECK(messages.back().sender == Side::server);
    CHECK(messages[messages.size() - 2].bytes == 6);
    std::array<std::uint64_t, 2> bytes{};
    for (const Message& message : messages) {
      REQUIRE(message.bytes >= 1);
      REQUIRE(message.bytes <= 16'384);
      bytes[index(message.sender)] += message.bytes;
    }
    CHECK(bytes[0] + bytes[1] > 8'000);
    ++(bytes[0] > bytes[1] ? uploads : downloads);
  }
  CHECK(uploads > 60);
  CHECK(downloads > 60);
}

TEST_CASE("conversations arrive often enough to use the rate, but not more") {
  for (const TrafficType type : {TrafficType::ftp, TrafficType::http}) {
    const auto application = one(type);
    std::size_t messages = 0;
    std::int64_t last_start_ns = 0;
    for (int i = 0; i < 4'000; ++i) {
      auto planned = application->next_conversation();
      REQUIRE(planned.start_ns >= last_start_ns);
      last_start_ns = planned.start_ns;
      messages += all_messages(*planned.conversation).size();
    }
    const double rate = static_cast<double>(messages) / (static_cast<double>(last_start_ns) * 1e-9);
    CHECK(rate > 0.7 * 50);
    CHECK(rate < 0.9 * 50);
  }
}

TEST_CASE("a type draws the same alone and among all; another seed draws something else") {
  TrafficOptions options;
  const auto all = make_applications(options);
  REQUIRE(all.size() == 3);
  CHECK(all[0]->info.label == "VoIP");
  CHECK(all[1]->info.label == "FTP");
  CHECK(all[2]->info.label == "HTTP");
  const auto alone = one(TrafficType::http);
  options.seed = 2;
  const auto other = one(TrafficType::http, options);
  bool different = false;
  for (int i = 0; i < 10; ++i) {
    const auto expected = all_messages(*all[2]->next_conversation().conversation);
    const auto same = all_messages(*alone->next_conversation().conversation);
    const auto changed = all_messages(*other->next_conversation().conversation);
    REQUIRE(std::ranges::equal(expected, same, {}, &Message::bytes, &Message::bytes));
    different =
        different || !std::ranges::equal(expected, changed, {}, &Message::bytes, &Message::bytes);
  }
  CHECK(different);
}

TEST_CASE("two types cannot listen on one TCP port") {
  TrafficOptions options;
  options.http_port = options.ftp_port;
  CHECK_THROWS_WITH(make_applications(options), "ftp and http cannot share TCP port 6666");
  options.type = TrafficType::http;
  CHECK(make_applications(options).size() == 1);
  options.http_port = options.voip_port;
  CHECK(make_applications(options).size() == 1);
}
