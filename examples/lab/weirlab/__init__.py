# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""The lab: real programs in network namespaces, recorded with their ground truth."""
