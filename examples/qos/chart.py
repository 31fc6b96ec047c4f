# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Curves of the delay over the call, as SVG for a README and as a page for a browser: no script, nothing from outside,
readable on white and on black."""
import html
import math
import statistics

PANELS = {  # heading -> (case, label, colour class)
    "Every flow on its own port": [("none-honest", "no shaping", "none"), ("ports-honest", "rules by port", "ports"),
                                   ("weir-honest", "weir", "weir")],
    "15 Mbit/s of bulk on the call's port": [("none-lying", "no shaping", "none"), ("ports-lying", "rules by port", "ports"),
                                             ("weir-lying", "weir", "weir")],
    "A model that calls the bulk a call": [("wrong", "weir and its guard", "weir")],
}
STYLE = """
.ink{fill:#1f2328}.soft{fill:#59636e}.grid{stroke:#d1d9e0}.aim{stroke:#59636e;stroke-dasharray:4 3}
.none{stroke:#77808a;fill:#59636e}.ports{stroke:#c4570a;fill:#a84a08}.weir{stroke:#0a66c2;fill:#0a5cad}
polyline{fill:none!important;stroke-width:2;stroke-linejoin:round}
text{stroke:#fff!important;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
@media(prefers-color-scheme:dark){text{stroke:#0d1117!important}.ink{fill:#e6edf3}.soft{fill:#9da7b1}.grid{stroke:#30363d}
.aim{stroke:#9da7b1}.none{stroke:#8b949e;fill:#adb6bf}.ports{stroke:#f0883e;fill:#f79d5c}.weir{stroke:#58a6ff;fill:#79b8ff}}"""
FONT = "font-family=\"system-ui,'Segoe UI',Helvetica,Arial,sans-serif\""
WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 40, 42
LOWEST_MS, HIGHEST_MS = 0.01, 4000  # room for a label above half a second
TARGET_MS = 2
STEP_S = 0.1


def typical(cases):
    """The repetition whose p99 is the median of them."""
    return sorted(cases, key=lambda case: case.p99)[(len(cases) - 1) // 2]


def curve(case):
    """(time, worst delay) in each tenth of a second; nothing where every packet was lost."""
    worst = {}
    for sent, delay in case.voice:
        if delay is not None:
            place = int(sent / STEP_S + 1e-6)
            worst[place] = max(worst.get(place, 0), delay)
    return [((place + 0.5) * STEP_S, delay) for place, delay in sorted(worst.items())]


def height_of(delay_ms):
    share = math.log10(min(max(delay_ms, LOWEST_MS), HIGHEST_MS) / LOWEST_MS) / math.log10(HIGHEST_MS / LOWEST_MS)
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def apart(places, gap=15):
    """Heights of labels, moved up so that none covers another."""
    moved = {}
    last = HEIGHT - BOTTOM + gap - 6
    for name, place in sorted(places.items(), key=lambda item: -item[1]):
        last = moved[name] = min(place, last - gap)
    return moved


def axes(heading, seconds, x_of):
    parts = [f'<text class="ink" x="{LEFT}" y="20" font-size="14" font-weight="600">{html.escape(heading)}</text>']
    for power in range(-2, 4):
        y = height_of(10.0 ** power)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                     f'<text class="soft" x="{LEFT - 6}" y="{y + 4:.1f}" font-size="12" text-anchor="end">'
                     f"{10.0 ** power:g}</text>")
    for second in range(0, int(seconds) + 1, 2 if seconds > 5 else 1):
        parts.append(f'<text class="soft" x="{x_of(second):.1f}" y="{HEIGHT - BOTTOM + 16}" font-size="12" '
                     f'text-anchor="middle">{second}</text>')
    y = height_of(TARGET_MS)
    parts.append(f'<line class="aim" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                 f'<text class="soft" x="{LEFT + 4}" y="{y - 4:.1f}" font-size="11">{TARGET_MS} ms</text>')
    parts.append(f'<text class="soft" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" font-size="12" text-anchor="middle">'
                 'seconds after the call began</text>'
                 f'<text class="soft" x="12" y="{(TOP + HEIGHT - BOTTOM) / 2}" font-size="12" text-anchor="middle" '
                 f'transform="rotate(-90 12 {(TOP + HEIGHT - BOTTOM) / 2})">one-way delay, ms</text>')
    return parts


def panel(heading, lines, results):
    shown = [(typical(results[name]), results[name], label, colour) for name, label, colour in lines if name in results]
    if not shown:
        return ""
    seconds = shown[0][0].seconds

    def x_of(second):
        return LEFT + second / seconds * (WIDTH - RIGHT - LEFT)

    parts = axes(heading, seconds, x_of)
    labels, places = {}, {}
    for case, cases, label, colour in shown:
        points = curve(case)
        if not points:
            continue
        parts.append(f'<polyline class="{colour}" points="'
                     + " ".join(f"{x_of(time):.1f},{height_of(delay):.1f}" for time, delay in points) + '"/>')
        lost = statistics.median(one.lost for one in cases)
        labels[label] = (colour, label + (f", {lost:.0f} % lost" if lost >= 0.5 else ""))
        late = [delay for time, delay in points if time > 0.6 * seconds]
        places[label] = height_of(sorted(late)[int(0.9 * len(late))] if late else points[-1][1]) - 8
        if case.load > 0:
            x = x_of(case.load)
            parts.append(f'<line class="aim" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
                         f'<text class="soft" x="{x + 5:.1f}" y="{TOP + 12}" font-size="12">the load begins</text>')
    for label, y in apart(places).items():
        colour, text = labels[label]
        parts.append(f'<text class="{colour}" x="{WIDTH - RIGHT - 4}" y="{y:.1f}" font-size="13" font-weight="600" '
                     f'text-anchor="end">{html.escape(text)}</text>')
    return "".join(parts)


def drawings(results):
    drawn = {heading: panel(heading, lines, results) for heading, lines in PANELS.items()}
    return {heading: text for heading, text in drawn.items() if text}


def picture(results):
    """All panels side by side in one SVG file."""
    drawn = drawings(results)
    parts = [f'<g transform="translate({number * WIDTH} 0)">{text}</g>' for number, text in enumerate(drawn.values())]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(drawn)} {HEIGHT}" {FONT} role="img">'
            "<title>One-way delay of a call on a link of 20 Mbit/s that is full</title>"
            f"<style>{STYLE}</style>" + "".join(parts) + "</svg>\n")


def page(results, lines, remarks, about, names, settling_s):
    """The report for a browser."""
    figures = "".join(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" {FONT} role="img" aria-label="{html.escape(heading)}">{text}</svg>'
                      for heading, text in drawings(results).items())
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in lines[0])
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines[1:])
    every = "".join(
        f"<tr><td>{html.escape(names[name])}</td><td>{number}</td>" + "".join(
            f"<td>{value}</td>" for value in (
                f"{case.p50:.3f}", f"{case.p95:.3f}", f"{case.p99:.3f}", f"{case.lost:.2f} %",
                *((f"{case.page:.1f}", f"{case.transfers:.2f}", f"{case.flood:.2f}") if case.bulk else ("–",) * 3)))
        + "</tr>" for name, cases in results.items() for number, case in enumerate(cases, 1))
    said = "".join(f"<li>{html.escape(remark)}</li>" for remark in remarks)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What classification is worth to a call</title>
<style>
:root{{color-scheme:light dark;--page:#fff;--ink:#1f2328;--line:#d1d9e0}}
@media(prefers-color-scheme:dark){{:root{{--page:#0d1117;--ink:#e6edf3;--line:#30363d}}}}
body{{font:16px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:var(--ink);background:var(--page);
max-width:1240px;margin:0 auto;padding:1rem}}
h1{{font-size:1.5rem}}h2{{font-size:1.15rem;margin-top:2rem}}p,li{{max-width:46rem}}
.panels{{display:flex;flex-wrap:wrap;gap:.5rem}}.panels svg{{flex:1 1 320px;max-width:600px;min-width:0}}
.wide{{overflow-x:auto}}table{{border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums;font-size:.9rem}}
th,td{{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}}
th:first-child,td:first-child{{text-align:left;position:sticky;left:0;background:var(--page)}}
@media(max-width:600px){{td:first-child,th:first-child{{white-space:normal;min-width:8rem}}}}
{STYLE}
</style>
<h1>What classification is worth to a call</h1>
<p>A call (50 packets a second of 200 bytes each way), four file transfers (TCP CUBIC) and a page of 20 kB every 200 ms share
a link of 20 Mbit/s. Drawn is the worst one-way delay in each tenth of a second of the call, on a logarithmic scale, of
the repetition whose 99th percentile is the median.</p>
<div class="panels">{figures}</div>
<h2>Figures</h2>
<p>{html.escape(about)} The first {settling_s} s of the call, or of the load where that begins later, is drawn but not
counted; lost packets are those of the whole call. Bulk is the payload of the transfers and of the flood that arrived.</p>
<div class="wide"><table><tr>{head}</tr>{body}</table></div>
<ul>{said}</ul>
<h2>Every repetition</h2>
<div class="wide"><table><tr><th>case</th><th>repetition</th><th>p50 ms</th><th>p95 ms</th><th>p99 ms</th><th>lost</th>
<th>page p50 ms</th><th>transfers Mbit/s</th><th>flood Mbit/s</th></tr>{every}</table></div>
</html>
"""
