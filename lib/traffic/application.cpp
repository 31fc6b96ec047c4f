// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which models a traffic type stands for.
#include "weir/traffic/application.hpp"

#include <fmt/format.h>

#include "weir/base/error.hpp"

namespace weir {

std::vector<std::unique_ptr<Application>> make_applications(const TrafficOptions& options) {
  const bool all = options.type == TrafficType::all;
  if (all && options.ftp_port == options.http_port) {
    throw UsageError(fmt::format("ftp and http cannot share TCP port {}", options.ftp_port));
  }
  // Every model gets its stream, wanted or not, so that `--type` does not change what is drawn.
  Random seed(options.seed);
  const Random voip = seed.fork();
  const Random ftp = seed.fork();
  const Random http = seed.fork();
  std::vector<std::unique_ptr<Application>> applications;
  if (all || options.type == TrafficType::voip) applications.push_back(make_voip(options, voip));
  if (all || options.type == TrafficType::ftp) applications.push_back(make_ftp(options, ftp));
  if (all || options.type == TrafficType::http) applications.push_back(make_http(options, http));
  return applications;
}

}  // namespace weir
