// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Makes the captures of the conformance suite from its packet tables: conformance_make OUT_FOLDER
// TABLE.csv...
//
// docs/conformance.md describes the tables. The lengths that a table states are not used to build
// the frames but held against them, so that a table cannot say what its capture does not hold.
#include <tins/icmp.h>
#include <tins/icmpv6.h>
#include <tins/ip.h>
#include <tins/ipv6.h>
#include <tins/rawpdu.h>
#include <tins/tcp.h>
#include <tins/udp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;
using Values = std::map<std::string, std::string>;

/// Packet times in the tables count from here.
constexpr std::uint64_t kEpoch_s = 1'700'000'000;
constexpr std::uint64_t kNanosPerSecond = 1'000'000'000;
constexpr std::size_t kEthernetMinimum = 60;  // without the checksum, which captures do not hold

constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kDestinationOptions = 60;

// --- the packet table

struct End {
  std::string address;
  std::uint16_t port = 0;

  bool is_v6() const { return address.find(':') != std::string::npos; }
};

struct Row {
  std::uint64_t time_ns = 0;
  End from;
  End to;
  Values columns;
  Values layers;

  const std::string& operator[](const std::string& column) const { return columns.at(column); }
  std::size_t number(const std::string& column) const { return std::stoul(columns.at(column)); }
  bool has(const std::string& layer) const { return layers.count(layer) > 0; }
};

struct Table {
  Values settings;
  std::vector<Row> rows;

  std::string setting(const std::string& name, const std::string& otherwise) const {
    const auto found = settings.find(name);
    return found == settings.end() ? otherwise : found->second;
  }
};

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, separator);) {
    const std::size_t first = field.find_first_not_of(" \r");
    fields.push_back(first == std::string::npos
                         ? std::string()
                         : field.substr(first, field.find_last_not_of(" \r") - first + 1));
  }
  return fields;
}

/// "a=1 b" is {a: 1, b: ""}.
Values values_of(const std::string& text) {
  Values values;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    const std::size_t equals = word.find('=');
    values[word.substr(0, equals)] =
        equals == std::string::npos ? std::string() : word.substr(equals + 1);
  }
  return values;
}

/// "10.0.0.1:80", "[2001:db8::1]:80", or an address alone.
End end_of(const std::string& text) {
  const bool bracketed = text.front() == '[';
  const std::size_t colon = text.rfind(':');
  const bool has_port = bracketed || std::ranges::count(text, ':') == 1;
  if (!has_port) return {text, 0};
  return {bracketed ? text.substr(1, colon - 2) : text.substr(0, colon),
          static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)))};
}

/// Seconds with up to nine decimals.
std::uint64_t nanoseconds_of(const std::string& text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string decimals = point < text.size() ? text.substr(point + 1) : std::string();
  decimals.resize(9, '0');
  return std::stoull(text.substr(0, point)) * kNanosPerSecond + std::stoull(decimals);
}

Table read_table(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot open " + path.string());
  Table table;
  std::vector<std::string> names;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#!")) table.settings = values_of(line.substr(2));
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> fields = split(line, ',');
    if (names.empty()) {
      names = std::move(fields);
      continue;
    }
    fields.resize(names.size());
    Row row;
    for (std::size_t i = 0; i < names.size(); ++i) row.columns[names[i]] = fields[i];
    row.time_ns = nanoseconds_of(row["time"]);
    row.from = end_of(row["from"]);
    row.to = end_of(row["to"]);
    row.layers = values_of(row["layers"]);
    table.rows.push_back(std::move(row));
  }
  return table;
}

// --- from a row to an IP packet

Tins::RawPDU raw(const Bytes& bytes) {
  return {bytes.data(), static_cast<std::uint32_t>(bytes.size())};
}

/// Sequence numbers by sender and receiver, so that the connections make sense to other tools.
class Sequences {
 public:
  void number(const Row& row, std::size_t payload, Tins::TCP& tcp) {
    std::uint32_t& next = next_.try_emplace(row["from"] + row["to"], 1000).first->second;
    tcp.seq(next);
    if (row["flags"].find('A') != std::string::npos) {
      tcp.ack_seq(next_.try_emplace(row["to"] + row["from"], 1000).first->second);
    }
    next += static_cast<std::uint32_t>(payload);
    if (row["flags"].find_first_of("SF") != std::string::npos) ++next;
  }

 private:
  std::map<std::string, std::uint32_t> next_;
};

std::uint8_t tcp_flags_of(const std::string& letters) {
  constexpr std::string_view kLetters = "FSRPAUEC";  // from the least bit: RFC 9293, 3.1
  std::uint8_t flags = 0;
  for (const char letter : letters) {
    const std::size_t bit = kLetters.find(letter);
    if (bit == std::string_view::npos) throw std::runtime_error("no such TCP flag: " + letters);
    flags = static_cast<std::uint8_t>(flags | 1U << bit);
  }
  return flags;
}

template <typename Ip>
void append_transport(Ip& ip, const Row& row, std::size_t payload, Sequences& sequences) {
  const std::string& protocol = row["protocol"];
  const bool is_reply = row["flags"] == "reply";
  if (protocol == "TCP") {
    Tins::TCP tcp(row.to.port, row.from.port);
    tcp.flags(tcp_flags_of(row["flags"]));
    tcp.window(static_cast<std::uint16_t>(row.number("window")));
    if (row.has("mss")) tcp.mss(static_cast<std::uint16_t>(std::stoul(row.layers.at("mss"))));
    sequences.number(row, payload, tcp);
    ip /= tcp;
  } else if (protocol == "UDP") {
    ip /= Tins::UDP(row.to.port, row.from.port);
  } else if (protocol == "ICMP") {
    Tins::ICMP icmp(is_reply ? Tins::ICMP::ECHO_REPLY : Tins::ICMP::ECHO_REQUEST);
    icmp.id(7);
    ip /= icmp;
  } else if (protocol == "ICMPv6") {
    Tins::ICMPv6 icmp(is_reply ? Tins::ICMPv6::ECHO_REPLY : Tins::ICMPv6::ECHO_REQUEST);
    icmp.identifier(7);
    ip /= icmp;
  } else {
    throw std::runtime_error("no such protocol: " + protocol);
  }
  if (payload > 0) ip /= raw(Bytes(payload, 'w'));
}

Tins::IP v4_header(const End& from, const End& to, std::uint16_t identification) {
  Tins::IP ip(Tins::IPv4Address(to.address), Tins::IPv4Address(from.address));
  ip.ttl(64);
  ip.id(identification);
  return ip;
}

Tins::IPv6 v6_header(const End& from, const End& to) {
  Tins::IPv6 ip(Tins::IPv6Address(to.address), Tins::IPv6Address(from.address));
  ip.hop_limit(64);
  return ip;
}

/// The part of a datagram that a row of layer frag=IDENTIFICATION/OFFSET/more|last holds.
struct Fragment {
  std::uint32_t identification;
  std::uint16_t offset;  // bytes
  bool more;

  explicit Fragment(const Row& row) {
    const std::vector<std::string> parts = split(row.layers.at("frag"), '/');
    identification = static_cast<std::uint32_t>(std::stoul(parts.at(0)));
    offset = static_cast<std::uint16_t>(std::stoul(parts.at(1)));
    more = parts.at(2) == "more";
  }

  /// Transport header and payload of the datagram, cut down to this fragment.
  Bytes cut(const Bytes& datagram, std::size_t length) const {
    if (offset + length > datagram.size()) throw std::runtime_error("fragment beyond datagram");
    const auto first = datagram.begin() + offset;
    return {first, first + static_cast<std::ptrdiff_t>(length)};
  }
};

Bytes v4_packet(const Row& row, std::uint16_t number, Sequences& sequences) {
  Tins::IP ip = v4_header(row.from, row.to, number);
  if (!row.has("frag")) {
    append_transport(ip, row, row.number("payload"), sequences);
    return ip.serialize();
  }
  append_transport(ip, row, std::stoul(row.layers.at("of")), sequences);
  const Bytes whole = ip.serialize();
  const Bytes datagram(whole.begin() + 20, whole.end());
  const Fragment fragment(row);
  Tins::IP part = v4_header(row.from, row.to, static_cast<std::uint16_t>(fragment.identification));
  part.protocol(kUdp);
  part.fragment_offset(static_cast<std::uint16_t>(fragment.offset / 8));
  if (fragment.more) part.flags(Tins::IP::MORE_FRAGMENTS);
  part /= raw(fragment.cut(datagram, row.number("ip_length") - 20));
  return part.serialize();
}

/// An extension header of eight bytes: the two that all have, and `rest`.
void add_extension(Tins::IPv6& ip, std::uint8_t type, const std::array<std::uint8_t, 6>& rest) {
  ip.add_header(Tins::IPv6::ext_header(type, rest.begin(), rest.end()));
}

Bytes v6_packet(const Row& row, Sequences& sequences) {
  constexpr std::array<std::uint8_t, 6> kPadding{1, 4, 0, 0, 0, 0};  // option PadN, RFC 8200, 4.2
  constexpr std::array<std::uint8_t, 6> kNoSegments{253, 0, 0, 0, 0, 0};
  Tins::IPv6 ip = v6_header(row.from, row.to);
  if (row.has("hopopts")) add_extension(ip, kHopByHop, kPadding);
  if (row.has("routing")) add_extension(ip, kRouting, kNoSegments);
  if (row.has("dstopts")) add_extension(ip, kDestinationOptions, kPadding);
  if (!row.has("frag")) {
    append_transport(ip, row, row.number("payload"), sequences);
    return ip.serialize();
  }
  Tins::IPv6 plain = v6_header(row.from, row.to);
  append_transport(plain, row, std::stoul(row.layers.at("of")), sequences);
  const Bytes whole = plain.serialize();
  const Bytes datagram(whole.begin() + 40, whole.end());
  const Fragment fragment(row);
  const auto place = static_cast<std::uint16_t>(fragment.offset | (fragment.more ? 1U : 0U));
  const std::uint32_t id = fragment.identification;
  add_extension(ip, kFragment,
                {static_cast<std::uint8_t>(place >> 8U), static_cast<std::uint8_t>(place),
                 static_cast<std::uint8_t>(id >> 24U), static_cast<std::uint8_t>(id >> 16U),
                 static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id)});
  ip /= raw(fragment.cut(datagram, row.number("ip_length") - 48));
  Bytes bytes = ip.serialize();
  bytes[40] = kUdp;  // libtins does not know what raw bytes are
  return bytes;
}

/// 3GPP TS 29.281, 5.1: version 1, a G-PDU, tunnel 1; in UDP to and from port 2152.
Bytes gtp_packet(const Row& row, const Bytes& inner, std::uint16_t number) {
  constexpr std::uint16_t kGtpUser = 2152;
  const std::string& ends = row.layers.at("gtpu");
  const std::size_t arrow = ends.find('>');
  Bytes message{0x30,
                0xff,
                static_cast<std::uint8_t>(inner.size() >> 8U),
                static_cast<std::uint8_t>(inner.size()),
                0,
                0,
                0,
                1};
  message.insert(message.end(), inner.begin(), inner.end());
  Tins::IP ip = v4_header({ends.substr(0, arrow)}, {ends.substr(arrow + 1)}, number);
  ip /= Tins::UDP(kGtpUser, kGtpUser);
  ip /= raw(message);
  return ip.serialize();
}

// --- from an IP packet to a frame

void append_big16(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

/// Ethernet with its VLAN tags is written here since libtins always pads short frames.
Bytes ethernet_frame(const Row& row, const Bytes& packet) {
  Bytes frame{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
  for (const auto& [layer, ether_type] : {std::pair("qinq", 0x88a8), std::pair("vlan", 0x8100)}) {
    if (!row.has(layer)) continue;
    append_big16(frame, static_cast<std::size_t>(ether_type));
    append_big16(frame, std::stoul(row.layers.at(layer)));
  }
  append_big16(frame, packet.front() >> 4U == 4 ? 0x0800 : 0x86dd);
  frame.insert(frame.end(), packet.begin(), packet.end());
  if (row.has("pad")) frame.resize(std::max(frame.size(), kEthernetMinimum));
  return frame;
}

void expect(const Row& row, const std::string& column, std::size_t actual) {
  if (row.number(column) == actual) return;
  throw std::runtime_error("time " + row["time"] + ": the table says " + column + " " +
                           row[column] + ", the frame has " + std::to_string(actual));
}

Bytes frame_of(const Table& table, const Row& row, std::uint16_t number, Sequences& sequences) {
  Bytes packet = row.from.is_v6() ? v6_packet(row, sequences) : v4_packet(row, number, sequences);
  expect(row, "ip_length", packet.size());
  if (row.has("gtpu")) packet = gtp_packet(row, packet, number);
  Bytes frame = table.setting("link", "1") == "1" ? ethernet_frame(row, packet) : packet;
  expect(row, "frame", frame.size());
  return frame;
}

// --- from frames to a capture

/// Numbers of a capture file in its byte order.
class Out {
 public:
  explicit Out(bool big_endian) : big_endian_(big_endian) {}

  void put(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (big_endian_ ? size - 1 - i : i);
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void put(const Bytes& data, std::size_t length) {
    bytes_.insert(bytes_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(length));
  }
  void pad_to_words() { bytes_.resize((bytes_.size() + 3) / 4 * 4); }
  const Bytes& bytes() const { return bytes_; }

 private:
  bool big_endian_;
  Bytes bytes_;
};

struct CapturedFrame {
  const Row& row;
  Bytes bytes;
  std::size_t captured;
};

/// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html, times in nanoseconds.
Bytes pcap_of(const Table& table, const std::vector<CapturedFrame>& frames) {
  Out out(table.setting("order", "little") == "big");
  out.put(0xa1b23c4d, 4);
  out.put(2, 2);
  out.put(4, 2);
  out.put(0, 8);
  out.put(std::stoul(table.setting("snaplen", "65535")), 4);
  out.put(std::stoul(table.setting("link", "1")), 4);
  for (const CapturedFrame& frame : frames) {
    out.put(kEpoch_s + frame.row.time_ns / kNanosPerSecond, 4);
    out.put(frame.row.time_ns % kNanosPerSecond, 4);
    out.put(frame.captured, 4);
    out.put(frame.bytes.size(), 4);
    out.put(frame.bytes, frame.captured);
  }
  return out.bytes();
}

/// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html: interface 0 counts
/// nanoseconds, interface 1 microseconds.
Bytes pcapng_of(const Table& table, const std::vector<CapturedFrame>& frames) {
  constexpr std::array<unsigned, 2> kDecimals{9, 6};
  Out out(table.setting("order", "little") == "big");
  out.put(0x0a0d0d0a, 4);
  out.put(28, 4);
  out.put(0x1a2b3c4d, 4);
  out.put(1, 2);
  out.put(0, 2);
  out.put(~std::uint64_t{0}, 8);  // length of the section: not given
  out.put(28, 4);
  for (const unsigned decimals : kDecimals) {
    out.put(1, 4);
    out.put(32, 4);
    out.put(std::stoul(table.setting("link", "1")), 2);
    out.put(0, 2);
    out.put(std::stoul(table.setting("snaplen", "65535")), 4);
    out.put(9, 2);  // if_tsresol
    out.put(1, 2);
    out.put(decimals, 1);
    out.pad_to_words();
    out.put(0, 4);  // end of options
    out.put(32, 4);
  }
  for (const CapturedFrame& frame : frames) {
    const unsigned interface = frame.row.has("second") ? 1 : 0;
    const std::uint64_t unit = interface == 0 ? 1 : 1000;
    const std::uint64_t time = (kEpoch_s * kNanosPerSecond + frame.row.time_ns) / unit;
    if (frame.row.time_ns % unit != 0) throw std::runtime_error("interface 1 counts microseconds");
    const std::size_t length = 32 + (frame.captured + 3) / 4 * 4;
    out.put(6, 4);
    out.put(length, 4);
    out.put(interface, 4);
    out.put(time >> 32U, 4);
    out.put(time & 0xffffffffU, 4);
    out.put(frame.captured, 4);
    out.put(frame.bytes.size(), 4);
    out.put(frame.bytes, frame.captured);
    out.pad_to_words();
    out.put(length, 4);
  }
  return out.bytes();
}

void make(const std::filesystem::path& table_path, const std::filesystem::path& folder) {
  const Table table = read_table(table_path);
  const std::size_t snaplen = std::stoul(table.setting("snaplen", "65535"));
  Sequences sequences;
  std::vector<CapturedFrame> frames;
  for (const Row& row : table.rows) {
    const auto number = static_cast<std::uint16_t>(frames.size() + 1);
    Bytes bytes = frame_of(table, row, number, sequences);
    const std::size_t captured = std::min(bytes.size(), snaplen);
    frames.push_back({row, std::move(bytes), captured});
  }
  const std::string format = table.setting("format", "pcap");
  const Bytes file = format == "pcapng" ? pcapng_of(table, frames) : pcap_of(table, frames);
  const std::filesystem::path path = folder / (table_path.stem().string() + "." + format);
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: conformance_make OUT_FOLDER TABLE.csv...\n";
    return 2;
  }
  for (int i = 2; i < argc; ++i) {
    try {
      make(argv[i], argv[1]);
    } catch (const std::exception& error) {
      std::cerr << "conformance_make: " << argv[i] << ": " << error.what() << '\n';
      return 1;
    }
  }
  return 0;
}
