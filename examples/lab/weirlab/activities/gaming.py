# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Gaming: clients of real games without a screen."""
import subprocess

from ..services.games import game_environment
from ..session import activity

LABEL = "Gaming"


def screen(s):
    """A screen that nobody sees, for a game that wants one; its environment."""
    server = s.start("Xvfb", "-displayfd", "1", "-screen", "0", "320x240x24", "-nolisten", "tcp", "-ac", stdout=subprocess.PIPE, nice=10)
    number = server.stdout.readline().strip().decode()
    environment = game_environment(s.dir)
    del environment["SDL_VIDEODRIVER"]
    environment["DISPLAY"] = f":{number}"
    return environment


def press_keys(s, environment, keys, process):
    """A player's hands, until the session is over."""
    while s.left() > 1 and process.poll() is None:
        key = s.draw.choice(keys)
        s.run("xdotool", "keydown", key, "sleep", f"{s.draw.uniform(0.1, 1.2):.2f}", "keyup", key, env=environment, limit=5)
        s.pause(0.05, 0.8)


@activity(LABEL, needs="doom", seconds=(20, 60), weight=3)
def doom(s):
    """chocolate-doom: the user and up to three players beyond, in step by 35 ticks a second, or by half of that."""
    port, players = s.draw.choice([2342, s.draw.randrange(2000, 60000)]), s.draw.choice([2, 2, 3, 4])
    if s.lab.free_port(s.server.node, port) is False:
        port = s.draw.randrange(2000, 60000)
    s.start("chocolate-server", "-privateserver", "-port", port, where=s.server.node, env=game_environment(s.dir))
    s.pause(0.5, 0.7)
    chosen = []
    for option, chance in ((["-extratics", str(s.draw.choice([0, 1, 2, 3]))], 0.5), (["-dup", "2"], 0.25), (["-deathmatch"], 0.5), (["-nomonsters"], 0.3)):
        if s.draw.random() < chance:
            chosen += option
    game = ["chocolate-doom", "-iwad", f"/usr/share/games/doom/freedoom{s.draw.choice([1, 2])}.wad", "-connect", f"{s.ip}:{port}", "-nosound", "-window", "-geometry", "320x200",
            "-nodes", players, "-skill", s.draw.randrange(1, 5), *chosen]
    environment, others = screen(s), s.draw.sample(s.lab.beyond, min(players - 1, len(s.lab.beyond)))
    for n, node in enumerate(others):
        home = s.dir / f"other{n}"
        home.mkdir()
        s.start(*game, where=node, env=game_environment(home))
    process = s.start(*game, env=environment)
    press_keys(s, environment, ["Up", "Up", "Left", "Right", "Control_L", "space", "Down"], process)


@activity(LABEL, needs="teeworlds", seconds=(20, 50), weight=1, heavy=True)
def teeworlds(s):
    environment = screen(s)
    (s.dir / "settings.cfg").write_text("gfx_screen_width 320\ngfx_screen_height 240\ngfx_fullscreen 0\ngfx_limitfps 1\ngfx_maxfps 20\ngfx_vsync 0\nsnd_enable 0\n")
    process = s.start("teeworlds", "-f", "settings.cfg", f"connect {s.ip}:{s.server.udp_port}", env=environment)
    s.pause(4, 5)
    press_keys(s, environment, ["a", "d", "space", "d", "a"], process)


@activity(LABEL, needs="minetest", seconds=(20, 60), weight=3)
def minetest(s):
    """Walks into a world: Irrlicht's null driver draws nothing."""
    (s.dir / "minetest.conf").write_text(f"video_driver = null\nenable_sound = false\nenable_shaders = false\nviewing_range = {s.draw.choice([20, 50, 100, 200])}\nfps_max = {s.draw.choice([10, 20, 30])}\n"
                                         f"continuous_forward = {s.draw.choice(['true', 'true', 'false'])}\nsend_pre_v25_init = false\n")
    s.run("minetest", "--config", s.dir / "minetest.conf", "--go", "--address", s.ip, "--port", s.server.udp_port, "--name", f"p{s.draw.randrange(10**6)}", "--password", "secret",
          env=game_environment(s.dir))


@activity(LABEL, needs="supertuxkart", seconds=(30, 70), weight=2, heavy=True)
def supertuxkart(s):
    """Races that the computer drives, on both sides."""
    s.run("supertuxkart", "--no-graphics", f"--network-ai={s.draw.choice([1, 2, 3])}", f"--connect-now={s.ip}:{s.server.udp_port}", env=game_environment(s.dir), stdin=subprocess.PIPE)


@activity(LABEL, far=True, seconds=(20, 50), weight=2)
def netris(s):
    """Tetris for two: each sees the other's board. Both press keys."""
    port, speed = s.draw.choice([9284, s.draw.randrange(2000, 60000)]), s.draw.choice([150, 250, 300])
    environment = {"TERM": "vt100", "PATH": "/usr/games:/usr/bin:/bin", "HOME": str(s.dir)}

    def play(where, *arguments):
        return s.start("script", "-qfc", f"netris -i 0.{speed} -p {port} {' '.join(arguments)}", "/dev/null", where=where, env=environment,
                       stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    waiting = play(s.far, "-w")
    s.pause(0.8, 1)
    players = [waiting, play(s.user, "-c", s.far.ip)]
    while s.left() > 0.5 and all(p.poll() is None for p in players):
        for player in players:
            try:
                player.stdin.write(s.draw.choice(["j", "k", "l", "m", " ", "n"]).encode())
                player.stdin.flush()
            except BrokenPipeError:
                return
        s.pause(0.05, 0.5)
