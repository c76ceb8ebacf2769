"""Leading de-identified files back by a crosswalk, and what the log says of it."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess

import ledger
import pydicom
import pytest
from gateway import binary
from radiographs import dicom


@pytest.fixture
def sealed(make_gateway, registry, tmp_path):
    """A file that the command de-identified with random pseudonyms, with its gateway, exam and list."""
    gateway, exam = make_gateway().start(), registry.exam()
    assert gateway.stop() == 0, "there is an installation now"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.dcm").write_bytes(dicom(exam))
    gateway.run("deidentify", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--keys", str(gateway.folder / "keys.yaml"),
                "--crosswalk", str(tmp_path / "list"), "--config", str(gateway.config))
    [written] = (tmp_path / "out").rglob("*.dcm")
    return gateway, exam, written, tmp_path / "list"


def reverse(gateway, written, crosswalk, out, *more):
    return subprocess.run(
        [str(binary()), "deidentify", "reverse", str(written), "--crosswalk", str(crosswalk), "--keys",
         str(gateway.folder / "keys.yaml"), "--out", str(out), *map(str, more)], capture_output=True, text=True, timeout=120)


def test_random_pseudonyms_are_led_back_by_their_list_alone(sealed, make_gateway, tmp_path):
    gateway, exam, written, crosswalk = sealed
    pseudonymous, original = pydicom.dcmread(written), pydicom.dcmread(io.BytesIO(dicom(exam)))
    for secret in exam.secrets():
        assert secret.encode() not in written.read_bytes() and secret.encode() not in crosswalk.read_bytes()
    out = tmp_path / "original.dcm"
    done = reverse(gateway, written, crosswalk, out, "--config", gateway.config)
    assert done.returncode == 0, done.stderr
    back = pydicom.dcmread(out)
    for keyword in ("PatientID", "IssuerOfPatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert back[keyword].value == original[keyword].value != pseudonymous.get(keyword), keyword
    assert back.PixelData == original.PixelData and out.stat().st_mode & 0o077 == 0
    # The same originals with another list get other pseudonyms, and the first list knows nothing of them.
    again = tmp_path / "again"
    gateway.run("deidentify", str(tmp_path / "in"), "--out", str(again), "--keys", str(gateway.folder / "keys.yaml"),
                "--crosswalk", str(tmp_path / "another"))
    [other] = again.rglob("*.dcm")
    assert pydicom.dcmread(other).StudyInstanceUID != pseudonymous.StudyInstanceUID
    lost = reverse(gateway, other, crosswalk, tmp_path / "lost.dcm")
    assert lost.returncode == 1 and "deidentification.notReversible" in lost.stderr and not (tmp_path / "lost.dcm").exists()
    # Another installation's keys open no list.
    stranger = make_gateway()
    closed = reverse(stranger, written, crosswalk, tmp_path / "closed.dcm")
    assert closed.returncode != 0 and not (tmp_path / "closed.dcm").exists()


def test_a_list_that_was_shortened_is_told_and_leads_back_what_it_still_holds(sealed, make_gateway, registry, tmp_path):
    gateway, _, written, crosswalk = sealed
    again = lambda name: subprocess.run(
        [str(binary()), "deidentify", "run", str(tmp_path / "second.dcm"), "--out", str(tmp_path / name), "--keys",
         str(gateway.folder / "keys.yaml"), "--crosswalk", str(crosswalk)], capture_output=True, text=True, timeout=120)
    (tmp_path / "second.dcm").write_bytes(dicom(registry.exam()))
    whole = again("first")
    assert whole.returncode == 0 and "crosswalk was not whole" not in whole.stderr
    with crosswalk.open("r+b") as file:
        file.truncate(crosswalk.stat().st_size - 5)
    assert "the end of the crosswalk was not whole" in again("second").stderr
    [lost] = (tmp_path / "first").rglob("*.dcm")
    closed = reverse(gateway, lost, crosswalk, tmp_path / "lost.dcm")
    assert closed.returncode == 1 and "deidentification.notReversible" in closed.stderr
    assert reverse(gateway, written, crosswalk, tmp_path / "back.dcm").returncode == 0


def records(gateway, *question) -> list[dict]:
    shown = json.loads(gateway.run("audit", "show", *question, "--event", "deidentify.reverse", "--config",
                                   str(gateway.config), "--json").stdout)
    return [entry["resource"] for entry in shown.get("entry", [])]


def test_the_log_tells_who_led_which_pseudonym_back_and_no_identifier_in_the_clear(sealed, tmp_path):
    gateway, exam, written, crosswalk = sealed
    pseudonym = str(pydicom.dcmread(written).StudyInstanceUID)
    before = len(ledger.leaves(gateway))
    assert reverse(gateway, written, crosswalk, tmp_path / "o.dcm", "--config", gateway.config).returncode == 0
    new = ledger.leaves(gateway)[before:]
    assert [leaf["event"] for leaf in new] == ["deidentify.reverse"] * 2, "begun, and done"
    assert all(leaf["principal"].startswith("user|") and leaf["roles"] == ["operator"] for leaf in new)
    for leaf in new:
        for secret in [*exam.secrets(), pseudonym]:
            assert secret not in json.dumps(leaf)
    for question in (("--patient", f"hospital|{exam.patient_id}"), ("--study", exam.study_uid), ("--study", pseudonym)):
        assert len(records(gateway, *question)) == 2, "with what was announced under the same correlation"
    event = records(gateway, "--study", pseudonym)[-1]
    assert event["subtype"][0]["code"] == "reidentify" and event["type"]["code"] == "110103"
    told = gateway.run("audit", "report", "patient", "--patient", f"hospital|{exam.patient_id}", "--config",
                       str(gateway.config)).stdout
    assert "led a de-identified image back" in " ".join(told.split())


def test_a_try_that_fails_is_recorded_with_the_pseudonym(sealed, tmp_path):
    gateway, _, written, crosswalk = sealed
    ds = pydicom.dcmread(written)
    ds.PatientID = "unknown to the list"
    ds.save_as(tmp_path / "changed.dcm")
    failed = reverse(gateway, tmp_path / "changed.dcm", crosswalk, tmp_path / "o.dcm", "--config", gateway.config)
    assert failed.returncode == 1 and not (tmp_path / "o.dcm").exists()
    event = records(gateway, "--study", str(ds.StudyInstanceUID))[-1]
    assert event["outcome"] != "0" and "notReversible" in json.dumps(event)


def test_without_its_record_nothing_is_led_back(sealed, tmp_path):
    gateway, _, written, crosswalk = sealed
    database = ledger.database_of(gateway.data)
    table, _ = ledger.leaf_column(database)
    with sqlite3.connect(database) as connection:
        [[count]] = connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()
        connection.execute(f'CREATE TRIGGER full BEFORE INSERT ON "{table}" WHEN (SELECT count(*) FROM "{table}") > {count} '
                           "BEGIN SELECT RAISE(ABORT, 'full'); END")
    done = reverse(gateway, written, crosswalk, tmp_path / "o.dcm", "--config", gateway.config)
    assert done.returncode not in (0, 1) and not (tmp_path / "o.dcm").exists()
