#!/usr/bin/env python3
"""Writes charsets.tsv: messages in the character sets of table 0211, encoded by Python's own codecs (not by iconv).

    python3 make-charsets.py

Names are strings of characters, no persons. Wherever the set allows it they hold characters one of whose bytes equals a
delimiter or an escape character. Columns: MSH-18, set, the message in hexadecimal, MSH-4, PID-5.1, PID-5.2, PID-6.
"""
import pathlib

HERE = pathlib.Path(__file__).parent
DELIMITERS = set(b"|^~\\&")


def awkward(codec: str, count: int = 8) -> str:
    """Characters that hold a byte equal to a delimiter, as far as the codec has any; each delimiter if possible."""
    found, seen = [], {}
    for point in list(range(0x4E00, 0x9FA6)) + list(range(0x3041, 0x30F7)):
        try:
            data = chr(point).encode(codec)
        except UnicodeEncodeError:
            continue
        body = data.replace(b"\x1b$B", b"").replace(b"\x1b$(D", b"").replace(b"\x1b(B", b"")
        for byte in DELIMITERS & set(body):
            if seen.get(byte, 0) < count // 4 + 1:
                seen[byte] = seen.get(byte, 0) + 1
                found.append(chr(point))
                break
    return "".join(found)


def upper_half(codec: str) -> str:
    return "".join(bytes([b]).decode(codec, "ignore") for b in range(0xA0, 0x100))


SETS = [("ASCII", "ASCII", "ascii", ("HOSP", "DOE", "JANE", "X"))]
for part in list(range(1, 12)) + [13, 14, 15]:
    text = upper_half(f"iso8859_{part}")
    SETS.append((f"8859/{part}", f"8859/{part}", f"iso8859_{part}", (text[:20], text, text[::-1], text[-5:])))
SETS += [
    ("WINDOWS-1252", "WINDOWS-1252", "cp1252", ("Œuf€", "Müller", "“Zoë”", "–")),
    ("UNICODE UTF-8", "UNICODE UTF-8", "utf_8", ("Łódź", "山田😀", "Ünal", "ß")),
    ("KS X 1001", "KS X 1001", "euc_kr", ("병원", "김", "희중", "金")),
]
for term, name, codec, plain in [
    ("GB 18030-2000", "GB 18030-2000", "gb18030", "王小东€𠀀"),
    ("BIG-5", "BIG-5", "big5", "許功蓋王"),
    ("~ISO IR87", "ISO IR87", "iso2022_jp", "山田太郎やまだ"),
    ("ISO IR6~ISO IR87~ISO IR159", "ISO IR87", "iso2022_jp_1", "丂山田丄Yamada"),
    ("ISO IR87", "ISO IR87", "iso2022_jp", "病院"),
]:
    text = awkward(codec)
    SETS.append((term, name, codec, (text[:4], plain, text, text[-3:] + "A" + text[:2])))


def main():
    rows = []
    for term, name, codec, (facility, family, given, maiden) in SETS:
        parts = [r"MSH|^~\&|A|", facility, "|C|D|20260301||ORM^O01|M1|P|2.5.1||||||", term, "\rPID|1||4711^^^H||",
                 family, "^", given, "|", maiden, "|20220101|F\rORC|NW|P1\r"]
        # Each part by itself: a codec that switches sets returns to ASCII at the end of each, as HL7 demands.
        message = b"".join(part.encode(codec) for part in parts)
        rows.append("\t".join([term, name, message.hex(), facility, family, given, maiden]))
    (HERE / "charsets.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(len(rows), "messages;", {codec: awkward(codec) for codec in ("gb18030", "big5", "iso2022_jp", "iso2022_jp_1")})


main()
