#!/usr/bin/env python3
"""Derives the standards' tables that de-identification asks for.

usage: derive.py elements elements.csv > elements.tsv          element table of FHIR R4 (hl7.fhir.core 4.0.1)
       derive.py codes valueset_codes.csv > codes.tsv          codes of its value sets
       derive.py tables hl7v2-*.json > tables.tsv              tables of HL7 v2 (hl7apy), of several versions

elements.tsv: path, least and most occurrences, types separated by |. codes.tsv: system, codes. tables.tsv: number of the
table, codes. Codes are separated by blanks; what is no code (a range, a remark) is left out.
"""
import csv
import json
import re
import sys
from collections import defaultdict

kind, *paths = sys.argv[1:]
found = defaultdict(set)


def rows(path):
    with open(path, newline="", encoding="utf-8") as table:
        yield from csv.DictReader(table)


def show(is_code):
    for key, codes in sorted(found.items()):
        good = sorted(code for code in map(str.strip, codes) if re.fullmatch(is_code, code))
        if good:
            print(key, " ".join(good), sep="\t")


if kind == "elements":
    for row in rows(paths[0]):
        types = "|".join(dict.fromkeys(
            "string" if name == "System.String" else name for name in row["types"].split("|") if name))
        print(row["path"], row["min"], row["max"], types or "-", sep="\t")
elif kind == "codes":
    for row in rows(paths[0]):
        # Their codes have a grammar instead.
        if row["system"] not in ("http://unitsofmeasure.org", "urn:ietf:bcp:13"):
            found[row["system"]].add(row["code"])
    show(r"[A-Za-z0-9_.<>=+-]{1,64}")
elif kind == "tables":
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for number, table in json.load(file)["tables"].items():
                found[number].update(table["codes"])
    show(r"[A-Z0-9][A-Z0-9_.]{0,31}|[<>]=?|[+-]{1,2}")
else:
    sys.exit(__doc__)
