"""Certificates of studies that the command de-identified: each way to tamper has its code, by the command and by the script
that shares no code with it; the log names each certificate; an audit bundle alone is enough to verify one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import ledger
import orders
import pydicom
import pytest
from gateway import binary
from radiographs import ROOT, dicom

COMPLY = ROOT / "docs" / "comply"
SCRIPT = COMPLY / "verify_certificate.py"


def gateway_command(*arguments, check=True) -> subprocess.CompletedProcess:
    result = subprocess.run([str(binary()), *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0 or not check, result.stdout + result.stderr
    return result


def script(*arguments, folder: Path = COMPLY) -> tuple[int, set[str]]:
    """Exit status and codes, by the script alone: isolated from this environment, in a folder that has only what it needs."""
    result = subprocess.run([sys.executable, folder / "verify_certificate.py", *map(str, arguments), "--json"],
                            capture_output=True, text=True, timeout=120, env={"PATH": "/usr/bin:/bin"}, cwd="/")
    assert result.returncode in (0, 1), result.stderr
    return result.returncode, {each["code"] for each in json.loads(result.stdout)["problems"]}


def verify(*arguments) -> tuple[int, set[str], dict]:
    result = gateway_command("deidentify", "verify", *arguments, "--json", check=False)
    answer = json.loads(result.stdout)
    assert "error" not in answer, answer
    return result.returncode, {each["code"] for each in answer["problems"]}, answer


class Made:
    """A study of three images that the command de-identified for an installation, without a service."""

    def __init__(self, gateway, registry, folder: Path, count: int = 3):
        self.gateway, self.folder = gateway, folder
        self.exam = registry.exam()
        (folder / "in").mkdir(parents=True)
        for number in range(count):
            data = dicom(self.exam, SOPInstanceUID=f"{self.exam.instance_uid}.{number}", InstanceNumber=str(number + 1))
            (folder / "in" / f"{number}.dcm").write_bytes(data)
        self.config, self.keys, self.out = gateway.config, gateway.folder / "keys.yaml", folder / "out"

    def run(self, *arguments, check=True) -> subprocess.CompletedProcess:
        return gateway_command("deidentify", self.folder / "in", "--out", self.out, "--keys", self.keys,
                               "--config", self.config, *arguments, check=check)

    @property
    def study(self) -> Path:
        [study] = [path for path in self.out.iterdir() if path.is_dir()]
        return study

    @property
    def certificate(self) -> Path:
        return self.study / "certificate.json"

    @property
    def files(self) -> list[Path]:
        return sorted(self.out.rglob("*.dcm"))


@pytest.fixture
def installed(make_gateway):
    """Makes installations whose service does not run."""
    def make():
        gateway = make_gateway().start()
        assert gateway.stop() == 0
        return gateway
    return make


@pytest.fixture
def made(installed, registry, tmp_path):
    study = Made(installed(), registry, tmp_path / "made")
    study.run()
    return study


@pytest.fixture
def public_keys(made, tmp_path) -> Path:
    path = tmp_path / "certificate-keys.txt"
    path.write_text(gateway_command("deidentify", "certificate", "--public-keys", "--config", made.config).stdout)
    return path


def test_what_was_made_holds_by_command_script_and_log(made, public_keys):
    assert len(made.files) == 3
    assert verify(made.certificate, made.study, "--public-key", public_keys)[:2] == (0, set())
    code, problems, answer = verify(made.certificate, made.study, "--original", made.folder / "in", "--config", made.config)
    assert (code, problems) == (0, set()) and answer["files"] == 3 and answer["audit"]["index"] > 0
    assert answer["digest"] == hashlib.sha256(made.certificate.read_bytes()).hexdigest()
    assert script(made.certificate, made.study, "--keys", public_keys, "--original", made.folder / "in") == (0, set())


def spoiled(path: Path, at: int):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def changed_certificate(made):
    """One digit of the digest of an output file, so that it is a certificate still."""
    text = made.certificate.read_text()
    at = text.index('"output":"') + len('"output":"')
    made.certificate.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:])


def changed_signature(made):
    document = json.loads(made.certificate.read_text())
    value = document["signature"]["value"]
    document["signature"]["value"] = ("B" if value[0] != "B" else "C") + value[1:]
    made.certificate.write_text(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")


def added_file(made):
    ds = pydicom.dcmread(made.files[0])
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = "2.25.4711"
    ds.save_as(made.files[0].with_name("2.25.4711.dcm"))


def changed_header(made):
    """A word put into a header: more than a changed byte, as somebody would do who wants to tell something."""
    ds = pydicom.dcmread(made.files[0])
    ds.PatientIdentityRemoved = "NO"
    ds.save_as(made.files[0])


TAMPERING = {
    "a digest in the certificate": (changed_certificate, {"certificate.signature", "certificate.fileChanged"}),
    "a bit of the certificate's form": (lambda made: spoiled(made.certificate, 1), {"certificate.malformed"}),
    "the certificate cut off": (lambda made: made.certificate.write_bytes(made.certificate.read_bytes()[:-20]),
                                {"certificate.malformed"}),
    "the signature": (changed_signature, {"certificate.signature"}),
    "a byte of the pixels": (lambda made: spoiled(made.files[1], -3), {"certificate.fileChanged"}),
    "a mark in a header": (changed_header, {"certificate.fileChanged", "certificate.marks"}),
    "a file removed": (lambda made: made.files[2].unlink(), {"certificate.fileMissing"}),
    "a file added": (added_file, {"certificate.fileAdded"}),
    "a file twice": (lambda made: shutil.copy(made.files[0], made.study / "again.dcm"), {"certificate.fileTwice"}),
    "a file that is none": (lambda made: made.files[0].write_bytes(b"nothing"),
                            {"certificate.fileUnreadable", "certificate.fileMissing"}),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_each_way_to_tamper_has_its_code(made, public_keys, name):
    change, codes = TAMPERING[name]
    change(made)
    code, problems, _ = verify(made.certificate, made.study, "--public-key", public_keys)
    assert (code, problems) == (1, codes)
    # The script knows digests, not DICOM: it tells no marks.
    assert script(made.certificate, made.study, "--keys", public_keys) == (1, codes - {"certificate.marks"})
    code, problems, _ = verify(made.certificate, made.study, "--config", made.config)
    is_certificate_changed = bool(codes & {"certificate.signature", "certificate.malformed"})
    unnamed = {"certificate.notInAuditLog"} if "certificate.signature" in codes else set()
    assert (code, problems) == (1, codes | unnamed), is_certificate_changed


def test_another_installation_s_key_and_log_verify_nothing(made, installed, tmp_path):
    other = installed()
    keys = tmp_path / "other-keys.txt"
    keys.write_text(gateway_command("deidentify", "certificate", "--public-keys", "--config", other.config).stdout)
    assert verify(made.certificate, made.study, "--public-key", keys)[:2] == (1, {"certificate.signature"})
    assert script(made.certificate, made.study, "--keys", keys) == (1, {"certificate.signature"})
    assert verify(made.certificate, made.study, "--config", other.config)[:2] == (
        1, {"certificate.signature", "certificate.notInAuditLog"})
    assert verify(made.certificate, made.study)[:2] == (1, {"certificate.keyMissing"})


def test_an_original_that_was_never_de_identified_is_told(made, public_keys, registry, tmp_path):
    stranger = tmp_path / "stranger.dcm"
    stranger.write_bytes(dicom(registry.exam()))
    assert verify(made.certificate, made.study, "--public-key", public_keys, "--original", stranger)[1] == {
        "certificate.originalUnknown"}
    assert script(made.certificate, made.study, "--keys", public_keys, "--original", stranger)[1] == {
        "certificate.originalUnknown"}


def test_what_a_file_is_decides_what_it_holds_and_not_its_name(made, public_keys):
    """An identified file with the name of a receipt; a receipt that says more; any other text."""
    def both() -> list[set[str]]:
        return [verify(made.certificate, made.study, "--public-key", public_keys)[1],
                script(made.certificate, made.study, "--keys", public_keys)[1]]
    assert both() == [set(), set()]
    receipt = made.files[0].with_suffix(".json")
    content = json.loads(receipt.read_text())
    for path in (made.study / "x.json", receipt, made.study / "certificate-2.json"):
        kept = path.read_bytes() if path.exists() else None
        path.write_bytes((made.folder / "in" / "0.dcm").read_bytes())
        assert both() == [{"certificate.fileAdded"}] * 2, path
        path.write_text(json.dumps({"name": made.exam.patient_id}))
        assert both() == [{"certificate.fileUnreadable"}] * 2, path
        path.write_text(json.dumps(content | {"name": made.exam.patient_id}))
        assert both() == [{"certificate.fileUnreadable"}] * 2, path
        path.write_text(json.dumps(content | {"left": [ord(each) for each in made.exam.patient_id]}))
        assert both() == [{"certificate.fileUnreadable"}] * 2, path
        path.write_text(json.dumps(content | {"outputSize": 19300115}))
        assert both() == [{"certificate.fileUnreadable"}] * 2, path
        path.write_text(json.dumps(content | {"age": made.exam.patient_id}))
        assert both() == [{"certificate.fileUnreadable"}] * 2, path
        path.write_bytes(kept) if kept else path.unlink()
    (made.study / "x.json").write_text(json.dumps(content))
    assert both() == [{"certificate.fileTwice"}] * 2
    # A number of a receipt is as signed as the certificate; who has no key sees its form alone.
    (made.study / "x.json").unlink()
    receipt.write_text(json.dumps(content | {"kept": 7739201}))
    assert both() == [{"certificate.fileChanged"}] * 2
    del content["signature"]
    receipt.write_text(json.dumps(content))
    assert both() == [{"certificate.fileChanged"}] * 2
    receipt.unlink()
    assert both() == [set(), set()]


def test_from_a_pipe_among_the_files_nothing_is_waited_for(made, public_keys):
    os.mkfifo(made.study / "pipe")
    assert verify(made.certificate, made.study, "--public-key", public_keys)[1] == {"certificate.fileUnreadable"}
    assert script(made.certificate, made.study, "--keys", public_keys)[1] == {"certificate.fileUnreadable"}


def test_originals_of_other_studies_are_counted_and_the_unknown_one_is_named(made, public_keys, registry):
    folder, other = made.folder / "in", registry.exam()
    (folder / "other").mkdir()
    for number in range(2):
        (folder / "other" / f"{number}").write_bytes(dicom(other, SOPInstanceUID=f"{other.instance_uid}.{number}"))
    (folder / "README.txt").write_text("nothing")
    arguments = (made.certificate, made.study, "--public-key", public_keys, "--original", folder)
    code, problems, answer = verify(*arguments)
    assert (code, problems) == (0, set()) and answer["originals"] == {"compared": 3, "other": 3}
    assert "3 of other studies" in gateway_command("deidentify", "verify", *arguments).stdout
    assert script(made.certificate, made.study, "--keys", public_keys, "--original", folder) == (0, set())
    unknown = folder / "other" / "left.dcm"
    unknown.write_bytes(dicom(made.exam, SOPInstanceUID=f"{made.exam.instance_uid}.9"))
    code, _, answer = verify(*arguments)
    assert code == 1 and answer["problems"] == [{"code": "certificate.originalUnknown", "file": str(unknown)}]
    assert f"PROBLEM: certificate.originalUnknown in {unknown}\n" in gateway_command(
        "deidentify", "verify", *arguments, check=False).stdout
    assert script(made.certificate, made.study, "--keys", public_keys, "--original", folder)[1] == {
        "certificate.originalUnknown"}
    # A folder that has none of this study is none of originals.
    code, problems, answer = verify(*arguments[:-1], folder / "other")
    assert problems == {"certificate.originalUnknown"} and len(answer["problems"]) == 3
    assert script(made.certificate, made.study, "--keys", public_keys, "--original", folder / "other")[0] == 1


# A study that several runs added to

def added(made, folder: str, numbers) -> list:
    """Arguments of a run that adds images to the study."""
    path = made.folder / folder
    path.mkdir()
    for number in numbers:
        data = dicom(made.exam, SOPInstanceUID=f"{made.exam.instance_uid}.{number}", InstanceNumber=str(number + 1))
        (path / f"{number}.dcm").write_bytes(data)
    return ["deidentify", path, "--out", made.out, "--keys", made.keys, "--config", made.config]


def named_beside(*arguments) -> dict[str, int]:
    """How many files other certificates name, by command and script alike."""
    counts = []
    result = subprocess.run([sys.executable, SCRIPT, *map(str, arguments[:2]), "--keys", str(arguments[3]), "--json"],
                            capture_output=True, text=True, timeout=120)
    for answer in (verify(*arguments)[2], json.loads(result.stdout)):
        assert answer["ok"], answer
        names = [Path(each["certificate"]).name for each in answer.get("inOtherCertificates", [])]
        counts.append({name: names.count(name) for name in names})
    assert counts[0] == counts[1]
    return counts[0]


def test_a_study_that_two_runs_added_to_holds_by_each_certificate_and_by_both(made, public_keys):
    gateway_command(*added(made, "in2", (3, 4)))
    first, second = made.certificate, made.study / "certificate-2.json"
    assert len(made.files) == 5 and second.exists()
    keys = ("--public-key", public_keys)
    code, problems, answer = verify(first, second, made.study, "--original", made.folder / "in", made.folder / "in2",
                                    "--config", made.config)
    assert (code, problems, answer["files"]) == (0, set(), 5) and answer["originals"] == {"compared": 5, "other": 0}
    assert [Path(each["certificate"]).name for each in answer["certificates"]] == [first.name, second.name]
    assert all(each["audit"]["index"] > 0 for each in answer["certificates"])
    assert script(first, second, made.study, "--keys", public_keys) == (0, set())
    assert named_beside(first, made.study, *keys) == {"certificate-2.json": 2}
    assert named_beside(second, made.study, *keys) == {"certificate.json": 3}
    assert "2 files are in " in gateway_command("deidentify", "verify", first, made.study, *keys).stdout

    whole, added_ones = second.read_bytes(), [path for path in made.files if path.stem in second.read_text()]

    def both(*certificates) -> set[str]:
        found = verify(*certificates, made.study, *keys)[1]
        assert script(*certificates, made.study, "--keys", public_keys)[1] == found
        return found
    spoiled(added_ones[0], -3)
    assert both(first) == both(second) == both(first, second) == {"certificate.fileChanged"}
    spoiled(added_ones[0], -3)
    kept = added_ones[0].read_bytes()
    added_ones[0].unlink()
    assert both(first) == set(), "what another certificate names need not be there"
    assert both(second) == both(first, second) == {"certificate.fileMissing"}
    added_ones[0].write_bytes(kept)
    document = json.loads(whole)
    for signature, code in ((None, "certificate.unsigned"), (document["signature"] | {"value": "A" * 86},
                                                            "certificate.signature")):
        forged = {"certificate": document["certificate"], "signature": signature}
        second.write_text(json.dumps(forged, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")
        assert both(first) == {code, "certificate.fileAdded"}
        assert both(first, second) == {code}
    second.unlink()
    assert both(first) == {"certificate.fileAdded"}


def test_two_runs_at_once_into_one_folder_hold_together(made, public_keys):
    commands = [added(made, "in2", (3, 4)), added(made, "in3", (5, 6))]
    running = [subprocess.Popen([str(binary()), *map(str, each)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
               for each in commands]
    for each in running:
        _, errors = each.communicate(timeout=300)
        assert each.returncode == 0, errors
    certificates = sorted(made.study.glob("certificate*.json"))
    assert len(certificates) == 3 and len(made.files) == 7
    for certificate in certificates:
        assert sum(named_beside(certificate, made.study, "--public-key", public_keys).values()) in (4, 5)
    assert script(*certificates, made.study, "--keys", public_keys) == (0, set())
    assert verify(*certificates, made.study, "--config", made.config)[:2] == (0, set())


def test_with_a_bundle_each_certificate_must_be_named(made, tmp_path):
    before, after = tmp_path / "before.igaudit", tmp_path / "after.igaudit"
    export = ("audit", "export", "--patient", f"hospital|{made.exam.patient_id}", "--config", made.config, "--out")
    gateway_command(*export, before)
    gateway_command(*added(made, "in2", (3,)))
    gateway_command(*export, after)
    certificates = sorted(made.study.glob("certificate*.json"))
    assert len(certificates) == 2
    for bundle, expected in ((before, {"certificate.notInAuditLog"}), (after, set())):
        assert verify(*certificates, made.study, "--bundle", bundle)[1] == expected
        assert script(*certificates, made.study, "--bundle", bundle)[1] == expected


# The log names the certificates of the command

def test_the_log_names_each_certificate_by_its_digest_under_patient_and_pseudonym(made):
    digest = hashlib.sha256(made.certificate.read_bytes()).hexdigest()
    for question in (("--patient", f"hospital|{made.exam.patient_id}"), ("--study", made.study.name)):
        shown = json.loads(gateway_command("audit", "show", *question, "--config", made.config, "--json").stdout)
        assert digest in json.dumps(shown), question
    assert digest not in "".join(json.dumps(leaf) for leaf in ledger.leaves(made.gateway)), "it is in the sealed body"
    events = [leaf["event"] for leaf in ledger.leaves(made.gateway)]
    assert events.count("deidentify.run") == 1 + 3 + 1, "begun, three files, one certificate"


def refuse_leaves_from(gateway, count: int):
    """The log has no room for more than `count` leaves."""
    database = ledger.database_of(gateway.data)
    table, _ = ledger.leaf_column(database)
    with sqlite3.connect(database) as connection:
        connection.execute(
            f'CREATE TRIGGER full BEFORE INSERT ON "{table}" WHEN (SELECT count(*) FROM "{table}") >= {count} '
            "BEGIN SELECT RAISE(ABORT, 'full'); END")


def room_again(gateway):
    with sqlite3.connect(ledger.database_of(gateway.data)) as connection:
        connection.execute("DROP TRIGGER full")


@pytest.mark.parametrize("leaves, outcome", [(4, "the certificate has no leaf"), (2, "the second file has no leaf")])
def test_without_the_leaf_of_its_certificate_nothing_of_a_study_is_there(installed, registry, tmp_path, leaves, outcome):
    gateway = installed()
    study = Made(gateway, registry, tmp_path / "made")
    gateway.run("audit", "show", "--event", "audit.read", "--config", str(gateway.config))
    before = len(ledger.leaves(gateway))
    refuse_leaves_from(gateway, before + leaves)
    result = study.run("--jobs", "1", check=False)
    assert result.returncode not in (0, 1), outcome
    assert not list(study.out.rglob("certificate*.json"))
    if leaves == 4:
        assert study.files == [] and not list(study.out.rglob("*.json")), "taken away"
    else:
        assert len(study.files) == 1, "what has a leaf of its own waits for its certificate"
    room_again(gateway)
    study.run("--resume")
    assert len(study.files) == 3
    assert verify(study.certificate, study.study, "--config", study.config)[:2] == (0, set())


# An audit bundle alone

@pytest.fixture
def exported(made, tmp_path):
    """A bundle of the patient's records, on a machine that has two scripts and nothing else; and the log's key."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("verify_certificate.py", "verify_bundle.py"):
        shutil.copy(COMPLY / name, elsewhere)
    shutil.copytree(made.study, elsewhere / "study")
    bundle = elsewhere / "patient.igaudit"
    gateway_command("audit", "export", "--patient", f"hospital|{made.exam.patient_id}", "--out", bundle,
                    "--config", made.config)
    key = elsewhere / "audit-log.vkey"
    shutil.copy(made.gateway.checkpoints / "audit-log.vkey", key)
    return elsewhere, bundle, key


def test_a_bundle_encloses_all_that_verifies_a_certificate(made, exported, public_keys):
    elsewhere, bundle, key = exported
    certificate, study = elsewhere / "study" / "certificate.json", elsewhere / "study"
    header = json.loads(bundle.read_bytes().split(b"\n")[0])
    assert header["certificateKeys"] == public_keys.read_text().split("\n")[:-1]
    assert script(certificate, study, "--bundle", bundle, "--log-key", key, folder=elsewhere) == (0, set())
    assert script(certificate, study, "--bundle", bundle, folder=elsewhere) == (0, set())
    code, problems, answer = verify(certificate, study, "--bundle", bundle, "--log-key", key)
    assert (code, problems) == (0, set()) and answer["bundleRecord"] > 0
    for program in ([str(binary().with_name("audit-verifier"))], [sys.executable, str(elsewhere / "verify_bundle.py")]):
        told = json.loads(subprocess.run([*program, str(bundle), "--key", str(key), "--json"], capture_output=True,
                                         text=True, check=True).stdout)
        assert told["intact"] and told["certificateKeys"] == header["certificateKeys"], program
        assert any("keys for certificates" in sentence for sentence in told["statements"])


def test_a_bundle_that_is_spoiled_forged_or_of_somebody_else_verifies_nothing(
        made, exported, public_keys, installed, registry, tmp_path):
    elsewhere, bundle, key = exported
    certificate = elsewhere / "study" / "certificate.json"
    whole = bundle.read_bytes()

    def both(*arguments) -> list[set[str]]:
        return [script(certificate, *arguments, folder=elsewhere)[1], verify(certificate, *arguments)[1]]

    def bundled(content: bytes) -> Path:
        path = elsewhere / "spoiled.igaudit"
        path.write_bytes(content)
        return path
    spoilt = {"certificate.bundle", "certificate.keyMissing"}
    # Another key put in by somebody who has no key of the log.
    header = json.loads(whole.split(b"\n")[0])
    stranger = installed()
    foreign = gateway_command("deidentify", "certificate", "--public-keys", "--config", stranger.config).stdout.strip()
    header["certificateKeys"] = [foreign]
    line = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    forged = bundled(line + whole[whole.index(b"\n"):])
    assert both("--bundle", forged, "--log-key", key) == [spoilt, spoilt]
    header["certificateKeys"] = [foreign.replace(foreign[0], "x", 1)]
    line = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert both("--bundle", bundled(line + whole[whole.index(b"\n"):])) == [spoilt, spoilt]
    assert both("--bundle", bundled(whole[:-10])) == [spoilt, spoilt]
    # Another log, with its own key and with ours.
    other = Made(stranger, registry, tmp_path / "other")
    other.run()
    foreign_bundle = elsewhere / "foreign.igaudit"
    gateway_command("audit", "export", "--patient", f"hospital|{other.exam.patient_id}", "--out", foreign_bundle,
                    "--config", other.config)
    wrong = {"certificate.signature", "certificate.notInAuditLog"}
    assert both("--bundle", foreign_bundle) == [wrong, wrong]
    assert both("--bundle", foreign_bundle, "--log-key", key) == [spoilt, spoilt]
    # Anybody can make a log, keys and a certificate: its keys are not added to those that were given.
    assert verify(other.certificate, "--bundle", foreign_bundle)[2]["bundleTrusted"] is False
    assert verify(other.certificate, "--bundle", foreign_bundle, "--public-key", public_keys)[1] == {"certificate.signature"}
    assert verify(other.certificate, "--bundle", foreign_bundle, "--config", made.config)[1] == {
        "certificate.signature", "certificate.notInAuditLog"}
    assert script(other.certificate, "--bundle", foreign_bundle, "--keys", public_keys)[1] == {"certificate.signature"}
    # The right log, but not the record.
    empty = elsewhere / "empty.igaudit"
    gateway_command("audit", "export", "--patient", "hospital|nobody", "--out", empty, "--config", made.config)
    assert both("--bundle", empty, "--log-key", key) == [{"certificate.notInAuditLog"}] * 2


def test_after_a_change_of_the_signing_key_the_bundle_has_old_and_new_keys(made, tmp_path):
    old = made.certificate.read_bytes()
    gateway_command("keys", "rotate-signing", "--config", made.config)
    bundle = tmp_path / "rotated.igaudit"
    gateway_command("audit", "export", "--patient", f"hospital|{made.exam.patient_id}", "--out", bundle,
                    "--config", made.config)
    assert len(json.loads(bundle.read_bytes().split(b"\n")[0])["certificateKeys"]) == 2
    assert made.certificate.read_bytes() == old
    key = made.gateway.checkpoints / "audit-log.vkey"
    assert script(made.certificate, made.study, "--bundle", bundle, "--log-key", key) == (0, set())
    assert verify(made.certificate, made.study, "--bundle", bundle, "--log-key", key)[:2] == (0, set())
    assert verify(made.certificate, made.study, "--config", made.config)[:2] == (0, set())


def test_the_certificate_of_an_order_is_verified_with_the_bundle_of_the_order(hospital, gateway, registry, tmp_path):
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1, timeout=120)
    order = gateway.orders()[0]["id"]
    certificate, bundle = tmp_path / "certificate.json", tmp_path / "order.igaudit"
    certificate.write_text(gateway_command("deidentify", "certificate", order, "--config", gateway.config).stdout)
    gateway_command("audit", "export", "--order", order, "--out", bundle, "--config", gateway.config)
    key = gateway.checkpoints / "audit-log.vkey"
    assert script(certificate, "--bundle", bundle, "--log-key", key) == (0, set())
    assert verify(certificate, "--bundle", bundle, "--log-key", key)[:2] == (0, set())


# What was done to the pixels

def test_the_certificate_names_the_pixel_rules_that_were_applied(installed, registry, tmp_path):
    study = Made(installed(), registry, tmp_path / "made", count=1)
    found = {}
    masks = tmp_path / "rules" / "masks"
    masks.mkdir(parents=True)
    shutil.copy(ROOT / "mappings" / "deidentification" / "burned-in.yaml", masks.parent)
    for step in ("shipped", "the same", "a comment", "a mask", "a wider mask"):
        if step == "a comment":
            with (masks.parent / "burned-in.yaml").open("a") as file:
                file.write("# nothing\n")
        if "mask" in step:
            width = 20 if step == "a mask" else 21
            (masks / "head.yaml").write_text(
                "version: 1\nname: head\nmatch: {modality: [US]}\nrows: 480\ncolumns: 640\n"
                f"covered: [{{left: 0, top: 0, width: {width}, height: 10}}]\n")
        study.out = tmp_path / step
        study.run("--pixel-rules", masks.parent)
        certificate = json.loads(study.certificate.read_text())["certificate"]
        found[step] = certificate["burnedIn"]["rules"]
        assert certificate["burnedIn"]["gate"] == "never" and len(found[step]) == 64
        assert certificate["profile"]["digest"] != found[step]
    assert found["shipped"] == found["the same"] == found["a comment"]
    assert len({found["shipped"], found["a mask"], found["a wider mask"]}) == 3
    # What lies there was made by other rules: it is not taken for what this run would make.
    again = study.run("--resume", check=False)
    assert again.returncode == 1 and "file.exists" in again.stdout
