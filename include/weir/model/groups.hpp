// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captures that belong together: recordings of one application by the same people, of one site, of
// one day.
#pragma once

#include <map>
#include <string>

#include "weir/model/dataset.hpp"

namespace weir {

/// The family of each capture, by the capture's name.
using FamilyOfCapture = std::map<std::string, std::string, std::less<>>;

/// Reads a CSV with the columns `capture` and `family`. Throws Error: a missing column, an empty
/// name, a capture in two families.
FamilyOfCapture read_families(const std::string& path);

/// Makes the families the groups of the table, in place of its captures. Throws UsageError when the
/// table names no captures, Error that names captures without a family; `source` is used in the
/// message.
void group_by_family(Dataset& data, const FamilyOfCapture& families, const std::string& source);

}  // namespace weir
