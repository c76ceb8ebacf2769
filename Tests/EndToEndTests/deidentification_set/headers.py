"""The header that every file of the set begins with: a patient who is named in all the proper places."""

from .encoding import Element
from .planting import Planter

SOP = "1.2.840.10008.5.1.4.1.1."
CLASSES = {"CR": SOP + "1", "DX": SOP + "1.1", "DX processing": SOP + "1.1.1", "MG": SOP + "1.2", "CT": SOP + "2",
           "MR": SOP + "4", "NM": SOP + "20", "PT": SOP + "128", "XA": SOP + "12.1", "RF": SOP + "12.2", "US": SOP + "6.1",
           "US multi-frame": SOP + "3.1", "SC": SOP + "7", "OT": SOP + "7", "SC multi-frame": SOP + "7.2",
           "enhanced CT": SOP + "2.1", "enhanced MR": SOP + "4.1", "XC": SOP + "77.1.4", "ES": SOP + "77.1.1",
           "OP": SOP + "77.1.5.1", "SR text": SOP + "88.11", "SR enhanced": SOP + "88.22",
           "SR comprehensive": SOP + "88.33", "dose report": SOP + "88.67", "key object": SOP + "88.59",
           "presentation state": SOP + "11.1", "PDF": SOP + "104.1", "CDA": SOP + "104.2", "ECG": SOP + "9.1.1",
           "RT plan": SOP + "481.5", "RT structures": SOP + "481.3", "segmentation": SOP + "66.4", "raw": SOP + "66"}


def text(tag: int, vr: str, value: str) -> Element:
    return Element(tag, vr, value.encode("utf-8"))


class Header:
    """Elements of one file by tag, and the patient's own identifiers, each of which may be repeated at one place."""

    def __init__(self, planter: Planter, sop: str, modality: str):
        self.planter = planter
        self.known: list[str] = []
        self.elements: dict[int, Element] = {}
        self._begun = len(planter.planted)
        self._first: dict[int, list] = {}
        number = planter.chance.randrange(10 ** 11, 10 ** 12)
        plant = planter.text
        for tag, vr, value in [
                (0x00080008, "CS", "ORIGINAL\\PRIMARY"), (0x00080016, "UI", sop),
                (0x00080018, "UI", planter.uid("SOP Instance UID", 0x00080018)),
                (0x00080020, "DA", planter.date("Study Date", 0x00080020)),
                (0x00080030, "TM", planter.time("Study Time", 0x00080030)),
                (0x00080050, "SH", plant("Accession Number", 0x00080050)), (0x00080060, "CS", modality),
                (0x00080070, "LO", "Maker"), (0x00080090, "PN", plant("Referring Physician", 0x00080090) + "^REF"),
                (0x00100010, "PN", f"{plant('Patient Name, family', 0x00100010)}^{plant('Patient Name, given', 0x00100010)}"),
                (0x00100020, "LO", plant("Patient ID", 0x00100020)),
                (0x00100030, "DA", planter.date("Birth Date", 0x00100030)), (0x00100040, "CS", "F"),
                (0x0020000D, "UI", planter.uid("Study Instance UID", 0x0020000D)),
                (0x0020000E, "UI", planter.uid("Series Instance UID", 0x0020000E)),
                (0x00200010, "SH", plant("Study ID", 0x00200010)), (0x00200011, "IS", "1"), (0x00200013, "IS", str(number % 999)),
                (0x00280301, "CS", "NO")]:
            self.put(text(tag, vr, value))
        for planted in planter.planted[self._begun:]:
            self._first.setdefault(planted.tag, []).append(planted)
        if modality in ("CR", "DX", "MG"):
            self.put(text(0x00180015, "CS", "CHEST"), text(0x00185101, "CS", "PA"))
        if modality in ("DX", "MG"):
            self.put(text(0x00080068, "CS", "FOR PRESENTATION"))

    def put(self, *elements: Element) -> "Header":
        for element in elements:
            # What stood there is nowhere else.
            for planted in self._first.pop(element.tag, []):
                self.planter.planted.remove(planted)
            self.elements[element.tag] = element
        return self

    def own(self, place: str, tag: int = 0, digits: int = 0) -> str:
        """Another identifier of this patient, to be repeated at `place`."""
        make = self.planter.number if digits else self.planter.text
        token = make(place, tag, **({"digits": digits} if digits else {}), known=True)
        self.known.append(token)
        return token

    def all(self) -> list[Element]:
        if self.known:
            self.put(text(0x00101002, "SQ", ""))
            self.elements[0x00101002] = Element(0x00101002, "SQ", [
                [text(0x00100020, "LO", token), text(0x00100022, "CS", "TEXT")] for token in self.known])
        return list(self.elements.values())
