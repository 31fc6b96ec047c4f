// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ground truth read from CSV: which row answers, and what is refused.
#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/random.hpp"
#include "weir/base/units.hpp"
#include "weir/flow/labels.hpp"

using namespace weir;
using weir::test::TemporaryFolder;

namespace {

FiveTuple tuple(std::uint32_t src, std::uint16_t src_port, std::uint32_t dst,
                std::uint16_t dst_port, std::uint8_t protocol) {
  return {IpAddress::v4(src), IpAddress::v4(dst), src_port, dst_port, protocol};
}

constexpr std::uint32_t kA = 0x0a000001;  // 10.0.0.1
constexpr std::uint32_t kB = 0x0a000002;
const FiveTuple kFlow = tuple(kA, 1000, kB, 80, 6);

LabelQuery at(std::string_view capture, const FiveTuple& five_tuple, std::int64_t start_s = 100,
              std::int64_t end_s = 200) {
  return {capture, five_tuple, start_s * kNanosPerSecond, end_s * kNanosPerSecond};
}

}  // namespace

TEST_CASE("a row labels its flow in either direction, in its capture only") {
  const TemporaryFolder folder;
  const auto truth = load_ground_truth(
      folder.file("t.csv",
                  "capture,protocol,src_ip,src_port,dst_ip,dst_port,label,packets,scored\n"
                  "x.pcap,TCP,10.0.0.1,1000,10.0.0.2,80,Web,7,1\n"));
  CHECK(truth->label(at("x.pcap", kFlow)) == "Web");
  CHECK(truth->label(at("x.pcap", tuple(kB, 80, kA, 1000, 6))) == "Web");
  CHECK(truth->label(at("y.pcap", kFlow)).empty());
  CHECK(truth->label(at("x.pcap", tuple(kA, 1000, kB, 80, 17))).empty());
  CHECK(truth->label(at("x.pcap", tuple(kA, 80, kB, 1000, 6))).empty());
}

TEST_CASE("the first matching row wins, whether it is fully specified or not") {
  const TemporaryFolder folder;
  const std::string header = "capture,protocol,src_ip,src_port,dst_ip,dst_port,label\n";
  const std::string full = "x.pcap,TCP,10.0.0.1,1000,10.0.0.2,80,exact\n";
  const std::string open = ",TCP,,,,80,wild\n";
  CHECK(load_ground_truth(folder.file("a.csv", header + full + open))->label(at("x.pcap", kFlow)) ==
        "exact");
  CHECK(load_ground_truth(folder.file("b.csv", header + open + full))->label(at("x.pcap", kFlow)) ==
        "wild");
}

TEST_CASE("an end that a row leaves open matches at either end of the flow") {
  const TemporaryFolder folder;
  const auto truth = load_ground_truth(
      folder.file("t.csv", "src_ip,src_port,label\n10.0.0.2,80,server\n,1000,client\n"));
  CHECK(truth->label(at("x", kFlow)) == "server");
  CHECK(truth->label(at("x", tuple(kA, 1000, kB, 81, 6))) == "client");
  CHECK(truth->label(at("x", tuple(kA, 80, kB, 81, 6))).empty());
}

TEST_CASE("start and end match flows that overlap them") {
  const TemporaryFolder folder;
  const auto truth = load_ground_truth(
      folder.file("t.csv", "src_port,start,end,label\n1000,100.5,150,first\n1000,150.1,,second\n"));
  CHECK(truth->label(at("x", kFlow, 0, 100)).empty());
  CHECK(truth->label(at("x", kFlow, 0, 101)) == "first");
  CHECK(truth->label(at("x", kFlow, 150, 160)) == "first");
  CHECK(truth->label(at("x", kFlow, 151, 160)) == "second");
  CHECK(truth->label(at("x", kFlow, 9'000'000, 9'000'001)) == "second");
}

TEST_CASE("only the label column is required, and a row without conditions matches everything") {
  const TemporaryFolder folder;
  CHECK(load_ground_truth(folder.file("t.csv", "label\nall\n"))->label(at("x", kFlow)) == "all");
}

TEST_CASE("what is not a number, an address or a protocol is an error with file, line and column") {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& text) {
    const std::string path = folder.file("bad.csv", text);
    try {
      load_ground_truth(path);
    } catch (const Error& error) {
      return std::string(error.what()).substr(path.size());
    }
    return std::string("no error");
  };
  CHECK(error_of("capture,class\nx,y\n") == ": no column 'label'");
  CHECK(error_of("label,src_port\nx,80\nx,http\n") ==
        ":3: column 'src_port': not a port number: 'http'");
  CHECK(error_of("label,dst_port\nx,65536\n") ==
        ":2: column 'dst_port': not a port number: '65536'");
  CHECK(error_of("label,src_ip\nx,10.0.0\n") == ":2: column 'src_ip': not an address: '10.0.0'");
  CHECK(error_of("label,protocol\nx,QQ\n") == ":2: column 'protocol': not a protocol: 'QQ'");
  CHECK(error_of("label,start\nx,noon\n") == ":2: column 'start': not a time in seconds: 'noon'");
}

TEST_CASE("the table answers as reading the rows from the top would") {
  const TemporaryFolder folder;
  Random random(3);
  struct Row {
    int capture, protocol, src, src_port, dst, dst_port;  // -1 = open
  };
  for (int round = 0; round < 30; ++round) {
    std::vector<Row> rows(20);
    std::string csv = "capture,protocol,src_ip,src_port,dst_ip,dst_port,label\n";
    const auto pick = [&] { return random.chance(0.4) ? -1 : static_cast<int>(random.below(3)); };
    const auto number = [](int v) { return v < 0 ? std::string() : std::to_string(v); };
    const auto address = [](int v) { return v < 0 ? std::string() : "0.0.0." + std::to_string(v); };
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Row& row = rows[i];
      row = {pick(), pick(), pick(), pick(), pick(), pick()};
      csv += number(row.capture) + "," + number(row.protocol) + "," + address(row.src) + "," +
             number(row.src_port) + "," + address(row.dst) + "," + number(row.dst_port) + "," +
             std::to_string(i) + "\n";
    }
    const auto truth = load_ground_truth(folder.file("t.csv", csv));
    for (int query = 0; query < 200; ++query) {
      const int c = static_cast<int>(random.below(3));
      const auto draw = [&] { return static_cast<int>(random.below(3)); };
      const int p = draw(), s = draw(), sp = draw(), d = draw(), dp = draw();
      const auto fits = [](int condition, int value) {
        return condition < 0 || condition == value;
      };
      std::string expected;
      for (std::size_t i = 0; i < rows.size() && expected.empty(); ++i) {
        const Row& r = rows[i];
        if (!fits(r.capture, c) || !fits(r.protocol, p)) continue;
        const bool there =
            fits(r.src, s) && fits(r.src_port, sp) && fits(r.dst, d) && fits(r.dst_port, dp);
        const bool back =
            fits(r.src, d) && fits(r.src_port, dp) && fits(r.dst, s) && fits(r.dst_port, sp);
        if (there || back) expected = std::to_string(i);
      }
      const FiveTuple flow = tuple(static_cast<std::uint32_t>(s), static_cast<std::uint16_t>(sp),
                                   static_cast<std::uint32_t>(d), static_cast<std::uint16_t>(dp),
                                   static_cast<std::uint8_t>(p));
      REQUIRE(truth->label(at(std::to_string(c), flow)) == expected);
    }
  }
}

TEST_CASE("what the ground-truth writer writes labels the same flows when it is read back") {
  const TemporaryFolder folder;
  const std::string path = folder.path("t.csv");
  OutputFile output(path);
  GroundTruthWriter writer(output);
  writer.write({"x.pcap", kFlow, 1'500'000'000'000'000'001, 1'500'000'010'000'000'000, "a,b"});
  output.commit();
  CHECK(read_file(path) ==
        "capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label\n"
        "x.pcap,TCP,10.0.0.1,1000,10.0.0.2,80,1500000000.000000001,1500000010.000000000,\"a,b\"\n");
  const auto truth = load_ground_truth(path);
  CHECK(truth->label(at("x.pcap", kFlow, 1'500'000'010, 1'500'000'010)) == "a,b");
  CHECK(truth->label(at("x.pcap", kFlow, 1'500'000'011, 1'500'000'011)).empty());
}
