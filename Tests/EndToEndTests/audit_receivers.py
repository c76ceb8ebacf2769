"""Audit repositories that none of us wrote, and what must be true of everything they get."""

import base64
import re
import socket
from pathlib import Path

from fhir.resources.R4B.auditevent import AuditEvent
from lxml import etree
from processes import Process, free_port
from radiographs import ROOT
from reports import check_structure

GRAMMAR = ROOT / "Sources/DICOMAudit/Grammar/audit-message.rng"
HEADER = re.compile(
    rb"<(8[2-5])>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) (imaging-gateway) ([!-~]{1,128})"
    rb" (IHE\+RFC-3881) - \xef\xbb\xbf(<\?xml.*)", re.S)
SEVERITY = {"0": b"85", "4": b"84", "8": b"83", "12": b"82"}


class Rsyslog:
    """rsyslogd with the gtls driver: RFC 5425 with a client certificate of the test authority."""

    def __init__(self, folder: Path, authority, port: int | None = None):
        self.port = port or free_port()
        self.folder, self.capture = folder, folder / "capture"
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = authority.issue("syslog", host="localhost")
        (folder / "rsyslog.conf").write_text(f"""
global(workDirectory="{folder}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="{authority.file}" defaultNetstreamDriverCertFile="{certificate}"
  defaultNetstreamDriverKeyFile="{key}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="raw" type="string" string="%rawmsg%\\n")
ruleset(name="audit") {{ action(type="omfile" file="{self.capture}" template="raw") }}
input(type="imtcp" address="127.0.0.1" port="{self.port}" ruleset="audit")
""")
        self.process = None

    def start(self):
        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        command = ["/usr/sbin/rsyslogd", "-n", "-f", str(self.folder / "rsyslog.conf"), "-i", str(self.folder / "pid")]
        self.process = Process("rsyslogd", command, self.folder)
        self.process.wait_ready(listens)
        return self

    def stop(self):
        """In good order, as an administrator does: what it has read it writes."""
        if self.process:
            self.process.terminate()
            self.process = None

    def messages(self) -> list[bytes]:
        data = self.capture.read_bytes() if self.capture.exists() else b""
        return [line for line in data.split(b"\n") if line]

    def audit(self) -> list[etree._Element]:
        """Every message, checked; in the order of arrival, with repetitions."""
        return [check_message(message) for message in self.messages()]


def check_message(message: bytes) -> etree._Element:
    """RFC 5424's header, RELAX NG by lxml, and what the grammar cannot say."""
    header = HEADER.fullmatch(message)
    assert header, message[:200]
    xml = header.group(7)
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    grammar = etree.RelaxNG(etree.parse(str(GRAMMAR)))
    assert grammar.validate(root), grammar.error_log
    event = root.find("EventIdentification")
    # The worse the outcome, the more urgent; the header's time is the event's.
    assert header.group(1) == SEVERITY[event.get("EventOutcomeIndicator")]
    assert header.group(2).decode() == event.get("EventDateTime")
    requestors = [p for p in root.findall("ActiveParticipant") if p.get("UserIsRequestor") == "true"]
    assert len(requestors) == 1, "one participant asked for it"
    own = {root.find("AuditSourceIdentification").get("AuditSourceID")}
    assert own & {p.get("UserID") for p in root.findall("ActiveParticipant")}
    for item in root.findall("ParticipantObjectIdentification"):
        assert (item.find("ParticipantObjectName") is None) != (item.find("ParticipantObjectQuery") is None)
        if item.get("ParticipantObjectTypeCodeRole") == "1":
            assert item.get("ParticipantObjectTypeCode") == "1"
            assert item.find("ParticipantObjectIDTypeCode").get("csd-code") == "2"
            assert item.findtext("ParticipantObjectName") == "not recorded", "no patient's name"
    assert leaf(root) is not None
    # DCM codes have their DCM meaning.
    for code in root.iter("EventID", "EventTypeCode", "RoleIDCode"):
        if code.get("codeSystemName") == "DCM":
            assert re.fullmatch(r"1101[0-9]{2}", code.get("csd-code"))
    return root


def details(root: etree._Element) -> dict[str, str]:
    """The details of the event's own object."""
    job = [o for o in root.findall("ParticipantObjectIdentification") if o.get("ParticipantObjectTypeCodeRole") == "20"]
    assert len(job) == 1
    return {d.get("type"): base64.b64decode(d.get("value")).decode() for d in job[0].findall("ParticipantObjectDetail")}


def leaf(root: etree._Element) -> int | None:
    """The place in the log of what a message tells."""
    return int(details(root)["leaf"])


def event_name(root: etree._Element) -> str:
    """The gateway's own name of the event."""
    codes = root.findall("EventIdentification/EventID") + root.findall("EventIdentification/EventTypeCode")
    return next(c.get("csd-code") for c in codes if c.get("codeSystemName") == "urn:imaging-gateway:audit-event")


# ---------------------------------------------------------------- AuditEvent

BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
#: profile: type, subtypes, action, client (the gateway) and server roles
PATTERNS = {
    "Read": ("rest", {"read", "vread"}, "R", "110152", "110153"),
    "Create": ("rest", {"create"}, "C", "110153", "110152"),
    "Update": ("rest", {"update", "patch"}, "U", "110153", "110152"),
    "Query": ("rest", {"search", "search-type", "search-system"}, "E", "110153", "110152"),
    "PrivacyDisclosure.Source": ("110106", {"disclose"}, "R", "110153", "110152"),
}


def check_event(event: dict):
    """Structure by fhirkit and fhir.resources; what a claimed BALP profile demands, by a reading of our own."""
    check_structure(event)
    AuditEvent.model_validate(event)
    for entity in event["entity"]:
        assert not ("name" in entity and "query" in entity), "sev-1"
    for canonical in event.get("meta", {}).get("profile", []):
        assert canonical.startswith(BALP), canonical
        name = canonical[len(BALP):]
        has_patient = name.startswith("Patient") or name.startswith("Privacy")
        kind, subtypes, action, client, server = PATTERNS[name.removeprefix("Patient")]
        assert event["type"]["code"] == kind and event["action"] == action and event["outcome"] == "0"
        assert subtypes & {coding["code"] for coding in event["subtype"]}
        ends = {agent["type"]["coding"][0]["code"]: agent for agent in event["agent"]}
        for code in (client, server):
            assert ends[code]["who"]["identifier"]["value"] and ends[code]["network"]["address"], name
        assert ends[client]["who"] == event["source"]["observer"], "the gateway tells of itself"
        of_type = {code: [e for e in event["entity"] if e["type"]["code"] == code] for code in ("1", "2")}
        assert len(of_type["1"]) == (1 if has_patient else 0)
        assert all(e["what"]["identifier"]["value"] for e in of_type["1"])
        if kind == "rest":
            assert len(of_type["2"]) == 1
            assert ("query" in of_type["2"][0]) == name.endswith("Query")
            assert ("what" in of_type["2"][0]) != name.endswith("Query")
        if "query" in of_type["2"][0] if of_type["2"] else False:
            base64.b64decode(of_type["2"][0]["query"], validate=True)


def event_detail(event: dict, name: str) -> str | None:
    for entity in event["entity"]:
        for detail in entity.get("detail", []):
            if detail["type"] == name:
                return detail["valueString"]
    return None


def is_available() -> bool:
    return Path("/usr/sbin/rsyslogd").exists()

