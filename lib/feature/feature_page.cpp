// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The documentation of all features, written by the table that computes them.
#include <fmt/format.h>

#include "weir/feature/schema.hpp"

namespace weir {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Features

This page is written by `weir-extract --list-features`; a test keeps it current.

`weir-extract` makes two tables. The flow table has a row for each flow (what a flow is: flows.md), the
packet table a row for each packet. In both, the columns of kind *identifier* say who talked, where and
when; they are there to join tables and to label rows, and models are not trained on them unless told to
be. Columns of kind *behaviour* say how. `label` comes last in both and belongs to neither kind.

## How flow features are computed

- **Directions.** `fwd_` columns speak of the packets sent by the initiator (the sender of the flow's first
  packet), `bwd_` columns of those sent by the responder, columns without either of all packets. `big_`
  columns speak of the direction that carried more payload bytes (if equal: more packets; then more bytes;
  then the greater sum of squared sizes, of gaps, of squared gaps; if all are equal, the initiator's),
  `small_` columns of the other: they do not depend on who spoke first.
- **Sizes** are IP lengths: header and all that follows, as sent, even where the capture kept less. They do
  not depend on the link type or on Ethernet's padding. Payload is what follows the transport header (8
  bytes of ICMP; protocols other than TCP, UDP, SCTP and ICMP have none that is known, so all behind the IP
  header counts). The shares of bytes among hosts (`pair_byte_share`, `host_byte_share`) count whole frames.
- **Gaps** (inter-arrival times) are kept in nanoseconds. A packet that carries an earlier time than the
  one before it in its flow is taken to come at the same moment: no gap is negative, and the gaps of a
  flow add up to its duration.
- **Moments** (mean, standard deviation) are computed from exact integer sums, over all packets of the row;
  the deviation is that of the whole series (divided by n).
- **Quartiles** are exact up to the flow's 20th packet: linear between the two nearest values, as R and
  numpy do by default. From the 21st packet on they come from counts in fixed bins: the values of a bin are
  taken as spread evenly over what of it lies between the least and the greatest value of all, each in the
  middle of its part; between two values, again linear. Bins of sizes start at 0, 44, 56, 64, 80, 96, 128,
  160, 192, 256, 320, 384, 512, 640, 768, 1024, 1152, 1280, 1344, 1408, 1440, 1472, 1504 and 4096 bytes; bins
  of gaps at 0, 1 and 10 us, three to a decade from there to 10 s, and at 31.6 s.
- **Shares** (`_size_share_`, `_iat_share_`) are histograms with fixed bins, divided by the number of
  values.
- **Messages** are runs of packets with payload from one end, ended by payload from the other end; packets
  without payload neither belong to a message nor end one. **Bursts** are runs of packets whose gaps are at
  most 0.1 s. **Activity** consists of periods whose gaps are at most 1 s. The last of each counts as it
  stands when the row is made.
- **The opening** (`opening_`) is who speaks first, and the first six messages as far as they lie within the
  first 20 packets, from whichever end: they are what most tells protocols apart that look alike later on.
- **First packets.** `size_NN` and `iat_NN` go to `--first-packets` (20 by default).
- **Other flows.** `pair_flows` and `host_flows` count the flows that are open when the row is made: from
  their first packet until their last row, which still counts its own flow (a closed TCP flow is open for as
  long as it waits for stragglers). Bytes are those of a flow's current piece, as are its TCP columns.
- **Absent values** are empty in CSV and `null` in NDJSON: statistics of no values, gaps of fewer than two
  packets, rates of flows without duration, TCP columns of other protocols, packets a flow does not have.
- **Numbers** are whole multiples of their last decimal, as many as the tables below say: none for counts
  and for sums and extremes of bytes, 9 (nanoseconds) for times, 3 for what is computed of several sizes, 6
  for shares and rates. They are rounded to the nearest, halves away from zero, and written exactly, without
  trailing zeros. What 63 bits do not hold is written as the greatest they do. A model reads the float
  nearest to the number as written. The same packets give the same digits, whatever the batches they come in,
  the number of threads and the source.

## Choosing features

`--features` says which columns a flow table has, between the identity columns (`capture` to `outer_dst_ip`,
always there) and `label`: `all`, `core` (packets and bytes of each direction: what NetFlow carries), names,
groups (below), patterns with `*`, or several of these with commas between them (`core,rates,size_*`). They
stand in the order below, whatever the order in which they were asked for. What is not asked for is not
computed.
)";

std::string table(const FeatureSchema& schema) {
  std::string out =
      "| column | unit | decimals | group | kind | meaning |\n|---|---|---|---|---|---|\n";
  for (const Feature& feature : schema.features()) {
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", feature.name,
                       feature.numeric ? feature.unit : "text",
                       feature.numeric ? fmt::to_string(feature.decimals) : "", feature.group,
                       to_string(feature.kind), feature.description);
  }
  return out;
}

}  // namespace

std::string feature_page() {
  const FeatureSchema flow = FeatureSchema::flow();
  const FeatureSchema packet = FeatureSchema::packet();
  return fmt::format(
      "{}\n## Columns of the flow table (schema {})\n\n{}\n## Columns of the packet table (schema "
      "{})\n\n{}",
      kIntroduction, flow.name(), table(flow), packet.name(), table(packet));
}

}  // namespace weir
