# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Video Streaming: players that fetch what they show."""
from ..session import activity

LABEL = "Video Streaming"


def film(s, kind, secure=None, named=0.8):
    """The URL of a title, as one file or as a list of segments."""
    title, web = s.draw.choice(s.server.titles), s.server
    base = web.base(s.ip, s.draw.random() < 0.6 if secure is None else secure, s.draw.random() < named)
    rung = s.draw.randrange(title["rungs"])
    return base + {"mp4": f"/{title['name']}r{rung}.mp4", "hls": f"/{title['name']}hls/v{rung}.m3u8", "master": f"/{title['name']}hls/master.m3u8",
                   "dash": f"/{title['name']}dash/manifest.mpd"}[kind]


@activity(LABEL, needs="web", seconds=(20, 70), weight=3)
def mpv_player(s):
    """A player with a read-ahead of its own."""
    url = film(s, s.draw.choice(["mp4", "hls", "hls", "dash"]))
    ahead = s.draw.choice([2, 5, 10, 20])
    s.run("mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", "--tls-verify=no", "--vd-lavc-skipframe=nonkey", "--cache=yes",
          f"--demuxer-readahead-secs={ahead}", f"--cache-secs={ahead}", "--hls-bitrate=" + s.draw.choice(["min", "max"]), url)


@activity(LABEL, needs="web", seconds=(20, 70), weight=2)
def vlc_player(s):
    """A player that adapts to the bandwidth. It does not run as root, and does not take the laboratory's certificate."""
    url = film(s, s.draw.choice(["master", "master", "dash", "mp4"]), secure=False, named=0)
    s.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", f"HOME={s.dir}", "vlc", "-I", "dummy", "--no-video", "--no-audio", "--no-sub-autodetect-file",
          "--adaptive-logic=" + s.draw.choice(["predictive", "nearoptimal", "rate", "highest"]), f"--network-caching={s.draw.choice([1000, 3000, 8000])}", "--play-and-exit", url)


@activity(LABEL, needs="web", seconds=(20, 60), weight=2)
def ffmpeg_real_time(s):
    """Reads in real time, with next to no buffer."""
    s.run("ffmpeg", "-nostdin", "-v", "error", "-re", "-i", film(s, s.draw.choice(["mp4", "hls", "hls"])), "-map", "0", "-c", "copy", "-f", "null", "-")


@activity(LABEL, needs="web", seconds=(20, 60), weight=2)
def gstreamer_player(s):
    """GStreamer's own HTTP, HLS and DASH."""
    kind = s.draw.choice(["hls", "dash", "mp4"])
    url = film(s, kind, secure=s.draw.random() < 0.5)
    parts = {"hls": ["!", "hlsdemux"], "dash": ["!", "dashdemux"], "mp4": ["!", "qtdemux"]}[kind]
    sink = ["d.", "!", "queue", f"max-size-time={s.draw.choice([1, 3, 8]) * 10**9}", "max-size-bytes=0", "max-size-buffers=0", "!"]
    parse = ["qtdemux", "!", "fakesink", "sync=true"] if kind != "mp4" else ["fakesink", "sync=true"]
    if kind == "hls":
        parse = ["parsebin", "!", "fakesink", "sync=true"]
    s.run("gst-launch-1.0", "-q", "souphttpsrc", f"location={url}", "ssl-strict=false", *parts, "name=d", *sink, *parse)
