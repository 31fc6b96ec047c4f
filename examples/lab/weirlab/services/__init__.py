# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Importing this registers all servers."""
from . import files, games, names, talk, web  # noqa: F401
