// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Classification and shaping at once: verdicts become marks while packets pass.
#pragma once

#include <string>

#include "predict_live.hpp"
#include "shape_options.hpp"

/// Applies the policy to the interface, classifies what passes there, and takes everything back
/// when that ends, however it ends. Without --yes, the person at the terminal is asked first.
/// Nothing is changed where the policy fits neither the model nor the link. Throws Error,
/// UsageError.
void shape_live(const weir::Model& model, const ShapeOptions& shape,
                weir::PredictLiveOptions options, const std::string& output, weir::LiveJob job);
