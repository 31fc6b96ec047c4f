// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What training decided by itself, and what it was given to start from, on a page.
#pragma once

#include <string>

#include "weir/model/report.hpp"

namespace weir {

/// Cards of the choices with their reasons and of the worth of a base, HTML; empty where there was
/// neither.
std::string choice_cards(const EvaluationReport& report);

}  // namespace weir
