"""Every way to patient data is declared in `docs/comply/recorded.md` and leaves the leaves that the page says.

The ways are asked of the program: its commands from ArgumentParser's dump, its routes from its sources, its seams by
`Tests/WorkflowTests`. Each way that is declared with events is then really gone.
"""

import getpass
import json
import subprocess
from pathlib import Path

import inventory
import ledger
import orders
import pydicom
import pytest
import requests
from gateway import SECRET
from processes import wait_until
from radiographs import dicom

AUDITOR_SECRET = "end-to-end-auditor-secret-of-sufficient-length"
BEARER = {"Authorization": f"Bearer {SECRET}"}


# What is there is declared

def test_every_command_is_declared():
    assert inventory.commands_of_the_program() == set(inventory.declared("command"))


def test_every_route_is_declared():
    assert inventory.routes_of_the_program() == set(inventory.declared("route"))


def test_every_feed_is_declared():
    assert inventory.feeds_of_the_program() == set(inventory.declared("feed"))


def test_a_command_or_route_that_somebody_adds_is_missed():
    help_of = {"command": {"commandName": "imaging-gateway", "subcommands": [
        {"commandName": "help"}, {"commandName": "serve"},
        {"commandName": "orders", "subcommands": [{"commandName": "list"}, {"commandName": "export"}]}]}}
    assert inventory.commands(help_of) - set(inventory.declared("command")) == {"orders export"}
    source = {"New.swift": 'let router = Router(context: X.self)\nrouter.get("/metrics") { }\nrouter.get("/orders/:id") { }'}
    assert inventory.routes(source) - set(inventory.declared("route")) == {"GET /orders/:id"}
    hidden = {"New.swift": "let router = Router(context: X.self)\nrouter.get(path) { }"}
    assert inventory.routes(hidden) - set(inventory.declared("route")) == {"GET path"}
    page = inventory.PAGE.read_text()
    without = "".join(line for line in page.splitlines(True) if "`orders show`" not in line)
    assert inventory.commands_of_the_program() - set(inventory.declared("command", without)) == {"orders show"}


# What is declared is recorded

class Ways:
    """A gateway with everything switched on, and how each way is gone; `self.order` is a delivered order."""

    def __init__(self, hospital, make_gateway, registry, folder: Path):
        self.hospital, self.registry, self.folder = hospital, registry, folder
        self.feed = folder / "feed"
        self.feed.mkdir(parents=True)
        secret = folder / "auditor.secret"
        secret.write_text(AUDITOR_SECRET)
        secret.chmod(0o600)
        self.gateway = make_gateway(
            feeds={"http": ["his"], "files": [{"folder": str(self.feed), "source": "his", "poll": "500ms"}]},
            auditors=[{"name": "reviewer", "secretFile": str(secret)}])
        self.gateway.start()
        self.exam = registry.exam()
        hospital.prepare(self.exam)
        orders.send(self.gateway.mllp_port, orders.orm(self.exam))
        self.gateway.wait_for(delivered=1)
        self.order = self.gateway.orders()[0]["id"]
        self.secrets = self.exam.secrets()
        self.output = ""

    def command(self, *arguments: str, check: bool = True):
        result = self.gateway.run(*arguments, "--config", str(self.gateway.config), check=check)
        self.output += result.stderr
        return result

    def another(self, prepare: bool = True):
        exam = self.registry.exam()
        self.secrets += exam.secrets()
        if prepare:
            self.hospital.prepare(exam)
        return exam

    def parked(self) -> str:
        exam = self.hospital.register(self.another(prepare=False))
        self.hospital.archive(exam, PatientID="QX-someone-else")
        orders.send(self.gateway.mllp_port, orders.orm(exam))
        return wait_until(lambda: next(
            (order["id"] for order in self.gateway.orders() if order["state"] == "parked"), None), 60, "a parked order")

    def study(self) -> dict:
        return self.hospital.imaging_study(self.exam) | {"id": "is-inventory"}

    def file(self) -> str:
        path = self.folder / "image.dcm"
        path.write_bytes(dicom(self.exam))
        return str(path)

    def led_back(self):
        key, certificate = self.folder / "recipient.key", self.folder / "recipient.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=recipient",
                        "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        self.command("deidentify", self.file(), "--out", str(self.folder / "sealed"), "--recipient", str(certificate))
        sealed = next((self.folder / "sealed").rglob("*.dcm"))
        self.command("deidentify", "reverse", str(sealed), "--key", str(key), "--certificate", str(certificate),
                     "--out", str(self.folder / "original.dcm"))
        assert pydicom.dcmread(self.folder / "original.dcm").PatientID == self.exam.patient_id

    def certificate(self) -> str:
        path = self.folder / "certificate.json"
        path.write_text(self.command("deidentify", "certificate", self.order).stdout)
        return str(path)

    def dropped(self):
        exam = self.another()
        before = len(list(self.feed.rglob("*.hl7")))
        hidden = self.feed / ".order.part"
        hidden.write_bytes(orders.orm(exam))
        hidden.rename(self.feed / f"order-{before}.hl7")
        wait_until(lambda: list((self.feed / "done").glob("*.hl7")), 30, "the file is taken")

    def posted(self):
        answer = requests.post(f"{self.gateway.fhir}/hl7/his", data=orders.orm(self.another()), timeout=30,
                               headers=BEARER | {"Content-Type": "x-application/hl7-v2+er7"})
        assert answer.status_code == 200, answer.text

    def notice(self, method: str, path: str):
        answer = requests.request(method, f"{self.gateway.fhir}{path}", json=self.study(), timeout=30,
                                  headers=BEARER | {"Content-Type": "application/fhir+json"})
        assert answer.status_code == 200, answer.text

    def asked(self, method: str):
        auditor = {"Authorization": f"Bearer {AUDITOR_SECRET}"}
        base = f"{self.gateway.fhir}/fhir/AuditEvent"
        answer = (requests.get(f"{base}?date=ge2026-01-01", headers=auditor, timeout=30) if method == "GET" else
                  requests.post(f"{base}/_search", data={"date": "ge2026-01-01"}, headers=auditor, timeout=30))
        assert answer.status_code == 200, answer.text

    def restarted(self):
        assert self.gateway.stop() == 0
        self.gateway.start()

    def drivers(self) -> dict[tuple[str, str], callable]:
        return {
            ("command", "serve"): self.restarted,
            ("command", "orders list"): lambda: self.command("orders", "list"),
            ("command", "orders show"): lambda: self.command("orders", "show", self.order),
            ("command", "orders retry"): lambda: self.command("orders", "retry", self.parked()),
            ("command", "orders resolve"): lambda: self.command("orders", "resolve", self.parked()),
            ("command", "orders release"): lambda: self.command("orders", "release", "--since", "2026-01-01T00:00:00Z"),
            ("command", "deidentify run"): lambda: self.command("deidentify", self.file(), "--out", str(self.folder / "out")),
            ("command", "deidentify reverse"): self.led_back,
            ("command", "deidentify certificate"): lambda: self.command("deidentify", "certificate", self.order),
            ("command", "deidentify verify"): lambda: self.command(
                "deidentify", "verify", self.certificate(), check=False),
            ("command", "classify"): lambda: self.command("classify", self.file()),
            ("command", "model evaluate"): self.evaluated,
            ("command", "audit show"): lambda: self.command("audit", "show", "--order", self.order),
            ("command", "audit report"): lambda: self.command("audit", "report", "failures"),
            ("command", "audit export"): lambda: self.command(
                "audit", "export", "--order", self.order, "--out", str(self.folder / "order.igaudit")),
            ("command", "audit prove"): lambda: self.command("audit", "prove", "--index", "0"),
            ("command", "audit watch"): lambda: self.command("audit", "watch", "--once", check=False),
            ("command", "audit hold set"): lambda: self.command("audit", "hold", "set", "--order", self.order, "--code", "C-1"),
            ("command", "audit hold list"): lambda: self.command("audit", "hold", "list"),
            ("command", "audit hold remove"): lambda: self.command("audit", "hold", "remove", self.hold()),
            ("command", "keys add-master"): lambda: self.command("keys", "add-master"),
            ("command", "keys rotate"): lambda: self.command("keys", "rotate"),
            ("command", "keys rotate-signing"): lambda: self.command("keys", "rotate-signing"),
            ("command", "backup make"): lambda: self.command("backup", "make", "--to", str(self.folder / "backup")),
            ("route", "POST /fhir/ImagingStudy"): lambda: self.notice("POST", "/fhir/ImagingStudy"),
            ("route", "PUT /fhir/ImagingStudy/:id"): lambda: self.notice("PUT", "/fhir/ImagingStudy/is-inventory"),
            ("route", "POST /hl7/:source"): self.posted,
            ("route", "GET /fhir/AuditEvent"): lambda: self.asked("GET"),
            ("route", "POST /fhir/AuditEvent/_search"): lambda: self.asked("POST"),
            ("feed", "listeners.mllp"): lambda: orders.send(self.gateway.mllp_port, orders.orm(self.another())),
            ("feed", "feeds.http"): self.posted,
            ("feed", "feeds.files"): self.dropped,
            # Last: nothing can be read of this patient afterwards.
            ("command", "keys shred"): self.shredded,
        }

    def evaluated(self):
        images = self.folder / "images"
        images.mkdir()
        (images / "image.dcm").write_bytes(dicom(self.exam))
        self.command("model", "evaluate", "--images", str(images), "--out", str(self.folder / "evaluation"))

    def shredded(self):
        # The notices woke the order: it has to be done before its keys may go.
        wait_until(lambda: any(order["id"] == self.order and order["state"] == "delivered"
                               for order in self.gateway.orders()), 60, "the order is delivered again")
        self.command("keys", "shred", "--patient", f"hospital|{self.exam.patient_id}", "--reason", "R-1", "--yes")

    def hold(self) -> str:
        return json.loads(self.command("audit", "hold", "list", "--json").stdout)["holds"][0]["id"]



# Ways that need an installation of another age or state; each is gone by the test that is named.
ELSEWHERE = {
    ("command", "audit archive"): "test_auditor.py",
    ("command", "audit expire"): "test_auditor.py",
    ("command", "restore"): "test_backup.py",
    ("command", "exports list"): "test_research_archive.py",
    ("command", "exports show"): "test_research_archive.py",
    ("command", "exports retry"): "test_research_archive.py",
    ("command", "exports discard"): "test_research_archive.py",
}


def test_each_way_leaves_what_the_page_says(hospital, make_gateway, registry, workplace):
    ways = Ways(hospital, make_gateway, registry, workplace / "inventory")
    drivers = ways.drivers()
    wanted = {(kind, way): events for kind in ("command", "route", "feed")
              for way, events in inventory.declared(kind).items() if events}
    for place, test in ELSEWHERE.items():
        assert all(word in (Path(__file__).parent / test).read_text() for word in place[1].split()), place
    assert set(wanted) == set(drivers) | set(ELSEWHERE), "each way that is declared with events is gone"
    missing, account = {}, f"user|{getpass.getuser()}"
    for place, go in drivers.items():
        before = len(ledger.leaves(ways.gateway))
        go()
        new = ledger.leaves(ways.gateway)[before:]
        if absent := wanted[place] - {leaf["event"] for leaf in new}:
            missing[place] = absent
        if place[0] == "command" and place[1] != "serve":
            own = [leaf for leaf in new if leaf["event"] in wanted[place]]
            assert own and all(leaf["principal"] == account and leaf["roles"] for leaf in own), place
    assert missing == {}
    assert ways.gateway.verify()["exit"] == 0
    for name, content in (ways.gateway.traces() | {"output of commands": ways.output.encode()}).items():
        for secret in ways.secrets:
            assert secret.encode() not in content, f"{secret} in {name}"


def test_files_are_found_by_their_patient(make_gateway, registry, tmp_path):
    gateway = make_gateway().start()
    exam = registry.exam()
    (tmp_path / "image.dcm").write_bytes(dicom(exam))
    for command in (["deidentify", "--out", str(tmp_path / "out")], ["classify"]):
        gateway.run(*command, str(tmp_path / "image.dcm"), "--config", str(gateway.config))
    shown = gateway.run("audit", "show", "--patient", f"hospital|{exam.patient_id}", "--config", str(gateway.config))
    assert "deidentify.run" in shown.stdout and "classify.run" in shown.stdout
    alone = gateway.run("classify", str(tmp_path / "image.dcm"))
    assert "no audit log" in alone.stderr


# Who may, and who overrides it

@pytest.fixture
def guarded(hospital, make_gateway, registry):
    """A gateway whose commands are for other accounts than ours, with a delivered order's id."""
    gateway = make_gateway(access={"operators": ["somebody-else"], "auditors": ["somebody-else"]}).start()
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    return gateway, exam


def test_an_account_that_is_not_listed_is_refused_and_recorded(guarded):
    gateway, _ = guarded
    before = len(ledger.leaves(gateway))
    refused = gateway.run("orders", "list", "--config", str(gateway.config), "--json", check=False)
    assert refused.returncode == 77
    assert json.loads(refused.stdout)["error"]["code"] == "access.refused"
    new = [leaf for leaf in ledger.leaves(gateway)[before:] if leaf["principal"].startswith("user|")]
    assert [(leaf["event"], leaf["outcome"], leaf["roles"]) for leaf in new] == [("access.refused", 4, [])]


def test_break_glass_lets_in_with_an_alarm_and_marks_every_leaf(guarded):
    gateway, exam = guarded
    arguments = ("--config", str(gateway.config), "--break-glass", "patientEmergency", "--ticket", "INC-4711")
    before = len(ledger.leaves(gateway))
    listed = gateway.run("orders", "list", *arguments, "--json")
    assert json.loads(listed.stdout)["orders"]
    assert "critical" in listed.stderr and "access.emergency" in listed.stderr and "INC-4711" in listed.stderr
    new = [leaf for leaf in ledger.leaves(gateway)[before:] if leaf["principal"].startswith("user|")]
    assert [leaf["event"] for leaf in new] == ["emergency.start", "order.read", "emergency.stop"]
    assert {leaf["purpose"] for leaf in new} == {"BTG"} and len({leaf["correlation"] for leaf in new}) == 1
    absent = gateway.run("orders", "show", "no-such-order", *arguments, check=False)
    assert absent.returncode == 1
    assert ledger.leaves(gateway)[-1]["event"] == "emergency.stop", "the end is recorded when the command fails too"
    for wrong in (["--break-glass", "curiosity"], ["--ticket", "X"], ["--break-glass", "legal", "--ticket", "a b"]):
        assert gateway.run("orders", "list", "--config", str(gateway.config), *wrong, check=False).returncode == 64


# Changes of what decides

def test_a_changed_configuration_is_recorded_at_the_next_start(make_gateway):
    gateway = make_gateway().start()
    assert gateway.stop() == 0
    assert ledger.events(gateway)["configuration.changed"] == 0
    gateway.start()
    assert gateway.stop() == 0
    assert ledger.events(gateway)["configuration.changed"] == 0, "the same again"
    gateway.config.write_text(gateway.config.read_text() + "# changed\n")
    gateway.start()
    assert gateway.stop() == 0
    assert ledger.events(gateway)["configuration.changed"] == 1
