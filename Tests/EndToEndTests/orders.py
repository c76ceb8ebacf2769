"""HL7 v2 orders, built and sent by libraries that are not ours: hl7apy builds OMI^O23, python-hl7 sends."""

import datetime
import itertools
import socket

import hl7
import hl7.client
from hl7apy.core import Message

from exams import HIS, HOSPITAL, RIS, Exam

_control_ids = itertools.count(1)

SB, EB = b"\x0b", b"\x1c\x0d"


def control_id() -> str:
    return f"M{datetime.datetime.now():%H%M%S%f}{next(_control_ids)}"[-20:]


def now() -> str:
    return f"{datetime.datetime.now(datetime.timezone.utc):%Y%m%d%H%M%S}+0000"


def orm(exam: Exam, control: str = "NW", status: str = "", modality: str = "DX", version: str = "2.3.1",
        with_study: bool = True, code: str = "XRCH1^XR Chest AP^L", drop: str | None = None,
        accept: str = "", message_id: str | None = None, charset: str = "UNICODE UTF-8",
        birth_date: bool = True) -> bytes:
    """ORM^O01 as IHE RAD-4 draws it. `drop` empties one field, such as "PID-3"."""
    message_id = message_id or control_id()
    timing = f"1^once^^{now()[:14]}^^R"
    msh15, msh16 = ("", "") if not accept else (accept, "NE")
    segments = {
        "MSH": ["MSH", "^~\\&", HIS, HOSPITAL, "IMGAI", "RAD", now(), "", "ORM^O01", message_id, "P", version, "", "",
                msh15, msh16, "", charset],
        "PID": ["PID", "1", "", f"{exam.patient_id}^^^{HOSPITAL}^MR", "", f"{exam.family}^{exam.given}", "",
                f"{exam.birth_date:%Y%m%d}" if birth_date else "", exam.sex],
        "PV1": ["PV1", "1", "O"],
        "ORC": ["ORC", control, f"{exam.placer}^{HIS}", f"{exam.filler}^{RIS}", "", status, "", timing, "", now()[:14]],
        "OBR": ["OBR", "1", f"{exam.placer}^{HIS}", f"{exam.filler}^{RIS}", code] + [""] * 13
        + [exam.accession, exam.procedure, exam.step, "", "", "", modality, "", "", timing],
    }
    if with_study:
        segments["ZDS"] = ["ZDS", f"{exam.study_uid}^RIS^Application^DICOM"]
    if drop:
        name, number = drop.split("-")
        # MSH-1 is the separator itself, so fields of MSH stand one place earlier
        segments[name][int(number) - (1 if name == "MSH" else 0)] = ""
    return "".join("|".join(fields) + "\r" for fields in segments.values()).encode()


def omi(exam: Exam, control: str = "NW", modality: str = "DX", code: str = "XRCH1^XR Chest AP^L") -> bytes:
    """OMI^O23 of HL7 2.5.1, built by hl7apy."""
    message = Message("OMI_O23", version="2.5.1")
    message.msh.msh_3, message.msh.msh_4, message.msh.msh_5, message.msh.msh_6 = HIS, HOSPITAL, "IMGAI", "RAD"
    message.msh.msh_7, message.msh.msh_9, message.msh.msh_10 = now(), "OMI^O23^OMI_O23", control_id()
    message.msh.msh_11, message.msh.msh_18 = "P", "UNICODE UTF-8"
    patient = message.add_group("OMI_O23_PATIENT")
    patient.pid.pid_1 = "1"
    patient.pid.pid_3 = f"{exam.patient_id}^^^{HOSPITAL}^MR"
    patient.pid.pid_5 = f"{exam.family}^{exam.given}"
    patient.pid.pid_7 = f"{exam.birth_date:%Y%m%d}"
    patient.pid.pid_8 = exam.sex
    order = message.add_group("OMI_O23_ORDER")
    order.orc.orc_1, order.orc.orc_2, order.orc.orc_3 = control, f"{exam.placer}^{HIS}", f"{exam.filler}^{RIS}"
    order.orc.orc_9 = now()[:14]
    timing = order.add_group("OMI_O23_TIMING")
    timing.tq1.tq1_1, timing.tq1.tq1_7, timing.tq1.tq1_9 = "1", now()[:14], "R^Routine^HL70485"
    order.obr.obr_1, order.obr.obr_2, order.obr.obr_3 = "1", f"{exam.placer}^{HIS}", f"{exam.filler}^{RIS}"
    order.obr.obr_4 = code
    ipc = order.add_segment("IPC")
    ipc.ipc_1, ipc.ipc_2 = f"{exam.accession}^{HOSPITAL}", f"{exam.procedure}^{RIS}"
    ipc.ipc_3, ipc.ipc_4, ipc.ipc_5 = exam.study_uid, f"{exam.step}^{RIS}", modality
    return message.to_er7().encode() if message.to_er7().endswith("\r") else message.to_er7().encode() + b"\r"


def send(port: int, message: bytes) -> hl7.Message:
    """Sends one message with python-hl7's client; the reply, parsed by python-hl7."""
    with hl7.client.MLLPClient("127.0.0.1", port) as client:
        client.socket.settimeout(30)
        return reply(client.send_message(message))


def reply(frame: bytes) -> hl7.Message:
    if not (frame.startswith(SB) and frame.endswith(EB)):
        raise AssertionError(f"no whole MLLP frame came back ({len(frame)} bytes)")
    return hl7.parse(frame[1:-2].decode())


def send_bytes(port: int, data: bytes, wait: float = 2) -> bytes:
    """Sends bytes as they are and returns what comes back until silence or the end."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(data)
        connection.settimeout(wait)
        answer = b""
        try:
            while chunk := connection.recv(4096):
                answer += chunk
                if answer.endswith(EB):
                    break
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def code_of(message: hl7.Message) -> str:
    return str(message.segment("MSA")[1])


def echoed_id(message: hl7.Message) -> str:
    return str(message.segment("MSA")[2])


def id_of(message: bytes) -> str:
    return message.split(b"\r")[0].split(b"|")[9].decode()
