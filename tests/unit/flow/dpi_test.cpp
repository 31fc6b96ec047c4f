// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows whose payload says what they are, and ground truth of it.
#include "weir/flow/dpi.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <vector>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"

using namespace weir;
using weir::test::TemporaryFolder;

namespace {

/// IPv4 packets of two hosts, kept in memory.
class Conversation : public PacketSource {
 public:
  /// A TCP segment of the client (or of the server) with this text.
  void tcp(bool client, std::uint8_t flags, std::string_view text) {
    std::string header;
    put16(header, client ? kClientPort : kServerPort);
    put16(header, client ? kServerPort : kClientPort);
    put32(header, client ? client_bytes_ : server_bytes_);
    put32(header, client ? server_bytes_ : client_bytes_);
    header += {'\x50', static_cast<char>(flags), '\x10', '\0', '\0', '\0', '\0', '\0'};
    constexpr std::uint8_t kSyn = 2;
    (client ? client_bytes_ : server_bytes_) +=
        static_cast<std::uint32_t>(text.size()) + ((flags & kSyn) != 0 ? 1U : 0U);
    ip(client, 6, header + std::string(text));
  }

  std::size_t read(std::span<RawPacket> batch) override {
    std::size_t count = 0;
    for (; count < batch.size() && at_ < packets_.size(); ++count, ++at_) {
      const std::string& bytes = packets_[at_];
      batch[count].time_ns = static_cast<std::int64_t>(at_ + 1) * kNanosPerSecond / 10;
      batch[count].data = reinterpret_cast<const std::uint8_t*>(bytes.data());
      batch[count].captured_length = static_cast<std::uint32_t>(bytes.size());
      batch[count].original_length = batch[count].captured_length;
      batch[count].link_type = LinkType::raw_ip;
    }
    return count;
  }
  const std::string& name() const noexcept override { return name_; }

 private:
  static constexpr std::uint16_t kClientPort = 40000;
  static constexpr std::uint16_t kServerPort = 9999;  // one that says nothing

  static void put16(std::string& bytes, std::uint32_t value) {
    bytes += {static_cast<char>(value >> 8U), static_cast<char>(value)};
  }
  static void put32(std::string& bytes, std::uint32_t value) {
    put16(bytes, value >> 16U);
    put16(bytes, value & 0xffffU);
  }
  void ip(bool client, std::uint8_t protocol, const std::string& payload) {
    std::string header{'\x45', '\0'};
    put16(header, static_cast<std::uint32_t>(20 + payload.size()));
    header += {'\0', '\0', '\0', '\0', '\x40', static_cast<char>(protocol), '\0', '\0'};
    put32(header, client ? 0x0a000001 : 0x0a000002);
    put32(header, client ? 0x0a000002 : 0x0a000001);
    packets_.push_back(header + payload);
  }

  std::string name_ = "talk.pcap";
  std::vector<std::string> packets_;
  std::size_t at_ = 0;
  std::uint32_t client_bytes_ = 1000;
  std::uint32_t server_bytes_ = 5000;
};

Conversation web_page() {
  constexpr std::uint8_t kSyn = 2;
  constexpr std::uint8_t kAck = 16;
  Conversation talk;
  talk.tcp(true, kSyn, "");
  talk.tcp(false, kSyn | kAck, "");
  talk.tcp(true, kAck, "");
  talk.tcp(true, kAck,
           "GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: test\r\n\r\n");
  talk.tcp(false, kAck,
           "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello");
  return talk;
}

Conversation noise() {
  Conversation talk;
  for (int i = 0; i < 10; ++i)
    talk.tcp(i % 2 == 0, 16, std::string(40, static_cast<char>(0x90 + i)));
  return talk;
}

struct Result {
  DpiCounts counts;
  std::string table;
};

Result label(Conversation talk, ApplicationLabels labels = {}) {
  const TemporaryFolder folder;
  OutputFile output(folder.path("truth.csv"));
  DpiLabeller labeller(output, std::move(labels), {});
  Result result{labeller.label(talk), {}};
  output.commit();
  std::stringstream text;
  text << std::ifstream(folder.path("truth.csv")).rdbuf();
  result.table = text.str();
  return result;
}

ApplicationLabels labels_of(const std::string& toml) {
  const TemporaryFolder folder;
  return ApplicationLabels(folder.file("map.toml", toml));
}

std::string shipped(const std::string& name) {
  return fmt::format("{}/examples/labels/{}", WEIR_SOURCE_FOLDER, name);
}

constexpr const char* kHeader =
    "capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label,application,category,"
    "confidence\n";

}  // namespace

TEST_CASE("an application is known by what it says, on whatever port") {
  const Result result = label(web_page());
  CHECK(result.table ==
        fmt::format("{}{}", kHeader,
                    "talk.pcap,TCP,10.0.0.1,40000,10.0.0.2,9999,0.100000000,0.500000000,"
                    "HTTP,HTTP,Web,DPI\n"));
  CHECK(result.counts.packets == 5);
  CHECK(result.counts.flows == 1);
  CHECK(result.counts.known == 1);
  CHECK(result.counts.labelled == 1);
}

TEST_CASE("a map says which class an application is of") {
  CHECK(label(web_page(), labels_of("[[application]]\nlabel = \"Browsing\"\ncategory = \"Web\"\n"))
            .table.find(",Browsing,HTTP,Web,") != std::string::npos);
  const Result other =
      label(web_page(), labels_of("[[application]]\nlabel = \"Gaming\"\nname = \"Steam\"\n"));
  CHECK(other.table.find(",0.500000000,,HTTP,Web,DPI\n") != std::string::npos);
  CHECK(other.counts.known == 1);
  CHECK(other.counts.labelled == 0);
}

TEST_CASE("an application that is not known has a row and no label") {
  const Result result = label(noise());
  CHECK(result.table ==
        fmt::format("{}{}", kHeader,
                    "talk.pcap,TCP,10.0.0.1,40000,10.0.0.2,9999,0.100000000,1.000000000,"
                    ",,,\n"));
  CHECK(result.counts.known == 0);
}

TEST_CASE("the shipped maps know common applications") {
  const ApplicationLabels seven(shipped("ndpi-seven.toml"));
  CHECK(seven.label("TLS.YouTube", "Media") == "Video Streaming");
  CHECK(seven.label("QUIC.YouTubeUpload", "Media") == "Video Uploads");
  CHECK(seven.label("STUN.WhatsAppCall", "VoIP") == "Audio Calls");
  CHECK(seven.label("TLS.WhatsApp", "Chat") == "Texting");
  CHECK(seven.label("TLS", "Web") == "Browsing");
  CHECK(seven.label("Steam", "Game") == "Gaming");
  CHECK(seven.label("DNS", "Network").empty());
  const ApplicationLabels four(shipped("ndpi-four.toml"));
  CHECK(four.label("RTP", "Media") == "VoIP");
  CHECK(four.label("FTP_DATA", "Download") == "FTP");
  CHECK(four.label("HTTP.Google", "Web") == "HTTP");
  CHECK(four.label("DNS", "Network") == "Other");
}

TEST_CASE("what is wrong in a map is said with its line") {
  const TemporaryFolder folder;
  const std::string path = folder.file("map.toml", "[[application]]\nlabel = \"x\"\nport = 5\n");
  CHECK_THROWS_WITH(ApplicationLabels(path),
                    path + ":3: unknown key 'port' (known: label, name, category)");
}
