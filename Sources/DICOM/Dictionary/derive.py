#!/usr/bin/env python3
"""Derives dictionary.tsv from a table of PS3.6 (columns tag,keyword,vr,vm,name,retired).

usage: derive.py data_dictionary_2024b.csv > dictionary.tsv

Lines: tag (X for the digits of a repeating group), VR, Y if retired, keyword. Of several VRs the one to read by in
implicit VR is written (PS3.5 Annex A.1): OB or OW -> OW, US or OW -> OW, US or SS -> XS (decided by Pixel
Representation). Entries without a VR (delimiters, unnamed retired elements) are left out.
"""
import csv
import sys

AMBIGUOUS = {"OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW", "US or SS": "XS"}

with open(sys.argv[1], newline="", encoding="utf-8") as table:
    for row in sorted(csv.DictReader(table), key=lambda row: row["tag"]):
        vr = AMBIGUOUS.get(row["vr"], row["vr"])
        if len(vr) == 2 and vr.isupper():
            print(row["tag"].upper(), vr, row["retired"], row["keyword"], sep="\t")
