"""An auditor's questions about real orders. What the answers must hold is known from elsewhere: from the message that the
test sent, from the requests that the proxies before EHR and archive saw, and from the commands that the test ran."""

import base64
import datetime
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import lxml.etree
import lxml.html
import orders
import pytest
from gateway import binary
from radiographs import ROOT
from receiver import Receiver

SCRIPT = ROOT / "docs" / "comply" / "verify_bundle.py"
VERIFIER = Path(os.environ.get("IMAGING_GATEWAY_VERIFIER") or binary().with_name("audit-verifier"))


class Auditor:
    """The commands as an auditor types them; patients go in by a file, not by the command line."""

    def __init__(self, gateway, config=None):
        self.gateway = gateway
        self.config = config or gateway.config

    def run(self, *words: str, check: bool = True, given: str | None = None) -> subprocess.CompletedProcess:
        result = subprocess.run([str(binary()), "audit", *words, "--config", str(self.config)], capture_output=True,
                                text=True, timeout=120, input=given, cwd=self.gateway.folder)
        assert not check or result.returncode == 0, f"{words}: exit {result.returncode}: {result.stdout}{result.stderr}"
        return result

    def json(self, *words: str, **settings):
        return json.loads(self.run(*words, "--json", **settings).stdout)

    def patient_file(self, exam) -> str:
        path = self.gateway.folder / f"question-{exam.serial}.txt"
        path.write_text(f"hospital|{exam.patient_id}\n")
        return str(path)

    def about(self, exam, *words: str):
        return self.json("report", "patient", "--patient-file", self.patient_file(exam), *words)


@pytest.fixture
def worked(hospital, gateway, registry):
    """One order went its way while nothing else happened, then a person looked at it, then another order came."""
    exams = registry.several(2)
    hospital.prepare(*exams)
    hospital.ehr_proxy.exchanges.clear()
    hospital.archive_proxy.exchanges.clear()
    message = orders.orm(exams[0])
    began = time.time()
    orders.send(gateway.mllp_port, message)
    gateway.wait_for(delivered=1)
    order = gateway.orders()[0]["id"]
    gateway.run("orders", "show", order, "--config", str(gateway.config))
    seen = {"ehr": list(hospital.ehr_proxy.exchanges), "orthanc": list(hospital.archive_proxy.exchanges)}
    orders.send(gateway.mllp_port, orders.orm(exams[1]))
    gateway.wait_for(delivered=2)
    return {"gateway": gateway, "exams": exams, "order": order, "message": message, "began": began, "seen": seen,
            "auditor": Auditor(gateway)}


def seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def test_everything_that_was_done_with_the_patients_data_is_in_the_answer(worked):
    auditor, exam = worked["auditor"], worked["exams"][0]
    report = auditor.about(exam)
    accesses = report["accesses"]
    # the message that was sent: by whom, from where, and it is this very message
    accepted = [access for access in accesses if access["event"] == "order.accepted"]
    assert len(accepted) == 1
    assert accepted[0]["principal"] == "peer|his" and accepted[0]["peer"]["address"] == "127.0.0.1"
    assert accepted[0]["details"]["messageControlID"] == orders.id_of(worked["message"])
    assert accepted[0]["details"]["messageSHA256"] == hashlib.sha256(worked["message"]).hexdigest()
    assert abs(seconds(accepted[0]["time"]) - worked["began"]) < 30
    # each request that EHR or archive saw lies within an access that was announced before it and ended after it
    for peer, exchanges in worked["seen"].items():
        assert exchanges, f"{peer} saw nothing: the test is blind"
        spans = [(seconds(access["time"]), seconds(access["ended"])) for access in accesses
                 if access.get("peer", {}).get("name") == peer and "ended" in access]
        for exchange in exchanges:
            if exchange.path.endswith("/metadata") and exchange.method == "GET" and peer == "ehr":
                continue  # the capability statement: no patient
            assert any(start <= exchange.began <= end for start, end in spans), \
                f"{peer} {exchange.method} {exchange.path.split('?')[0]} at {exchange.began}: in no recorded access"
    # what was done in between, each once and well
    for event in ("study.retrieve", "study.deidentify", "classify", "report.compose", "report.post"):
        found = [access for access in accesses if access["event"] == event]
        assert found and all(access["end"] == "recorded" and access["outcome"] == 0 for access in found), event
    # the person who looked, and this very question
    looks = [access for access in accesses if access["event"] == "order.read" and access["subjects"]]
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    assert [look["principal"] for look in looks] == [f"user|{me}"]
    assert report["question"]["reading"] in [leaf for access in accesses for leaf in access["leaves"]]
    # nothing about the other child
    text = json.dumps(report)
    assert exam.patient_id in text
    assert not any(secret in text for secret in worked["exams"][1].secrets() if len(secret) > 3)
    assert report["counts"]["gaps"] == 0


def test_every_leaf_of_the_order_is_told(worked):
    from ledger import leaves
    auditor = worked["auditor"]
    report = auditor.about(worked["exams"][0])
    told = {leaf for access in report["accesses"] for leaf in access["leaves"]}
    correlations = {access["correlation"] for access in report["accesses"] if access["event"] == "order.accepted"}
    assert len(correlations) == 1
    known = {index for index, leaf in enumerate(leaves(worked["gateway"])) if leaf["correlation"] in correlations}
    assert known and known <= told


def test_the_state_of_the_log_stands_on_the_report(worked):
    auditor, gateway = worked["auditor"], worked["gateway"]
    assert gateway.stop() == 0
    report = auditor.about(worked["exams"][0])
    verified = gateway.verify()
    assert report["log"]["intact"] is True
    assert report["log"]["size"] == verified["size"] and report["log"]["root"] == verified["root"]
    assert report["log"]["newerThanOutsideCheckpoint"] == 1, "the question itself"
    assert report["question"]["reading"] == verified["size"] - 1


def test_a_changed_log_is_told_on_the_report_and_by_the_exit_code(worked):
    import sqlite3
    gateway = worked["gateway"]
    assert gateway.stop() == 0
    data, config = gateway.copy_of_data("changed")
    with sqlite3.connect(data / "store.sqlite") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute("DELETE FROM leaves WHERE idx = 2").rowcount == 1
        connection.commit()
    connection.close()
    auditor = Auditor(gateway, config)
    page = gateway.folder / "changed.html"
    result = auditor.run("report", "patient", "--patient-file", auditor.patient_file(worked["exams"][0]), "--html",
                         str(page), check=False)
    assert result.returncode == 1
    assert "THE LOG IS NOT INTACT" in page.read_text()


def test_the_page_is_well_formed_needs_nothing_and_holds_what_it_must(worked):
    auditor, gateway, exam = worked["auditor"], worked["gateway"], worked["exams"][0]
    page = gateway.folder / "report.html"
    auditor.run("report", "patient", "--patient", "-", "--html", str(page), "--zone", "Europe/Berlin",
                given=f"hospital|{exam.patient_id}\n")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text()
    root = lxml.etree.fromstring(text.encode(), lxml.etree.XMLParser(resolve_entities=False, no_network=True))
    names = {lxml.etree.QName(element).localname for element in root.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not [name for element in root.iter() for name in element.attrib if name in ("src", "href", "onload")]
    words = " ".join(lxml.html.fromstring(text.encode()).text_content().split())
    for wanted in (exam.patient_id, exam.accession, worked["order"], "fetched the images from orthanc",
                   "delivered the report to ehr", "his (connected system)", "looked at the order", "The log is intact",
                   "treatment of the patient", "Last checkpoint kept elsewhere", "Records newer than it", "Europe/Berlin",
                   "not a medical device", "How to read this report"):
        assert wanted in words, wanted
    for secret in (exam.family, exam.given, exam.birth_date.isoformat()):
        assert secret not in text, "no more than identifiers"
    again = auditor.run("report", "patient", "--patient-file", auditor.patient_file(exam), "--html", str(page), check=False)
    assert again.returncode == 2 and page.read_text() == text, "never overwritten"


@pytest.mark.skipif(shutil.which("weasyprint") is None, reason="weasyprint is not installed: no PDF is made")
def test_the_page_as_pdf(worked):
    auditor, gateway = worked["auditor"], worked["gateway"]
    pdf = gateway.folder / "report.pdf"
    before = set(os.listdir("/tmp"))
    auditor.run("report", "patient", "--patient-file", auditor.patient_file(worked["exams"][0]), "--pdf", str(pdf))
    assert pdf.read_bytes().startswith(b"%PDF-") and stat.S_IMODE(pdf.stat().st_mode) == 0o600
    assert not [name for name in set(os.listdir("/tmp")) - before if name.startswith("imaging-gateway-")
                and not name.startswith("imaging-gateway-e2e")], "nothing is left behind"


def test_without_weasyprint_the_refusal_says_what_to_install(worked):
    auditor, gateway = worked["auditor"], worked["gateway"]
    size = gateway.verify()["size"]
    result = subprocess.run([str(binary()), "audit", "report", "failures", "--pdf", "f.pdf", "--json", "--config",
                             str(gateway.config)], capture_output=True, text=True, env={"PATH": "/nowhere"},
                            cwd=gateway.folder, timeout=60)
    assert result.returncode == 2
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "audit.pdfUnavailable" and "weasyprint" in error["message"]
    assert gateway.verify()["size"] >= size


def test_the_other_reports_answer(worked, hospital):
    auditor, exam = worked["auditor"], worked["exams"][0]
    users = auditor.json("report", "users")
    assert {access["principal"].split("|")[0] for access in users["accesses"]} == {"service", "peer", "user"}
    his = auditor.json("report", "users", "--user", "peer|his")
    assert {access["principal"] for access in his["accesses"]} == {"peer|his"}
    disclosures = auditor.run("report", "disclosures", "--patient-file", auditor.patient_file(exam)).stdout
    assert "No disclosure to be accounted for" in disclosures
    assert "Other recipients" in disclosures and "ehr" in disclosures
    # a connection that is not let in, and an order that is not there
    auditor.gateway.run("orders", "show", "00000000-0000-4000-8000-000000000000", "--config", str(auditor.config), check=False)
    failures = auditor.json("report", "failures")
    assert any(access.get("code") == "order.unknown" for access in failures["accesses"])
    tomorrow = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    assert auditor.json("report", "failures", "--from", tomorrow)["accesses"] == []


def test_a_result_that_goes_outside_of_treatment_stands_in_the_accounting_with_all_that_the_rule_asks_for(
        make_gateway, hospital, registry):
    receiver = Receiver()
    try:
        gateway = make_gateway(results=[{
            "name": "registry", "host": "127.0.0.1", "port": receiver.port, "application": "REG", "facility": "GOV",
            "disclosure": "PUBHLTH"}]).start()
        exam = registry.several(1)[0]
        hospital.prepare(exam)
        orders.send(gateway.mllp_port, orders.orm(exam))
        receiver.wait(1)
        gateway.wait_for(delivered=1)
        sent_at = time.time()
    finally:
        receiver.down()
    auditor = Auditor(gateway)
    report = auditor.json("report", "disclosures", "--patient-file", auditor.patient_file(exam))
    told = [access for access in report["accesses"] if access["class"] == "disclosure"]
    assert len(told) == 1, "one result was received, one disclosure is told"
    assert told[0]["event"] == "result.send" and told[0]["purpose"] == "PUBHLTH" and told[0]["outcome"] == 0
    assert told[0]["peer"]["name"] == "registry" and abs(seconds(told[0]["time"]) - sent_at) < 30
    assert {"patient", "accession"} <= {subject["type"] for subject in told[0]["subjects"]}
    text = auditor.run("report", "disclosures", "--patient-file", auditor.patient_file(exam)).stdout
    for wanted in ("Date", "Recipient", "registry", "address 127.0.0.1", "What was disclosed", "Purpose",
                   "public health"):
        assert wanted in text, wanted


def test_an_emergency_is_alarmed_recorded_and_reported_for_review(worked):
    auditor, gateway = worked["auditor"], worked["gateway"]
    looked = gateway.run("orders", "show", worked["order"], "--break-glass", "patientEmergency", "--ticket", "INC-17",
                         "--config", str(gateway.config))
    assert "emergency" in looked.stderr
    report = auditor.json("report", "emergencies")
    assert [access["event"] for access in report["accesses"]] == ["emergency.start", "order.read", "emergency.stop"]
    text = auditor.run("report", "emergencies").stdout
    for wanted in ("patientEmergency", "INC-17", "Reviewed by", worked["exams"][0].patient_id):
        assert wanted in text
    assert "EMERGENCY" in auditor.run("report", "patient", "--patient-file", auditor.patient_file(worked["exams"][0])).stdout


def test_show_filters(worked):
    auditor, exam = worked["auditor"], worked["exams"][0]
    retrieved = auditor.json("show", "--order", worked["order"], "--event", "study.retrieve")
    assert len(retrieved["entry"]) == 2, "announced and ended"
    by_study = auditor.run("show", "--study", exam.study_uid, "--event", "report.post").stdout
    assert "report.post" in by_study, "of the same order, though it need not name the study"
    assert auditor.run("show", "--failed", "--until", "2020-01-01").stdout == "0 records\n"
    assert len(auditor.run("show", "--user", "service|imaging-gateway", "--limit", "3").stdout.splitlines()) == 4
    assert auditor.run("show", check=False).returncode == 64
    assert auditor.run("show", "--class", "nonsense", check=False).returncode == 64


def export(worked, name: str, *words: str):
    auditor = worked["auditor"]
    out = auditor.gateway.folder / name
    told = auditor.json("export", "--out", str(out), *words)
    return out, told


def verified(program: str, bundle, *words: str):
    command = [str(VERIFIER)] if program == "audit-verifier" else [sys.executable, str(SCRIPT)]
    result = subprocess.run([*command, str(bundle), *words, "--json"], capture_output=True, text=True, timeout=120,
                            env={"PATH": "/usr/bin:/bin"}, cwd="/")
    assert result.returncode in (0, 1), result.stderr
    return json.loads(result.stdout) | {"exit": result.returncode}


def test_an_export_is_verified_elsewhere_by_two_programs_that_share_no_code(worked, tmp_path):
    exam = worked["exams"][0]
    key = worked["gateway"].checkpoints / "audit-log.vkey"
    mine = tmp_path / "mine.vkey"
    mine.write_bytes(key.read_bytes())
    for name, words in (("one.igaudit", ()), ("all.igaudit", ("--all-leaves",))):
        bundle, told = export(worked, name, "--patient-file", worked["auditor"].patient_file(exam), *words)
        assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
        copy = tmp_path / "elsewhere" / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(bundle, copy)
        for program in ("audit-verifier", "verify_bundle.py"):
            result = verified(program, copy, "--key", str(mine))
            assert result["exit"] == 0 and result["intact"], (program, result)
            assert result["entries"] == told["entries"] > 10
            assert result["keyTrusted"] is True
        text = copy.read_text()
        assert exam.patient_id in text
        assert not any(secret in text for secret in worked["exams"][1].secrets() if len(secret) > 3)
    again = worked["auditor"].run("export", "--out", str(bundle), check=False)
    assert again.returncode == 2 and bundle.read_bytes() == copy.read_bytes(), "never overwritten"


def test_the_export_holds_the_same_records_as_the_report(worked):
    exam = worked["exams"][0]
    bundle, _ = export(worked, "same.igaudit", "--patient-file", worked["auditor"].patient_file(exam))
    exported = {json.loads(line)["index"] for line in bundle.read_text().splitlines() if "index" in json.loads(line)}
    report = worked["auditor"].about(exam)
    told = {leaf for access in report["accesses"] for leaf in access["leaves"]}
    assert told - exported <= {report["question"]["reading"]}
    assert exported <= told


def tampered(bundle):
    """Ways to change a bundle: name, bytes."""
    lines = bundle.read_bytes().splitlines(keepends=True)
    middle = next(number for number, line in enumerate(lines) if b'"record"' in line and b"study.retrieve" in line)
    yield "record", b"".join(lines[:middle] + [lines[middle].replace(b"study.retrieve", b"study.retrievf")] + lines[middle + 1:])
    yield "left out", b"".join(lines[:middle] + lines[middle + 1:])
    yield "order", b"".join(lines[:middle] + [lines[middle + 1], lines[middle]] + lines[middle + 2:])
    yield "cut", b"".join(lines[:-1])
    yield "header", lines[0].replace(b'"exported":"2', b'"exported":"1') + b"".join(lines[1:])
    spoiled = bytearray(b"".join(lines))
    spoiled[len(spoiled) // 2] ^= 1
    yield "bit", bytes(spoiled)


def test_a_tampered_export_is_refused_by_both(worked, tmp_path):
    bundle, _ = export(worked, "good.igaudit", "--patient-file", worked["auditor"].patient_file(worked["exams"][0]),
                       "--all-leaves")
    for name, content in tampered(bundle):
        assert content != bundle.read_bytes(), name
        spoiled = tmp_path / "spoiled.igaudit"
        spoiled.write_bytes(content)
        codes = []
        for program in ("audit-verifier", "verify_bundle.py"):
            result = verified(program, spoiled)
            assert result["exit"] == 1 and not result["intact"], (name, program)
            codes.append(result["problemCount"])
        assert codes[0] == codes[1] > 0, name


def test_another_key_is_refused_by_both(worked, make_gateway):
    bundle, _ = export(worked, "key.igaudit", "--order", worked["order"])
    other = make_gateway()
    key = json.loads(other.run("keys", "verifier", "--keys", str(other.folder / "keys.yaml"), "--json").stdout)["key"]
    for program in ("audit-verifier", "verify_bundle.py"):
        assert verified(program, bundle, "--key", key)["exit"] == 1


def test_every_question_is_recorded_before_it_is_answered_and_an_export_as_export(worked):
    from ledger import events
    auditor, gateway = worked["auditor"], worked["gateway"]
    before = events(gateway)
    auditor.about(worked["exams"][0])
    auditor.run("show", "--order", worked["order"])
    auditor.run("prove", "--index", "0")
    auditor.run("watch", "--once")
    auditor.run("hold", "list")
    auditor.run("verify", "--deep")
    export(worked, "recorded.igaudit", "--order", worked["order"])
    after = events(gateway)
    assert after["audit.read"] - before["audit.read"] == 6
    assert after["audit.export"] - before["audit.export"] == 1
    verify = gateway.verify()["size"]
    assert gateway.verify()["size"] == verify, "verifying alone writes nothing"


def test_a_proof_holds_against_a_checkpoint_and_is_checked_here_by_the_rule_of_rfc_9162(worked):
    auditor, gateway = worked["auditor"], worked["gateway"]
    auditor.json("export", "--order", worked["order"], "--out", str(gateway.folder / "p.igaudit"))  # signs a checkpoint
    name, note = max((path.name, path.read_text()) for path in gateway.checkpoints.glob("*.checkpoint"))
    _, size, root = note.split("\n")[:3]
    for index in (0, 1, int(size) // 2, int(size) - 1):
        proof = auditor.json("prove", "--index", str(index), "--against", size)
        digest, position, last = hashlib.sha256(b"\0" + proof["leaf"].encode()).digest(), index, int(size) - 1
        for neighbour in map(base64.b64decode, proof["proof"]):
            if position & 1 or position == last:
                digest = hashlib.sha256(b"\1" + neighbour + digest).digest()
                while position and not position & 1:
                    position, last = position >> 1, last >> 1
            else:
                digest = hashlib.sha256(b"\1" + digest + neighbour).digest()
            position, last = position >> 1, last >> 1
        assert last == 0 and base64.b64encode(digest).decode() == root == proof["root"], name
        assert not any(secret in proof["leaf"] for secret in worked["exams"][0].secrets() if len(secret) > 3)
    assert auditor.run("prove", "--index", size, "--against", size, check=False).returncode == 1


def test_watch_tells_failures_and_emergencies_names_nobody_and_finds_what_was_changed_meanwhile(worked):
    auditor, gateway = worked["auditor"], worked["gateway"]
    head = gateway.folder / "head.json"
    assert auditor.run("watch", "--once", "--head", str(head)).returncode == 0
    gateway.run("orders", "show", worked["order"], "--break-glass", "legal", "--config", str(gateway.config))
    gateway.run("orders", "show", "00000000-0000-4000-8000-000000000000", "--config", str(gateway.config), check=False)
    told = auditor.run("watch", "--once", "--begin", "0", "--json").stdout
    alerts = [json.loads(line) for line in told.splitlines()]
    kinds = {alert["alert"] for alert in alerts}
    assert {"emergency", "failed"} <= kinds and "broken" not in kinds
    for exam in worked["exams"]:
        assert not any(secret in told for secret in exam.secrets() if len(secret) > 3)
    assert gateway.stop() == 0
    # an older copy is put back, without the checkpoints that would show it: the remembered head does
    data, config = gateway.copy_of_data("older")
    import sqlite3
    watcher = Auditor(gateway, config)
    assert watcher.run("watch", "--once", "--head", str(head)).returncode == 0
    with sqlite3.connect(data / "store.sqlite") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        leaf = bytes(connection.execute("SELECT CAST(bytes AS BLOB) FROM leaves WHERE idx = 3").fetchone()[0])
        connection.execute("UPDATE leaves SET bytes = ? WHERE idx = 3", [leaf.replace(b'"outcome":0', b'"outcome":4')])
        connection.commit()
    connection.close()
    found = watcher.run("watch", "--once", "--head", str(head), check=False)
    assert found.returncode == 1 and "BROKEN" in found.stdout


def test_a_copy_that_nobody_can_write_to_is_read_only_with_copy_and_says_so(worked):
    gateway, exam = worked["gateway"], worked["exams"][0]
    assert gateway.stop() == 0
    data, config = gateway.copy_of_data("copied")
    auditor = Auditor(gateway, config)
    question = ("report", "patient", "--patient-file", auditor.patient_file(exam))
    assert auditor.run(*question, "--copy", check=False).returncode == 2, "where it can be recorded it must be"
    subprocess.run(["chmod", "-R", "a-w", str(data)], check=True)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    refused = auditor.run(*question, check=False)
    assert refused.returncode == 2 and "audit.copyReadOnly" in refused.stderr
    told = auditor.run(*question, "--copy")
    assert "NOT in the audit log" in told.stderr and "NOT recorded in the log" in told.stdout
    assert "fetched the images" in told.stdout
    assert auditor.run("show", "--order", worked["order"], "--copy").stdout
    assert auditor.run("export", "--order", worked["order"], "--out", str(gateway.folder / "c.igaudit"), "--copy",
                       check=False).returncode == 2, "an export is recorded or is not made"
    assert before == {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    subprocess.run(["chmod", "-R", "u+w", str(data)], check=True)


def test_an_account_that_is_no_auditor_is_refused_and_that_is_recorded(make_gateway):
    gateway = make_gateway(access={"operators": ["nobody"], "auditors": ["nobody"]}).start()
    auditor = Auditor(gateway)
    for words in (("show", "--failed"), ("report", "users"), ("export", "--out", "x.igaudit"), ("prove", "--index", "0"),
                  ("watch", "--once"), ("hold", "list"), ("verify", "--deep")):
        result = auditor.run(*words, check=False)
        assert result.returncode == 77 and "access.refused" in result.stderr, words
        assert not result.stdout, words
    assert not (gateway.folder / "x.igaudit").exists()
    assert auditor.run("verify").returncode == 0, "verifying needs no leave"
    report = auditor.json("report", "failures", "--break-glass", "legal")
    refused = [access for access in report["accesses"] if access["event"] == "access.refused"]
    assert len(refused) == 7


def test_holds_and_keeping(worked):
    auditor, gateway, exam = worked["auditor"], worked["gateway"], worked["exams"][0]
    hold = auditor.json("hold", "set", "--patient-file", auditor.patient_file(exam), "--code", "CASE-17")["hold"]
    assert [held["id"] for held in auditor.json("hold", "list")["holds"]] == [hold]
    too_early = auditor.run("expire", "--before", datetime.date.today().isoformat(), "--yes", check=False)
    assert too_early.returncode == 1 and "audit.retention" in too_early.stderr
    assert auditor.run("expire", check=False).returncode == 64
    assert auditor.json("expire", "--yes")["expired"] == 0
    assert auditor.run("hold", "remove", hold).returncode == 0
    assert auditor.run("hold", "remove", hold, check=False).returncode == 1
    segments = gateway.folder / "segments"
    segments.mkdir()
    tomorrow = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    moved = auditor.json("archive", "--before", tomorrow, "--to", str(segments))
    assert moved["records"] > 20 and len(moved["segments"]) == 1
    assert hashlib.sha256((segments / moved["segments"][0]["file"]).read_bytes()).hexdigest() == moved["segments"][0]["sha256"]
    report = auditor.about(exam)
    assert {"study.retrieve", "report.post", "hold.set", "hold.removed"} <= {access["event"] for access in report["accesses"]}
    assert report["log"]["intact"] and gateway.verify()["exit"] == 0
    assert auditor.run("verify", "--deep").returncode == 0
    bundle, _ = export(worked, "archived.igaudit", "--patient-file", auditor.patient_file(exam))
    assert verified("audit-verifier", bundle)["exit"] == 0
    for path in segments.iterdir():
        assert not any(secret.encode() in path.read_bytes() for secret in exam.secrets() if len(secret) > 3)
        assert exam.patient_id not in path.name


def test_identifiers_stand_only_where_somebody_asked_for_them(worked):
    """Planted names and numbers: in the answers, not in what the gateway leaves behind by itself."""
    auditor, gateway, exam = worked["auditor"], worked["gateway"], worked["exams"][0]
    auditor.about(exam)
    export(worked, "planted.igaudit", "--patient-file", auditor.patient_file(exam))
    told = auditor.run("watch", "--once", "--begin", "0").stdout
    told += auditor.run("verify", "--deep").stdout
    assert gateway.stop() == 0
    traces = gateway.traces() | {"watch and verify": told.encode()}
    for one in worked["exams"]:
        for name, content in traces.items():
            assert not any(secret.encode() in content for secret in one.secrets() if len(secret) > 3), name


def commands_of_the_page() -> list[str]:
    page = (ROOT / "docs" / "comply" / "auditing.md").read_text()
    return [line.strip() for line in page.splitlines() if line.startswith("    ")]


def test_every_command_of_the_page_for_auditors_works_as_written(worked):
    gateway, exam = worked["gateway"], worked["exams"][0]
    folder = gateway.folder
    (folder / "patient.txt").write_text(f"hospital|{exam.patient_id}\n")
    shutil.copy(gateway.checkpoints / "audit-log.vkey", folder / "my-copy.vkey")
    shutil.copy(SCRIPT, folder)
    assert gateway.stop() == 0
    shutil.copytree(gateway.checkpoints, folder / "copied-checkpoints")
    data, _ = gateway.copy_of_data("copy")
    (folder / "copy.yaml").write_text((folder / "gateway.yaml").read_text().replace("data: ./data", "data: ./copy")
                                      .replace("./checkpoints", "./copied-checkpoints"))
    subprocess.run(["chmod", "-R", "a-w", str(data)], check=True)
    path = f"{binary().parent}:{VERIFIER.parent}:{os.environ['PATH']}"
    commands = commands_of_the_page()
    assert len(commands) > 20
    for command in commands:
        result = subprocess.run(command.replace("ORDER", worked["order"]), shell=True, capture_output=True, text=True,
                                cwd=folder, env=os.environ | {"PATH": path}, timeout=120, stdin=subprocess.DEVNULL)
        assert result.returncode == 0, f"{command}: {result.returncode}: {result.stdout[-600:]}{result.stderr[-600:]}"
    subprocess.run(["chmod", "-R", "u+w", str(data)], check=True)


@pytest.mark.parametrize("text", ["nosuch|4711\n", "HOSP|4711\n", "\ufeffhospital|4711\n",
                                  "hospital|4711\nhospital|4712\n"],
                         ids=["unknown", "namespace", "byte_order_mark", "two_lines"])
def test_an_identifier_about_which_nothing_can_be_recorded_gets_no_empty_answer(worked, text):
    gateway = worked["gateway"]
    (gateway.folder / "who.txt").write_text(text)
    for words in [("show",), ("report", "patient"), ("export", "--out", "who.igaudit"),
                  ("hold", "set", "--code", "CASE-1")]:
        result = gateway.run("audit", *words, "--config", str(gateway.config), "--patient-file", "who.txt", check=False)
        assert result.returncode == 64, (words, result.stdout, result.stderr)
        assert "4711" not in result.stdout + result.stderr


def test_an_answer_that_does_not_arrive_whole_is_no_success(worked):
    gateway = worked["gateway"]
    gateway.run("audit", "export", "--from", "2020-01-01", "--out", "full.igaudit", "--config", str(gateway.config))
    for command in ([str(binary()), "audit", "verify"], [str(VERIFIER), "full.igaudit"],
                    [sys.executable, str(SCRIPT), "full.igaudit"]):
        with open("/dev/full", "w") as full:
            result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=gateway.folder, timeout=120)
        assert result.returncode == 2 and "whole" in result.stderr, (command, result)
