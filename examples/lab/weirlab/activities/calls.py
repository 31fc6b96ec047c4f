# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Audio Calls and Video Calls: between a user and a user beyond, in both directions."""
import subprocess

from .. import sip, voice
from ..session import activity

AUDIO, VIDEO = "Audio Calls", "Video Calls"


def even_port(s):
    return 2 * s.draw.randrange(2000, 32000)


def both(s, first, second):
    """Starts the two ends, one at either side (whoever calls first), and waits for the first to end."""
    sides = [s.user, s.far]
    s.draw.shuffle(sides)
    ended = [s.start(*command(node, other), where=node, nice=-3)
             for command, node, other in ((first, sides[0], sides[1]), (second, sides[1], sides[0]))]
    s.wait(ended[0])


# ---- sipp ----

@activity(AUDIO, far=True, seconds=(12, 45), weight=3)
def sipp_call(s):
    codec, silence = s.draw.choice(voice.CODECS), s.draw.choice(["send", "drop", "drop", "comfort"])
    keys, ms, seed = s.draw.randrange(0, 6), round(1000 * (s.left() - 4)), s.draw.randrange(10**6)
    if ms < 4000:
        return
    for side, name in ((0, "caller"), (1, "callee")):
        voice.write(s.dir / f"{name}.pcap", seed, side, ms, codec, silence)
    (s.dir / "caller.xml").write_text(sip.caller(codec, s.dir / "caller.pcap", ms, keys))
    (s.dir / "callee.xml").write_text(sip.callee(codec, s.dir / "callee.pcap", keys, s.draw.randrange(200, 2500)))
    port, transport = s.draw.choice([5060, 5060, 5080, even_port(s)]), s.draw.choice(["u1", "u1", "t1"])
    common = ["-nostdin", "-m", "1", "-t", transport]
    sides = [s.user, s.far]
    s.draw.shuffle(sides)
    dials, answers = sides
    # A user may be in two calls: a port that is taken makes sipp pick another call's, so each call has its own.
    port = port if s.lab.free_port(answers, port) else even_port(s)
    s.start("sipp", *common, "-sf", "callee.xml", "-i", answers.ip, "-p", port, "-mi", answers.ip, "-mp", even_port(s), where=answers, nice=-3, stdout=subprocess.DEVNULL)
    s.pause(0.8, 1)
    s.run("sipp", f"{answers.ip}:{port}", *common, "-sf", "caller.xml", "-i", dials.ip, "-p", even_port(s) + 1, "-mi", dials.ip, "-mp", even_port(s),
          where=dials, nice=-3, stdout=subprocess.DEVNULL)


# ---- baresip ----

BARESIP = """module_path /usr/lib/baresip/modules
sip_listen {address}:{port}
rtp_ports {low}-{high}
rtp_stats no
rtcp_mux {mux}
jitter_buffer_delay 5-10
ausrc_channels 1
auplay_channels 1
ausrc_srate {rate}
auplay_srate {rate}
audio_source aufile,{wav}
audio_player aubridge,nil
audio_alert aubridge,nil
opus_bitrate {opus}
opus_dtx {dtx}
module g711.so
module g722.so
module gsm.so
module opus.so
module l16.so
module aufile.so
module aubridge.so
module srtp.so
module dtls_srtp.so
module_app account.so
module_app menu.so
"""


@activity(AUDIO, far=True, seconds=(12, 45), weight=4)
def baresip_call(s):
    """The voice is a WAV at the codec's rate; it is long enough for the longest call."""
    codec, rate = s.draw.choice([("opus/48000/2", 48), ("opus/48000/1", 48), ("pcmu/8000/1", 8), ("pcma/8000/1", 8), ("g722/16000/1", 16), ("gsm/8000/1", 8)])
    # GSM has frames of 20 ms only.
    ptime, mux, secret = s.draw.choice([20] if "gsm" in codec else [10, 20, 20, 20, 40, 60]), s.draw.choice(["yes", "no"]), s.draw.choice(["", "", ";mediaenc=srtp", ";mediaenc=dtls_srtp"])
    transport, opus, dtx = s.draw.choice(["", ";transport=tcp"]), s.draw.choice([8, 16, 24, 32, 48, 64]) * 1000, s.draw.choice(["yes", "no"])
    ports = [even_port(s), even_port(s)]
    sides = [s.user, s.far]
    s.draw.shuffle(sides)
    for n, node in enumerate(sides):
        low = even_port(s)
        home = s.dir / f"side{n}"
        home.mkdir()
        clip = s.draw.choice(s.lab.voices)
        (home / "config").write_text(BARESIP.format(address=node.ip, port=ports[n], low=low, high=low + 20, mux=mux, rate=rate * 1000, wav=clip["wav"][rate], opus=opus, dtx=dtx))
        (home / "accounts").write_text(f"<sip:u{n}@{node.ip}:{ports[n]}>;regint=0;answermode={'auto' if n else 'manual'};audio_codecs={codec};ptime={ptime}{secret}\n")
        (home / "contacts").write_text("")
    s.start("baresip", "-4", "-f", s.dir / "side1", where=sides[1], nice=-3, stdin=subprocess.PIPE)
    s.pause(1, 1.5)
    s.run("baresip", "-4", "-f", s.dir / "side0", "-e", f"/dial sip:u1@{sides[1].ip}:{ports[1]}{transport}", where=sides[0], nice=-3, stdin=subprocess.PIPE)


# ---- GStreamer and ffmpeg ----

def gst_audio(s, clip):
    """A piece of a pipeline from a voice to its payloader, with a codec drawn for the call."""
    codec = s.draw.choice(["opus", "opus", "opus", "pcmu", "pcma", "g722", "speex"])
    rate = {"opus": 48, "g722": 16, "speex": 16}.get(codec, 8)
    frame_ms = s.draw.choice([10, 20, 20, 40, 60])
    coder = {"opus": f"opusenc bitrate={s.draw.choice([8, 16, 24, 32, 48, 64])}000 frame-size={frame_ms} dtx={s.draw.choice(['true', 'false'])} audio-type=voice ! rtpopuspay pt=96",
             "pcmu": "mulawenc ! rtppcmupay", "pcma": "alawenc ! rtppcmapay", "g722": "avenc_g722 ! rtpg722pay",
             "speex": f"speexenc vad={s.draw.choice(['true', 'false'])} quality={s.draw.randrange(2, 9)} ! rtpspeexpay"}[codec]
    lengths = f" min-ptime={frame_ms}000000 max-ptime={frame_ms}000000" if codec in ("pcmu", "pcma", "g722") else ""
    return f"filesrc location={clip['wav'][rate]} ! wavparse ! audioconvert ! {coder}{lengths}"


def gst_video(s, clip):
    codec, mtu = s.draw.choice(["h264", "vp8"]), s.draw.choice([900, 1100, 1200, 1200, 1380])
    pay = {"h264": f"h264parse ! rtph264pay pt=97 config-interval=-1 aggregate-mode=zero-latency mtu={mtu}", "vp8": f"rtpvp8pay pt=98 picture-id-mode=15-bit mtu={mtu}"}[codec]
    return f"filesrc location={clip[codec]} ! matroskademux ! {pay}"


def gst_call(s, media):
    port, script = even_port(s), s.lab.clients / "gst_call.py"
    sides = [media(s), media(s)]

    def side(n):
        return lambda node, other: ["/usr/bin/python3", script, node.ip, other.ip, port, *sides[n]]
    both(s, side(0), side(1))


@activity(AUDIO, far=True, seconds=(12, 45), weight=2)
def gstreamer_voice(s):
    """rtpbin: RTP and RTCP."""
    draw = s.draw.getstate()

    def media(s):
        s.draw.setstate(draw)  # both sides agreed on the codec
        audio = gst_audio(s, s.draw.choice(s.lab.voices))
        return [audio]
    gst_call(s, media)


@activity(VIDEO, far=True, seconds=(15, 50), weight=3)
def gstreamer_video(s):
    """rtpbin: video and voice, each with RTP and RTCP on ports of their own."""
    gst_call(s, lambda s: [gst_video(s, s.draw.choice(s.lab.clips)), gst_audio(s, s.draw.choice(s.lab.voices))])


def webrtc(s, media):
    script = s.lab.clients / "webrtc_call.py"
    sides = [media(s), media(s)]
    both(s, lambda *_: ["/usr/bin/python3", script, "caller", s.dir, *sides[0]], lambda *_: ["/usr/bin/python3", script, "callee", s.dir, *sides[1]])


def opus_for_web(s):
    return (f"filesrc location={s.draw.choice(s.lab.voices)['wav'][48]} ! wavparse ! audioconvert ! opusenc bitrate={s.draw.choice([16, 24, 32, 40, 64])}000 "
            f"frame-size={s.draw.choice([20, 20, 20, 40, 60])} dtx={s.draw.choice(['true', 'false', 'false'])} ! rtpopuspay pt=96")


@activity(VIDEO, far=True, seconds=(15, 50), weight=4)
def webrtc_video(s):
    """WebRTC with voice and video on one port."""
    codec = s.draw.choice(["h264", "vp8"])

    def media(s):
        clip = s.draw.choice(s.lab.clips)
        pay = {"h264": "h264parse ! rtph264pay pt=97 config-interval=-1 aggregate-mode=zero-latency mtu=1200", "vp8": "rtpvp8pay pt=97 mtu=1200"}[codec]
        return [f"filesrc location={clip[codec]} ! matroskademux ! {pay}", opus_for_web(s)]
    webrtc(s, media)


@activity(AUDIO, far=True, seconds=(12, 45), weight=2)
def webrtc_voice(s):
    webrtc(s, lambda s: [opus_for_web(s)])


@activity(AUDIO, far=True, seconds=(12, 40), weight=1)
def ffmpeg_voice(s):
    """Opus as it was encoded once, paced by ffmpeg, with the same port at both ends."""
    port, other_port = even_port(s), even_port(s)
    both(s, lambda node, other: ffmpeg_rtp(other, port, other_port, "-c:a", "copy", s.draw.choice(s.lab.voices)["opus"]),
         lambda node, other: ffmpeg_rtp(other, other_port, port, "-c:a", "copy", s.draw.choice(s.lab.voices)["opus"]))


@activity(VIDEO, far=True, seconds=(15, 40), weight=1)
def ffmpeg_video(s):
    port, other_port, codec = even_port(s), even_port(s), s.draw.choice(["h264", "vp8"])
    both(s, lambda node, other: ffmpeg_rtp(other, port, other_port, "-c:v", "copy", s.draw.choice(s.lab.clips)[codec]),
         lambda node, other: ffmpeg_rtp(other, other_port, port, "-c:v", "copy", s.draw.choice(s.lab.clips)[codec]))


def ffmpeg_rtp(other, own_port, other_port, *media):
    return ["ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", media[-1], *media[:-1], "-f", "rtp",
            f"rtp://{other.ip}:{other_port}?localrtpport={own_port}&pkt_size=1200"]
