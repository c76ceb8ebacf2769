#!/usr/bin/env python3
"""Derives elements.tsv from the element table of FHIR R4 (hl7.fhir.core 4.0.1).

usage: derive.py elements.csv > elements.tsv

Lines: path, least and most occurrences, types separated by |. Only what de-identification asks for.
"""
import csv
import sys

with open(sys.argv[1], newline="", encoding="utf-8") as table:
    for row in csv.DictReader(table):
        types = "|".join(dict.fromkeys(
            "string" if name == "System.String" else name for name in row["types"].split("|") if name))
        print(row["path"], row["min"], row["max"], types or "-", sep="\t")
