"""Objects that are more or other than an image: reports, documents, waveforms, plans. Where no cleaner exists for a kind
a refusal is right."""

from .encoding import EXPLICIT, Element, File
from .headers import CLASSES, text
from .pixels import native, picture, pixel_module

WHY = "no cleaner for this kind of object, or not with this profile"


def code(value: str, scheme: str, meaning: str) -> Element:
    return Element(0x0040A043, "SQ", [[text(0x00080100, "SH", value), text(0x00080102, "SH", scheme), text(0x00080104, "LO", meaning)]])


def content(planter) -> list:
    """A content item of each type (PS3.3 C.17.3)."""
    def item(relationship: str, kind: str, *more: Element) -> list:
        return [text(0x0040A010, "CS", relationship), text(0x0040A040, "CS", kind),
                code("121071", "DCM", planter.text(f"concept name of {kind}", 0x0040A730)), *more]

    def plant(place: str) -> str:
        return planter.text(f"content {place}", 0x0040A730)
    return [
        item("HAS OBS CONTEXT", "PNAME", text(0x0040A123, "PN", plant("PNAME") + "^X")),
        item("CONTAINS", "TEXT", text(0x0040A160, "UT", f"Seen by {plant('TEXT')} on {planter.date('content TEXT', 0x0040A730)}")),
        item("HAS OBS CONTEXT", "DATE", text(0x0040A121, "DA", planter.date("content DATE", 0x0040A730))),
        item("HAS OBS CONTEXT", "TIME", text(0x0040A122, "TM", planter.time("content TIME", 0x0040A730))),
        item("HAS OBS CONTEXT", "DATETIME", text(0x0040A120, "DT", planter.moment("content DATETIME", 0x0040A730))),
        item("HAS OBS CONTEXT", "UIDREF", text(0x0040A124, "UI", planter.uid("content UIDREF", 0x0040A730))),
        item("CONTAINS", "CODE", Element(0x0040A168, "SQ", [[text(0x00080100, "SH", plant("CODE value")), text(
            0x00080102, "SH", "99HOSP"), text(0x00080104, "LO", plant("CODE meaning"))]])),
        item("CONTAINS", "NUM", Element(0x0040A300, "SQ", [[text(0x0040A30A, "DS", planter.number("content NUM", 0x0040A730)), Element(
            0x004008EA, "SQ", [[text(0x00080100, "SH", "mm"), text(0x00080102, "SH", "UCUM"), text(
                0x00080104, "LO", plant("unit"))]])]])),
        item("CONTAINS", "IMAGE", Element(0x00081199, "SQ", [[text(0x00081150, "UI", CLASSES["CT"]), text(
            0x00081155, "UI", planter.uid("content IMAGE", 0x0040A730))]])),
        item("CONTAINS", "SCOORD", Element(0x00700022, "FL", (1.0, 2.0)), text(0x00700023, "CS", "POINT")),
        item("CONTAINS", "CONTAINER", text(0x0040A050, "CS", "SEPARATE"), Element(0x0040A730, "SQ", [
            item("CONTAINS", "TEXT", text(0x0040A160, "UT", plant("TEXT in a container"))),
            item("HAS OBS CONTEXT", "PNAME", text(0x0040A123, "PN", plant("PNAME in a container")))])),
    ]


def add(maker):
    for kind in ("SR text", "SR enhanced", "SR comprehensive", "dose report", "key object"):
        case = kind
        header = maker.header(case, kind, "KO" if kind == "key object" else "SR")
        planter = maker.planter
        header.elements.pop(0x00280301)
        header.put(text(0x0040A040, "CS", "CONTAINER"), code("11528-7", "LN", "Radiology Report"), text(0x0040A050, "CS", "SEPARATE"),
                   text(0x0040A491, "CS", "COMPLETE"), text(0x0040A493, "CS", "VERIFIED"),
                   Element(0x0040A073, "SQ", [[text(0x0040A027, "LO", planter.text("Verifying Organization", 0x0040A073)),
                                               text(0x0040A075, "PN", planter.text("Verifying Observer", 0x0040A073)),
                                               text(0x0040A030, "DT", planter.moment("Verification", 0x0040A073))]]),
                   Element(0x0040A730, "SQ", content(planter)))
        maker.add(case, File(header.all()), False, WHY)
    for kind, modality, element in [
            ("PDF", "DOC", 0x00420011), ("CDA", "DOC", 0x00420011), ("ECG", "ECG", 0x54001010), ("RT plan", "RTPLAN", 0x300A0004),
            ("RT structures", "RTSTRUCT", 0x30060026), ("presentation state", "PR", 0x00700006), ("raw", "OT", 0x00420011)]:
        case = kind
        header = maker.header(case, kind, modality)
        planter = maker.planter
        header.elements.pop(0x00280301)
        token = planter.text("document", element, 16)
        if kind == "PDF":
            header.put(text(0x00420012, "LO", "application/pdf"), text(0x00420010, "ST", planter.text("Document Title", 0x00420010)),
                       Element(element, "OB", b"%PDF-1.4\n(" + token.encode() + b") Tj\n%%EOF\n"))
        elif kind == "CDA":
            header.put(text(0x00420012, "LO", "text/XML"), Element(element, "OB", f"<patient>{token}</patient>".encode()))
        elif kind == "ECG":
            header.put(Element(0x54000100, "SQ", [[Element(element, "OW", token.encode())]]),
                       Element(0x0040B020, "SQ", [[text(0x00700006, "ST", planter.text("annotation", 0x0040B020))]]))
        elif kind == "RT structures":
            header.put(Element(0x30060020, "SQ", [[text(element, "LO", token)]]))
        elif kind == "presentation state":
            header.put(text(0x00700080, "CS", planter.text("Content Label", 0x00700080)),
                       text(0x00700084, "PN", planter.text("Content Creator", 0x00700084)),
                       Element(0x00700001, "SQ", [[Element(0x00700008, "SQ", [[text(element, "ST", token)]])]]))
        else:
            header.put(Element(element, "OB" if kind == "raw" else "ST", token.encode()))
        maker.add(case, File(header.all()), False, WHY)
    for kind, modality in [("US", "US"), ("US multi-frame", "US"), ("SC", "OT"), ("SC multi-frame", "OT"), ("XC", "XC"),
                           ("ES", "ES"), ("OP", "OP"), ("segmentation", "SEG"), ("enhanced CT", "CT"), ("enhanced MR", "MR")]:
        case = f"image: {kind}"
        header = maker.header(case, kind, modality)
        planter = maker.planter
        values = picture()
        frames = 1 if "multi" in kind or "enhanced" in kind or kind == "segmentation" else None
        header.put(*pixel_module(values, frames=frames), native(values),
                   text(0x00081030, "LO", planter.text("Study Description", 0x00081030)),
                   Element(0x00186011, "SQ", [[text(0x00186012, "LO", planter.text("region", 0x00186011))]]),
                   Element(0x00620002, "SQ", [[text(0x00620005, "LO", planter.text("Segment Label", 0x00620002))]]))
        maker.add(case, File(header.all()), kind.startswith("enhanced"), WHY)
    case = "DICOMDIR"
    header = maker.header(case, "raw", "OT")
    header.put(Element(0x00041220, "SQ", [[text(0x00041430, "CS", "PATIENT"), text(
        0x00100010, "PN", maker.planter.text("directory record", 0x00041220))]]))
    header.put(Element(0x00080016, "UI", b"1.2.840.10008.1.3.10"))
    maker.add(case, File(header.all()), False, WHY, path="DICOMDIR")
