// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The yardsticks of reading a capture: counting bytes with read(), and a bare libpcap loop.
//
// usage: bench_read_loops bytes|pcap FILE
#include <fcntl.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

namespace {

/// What no reader can beat: every byte passes through a buffer, nothing is looked at.
int count_bytes(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    std::perror(path);
    return 1;
  }
  std::vector<char> block(std::size_t{256} << 10U);
  std::uint64_t bytes = 0;
  ssize_t count = 0;
  while ((count = read(file, block.data(), block.size())) > 0) {
    bytes += static_cast<std::uint64_t>(count);
  }
  close(file);
  std::printf("%llu bytes\n", static_cast<unsigned long long>(bytes));
  return count < 0 ? 1 : 0;
}

struct Sum {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

void add(u_char* user, const pcap_pkthdr* header, const u_char* /*data*/) {
  auto* const sum = reinterpret_cast<Sum*>(user);
  ++sum->packets;
  sum->bytes += header->len;
}

int count_packets(const char* path) {
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_t* const capture =
      pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
  if (capture == nullptr) {
    std::fprintf(stderr, "%s\n", error);
    return 1;
  }
  Sum sum;
  const int status = pcap_loop(capture, -1, add, reinterpret_cast<u_char*>(&sum));
  pcap_close(capture);
  std::printf("%llu packets, %llu bytes\n", static_cast<unsigned long long>(sum.packets),
              static_cast<unsigned long long>(sum.bytes));
  return status == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  if (mode == "bytes") return count_bytes(argv[2]);
  if (mode == "pcap") return count_packets(argv[2]);
  std::fprintf(stderr, "usage: %s bytes|pcap FILE\n", argv[0]);
  return 2;
}
