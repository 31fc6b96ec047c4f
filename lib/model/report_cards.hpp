// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a report's page shows of one measurement: a card for each table and drawing.
#pragma once

#include <string>

#include "weir/model/measurement.hpp"

namespace weir {

/// The large figures, then the cards.
std::string measurement_cards(const Measurement& measured);

}  // namespace weir
