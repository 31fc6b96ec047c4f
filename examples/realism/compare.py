#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""How far synthetic traffic is from real traffic: tables for each category, as Markdown.

Each source is NAME=TABLE with a labelled flow CSV of weir-extract, the real one first; all were extracted
with the same options. The project ships no real captures. The weir tools have to be on PATH.

usage: compare.py real=REAL.csv gen=GEN.csv [lab=LAB.csv] [--groups FAMILIES.csv] [--algorithm rf|gbdt]
                  [--min-packets 10] [-o TABLES.md]

1. Each category's flows: quantiles of sizes and inter-arrival times, 10 / 50 / 90 % of the flows.
2. The population stability index of the features, each synthetic source against the real one, by
   weir-evaluate: its median over the features, how many are shifted, and which most.
3. Train on one, test on another: macro-F1 over the categories that all have; on the diagonal five folds,
   by families where --groups names them, else by captures (fewer where there are fewer; none of one).
"""
import argparse
import csv
import json
import pathlib
import statistics
import subprocess
import tempfile

MEASURES = [("packets", 1), ("duration", 1), ("size_q25", 1), ("size_q50", 1), ("size_q75", 1), ("fwd_size_mean", 1),
            ("bwd_size_mean", 1), ("iat_q25", 1e3), ("iat_q50", 1e3), ("iat_q75", 1e3), ("iat_max", 1e3)]
UNITS = {1: "", 1e3: " (ms)"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", metavar="NAME=TABLE")
    parser.add_argument("--groups")
    parser.add_argument("--algorithm", default="rf")
    parser.add_argument("--min-packets", type=int, default=10)
    parser.add_argument("-o", "--output", default="-")
    options = parser.parse_args()
    options.sources = [source.split("=", 1) for source in options.sources]
    if len(options.sources) < 2 or any(len(source) != 2 for source in options.sources):
        parser.error("at least two sources, each NAME=TABLE")
    return options


def read(path, min_packets):
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row["label"] and int(row["packets"]) >= min_packets]
        return reader.fieldnames, rows


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")


def quantiles(rows, column, factor):
    values = sorted(float(row[column]) * factor for row in rows if row[column])
    if not values:
        return "–"
    return " / ".join(f"{values[round(q * (len(values) - 1))]:.3g}" for q in (0.1, 0.5, 0.9))


def distributions(sources, categories):
    for category in categories:
        yield f"\n**{category}**\n"
        of = {name: [row for row in rows if row["label"] == category] for name, (_, rows) in sources.items()}
        yield "| | " + " | ".join(f"{name}, {len(rows)} flows" for name, rows in of.items()) + " |"
        yield "|---|" + "---|" * len(of)
        for column, factor in MEASURES:
            cells = [quantiles(rows, column, factor) for rows in of.values()]
            yield f"| {column}{UNITS[factor]} | " + " | ".join(cells) + " |"


def shifts(sources, categories, options, work):
    """weir-evaluate compares two tables feature by feature; any model that reads all features will do."""
    real, *others = sources
    header, rows = sources[real]
    write(work / "all.csv", header, rows)
    run("weir-train", "--data", work / "all.csv", "--algorithm", "gbdt", "--calibration", "none", "--model-out",
        work / "any.ubj")
    yield "| category | " + " | ".join(f"{name}: median PSI, shifted, the most" for name in others) + " |"
    yield "|---|" + "---|" * len(others)
    for category in categories:
        cells = []
        for name in (real, *others):
            header, rows = sources[name]
            write(work / f"{name}.csv", header, [row for row in rows if row["label"] == category])
        for name in others:
            run("weir-evaluate", "--model", work / "any.ubj", "--keep-duplicates", "--data", work / f"{real}.csv",
                "--against", work / f"{name}.csv", "--json", work / "shift.json")
            shift = json.loads((work / "shift.json").read_text())["shift"]
            features = sorted(shift["features"], key=lambda feature: -feature["psi"])
            median = statistics.median(feature["psi"] for feature in features)
            most = ", ".join(f"{feature['feature']} {feature['psi']:.1f}" for feature in features[:4])
            cells.append(f"{median:.2f}, {shift['shifted']} of {len(features)}, {most}")
        yield f"| {category} | " + " | ".join(cells) + " |"


def transfers(sources, categories, options, work):
    for name, (header, rows) in sources.items():
        write(work / f"{name}.csv", header, [row for row in rows if row["label"] in categories])
    yield "| trained on | " + " | ".join(f"tested on {name}" for name in sources) + " |"
    yield "|---|" + "---|" * len(sources)
    for index, train in enumerate(sources):
        cells = []
        for test in sources:
            command = ["weir-train", "--data", work / f"{train}.csv", "--algorithm", options.algorithm, "--calibration",
                       "none", "--model-out", work / "model.ubj", "--json", work / "report.json"]
            captures = {row["capture"] for row in sources[train][1]}
            if test != train:
                command += ["--test-data", work / f"{test}.csv"]
            elif len(captures) < 2:
                cells.append("–")
                continue
            else:
                command += ["--cv", str(min(5, len(captures)))]
                if index == 0 and options.groups:
                    command += ["--groups", options.groups]
            run(*command)
            report = json.loads((work / "report.json").read_text())
            figures = report["cross_validation"] if test == train else report
            cells.append(f"{figures['macro']['f1']:.3f}")
        yield f"| {train} | " + " | ".join(cells) + " |"


def main():
    options = parse()
    sources = {name: read(path, options.min_packets) for name, path in options.sources}
    categories = sorted(set.intersection(*({row["label"] for row in rows} for _, rows in sources.values())))
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        lines = ["### Sizes and times", "", "10 / 50 / 90 % of the flows.", *distributions(sources, categories), "",
                 "### Shift of the features", "", *shifts(sources, categories, options, work), "",
                 f"### Train on one, test on another ({options.algorithm}, macro-F1)", "",
                 *transfers(sources, categories, options, work), ""]
    text = "\n".join(lines)
    if options.output == "-":
        print(text, end="")
    else:
        pathlib.Path(options.output).write_text(text)


main()
