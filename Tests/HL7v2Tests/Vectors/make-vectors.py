#!/usr/bin/env python3
"""Writes the messages of this folder and expected.tsv: every leaf value as two independent libraries read it.

    python3 -m venv VENV && VENV/bin/pip install hl7==0.4.5 hl7apy==1.3.5
    VENV/bin/python make-vectors.py

The persons are invented. Columns: library, file, path, value (with \\n, \\r, \\t and \\\\ written as such).
"""
import pathlib

import hl7
from hl7apy.core import Message
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_segments

HERE = pathlib.Path(__file__).parent


def orm_latin1() -> bytes:
    return "\r".join([
        r"MSH|^~\&|HIS|HOSP|IMGAI|RAD|20260301090000+0100||ORM^O01|M1|P|2.3.1|||AL|NE||8859/1",
        "PID|1||4711^^^HOSP^MR~0815^^^CITY&2.16.840.1.113883.19.5&ISO^PI||MÜLLER^ANNA||20220102|F",
        "PV1|1|O|RAD^^^HOSP|||||D1^REFER^RITA|||||||||||V55^^^HOSP^VN",
        "ORC|NW|P100^HIS|F200^RIS||SC||1^once^^20260301093000^^S||20260301085500",
        "OBR|1|P100^HIS|F200^RIS|XRCH2^XR Chest 2 views^L||||||||||||D1^REFER^RITA||ACC900|RP1|SPS1||||DX|||"
        "1^once^^20260301093000^^S||||R05^Cough^I10|||||||||||||XRCH2^XR Chest 2 views^L",
        "ZDS|1.2.3.4.5^RIS^Application^DICOM", ""]).encode("latin-1")


def omi_by_hl7apy() -> bytes:
    m = Message("OMI_O23", version="2.5.1", validation_level=VALIDATION_LEVEL.TOLERANT)
    m.msh.value = (r"MSH|^~\&|HIS^1.2.3^ISO|HOSP|IMGAI|RAD|20260301090000.1234+0100||OMI^O23^OMI_O23|M2|P|2.5.1"
                   r"|||AL|AL||UNICODE UTF-8")
    for text in [
        r"PID|1||4712^^^HOSP^MR||Łukasz\S\Ü^Zoë||202201|M",
        r"PV1|1|O",
        r"ORC|NW|P101^HIS|F201^RIS||SC||||20260301085500+0100",
        r"TQ1|1||||||20260301093000||S^STAT^HL70485",
        r'OBR|1|P101^HIS|F201^RIS|36643-5^XR Chest 2 views^LN^XRCH2^Thorax \T\ more^L|||""|||||^""^x',
        r"IPC|ACC901^RIS|RP1^RIS|1.2.3.4.6|SPS1^RIS|DX",
    ]:
        m.add(parse_segments(text, version="2.5.1", validation_level=VALIDATION_LEVEL.TOLERANT)[0])
    # hl7apy would escape these escapes once more.
    local = r"ZZZ|a&b^c&&d~e|\F\\R\\E\|\X41C3A9\|\.br\x"
    return (m.to_er7() + "\r" + local + "\r").encode("utf-8")


def other_delimiters() -> bytes:
    return "\r".join([
        "MSH#!@%*#SENDER#FAC#RECV#FAC#20260301120000##ORM!O01#MSG007#P#2.5",
        "PID#1##12345!!!HOSP*1.2.3*ISO!MR@678!!!|^~!AN##DOE!JOHN!A%S%B##20210101#M",
        "ORC#NW#P!HIS", ""]).encode("ascii")


def nulls_and_empties() -> bytes:
    return "\r".join([
        r"MSH|^~\&|A|B|C|D|20260301||ORM^O01|0001|T|2.4",
        'PID|||""^^^HOSP~^^^""||"" ^x||""|F^^^', 'ORC|""|&&sub|~second|^^third^^', "Z9A", "OBR", ""]).encode("ascii")


FILES = {"orm-latin1.hl7": orm_latin1, "omi-hl7apy.hl7": omi_by_hl7apy, "other-delimiters.hl7": other_delimiters,
         "nulls-and-empties.hl7": nulls_and_empties}
CODECS = {"orm-latin1.hl7": "latin-1"}


def written(value: str) -> str:
    for plain, sign in [("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")]:
        value = value.replace(plain, sign)
    return value


def path(name, nth, field, rep, comp, sub) -> str:
    return f"{name}{'' if nth == 1 else f'[{nth}]'}-{field}[{rep}].{comp}.{sub}"


def by_python_hl7(text: str):
    """Every leaf that python-hl7 cuts; hexadecimal escapes are left to hl7apy's rows, being per character here."""
    message = hl7.parse(text)
    seen = {}
    for segment in message:
        name = str(segment[0])
        seen[name] = nth = seen.get(name, 0) + 1
        for number, field in enumerate(segment[1:], 1):
            if name == "MSH" and number <= 2:
                yield path(name, nth, number, 1, 1, 1), str(field)
                continue
            for r, repetition in enumerate(field, 1):
                components = [repetition] if isinstance(repetition, str) else repetition
                for c, component in enumerate(components, 1):
                    leaves = [component] if isinstance(component, str) else component
                    for s, leaf in enumerate(leaves, 1):
                        if "\\X" not in leaf and "\\." not in leaf:
                            yield path(name, nth, number, r, c, s), message.unescape(leaf)


def by_hl7apy(text: str):
    """Every leaf without an escape that hl7apy cuts from the segments it knows."""
    from hl7apy.parser import parse_message
    message = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    escape = message.encoding_chars["ESCAPE"]
    seen = {}
    for segment in message.children:
        seen[segment.name] = nth = seen.get(segment.name, 0) + 1
        repetitions = {}
        for field in segment.children:
            number = int(field.name.rsplit("_", 1)[1])
            repetitions[number] = r = repetitions.get(number, 0) + 1
            if segment.name == "MSH" and number <= 2:
                continue
            for position, component in enumerate(field.children, 1):
                parts = (component.name or "").rsplit("_", 1)
                c = int(parts[1]) if len(parts) == 2 and parts[1].isdigit() else position
                for index, sub in enumerate(component.children, 1):
                    value = sub.to_er7(message.encoding_chars)
                    s = int(sub.name.rsplit("_", 1)[1]) if sub.name and sub.name[-1].isdigit() and "_" in sub.name else index
                    if value and escape not in value:
                        yield path(segment.name, nth, number, r, c, s), value


def main():
    rows = []
    for name, make in FILES.items():
        data = make()
        (HERE / name).write_bytes(data)
        text = data.decode(CODECS.get(name, "utf-8"))
        for library, reader in [("python-hl7", by_python_hl7), ("hl7apy", by_hl7apy)]:
            try:
                found = list(reader(text))
            except IndexError as error:  # a library that cannot read one file does not judge it
                print(f"{library} cannot read {name}: {error!r}")
                continue
            print(f"{library} {name}: {len(found)}")
            rows += [f"{library}\t{name}\t{where}\t{written(value)}" for where, value in found]
    (HERE / "expected.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


main()
