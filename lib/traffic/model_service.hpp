// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows that applications have beside their main ones.
#pragma once

#include "models.hpp"

namespace weir {

/// How an application talks to its operator's services. Medians, log-normal around them.
struct ServiceShape {
  double questions = 2;  ///< over one connection
  double question_bytes = 500;
  double answer_bytes = 1'500;
  double spread = 0.9;   ///< of the answers on one connection, standard deviation of the logarithm
  double pause_s = 0.3;  ///< before the next question
  double clear = 0;      ///< probability that nothing is encrypted
  double quic = 0;       ///< probability of QUIC instead of TCP
};

/// Adds a Poisson-distributed number of connections to services to a session of this length.
void add_services(Session& session, const ServiceShape& shape, double mean, double length_s,
                  Random& random);

/// Over UDP: a call's signalling, or a telephone that keeps its registration alive.
std::unique_ptr<Conversation> make_signalling(double length_s, Random random);

/// Over UDP: datagrams of this size, one each interval, most of them answered.
std::unique_ptr<Conversation> make_probes(double bytes, double interval_s, double length_s,
                                          Random random);

}  // namespace weir
