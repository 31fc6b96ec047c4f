# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Two network namespaces with a veth pair between them, near0 (192.0.2.1) and far0 (192.0.2.2), that are gone when the
# script ends. For the tests in this folder, which source it: $1 is the folder of the tools.
# shellcheck shell=bash

bin=$1
folder=$(mktemp -d)
near=weir-near-$$
far=weir-far-$$
failures=0

clean_up() {
  # shellcheck disable=SC2046  # a word for each process
  kill $(jobs -p) 2> /dev/null
  ip netns del "$near" 2> /dev/null
  ip netns del "$far" 2> /dev/null
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

skip() {
  echo "SKIP: $1"
  exit 77
}

# check WHAT EXPECTED GOT
check() {
  if [ "$2" = "$3" ]; then
    echo "ok: $1"
  else
    echo "FAILED: $1: expected '$2', got '$3'"
    cat "$folder/stderr" 2> /dev/null
    failures=$((failures + 1))
  fi
}

[ "$(id -u)" -eq 0 ] || skip "not root"
command -v ip > /dev/null || skip "no ip(8)"
{ ip netns add "$near" && ip netns add "$far"; } 2> /dev/null || skip "the kernel refuses network namespaces"
ip link add near0 netns "$near" type veth peer name far0 netns "$far" 2> /dev/null ||
  skip "the kernel refuses veth pairs"
near() { ip netns exec "$near" "$@"; }
far() { ip netns exec "$far" "$@"; }
# No IPv6, so that the kernel sends nothing of its own.
near sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2> /dev/null
far sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2> /dev/null
near ip addr add 192.0.2.1/24 dev near0
far ip addr add 192.0.2.2/24 dev far0
near ip link set near0 up
far ip link set far0 up

# Skips where the first namespace cannot be shaped; its loopback is up then.
need_shaping() {
  for tool in tc nft; do
    command -v $tool > /dev/null || skip "no $tool(8)"
  done
  near ip link set lo up
  near nft add table inet probe 2> /dev/null && near nft delete table inet probe || skip "the kernel has no nftables"
  near tc qdisc add dev lo root handle 1: htb 2> /dev/null && near tc qdisc del dev lo root || skip "the kernel has no HTB"
}

# Whether others than root can find out which queues the kernel has: in a user namespace, which a chroot does not allow.
others_can_probe() { setpriv --reuid=65534 --clear-groups unshare -U true 2> /dev/null; }

# until_true CONDITION...: waits for it, but not for ever.
until_true() {
  for _ in $(seq 200); do
    "$@" && return
    sleep 0.05
  done
  echo "gave up waiting: $*"
  return 1
}
until_ready() { until_true grep -qs 'capturing on' "$folder/stderr"; }

# start_echo: sends back from the other end what comes to 192.0.2.2:5555; $echo is its process.
start_echo() {
  ip netns exec "$far" timeout 60 python3 -c '
import socket
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("192.0.2.2", 5555))
while True:
    text, sender = receiver.recvfrom(2048)
    receiver.sendto(text, sender)' &
  # shellcheck disable=SC2034  # read by the tests
  echo=$!
  until_true is_listening
}
is_listening() { far grep -q ':15B3 ' /proc/net/udp; }
# call: four seconds of a call from near0 to the echo.
call() { near "$bin/weir-gen" -q --type voip --dst 192.0.2.2 --no-responder --i-own-this-network --duration 4 --seed 9; }

# What shapes near0: the root qdisc of an interface (near0), and whether there is anything of ours.
root() { near tc qdisc show dev "${1:-near0}" root | cut -d' ' -f2,3; }
is_shaping() { [ "$(root)" = "htb 5073:" ]; }
is_clean() { [ -z "$(near nft list tables)" ] && [ "$(root)" = "noqueue 0:" ] && ! near ip link show weir-ifb > /dev/null 2>&1; }

# A model of the classes of examples/policies/lab.toml, with early verdicts: $folder/model.ubj.
make_lab_model() {
  local seed
  for seed in 1 2 3; do
    "$bin/weir-gen" -q --method pcap --duration 20 --seed $seed -o "$folder/lab-$seed.pcap" --ground-truth "$folder/lab-$seed.csv"
    "$bin/weir-extract" -q --ground-truth "$folder/lab-$seed.csv" --emit-at 5,10,20,end -o "$folder/flows-$seed.csv" "$folder/lab-$seed.pcap"
  done
  { cat "$folder/flows-1.csv" && tail -qn +2 "$folder/flows-2.csv" "$folder/flows-3.csv"; } > "$folder/flows.csv"
  "$bin/weir-train" -q --data "$folder/flows.csv" --algorithm gbdt --model-out "$folder/model.ubj" > /dev/null
  check "a model" 0 $?
}
