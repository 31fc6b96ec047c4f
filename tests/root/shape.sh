#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Shapes for real, in network namespaces: what the kernel then has is what was asked for, packets are marked
# and queued by it, and nothing is left whatever ends the process.
#
# usage: shape.sh FOLDER_OF_THE_TOOLS PROJECT_FOLDER     exit code 77: skipped, the reason is on stdout
# WEIR_MOST_MIB: memory that 100,000 flows may take (100)
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
project=$2
need_shaping
near sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.near0.accept_dad=0 \
  net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.near0.disable_ipv6=0 2> /dev/null
far sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.far0.accept_dad=0 \
  net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.far0.disable_ipv6=0 2> /dev/null
near ip -6 addr add 2001:db8::1/64 dev near0 nodad
far ip -6 addr add 2001:db8::2/64 dev far0 nodad
# Without asking who has the address, which takes a second on a new interface.
near ip -6 neigh add 2001:db8::2 lladdr "$(far cat /sys/class/net/far0/address)" dev near0 nud permanent
far nft -f - << 'NFT'
table inet seen {
	chain input {
		type filter hook prerouting priority 0
		ip dscp ef udp dport 5555 counter
		ip6 dscp ef udp dport 5555 counter
	}
}
NFT
policy=$project/examples/policies/lab.toml

said() { grep -qs "^$1" "$folder/stdout"; }
rules() { near nft list tables 2> /dev/null; }

# start WORD...: a shaper on near0 that reads from descriptor 7; $stand is its process.
start() {
  rm -f "$folder/fifo"
  mkfifo "$folder/fifo"
  : > "$folder/stdout"
  ip netns exec "$near" "$bin/shape_stand" "$policy" near0 20mbit "$@" < "$folder/fifo" > "$folder/stdout" 2> "$folder/stderr" 7>&- &
  stand=$!
  exec 7> "$folder/fifo"
  until_true said ready
}
tell() { echo "$*" >&7; }
answers() { grep -c '^synced' "$folder/stdout"; }
has_answered() { [ "$(answers)" -gt "$1" ]; }
sync() {
  local before
  before=$(answers)
  tell sync
  until_true has_answered "$before"
}
finish() {
  exec 7>&-
  wait "$stand"
}
# send ADDRESS PORT COUNT: datagrams of 100 bytes from port 4000.
send() {
  near python3 -c '
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sender = socket.socket(family, socket.SOCK_DGRAM)
sender.bind(("", 4000))
for number in range(int(sys.argv[3])):
    try:
        sender.sendto(b"x" * 100, (sys.argv[1], int(sys.argv[2])))
    except ConnectionRefusedError:
        sender.sendto(b"x" * 100, (sys.argv[1], int(sys.argv[2])))' "$@"
}
# band ID [DEVICE]: packets that the class has sent.
band() {
  near tc -s class show dev "${2:-near0}" | awk -v id="$1" '$1 == "class" { mine = $3 == id } mine && $1 == "Sent" { print $4 }'
}
seen_ef() {
  far nft -j list chain inet seen input | python3 -c '
import json, sys
print(*(e["counter"]["packets"] for r in json.load(sys.stdin)["nftables"] if "rule" in r
        for e in r["rule"]["expr"] if "counter" in e))'
}

# The rules are those of the plan.
start
check "the root qdisc" "htb 5073:" "$(root)"
check "the tables" "table inet weir" "$(rules)"
check "the table has an owner" 1 "$(near nft list table inet weir | grep -c 'flags owner')"
check "others cannot flush it" 1 "$(near nft flush ruleset 2> /dev/null; rules | grep -c weir)"
near tc class show dev near0 | sort | sed 's/ leaf [^ ]*//; s/ burst.*//' > "$folder/classes"
check "the classes" "class htb 5073:1 root rate 20Mbit ceil 20Mbit
class htb 5073:10 parent 5073:1 prio 0 rate 4Mbit ceil 8Mbit
class htb 5073:20 parent 5073:1 prio 1 rate 10Mbit ceil 20Mbit
class htb 5073:30 parent 5073:1 prio 2 rate 4Mbit ceil 20Mbit" "$(cat "$folder/classes")"
check "a queue in each" 3 "$(near tc -j qdisc show dev near0 | grep -o '"parent"' | wc -l)"

# Marks: class, code point, both IP versions; a verdict in either direction.
tell UDP 192.0.2.1 4000 192.0.2.2 5555 VoIP 0.95
tell UDP 2001:db8::2 5555 2001:db8::1 4000 VoIP 0.95
tell UDP 192.0.2.1 4000 192.0.2.2 6666 VoIP 0.5
tell UDP 192.0.2.1 4000 192.0.2.2 7777 FTP 1
sync
high=$(band 5073:10)
send 192.0.2.2 5555 20
send 2001:db8::2 5555 20
check "packets of calls in their band" $((high + 40)) "$(band 5073:10)"
check "their code point on the other side" "20 20" "$(seen_ef)"
bulk=$(band 5073:30)
send 192.0.2.2 7777 20
check "packets of transfers in theirs" $((bulk + 20)) "$(band 5073:30)"
send 192.0.2.2 6666 20
check "without confidence: not the calls' band" $((high + 40)) "$(band 5073:10)"

# The guard of the rules: a call that sends like a transfer is demoted, and stays so.
bulk=$(band 5073:30)
send 192.0.2.2 5555 1000
# Most of them: a band's queue is short.
check "over its rate: demoted" yes "$([ "$(band 5073:30)" -gt $((bulk + 100)) ] && echo yes)"
high=$(band 5073:10)
tell UDP 192.0.2.1 4000 192.0.2.2 5555 HTTP 1
sync
tell UDP 192.0.2.1 4000 192.0.2.2 5555 VoIP 1
sync
send 192.0.2.2 5555 20
check "demoted once: whatever the verdicts" "$high" "$(band 5073:10)"

# A second one is refused and leaves the first alone.
near "$bin/shape_stand" "$policy" near0 20mbit < /dev/null > /dev/null 2> "$folder/second"
check "a second one: exit code" 1 $?
check "a second one: message" 1 "$(grep -c 'weir shapes near0 already' "$folder/second")"
near "$bin/shape_stand" "$policy" lo 20mbit < /dev/null > /dev/null 2> "$folder/second"
check "on another interface: message" 1 "$(grep -c 'belongs to a process that runs' "$folder/second")"
near "$bin/weir-predict-shape" --cleanup 2> "$folder/second"
check "cleaning up behind its back: refused" 1 $?
check "the first one is still there" "htb 5073: table inet weir" "$(root) $(rules)"

# 100,000 flows, none lost, in bounded memory.
tell flood 100000
until_true grep -qs ' a second, ' "$folder/stdout"
flooded=$(grep ' a second, ' "$folder/stdout")
echo "100,000 flows: $flooded"
check "flood: nothing refused" 1 "$(echo "$flooded" | grep -c ', 0 refused, ')"
memory=$(echo "$flooded" | sed 's/.* \([0-9]*\) MiB/\1/')
check "flood: memory" yes "$([ "${memory:-9999}" -lt "${WEIR_MOST_MIB:-100}" ] && echo yes)"
check "flood: elements" yes "$([ "$(near nft list map inet weir flows4 | grep -o expires | wc -l)" -ge 50000 ] && echo yes)"

finish
check "the end of its input: exit code" 0 $?
check "the end of its input: all gone" yes "$(is_clean && echo yes)"

for signal in INT TERM; do
  start
  # It waits for input; what comes then is not read any more.
  kill -$signal "$stand"
  wait "$stand"
  check "SIG$signal: exit code" 0 $?
  exec 7>&-
  check "SIG$signal: all gone" yes "$(is_clean && echo yes)"
done

# Killed: gone within a second. Where other work keeps the processors busy, the guard waits for its turn as well.
patience=1000
awk -v processors="$(nproc)" '{ exit !($1 > processors) }' /proc/loadavg && patience=10000
# Nobody waits for a guard whose parent was killed but init, which takes its time: a zombie is gone.
is_alive() { grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }
for words in "" "ingress"; do
  # shellcheck disable=SC2086  # no word where there is none
  start $words
  # The guard's work is done when it is gone; asking tc and nft takes longer.
  guard=$(awk '{ print $1 }' "/proc/$stand/task/$stand/children")
  kill -KILL "$stand"
  begin=$(date +%s%N)
  while is_alive "$guard" && [ $((($(date +%s%N) - begin) / 1000000)) -lt 5000 ]; do sleep 0.01; done
  taken=$((($(date +%s%N) - begin) / 1000000))
  check "SIGKILL ${words:-egress}: all gone" yes "$(is_clean && echo yes)"
  check "SIGKILL ${words:-egress}: within $patience ms" yes "$([ $taken -lt $patience ] && echo yes || echo "$taken ms")"
  echo "gone $taken ms after SIGKILL"
  wait "$stand" 2> /dev/null
  exec 7>&-
done

# The guard's own end must not matter.
start
kill -KILL "$(awk '{ print $1 }' "/proc/$stand/task/$stand/children")"
finish
check "guard killed: all gone all the same" yes "$(is_clean && echo yes)"

# What comes in.
start ingress
tell UDP 192.0.2.2 4000 192.0.2.1 5555 VoIP 0.95
sync
high=$(band 5073:10 weir-ifb)
far python3 -c '
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("", 4000))
for number in range(20):
    try:
        sender.sendto(b"x" * 100, ("192.0.2.1", 5555))
    except ConnectionRefusedError:
        sender.sendto(b"x" * 100, ("192.0.2.1", 5555))'
check "ingress: packets of calls in their band" $((high + 20)) "$(band 5073:10 weir-ifb)"
finish
check "ingress: all gone" yes "$(is_clean && echo yes)"

# Somebody else's qdisc.
near tc qdisc add dev near0 root handle 77: tbf rate 50mbit burst 32kb latency 50ms
before=$(near tc qdisc show dev near0 root)
near "$bin/shape_stand" "$policy" near0 20mbit < /dev/null > /dev/null 2> "$folder/second"
check "foreign qdisc: exit code" 1 $?
check "foreign qdisc: remedy" 1 "$(grep -c -e '--replace' "$folder/second")"
check "foreign qdisc: untouched" "$before" "$(near tc qdisc show dev near0 root)"
check "foreign qdisc: no rules" "" "$(rules)"
start replace
check "replaced" "htb 5073:" "$(root)"
finish
check "brought back" "$before" "$(near tc qdisc show dev near0 root)"
start replace
kill -KILL "$stand"
until_true eval '[ "$(root)" = "tbf 77:" ]'
check "brought back after SIGKILL" "$before" "$(near tc qdisc show dev near0 root)"
wait "$stand" 2> /dev/null
exec 7>&-
near tc qdisc del dev near0 root
near tc qdisc add dev near0 root handle 77: htb
near tc class add dev near0 parent 77: classid 77:1 htb rate 1mbit
near "$bin/shape_stand" "$policy" near0 20mbit replace < /dev/null > /dev/null 2> "$folder/second"
check "what cannot be brought back is not replaced" 1 "$(grep -c 'could not be brought back' "$folder/second")"
near tc qdisc del dev near0 root

# Left on purpose, removed later, twice.
start keep ingress
finish
check "kept" "htb 5073: table inet weir table netdev weir" "$(root) $(rules | tr '\n' ' ' | sed 's/ $//')"
near "$bin/shape_stand" "$policy" near0 20mbit < /dev/null > /dev/null 2> "$folder/second"
check "kept: a new one says how to remove it" 1 "$(grep -c -e '--cleanup' "$folder/second")"
near "$bin/weir-predict-shape" --cleanup 2> "$folder/stderr"
check "cleanup: exit code" 0 $?
check "cleanup: all gone" yes "$(is_clean && echo yes)"
near "$bin/weir-predict-shape" --cleanup 2> "$folder/stderr"
check "cleanup again: exit code" 0 $?
check "cleanup again: message" "weir-predict-shape: nothing to remove" "$(cat "$folder/stderr")"

# --check changes nothing and says what is wrong.
near "$bin/weir-predict-shape" --policy "$policy" --check -i near0 --bandwidth 20mbit --ingress 2> "$folder/stderr"
check "--check: exit code" 0 $?
check "--check: nothing there" yes "$(is_clean && echo yes)"
near "$bin/weir-predict-shape" --policy "$policy" --check -i none0 --bandwidth 20mbit 2> "$folder/stderr"
check "no such interface: exit code" 1 $?
check "no such interface: message" "weir-predict-shape: no interface named none0" "$(cat "$folder/stderr")"
if command -v setpriv > /dev/null; then
  near setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
    "$bin/weir-predict-shape" --policy "$policy" --check -i near0 --bandwidth 20mbit --leaf pfifo 2> "$folder/stderr"
  check "no privilege: exit code" 1 $?
  check "no privilege: names the capability" 1 "$(grep -c 'CAP_NET_ADMIN is missing' "$folder/stderr")"
else
  echo "SKIP: no setpriv: what others than root are told is not checked"
fi
# CAP_NET_ADMIN alone, as an ordinary user.
if others_can_probe; then
  ip netns exec "$near" setpriv --reuid=65534 --clear-groups --inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin \
    --bounding-set=-all,+net_admin "$bin/shape_stand" "$policy" near0 20mbit < /dev/null > "$folder/stdout" 2> "$folder/stderr"
  check "with CAP_NET_ADMIN alone: exit code" 0 $?
  check "with CAP_NET_ADMIN alone: all gone" yes "$(is_clean && echo yes)"
else
  echo "SKIP: no setpriv, or no user namespaces: what others than root may do is not checked"
fi

# Kernels that lack something. In tc's text HTB becomes a qdisc that no kernel has; without netfilter there is no
# socket for it.
cp "$(readlink -f "$(command -v tc)")" "$folder/tc"
cat > "$folder/tc-without-htb" << SHELL
#!/bin/sh
case "\$*" in
  *-batch*) /usr/bin/sed 's/ htb .*/ nohtb/' | "$folder/tc" "\$@" ;;
  *) exec "$folder/tc" "\$@" ;;
esac
SHELL
chmod +x "$folder/tc-without-htb"
without_htb() {
  # shellcheck disable=SC2016  # for the inner shell
  near unshare --mount sh -c 'mount --bind "$0" "$(readlink -f "$(command -v tc)")" && exec "$@"' "$folder/tc-without-htb" "$@"
}
cat > "$folder/without_netfilter.py" << 'PYTHON'
import os, sys
sys.path.insert(0, sys.argv[1])
from unit_sandbox import ALLOW, EQUAL, Comparison, Filter
AF_NETLINK, NETLINK_NETFILTER, EPROTONOSUPPORT = 16, 12, 93
rules = Filter(ALLOW)
rules.rule(0x00050000 | EPROTONOSUPPORT, "socket", Comparison(0, EQUAL, AF_NETLINK, 0),
           Comparison(2, EQUAL, NETLINK_NETFILTER, 0))
rules.load()
os.execv(sys.argv[2], sys.argv[2:])
PYTHON
without_netfilter() { near python3 "$folder/without_netfilter.py" "$project/tests/root" "$@"; }
# lacks WHAT MESSAGE: --check and shaping both say it in one line, and change nothing.
lacks() {
  local what=$1 message=$2
  "without_$what" "$bin/weir-predict-shape" --policy "$policy" --check -i near0 --bandwidth 20mbit --leaf pfifo 2> "$folder/stderr"
  check "no $what, --check: exit code" 1 $?
  check "no $what, --check: message" "weir-predict-shape: $message" "$(cat "$folder/stderr")"
  "without_$what" "$bin/shape_stand" "$policy" near0 20mbit < /dev/null > /dev/null 2> "$folder/stderr"
  check "no $what: exit code" 1 $?
  check "no $what: message" "shape_stand: $message" "$(cat "$folder/stderr")"
  until_true is_clean
  check "no $what: nothing there" yes "$(is_clean && echo yes)"
}
lacks htb "tc: Specified qdisc kind is unknown, the kernel does not have it (at: qdisc add dev near0 root handle 5073: htb default 20)"
if python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2> /dev/null; then
  lacks netfilter "the kernel has no nftables: Protocol not supported"
else
  echo "SKIP: no libseccomp.so.2: a kernel without netfilter is not tried"
fi

# What leaves say is tc's language, whether or not the kernel has them: tc reads options before it asks the kernel.
for leaf in fq_codel cake pfifo; do
  "$bin/weir-predict-shape" --policy "$policy" --dry-run -i lo --bandwidth 20mbit --leaf $leaf |
    sed -n '/^# tc -batch -/,/^# undo/p' > "$folder/tc.txt"
  check "leaf $leaf: in the text" 3 "$(grep -c "^qdisc add dev lo parent .* $leaf" "$folder/tc.txt")"
  unshare --net tc -force -batch - < "$folder/tc.txt" > "$folder/stdout" 2>&1
  check "leaf $leaf: tc understands all of it" "" \
    "$(grep -vE '^(Error: Specified qdisc kind is unknown\.|Command failed -:[0-9]+)$' "$folder/stdout")"
  sed "s/ $leaf/ $leaf nonsense/" "$folder/tc.txt" | unshare --net tc -force -batch - > "$folder/stdout" 2>&1
  check "leaf $leaf: tc would say so" yes "$(grep -qE 'What is "nonsense"|unknown parameter "nonsense"|Illegal' "$folder/stdout" && echo yes)"
done

[ "$failures" -eq 0 ]
