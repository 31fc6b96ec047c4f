# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""A pcap with one side of a conversation in any codec's packet sizes, for sipp to play."""
import os
import random
import struct

# name, payload type, packet interval in ms, payload bytes from and to
CODECS = [("PCMU", 0, 20, 160, 160), ("PCMU", 0, 30, 240, 240), ("PCMU", 0, 40, 320, 320), ("PCMA", 8, 20, 160, 160), ("PCMA", 8, 10, 80, 80),
          ("GSM", 3, 20, 33, 33), ("G729", 18, 20, 20, 20), ("G729", 18, 40, 40, 40), ("G723", 4, 30, 24, 24), ("G722", 9, 20, 160, 160),
          ("iLBC", 97, 30, 50, 50), ("iLBC", 97, 20, 38, 38), ("Speex", 98, 20, 25, 70), ("AMR", 99, 20, 14, 33), ("AMR-WB", 100, 20, 18, 62)]


def write(path, seed, side, milliseconds, codec, silence):
    """With the same seed the sides 0 and 1 take turns, as people do.

    `silence`: "send" sends all the time, "drop" nothing while the other side speaks, "comfort" a small packet now and
    then (RFC 3389).
    """
    _, payload_type, interval, low, high = codec
    draw, turns, at = random.Random(seed), [], 0
    while at < milliseconds:
        at += draw.randrange(300, 4000)
        turns.append(at)
    number, last_comfort = draw.randrange(1, 60000), -1000
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for at in range(0, milliseconds, interval):
            speaking = sum(1 for t in turns if t <= at) % 2 == side
            size = draw.randint(low, high)
            if silence != "send" and not speaking:
                if silence == "drop" or at - last_comfort < 180:
                    continue
                size, last_comfort = draw.randint(1, 7), at
            rtp = struct.pack(">BBHII", 0x80, payload_type, number & 0xFFFF, 8 * at, 0x77656972) + os.urandom(size)
            udp = struct.pack(">HHHH", 4000, 4000, 8 + len(rtp), 0) + rtp
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2") + udp
            frame = b"\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0" + ip
            out.write(struct.pack("<IIII", at // 1000, at % 1000 * 1000, len(frame), len(frame)) + frame)
            number += 1
