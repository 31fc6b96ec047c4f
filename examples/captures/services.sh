# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# The lab: client and server namespaces, and the servers, each alone on an address of its own.
# That a server has its address for itself is what makes the ground truth true: whatever is sent to or from that address
# is that program's traffic, whichever ports it picks.
# shellcheck disable=SC2154  # record.sh sources this and sets what it reads

# lab_up: one server namespace, whose bridge br0 joins the veth pairs of the client namespaces.
# All traffic passes br0, so br0 is where it is recorded: inside the network, before the clients' bottlenecks.
lab_up() {
    local n=0 client rate
    server_ns=weir-$$-server
    ip netns add "$server_ns"
    namespaces=("$server_ns")
    quiet_ipv6 "$server_ns"
    ip -n "$server_ns" link set lo up
    ip -n "$server_ns" link add br0 type bridge
    ip -n "$server_ns" link set br0 up
    for service in "${services[@]}"; do ip -n "$server_ns" address add "${address[$service]}/24" dev br0; done
    for rate in "${client_rates[@]}"; do
        client=weir-$$-client$((++n))
        ip netns add "$client"
        namespaces+=("$client")
        quiet_ipv6 "$client"
        ip -n "$client" link set lo up
        ip -n "$server_ns" link add "client$n" type veth peer name eth0 netns "$client"
        # With offloads the kernel would hand over frames of up to 64 KB that no wire has seen.
        in_ns "$server_ns" ethtool -K "client$n" tso off gso off gro off tx off rx off >/dev/null
        in_ns "$client" ethtool -K eth0 tso off gso off gro off tx off rx off >/dev/null
        ip -n "$server_ns" link set "client$n" master br0 up
        ip -n "$client" address add "$subnet.$((200 + n))/24" dev eth0
        ip -n "$client" link set eth0 up
        in_ns "$server_ns" tc qdisc add dev "client$n" root tbf rate "$rate" burst 6kb latency 120ms
        in_ns "$client" tc qdisc add dev eth0 root tbf rate "$rate" burst 6kb latency 120ms
        in_ns "$client" sysctl -q net.ipv4.ip_local_port_range="$ephemeral_ports"
        mkdir -p "/etc/netns/$client"  # ip netns exec shows this resolv.conf to the client's programs
        echo "nameserver ${address[dns]}" >"/etc/netns/$client/resolv.conf"
    done
    in_ns "$server_ns" ethtool -K br0 tso off gso off gro off tx off >/dev/null
    in_ns "$server_ns" sysctl -q net.ipv4.ip_local_port_range="$ephemeral_ports"
}

# IPv6 would only add neighbour discovery, which no row of the ground truth speaks of.
quiet_ipv6() { in_ns "$1" sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; }

in_ns() { local ns=$1; shift; ip netns exec "$ns" "$@"; }

# lab_down: end what runs in our namespaces (their names carry our pid, so it is all ours), then remove them.
lab_down() {
    local ns pids
    for ns in "${namespaces[@]}"; do
        pids=$(ip netns pids "$ns" 2>/dev/null || true)
        # shellcheck disable=SC2086  # one argument a pid
        [[ -z $pids ]] || kill $pids 2>/dev/null || true
    done
    [[ ${#namespaces[@]} -eq 0 ]] || sleep 0.3
    for ns in "${namespaces[@]}"; do
        pids=$(ip netns pids "$ns" 2>/dev/null || true)
        # shellcheck disable=SC2086
        [[ -z $pids ]] || kill -KILL $pids 2>/dev/null || true
        ip netns delete "$ns" 2>/dev/null || true
        rm -rf "/etc/netns/$ns"
    done
    namespaces=()
    rmdir /etc/netns 2>/dev/null || true
}

serve() { in_ns "$server_ns" "$@" </dev/null >>"$lab/servers.log" 2>&1 & }

services_up() {
    make_site
    start_web
    start_ftp
    start_dns_and_tftp
    start_ssh
    start_mqtt
    start_rsync
    wait_for_port "${address[web]}" "$http_port"
    wait_for_port "${address[web]}" "$https_port"
    wait_for_port "${address[ftp]}" "$ftp_port"
    wait_for_port "${address[ssh]}" "$ssh_port"
    wait_for_port "${address[mqtt]}" "$mqtt_port"
    wait_for_port "${address[rsync]}" "$rsync_port"
    wait_for_port "${address[dns]}" 53
}

wait_for_port() {
    local try
    for try in {1..100}; do
        in_ns "$server_ns" ss -Hltn src "$1:$2" | grep -q . && return
        sleep 0.1
    done
    fail "no server came up on $1 port $2 after $try tries; its log is $lab/servers.log (keep it with --keep)"
}

# Pages with objects, single files, and the files that FTP, TFTP, SSH and rsync serve. Only the sizes matter:
# the captures keep next to no payload.
make_site() {
    local page object size bytes n
    mkdir -p "$lab/web" "$lab/ftp/pub" "$lab/ftp/incoming" "$lab/rsync"
    for page in 1 2 3 4; do
        mkdir "$lab/web/p$page"
        draw n "${page_objects[@]}"
        draw bytes "${html_bytes[@]}"
        {
            echo "<!doctype html><title>Page $page</title>"
            for ((object = 1; object <= n; object++)); do
                case $((object % 4)) in
                0) echo "<script src=\"/p$page/$object\"></script>" ;;
                1) echo "<link rel=\"stylesheet\" href=\"/p$page/$object\">" ;;
                *) echo "<img src=\"/p$page/$object\">" ;;
                esac
            done
            head -c "$bytes" /dev/zero | tr '\0' x
        } >"$lab/web/p$page/index.html"
        for ((object = 1; object <= n; object++)); do
            draw_spread size "${object_bytes[@]}"
            head -c "$size" /dev/urandom >"$lab/web/p$page/$object"
            echo "/p$page/$object" >>"$lab/web/p$page/objects"
        done
    done
    for n in 1 2 3 4 5 6; do
        draw_spread size "${file_bytes[@]}"
        head -c "$size" /dev/urandom >"$lab/ftp/pub/file$n.bin"
        draw_spread size "${file_bytes[@]}"
        head -c "$size" /dev/urandom >"$lab/web/file$n.bin"
        draw_spread size "${small_bytes[@]}"
        head -c "$size" /dev/urandom >"$lab/rsync/file$n.bin"
    done
    chmod -R a+rX "$lab"
    chown -R ftp "$lab/ftp/incoming"
}

start_web() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=www.test \
        -keyout "$lab/key.pem" -out "$lab/cert.pem" 2>/dev/null
    cat >"$lab/nginx.conf" <<END
daemon off;
user www-data;
pid $lab/nginx.pid;
error_log $lab/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path $lab/nginx-body;
  proxy_temp_path $lab/nginx-proxy; fastcgi_temp_path $lab/nginx-fcgi; uwsgi_temp_path $lab/nginx-uwsgi; scgi_temp_path $lab/nginx-scgi;
  types { text/html html; }
  default_type application/octet-stream;
  server {
    listen ${address[web]}:$http_port;
    listen ${address[web]}:$https_port ssl http2;
    ssl_certificate $lab/cert.pem;
    ssl_certificate_key $lab/key.pem;
    ssl_buffer_size $tls_record_bytes;
    ssl_protocols TLSv1.2 TLSv1.3;
    keepalive_timeout 20;
    root $lab/web;
    location /form { client_max_body_size 10m; return 200 "thank you\n"; }
  }
}
END
    serve nginx -e "$lab/nginx.log" -c "$lab/nginx.conf"
}

start_ftp() {
    cat >"$lab/vsftpd.conf" <<END
listen=YES
background=NO
listen_address=${address[ftp]}
listen_port=$ftp_port
anonymous_enable=YES
no_anon_password=YES
anon_root=$lab/ftp
anon_upload_enable=YES
anon_umask=022
write_enable=YES
seccomp_sandbox=NO
isolate_network=NO
connect_from_port_20=$ftp_from_port_20
secure_chroot_dir=$lab/ftp/pub
ssl_enable=YES
allow_anon_ssl=YES
require_ssl_reuse=NO
rsa_cert_file=$lab/cert.pem
rsa_private_key_file=$lab/key.pem
END
    serve vsftpd "$lab/vsftpd.conf"
}

start_dns_and_tftp() {
    local name=() service
    for service in "${services[@]}"; do name+=("--address=/$service.test/${address[$service]}"); done
    serve dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts \
        --bind-interfaces --except-interface=lo --listen-address="${address[dns]}" --listen-address="${address[tftp]}" \
        --local=/test/ --local-ttl=60 "${name[@]}" --enable-tftp --tftp-root="$lab/rsync"
}

start_ssh() {
    ssh-keygen -q -t ed25519 -N '' -f "$lab/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$lab/user_key"
    cp "$lab/user_key.pub" "$lab/authorized_keys"
    cat >"$lab/sshd_config" <<END
ListenAddress ${address[ssh]}:$ssh_port
HostKey $lab/host_key
AuthorizedKeysFile $lab/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
PermitTTY no
Subsystem sftp internal-sftp
END
    serve "$(command -v sshd)" -D -e -f "$lab/sshd_config"
}

start_mqtt() {
    printf 'listener %s %s\nallow_anonymous true\nuser root\npersistence false\n' "$mqtt_port" "${address[mqtt]}" >"$lab/mosquitto.conf"
    serve mosquitto -c "$lab/mosquitto.conf"
}

start_rsync() {
    printf '[files]\npath = %s\nread only = false\nuse chroot = false\nuid = root\ngid = root\n' "$lab/rsync" >"$lab/rsyncd.conf"
    serve rsync --daemon --no-detach --address="${address[rsync]}" --port="$rsync_port" --config="$lab/rsyncd.conf"
}
