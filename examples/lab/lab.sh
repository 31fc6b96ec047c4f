#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Real applications in network namespaces, recorded with their ground truth.
set -euo pipefail

usage() {
    cat <<'END'
Usage: lab.sh up [SCENARIO] [--seed S]
       lab.sh run [SCENARIO] [--minutes N] [--seed S] [-o DIR] [--name NAME] [--only PROGRAM]... [--keep]
       lab.sh down
       lab.sh packages [SCENARIO] [--install]

Real servers and clients from Debian talk to each other in network namespaces, over links with a rate, a queue, a delay,
jitter and loss of their own; weir-capture records what crosses the network, and what each namespace ran says whose
flows they are. Nothing leaves the namespaces. Needs root, Debian 12 or like it, tun, veth, HTB and TBF.

  up          the network and its servers only, to try things by hand: ip netns exec weir-lab-u1 curl …
  run         brings all up, lets the users live for N minutes, and takes all down again
  down        ends and removes whatever is left of the lab; nothing happens where there is nothing
  packages    says which Debian packages are missing, or with --install installs them, without starting their services

  SCENARIO    home, mobile, office or quick (scenarios/*.toml), or a .toml file (default home)
  --minutes N how long to record, fractions too (default 5)
  --seed S    what is drawn: network, programs, media, times (default 1). Timing is the machine's own, so the same seed
              repeats the plan, not the packets.
  -o DIR      where NAME.pcap, NAME.csv (ground truth), NAME.sessions.csv and NAME.json (what was drawn) go (default .)
  --name NAME what they are called (default SCENARIO-S)
  --only NAME only this program, as in NAME.sessions.csv; may be given again
  --keep      leave the working folder, with the programs' logs, and say where it is
  -h, --help  this text

WEIR_BIN is the folder of weir-capture (default: build/release/bin or build/dev/bin of this tree, else the PATH).

Exit status: 0 done, 1 something failed, 2 usage, 130 interrupted.

Examples:
  sudo ./lab.sh packages --install
  sudo ./lab.sh run home --minutes 10 --seed 7 -o /tmp/captures
  sudo ./lab.sh run mobile --minutes 2 --only doom --only netris --keep
END
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/games:/usr/sbin:/sbin
fail() { echo "lab.sh: $*" >&2; exit 1; }
misuse() { echo "lab.sh: $* (see --help)" >&2; exit 2; }

# ---- Arguments ----

(($#)) || { usage >&2; exit 2; }
command=$1 scenario='' seed=1 install=no tools=${WEIR_BIN-}
shift
more=()
while (($#)); do
    case $1 in
    -h | --help) usage; exit 0 ;;
    --install) install=yes ;;
    --keep) more+=("$1") ;;
    --minutes | --seed | -o | --output | --name | --only)
        (($# > 1)) || misuse "$1 needs a value"
        case $1 in
        --minutes) [[ $2 =~ ^[0-9]+(\.[0-9]+)?$ ]] || misuse "--minutes: a number, not $2" ;;
        --seed) [[ $2 =~ ^[0-9]{1,9}$ ]] || misuse "--seed: a whole number, not $2"; seed=$2 ;;
        --name) [[ $2 =~ ^[A-Za-z0-9._-]+$ ]] || misuse "--name: letters, digits, dots and dashes, not $2" ;;
        esac
        [[ $1 == --seed ]] || more+=("$1" "$2")
        shift ;;
    -*) misuse "unknown option $1" ;;
    *) [[ -z $scenario ]] || misuse "one scenario, not $scenario and $1"; scenario=$1 ;;
    esac
    shift
done
scenario=${scenario:-home}
case $command in
-h | --help) usage; exit 0 ;;
up | down | packages) ((${#more[@]} == 0)) || misuse "$command takes no ${more[0]}" ;;
run) ;;
*) misuse "up, run, down or packages, not $command" ;;
esac

# ---- Packages ----

# What the programs of a scenario need: lines of "command:package", in packages.txt under the headings of the categories.
missing_packages() {
    local file=$here/scenarios/$scenario.toml heading='' entry what
    [[ -e $file ]] || file=$scenario
    [[ -e $file ]] || return 0  # it is told below what there is
    while read -r entry; do
        case $entry in
        '' | '#'*) ;;
        '['*) heading=${entry//[\[\]]/} ;;
        *)
            [[ $heading == all ]] || grep -q "^\"$heading\"" "$file" || continue
            what=${entry%%:*}
            [[ $what == /* ]] && compgen -G "$what" >/dev/null || command -v "$what" >/dev/null || echo "${entry#*:}" ;;
        esac
    done <"$here/packages.txt" | sort -u
}

# Installing a server would start it and enable it at boot: policy-rc.d stops the first, update-rc.d the second.
install_packages() {
    local policy=/usr/sbin/policy-rc.d before after service
    before=$(ls /etc/init.d)
    if [[ ! -e $policy ]]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >&2 ||
        fail "apt-get could not install them; is the package list fresh (apt-get update)?"
    after=$(ls /etc/init.d)
    for service in $(comm -13 <(echo "$before") <(echo "$after")); do
        update-rc.d "$service" disable >/dev/null 2>&1 || true
    done
}

[[ $EUID -eq 0 ]] || fail "needs root: it makes network namespaces; run it with sudo"
if [[ $command != down ]]; then
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]})); then
        [[ $install == yes ]] || fail "these packages are missing; install them with: lab.sh packages $scenario --install" \
            "(or apt-get install --no-install-recommends ${missing[*]})"
        install_packages "${missing[@]}"
    fi
fi
[[ $command != packages ]] || { echo "lab.sh: nothing is missing for $scenario" >&2; exit 0; }

# ---- The rest is Python's ----

if [[ -z $tools ]]; then
    for tools in "$here"/../../build/{release,dev}/bin "$(dirname "$(command -v weir-capture || echo /nowhere/x)")"; do
        [[ ! -x $tools/weir-capture ]] || break
    done
fi
[[ $command == down || -x $tools/weir-capture ]] || fail "no weir-capture; build it, or say where it is with WEIR_BIN"
[[ $command == down ]] || tools=$(cd "$tools" && pwd)
arguments=()
[[ $command == down ]] || arguments=("$scenario" --seed "$seed" --tools "$tools" "${more[@]}")
PYTHONPATH=$here exec /usr/bin/python3 -B -m weirlab "$command" "${arguments[@]}"
