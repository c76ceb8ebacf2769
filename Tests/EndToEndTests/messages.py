"""HL7 v2 messages built by hl7apy, segment by segment: none is written by our encoder.

`Exam` says what the message is about. Every builder returns bytes with CR as the segments' end.
"""

from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message, Segment

from exams import HIS, HOSPITAL, RIS, Exam
from orders import control_id, now


def segment(name: str, version: str, **fields: str) -> Segment:
    """`segment("PID", "2.5.1", f3="4711^^^HOSP^MR")`: fields by their numbers."""
    made = Segment(name, version=version, validation_level=VALIDATION_LEVEL.TOLERANT)
    for number, value in fields.items():
        if value:
            setattr(made, f"{name.lower()}_{number[1:]}", value)
    return made


def message(kind: str, version: str, *segments: Segment, message_id: str | None = None, sender: str = HIS,
            facility: str = HOSPITAL, accept: str = "", application: str = "", processing: str = "P",
            charset: str = "UNICODE UTF-8", structure: str | None = None, time: str | None = None) -> bytes:
    """One message of `kind`, such as `ORM^O01`."""
    code, event = kind.split("^")
    name = structure or f"{code}_{event}"
    made = Message(name, version=version, validation_level=VALIDATION_LEVEL.TOLERANT)
    header = made.msh
    header.msh_3, header.msh_4, header.msh_5, header.msh_6 = sender, facility, "IMGAI", "RAD"
    header.msh_7 = time or now()
    header.msh_9 = kind if version < "2.4" else f"{kind}^{name}"
    header.msh_10, header.msh_11, header.msh_12 = message_id or control_id(), processing, version
    for number, value in (("15", accept), ("16", application), ("18", charset)):
        if value:
            setattr(header, f"msh_{number}", value)
    for part in segments:
        made.add(part)
    return (made.to_er7().rstrip("\r") + "\r").encode()


def pid(exam: Exam, version: str, patient_id: str | None = None, **changes: str) -> Segment:
    fields = dict(f1="1", f3=f"{patient_id or exam.patient_id}^^^{HOSPITAL}^MR", f5=f"{exam.family}^{exam.given}",
                  f7=f"{exam.birth_date:%Y%m%d}", f8=exam.sex)
    return segment("PID", version, **(fields | changes))


def orc(exam: Exam, version: str, control: str, at: str | None = None, **changes: str) -> Segment:
    fields = dict(f1=control, f2=f"{exam.placer}^{HIS}", f3=f"{exam.filler}^{RIS}", f9=at or now()[:14])
    return segment("ORC", version, **(fields | changes))


def obr(exam: Exam, version: str, code: str, modality: str | None = None, **changes: str) -> Segment:
    """With `modality`, accession number, procedure and step stand where IHE RAD-4 puts them in an ORM."""
    fields = dict(f1="1", f2=f"{exam.placer}^{HIS}", f3=f"{exam.filler}^{RIS}", f4=code)
    if modality:
        fields |= dict(f18=exam.accession, f19=exam.procedure, f20=exam.step, f24=modality)
    return segment("OBR", version, **(fields | changes))


CHEST = "XRCH1^XR Chest AP^L"


def orm(*exams: Exam, control: str = "NW", code: str = CHEST, modality: str = "DX", version: str = "2.3.1",
        status: str = "", at: str | None = None, with_study: bool = True, patient_id: str | None = None,
        patient: dict | None = None, **header) -> bytes:
    """ORM^O01 with ZDS, one order for each exam; all of the first one's patient."""
    parts = [pid(exams[0], version, patient_id, **(patient or {})), segment("PV1", version, f1="1", f2="O")]
    for exam in exams:
        parts += [orc(exam, version, control, at, f5=status), obr(exam, version, code, modality)]
        if with_study:
            parts.append(segment("ZDS", version, f1=f"{exam.study_uid}^RIS^Application^DICOM"))
    return message("ORM^O01", version, *parts, **header)


def omi(*exams: Exam, control: str = "NW", code: str = CHEST, modality: str = "DX", version: str = "2.5.1",
        status: str = "", at: str | None = None, patient_id: str | None = None, patient: dict | None = None,
        **header) -> bytes:
    """OMI^O23 with TQ1 and IPC, one order for each exam."""
    parts = [pid(exams[0], version, patient_id, **(patient or {})), segment("PV1", version, f1="1", f2="O")]
    for exam in exams:
        parts += [orc(exam, version, control, at, f5=status),
                  segment("TQ1", version, f1="1", f7=now()[:14], f9="R^Routine^HL70485"),
                  obr(exam, version, code),
                  segment("IPC", version, f1=f"{exam.accession}^{HOSPITAL}", f2=f"{exam.procedure}^{RIS}",
                          f3=exam.study_uid, f4=f"{exam.step}^{RIS}", f5=modality)]
    return message("OMI^O23", version, *parts, **header)


def omg(*exams: Exam, control: str = "NW", code: str = CHEST, modality: str = "DX", version: str = "2.5.1",
        status: str = "", at: str | None = None, patient_id: str | None = None, patient: dict | None = None,
        **header) -> bytes:
    """OMG^O19: accession number and modality in OBR as in an ORM, no study UID."""
    parts = [pid(exams[0], version, patient_id, **(patient or {})), segment("PV1", version, f1="1", f2="O")]
    for exam in exams:
        parts += [orc(exam, version, control, at, f5=status),
                  segment("TQ1", version, f1="1", f7=now()[:14], f9="R^Routine^HL70485"),
                  obr(exam, version, code, modality)]
    return message("OMG^O19", version, *parts, **header)


def orc_only(exam: Exam, control: str = "CA", version: str = "2.3.1", at: str | None = None, **header) -> bytes:
    """ORM^O01 with an ORC and nothing behind it, as many senders cancel."""
    return message("ORM^O01", version, pid(exam, version), orc(exam, version, control, at), **header)


def update(exam: Exam, event: str = "A08", version: str = "2.5.1", **changes: str) -> bytes:
    """ADT^A08 or A31: the patient's demographics are these now."""
    structure = {"A08": "ADT_A01", "A31": "ADT_A05"}[event]
    return message(f"ADT^{event}", version, segment("EVN", version, f2=now()[:14]), pid(exam, version, **changes),
                   segment("PV1", version, f1="1", f2="O"), structure=structure)


def merge(surviving: Exam, prior_id: str, event: str = "A40", version: str = "2.5.1") -> bytes:
    """ADT^A40 or A34: `prior_id` was merged into the patient of `surviving`."""
    structure = {"A40": "ADT_A39", "A34": "ADT_A30"}[event]
    return message(f"ADT^{event}", version, segment("EVN", version, f2=now()[:14]), pid(surviving, version),
                   segment("MRG", version, f1=f"{prior_id}^^^{HOSPITAL}^MR"), structure=structure)


def batch(*parts: bytes, file: bool = True) -> bytes:
    """FHS and BHS around messages (HL7 v2.5.1 §2.10.3), written by hand: no library here builds them."""
    head = [b"BHS|^~\\&|HIS|HOSP|IMGAI|RAD|20260301090000||||B1"]
    tail = [b"BTS|%d" % len(parts)]
    if file:
        head.insert(0, b"FHS|^~\\&|HIS|HOSP|IMGAI|RAD|20260301090000||||F1")
        tail.append(b"FTS|1")
    return b"\r".join(head) + b"\r" + b"".join(parts) + b"\r".join(tail) + b"\r"
