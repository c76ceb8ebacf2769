"""Reads ORU^R01 messages with hl7apy (strict, by the grammar of their version) and python-hl7.

    messages.py FOLDER

FOLDER holds *.hl7. Exit 0: every message passed. 1: problems, one a line. 77: a package is missing, nothing was read.
"""

import pathlib
import sys

try:
    import hl7
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.parser import parse_message
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)


def shortened(line):
    """hl7apy takes every OBX-5 as ST of 199 characters; TX and ED have no such limit."""
    fields = line.split("|")
    if fields[0] == "OBX" and fields[2] in ("TX", "ED"):
        fields[5] = "^".join(part[:199] for part in fields[5].split("^"))
    return "|".join(fields)


def problems(text):
    try:
        judged = "".join(shortened(line) + "\r" for line in text.split("\r") if line)
        message = parse_message(judged, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True)
        message.validate()
    except Exception as error:  # hl7apy has one class for each rule
        yield f"hl7apy: {type(error).__name__} {error}"
    read = hl7.parse(text)
    if not hl7.ishl7(text) or str(read) != text:
        yield "python-hl7: not read back as it was"
    statuses = {str(line[11]) for line in read.segments("OBX")}
    if not statuses <= {"P", "X"} and statuses != {"W"}:
        yield f"OBX-11: {sorted(statuses)}"
    if str(read.segment("OBR")[25]) != "P":
        yield "OBR-25"
    if len(str(read.segment("MSH")[10])) != 20:
        yield "MSH-10"
    if "not a medical device" not in str(read.segment("NTE")[3]):
        yield "NTE"


def main():
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.hl7"))
    found = [f"{file.name}: {problem}" for file in files for problem in problems(file.read_bytes().decode())]
    for problem in found:
        print(problem)
    print(f"{len(files)} messages, {len(found)} problems")
    sys.exit(1 if found or not files else 0)


main()
