// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A table split into two files by whole captures, for a model and the measure of it.
#pragma once

#include <cstdint>
#include <string>

namespace weir {

/// Writes about a fifth of the rows of each label in the CSV `dataset`, in whole captures, to
/// `test` and the others to `train`; see hold_out(). False, and no files, where the table has no
/// column `capture` or too few captures. Throws Error for a table that cannot be read, one without
/// a column `label`, and files that cannot be written.
bool hold_out_captures(const std::string& dataset, const std::string& train,
                       const std::string& test, std::uint64_t seed);

}  // namespace weir
