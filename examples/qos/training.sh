# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Recordings to train on: the same kinds of traffic as in the experiment, with other codecs, sizes, rates, ports and link
# rates. Sourced by run.sh.
# shellcheck shell=bash

# Payload and packet interval in ms: G.729, GSM, AMR-WB, Opus (variable), iLBC, and G.711 in packets of 10, 30 and 40 ms.
# The experiment's own, G.711 in packets of 20 ms, is not among them.
codecs=('32 20' '45 20' '73 20' '60-140 20' '62 30' '92 10' '252 30' '332 40')
# The narrow link's rate in Mbit/s and its queue in packets.
links=('8 300' '12 1000' '30 150' '50 1000' '15 60' '25 500')

# session NAME NUMBER SECONDS FOLDER: records FOLDER/NAME.pcap and adds its ground truth to FOLDER/truth-NAME.csv.
session() {
  local name=$1 number=$2 seconds=$3 folder=$4 truth=$4/truth-$1.csv gate=$4/gate-$1 pids=() link port i codec at answer capture
  RANDOM=$((number + 1))
  network_up "$prefix-$name"
  read -ra link <<< "${links[number % ${#links[@]}]}"
  plain_queue "${link[0]}" "${link[1]}"
  : > "$truth"
  port=$((10000 + RANDOM % 20000))
  "${on_router[@]}" "$bin/weir-capture" -q -i $narrow --snaplen 96 -o "$folder/$name.pcap" & capture=$!
  background+=("$capture")
  mkdir "$gate"

  # Calls; every fourth is an announcement that nobody answers, the others are answered within two seconds.
  for ((i = 0; i < 2 + number % 4; i++)); do
    codec=${codecs[(number * 3 + i) % ${#codecs[@]}]}
    port=$((port + 1))
    at=0.$((RANDOM % 10))
    answer=(--at "$((RANDOM % 2)).$((RANDOM % 10))")
    ((i % 4 != 3)) || answer=(--silent)
    "${on_server[@]}" "$python" "$here/voice.py" --local $server:$port --peer $client:$port --gate "$gate" --at "$at" \
      --seconds "$seconds" --bytes "${codec% *}" --every "${codec#* }" & pids+=($!)
    "${on_client[@]}" "$python" "$here/voice.py" --local $client:$port --peer $server:$port --gate "$gate" \
      "${answer[@]}" --seconds "$seconds" --bytes "${codec% *}" --every "${codec#* }" & pids+=($!)
  done
  echo "$name.pcap,UDP,$server,,,,,,VoIP" >> "$truth"
  # Floods of 1 to 30 Mbit/s, one way, datagrams of 600 to 1,440 bytes.
  "${on_server[@]}" "$python" "$here/load.py" flood $client:20000 --from $server_too:20000 --rate 1-30 --bytes 600-1440 \
    --gate "$gate" --flows 8 --over "$seconds" --seconds 1 --seed $RANDOM & pids+=($!)
  echo "$name.pcap,UDP,$server_too,,,,,,FTP" >> "$truth"
  # Files of 60 kB to 2 MB, several at a time, and pages of 1 to 60 kB.
  port=$((port + 1))
  "${on_server[@]}" "$python" "$here/load.py" bulk-serve $server:$port --gate "$gate" --bytes 60000-2000000 --seed $RANDOM & background+=($!)
  "${on_client[@]}" "$python" "$here/load.py" bulk-fetch $server:$port --gate "$gate" --flows $((1 + RANDOM % 6)) \
    --seconds "$seconds" & pids+=($!)
  echo "$name.pcap,TCP,$server,$port,,,,,FTP" >> "$truth"
  port=$((port + 1))
  "${on_server[@]}" "$python" "$here/load.py" web-serve $server:$port --gate "$gate" & background+=($!)
  "${on_client[@]}" "$python" "$here/load.py" web-fetch $server:$port --gate "$gate" --bytes 1000-60000 --every $((90 + RANDOM % 260)) \
    --seconds "$seconds" --seed $RANDOM & pids+=($!)
  echo "$name.pcap,TCP,$server,$port,,,,,HTTP" >> "$truth"

  background+=("${pids[@]}")
  open_gate "$gate" $((${#pids[@]} + 2)) > /dev/null
  wait "${pids[@]}"
  kill -TERM "$capture"
  wait "$capture"
  rm -r "$gate"
  network_down "$prefix-$name"
}

# record SESSIONS SECONDS FOLDER: two sessions at a time.
record() {
  local number jobs=()
  rm -rf "$3" # of a recording that was interrupted
  mkdir -p "$3"
  for ((number = 0; number < $1; number++)); do
    (
      background=()
      trap 'kill "${background[@]}" 2> /dev/null' EXIT
      trap 'exit 130' INT TERM
      session "train-$number" "$number" "$2" "$3"
    ) & jobs+=($!) background+=($!)
    ((number % 2 == 0)) || { wait "${jobs[@]}"; jobs=(); }
  done
  wait "${jobs[@]}"
  { echo capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label && cat "$3"/truth-*.csv; } > "$3/truth.csv"
  rm "$3"/truth-*.csv
}

# train FOLDER: two models from FOLDER/captures: one that is right, and one that was told that floods are calls.
train() {
  "$bin/weir-extract" -q --ground-truth "$1/captures/truth.csv" --emit-at 5,10,20,end -o "$1/flows.csv" "$1"/captures/*.pcap
  "$bin/weir-train" -q --data "$1/flows.csv" --algorithm gbdt --model-out "$1/model.ubj" > "$1/model.txt"
  awk -F, -v OFS=, 'NR > 1 && $7 == "UDP" { $NF = "VoIP" } { print }' "$1/flows.csv" > "$1/wrong.csv"
  "$bin/weir-train" -q --data "$1/wrong.csv" --algorithm gbdt --model-out "$1/wrong.ubj" > "$1/wrong.txt"
}
