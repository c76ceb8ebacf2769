"""Messages and resources that the command de-identifies: orders as hl7apy writes them keep their form and lose the text, the
receipt cannot be led back by trying, and the log tells whose each file was."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import hl7
import ledger
import orders
import pytest
from exams import PATIENT_SYSTEM
from gateway import ROOT, binary

TEXT = "Brunhilde Zwackelmann 0171 5551234"


def gateway_command(*arguments) -> subprocess.CompletedProcess:
    result = subprocess.run([str(binary()), *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


@pytest.fixture
def installation(make_gateway):
    """One whose service does not run."""
    gateway = make_gateway().start()
    assert gateway.stop() == 0
    return gateway


@pytest.mark.parametrize("profile", ["classifier", "basic", "research-shifted-dates", "research-full"])
def test_text_in_dates_values_and_codes_does_not_leave_and_the_log_tells_whose_it_was(
        profile, installation, registry, tmp_path):
    exam, other = registry.exam(), registry.exam()
    (tmp_path / "in").mkdir()
    order = tmp_path / "in" / "order.hl7"
    order.write_bytes(orders.orm(exam) + "".join(
        f"OBX|{number}|{kind}|8867-4^^LN||{value}||||||F\r" for number, (kind, value) in enumerate([
            ("TS", f"20240105 seen with cousin {TEXT}"), ("TX", TEXT), ("NM", "01715551234"), ("CE", "Zwackelmann^^LN"),
            ("NM", "72")], 1)).encode())
    resource = tmp_path / "in" / "resource.json"
    resource.write_text(json.dumps({
        "resourceType": "Observation", "status": "final", "valueBoolean": TEXT, "issued": f"2024-01-05T10:00:00Z {TEXT}",
        "meta": {"profile": ["http://hl7.org/fhir/Patient/Brunhilde"]}, "subject": {"reference": "#p"},
        "contained": [{"resourceType": "Patient", "id": "p",
                       "identifier": [{"system": PATIENT_SYSTEM, "value": other.patient_id}]}],
        "code": {"coding": [{"system": "http://loinc.org/Zwackelmann Brunhilde", "code": "1"},
                            {"system": "http://loinc.org", "code": "8867-4"}]}}))
    more = [] if profile != "research-full" else ["--crosswalk", tmp_path / "crosswalk"]
    gateway_command("deidentify", tmp_path / "in", "--out", tmp_path / "out", "--keys", installation.folder / "keys.yaml",
                    "--config", installation.config, "--profile", profile, *more)

    messages = tmp_path / "out" / "messages"
    [written] = messages.glob("*.hl7")
    parsed = hl7.parse(written.read_bytes().decode())
    assert str(parsed.segment("MSH")[9]).startswith("ORM^O01")
    assert [str(obx[5]) for obx in parsed.segments("OBX")] == ["", "", "", "", "72"]
    [observation] = [path for path in messages.glob("*.json") if not path.name.endswith("receipt.json")]
    result = json.loads(observation.read_text())
    assert result["subject"]["reference"] == "#" + result["contained"][0]["id"]
    assert [coding["code"] for coding in result["code"]["coding"]] == ["8867-4"]
    everything = b"".join(path.read_bytes() for path in messages.iterdir())
    for word in ("Brunhilde", "Zwackelmann", "5551234", "cousin", exam.patient_id, other.patient_id):
        assert word.encode() not in everything, word
    for original in (order, resource):
        assert hashlib.sha256(original.read_bytes()).hexdigest().encode() not in everything, "it could be tried"

    for patient, path in ((exam, written), (other, observation)):
        shown = gateway_command("audit", "show", "--patient", f"hospital|{patient.patient_id}", "--config",
                                installation.config, "--json").stdout
        assert hashlib.sha256(path.read_bytes()).hexdigest() in shown, "whose it was, and which file"
    leaves = "".join(json.dumps(leaf) for leaf in ledger.leaves(installation))
    assert exam.patient_id not in leaves and other.patient_id not in leaves, "only in the sealed bodies"


def test_a_site_s_own_rules_count_and_a_mistake_in_them_ends_the_run(make_gateway, registry, tmp_path):
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    installation = make_gateway(mappings=str(tmp_path / "mappings")).start()
    assert installation.stop() == 0
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "order.hl7").write_bytes(orders.orm(registry.exam()))
    rules = tmp_path / "mappings" / "deidentification" / "hl7v2.yaml"
    shipped = rules.read_text()

    def written(name: str) -> tuple[str, str]:
        gateway_command("deidentify", tmp_path / "in", "--out", tmp_path / name, "--keys", installation.folder / "keys.yaml",
                        "--config", installation.config)
        [result], [receipt] = (tmp_path / name).rglob("*.hl7"), (tmp_path / name).rglob("*.receipt.json")
        pid = hl7.parse(result.read_bytes().decode()).segment("PID")
        return str(pid[8]) if len(pid) > 8 else "", json.loads(receipt.read_text())["messageRulesDigest"]
    sex, digest = written("shipped")
    rules.write_text(shipped.replace("    8: characteristic\n", "", 1))
    without, other = written("own")
    assert sex in ("M", "F") and without == "" and digest != other
    rules.write_text(shipped.replace("    8: characteristic\n", "    8: characterless\n", 1))
    said = subprocess.run([str(binary()), "deidentify", str(tmp_path / "in"), "--out", str(tmp_path / "none"), "--config",
                           str(installation.config)], capture_output=True, text=True, timeout=60)
    assert said.returncode == 78 and "message.rulesInvalid" in said.stderr and "hl7v2.yaml" in said.stderr
    assert "line 39" in said.stderr and not list((tmp_path / "none").rglob("*"))


def test_the_log_names_whom_a_message_was_about_of_which_nothing_came(installation, registry, tmp_path):
    one, another = registry.exam(), registry.exam()
    message = orders.orm(one) + b"PID|2||" + another.patient_id.encode() + b"^^^HOSP^MR\r"
    (tmp_path / "both.hl7").write_bytes(message)
    said = subprocess.run(
        [str(binary()), "deidentify", str(tmp_path / "both.hl7"), "--out", str(tmp_path / "out"), "--keys",
         str(installation.folder / "keys.yaml"), "--config", str(installation.config), "--profile",
         "research-shifted-dates", "--json"], capture_output=True, text=True, timeout=60)
    assert said.returncode == 1 and "message.patientAmbiguous" in said.stdout
    shown = gateway_command("audit", "show", "--patient", f"hospital|{one.patient_id}", "--config", installation.config,
                            "--json").stdout
    assert "message.patientAmbiguous" in shown
