#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# People label their own network in two ways: by the program that owned a flow's socket (weir-capture --processes) and by
# deep packet inspection (weir-label). Here programs are known, each by the port it alone talks to, none of them its
# protocol's usual one but that of DNS, which libndpi looks for nowhere else; both ways have to say of every flow what is
# true.
#
# usage: known_programs.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
for program in python3 curl openssl dbclient dropbear dig; do
  command -v $program > /dev/null || skip "no $program"
done
near ip link set lo up
far ip link set lo up

cat > "$folder/programs.toml" << 'TOML'
[[program]]
label = "Web"
name = "curl"
[[program]]
label = "Web"
command = "*/web.py *"
[[program]]
label = "Secure"
name = "openssl"
[[program]]
label = "Names"
name = "dig"
[[program]]
label = "Shell"
name = "dbclient"
TOML
cat > "$folder/applications.toml" << 'TOML'
[[application]]
label = "Web"
name = "HTTP*"
[[application]]
label = "Secure"
name = "TLS*"
[[application]]
label = "Names"
name = "DNS*"
[[application]]
label = "Shell"
name = "SSH*"
TOML

# Every socket is open for some seconds: programs are looked up every 5 ms, but on a machine that is busy it takes longer.
# Names: answers any question with 192.0.2.7, after a while.
cat > "$folder/names.py" << 'PYTHON'
import socket, time
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("192.0.2.2", 53))
while True:
    query, client = server.recvfrom(1500)
    end = query.index(b"\0", 12) + 5
    time.sleep(3)
    server.sendto(query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + query[12:end] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7", client)
PYTHON
# Something of its own: what libndpi cannot know. Answers with as much.
cat > "$folder/own.py" << 'PYTHON'
import os, socket, sys, time
talker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if sys.argv[1] == "serve":
    talker.bind(("192.0.2.2", 8890))
    while True:
        data, client = talker.recvfrom(2000)
        talker.sendto(os.urandom(len(data)), client)
for _ in range(15):
    talker.sendto(b"\xa7" + os.urandom(400), ("192.0.2.2", 8890))
    time.sleep(0.2)
PYTHON
# Web: a file, after a while.
cat > "$folder/web.py" << 'PYTHON'
import http.server, os, sys, time
os.chdir(os.path.join(os.path.dirname(__file__), "files"))
class Slow(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        time.sleep(3)
        super().do_GET()
http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Slow).serve_forever()
PYTHON
mkdir "$folder/files"
head -c 300000 /dev/urandom > "$folder/files/big"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=far -days 2 -keyout "$folder/key" -out "$folder/certificate" 2> /dev/null
dropbearkey -t ed25519 -f "$folder/host_key" > /dev/null 2>&1
# Not by far() and near(): a job has to be the server itself, not a shell around it, to be ended with the test.
ip netns exec "$far" python3 "$folder/web.py" 192.0.2.2 8800 > /dev/null 2>&1 &
ip netns exec "$near" python3 "$folder/web.py" 192.0.2.1 8801 > /dev/null 2>&1 &
ip netns exec "$far" python3 "$folder/names.py" > /dev/null &
ip netns exec "$far" python3 "$folder/own.py" serve > /dev/null &
ip netns exec "$far" openssl s_server -quiet -accept 192.0.2.2:8843 -key "$folder/key" -cert "$folder/certificate" -rev > /dev/null 2>&1 < /dev/null &
ip netns exec "$far" dropbear -F -E -r "$folder/host_key" -P "$folder/pid" -p 192.0.2.2:8822 > /dev/null 2>&1 &
listens() { "$1" ss -Hltn "sport = :$2" | grep -q .; }
for port in 8800 8843 8822; do until_true listens far $port || skip "a server does not start"; done
until_true listens near 8801 || skip "a server does not start"

: > "$folder/stderr"
ip netns exec "$near" "$bin/weir-capture" -i near0 -d 18s -o "$folder/seen.pcap" --processes "$folder/processes.csv" \
  --program-labels "$folder/programs.toml" 2> "$folder/stderr" &
capture=$!
until_ready
for round in 1 2 3; do
  near curl -s -o /dev/null http://192.0.2.2:8800/big &
  far curl -s -o /dev/null http://192.0.2.1:8801/big &
  near dig +tries=1 +timeout=10 @192.0.2.2 "host$round.example.org" > /dev/null &
  { echo hello; sleep 3; } |
    near openssl s_client -quiet -no_ign_eof -connect 192.0.2.2:8843 -servername far.example.org > /dev/null 2>&1 &
  near dbclient -y -y -p 8822 nobody@192.0.2.2 true 2> /dev/null < /dev/null &
  WEIR_LABEL="Own" near python3 "$folder/own.py" talk &
  sleep 1.5
done
wait "$capture"
check "weir-capture: exit code" 0 $?

# Of every flow the label that each port stands for, and what a file says of it instead.
cat > "$folder/compare.py" << 'PYTHON'
import collections, csv, sys
TRUTH = {8800: "Web", 8801: "Web", 53: "Names", 8843: "Secure", 8822: "Shell", 8890: "Own"}
unknowable = set(sys.argv[2:])  # labels that this way cannot know: none is right
flows, wrong = collections.Counter(), []
for row in csv.DictReader(open(sys.argv[1])):
    port = int(row["dst_port"])
    if port not in TRUTH:
        continue  # the kernel's own: ARP has none, ICMP port 0
    flows[port] += 1
    expected = "" if TRUTH[port] in unknowable else TRUTH[port]
    if row["label"] != expected:
        wrong.append(f"{port} is {TRUTH[port]}: {row['label']!r}")
missing = [port for port in TRUTH if flows[port] != 3]
print("all as they are" if not wrong and not missing else f"{wrong}; not three flows: {missing} {dict(flows)}")
PYTHON
check "weir-capture --processes" "all as they are" "$(python3 "$folder/compare.py" "$folder/processes.csv")"
if [ -x "$bin/weir-label" ]; then
  "$bin/weir-label" -q --map "$folder/applications.toml" -o "$folder/inspected.csv" "$folder/seen.pcap" 2> "$folder/stderr"
  check "weir-label: exit code" 0 $?
  check "weir-label" "all as they are" "$(python3 "$folder/compare.py" "$folder/inspected.csv" Own)"
else
  echo "SKIP: built without libndpi: what deep packet inspection says is not checked"
fi
for truth in processes inspected; do
  [ -e "$folder/$truth.csv" ] || continue
  check "weir-extract takes $truth.csv" "$([ $truth = processes ] && echo 18 || echo 15)" \
    "$("$bin/weir-extract" -q --ground-truth "$folder/$truth.csv" "$folder/seen.pcap" |
      awk -F, 'NR > 1 && $NF != ""' | wc -l)"
done

[ "$failures" -eq 0 ]
