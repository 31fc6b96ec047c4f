#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Trains on published tables, where they are there, with the recipes of examples/tables, and fails when a figure
falls below the one it has to beat. Training rows are thinned out, so that it takes seconds.

usage: tables.py --bin FOLDER [FOLDER_OF_TABLES]     default: tabular/ in $WEIR_SHARED_DATA, or in shared/data beside
                                                     the project
"""
import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent
RECIPES = PROJECT / "examples/tables"
SKIPPED = 77


def thin_out(table, every, target):
    """Every so many rows of a table without a header row."""
    with gzip.open(table, "rt") as rows, open(target, "w") as out:
        out.writelines(row for i, row in enumerate(rows) if i % every == 0)


class Trainer:
    def __init__(self, bin_folder, folder):
        self.tool, self.folder, self.faults = bin_folder / "weir-train", folder, 0

    def train(self, *arguments):
        """The report of a training."""
        command = [self.tool, *arguments, "--calibration", "none", "--threads", "1",
                   "--model-out", self.folder / "model.ubj", "--json", self.folder / "report.json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return json.loads((self.folder / "report.json").read_text())

    def expect(self, what, value, least):
        print(f"{what}: {value:.3f}, at least {least}")
        if value < least:
            print("FAIL")
            self.faults += 1


def nsl_kdd(trainer, tables):
    thin_out(tables / "nsl-kdd/KDDTrain+.txt.gz", 4, trainer.folder / "train.txt")
    for classes, least in (("seven", 0.7996), ("five", 0.78)):
        report = trainer.train("--data", trainer.folder / "train.txt", "--test-data", tables / "nsl-kdd/KDDTest+.txt.gz",
                               "--columns", RECIPES / "nsl-kdd.columns", "--label", "attack", "--drop", "difficulty",
                               "--map", RECIPES / f"nsl-kdd-{classes}.toml")
        trainer.expect(f"NSL-KDD, {classes} classes, accuracy", report["accuracy"], least)


def iscx_vpn(trainer, tables):
    table = "Scenario_A2-ARFF__TimeBasedFeatures-Dataset-15s-NO-VPN.arff.gz"
    report = trainer.train("--data", tables / "iscx-vpn-2016" / table, "--label", "class1", "--cv", "3", "--split", "row",
                           "--algorithm", "gbdt", "--class-weights", "none", "--keep-duplicates")
    trainer.expect("ISCX VPN, scenario A2 without VPN, macro precision",
                   report["cross_validation"]["macro"]["precision"], 0.8)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("folder", nargs="?")
    options = parser.parse_args()
    beside = PROJECT.parent / "shared/data"
    tables = pathlib.Path(options.folder or f"{os.environ.get('WEIR_SHARED_DATA', beside)}/tabular")
    if not tables.is_dir():
        print(f"SKIP: no tables in {tables}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="weir-tables-") as folder:
        trainer = Trainer(options.bin.resolve(), pathlib.Path(folder))
        nsl_kdd(trainer, tables)
        iscx_vpn(trainer, tables)
    return 1 if trainer.faults else 0


sys.exit(main())
