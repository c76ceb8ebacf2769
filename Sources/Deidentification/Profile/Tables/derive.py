#!/usr/bin/env python3
"""Derives the tables of this folder from the tables of the standard, edition 2024b.

usage: derive.py FOLDER, with confidentiality_profile_2024b.csv (PS3.15 Table E.1-1), iod_modules.csv and
module_attributes.csv (PS3.3 Annex A and C), dcm_codes.csv and context_groups.csv (PS3.16), data_dictionary_2024b.csv
and uids.csv (PS3.6).

uids_2024b.txt: the registered UIDs (PS3.6 Annex A), the only ones that are kept.

profile_2024b.tsv: tag (X for free digits; PRIVATE for the row of private attributes), keyword or -, Basic Profile action,
actions of options as code:action separated by commas or -, name.

attribute_types_2024b.tsv: lines `I <SOP class UIDs> <modules>`, and `M <module> <path of tags>=<type> …` where a type is 1,
1C, 2 or 2C and a path is written with slashes. Type 3, parts of codes, and what no rule here takes away are left out.
`shared-by-images` stands for images whose object is not in the tables: the modules that most images have.

words_2024b.txt: the words of the meanings of codes and of the names of attributes, lower case, one a line: what free
text may say. Those of names.txt are left out, those of more-words.txt added, both chosen by hand.
"""
import csv
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
TARGET = pathlib.Path(__file__).parent
OPTIONS = {
    "cleanGraphOpt": "113103", "cleanStructContOpt": "113104", "cleanDescOpt": "113105",
    "rtnLongFullDatesOpt": "113106", "rtnLongModifDatesOpt": "113107", "rtnPatCharsOpt": "113108",
    "rtnDevIdOpt": "113109", "rtnUIDsOpt": "113110", "rtnSafePrivOpt": "113111", "rtnInstIdOpt": "113112",
}
SHARED = "shared-by-images"


def rows(name):
    with open(SOURCE / name, newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def profile():
    tags = set()
    with open(TARGET / "profile_2024b.tsv", "w", encoding="utf-8") as result:
        for row in sorted(rows("confidentiality_profile_2024b.csv"), key=lambda row: row["tag"]):
            tag = row["tag"].upper()
            if len(tag) != 8 or any(digit not in "0123456789ABCDEFX" for digit in tag):
                tag = "PRIVATE"
            tags.add(tag)
            options = ",".join(f"{code}:{row[column]}" for column, code in OPTIONS.items() if row[column]) or "-"
            print(tag, row["keyword"] or "-", row["basicProfile"], options, row["name"], sep="\t", file=result)
    return tags


def types(table_tags):
    # What stays whatever happens needs no type: no rule here removes it.
    staying = {"CS", "DS", "IS", "FD", "FL", "SS", "US", "SL", "UL", "SV", "UV", "AT", "UI", "OW", "OF", "OD", "OL", "OV"}
    modules, tag_of = {}, {}
    attributes = rows("module_attributes.csv")
    for row in attributes:
        tag_of[row["keyword"]] = row["tag"].upper()
    for row in attributes:
        vr = row["vr"].split(" ")[0]
        # Codes stay or are replaced as a whole.
        if row["type"] == "3" or row["tag"].startswith("000801") or (vr in staying and row["tag"].upper() not in table_tags and vr != "CS"):
            continue
        path = [tag_of[step] for step in row["path"].split("/") if step] + [row["tag"].upper()]
        # Overlays and curves have a rule of their own.
        if not any("X" in tag for tag in path):
            modules.setdefault(row["module"], {})["/".join(path)] = row["type"]
    objects, shared = {}, {}
    for row in rows("iod_modules.csv"):
        objects.setdefault(row["sop_class_uids"], []).append(row["module"])
        if "image" in row["iod"] or row["iod"] == "segmentation":
            shared.setdefault(row["module"], set()).add(row["iod"])
    common = sorted(module for module, iods in shared.items() if len(iods) >= 3 and module in modules)
    used = set(common) | {module for list_ in objects.values() for module in list_}
    with open(TARGET / "attribute_types_2024b.tsv", "w", encoding="utf-8") as result:
        print("I", SHARED, " ".join(common), sep="\t", file=result)
        for uids, list_ in sorted(objects.items()):
            print("I", uids, " ".join(sorted(set(list_) & modules.keys())), sep="\t", file=result)
        for module in sorted(used & modules.keys()):
            print("M", module, " ".join(f"{p}={t}" for p, t in sorted(modules[module].items())), sep="\t", file=result)


def words():
    # Eponyms and words that are common names and say little in a description.
    names = set((TARGET / "names.txt").read_text(encoding="utf-8").split())
    found = set((TARGET / "more-words.txt").read_text(encoding="utf-8").split())
    for name, column in (("dcm_codes.csv", "meaning"), ("context_groups.csv", "meaning"),
                         ("data_dictionary_2024b.csv", "name")):
        for row in rows(name):
            found |= set(re.findall(r"[a-z]{2,}", row[column].lower().replace("\u2019s", "").replace("'s", "")))
    (TARGET / "words_2024b.txt").write_text("\n".join(sorted(found - names)) + "\n", encoding="utf-8")


def uids():
    known = sorted({row["uid"] for row in rows("uids.csv") if row["uid"].startswith("1.2.840.10008.")})
    (TARGET / "uids_2024b.txt").write_text("\n".join(known) + "\n", encoding="utf-8")


types(profile())
uids()
words()
