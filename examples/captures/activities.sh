# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# What the people on the clients do: visit pages, move files, call each other, and the rest of a network's life.
# shellcheck disable=SC2154,SC2034  # record.sh sources this and sets what it reads

# at SECONDS CLIENT ACTIVITY [ARGUMENT...]: do it that late, on that client, bounded in time, beside all the others.
# Every activity has random numbers of its own, so what one does shifts nothing for the next.
at() {
    local delay=$1 client=weir-$$-client$2 own_seed
    shift 2
    draw own_seed 1 1000000000
    (
        random_state=$own_seed
        sleep "$delay"
        echo "== $client: $*"
        "$@"
    ) </dev/null >>"$lab/clients.log" 2>&1 &
    jobs_running+=($!)
}

on_client() { timeout -k 2 40 ip netns exec "$client" "$@"; }

pause() {  # LO HI in milliseconds
    local ms
    draw ms "$1" "$2"
    sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
}

# ---- HTTP ----

web_page() {  # STYLE SCHEME: one page with all its objects
    local style=$1 base page list n
    if [[ $2 == https ]]; then base=https://web.test:$https_port; else base=http://web.test:$http_port; fi
    draw page 1 4
    list=$lab/page.$BASHPID
    {
        printf 'url = "%s/p%d/index.html"\noutput = /dev/null\n' "$base" "$page"
        sed "s|.*|url = \"$base&\"\noutput = /dev/null|" "$lab/web/p$page/objects"
    } >"$list"
    case $style in
    wget) on_client wget -q -p -e robots=off --no-check-certificate -P "$list.d" "$base/p$page/index.html" ;;
    keep-alive) on_client curl -sSk --http1.1 -K "$list" ;;
    parallel) draw n 2 4; on_client curl -sSk --http1.1 --parallel --parallel-max "$n" -K "$list" ;;
    close) head -n 8 "$list" >"$list.8"; on_client curl -sSk --http1.1 -H 'Connection: close' -K "$list.8" ;;
    reader) draw n 60 150; on_client curl -sSk --rate "$n/m" -m 2 -K "$list" ;;  # a slow trickle of requests
    h2) on_client curl -sSk --http2 --parallel --parallel-max 50 -K "$list" ;;
    nghttp) on_client nghttp -na --no-verify-peer "$base/p$page/index.html" ;;
    esac
}

web_file() {  # SCHEME [curl option...]: one larger file
    local scheme=$1 n port=$http_port
    shift
    [[ $scheme == http ]] || port=$https_port
    draw n 1 6
    on_client curl -sSk "$@" -o /dev/null "$scheme://web.test:$port/file$n.bin"
}

web_form() {  # SCHEME: look at a page, fill in its form, send it with a file
    local n port=$http_port
    [[ $1 == http ]] || port=$https_port
    draw n 1 6
    on_client curl -sSk -o /dev/null "$1://web.test:$port/p1/index.html" --next \
        -sSk -o /dev/null -F name=somebody -F "file=@$lab/web/file$n.bin" "$1://web.test:$port/form"
}

# ---- FTP ----

ftp_files() {  # STYLE MODE(passive|active) TLS(plain|tls)
    local style=$1 passive=yes tls=no options=() wget=() n m k url="ftp://ftp.test:$ftp_port" upload lftp
    [[ $2 == passive ]] || { passive=no; options+=(--ftp-port -); wget+=(--no-passive-ftp); }
    [[ $3 == plain ]] || { tls=yes; options+=(--ssl-reqd -k); }
    draw n 1 6
    draw m 1 6
    draw k 2 4
    upload=$lab/web/file$n.bin
    lftp="set ftp:passive-mode $passive; set ftp:ssl-allow $tls; set ftp:ssl-protect-data yes; set ssl:verify-certificate no"
    lftp+="; set net:timeout 10; set net:max-retries 2; set xfer:clobber yes; open $url"
    case $style in
    download) on_client curl -sS "${options[@]}" -o /dev/null "$url/pub/file$n.bin" -o /dev/null "$url/pub/file$m.bin" ;;
    upload) on_client curl -sS "${options[@]}" -T "$upload" "$url/incoming/curl.$BASHPID" ;;
    mirror) on_client lftp -c "$lftp; lcd $(mktemp -d -p "$lab"); mirror --parallel=$((k - 1)) -i 'file[$n$m$k]' pub" ;;
    mput) on_client lftp -c "$lftp; cd incoming; ls; put $upload -o lftp.$BASHPID; put $lab/rsync/file$m.bin -o lftp.small.$BASHPID; ls" ;;
    browse) on_client lftp -c "$lftp; ls; cd pub; ls; get file$n.bin -o /dev/null; !sleep 0.$k; ls; get file$m.bin -o /dev/null; !sleep 1; pwd; cd ..; ls" ;;
    wget) on_client wget -q "${wget[@]}" -O /dev/null "$url/pub/file$n.bin" "$url/pub/file$m.bin" ;;
    slow) on_client lftp -c "$lftp; set net:limit-rate ${k}0000; get pub/file$n.bin -o /dev/null" ;;
    esac
}

# ---- VoIP ----

# One call: sipp answers on the server's VoIP address, sipp on the client dials, presses some keys (SIP INFO) and hangs up.
# Each has a pcap with its own side of the talk, which sipp plays as RTP on the ports that the two agreed on in SDP.
call() {  # CODEC(name:type:ptime:min:max) SILENCE(send|drop|comfort) TRANSPORT(u1|t1) LINE
    local name type ptime min max silence=$2 transport=$3 dir=$lab/call.$BASHPID
    local milliseconds seed sip_port caller_port media_port caller_media keys ring one_way caller_says callee_says
    IFS=: read -r name type ptime min max <<<"$1"
    draw milliseconds "${call_ms[@]}"
    draw seed 1 1000000
    draw keys 2 6
    draw ring 200 1500
    pick sip_port "${sip_ports[@]}"
    sip_port=$((sip_port + $4))  # calls overlap, and each is answered by a sipp of its own
    draw caller_port 10000 19000
    draw media_port 5000 15000
    draw caller_media 5000 15000
    draw one_way 1 6
    mkdir "$dir"
    "$here/voice.pl" "$dir/caller.pcap" "$seed" 0 "$milliseconds" "$ptime" "$min" "$max" "$silence" "$type"
    "$here/voice.pl" "$dir/callee.pcap" "$seed" 1 "$milliseconds" "$ptime" "$min" "$max" "$silence" "$type"
    # One call in six is an announcement: only the callee speaks.
    caller_says="<nop><action><exec play_pcap_audio=\"$dir/caller.pcap\"/></action></nop>"
    ((one_way != 1)) || caller_says=''
    callee_says="<nop><action><exec play_pcap_audio=\"$dir/callee.pcap\"/></action></nop>"
    caller_scenario >"$dir/caller.xml"
    callee_scenario >"$dir/callee.xml"
    (
        cd "$dir" || exit
        timeout -k 2 40 ip netns exec "$server_ns" sipp -nostdin -sf callee.xml -m 1 -t "$transport" -i "${address[voip]}" \
            -p "$sip_port" -mi "${address[voip]}" -mp "$((media_port * 2))" >callee.out 2>&1 &
        sleep 0.7
        local my_address
        my_address=$(on_client hostname -I)
        on_client sipp "${address[voip]}:$sip_port" -nostdin -sf caller.xml -m 1 -t "$transport" -i "${my_address% }" \
            -p "$caller_port" -mi "${my_address% }" -mp "$((caller_media * 2))" >caller.out 2>&1 || echo "the call failed: $?"
        wait
    )
}

sdp() {
    printf 'Content-Type: application/sdp\nContent-Length: [len]\n\nv=0\no=- 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\n'
    printf 'm=audio [media_port] RTP/AVP %d\na=rtpmap:%d %s/8000\na=ptime:%d\na=sendrecv\n' "$type" "$type" "$name" "$ptime"
}

request() {  # METHOD CSEQ: the head of a request within the call
    printf '%s sip:callee@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n' "$1"
    printf 'From: <sip:caller@[local_ip]>;tag=[pid]c\nTo: <sip:callee@[remote_ip]>%s\n' "$([[ $1 == INVITE ]] || echo '[peer_tag_param]')"
    printf 'Call-ID: [call_id]\nCSeq: %d %s\nContact: <sip:caller@[local_ip]:[local_port]>\nMax-Forwards: 70\nUser-Agent: desk phone\n' "$2" "${1%% *}"
}

caller_scenario() {
    local key left=$milliseconds gap=$((milliseconds / (keys + 2)))
    echo '<?xml version="1.0" encoding="ISO-8859-1"?><scenario name="caller">'
    echo "<send retrans=\"500\"><![CDATA["; request INVITE 1; sdp; echo ']]></send>'
    echo '<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200"/>'
    echo "<send><![CDATA["; request ACK 1; echo 'Content-Length: 0'; echo; echo "]]></send>$caller_says"
    for ((key = 1; key <= keys; key++)); do
        echo "<pause milliseconds=\"$gap\"/><send retrans=\"500\"><![CDATA["
        request INFO "$((key + 1))"
        printf 'Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal=%d\nDuration=160\n]]></send><recv response="200"/>\n' "$key"
        left=$((left - gap))
    done
    echo "<pause milliseconds=\"$left\"/><send retrans=\"500\"><![CDATA["
    request BYE 9
    printf 'Content-Length: 0\n\n]]></send><recv response="200"/></scenario>\n'
}

answer() {  # STATUS [header or body lines on stdin]
    printf '<send><![CDATA[\nSIP/2.0 %s\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]s\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:callee@[local_ip]:[local_port]>\n' "$1"
    cat
    printf '\n]]></send>\n'
}

callee_scenario() {
    local key
    echo '<?xml version="1.0" encoding="ISO-8859-1"?><scenario name="callee"><recv request="INVITE"/>'
    echo 'Content-Length: 0' | answer '100 Trying'
    echo 'Content-Length: 0' | answer '180 Ringing'
    echo "<pause milliseconds=\"$ring\"/>"
    sdp | answer '200 OK'
    echo "<recv request=\"ACK\"/>$callee_says"
    for ((key = 1; key <= keys; key++)); do
        echo '<recv request="INFO"/>'
        echo 'Content-Length: 0' | answer '200 OK'
    done
    echo '<recv request="BYE"/>'
    echo 'Content-Length: 0' | answer '200 OK'
    echo '</scenario>'
}

# ---- Other ----

dns_lookups() {  # TRANSPORT(udp|tcp): a resolver that asks from one port, or over one connection
    local n host type question=() port
    draw n 8 18
    for ((; n > 0; n--)); do
        draw host 1 5000
        pick type A A AAAA MX TXT
        question+=("host$host.${services[host % ${#services[@]}]}.test" "$type")
    done
    draw port 20000 30000
    if [[ $1 == tcp ]]; then on_client dig +tcp +keepopen +short "@${address[dns]}" "${question[@]}"
    else on_client dig +short -b "0.0.0.0#$port" "@${address[dns]}" "${question[@]}"; fi
}

tftp_file() { local n; draw n 1 6; on_client curl -sS -o /dev/null "tftp://tftp.test/file$n.bin"; }

pings() { local n ms size; draw n 10 30; draw ms 40 700; draw size 16 900; on_client ping -nq -c "$n" -i "0.$(printf %03d "$ms")" -s "$size" ping.test; }

ssh_to_server() { on_client "$1" -F none -i "$lab/user_key" -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "${@:2}"; }

# Somebody types commands, key by key. script(1) gives the terminal that echoes them: a terminal of sshd's own would leave
# a log-in in the machine's wtmp.
ssh_typing() {
    local line character
    {
        for line in 'ls -l /etc | head' 'df -h' exit; do
            while IFS= read -r -n 1 character; do printf %s "$character"; pause "${typing_ms[@]}"; done <<<"$line"
            echo
            pause 300 900
        done
    } | ssh_to_server ssh -T -p "$ssh_port" root@ssh.test script -qfc /bin/sh /dev/null >/dev/null
}

ssh_copy() {  # DIRECTION(up|down)
    local n
    draw n 1 6
    if [[ $1 == up ]]; then ssh_to_server scp -q -P "$ssh_port" "$lab/rsync/file$n.bin" "root@ssh.test:$lab/copy.$BASHPID"
    else ssh_to_server scp -q -P "$ssh_port" "root@ssh.test:$lab/rsync/file$n.bin" "$lab/copy.$BASHPID"; fi
}

mqtt_sensors() {  # a subscriber and a publisher that sends readings in its own rhythm
    local n size qos reading
    draw n 6 15
    draw size 10 900
    draw qos 0 2
    on_client mosquitto_sub -h mqtt.test -p "$mqtt_port" -q "$qos" -t "sensors/$BASHPID" -C "$n" -W 30 >/dev/null &
    sleep 0.4
    for ((reading = 1; reading <= n; reading++)); do head -c "$size" /dev/zero | tr '\0' x; echo; pause "${sensor_ms[@]}"; done |
        on_client mosquitto_pub -h mqtt.test -p "$mqtt_port" -q "$qos" -t "sensors/$BASHPID" -l
    wait
}

rsync_files() {  # DIRECTION(up|down)
    local n copy
    draw n 2 5
    copy=$(mktemp -d -p "$lab")
    if [[ $1 == down ]]; then on_client rsync -a --port="$rsync_port" --include="file[1-$n].bin" --exclude='*.bin' rsync://rsync.test/files/ "$copy"
    else on_client rsync -a --port="$rsync_port" "$lab/rsync/file$n.bin" "rsync://rsync.test/files/up.$BASHPID"; fi
}
