#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Figures of the repetitions that run.sh measured: prints the table and writes FOLDER/report.html and FOLDER/delay.svg.

usage: report.py FOLDER
"""
import csv
import datetime
import math
import pathlib
import platform
import re
import statistics
import sys

import chart

CASES = {  # in the table's order
    "idle": "idle link",
    "none-honest": "no shaping",
    "ports-honest": "rules by port",
    "weir-honest": "weir",
    "none-lying": "no shaping, flood on the call's port",
    "ports-lying": "rules by port, the same flood",
    "weir-lying": "weir, the same flood",
    "wrong": "weir, its model calls the flood a call",
}
SETTLING_S = 1  # what comes in the first second of the call, or of the load where that comes later, is drawn but not counted


def rows(path):
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def quantile(values, share):
    """The smallest value that so many are not above."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


class Case:
    """One case of one repetition. Times are seconds after the call's start, delays milliseconds."""

    def __init__(self, folder):
        facts = dict(line.split("=") for line in (folder / "case.txt").read_text().split())
        self.seconds = float(facts["seconds"])
        self.load = float(facts["load"]) - float(facts["call"])
        self.counted_from = max(0, self.load) + SETTLING_S
        self.voice = [(float(row["sent"]), 1000 * float(row["delay"]) if row["delay"] else None)
                      for row in rows(folder / "voice.csv")]
        counted = [delay for sent, delay in self.voice if sent >= self.counted_from and delay is not None]
        self.p50, self.p95, self.p99 = (quantile(counted, share) for share in (0.5, 0.95, 0.99))
        # Of the whole call: what is lost while nobody knows it is lost, too.
        self.lost = 100 * sum(delay is None for _, delay in self.voice) / len(self.voice)
        self.page = 1000 * quantile(
            [float(row["seconds"] or math.inf) for row in rows(folder / "web.csv")
             if self.counted_from <= self.load + float(row["time"]) < self.seconds], 0.5)
        self.transfers, self.flood = (self.rate(rows(folder / name)) for name in ("bulk.csv", "flood.csv"))
        self.bulk = self.transfers + self.flood
        self.verdict = self.first_verdict(rows(folder / "verdicts.csv"), float(facts["start"]) + float(facts["call"]))
        late = [sent - self.load for sent, delay in self.voice
                if 0 <= sent - self.load < SETTLING_S and delay is not None and delay > chart.TARGET_MS]
        self.settled = 1000 * max(late, default=0)  # ms after the load began when the last packet was late
        self.worst = max((delay for _, delay in self.voice if delay is not None), default=math.nan)
        self.demoted = None
        if (folder / "weir.txt").exists():
            self.demoted = int(re.search(r"(\d+) demoted", (folder / "weir.txt").read_text())[1])

    def rate(self, bins):
        """Mbit/s of payload that arrived while it counts."""
        counted = [int(row["bytes"]) for row in bins
                   if self.counted_from <= self.load + float(row["time"]) < self.seconds - 0.05]
        return sum(counted) * 8 / 1e6 / (len(counted) * 0.1) if counted else 0

    def first_verdict(self, verdicts, call):
        """(packet, milliseconds into the call) of the verdict that made the call a call."""
        for row in verdicts:
            if (row["class"] == "VoIP" and row["protocol"] == "UDP"
                    and {row["src_ip"], row["dst_ip"]} == {"192.0.2.2", "198.51.100.2"}):
                return int(row["packets"]), 1000 * (float(row["time"]) - call)
        return None


def load(folder):
    """{case: [Case of each repetition]}"""
    found = {name: [] for name in CASES}
    for repetition in sorted(folder.glob("repetition-*"), key=lambda path: int(path.name.rpartition("-")[2])):
        for name in CASES:
            if (repetition / name).is_dir():
                found[name].append(Case(repetition / name))
    return {name: cases for name, cases in found.items() if cases}


def middle_and_worst(values, form, worst=max):
    """'median (worst)', or the value where there is one."""
    text = form.format(statistics.median(values))
    return text if len(values) == 1 else f"{text} ({form.format(worst(values))})"


def table(results):
    """Rows of text, the first of them headings."""
    lines = [["case", "call p50 ms", "p95 ms", "p99 ms", "lost", "page p50 ms", "bulk Mbit/s"]]
    for name, cases in results.items():
        busy = cases[0].bulk > 0
        lines.append([
            CASES[name],
            f"{statistics.median(case.p50 for case in cases):.2f}",
            f"{statistics.median(case.p95 for case in cases):.2f}",
            middle_and_worst([case.p99 for case in cases], "{:.2f}"),
            middle_and_worst([case.lost for case in cases], "{:.1f} %"),
            middle_and_worst([case.page for case in cases], "{:.1f}") if busy else "–",
            middle_and_worst([case.bulk for case in cases], "{:.2f}", min) if busy else "–",
        ])
    return lines


def notes(results):
    """What the table does not say, a line each."""
    lines = []
    for kind in ("honest", "lying"):
        weir, none = results.get(f"weir-{kind}"), results.get(f"none-{kind}")
        if weir and none:
            shares = [100 * ours.bulk / theirs.bulk for ours, theirs in zip(weir, none)]
            lines.append(f"{CASES['weir-' + kind]}: bulk has {middle_and_worst(shares, '{:.1f} %', min)} of its throughput "
                         "without shaping")
    verdicts = [case.verdict for name in ("weir-honest", "weir-lying") for case in results.get(name, [])]
    if verdicts:
        known = [verdict for verdict in verdicts if verdict]
        line = f"weir knew {len(known)} of {len(verdicts)} calls"
        if known:
            packets = sorted({packet for packet, _ in known})
            line += (f", at packet {', '.join(map(str, packets))}, "
                     f"{middle_and_worst([time for _, time in known], '{:.0f} ms')} after the call began")
        lines.append(line)
    if "wrong" in results:
        wrong = results["wrong"]
        lines.append(
            f"{CASES['wrong']}: its guard demoted {sum(case.demoted for case in wrong)} flows in {len(wrong)} calls; the last "
            f"packet later than {chart.TARGET_MS} ms was sent {middle_and_worst([case.settled for case in wrong], '{:.0f} ms')} after "
            f"the flood began, the latest came after {middle_and_worst([case.worst for case in wrong], '{:.0f} ms')}")
    return lines


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model[1] if model else platform.machine()}, Linux {platform.release()}, {datetime.date.today()}"


def print_table(lines):
    for number, line in enumerate(lines):
        print("| " + " | ".join(line) + " |")
        if number == 0:
            print("|---" * len(line) + "|")


def main():
    folder = pathlib.Path(sys.argv[1])
    results = load(folder)
    if not results:
        sys.exit(f"report.py: no repetition in {folder}")
    repetitions = max(len(cases) for cases in results.values())
    lines = table(results)
    remarks = notes(results)
    about = (f"{repetitions} repetition{'s'[:repetitions != 1]}: the median of each figure"
             f"{' (and the worst)' if repetitions > 1 else ''}. {machine()}.")
    print_table(lines)
    print("\n" + "\n".join(remarks) + "\n" + about)
    (folder / "delay.svg").write_text(chart.picture(results))
    (folder / "report.html").write_text(chart.page(results, lines, remarks, about, CASES, SETTLING_S))


if __name__ == "__main__":
    main()
