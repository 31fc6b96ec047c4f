# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# The network of the experiment: client - router - server, three network namespaces with names of their own. Sourced by
# run.sh; what is made here goes with network_down.
# shellcheck shell=bash

# The address of each end, and another of the same machine, for those who use the other's port.
client=192.0.2.2 client_too=192.0.2.3
server=198.51.100.2 server_too=198.51.100.3
# The router's interface towards the client: what leaves here waits in the narrow link's queue.
narrow=down0

network_up() {
  ns_client=$1-client ns_router=$1-router ns_server=$1-server
  local ns
  # Words before a command, not functions: so $! is the command, not a shell around it.
  on_client=(ip netns exec "$ns_client") on_router=(ip netns exec "$ns_router") on_server=(ip netns exec "$ns_server")
  for ns in "$ns_client" "$ns_router" "$ns_server"; do
    ip netns add "$ns" || return
    # No IPv6, so that the kernel sends nothing of its own; and what one case learns of a path, no other knows.
    ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
      net.ipv4.tcp_no_metrics_save=1
  done
  ip link add eth0 netns "$ns_client" type veth peer name $narrow netns "$ns_router" || return
  ip link add eth0 netns "$ns_server" type veth peer name up0 netns "$ns_router" || return
  # As on a wire: a packet is a packet, not a piece of 64 KiB that the card would cut up.
  for ns in "$ns_client eth0" "$ns_router $narrow" "$ns_router up0" "$ns_server eth0"; do
    ip netns exec "${ns% *}" ethtool -K "${ns#* }" tso off gso off gro off > /dev/null
    ip -n "${ns% *}" link set "${ns#* }" up
  done
  ip -n "$ns_client" addr add $client/24 dev eth0
  ip -n "$ns_client" addr add $client_too/24 dev eth0
  ip -n "$ns_server" addr add $server/24 dev eth0
  ip -n "$ns_server" addr add $server_too/24 dev eth0
  ip -n "$ns_router" addr add 192.0.2.1/24 dev $narrow
  ip -n "$ns_router" addr add 198.51.100.1/24 dev up0
  ip -n "$ns_client" route add default via 192.0.2.1
  ip -n "$ns_server" route add default via 198.51.100.1
  ip netns exec "$ns_router" sysctl -qw net.ipv4.ip_forward=1
}

network_down() {
  local ns
  for ns in client router server; do
    ip netns del "$1-$ns" 2> /dev/null || true
  done
}

# plain_queue MBIT PACKETS: one queue for all, first in, first out.
plain_queue() {
  "${on_router[@]}" tc -batch - << TC
qdisc add dev $narrow root handle 1: htb default 1
class add dev $narrow parent 1: classid 1:1 htb rate ${1}mbit ceil ${1}mbit quantum 60000
qdisc add dev $narrow parent 1:1 pfifo limit $2
TC
}

# port_rules MBIT VOICE_PORT WEB_PORT: what an administrator writes by hand, with the bands of lab.toml: voice's port first,
# the web's second, the rest last.
port_rules() {
  local mbit=$1
  "${on_router[@]}" tc -batch - << TC
qdisc add dev $narrow root handle 1: htb default 30
class add dev $narrow parent 1: classid 1:1 htb rate ${mbit}mbit ceil ${mbit}mbit quantum 60000
class add dev $narrow parent 1:1 classid 1:10 htb rate $((mbit * 200))kbit ceil $((mbit * 400))kbit prio 0
class add dev $narrow parent 1:1 classid 1:20 htb rate $((mbit * 500))kbit ceil ${mbit}mbit prio 1
class add dev $narrow parent 1:1 classid 1:30 htb rate $((mbit * 200))kbit ceil ${mbit}mbit prio 2
qdisc add dev $narrow parent 1:10 pfifo limit $((mbit * 33 / 10))
qdisc add dev $narrow parent 1:20 pfifo limit $((mbit * 33 / 4))
qdisc add dev $narrow parent 1:30 pfifo limit $((mbit * 33 / 4))
TC
  "${on_router[@]}" nft -f - << NFT
table inet ports {
  chain egress {
    type filter hook postrouting priority 150; policy accept;
    oifname != "$narrow" return
    udp sport $2 meta priority set 1:10 ip dscp set ef return
    tcp sport $3 meta priority set 1:20
  }
}
NFT
}
