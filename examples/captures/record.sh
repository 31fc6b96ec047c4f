#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Records small captures of real programs talking over veth pairs in network namespaces, and writes down who talked.
set -euo pipefail

usage() {
    cat <<'END'
Usage: record.sh [--recording train|eval|both] [--sessions N] [--seed N] [-o DIR] [--keep]

Records train-01.pcap … with train.csv, and eval-01.pcap … with eval.csv: nginx, vsftpd, sipp, dnsmasq, sshd, mosquitto
and an rsync daemon serve; curl, wget, nghttp, lftp, sipp, dig, ssh, mosquitto_pub, rsync and ping ask. Nothing leaves
the network namespaces made for it. Needs root, Debian 12 (or like it), and about half a minute a session.

  --recording WHICH  train, eval or both (default both). The two differ in pages, files, calls, link rates and ports.
  --sessions N       captures in each recording (default 7)
  --seed N           what is drawn: sizes, programs, ports, times (default 1). Timing is the machine's own, so the same
                     seed repeats the plan, not the packets.
  -o, --output DIR   where the captures go (default: beside this script)
  --keep             leave the working directory, with the programs' logs, and say where it is
  -h, --help         this text

Exit status: 0 done, 1 something failed, 2 usage, 130 interrupted.

Examples:
  sudo ./record.sh                              # both recordings anew, beside this script
  sudo ./record.sh --seed 7 --sessions 2 -o /tmp/captures
END
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { echo "record.sh: $*" >&2; exit 1; }
misuse() { echo "record.sh: $* (see --help)" >&2; exit 2; }

recordings=(train eval) sessions=7 seed=1 output=$here keep=no
while (($#)); do
    case $1 in
    --recording | --sessions | --seed | -o | --output) (($# > 1)) || misuse "$1 needs a value" ;;&
    --recording)
        case $2 in train | eval) recordings=("$2") ;; both) recordings=(train eval) ;; *) misuse "--recording: train, eval or both, not $2" ;; esac
        shift ;;
    --sessions) [[ $2 =~ ^[1-9][0-9]?$ ]] || misuse "--sessions: a number from 1 to 99, not $2"; sessions=$2; shift ;;
    --seed) [[ $2 =~ ^[0-9]{1,9}$ ]] || misuse "--seed: a whole number, not $2"; seed=$2; shift ;;
    -o | --output) output=$2; shift ;;
    --keep) keep=yes ;;
    -h | --help) usage; exit 0 ;;
    *) misuse "unknown argument $1" ;;
    esac
    shift
done
[[ $EUID -eq 0 ]] || fail "needs root: it makes network namespaces; run it with sudo"

# shellcheck source-path=SCRIPTDIR source=services.sh
source "$here/services.sh"
# shellcheck source-path=SCRIPTDIR source=activities.sh
source "$here/activities.sh"

# ---- Packages ----

# Installing a server starts it and enables it at boot. Neither is wanted: policy-rc.d stops the first, update-rc.d the second.
install_missing() {
    local entry missing=() new=() service policy=/usr/sbin/policy-rc.d
    for entry in nginx:nginx-light vsftpd:vsftpd sipp:sip-tester dnsmasq:dnsmasq-base dig:bind9-dnsutils curl:curl wget:wget \
        nghttp:nghttp2-client lftp:lftp sshd:openssh-server ssh:openssh-client mosquitto:mosquitto mosquitto_pub:mosquitto-clients \
        rsync:rsync ping:iputils-ping tcpdump:tcpdump ethtool:ethtool ip:iproute2 openssl:openssl perl:perl-base hostname:hostname; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${entry%%:*}" >/dev/null || missing+=("${entry#*:}")
    done
    ((${#missing[@]})) || return 0
    echo "record.sh: installing ${missing[*]}" >&2
    for service in nginx vsftpd ssh mosquitto rsync; do [[ -e /etc/init.d/$service ]] || new+=("$service"); done
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        our_policy=$policy
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >&2 ||
        fail "apt-get could not install them; is the package list fresh (apt-get update)?"
    for service in "${new[@]}"; do
        [[ -e /etc/init.d/$service ]] || continue
        invoke-rc.d --quiet "$service" stop >/dev/null 2>&1 || true  # started after all, where the host's own policy-rc.d allows
        update-rc.d "$service" disable 2>/dev/null || true
    done
    [[ -z $our_policy ]] || rm -f "$our_policy"
    our_policy=''
}

# ---- Random numbers: the same on every bash, unlike $RANDOM, and without a subshell, which would forget them ----

random_state=0
step() { random_state=$((random_state * 6364136223846793005 + 1442695040888963407)); }
draw() {  # VARIABLE LO HI: a whole number from LO to HI
    step
    printf -v "$1" %d $(($2 + (random_state >> 33 & 0x3fffffff) % ($3 - $2 + 1)))
}
draw_spread() {  # VARIABLE LO HI: as many small as large, as file sizes are: each doubling of LO is as likely as the next
    local low=$2 doublings=0 twice
    while ((low << (doublings + 1) <= $3)); do doublings=$((doublings + 1)); done
    draw twice 0 "$doublings"
    low=$((low << twice))
    draw "$1" "$low" $((2 * low < $3 ? 2 * low : $3))
}
pick() { local which; draw which 2 $#; printf -v "$1" %s "${!which}"; }  # VARIABLE VALUE...

# ---- What a session is like ----

services=(web ftp voip dns tftp ssh mqtt rsync ping)
declare -A label=([web]=HTTP [ftp]=FTP [voip]=VoIP [dns]=Other [tftp]=Other [ssh]=Other [mqtt]=Other [rsync]=Other [ping]=Other)

# shellcheck disable=SC2034  # services.sh and activities.sh read these
# The two recordings share programs but neither sizes, rates, codecs nor ports (some overlap, as in life).
conditions() {  # RECORDING
    local one two three
    case $1 in
    train)
        subnet_pool=(10.21 10.34 10.57 10.80)
        pick one 2mbit 5mbit; pick two 8mbit 20mbit; pick three 10mbit 50mbit
        html_bytes=(3000 18000) page_objects=(5 12) object_bytes=(400 10000) file_bytes=(8000 70000) small_bytes=(2000 24000)
        call_ms=(3000 5500) codecs=(PCMU:0:20:160:160 GSM:3:20:33:33 G729:18:20:20:20 PCMA:8:30:240:240)
        typing_ms=(60 220) sensor_ms=(80 500)
        pick http_port 80 80 8080; pick https_port 443 443 8443; pick ftp_port 21 21 2121; pick ssh_port 22 22 2222
        pick mqtt_port 1883 1884; pick rsync_port 873 8730; sip_ports=(5060 5080)
        pick ephemeral_ports '32768 60999' '49152 65535'
        ;;
    eval)
        subnet_pool=(172.18 172.23 172.29 192.168)
        pick one 3mbit 4mbit; pick two 6mbit 12mbit; pick three 15mbit 40mbit
        html_bytes=(6000 30000) page_objects=(7 16) object_bytes=(250 11000) file_bytes=(12000 80000) small_bytes=(1500 32000)
        call_ms=(3500 7000) codecs=(PCMA:8:20:160:160 iLBC:97:30:50:50 G723:4:30:24:24 G722:9:20:160:160 Speex:98:20:25:70 PCMU:0:40:320:320)
        typing_ms=(40 300) sensor_ms=(50 700)
        pick http_port 80 8000 8080; pick https_port 443 4443 8443; pick ftp_port 21 2121 8021; pick ssh_port 22 443 2022
        pick mqtt_port 1883 443; pick rsync_port 873 8080; sip_ports=(5060 8000 30000)
        pick ephemeral_ports '32768 60999' '10000 64000'
        ;;
    esac
    client_rates=("$one" "$two" "$three")
    pick tls_record_bytes 4k 16k
    pick ftp_from_port_20 YES NO
    pick subnet "${subnet_pool[@]}"
    draw one 1 250
    subnet=$subnet.$one
    draw one 10 20
    for service in "${services[@]}"; do
        draw two 3 14
        address[$service]=$subnet.$((one += two))
    done
}

# Styles take turns from session to session, so that each recording has all of them; the times, clients and sizes are drawn.
live() {  # SESSION
    local n=$1 v client delay codec silence
    local web=('wget http' 'h2 https' 'parallel http' 'reader https' 'keep-alive https' 'close http' 'nghttp https' 'parallel https' 'reader http' 'keep-alive http')
    local ftp=('download passive plain' 'mput active plain' 'browse passive tls' 'mirror passive plain' 'upload active plain' 'slow passive plain' 'wget active plain' 'mput passive tls' 'browse active plain' 'upload passive tls' 'mirror active plain')
    local other=('ssh_typing' 'mqtt_sensors' 'dns_lookups udp' 'tftp_file' 'ssh_copy up' 'pings' 'rsync_files down' 'dns_lookups tcp' 'ssh_copy down' 'tftp_file' 'rsync_files up' 'mqtt_sensors')
    # shellcheck disable=SC2086  # a style is several words
    for v in 0 1 2; do
        soon; at "$delay" "$client" web_page ${web[(3 * n + v) % ${#web[@]}]}
        soon; at "$delay" "$client" ftp_files ${ftp[(3 * n + v) % ${#ftp[@]}]}
        codec=${codecs[(3 * n + v) % ${#codecs[@]}]}
        pick silence send drop drop comfort comfort
        soon; at "$delay" "$client" call "$codec" "$silence" "$([[ $v == 2 ]] && echo t1 || echo u1)" $((2 * v))
    done
    # shellcheck disable=SC2086
    for v in {0..6}; do soon; at "$delay" "$client" ${other[(7 * n + v) % ${#other[@]}]}; done
    soon; at "$delay" "$client" web_form "$([[ $((n % 2)) == 0 ]] && echo http || echo https)"
    soon; at "$delay" "$client" web_file "$([[ $((n % 2)) == 0 ]] && echo https || echo http)" --limit-rate 40k
}

soon() { local ms; draw client 1 "${#client_rates[@]}"; draw ms 0 9000; printf -v delay %d.%03d $((ms / 1000)) $((ms % 1000)); }

# ---- Recording ----

declare -A address
namespaces=() jobs_running=() our_policy='' work='' recorder=''

session() {  # RECORDING SESSION
    local recording=$1 name
    name=$1-$(printf %02d "$2")
    lab=$work/$name
    mkdir "$lab"
    chmod 755 "$lab"
    conditions "$recording"
    lab_up
    services_up
    start_recorder "$lab/$name.pcap"
    jobs_running=()
    live "$2"
    wait "${jobs_running[@]}" || true  # what failed is in the log; check.sh tells whether enough is left
    jobs_running=()
    sleep 1  # the last FIN and its ACK
    stop_recorder
    lab_down
    truth "$name.pcap" >>"$work/$recording.csv"
    mv "$lab/$name.pcap" "$work/"
    echo "record.sh: $name.pcap, $(stat -c %s "$work/$name.pcap") bytes" >&2
}

# 96 bytes hold Ethernet, IPv4 and TCP with all its options, and keep the captures small. Left out are ARP and the bridge's
# own IGMP, which belong to no program.
start_recorder() {
    local try
    ip netns exec "$server_ns" tcpdump -i br0 -s 96 -B 8192 --time-stamp-precision=nano -Z root -w "$1" 'tcp or udp or icmp' 2>"$lab/tcpdump.log" &
    recorder=$!
    for try in {1..100}; do
        ! grep -q 'listening on' "$lab/tcpdump.log" || return 0
        sleep 0.1
    done
    fail "tcpdump did not start (try $try): $(cat "$lab/tcpdump.log")"
}

stop_recorder() {
    kill -INT "$recorder"
    wait "$recorder" || true
    recorder=''
    grep -q '^0 packets dropped by kernel' "$lab/tcpdump.log" || fail "tcpdump lost packets: $(tail -n 1 "$lab/tcpdump.log")"
}

# The rows do not overlap, so it does not matter which one a reader takes first.
truth() {  # CAPTURE
    local service protocol
    for service in "${services[@]}"; do
        for protocol in TCP UDP; do echo "$1,$protocol,,,${address[$service]},,,,${label[$service]}"; done
    done
    echo "$1,ICMP,,,,,,,Other"
}

clean_up() {
    local status=$?
    trap - EXIT
    trap '' INT TERM
    ((${#jobs_running[@]} == 0)) || kill "${jobs_running[@]}" 2>/dev/null || true
    lab_down
    [[ -z $our_policy ]] || rm -f "$our_policy"
    [[ -z $made_run_sshd ]] || rmdir /run/sshd 2>/dev/null || true
    if [[ $keep == yes ]]; then echo "record.sh: the working directory is $work" >&2
    elif [[ -n $work ]]; then rm -rf "$work"; fi
    exit "$status"
}

made_run_sshd=''
trap clean_up EXIT
trap 'exit 130' INT TERM
install_missing
PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d)
chmod 755 "$work"  # nginx and vsftpd serve from below it, as users of their own
mkdir -p "$output"
if [[ ! -d /run/sshd ]]; then mkdir /run/sshd; made_run_sshd=yes; fi  # sshd wants this empty directory
renice -n -10 -p $$ >/dev/null || true  # a busy machine would stretch the 20 ms between voice packets

for recording in "${recordings[@]}"; do
    random_state=$seed
    [[ $recording == train ]] || random_state=$((seed + 1000003))
    echo capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label >"$work/$recording.csv"
    for ((number = 1; number <= sessions; number++)); do session "$recording" "$number"; done
    # Only a whole recording replaces an older one.
    rm -f "$output/$recording"-[0-9][0-9].pcap
    mv "$work/$recording"-*.pcap "$work/$recording.csv" "$output/"
done
