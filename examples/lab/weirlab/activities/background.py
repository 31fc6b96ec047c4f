# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""The rest of a network's life, labelled Other."""
import subprocess

from ..session import activity

LABEL = "Other"


@activity(LABEL, needs="ssh", seconds=(10, 50))
def ssh_typing(s):
    """A shell, typed into key by key."""
    process = s.start("ssh", "-T", *s.server.options(), "-p", s.server.tcp_port, f"root@{s.ip}", "script", "-qfc", "/bin/sh", "/dev/null", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    while s.left() > 1 and process.poll() is None:
        for key in s.draw.choice(["ls -l /usr\n", "date\n", "ls -lR /etc | head -200\n", "cat /etc/services\n", "ps\n"]):
            try:
                process.stdin.write(key.encode())
                process.stdin.flush()
            except BrokenPipeError:
                return
            s.pause(0.05, 0.3)
        s.pause(0.5, 4)


@activity(LABEL, needs="ftp", seconds=(10, 40))
def ftp_files(s):
    """lftp: lists, gets, mirrors; passive or active, with and without TLS."""
    tls, passive = s.draw.choice(["yes", "no"]), s.draw.choice(["yes", "no"])
    commands = [f"set ftp:passive-mode {passive}; set ftp:ssl-allow {tls}; set ftp:ssl-protect-data yes; set ssl:verify-certificate no; set net:timeout 10; set net:max-retries 2",
                f"open ftp://{s.ip}:{s.server.tcp_port}"]
    for _ in range(s.draw.randrange(2, 6)):
        commands.append(s.draw.choice(["ls", f"get pub/file{s.draw.randrange(1, 9)}.bin -o {s.dir}/x{s.draw.randrange(10**9)}", f"!sleep {s.draw.uniform(0.2, 3):.1f}", "cls pub"]))
    if s.draw.random() < 0.3:
        commands.append(f"mirror --parallel=2 pub {s.dir}/m")
    s.run("lftp", "-c", "\n".join(commands), stdout=subprocess.DEVNULL)


@activity(LABEL, needs="mail", seconds=(5, 20), weight=1)
def send_mail(s):
    attached = s.dir / "letter"
    attached.write_bytes(s.draw.randbytes(round(500 * 2 ** s.draw.uniform(0, 9))))
    for _ in range(s.draw.randrange(1, 4)):
        s.run("swaks", "--silent", "3", "-s", f"{s.ip}:{s.server.tcp_port}", "-f", "a@lab.test", "-t", "b@lab.test", "--attach", f"@{attached}")
        s.pause(0.5, 4)


@activity(LABEL, needs="ntp", seconds=(10, 40), weight=1)
def clock(s):
    s.run("chronyd", "-d", "-x", "-Q", "-u", "root", f"server {s.ip} iburst minpoll 1 maxpoll 2", "cmdport 0", f"pidfile {s.dir}/pid", stdout=subprocess.DEVNULL)


@activity(LABEL, needs="web", seconds=(8, 30))
def software_update(s):
    """Larger files, by a downloader that uses several connections, or by wget at a limited rate."""
    files = [p for p in (s.server.dir / "root").rglob("*") if p.is_file() and p.stat().st_size > 20000][:200]
    url = s.server.base(s.ip, s.draw.random() < 0.5) + "/" + str(s.draw.choice(files).relative_to(s.server.dir / "root"))
    if s.draw.random() < 0.6:
        s.run("aria2c", "-q", "--no-conf", "--check-certificate=false", "-x", s.draw.choice([1, 2, 4]), "-k", "1M", "-d", s.dir, "-o", "file", url)
    else:
        s.run("wget", "-q", "--no-check-certificate", f"--limit-rate={s.draw.choice([60, 200, 1000])}k", "-O", "/dev/null", url)


@activity(LABEL, needs="dns", seconds=(5, 20), weight=1)
def look_up(s):
    while s.left() > 1:
        s.run("dig", f"@{s.ip}", "+tries=1", *(["+tcp"] if s.draw.random() < 0.2 else []), s.draw.choice(["A", "AAAA", "TXT"]), f"www{s.draw.randrange(1, 9)}.lab.test", stdout=subprocess.DEVNULL)
        s.pause(0.1, 3)
