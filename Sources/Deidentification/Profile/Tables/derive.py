#!/usr/bin/env python3
"""Derives profile_2024b.tsv from a table of PS3.15 Table E.1-1, edition 2024b.

usage: derive.py confidentiality_profile_2024b.csv > profile_2024b.tsv

Lines: tag (X for free digits; PRIVATE for the row of private attributes), Basic Profile action, action of the Retain
Patient Characteristics Option or -, keyword or -.
"""
import csv
import sys

with open(sys.argv[1], newline="", encoding="utf-8") as table:
    for row in sorted(csv.DictReader(table), key=lambda row: row["tag"]):
        tag = row["tag"].upper()
        if len(tag) != 8 or any(digit not in "0123456789ABCDEFX" for digit in tag):
            tag = "PRIVATE"
        print(tag, row["basicProfile"], row["rtnPatCharsOpt"] or "-", row["keyword"] or "-", sep="\t")
