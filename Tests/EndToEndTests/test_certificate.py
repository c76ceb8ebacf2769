"""A study that a model saw has a certificate, and every way to tamper with it is found."""

import json
import subprocess
import sys

import orders
from radiographs import ROOT

SCRIPT = ROOT / "docs" / "comply" / "verify_certificate.py"


def delivered(hospital, gateway, registry):
    """The id of a delivered order, and its exam."""
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1, timeout=120)
    return gateway.orders()[0]["id"], exam


def command(gateway, *arguments, check=True):
    return gateway.run("deidentify", *arguments, check=check)


def script(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)


def test_an_order_has_a_certificate_that_the_log_names_and_tampering_is_found(hospital, gateway, registry, tmp_path):
    order, exam = delivered(hospital, gateway, registry)
    config = str(gateway.config)
    certificate, keys = tmp_path / "certificate.json", tmp_path / "keys.txt"
    certificate.write_text(command(gateway, "certificate", order, "--config", config).stdout)
    keys.write_text(command(gateway, "certificate", "--public-keys", "--config", config).stdout)
    text = certificate.read_text()
    for identifier in (exam.patient_id, exam.accession):
        assert identifier not in text
    document = json.loads(text)["certificate"]
    assert document["format"].endswith("/1") and document["secondOpinion"]["hits"] == 0
    assert document["secondOpinion"]["files"] == len(document["instances"]) >= 1

    held = command(gateway, "verify", str(certificate), "--config", config, "--json")
    answer = json.loads(held.stdout)
    assert answer["ok"] and answer["audit"]["index"] > 0
    assert command(gateway, "verify", str(certificate), "--public-key", str(keys)).returncode == 0
    assert script(certificate, "--keys", keys).returncode == 0

    # No file of the study is here: each is missing.
    empty = tmp_path / "empty"
    empty.mkdir()
    missing = json.loads(command(gateway, "verify", str(certificate), str(empty), "--public-key", str(keys), "--json",
                                 check=False).stdout)
    assert {each["code"] for each in missing["problems"]} == {"certificate.fileMissing"}
    assert "certificate.fileMissing" in script(certificate, empty, "--keys", keys).stdout

    for name, changed in {
        "certificate.signature": text.replace('"leftOut":', '"leftOut":1', 1) if '"leftOut":0' not in text
        else text.replace('"leftOut":0', '"leftOut":1', 1),
        "certificate.malformed": text.replace("{", "{ ", 1),
        "certificate.unsigned": json.dumps({"certificate": document, "signature": None}, sort_keys=True,
                                           separators=(",", ":"), ensure_ascii=False) + "\n",
    }.items():
        forged = tmp_path / f"{name}.json"
        forged.write_text(changed)
        found = command(gateway, "verify", str(forged), "--config", config, "--json", check=False)
        assert found.returncode == 1
        codes = {each["code"] for each in json.loads(found.stdout)["problems"]}
        assert name in codes, (name, codes)
        if name != "certificate.malformed":
            assert "certificate.notInAuditLog" in codes
        independent = script(forged, "--keys", keys)
        assert independent.returncode == 1 and name in independent.stdout

    assert command(gateway, "verify", str(certificate), check=False).returncode == 1, "there is no key"


def test_an_order_without_a_certificate_and_a_key_file_that_is_none_are_told(gateway, tmp_path):
    answer = command(gateway, "certificate", "00000000-0000-0000-0000-000000000000", "--config", str(gateway.config),
                     check=False)
    assert answer.returncode == 1 and "certificate.notThere" in answer.stderr
