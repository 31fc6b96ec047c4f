#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""One side of a call by GStreamer's rtpbin: RTP and RTCP, each on a port of its own, in both directions.

usage: gst_call.py OWN_ADDRESS OTHER_ADDRESS FIRST_PORT MEDIA...
MEDIA is a piece of a pipeline that ends in a payloader. The n-th uses FIRST_PORT + 2n for RTP and the next for RTCP, at
both ends. It goes on until it is ended.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gio, GLib, Gst  # noqa: E402

own, other, first_port, *media = sys.argv[1:]
Gst.init(None)
pieces = ["rtpbin name=b rtp-profile=avpf"]
for n, source in enumerate(media):
    rtp, rtcp = int(first_port) + 2 * n, int(first_port) + 2 * n + 1
    kind = "video" if "vp8" in source or "h264" in source else "audio"
    caps = f"application/x-rtp,media={kind},clock-rate=90000,encoding-name=X"
    pieces += [f"{source} ! b.send_rtp_sink_{n}",
               f"b.send_rtp_src_{n} ! udpsink name=out{n} host={other} port={rtp} auto-multicast=false",
               f"b.send_rtcp_src_{n} ! udpsink name=cout{n} host={other} port={rtcp} sync=false async=false auto-multicast=false",
               f"udpsrc name=in{n} caps=\"{caps}\" ! b.recv_rtp_sink_{n}",
               f"udpsrc name=cin{n} ! b.recv_rtcp_sink_{n}"]
pipeline = Gst.parse_launch(" ".join(pieces))


def swallow(_, pad):
    """Whatever arrives is listened to by nobody."""
    if pad.get_name().startswith("recv_rtp_src"):
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("sync", False)
        sink.set_property("async", False)
        pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))


pipeline.get_by_name("b").connect("pad-added", swallow)
# Both directions of a stream share a socket, so that they are one flow, as in real calls.
sockets = []
for n in range(len(media)):
    for prefix, port in (("", int(first_port) + 2 * n), ("c", int(first_port) + 2 * n + 1)):
        shared = Gio.Socket.new(Gio.SocketFamily.IPV4, Gio.SocketType.DATAGRAM, Gio.SocketProtocol.UDP)
        shared.bind(Gio.InetSocketAddress.new_from_string(own, port), False)
        sockets.append(shared)
        for end in ("in", "out"):
            pipeline.get_by_name(f"{prefix}{end}{n}").set_property("socket", shared)
            pipeline.get_by_name(f"{prefix}{end}{n}").set_property("close-socket", False)
pipeline.set_state(Gst.State.PLAYING)
loop = GLib.MainLoop()
bus = pipeline.get_bus()
bus.add_signal_watch()
bus.connect("message::error", lambda _, m: (print(m.parse_error(), file=sys.stderr), loop.quit()))
bus.connect("message::eos", lambda *_: loop.quit())
loop.run()
pipeline.set_state(Gst.State.NULL)
