#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""One side of a WebRTC call by GStreamer's webrtcbin: ICE, DTLS-SRTP, all media bundled on one port.

usage: webrtc_call.py caller|callee FOLDER MEDIA...
MEDIA is a piece of a pipeline that ends in a payloader. The two sides find each other's SDP in FOLDER: how it would get
there (a web server) is not part of the call. It goes on until it is ended.
"""
import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

role, folder, *media = sys.argv[1:]
mine, theirs = (pathlib.Path(folder) / n for n in (("offer", "answer") if role == "caller" else ("answer", "offer")))
Gst.init(None)
pipeline = Gst.parse_launch("webrtcbin name=w bundle-policy=max-bundle latency=50 " + " ".join(f"{m} ! w." for m in media))
peer = pipeline.get_by_name("w")


def swallow(_, pad):
    if pad.get_direction() == Gst.PadDirection.SRC:
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("async", False)
        sink.set_property("sync", False)
        pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))


def publish(*_):
    """Once all addresses are gathered, the description is complete."""
    if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE and not mine.exists():
        described = peer.get_property("local-description")
        if described:
            part = mine.with_suffix(".part")
            part.write_text(described.sdp.as_text())
            part.rename(mine)


def described(kind):
    def use(promise, *_):
        reply = promise.get_reply()  # the description lives as long as the reply
        peer.emit("set-local-description", reply.get_value(kind), Gst.Promise.new())
        GLib.timeout_add(300, lambda: publish() or not mine.exists())
    return use


def await_theirs():
    if not theirs.exists():
        return True
    _, sdp = GstSdp.SDPMessage.new_from_text(theirs.read_text())
    kind = GstWebRTC.WebRTCSDPType.ANSWER if role == "caller" else GstWebRTC.WebRTCSDPType.OFFER
    there = GstWebRTC.WebRTCSessionDescription.new(kind, sdp)

    def answer(*_):
        if role == "callee":
            peer.emit("create-answer", None, Gst.Promise.new_with_change_func(described("answer"), None))
    peer.emit("set-remote-description", there, Gst.Promise.new_with_change_func(answer, None))
    return False


peer.connect("pad-added", swallow)
peer.connect("notify::ice-gathering-state", publish)
if role == "caller":
    peer.connect("on-negotiation-needed", lambda w: w.emit("create-offer", None, Gst.Promise.new_with_change_func(described("offer"), None)))
loop = GLib.MainLoop()
bus = pipeline.get_bus()
bus.add_signal_watch()
bus.connect("message::error", lambda _, m: (print(m.parse_error(), file=sys.stderr), loop.quit()))
bus.connect("message::eos", lambda *_: loop.quit())
pipeline.set_state(Gst.State.PLAYING)
GLib.timeout_add(100, await_theirs)
loop.run()
pipeline.set_state(Gst.State.NULL)
