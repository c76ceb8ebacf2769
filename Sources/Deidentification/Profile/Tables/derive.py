#!/usr/bin/env python3
"""Derives the tables of this folder from the tables of the standard, edition 2024b.

usage: derive.py FOLDER MODULES, with confidentiality_profile_2024b.csv (PS3.15 Table E.1-1), dcm_codes.csv and
context_groups.csv (PS3.16), data_dictionary_2024b.csv and uids.csv (PS3.6) in the first, and PS3.3 Annex A and C of all
storage classes in the second: sop_class_iod_map.json, iod_module_map.json and module_attribute_map.json of highdicom
0.28.2 (folder highdicom/_standard of the wheel, MIT licence).

uids_2024b.txt: the registered UIDs (PS3.6 Annex A), the only ones that are kept.

profile_2024b.tsv: tag (X for free digits; PRIVATE for the row of private attributes), keyword or -, Basic Profile action,
actions of options as code:action separated by commas or -, name.

attribute_types_2024b.tsv: lines `I <SOP class UIDs> <modules>`, and `M <module> <path of tags>=<type> …` where a type is 1,
1C, 2 or 2C and a path is written with slashes. Functional group macros stand in the module of functional groups of their
object. Type 3, parts of codes, and what no rule here takes away are left out. `shared-by-images` stands for images whose
object is not in the tables (retired classes): the modules that many images have.

words_2024b.txt: the words of the meanings of codes and of the names of attributes, lower case, one a line: what free
text may say. Those of names.txt are left out, those of more-words.txt added, both chosen by hand.
"""
import csv
import json
import pathlib
import re
import sys

SOURCE, MODULES = map(pathlib.Path, sys.argv[1:3])
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


def objects_of(name):
    with open(MODULES / f"{name}.json", encoding="utf-8") as source:
        return json.load(source)


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
    dictionary = {row["keyword"]: row for row in rows("data_dictionary_2024b.csv")}
    modules, known = {}, set()
    for module, attributes in objects_of("module_attribute_map").items():
        known.add(module)
        for attribute in attributes:
            # Later than the dictionary: such attributes are removed.
            if any(keyword not in dictionary for keyword in attribute["path"] + [attribute["keyword"]]):
                continue
            entry = dictionary[attribute["keyword"]]
            tag, vr = entry["tag"].upper(), entry["vr"].split(" ")[0]
            # Codes stay or are replaced as a whole; Coding Scheme URL is not part of one.
            if attribute["type"] == "3" or tag.startswith("000801") and tag != "0008010E":
                continue
            if vr in staying and tag not in table_tags and vr != "CS":
                continue
            path = [dictionary[step]["tag"].upper() for step in attribute["path"]] + [tag]
            # Overlays and curves have a rule of their own.
            if any("X" in tag for tag in path):
                continue
            types_, path = modules.setdefault(module, {}), "/".join(path)
            # A macro that a module names twice: the strongest type.
            types_[path] = min(types_.get(path, "3"), attribute["type"])
    iods, classes = objects_of("iod_module_map"), {}
    for uid, iod in objects_of("sop_class_iod_map").items():
        classes.setdefault(iod, []).append(uid)
    objects, images = {}, {}
    for iod, uids in classes.items():
        names = sorted({row["key"] for row in iods[iod]})
        # A module whose attributes are not known could ask for any: the object is then not in the tables.
        if not set(names) <= known:
            continue
        objects[" ".join(sorted(uids))] = [name for name in names if name in modules]
        if "image" in iod or "segmentation" in iod:
            for name in names:
                images.setdefault(name, set()).add(iod)
    common = sorted(module for module, iods in images.items() if len(iods) >= 12 and module in modules)
    used = set(common) | {module for list_ in objects.values() for module in list_}
    with open(TARGET / "attribute_types_2024b.tsv", "w", encoding="utf-8") as result:
        print("I", SHARED, " ".join(common), sep="\t", file=result)
        for uids, list_ in sorted(objects.items()):
            print("I", uids, " ".join(list_), sep="\t", file=result)
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
