"""Identifiers in data sets: every attribute, VR, depth, private block, character set, encoding, and around the data set."""

import struct

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

from .encoding import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, Element, Encoding, File
from .headers import text
from .pixels import native, picture, pixel_module
from .scripts import repertoires

STRINGS = {"AE", "LO", "LT", "SH", "ST", "UC", "UT", "UR", "PN"}
BYTES = {"OB", "OW", "OF", "OD", "OL", "OV", "UN"}
ALL_VRS = ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN",
           "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"]
# Not planted in: what makes the file one, the pixel module, what the base header plants itself, and characters.
OWN = {0x00080005, 0x00080008, 0x00080016, 0x00080060, 0x00080068, 0x00080064, 0x00100040, 0x00200011, 0x00200013,
       0x00280301, 0x00280303, 0x00120062}
# Words about equipment and codes, and Ethnic Group, which Retain Patient Characteristics keeps: only identifiers of the
# patient must not stand there (`kept_values`).
EQUIPMENT = {0x00080070, 0x00081090, 0x00181020, 0x00080103, 0x00102160}
PIXEL = {0x0028, 0x7FE0, 0x7F00}


def value(planter, vr: str, place: str, tag: int):
    """A value of this VR that identifies, or nil where no identifier of that kind can stand."""
    if vr in ("AE", "SH", "UC"):
        return planter.text(place, tag, 12).encode()
    if vr == "PN":
        return f"{planter.text(place, tag)}^{planter.text(place, tag)}".encode()
    if vr in ("LO", "ST", "LT", "UT"):
        return f"Mrs {planter.text(place, tag)} seen {planter.date(place, tag)}".encode()
    if vr == "UR":
        return f"https://pacs.example/{planter.text(place, tag)}".encode()
    if vr == "DA":
        return planter.date(place, tag).encode()
    if vr == "TM":
        return planter.time(place, tag).encode()
    if vr == "DT":
        return planter.moment(place, tag).encode()
    if vr == "UI":
        return planter.uid(place, tag).encode()
    if vr in BYTES:
        return planter.text(place, tag, 16).encode()
    return None


def number(planter, vr: str, place: str, tag: int):
    """An identifier as a value of a VR that measures."""
    if vr == "CS":
        return planter.text(place, tag, 14).encode()
    if vr == "AS":
        return b"093Y"
    if vr in ("DS", "IS"):
        return planter.number(place, tag, 9).encode()
    token = planter.text(place, tag, 8).encode()
    # The letters are the bytes of the number.
    if vr == "AT":
        words = struct.unpack("<4H", token)
        return words[0] << 16 | words[1], words[2] << 16 | words[3]
    form = {"US": "<4H", "SS": "<4h", "UL": "<2I", "SL": "<2i", "UV": "<Q", "SV": "<q", "FL": "<2f", "FD": "<d"}[vr]
    return struct.unpack(form, token)


def any_value(planter, vr: str, place: str, tag: int):
    return value(planter, vr, place, tag) or number(planter, vr, place, tag)


def add(maker):
    every_attribute(maker)
    depths(maker)
    private_blocks(maker)
    character_sets(maker)
    around(maker)
    kept_values(maker)
    odd_encodings(maker)
    uids(maker)
    encodings(maker)


def dictionary():
    """Every attribute of pydicom's dictionary, a later edition than ours, with the first VR it may have."""
    for tag, (vr, _, _, retired, keyword) in sorted(DicomDictionary.items()):
        if tag >> 16 >= 0x0008 and tag >> 16 != 0xFFFE:
            yield tag, vr.split(" or ")[0], keyword, bool(retired)
    for mask, (vr, _, _, _, keyword) in sorted(RepeatersDictionary.items()):
        if mask.startswith(("50", "60")):
            for group in ("02", "1E"):
                yield int(mask.replace("xx", group, 1), 16), vr.split(" or ")[0], keyword, True


def every_attribute(maker):
    """All attributes of which a value is not a measurement, at the top, in an item, and in an item of an item."""
    for nested in (False, True):
        for syntax, name in [(EXPLICIT, "explicit"), (IMPLICIT, "implicit"), (BIG_ENDIAN, "big endian"),
                             (DEFLATED, "deflated")]:
            case = f"every attribute, {'nested' if nested else 'top'}, {name}"
            header = maker.header(case)
            planted = []
            for tag, vr, keyword, _ in dictionary():
                if tag in OWN | EQUIPMENT or tag >> 16 in PIXEL or tag in header.elements and not nested or vr in ("OB or OW", "NONE"):
                    continue
                made = value(maker.planter, vr, f"{keyword or hex(tag)} {vr}", tag)
                if made is not None:
                    planted.append(Element(tag, vr, made))
            values = picture()
            header.put(*pixel_module(values), native(values))
            if nested:
                planted = [element for element in planted if element.tag != 0x00080005]
                inner = [Element(0x00082112, "SQ", [planted[::2]])]  # Source Image Sequence
                header.put(Element(0x00081140, "SQ", [inner]), Element(0x00540220, "SQ", [planted[1::2]]))
            else:
                header.put(*planted)
            maker.add(case, File(header.all(), syntax))


def depths(maker):
    """Each depth from 0 to 15, names, dates and UIDs, in sequences that are kept, in both ways of ending them."""
    for undefined in (True, False):
        for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN):
            case = f"depths 0 to 15, {'undefined' if undefined else 'defined'} lengths, {syntax}"
            header = maker.header(case, "CT")
            item: list[Element] = []
            for depth in range(15, 0, -1):
                place = f"depth {depth}"
                level = [Element(tag, vr, value(maker.planter, vr, place, tag)) for tag, vr in [
                    (0x00081048, "PN"), (0x00080104, "LO"), (0x00081155, "UI"), (0x0008002A, "DT"), (0x00400244, "DA"),
                    (0x00081080, "LO"), (0x00400280, "ST")]]
                level += [Element(0x00110010, "LO", maker.planter.text(place + " creator", 0x00110010).encode()),
                          Element(0x00111001, "UN", maker.planter.text(place + " private", 0x00111001).encode())]
                if item:
                    level.append(Element([0x00082112, 0x00540220, 0x00081032][depth % 3], "SQ", [item, item[:1]],
                                         undefined=undefined))
                item = level
            header.put(Element(0x00081032, "SQ", [item], undefined=undefined))
            values = picture()
            maker.add(case, File(header.put(*pixel_module(values), native(values)).all(), syntax))


def private_blocks(maker):
    planter = maker.planter
    for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN):
        case = f"private blocks, every VR, {syntax}"
        header = maker.header(case)
        for group, creator in [(0x0009, "ACME 1.0"), (0x0029, "SIEMENS CSA HEADER"), (0x7FE1, "GEMS_Ultrasound_001"),
                               (0x2005, "Philips MR Imaging DD 001"), (0xFFF1, "")]:
            name = creator or planter.text("creator", group << 16 | 0x10)
            header.put(text(group << 16 | 0x10, "LO", name),
                       text(group << 16 | 0x11, "LO", planter.text("creator without elements", group << 16 | 0x11)))
            for index, vr in enumerate(ALL_VRS):
                tag = group << 16 | 0x1000 + index
                place = f"private {vr} in {group:04x}"
                if vr == "SQ":
                    inner = [Element(0x00100010, "PN", value(planter, "PN", place, tag)),
                             text(group << 16 | 0x10, "LO", name), Element(group << 16 | 0x1001, "LO", value(
                                 planter, "LO", place, tag))]
                    header.put(Element(tag, "SQ", [inner], undefined=index % 2 == 0))
                    header.put(Element(tag + 0x40, "SQ", [inner], undefined=True, as_un=True))
                    header.put(Element(tag + 0x41, "SQ", [inner], as_un=True))
                else:
                    header.put(Element(tag, vr, any_value(planter, vr, place, tag)))
            header.put(Element(group << 16 | 0x2001, "LO", value(planter, "LO", "private without a creator", group << 16 | 0x2001)))
        header.put(Element(0x00090001, "LO", planter.text("below every block", 0x00090001).encode()))
        values = picture()
        maker.add(case, File(header.put(*pixel_module(values), native(values)).all(), syntax))
    # Blocks that are widely held to be safe: an identifier of the patient is none the less one.
    case = "blocks said to be safe"
    header = maker.header(case, "MR")
    for creator, element, vr in [("Philips Imaging DD 001", 0x20011063, "CS"), ("Philips MR Imaging DD 001", 0x20051011, "CS"),
                                 ("SIEMENS MR HEADER", 0x00191008, "CS"), ("GEMS_PARM_01", 0x00431028, "OB"),
                                 ("GEMS_ACQU_01", 0x0019119C, "LO"), ("ELSCINT1", 0x01E11026, "CS"),
                                 ("SPI-P-Private_ICS Release 1", 0x0021100D, "DS"), ("TOSHIBA_MEC_MR3", 0x700D1000, "DS"),
                                 ("SIEMENS MR HEADER", 0x0019100C, "IS"), ("GEMS_PARM_01", 0x00431039, "IS"),
                                 ("Philips PET Private Group", 0x70531000, "DS"),
                                 ("Philips PET Private Group", 0x70531009, "DS")]:
        tag = element
        header.put(text(tag & 0xFFFF0000 | (tag & 0xFF00) >> 8, "LO", creator))
        header.put(Element(tag, vr, header.own(f"safe private {creator}", tag, digits=9 if vr in ("DS", "IS") else 0).encode()))
    header.put(Element(0x00080300, "SQ", [[Element(0x00080301, "US", (0x0043,)), text(0x00080302, "LO", "GEMS_PARM_01"),
                                           text(0x00080303, "CS", "SAFE")],
                                          [Element(0x00080301, "US", (0x0019,)), text(0x00080302, "LO", "GEMS_ACQU_01"),
                                           text(0x00080303, "CS", "SAFE")]]))
    values = picture()
    maker.add(case, File(header.put(*pixel_module(values), native(values)).all()))


def character_sets(maker):
    for repertoire in repertoires():
        case = f"character set {repertoire.name}"
        header = maker.header(case)

        def written(place: str, tag: int, latin: bool = False) -> bytes:
            token = maker.planter.script(place, repertoire.alphabet, repertoire.codec if repertoire.codec not in (
                "katakana", "ksc", "gb2312-escaped", "jisx0208", "jisx0212") else {
                    "katakana": "shift_jis", "ksc": "euc_kr", "gb2312-escaped": "gb2312", "jisx0208": "iso2022_jp",
                    "jisx0212": "iso2022_jp_2"}[repertoire.codec], tag)
            own = repertoire.encode(token)
            return maker.planter.text(place, tag).encode() + b"^X=" + own if latin else own
        if repertoire.terms:
            header.put(text(0x00080005, "CS", repertoire.terms))
        for tag, vr in [(0x00100010, "PN"), (0x00101001, "PN"), (0x00081050, "PN"), (0x00080080, "LO"), (0x00081030, "LO"),
                        (0x00104000, "LT"), (0x00080081, "ST"), (0x00081010, "SH"), (0x00102201, "LO"), (0x00101005, "PN"),
                        (0x00204000, "LT"), (0x0040A160, "UT"), (0x00081160, "IS")]:
            if vr != "IS":
                header.put(Element(tag, vr, written(f"{vr} {tag:08x}", tag, latin=vr == "PN")))
        inner = [Element(0x00081048, "PN", written("PN in an item", 0x00081048)),
                 Element(0x00080104, "LO", written("Code Meaning in an item", 0x00080104))]
        other = [text(0x00080005, "CS", "ISO_IR 192"),
                 text(0x00080104, "LO", maker.planter.script("an item with a set of its own", "ЖЩЮЯБДЛ", "utf-8", 0x00080104, 8))]
        header.put(Element(0x00082112, "SQ", [inner, other]), Element(0x00110010, "LO", b"X"),
                   Element(0x00111001, "LO", written("private LO", 0x00111001)))
        values = picture()
        maker.add(case, File(header.put(*pixel_module(values), native(values)).all()))


def around(maker):
    """What stands outside the data set."""
    planter = maker.planter
    for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED):
        case = f"around the data set, {syntax}"
        header = maker.header(case, "CR")
        preamble = (planter.text("preamble", kind="bits").encode() * 20)[:128]
        meta = [Element(0x00020012, "UI", planter.uid("Implementation Class UID", 0x00020012).encode()),
                Element(0x00020013, "SH", planter.text("Implementation Version Name", 0x00020013).encode()),
                Element(0x00020016, "AE", planter.text("Source AE Title", 0x00020016).encode()),
                Element(0x00020017, "AE", planter.text("Sending AE Title", 0x00020017).encode()),
                Element(0x00020018, "AE", planter.text("Receiving AE Title", 0x00020018).encode()),
                Element(0x00020026, "UR", planter.text("Source Presentation Address", 0x00020026, 12).encode()),
                Element(0x00020027, "UR", planter.text("Sending Presentation Address", 0x00020027, 12).encode()),
                Element(0x00020031, "OB", planter.text("RTV Meta Information", 0x00020031).encode()),
                Element(0x00020035, "UI", planter.uid("RTV Source UID", 0x00020035).encode()),
                Element(0x00020100, "UI", planter.uid("Private Information Creator", 0x00020100).encode()),
                Element(0x00020102, "OB", planter.text("Private Information", 0x00020102).encode()),
                Element(0x00020099, "LO", planter.text("unknown element of group 0002", 0x00020099).encode())]
        encoding = Encoding(explicit=syntax != IMPLICIT, big=syntax == BIG_ENDIAN)
        padding = encoding.element(Element(0xFFFCFFFC, "OB", planter.text("trailing padding", 0xFFFCFFFC).encode() + bytes(50)))
        values = picture()
        header.put(*pixel_module(values), native(values),
                   Element(0x00080000, "UL", struct.unpack("<2I", planter.text("group length", 0x00080000, 8).encode())),
                   Element(0x00100000, "UL", struct.unpack("<3I", planter.text("group length", 0x00100000, 12).encode())),
                   Element(0x7FE10010, "LO", planter.text("creator behind the pixels", 0x7FE10010).encode()),
                   Element(0x7FE11001, "OB", planter.text("private behind the pixels", 0x7FE11001).encode()),
                   Element(0xFFFAFFFA, "SQ", [[Element(0x04000105, "DT", planter.moment("Digital Signature", 0xFFFAFFFA).encode()),
                                               Element(0x04000120, "OB", planter.text("Signature", 0xFFFAFFFA).encode())]]))
        maker.add(case, File(header.all(), syntax, meta=meta, preamble=preamble, after=padding))
    for form in ("behind the end", "zeros and text behind the end", "a second data set behind the end"):
        case = form
        header = maker.header(case, "CR")
        token = planter.text(form).encode()
        after = {"behind the end": token, "zeros and text behind the end": bytes(512) + token + bytes(6),
                 "a second data set behind the end": Encoding().element(Element(0x00100010, "PN", token))}[form]
        values = picture()
        maker.add(case, File(header.put(*pixel_module(values), native(values)).all(), after=after), passes=False,
                  why="bytes behind the data set are no element")
    for index, name in enumerate(["folder", "file"]):
        case = f"{name} name"
        header = maker.header(case, "CR")
        token = planter.text(f"{name} name")
        date = planter.date(f"{name} name")
        values = picture()
        path = f"{token}_{date}/a.dcm" if name == "folder" else f"{token}_{date}.dcm"
        maker.add(case, File(header.put(*pixel_module(values), native(values)).all()), path=path)


def kept_values(maker):
    """The patient's own identifiers where values are kept: each is named in Other Patient IDs, and stands at one place."""
    places = [(0x00180015, "CS"), (0x00185101, "CS"), (0x00080070, "LO"), (0x00081090, "LO"), (0x00181020, "LO"),
              (0x00281054, "LO"), (0x00181411, "DS"), (0x00180060, "DS"), (0x00180050, "DS"), (0x00200012, "IS"),
              (0x00181152, "IS"), (0x00181190, "DS"), (0x00181405, "IS"), (0x00080022, "DA"), (0x00281055, "LO"),
              (0x00204000, "LT"), (0x00081030, "LO"), (0x0008103E, "LO"), (0x00181030, "LO"), (0x00180010, "LO"),
              (0x00181000, "LO"), (0x00080080, "LO"), (0x00102180, "SH"), (0x00102160, "SH"), (0x00101090, "LO"),
              (0x00102203, "CS"), (0x001021C0, "US"), (0x00101020, "DS"), (0x001021B0, "LT")]
    spellings = {"as it is": lambda token: token, "in small letters": str.lower, "in capitals and small": str.capitalize,
                 "between others": lambda token: f"A {token} B", "glued": lambda token: f"X{token}Y"}
    for spelling, spelled in spellings.items():
        case = f"own identifiers in kept values, {spelling}"
        header = maker.header(case)
        for tag, vr in places:
            place = f"{vr} {tag:08x} {spelling}"
            if vr in ("DA", "US"):
                continue
            if vr in ("DS", "IS"):
                made = header.own(place, tag, digits=9)
            else:
                made = header.own(place, tag)
                if vr != "CS" or spelling in ("glued", "between others", "in small letters"):
                    made = spelled(made)
            header.put(text(tag, vr, made[:16] if vr == "CS" else made))
        name = header.planter.text("name in Body Part", 0x00180015, 9, known=True)
        header.put(text(0x00101001, "PN", f"{name}^Jane"), text(0x00180015, "CS", name))
        code = [text(0x00080100, "SH", header.own("published code value", 0x00080100)), text(0x00080102, "SH", "SCT"),
                text(0x00080104, "LO", spelled(header.own("meaning of a published code", 0x00080104)))]
        mapped = [text(0x00080100, "SH", "T-D1100"), text(0x00080102, "SH", "SRT"),
                  text(0x00080103, "SH", header.own("version of a scheme", 0x00080103)),
                  text(0x00080104, "LO", "Head"), text(0x00080119, "UC", spelled(header.own("long code", 0x00080119))),
                  text(0x00080120, "UR", "urn:" + spelled(header.own("code as URN", 0x00080120)))]
        invented = [text(0x00080100, "SH", maker.planter.text("an invented code", 0x00080100)), text(0x00080102, "SH", "99LOCAL"),
                    text(0x00080104, "LO", maker.planter.text("meaning of an invented code", 0x00080104))]
        forged = [text(0x00080100, "SH", maker.planter.text("an unknown code of a published scheme", 0x00080100)),
                  text(0x00080102, "SH", "SCT"),
                  text(0x00080104, "LO", f"Seen by {maker.planter.text('words as a published meaning', 0x00080104)}")]
        header.put(Element(0x00540220, "SQ", [code, mapped, invented, forged]), Element(0x00082218, "SQ", [code, invented]))
        values = picture()
        header.put(*pixel_module(values), native(values),
                   Element(0x00281201, "OW", b"\0\0" * 20 + header.own("palette", 0x00281201).encode()),
                   Element(0x00282000, "OB", b"\0" * 40 + maker.planter.text("ICC profile", 0x00282000).encode()),
                   Element(0x00283010, "SQ", [[Element(0x00283002, "US", (24, 0, 16)),
                                               text(0x00283003, "LO", maker.planter.text("LUT Explanation", 0x00283003)),
                                               Element(0x00283006, "OW", header.own("LUT data", 0x00283006).encode() + bytes(38))]]))
        maker.add(case, File(header.all()))


def odd_encodings(maker):
    planter = maker.planter
    wrong = [(0x00100010, "OB"), (0x00100020, "UN"), (0x00080050, "LT"), (0x00081030, "DS"), (0x00180060, "LO"),
             (0x00185101, "LO"), (0x00180015, "ST"), (0x00280030, "LO"), (0x00181411, "UN"), (0x00080081, "UN"),
             (0x00081090, "PN"), (0x00080020, "LO"), (0x0020000E, "UI"), (0x00080022, "TM"), (0x00281050, "LT"),
             (0x00081032, "OB"), (0x00204000, "UC"), (0x00280A02, "LO"), (0x00181164, "UT")]
    case = "values of another VR than the standard's"
    header = maker.header(case)
    for tag, vr in wrong:
        if tag != 0x0020000E:
            header.put(Element(tag, vr, any_value(planter, vr, f"{tag:08x} as {vr}", tag)))
    values = picture()
    maker.add(case, File(header.put(*pixel_module(values), native(values)).all()), passes=False,
              why="the Patient ID is no text")
    for form in ("odd lengths", "padding with text", "several values", "line ends and tabs", "a VR of a later edition",
                 "elements out of order", "UN with a sequence in it"):
        case = form
        header = maker.header(case, "CR")
        inserted = b""
        if form == "odd lengths":
            for tag, vr in [(0x00081030, "LO"), (0x00104000, "LT"), (0x00080080, "LO")]:
                header.put(Element(tag, vr, planter.text(form, tag, 11).encode(), pad=False))
        elif form == "padding with text":
            header.put(Element(0x00185101, "CS", b"PA\0" + planter.text("behind a NUL", 0x00185101).encode()),
                       Element(0x00180060, "DS", b"70 \0" + planter.text("behind a NUL", 0x00180060).encode()),
                       Element(0x00080070, "LO", b"Maker\0" + header.own("behind a NUL", 0x00080070).encode()))
        elif form == "several values":
            header.put(text(0x00101000, "LO", "\\".join(planter.text("Other Patient IDs", 0x00101000) for _ in range(9))),
                       text(0x00081072, "SQ", ""), text(0x00081070, "PN", "\\".join(
                           planter.text("Operators", 0x00081070) + "^X" for _ in range(9))),
                       text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\" + header.own("Image Type", 0x00080008)))
        elif form == "line ends and tabs":
            header.put(text(0x00104000, "LT", f"a\r\n{planter.text(form, 0x00104000)}\t{planter.date(form, 0x00104000)}\f"),
                       text(0x00081030, "LO", f"a\r\n{planter.text(form, 0x00081030)}"))
        elif form == "a VR of a later edition":
            inserted = struct.pack("<HH2sHI", 0x7001, 0x1001, b"QQ", 0, 12) + planter.text(form, 0x70011001, 12).encode()
        elif form == "elements out of order":
            inserted = Encoding().element(Element(0x001021F0, "LO", planter.text(form, 0x001021F0).encode()))
        else:
            inner = [[Element(0x00100010, "PN", value(planter, "PN", form, 0x00081032)),
                      Element(0x00080104, "LO", value(planter, "LO", form, 0x00081032))]]
            header.put(Element(0x00081032, "SQ", inner, undefined=True, as_un=True),
                       Element(0x00540220, "SQ", inner, as_un=True),
                       Element(0x00182001, "SQ", inner, undefined=True, as_un=True))
        values = picture()
        file = File(header.put(*pixel_module(values), native(values)).all(), inserted=inserted)
        maker.add(case, file, passes=form not in ("padding with text", "elements out of order", "odd lengths"),
                  why="the file breaks PS3.5")


def uids(maker):
    planter = maker.planter
    case = "UIDs"
    header = maker.header(case)
    for tag in (0x00200052, 0x00080014, 0x00080058, 0x0018100A, 0x00181002, 0x0008010C, 0x0040A124, 0x00203010, 0x00880140,
                0x00281214, 0x30060024, 0x04000100):
        header.put(text(tag, "UI", planter.uid("UID", tag)))
    header.put(text(0x00283010, "SQ", ""),
               # The standard's root does not make a UID one of the standard's.
               text(0x00081150, "UI", planter.uid("below the standard's root", 0x00081150, "1.2.840.10008.5.1.4.1.1.")),
               text(0x0040DB0C, "UI", planter.uid("below the standard's root", 0x0040DB0C, "1.2.840.10008.")),
               text(0x00081155, "UI", "\\".join(planter.uid("several UIDs", 0x00081155) for _ in range(5))),
               text(0x00200200, "UI", "not.a.uid." + planter.text("no UID", 0x00200200)))
    header.elements.pop(0x00283010)
    values = picture()
    maker.add(case, File(header.put(*pixel_module(values), native(values)).all()))
    for form in ("private SOP class", "SOP Instance UID below the standard's root", "no UID as Series Instance UID"):
        header = maker.header(form)
        tag = {"p": 0x00080016, "S": 0x00080018, "n": 0x0020000E}[form[0]]
        root = {"p": "1.2.840.113619.", "S": "1.2.840.10008.1.", "n": "0x1."}[form[0]]
        header.put(text(tag, "UI", planter.uid(form, tag, root)))
        values = picture()
        maker.add(form, File(header.put(*pixel_module(values), native(values)).all()), passes=form[0] == "S",
                  why="a class that nobody knows; a UID that is none")


def encodings(maker):
    """The base header of each image class, in each uncompressed transfer syntax."""
    for kind in ("CR", "DX", "DX processing", "MG", "CT", "MR", "NM", "PT", "XA", "RF"):
        for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED):
            case = f"{kind} in {syntax}"
            header = maker.header(case, kind)
            attributes = [Element(0x00400275, "SQ", [[text(0x00321060, "LO", maker.planter.text("Requested Procedure", 0x00400275)),
                                                      text(0x00401001, "SH", maker.planter.text("Requested Procedure ID", 0x00400275)),
                                                      text(0x00400007, "LO", maker.planter.text("Scheduled Step", 0x00400275))]]),
                          Element(0x04000561, "SQ", [[Element(0x04000550, "SQ", [[Element(0x00100010, "PN", maker.planter.text(
                              "Original Attributes", 0x04000561).encode())]]),
                              text(0x04000563, "LO", maker.planter.text("Modifying System", 0x04000561)),
                              text(0x04000564, "LO", maker.planter.text("Source of Previous Values", 0x04000561))]]),
                          Element(0x00081110, "SQ", [[text(0x00081150, "UI", "1.2.840.10008.3.1.2.3.1"),
                                                      text(0x00081155, "UI", maker.planter.uid("Referenced Study", 0x00081110))]]),
                          Element(0x00081115, "SQ", [[text(0x0020000E, "UI", maker.planter.uid("Referenced Series", 0x00081115)),
                                                      Element(0x0008114A, "SQ", [[text(0x00081155, "UI", maker.planter.uid(
                                                          "Referenced Instance", 0x00081115))]])]])]
            values = picture(bits=12 if kind in ("CT", "MR", "PT", "NM") else 8)
            header.put(*attributes, *pixel_module(values, 12 if values.dtype.itemsize == 2 else None), native(values))
            maker.add(case, File(header.all(), syntax))
