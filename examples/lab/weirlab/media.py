# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Pictures and sound, encoded once for each run with the cheapest settings, in sizes and rates drawn anew."""
import concurrent.futures
import subprocess

from .process import LabError

CALL_S = 55  # longer than any call
SIZES = [(256, 144), (320, 180), (426, 240), (480, 270), (640, 360)]
SOURCES = ["testsrc2=size={s}:rate={r}", "smptehdbars=size={s}:rate={r}", "life=size={s}:rate={r}:mold=10:ratio=0.1:death_color=#C83232:life_color=#00ff00",
           "gradients=size={s}:rate={r}:speed=0.05", "cellauto=size={s}:rate={r}:rule=110"]


_workers, _under_way = concurrent.futures.ThreadPoolExecutor(4), []


def ffmpeg(log, *argv):
    """Starts an encoder, some beside each other; what needs its result waits with finish()."""
    _under_way.append(_workers.submit(_encode, log, argv))


def finish():
    """Until all encoders are done; what went wrong in one is raised here."""
    while _under_way:
        _under_way.pop().result()


def give_up():
    """Those that have not begun are not begun."""
    _workers.shutdown(wait=False, cancel_futures=True)


def _encode(log, argv):
    with open(log, "ab") as out:
        done = subprocess.run(["nice", "-n", "1", "ffmpeg", "-nostdin", "-y", "-v", "error", "-threads", "1", *map(str, argv)],
                              stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    if done.returncode != 0:
        raise LabError(f"ffmpeg failed; its log is {log}: " + open(log, errors="replace").read()[-300:].strip().replace("\n", " | "))


def picture(draw, size, rate, noise):
    """A test picture with noise on it, so that the encoder needs the bits that it is given."""
    source = draw.choice(SOURCES).format(s=f"{size[0]}x{size[1]}", r=rate)
    return f"{source},noise=alls={noise}:allf=t,setdar=16/9,format=yuv420p"


def sound(draw):
    """Tones and noise that come and go, as speech does."""
    f, g = draw.randrange(110, 300), draw.uniform(0.3, 1.5)
    return f"aevalsrc=exprs='(0.3*sin({f}*2*PI*t)+0.2*sin({3 * f}*2*PI*t)+0.1*random(0))*gt(sin({g:.2f}*2*PI*t)+0.4*sin(0.37*t)\\,-0.2)':sample_rate=48000"


def title(draw, log, path, seconds, size, rate, kbit, gop_s, audio_kbit, constant):
    """An MP4 of H.264 and AAC. `constant`: at a constant bit rate, or near `kbit` as the picture needs."""
    bits = ["-b:v", f"{kbit}k", "-maxrate", f"{kbit if constant else 2 * kbit}k", "-bufsize", f"{2 * kbit}k"]
    ffmpeg(log, "-f", "lavfi", "-i", picture(draw, size, rate, draw.randrange(5, 40)), "-f", "lavfi", "-i", sound(draw), "-t", seconds,
           "-c:v", "libx264", "-preset", "ultrafast", *bits, "-g", round(gop_s * rate), "-keyint_min", round(gop_s * rate), "-sc_threshold", 0,
           "-c:a", "aac", "-b:a", f"{audio_kbit}k", "-ac", draw.choice([1, 2]), "-movflags", "+faststart", path)


def ladders(draw, log, folder, count):
    """`count` titles in two or three bit rates each, as MP4, HLS and DASH. Gives what there is."""
    titles, made = [], []
    for n in range(1, count + 1):
        seconds, gop_s = draw.randrange(45, 80), draw.choice([1, 2, 2, 3, 4])
        rate, size = draw.choice([12, 15, 24, 25, 30]), draw.randrange(0, 3)
        lowest, step, constant = draw.uniform(120, 500), draw.uniform(1.5, 2.5), draw.random() < 0.5
        rungs = []
        for rung in range(draw.choice([2, 3])):
            path = folder / f"t{n}r{rung}.mp4"
            title(draw, log, path, seconds, SIZES[min(size + rung, len(SIZES) - 1)], rate, round(lowest * step ** rung), gop_s,
                  draw.choice([48, 64, 96, 128]), constant)
            rungs.append(path)
        made.append((n, rungs, gop_s * draw.choice([1, 2, 3]) if gop_s < 3 else gop_s, draw.random() < 0.5, draw.choice([0, 1])))
        titles.append({"name": f"t{n}", "rungs": len(rungs)})
    finish()
    for segmented in made:
        segment(log, folder, *segmented)
    finish()
    return titles


def segment(log, folder, n, rungs, segment_s, fragmented, timeline):
    """Cuts the rungs of a title into segments, as they are, for HLS and for DASH."""
    inputs = [a for path in rungs for a in ("-i", path)]
    maps = [a for r in range(len(rungs)) for a in ("-map", f"{r}:v", "-map", f"{r}:a")]
    hls, dash = folder / f"t{n}hls", folder / f"t{n}dash"
    hls.mkdir()
    dash.mkdir()
    kind, extension = (["-hls_segment_type", "fmp4"], "m4s") if fragmented else ([], "ts")
    ffmpeg(log, *inputs, *maps, "-c", "copy", "-f", "hls", "-hls_time", segment_s, "-hls_playlist_type", "vod", *kind, "-master_pl_name", "master.m3u8",
           "-var_stream_map", " ".join(f"v:{r},a:{r}" for r in range(len(rungs))), "-hls_segment_filename", hls / f"v%v_%d.{extension}", hls / "v%v.m3u8")
    ffmpeg(log, *inputs, *maps, "-c", "copy", "-f", "dash", "-seg_duration", segment_s, "-use_template", 1, "-use_timeline", timeline,
           "-adaptation_sets", "id=0,streams=v id=1,streams=a", dash / "manifest.mpd")


def films(draw, log, folder, count):
    """What people upload: a few films of their own, of different lengths and rates."""
    made = []
    for n in range(1, count + 1):
        path = folder / f"film{n}.mp4"
        title(draw, log, path, draw.randrange(30, 60), draw.choice(SIZES), draw.choice([15, 24, 25, 30]), round(draw.choice([150, 400, 800, 1500]) * draw.uniform(0.8, 1.4)),
              draw.choice([1, 2, 4]), draw.choice([48, 96]), draw.random() < 0.5)
        made.append(path)
    return made


def call_clips(draw, log, folder, count):
    """Clips as cameras in calls give them, already encoded, so that a call costs next to nothing: H.264, VP8, Opus, PCMU."""
    clips = []
    for n in range(1, count + 1):
        size, rate, kbit = draw.choice(SIZES[:3]), draw.choice([10, 15, 20, 24, 30]), round(draw.choice([60, 120, 250, 400, 700, 1100]) * draw.uniform(0.8, 1.3))
        camera = ["-f", "lavfi", "-i", picture(draw, size, rate, draw.randrange(2, 25)), "-t", CALL_S]
        h264, vp8 = folder / f"c{n}.h264.mkv", folder / f"c{n}.vp8.webm"
        gop = round(rate * draw.choice([2, 5, 10]))
        ffmpeg(log, *camera, "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline", "-b:v", f"{kbit}k", "-g", gop,
               "-maxrate", f"{kbit}k", "-bufsize", f"{kbit}k", "-bsf:v", "dump_extra", h264)
        ffmpeg(log, *camera, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 16, "-b:v", f"{kbit}k", "-minrate", f"{kbit}k", "-maxrate", f"{kbit}k",
               "-g", gop, vp8)
        clips.append({"h264": h264, "vp8": vp8})
    return clips


def voices(draw, log, folder, count):
    """Voices in Opus at several rates and frame lengths, and as 8, 16 and 48 kHz WAV."""
    made = []
    for n in range(1, count + 1):
        made.append({"opus": folder / f"v{n}.ogg", "wav": {k: folder / f"v{n}.{k}.wav" for k in (8, 16, 48)}})
        ffmpeg(log, "-f", "lavfi", "-i", sound(draw), "-t", CALL_S, "-ac", 1, made[-1]["wav"][48])
    finish()
    for voice in made:
        frame_ms, kbit, wav = draw.choice([10, 20, 20, 40, 60]), draw.choice([8, 12, 16, 24, 32, 48, 64]), voice["wav"]
        for k in (8, 16):
            ffmpeg(log, "-i", wav[48], "-ar", k * 1000, wav[k])
        ffmpeg(log, "-i", wav[48], "-c:a", "libopus", "-b:a", f"{kbit}k", "-frame_duration", frame_ms, "-vbr", draw.choice(["on", "off", "constrained"]),
               "-application", "voip", "-page_duration", frame_ms * 1000, voice["opus"])
    return made
