# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Importing this registers all activities."""
from . import background, browsing, calls, gaming, streaming, texting, upload  # noqa: F401
