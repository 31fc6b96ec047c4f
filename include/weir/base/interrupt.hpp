// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The stop flag: set by a signal handler, polled by long loops.
#pragma once

namespace weir {

/// Asks every running loop to stop. Async-signal-safe.
void request_stop() noexcept;

/// True once request_stop() was called.
bool stop_requested() noexcept;

/// For batch loops, where stopping early means no result. Throws Interrupted once request_stop()
/// was called.
void check_interrupted();

}  // namespace weir
