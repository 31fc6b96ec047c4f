# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Web sites: pages with style sheets, scripts, pictures and later requests, in sizes drawn anew for each run."""
import math
import os

KINDS = {"css": "<link rel=stylesheet href='{}'>", "js": "<script src='{}'></script>", "img": "<img src='{}' width=10 height=10>",
         "late": "<script>setTimeout(() => fetch('{}'), {ms})</script>"}


def lognormal(draw, median, spread, most):
    return min(most, max(60, round(math.exp(draw.gauss(math.log(median), spread)))))


def write_page(draw, folder, url, objects, median, next_url):
    """One page; in a browser it goes on to `next_url` after a time for reading, as a person would."""
    folder.mkdir(parents=True)
    parts = []
    for n in range(objects):
        kind = draw.choices(list(KINDS), [1, 2, 8, 1.5])[0]
        size = lognormal(draw, median if kind == "img" else median / 2, 1.2, 400_000)
        (folder / f"o{n}.{kind}").write_bytes(os.urandom(size) if kind in ("img", "late") else b"/* " + os.urandom(size // 2).hex().encode() + b" */")
        parts.append(KINDS[kind].replace("{ms}", str(draw.randrange(200, 8000))).replace("{}", f"{url}o{n}.{kind}"))
    text = os.urandom(lognormal(draw, 6000, 0.8, 120_000) // 2).hex()
    reading_ms = draw.randrange(1500, 12000)
    onward = f"<script>setTimeout(() => location.href = '{next_url}', {reading_ms})</script>"
    (folder / "index.html").write_text(f"<!doctype html><title>{url}</title>{''.join(parts)}<p>{text}</p>{onward}\n")


def write_sites(draw, folder, count):
    """`count` sites under folder/sN with pages pM; gives the paths of the pages."""
    paths = []
    for site in range(1, count + 1):
        median, objects, pages = draw.choice([800, 2500, 6000, 12000, 25000]), draw.choice([(2, 8), (8, 25), (20, 60)]), draw.randrange(3, 7)
        for page in range(1, pages + 1):
            url, onward = f"/s{site}/p{page}/", f"/s{site}/p{page % pages + 1}/"
            write_page(draw, folder / f"s{site}" / f"p{page}", url, draw.randint(*objects), median, onward)
            paths.append(url)
    return paths
