# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# The libraries that the project builds on, all packaged by Debian 12 (scripts/deps.sh installs them).

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_package(XGBoostC REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(nftables REQUIRED IMPORTED_TARGET libnftables)
pkg_check_modules(pcap REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(tins REQUIRED IMPORTED_TARGET libtins)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
# Ground truth by deep packet inspection (weir-label); without it all else is built.
pkg_check_modules(ndpi IMPORTED_TARGET libndpi>=4.2)
