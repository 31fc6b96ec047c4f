# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Video Uploads: films sent as files, and live broadcasts."""
import subprocess

from ..session import activity

LABEL = "Video Uploads"


def film(s):
    return s.draw.choice(s.lab.films)


def part_of_film(s):
    """The first part of a film as a file of its own: people upload short ones, too."""
    path, size = s.dir / "film.mp4", round(250_000 * 2 ** s.draw.uniform(0, 5))
    path.write_bytes(film(s).read_bytes()[:size])
    return path


def live(s, *to):
    """What a camera sends, in real time, as it was encoded."""
    return ["ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", film(s), "-c", "copy", *to]


@activity(LABEL, needs="web", seconds=(15, 45), weight=3)
def ffmpeg_rtmp(s):
    s.run(*live(s, "-f", "flv", f"rtmp://{s.ip}:{s.server.rtmp_port}/live/k{s.draw.randrange(10**6)}"))


@activity(LABEL, needs="web", seconds=(15, 40), weight=2)
def gstreamer_rtmp(s):
    s.run("gst-launch-1.0", "-q", "filesrc", f"location={film(s)}", "!", "qtdemux", "name=d", "d.video_0", "!", "queue", "!", "h264parse", "!", "flvmux", "name=m", "streamable=true", "!",
          "rtmp2sink", "sync=true", f"location=rtmp://{s.ip}:{s.server.rtmp_port}/live/g{s.draw.randrange(10**6)}", "d.audio_0", "!", "queue", "!", "aacparse", "!", "m.")


@activity(LABEL, needs="srt", seconds=(15, 45), weight=3)
def ffmpeg_srt(s):
    port = s.draw.randrange(2000, 60000)
    latency_ms = s.draw.choice([50, 120, 400, 1000])
    secret = f"&passphrase={'lab' * 4}&pbkeylen=16" if s.draw.random() < 0.5 else ""
    s.start("srt-live-transmit", "-q", f"srt://:{port}?mode=listener&latency={latency_ms}{secret}", "file://con", where=s.server.node, stdout=subprocess.DEVNULL)
    s.pause(0.7, 1)
    s.run(*live(s, "-f", "mpegts", f"srt://{s.ip}:{port}?mode=caller&latency={latency_ms * 1000}&pkt_size=1316{secret}"))


@activity(LABEL, needs="web", seconds=(15, 45), weight=4)
def curl_upload(s):
    """A film as a file by PUT, or from a web form, over HTTP/1.1 or HTTP/2; at times held back."""
    base = s.server.base(s.ip, s.draw.random() < 0.75, s.draw.random() < 0.7)
    for _ in range(s.draw.choice([1, 1, 2, 3])):
        held = ["--limit-rate", f"{s.draw.choice([100, 250, 600])}k"] if s.draw.random() < 0.3 else []
        what = ["-T", part_of_film(s), f"{base}/up/{s.draw.randrange(10**9)}.mp4"] if s.draw.random() < 0.6 else ["-F", f"film=@{part_of_film(s)}", f"{base}/form"]
        s.run("curl", "-sk", s.draw.choice(["--http1.1", "--http2"]), *held, "-o", "/dev/null", *what)
        if not s.pause(0.5, 3):
            return


@activity(LABEL, needs="web", seconds=(20, 50), weight=2)
def hls_ingest(s):
    """A live broadcast as HLS segments that are put on a web server."""
    segment = s.draw.choice([1, 2, 4])
    s.run(*live(s, "-f", "hls", "-hls_time", segment, "-method", "PUT", "-http_persistent", s.draw.choice([0, 1]),
                f"{s.server.base(s.ip, s.draw.random() < 0.5, False)}/up/{s.draw.randrange(10**6)}/live.m3u8"))


@activity(LABEL, needs="ssh", seconds=(15, 40), weight=2)
def ssh_upload(s):
    """scp, sftp or rsync of a film."""
    options, port, path = s.server.options(), s.server.tcp_port, part_of_film(s)
    target = f"root@{s.ip}:{s.server.dir}/in/{s.draw.randrange(10**9)}"
    way = s.draw.choice(["scp", "sftp", "rsync"])
    if way == "rsync":
        s.run("rsync", "-e", "ssh " + " ".join(str(o) for o in options) + f" -p {port}", path, target)
    else:
        s.run("scp", *(["-O"] if way == "scp" else []), *options, "-P", port, *(["-l", s.draw.choice([2000, 6000])] if s.draw.random() < 0.3 else []), path, target)


@activity(LABEL, needs="ftp", seconds=(15, 40), weight=1)
def ftp_upload(s):
    tls = ["--ssl-reqd"] if s.draw.random() < 0.5 else []
    s.run("curl", "-sk", *tls, "-T", part_of_film(s), f"ftp://{s.ip}:{s.server.tcp_port}/incoming/{s.draw.randrange(10**9)}")
