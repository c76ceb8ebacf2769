"""`imaging-gateway deidentify` over folders: in parallel, killed, on a full disk, among hostile names."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from gateway import binary

PATIENTS = [("Quentinius^Walburga", "QX-778812-A"), ("Zbrzezny^Ottokar", "QX-991276-B"), ("Ólafsdóttir^Þórunn", "QX-551243-C")]


def run(*arguments, timeout=300, **more) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(binary()), "deidentify", *map(str, arguments)], capture_output=True, text=True, timeout=timeout, **more)


def image(path: Path, patient: int, study: str, number: int, *, rows=64, columns=48, frames=1, syntax=ExplicitVRLittleEndian) -> Dataset:
    """A CT image with identifiers in its header, in items and in a private block."""
    name, number_of_patient = PATIENTS[patient]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = f"{study}.9.{number}"
    meta.TransferSyntaxUID = syntax
    ds = Dataset()
    ds.file_meta = meta
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = meta.MediaStorageSOPClassUID
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = "20260317"
    ds.StudyTime = "101500"
    ds.AccessionNumber = f"ACC{patient}4711{study[-3:]}"
    ds.Modality = "CT"
    ds.Manufacturer = "ACME"
    ds.InstitutionName = "Spital Hintertupfing"
    ds.ReferringPhysicianName = "Xanthopoulos^Dimitra"
    ds.StudyDescription = f"Thorax von {name.split('^')[0]}"
    ds.PatientName = name
    ds.PatientID = number_of_patient
    ds.PatientBirthDate = "19610405"
    ds.PatientSex = "F"
    ds.BodyPartExamined = "CHEST"
    ds.StudyInstanceUID = study
    ds.SeriesInstanceUID = f"{study}.1"
    ds.FrameOfReferenceUID = f"{study}.2"
    ds.StudyID = "77"
    ds.SeriesNumber = 1
    ds.InstanceNumber = number
    ds.ImagePositionPatient = [0, 0, number]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    request = Dataset()
    request.RequestedProcedureDescription = f"CT {name}"
    request.ScheduledProcedureStepID = number_of_patient
    ds.RequestAttributesSequence = [request]
    block = ds.private_block(0x0011, "ACME 1.0", create=True)
    block.add_new(0x01, "LO", name)
    ds.BurnedInAnnotation = "NO"
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    if frames > 1:
        ds.NumberOfFrames = frames
    ds.Rows, ds.Columns = rows, columns
    ds.PixelSpacing = [1, 1]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope = 0, 1
    pixels = numpy.random.default_rng(number).integers(0, 4096, rows * columns * frames, dtype=numpy.uint16)
    ds.PixelData = pixels.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, enforce_file_format=True)
    return ds


def secrets() -> list[bytes]:
    words = [part for name, number in PATIENTS for part in (*name.split("^"), number)]
    return [word.encode() for word in words + ["Hintertupfing", "Xanthopoulos", "20260317", "19610405", "4711"]]


def leaks(out: Path) -> list[str]:
    found = []
    for path in out.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            # Names are UIDs, receipts and certificates hold digests: four digits are there by chance.
            long = [secret for secret in secrets() if len(secret) > 4]
            found += [f"{path.name}: {secret}" for secret in long if secret in os.fsencode(path)]
            there = secrets() if path.suffix == ".dcm" else long
            # So they are in the random digits of a pseudonymous UID.
            data = re.sub(rb"2\.25\.\d+", b"", data)
            found += [f"{path.name}: {secret}" for secret in there if secret in data]
    return found


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.yaml"
    assert subprocess.run([str(binary()), "keys", "init", "--out", str(path)], capture_output=True).returncode == 0
    return path


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Three patients, four studies, 60 images in folders of odd names."""
    folder = tmp_path_factory.mktemp("archive")
    for index in range(60):
        patient = index % 3
        study = f"1.2.826.0.1.3680043.2.{100 + patient + (3 if index % 6 == 5 else 0)}"
        image(folder / f"{PATIENTS[patient][0]}" / f"series {index % 2}" / f"IM{index}", patient, study, index,
              syntax=ImplicitVRLittleEndian if index % 4 == 0 else ExplicitVRLittleEndian)
    return folder


class TestAFolder:
    def test_all_files_are_written_once_with_nothing_left_and_a_certificate_for_each_study(self, archive, keys, tmp_path):
        out = tmp_path / "out"
        result = run(archive, "--out", out, "--keys", keys, "--json", "--jobs", 4)
        assert result.returncode == 0, result.stdout + result.stderr
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        summary = lines[-1]["summary"]
        assert summary["written"] == 60 and summary["failed"] == 0 and summary["certificates"] == 4
        files = sorted(out.rglob("*.dcm"))
        assert len(files) == 60 and leaks(out) == []
        assert all(path.stat().st_mode & 0o077 == 0 for path in out.rglob("*"))
        studies = {}
        for path in files:
            ds = pydicom.dcmread(path)
            assert (path.parent.parent.name, path.parent.name, path.stem) == (ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID)
            studies.setdefault(str(ds.StudyInstanceUID), set()).add(str(ds.PatientID))
            receipt = json.loads(path.with_suffix(".json").read_text())
            assert receipt["outputDigest"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert receipt["secondOpinion"]["left"] == 0 and receipt["secondOpinion"]["patterns"] > 10
        assert len(studies) == 4 and all(len(patients) == 1 for patients in studies.values())
        for study in studies:
            certificate = json.loads((out / study / "certificate.json").read_text())["certificate"]
            named = {entry["sopInstanceUID"]: entry["output"] for entry in certificate["instances"]}
            there = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in (out / study).rglob("*.dcm")}
            assert named == there and certificate["secondOpinion"]["hits"] == 0

    def test_one_job_and_many_make_the_same_bytes(self, archive, keys, tmp_path):
        made = {}
        for jobs in (1, 7):
            out = tmp_path / str(jobs)
            assert run(archive, "--out", out, "--keys", keys, "--jobs", jobs).returncode == 0
            made[jobs] = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.dcm")}
        assert made[1] == made[7]

    def test_pixels_are_those_of_the_original(self, archive, keys, tmp_path):
        run(archive, "--out", tmp_path / "out", "--keys", keys)
        pixels = lambda folder: sorted(hashlib.sha256(pydicom.dcmread(path).PixelData).hexdigest() for path in folder)
        originals = [path for path in archive.rglob("*") if path.is_file()]
        assert pixels(originals) == pixels((tmp_path / "out").rglob("*.dcm"))


class TestAnInterruptedRun:
    @pytest.fixture(scope="class")
    @staticmethod
    def large(tmp_path_factory) -> Path:
        folder = tmp_path_factory.mktemp("large")
        for index in range(40):
            image(folder / f"{index}.dcm", index % 3, f"1.2.826.0.1.3680043.3.{index % 3}", index, rows=1500, columns=1500)
        return folder

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
    def test_no_half_file_is_left_and_the_rest_is_made_later(self, how, large, keys, tmp_path):
        out = tmp_path / "out"
        process = subprocess.Popen(
            [str(binary()), "deidentify", str(large), "--out", str(out), "--keys", str(keys)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 120
        while len(list(out.rglob("*.dcm"))) < 3 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(how)
        process.communicate(timeout=60)
        written = list(out.rglob("*.dcm"))
        assert 3 <= len(written) < 40, "it was interrupted in the middle"
        assert not [path for path in out.rglob("*") if path.is_file() and path.suffix not in (".dcm", ".json")]
        for path in written:
            receipt = json.loads(path.with_suffix(".json").read_text())
            assert receipt["outputDigest"] == hashlib.sha256(path.read_bytes()).hexdigest(), "whole"
        before = {path: path.stat().st_mtime_ns for path in written}
        again = run(large, "--out", out, "--keys", keys, "--resume", "--json")
        summary = json.loads(again.stdout.splitlines()[-1])["summary"]
        assert again.returncode == 0 and summary["present"] == len(written) and summary["written"] == 40 - len(written)
        assert all(path.stat().st_mtime_ns == then for path, then in before.items())
        assert len(list(out.rglob("*.dcm"))) == 40 and leaks(out) == []
        newest = [sorted(study.glob("certificate*.json"), key=lambda path: path.stat().st_mtime_ns)[-1] for study in out.iterdir()]
        certified = [entry for path in newest for entry in json.loads(path.read_text())["certificate"]["instances"]]
        assert len(certified) == 40, "the certificate names what the first run made, too"

    def test_a_result_that_was_changed_is_not_taken_for_done(self, archive, keys, tmp_path):
        out = tmp_path / "out"
        assert run(archive, "--out", out, "--keys", keys).returncode == 0
        victim = sorted(out.rglob("*.dcm"))[0]
        data = bytearray(victim.read_bytes())
        data[-1] ^= 1
        victim.write_bytes(data)
        again = run(archive, "--out", out, "--keys", keys, "--resume", "--json")
        lines = [json.loads(line) for line in again.stdout.splitlines()]
        assert again.returncode == 1 and [line["error"] for line in lines if "error" in line] == ["file.exists"]
        assert lines[-1]["summary"]["present"] == 59 and victim.read_bytes() == bytes(data), "nothing is overwritten"


class TestHostileSurroundings:
    def test_pipes_links_odd_names_and_unreadable_files_cost_only_themselves(self, keys, tmp_path):
        folder = tmp_path / "in"
        study = "1.2.826.0.1.3680043.4.1"
        image(folder / "a.dcm", 0, study, 1)
        image(folder / "--out", 0, study, 2)
        image(folder / "line\nbreak \x1b[31m.dcm", 0, study, 3)
        image(folder / "x", 0, study, 4)
        os.rename(folder / "x", os.fsencode(folder) + b"/not \xff utf-8 \xc3.dcm")
        os.mkfifo(folder / "pipe")
        (folder / "broken").symlink_to(folder / "nothing")
        (folder / "circle").symlink_to(folder)
        image(tmp_path / "elsewhere.dcm", 1, study + ".7", 5)
        (folder / "link.dcm").symlink_to(tmp_path / "elsewhere.dcm")
        (folder / "empty.dcm").touch()
        (folder / "notes.txt").write_text("Quentinius Walburga")
        result = run(folder, "--out", tmp_path / "out", "--keys", keys, "--json", timeout=60)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        errors = {Path(line["file"]).name: line["error"] for line in lines if "error" in line}
        assert lines[-1]["summary"]["written"] == 5 and result.returncode == 1
        assert errors == {
            "pipe": "file.notRegular", "broken": "file.unreadable", "empty.dcm": "dicom.notPart10",
            "notes.txt": "dicom.notPart10",
        }
        assert leaks(tmp_path / "out") == []
        shown = run(folder, "--out", tmp_path / "again", timeout=60).stdout
        assert "\x1b" not in shown

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_a_file_without_rights_is_told(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        (tmp_path / "in" / "a.dcm").chmod(0)
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys)
        assert "file.unreadable" in result.stdout and result.returncode == 1

    def test_a_directory_of_media_is_passed_over(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        meta = b"\x02\x00\x02\x00UI\x14\x001.2.840.10008.1.3.10" + b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"
        (tmp_path / "in" / "DICOMDIR").write_bytes(bytes(128) + b"DICM" + meta + b"\x04\x00\x30\x11CS\x02\x00QX")
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--json")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.returncode == 0 and lines[-1]["summary"]["passedOver"] == 1
        assert [line["passedOver"] for line in lines if "passedOver" in line] == ["file.dicomdir"]

    def test_two_files_with_the_same_identifiers_make_one_result(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        image(tmp_path / "in" / "b.dcm", 0, "1.2.3.1", 1)
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys)
        assert result.returncode == 1 and result.stdout.count("[file.exists]") == 1
        written = list((tmp_path / "out").rglob("*.dcm"))
        assert len(written) == 1 and written[0].with_suffix(".json").exists()

    def test_a_full_disk_leaves_whole_files_only(self, archive, keys, tmp_path):
        disk = tmp_path / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)], capture_output=True).returncode:
            pytest.skip("no right to mount a small disk")
        try:
            result = run(archive, "--out", disk / "out", "--keys", keys, "--json")
            assert "file.diskFull" in result.stdout and result.returncode in (1, 2)
            assert not [path for path in disk.rglob("*") if path.is_file() and path.suffix not in (".dcm", ".json")]
            for path in disk.rglob("*.dcm"):
                receipt = json.loads(path.with_suffix(".json").read_text())
                assert receipt["outputDigest"] == hashlib.sha256(path.read_bytes()).hexdigest()
        finally:
            subprocess.run(["umount", str(disk)], check=True)

    def test_the_quarantine_holds_private_copies_and_a_list(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        (tmp_path / "in" / "Quentinius.txt").write_text("notes")
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--quarantine", tmp_path / "held")
        assert result.returncode == 1
        listed = json.loads((tmp_path / "held" / "list.json").read_text())
        assert [(Path(entry["file"]).name, entry["code"]) for entry in listed] == [("Quentinius.txt", "dicom.notPart10")]
        assert (tmp_path / "held" / listed[0]["copy"]).read_text() == "notes"
        assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "held").rglob("*"))

    @pytest.mark.parametrize("quarantine", ["out/held", "out", ".", "link/held", "out/../out/new"])
    def test_a_quarantine_in_what_is_given_away_is_refused_before_anything_is_written(self, quarantine, keys, tmp_path):
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "Quentinius.txt").write_text("notes")
        (tmp_path / "out").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "out")
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--quarantine", tmp_path / quarantine)
        assert result.returncode == 64 and "file.quarantineInOutput" in result.stderr
        assert list((tmp_path / "out").iterdir()) == []

    def test_names_in_a_quarantine_that_no_run_gave_count_for_nothing(self, keys, tmp_path):
        (tmp_path / "kept").mkdir()
        for name in ("9223372036854775807", "000007", "notes"):
            (tmp_path / "kept" / name).touch()
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a").write_text("no image")
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--quarantine", tmp_path / "kept")
        assert result.returncode == 1 and (tmp_path / "kept" / "000008").read_text() == "no image"

    def test_a_quarantine_is_not_read_and_a_folder_of_it_is_no_input(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        image(tmp_path / "in" / "held" / "000001", 1, "1.2.3.2", 1)
        arguments = ("--out", tmp_path / "in" / "out", "--keys", keys, "--quarantine", tmp_path / "in" / "held", "--json")
        result = run(tmp_path / "in", *arguments)
        summary = json.loads(result.stdout.splitlines()[-1])["summary"]
        assert result.returncode == 0 and (summary["written"], summary["failed"]) == (1, 0)
        refused = run(tmp_path / "in" / "held", *arguments)
        assert refused.returncode == 64 and "file.quarantineIsInput" in refused.stdout

    def test_runs_share_a_quarantine_and_one_that_is_interrupted_leaves_its_list(self, keys, tmp_path):
        for number in range(2):
            (tmp_path / f"in{number}").mkdir()
            (tmp_path / f"in{number}" / "a.txt").write_text(f"notes {number}")
            result = run(tmp_path / f"in{number}", "--out", tmp_path / "out", "--keys", keys, "--quarantine", tmp_path / "held",
                         "--json")
            assert result.returncode == 1 and json.loads(result.stdout.splitlines()[-1])["summary"]["failed"] == 1
        for index in range(40):
            image(tmp_path / "large" / f"{index}.dcm", index % 3, f"1.2.826.0.1.3680043.5.{index % 3}", index, rows=1500, columns=1500)
        (tmp_path / "large" / "notes.txt").write_text("notes 2")
        process = subprocess.Popen(
            [str(binary()), "deidentify", str(tmp_path / "large"), "--out", str(tmp_path / "out"), "--keys", str(keys),
             "--quarantine", str(tmp_path / "held")], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 120
        while not list((tmp_path / "out").rglob("*.dcm")) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 2 and len(list((tmp_path / "out").rglob("*.dcm"))) < 40, "it was interrupted in the middle"
        for number, name in enumerate(["list.json", "list-2.json", "list-3.json"]):
            [entry] = json.loads((tmp_path / "held" / name).read_text())
            assert (tmp_path / "held" / entry["copy"]).read_text() == f"notes {number}"


KEPT = """\
version: 1
name: devices
release: "1"
summary: The devices stay.
edition: 2024b
options: [basic, retainDeviceIdentity]
textGate: never
pseudonyms: keyed
"""


class TestVerifyingWithTheOriginals:
    def test_what_the_profile_keeps_is_no_residue_and_originals_without_files_are_wrong_usage(self, keys, tmp_path):
        ds = image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        ds.DeviceSerialNumber, ds.StationName = "SN-4471129", "CTROOM0815"
        ds.save_as(tmp_path / "in" / "a.dcm", enforce_file_format=True)
        (tmp_path / "devices.yaml").write_text(KEPT)
        assert run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--profile", tmp_path / "devices.yaml").returncode == 0
        [written] = (tmp_path / "out").rglob("*.dcm")
        assert pydicom.dcmread(written).DeviceSerialNumber == "SN-4471129"
        [certificate] = (tmp_path / "out").rglob("certificate.json")
        told = run("verify", certificate, tmp_path / "out", "--original", tmp_path / "in", "--json")
        answer = json.loads(told.stdout)
        # Nobody named a key.
        assert [problem["code"] for problem in answer["problems"]] == ["certificate.keyMissing"]
        assert answer["files"] == 1 and answer["searchedValues"] > 5
        bare = run("verify", certificate, "--original", tmp_path / "in", tmp_path / "out")
        assert bare.returncode == 64 and "The certificate holds" not in bare.stdout


class TestIdentitiesOfTheWholeRun:
    def test_what_one_file_tells_of_the_patient_is_looked_for_in_the_others(self, keys, tmp_path):
        """A code of the standard's form that is another file's patient number: no rule takes it away by itself."""
        first = image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        second = image(tmp_path / "in" / "b.dcm", 0, "1.2.3.1", 2)
        second.PatientName = "Incognito"
        second.BodyPartExamined = "QUENTINIUS"
        second.save_as(tmp_path / "in" / "b.dcm", enforce_file_format=True)
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--json")
        lines = {Path(line["file"]).name: line for line in map(json.loads, result.stdout.splitlines()[:-1])}
        assert "output" in lines["a.dcm"], first
        written = list((tmp_path / "out").rglob("*.dcm"))
        assert all(b"QUENTINIUS" not in path.read_bytes() for path in written)


class TestMessages:
    def test_messages_and_resources_beside_images_lose_the_same_patient(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        name, number = PATIENTS[0]
        (tmp_path / "in" / "order").write_bytes(
            f"MSH|^~\\&|RIS|KH|GW|KH|20260317101500||ADT^A08|17|P|2.5.1\rPID|1||{number}^^^KH^MR||{name}||19610405|F\r".encode())
        (tmp_path / "in" / "patient").write_text(json.dumps({
            "resourceType": "Patient", "id": "p1", "identifier": [{"system": "urn:oid:1.2.3", "value": number}],
            "name": [{"family": "Quentinius", "given": ["Walburga"]}], "gender": "female", "birthDate": "1961-04-05"}))
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--json")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert lines[-1]["summary"]["messages"] == 2 and result.returncode == 0, result.stdout
        assert sorted(path.suffix for path in (tmp_path / "out" / "messages").iterdir()) == [".hl7", ".json", ".json", ".json"]
        assert leaks(tmp_path / "out") == []


    @pytest.mark.parametrize("link", ["patient", "study", "resource"])
    def test_what_a_message_tells_of_the_patient_is_looked_for_in_the_images(self, link, keys, tmp_path):
        """The image names nobody in the elements that name patients."""
        study = "1.2.826.0.1.3680043.2.77"
        ds = image(tmp_path / "in" / "a.dcm", 0, study, 1)
        ds.PatientName, ds.PatientBirthDate, ds.StudyDescription = "", "", "Thorax"
        ds.RequestAttributesSequence[0].RequestedProcedureDescription = "CT"
        del ds[0x00111001], ds[0x00110010]
        ds.ManufacturerModelName = "Unit Quentinius"
        ds.save_as(tmp_path / "in" / "a.dcm", enforce_file_format=True)
        name, number = PATIENTS[0]
        (tmp_path / "in" / "m").write_text({
            "patient": f"MSH|^~\\&|RIS|KH|GW|KH|20260317||ADT^A08|17|P|2.5.1\rPID|1||{number}^^^KH^MR||{name}||19610405|F\r",
            "study": f"MSH|^~\\&|RIS|KH|GW|KH|20260317||ORM^O01|17|P|2.5.1\rPID|1||X^^^KH||{name}\rZDS|{study}\r",
            "resource": json.dumps({"resourceType": "Patient", "identifier": [{"value": number}],
                                    "name": [{"family": "Quentinius", "given": ["Walburga"]}]})}[link])
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--profile", "basic", "--json")
        assert leaks(tmp_path / "out") == []
        refused = [json.loads(line).get("error") for line in result.stdout.splitlines() if "a.dcm" in line]
        assert refused in ([None], ["deidentification.identifierRemains"])
        # Alone, nobody knows that it is a name.
        (tmp_path / "in" / "m").unlink()
        assert run(tmp_path / "in", "--out", tmp_path / "alone", "--keys", keys, "--profile", "basic").returncode == 0

    def test_messages_as_they_were_recorded_from_the_wire_are_read_frame_by_frame(self, keys, tmp_path):
        name, number = PATIENTS[0]
        message = (f"MSH|^~\\&|RIS|KH|GW|KH|20260317101500||ADT^A08|17|P|2.5.1\r"
                   f"PID|1||{number}^^^KH^MR||{name}||19610405|F\r").encode()
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "recorded").write_bytes((b"\x0b" + message + b"\x1c\r") * 2)
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys)
        assert result.returncode == 0, result.stdout
        [written] = (tmp_path / "out" / "messages").glob("*.hl7")
        assert written.read_bytes().count(b"MSH|") == 2 and leaks(tmp_path / "out") == []

    def test_a_batch_that_was_cut_off_is_refused_at_its_trailer(self, keys, tmp_path):
        batch = "BHS|^~\\&|RIS\rMSH|^~\\&|RIS|KH|GW|KH|20260317101500||ADT^A08|17|P|2.5.1\rPID|1||7^^^KH\r"
        (tmp_path / "in").mkdir()
        for name, trailer in [("whole", "BTS|1\r"), ("counts", "BTS|2\r"), ("cut", "")]:
            (tmp_path / "in" / name).write_text(batch + trailer)
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--json")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        refused = {Path(line["file"]).name: line for line in lines if "error" in line}
        assert set(refused) == {"counts", "cut"} and result.returncode == 1
        for line in refused.values():
            assert line["error"] == "message.messageUnreadable" and "BTS" in line["place"]


class TestAsking:
    @pytest.mark.parametrize("options, told", [
        (["--pixel-rules", "nowhere"], "no folder with burned-in.yaml or masks/"),
        (["--pixel-rules", "in"], "no folder with burned-in.yaml or masks/"),
        (["--resume"], "--resume needs --keys"),
    ])
    def test_what_cannot_be_meant_is_wrong_usage_and_writes_nothing(self, options, told, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        result = run("in", "--out", "out", *options, cwd=tmp_path)
        assert result.returncode == 64 and told in result.stderr
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("option", ["--keys", "--crosswalk"])
    def test_what_leads_results_back_may_not_lie_in_what_is_given_away(self, option, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        (tmp_path / "out" / "below").mkdir(parents=True)
        inside = tmp_path / "out" / "below" / "secret"
        if option == "--keys":
            inside.write_bytes(keys.read_bytes())
            inside.chmod(0o600)
        more = [] if option == "--keys" else ["--keys", keys]
        result = run(tmp_path / "in", "--out", tmp_path / "out", option, inside, *more)
        assert result.returncode == 64 and "file.secretInOutput" in result.stderr and option in result.stderr
        assert not list((tmp_path / "out").rglob("*.dcm"))

    def test_a_refusal_says_at_which_element(self, keys, tmp_path):
        ds = image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        ds.BurnedInAnnotation = "YES"
        ds.save_as(tmp_path / "in" / "a.dcm", enforce_file_format=True)
        result = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--json")
        refusal = json.loads(result.stdout.splitlines()[0])
        assert refusal["error"] == "deidentification.burnedInAnnotation" and refusal["place"] == "(0028,0301)"
        said = run(tmp_path / "in", "--out", tmp_path / "out", "--keys", keys).stdout
        assert "left out at (0028,0301) [deidentification.burnedInAnnotation]" in said


class TestResuming:
    def test_two_programs_at_once_into_one_folder_leave_each_result_with_its_receipt(self, archive, keys, tmp_path):
        out = tmp_path / "out"
        programs = [subprocess.Popen([str(binary()), "deidentify", str(archive), "--out", str(out), "--keys", str(keys), "--jobs",
                                      "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
        for program in programs:
            program.communicate(timeout=120)
        results = list(out.rglob("*.dcm"))
        assert len(results) == 60 and [path for path in results if not path.with_suffix(".json").exists()] == []
        again = run(archive, "--out", out, "--keys", keys, "--resume", "--json")
        assert again.returncode == 0 and json.loads(again.stdout.splitlines()[-1])["summary"]["present"] == 60

    def test_a_result_that_somebody_wrote_with_a_receipt_is_not_taken_for_ours(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        out = tmp_path / "out"
        assert run(tmp_path / "in", "--out", out, "--keys", keys).returncode == 0
        [certificate], [result] = out.rglob("certificate.json"), out.rglob("*.dcm")
        certificate.unlink()
        forged = pydicom.dcmread(result)
        forged.PatientComments = "ask the neighbour"
        forged.save_as(result)
        data, receipt = result.read_bytes(), json.loads(result.with_suffix(".json").read_text())
        receipt |= {"outputDigest": hashlib.sha256(data).hexdigest(), "outputSize": len(data)}
        for content in (receipt, {name: value for name, value in receipt.items() if name != "signature"}):
            result.with_suffix(".json").write_text(json.dumps(content))
            again = run(tmp_path / "in", "--out", out, "--keys", keys, "--resume", "--json")
            assert again.returncode == 1 and json.loads(again.stdout.splitlines()[0])["error"] == "file.exists"
            assert not certificate.exists() and result.read_bytes() == data

    def test_results_of_a_run_that_ended_before_its_certificate_are_certified_by_the_next(self, keys, tmp_path):
        study, out = "1.2.3.1", tmp_path / "out"
        image(tmp_path / "in" / "a.dcm", 0, study, 1)
        assert run(tmp_path / "in", "--out", out, "--keys", keys).returncode == 0
        image(tmp_path / "in" / "b.dcm", 0, study, 2)
        assert run(tmp_path / "in", "--out", out, "--keys", keys, "--resume").returncode == 0
        [second] = out.rglob("certificate-2.json")
        second.unlink()
        for expected in (1, 0):
            lines = run(tmp_path / "in", "--out", out, "--keys", keys, "--resume", "--json").stdout.splitlines()
            summary = json.loads(lines[-1])["summary"]
            assert (summary["present"], summary["certificates"]) == (2, expected)
        assert len(json.loads(second.read_text())["certificate"]["instances"]) == 2

    def test_a_result_that_was_not_sealed_for_the_recipient_is_not_taken_for_one_that_is(self, keys, tmp_path):
        image(tmp_path / "in" / "a.dcm", 0, "1.2.3.1", 1)
        certificate = tmp_path / "recipient.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=recipient",
                        "-keyout", str(tmp_path / "key.pem"), "-out", str(certificate)], check=True, capture_output=True)
        arguments = (tmp_path / "in", "--out", tmp_path / "out", "--keys", keys, "--resume", "--json")
        assert run(*arguments).returncode == 0
        again = run(*arguments, "--recipient", certificate)
        assert again.returncode == 1 and "file.exists" in again.stdout
        [told] = (tmp_path / "out").rglob("certificate*.json")
        assert json.loads(told.read_text())["certificate"]["pseudonyms"]["reversible"] is False


class TestMemory:
    def test_a_large_file_costs_no_more_memory_than_a_small_one(self, keys, tmp_path):
        """160 MB of frames against 2 MB: what the process needs at its peak differs by less than 24 MB."""
        peaks = {}
        for frames in (4, 320):
            folder = tmp_path / str(frames)
            image(folder / "a.dcm", 0, f"1.2.3.{frames}", 1, rows=500, columns=500, frames=frames)
            result = subprocess.run(
                ["/usr/bin/env", "python3", "-c",
                 "import resource,subprocess,sys;"
                 "code=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode;"
                 "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
                 str(binary()), "deidentify", str(folder), "--out", str(tmp_path / f"out{frames}"), "--keys", str(keys)],
                capture_output=True, text=True, check=True)
            code, peak = map(int, result.stdout.split())
            assert code == 0
            peaks[frames] = peak
        assert peaks[320] - peaks[4] < 24_000, peaks
