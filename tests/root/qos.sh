#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# The experiment of examples/qos in short: a call on a full link, with a flood on its port, is recognised and spared, with
# a model that is right and with one that is wrong. Bounds are generous, because other tests may run beside this one;
# examples/qos/README.md has what is measured on a calm machine.
#
# usage: qos.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
here=$(cd "$(dirname "$0")" && pwd)
experiment=$here/../../examples/qos
folder=$(mktemp -d)
run=''
trap '[ -z "$run" ] || kill "$run" 2> /dev/null; wait; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

bin=$1

# start: $run is the process.
start() {
  "$experiment/run.sh" --bin "$bin" -o "$folder/qos" --quick > "$folder/table" 2> "$folder/stderr" &
  run=$!
}
# left RUN: how many of its namespaces are there.
left() { ip netns list | grep -c "^weir-qos-$1-"; }

start
id=$run
wait "$run"
status=$?
run=''
if [ $status -eq 77 ]; then
  echo "SKIP: $(tail -n 1 "$folder/stderr")"
  exit 77
fi
cat "$folder/stderr" "$folder/table"
if [ $status -ne 0 ]; then
  echo "FAILED: exit code $status"
  exit 1
fi
failures=$(left "$id")
[ "$failures" -eq 0 ] || echo "FAILED: namespaces are left"

python3 - "$experiment" "$folder/qos" << 'PYTHON' || failures=$((failures + 1))
import pathlib, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import report

results = report.load(pathlib.Path(sys.argv[2]))
failures = 0


def check(what, holds, got):
    global failures
    failures += not holds
    print(f"{'ok' if holds else 'FAILED'}: {what}: {got}")


for name, (case,) in results.items():
    check(f"{name}: p99 of the call is at most 20 ms", case.p99 <= 20, case.p99)
    check(f"{name}: at most 2 % of the call are lost", case.lost <= 2, case.lost)
    check(f"{name}: the call is recognised by its 20th packet", case.verdict and case.verdict[0] <= 20, case.verdict)
    check(f"{name}: the link is full", case.bulk >= 14, case.bulk)
check("the guard spares a flood that is none of its business", results["weir-lying"][0].demoted == 0,
      results["weir-lying"][0].demoted)
check("the guard demotes the flood that the model calls a call", results["wrong"][0].demoted >= 1,
      results["wrong"][0].demoted)
page = (pathlib.Path(sys.argv[2]) / "report.html").read_text()
check("the page has a curve for each case", page.count("<polyline") == len(results) == 2, page.count("<polyline"))
sys.exit(failures > 0)
PYTHON

# Interrupted in the middle of a case, it leaves nothing either.
start
id=$run
for _ in $(seq 100); do
  grep -qs 'capturing on' "$folder"/qos/unfinished-*/weir-lying/weir.txt && break
  sleep 0.05
done
before=$(left "$id")
kill -TERM "$run"
wait "$run"
status=$?
run=''
unfinished=$(find "$folder/qos" -maxdepth 1 -name 'unfinished-*')
if [ "$before" -eq 3 ] && [ $status -eq 130 ] && [ "$(left "$id")" -eq 0 ] && [ -z "$unfinished" ]; then
  echo "ok: interrupted, it leaves nothing"
else
  echo "FAILED: interrupted: $before namespaces before, exit code $status, $(left "$id") after"
  failures=$((failures + 1))
fi
[ "$failures" -eq 0 ]
