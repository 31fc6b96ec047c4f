#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# The systemd unit of examples/systemd is valid, and weir classifies and shapes under what it grants: an ordinary user,
# two capabilities, read-only files, filtered system calls. systemd itself need not run.
#
# usage: service.sh FOLDER_OF_THE_TOOLS PROJECT_FOLDER     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
here=$(cd "$(dirname "$0")" && pwd)
unit=$2/examples/systemd/weir-predict-shape.service
need_shaping
for tool in systemd-analyze setpriv python3; do
  command -v $tool > /dev/null || skip "no $tool"
done
# One that an ordinary user can run, too.
python=/usr/bin/python3
[ -x $python ] || python=$(python3 -c 'import sys; print(sys.executable)')
"$python" -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2> /dev/null || skip "no libseccomp.so.2"
make_lab_model

# The unit as it would be installed: its program, model and policy are where they are here.
chmod 755 "$folder"
mkdir -m 700 "$folder/state"
chown 65534:65534 "$folder/state"
sed -e "s,/usr/local/bin/,$bin/,; s,/etc/weir/model.ubj,$folder/model.ubj,; s,/etc/weir/policy.toml,$2/examples/policies/lab.toml," \
  -e "s,/var/lib/weir/,$folder/state/,; s, -i eth0 , -i near0 --bandwidth 20mbit --for 4s ," "$unit" > "$folder/weir.service"
systemd-analyze verify "$folder/weir.service" > "$folder/stderr" 2>&1
check "systemd takes the unit" "0 " "$? $(cat "$folder/stderr")"
exposure=$(systemd-analyze security --offline=yes "$folder/weir.service" 2> /dev/null | sed -n 's/.*exposure level[^:]*: \([0-9.]*\).*/\1/p')
check "systemd's figure for its exposure is low ($exposure)" yes "$(awk -v x="$exposure" 'BEGIN { print x != "" && x <= 2.5 ? "yes" : "no" }')"

# sandboxed COMMAND...: under what the unit grants. It does not grant the look into itself that a sanitizer's search for
# leaks is.
sandboxed() { ASAN_OPTIONS=detect_leaks=0 near "$python" "$here/unit_sandbox.py" "$folder/weir.service" "$folder/state" "$@"; }
sandboxed "$python" -c '
import ctypes, os, socket
def tried(do):
    try:
        do()
        return "yes"
    except OSError as error:
        return type(error).__name__
def unshared(flags):
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "")
print(os.getuid(), tried(lambda: open("/var/tmp/weir-test", "w")), tried(lambda: socket.socket(40, socket.SOCK_DGRAM)),
      tried(lambda: unshared(0x00020000)), tried(lambda: os.setuid(0)), os.path.exists("/proc/sys"))' > "$folder/out" 2> "$folder/stderr"
check "the sandbox holds" "65534 OSError PermissionError PermissionError PermissionError False" "$(cat "$folder/out")"

start_line=$(sed -n '/^ExecStart=/,/[^\\]$/p' "$folder/weir.service" | sed 's/^ExecStart=//; s/\\$//' | tr '\n' ' ')
: > "$folder/stderr"
# shellcheck disable=SC2086  # words
sandboxed $start_line < /dev/null > "$folder/out" 2> "$folder/stderr" &
service=$!
until_ready
until_true is_shaping
check "the service: shaping" "htb 5073: table inet weir" "$(root) $(near nft list tables)"
far python3 "$here/flood.py" far0 50 25 > /dev/null
wait $service
check "the service: exit code" 0 $?
check "the service: classified" yes "$(grep -qE ' [1-9][0-9]* verdicts' "$folder/stderr" && echo yes)"
check "the service: usage is written" yes "$(grep -q '10.0.0.1' "$folder/state/usage.csv" && echo yes)"
check "the service: nothing is left" yes "$(is_clean && echo yes)"
grep -iE 'denied|permitted|refused' "$folder/stderr" | grep -v ' 0 refused'
stop_line=$(sed -n 's/^ExecStopPost=//p' "$folder/weir.service")
# shellcheck disable=SC2086
sandboxed $stop_line 2> "$folder/stderr"
check "the service, after it: exit code" 0 $?
check "the service, after it: nothing to remove" "weir-predict-shape: nothing to remove" "$(cat "$folder/stderr")"

[ "$failures" -eq 0 ]
