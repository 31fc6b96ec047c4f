# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Browsing: people reading pages."""
from ..session import activity

LABEL = "Browsing"
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"]


def page(s, address):
    return s.server.base(address, s.draw.random() < 0.75) + s.draw.choice(s.server.pages)


def chromium(s, url, *more):
    s.run("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--mute-audio",
          "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--ignore-certificate-errors",
          "--renderer-process-limit=1", "--blink-settings=imagesEnabled=true", f"--user-data-dir={s.dir}/profile", "--remote-debugging-port=0", *more, url,
          env={"HOME": str(s.dir), "PATH": "/usr/bin:/bin", "DBUS_SESSION_BUS_ADDRESS": "disabled:"})


@activity(LABEL, needs="web", seconds=(15, 45), weight=3, heavy=True)
def chromium_browser(s):
    """Goes from page to page of a site by itself: the pages' scripts do it."""
    chromium(s, page(s, s.ip))


@activity(LABEL, needs="quic", seconds=(15, 40), weight=2, heavy=True)
def chromium_http3(s):
    """The same over QUIC, mostly."""
    host = s.server.host(s.ip)
    more = ["--enable-quic", f"--origin-to-force-quic-on={host}:{s.server.https_port}"] if s.draw.random() < 0.8 else []
    if more:
        # QUIC does not take --ignore-certificate-errors; it wants the key named.
        more.append(f"--ignore-certificate-errors-spki-list={s.server.key_pin}")
    chromium(s, s.server.base(s.ip) + s.draw.choice(s.server.pages), *more)


@activity(LABEL, needs="web", seconds=(10, 45), weight=3, peers=3)
def wget_pages(s):
    """A page with what it needs, a pause, the next page, maybe of another site."""
    while True:
        s.run("wget", "-q", "-p", "-e", "robots=off", "--no-check-certificate", "-U", s.draw.choice(AGENTS), "-P", s.dir / "w", page(s, s.draw.choice(s.peers)))
        if not s.pause(0.5, 8):
            return


@activity(LABEL, needs="web", seconds=(10, 40), weight=3, peers=2)
def nghttp_pages(s):
    """HTTP/2 with all that a page needs at once."""
    while True:
        s.run("nghttp", "-na", "--no-verify-peer", s.server.base(s.draw.choice(s.peers), True) + s.draw.choice(s.server.pages))
        if not s.pause(1, 8):
            return


@activity(LABEL, needs="web", seconds=(10, 40), weight=2, peers=2)
def curl_objects(s):
    """A page's objects over connections that stay open, one after the other or side by side."""
    while True:
        url = page(s, s.draw.choice(s.peers))
        wanted = [url] + [f"{url}o{n}.{kind}" for n in range(s.draw.randrange(3, 20)) for kind in ("img",)]
        style = s.draw.choice([["--http1.1"], ["--http2"], ["--http1.1", "--parallel", "--parallel-max", "6"], ["--http2", "--parallel"],
                               ["--http1.1", "--rate", "90/m"]])
        s.run("curl", "-sk", *style, "-A", s.draw.choice(AGENTS), *(a for w in wanted for a in ("-o", "/dev/null", w)), limit=15)
        if not s.pause(1, 7):
            return


@activity(LABEL, needs="web", seconds=(10, 40), weight=1, peers=2)
def text_browser(s):
    """w3m: the text of a page, then the next, over a connection each."""
    while True:
        s.run("w3m", "-dump", "-o", "ssl_verify_server=0", page(s, s.draw.choice(s.peers)), stdout=s.log)
        if not s.pause(1, 6):
            return
