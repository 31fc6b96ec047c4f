# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""sipp's scenarios for a call: who dials, and who answers."""

REPLY = "[last_Via:]\n[last_From:]\n[last_To:]{tag}\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:callee@[local_ip]:[local_port]>\n"


def sdp(codec):
    name, payload_type, interval, *_ = codec
    rate = 16000 if name == "AMR-WB" else 8000
    return ("Content-Type: application/sdp\nContent-Length: [len]\n\nv=0\no=- 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\n"
            f"m=audio [media_port] RTP/AVP {payload_type}\na=rtpmap:{payload_type} {name}/{rate}\na=ptime:{interval}\na=sendrecv\n")


def request(method, number):
    tag = "" if method == "INVITE" else "[peer_tag_param]"
    return (f"{method} sip:callee@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            f"From: <sip:caller@[local_ip]>;tag=[pid]c\nTo: <sip:callee@[remote_ip]>{tag}\nCall-ID: [call_id]\nCSeq: {number} {method}\n"
            "Contact: <sip:caller@[local_ip]:[local_port]>\nMax-Forwards: 70\nUser-Agent: desk phone\n")


def send(text, **attributes):
    listed = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f"<send{listed}><![CDATA[\n{text}\n]]></send>\n"


def play(pcap):
    return f'<nop><action><exec play_pcap_audio="{pcap}"/></action></nop>\n'


def caller(codec, pcap, milliseconds, keys):
    """Dials, speaks, presses some keys (INFO), hangs up."""
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="caller">\n' + send(request("INVITE", 1) + sdp(codec), retrans=500)
    text += '<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200"/>\n'
    text += send(request("ACK", 1) + "Content-Length: 0\n") + play(pcap)
    for key in range(keys):
        text += f'<pause milliseconds="{milliseconds // (keys + 1)}"/>\n'
        text += send(request("INFO", key + 2) + "Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal=5\nDuration=160\n", retrans=500)
        text += '<recv response="200"/>\n'
    text += f'<pause milliseconds="{milliseconds // (keys + 1)}"/>\n' + send(request("BYE", keys + 2) + "Content-Length: 0\n", retrans=500)
    return text + '<recv response="200"/>\n</scenario>\n'


def callee(codec, pcap, keys, ring_ms):
    """Rings, picks up, speaks."""
    tag, empty = REPLY.format(tag=";tag=[pid]s"), "Content-Length: 0\n"
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="callee">\n<recv request="INVITE"/>\n'
    text += send("SIP/2.0 180 Ringing\n" + tag + empty) + f'<pause milliseconds="{ring_ms}"/>\n'
    text += send("SIP/2.0 200 OK\n" + tag + sdp(codec), retrans=500) + '<recv request="ACK"/>\n' + play(pcap)
    for _ in range(keys):
        text += '<recv request="INFO"/>\n' + send("SIP/2.0 200 OK\n" + REPLY.format(tag="") + empty)
    text += '<recv request="BYE"/>\n' + send("SIP/2.0 200 OK\n" + REPLY.format(tag="") + empty)
    return text + "</scenario>\n"
