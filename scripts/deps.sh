#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Installs what the project needs from Debian 12's packages, and nothing where all of it is there already.
#
# usage: scripts/deps.sh [build|test|bench]    what compiling needs (default); and the tests; and the benchmarks
set -euo pipefail

build=(
  cmake g++ ninja-build pkg-config
  libcli11-dev libfmt-dev libnftables-dev libpcap-dev libspdlog-dev libtins-dev libtomlplusplus-dev libxgboost-dev
  libzstd-dev nlohmann-json3-dev zlib1g-dev
)
test=(
  bind9-dnsutils catch2 ccache curl dropbear-bin ethtool iproute2 libndpi-dev nftables openssl python3 tshark
)
bench=(
  nfdump python3-pandas softflowd tcpdump
)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${test[@]}") ;;
  bench) wanted=("${build[@]}" "${test[@]}" "${bench[@]}") ;;
  *)
    echo "usage: $0 [build|test|bench]" >&2
    exit 2
    ;;
esac

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID == 0)); then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "$0: root is needed to install: ${missing[*]}" >&2
  echo "$0: run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get -qq update >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
