// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The source that the precompiled header of the tests is built for.
#include <catch2/catch.hpp>
