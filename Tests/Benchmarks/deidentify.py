"""De-identification of files beside dicom-anonymizer, gdcmanon and dcmanon: 200 mixed files with planted identifiers.

Every program works on the same folder in the same run, one process each, and what it wrote is searched for every planted
identifier, in its bytes. Best of several runs of wall time, because a shared machine disturbs in one direction only."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from gateway import binary

# kind, SOP class, rows, columns, files: 32 × 10 MB, 118 × 512 KiB, 50 × 128 KiB
KINDS = (("DX", "1.2.840.10008.5.1.4.1.1.1.1", 2500, 2000, 32), ("CT", "1.2.840.10008.5.1.4.1.1.2", 512, 512, 118),
         ("MR", "1.2.840.10008.5.1.4.1.1.4", 256, 256, 50))
FAMILY = ("Quentinius", "Zbrzezny", "Xanthopoulos", "Wyszynska", "Brzeczyszczykiewicz")


def measure(folder: Path, runs: int) -> dict:
    source = folder / "source"
    planted = make(source)
    files = [path for path in source.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    keys = folder / "keys.yaml"
    subprocess.run([str(binary()), "keys", "init", "--out", str(keys)], check=True, capture_output=True)
    mappings = Path(__file__).resolve().parents[2] / "mappings"
    programs = {
        "imaging-gateway": ours(keys),
        "imaging-gateway, one job": ours(keys, "--jobs", "1"),
        "imaging-gateway, text detection on 10 files": ours(keys, "--text-gate", "always"),
        "dicom-anonymizer": peer("dicom-anonymizer"),
        "gdcmanon": gdcmanon(folder),
        "dcmanon": dcmanon(),
    }
    results = {}
    few = folder / "few"
    few.mkdir()
    of_kind = lambda kind: [path for path in sorted(files) if path.name.startswith(kind)]
    for path in of_kind("DX")[:3] + of_kind("CT")[:7]:
        (few / path.name).hardlink_to(path)
    for name, command in programs.items():
        if command is None:
            print(f"   {name}: SKIPPED, not installed", file=sys.stderr, flush=True)
            continue
        on, times = (few, 1) if "text detection" in name else (source, runs)
        results[name] = best([once(command(on, folder / "out"), on, folder / "out", planted) for _ in range(times)])
        print(f"   {name}: {results[name]}", file=sys.stderr, flush=True)
    return {"files": len(files), "mb": round(size / 1e6, 1), "identifiers_planted": len(planted), "runs": runs,
            "programs": results, "mappings": mappings.exists(), "cpus": os.cpu_count(), "load": os.getloadavg()}


def ours(keys: Path, *more: str):
    return lambda source, out: [str(binary()), "deidentify", str(source), "--out", str(out), "--keys", str(keys), *more]


def peer(name: str):
    path = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    return path and (lambda source, out: [path, str(source), str(out)])


def gdcmanon(folder: Path):
    path = shutil.which("gdcmanon")
    if not path:
        return None
    certificate = folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "2", "-keyout",
                    str(folder / "key.pem"), "-out", str(certificate)], check=True, capture_output=True)
    return lambda source, out: [path, "-e", "-r", "--continue", "-c", str(certificate), "-i", str(source), "-o", str(out)]


def dcmanon():
    if subprocess.run([sys.executable, "-c", "import dcmanon"], capture_output=True).returncode:
        return None
    program = """
import sys, pathlib, dcmanon
source, out = map(pathlib.Path, sys.argv[1:])
anonymizer = dcmanon.Anonymizer()
failed = 0
for path in source.rglob("*"):
    if path.is_file():
        try:
            (out / path.name).write_bytes(anonymizer.anonymize(str(path)))
        except Exception as error:
            failed += 1
            print(type(error), str(error)[:100], file=sys.stderr)
sys.exit(failed > 0)
"""
    return lambda source, out: [sys.executable, "-c", program, str(source), str(out)]


def once(command: list[str], source: Path, out: Path, planted: set[bytes]) -> dict:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    os.sync()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, errors = process.communicate()
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    files = [path for path in source.rglob("*") if path.is_file()]
    written = [path for path in out.rglob("*") if path.is_file() and path.suffix != ".json" and path.stat().st_size > 1000]
    left = sum(any(word in path.read_bytes() for word in planted) for path in written)
    size = sum(path.stat().st_size for path in files)
    if process.returncode and not written:
        print(errors.decode(errors="replace")[-400:], file=sys.stderr)
    return {"wall_s": round(wall, 2), "files_per_s": round(len(written) / wall, 1),
            "mb_per_s": round(size / 1e6 * len(written) / len(files) / wall, 1), "written": len(written),
            "files_with_identifiers_left": left, "exit": process.returncode,
            "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)}


def best(results: list[dict]) -> dict:
    return min(results, key=lambda result: result["wall_s"])


def make(folder: Path) -> set[bytes]:
    """The files; answers what was planted: names, numbers, free words and UIDs of each patient."""
    chance = random.Random(7)
    noise = numpy.random.default_rng(7)
    planted: set[bytes] = set()
    for kind, sop_class, rows, columns, count in KINDS:
        for index in range(count):
            patient = (index // 8) % 12
            family, number = f"{FAMILY[patient % 5]}{chr(97 + patient)}", f"QX{771000 + patient}"
            ds = Dataset()
            ds.file_meta = FileMetaDataset()
            study = f"1.2.826.0.1.3680043.9.{600 + len(kind) + ord(kind[0])}.{7000 + patient}"
            ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = sop_class
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = f"{study}.{5000 + index}"
            ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            ds.file_meta.SourceApplicationEntityTitle = family.upper()[:16]
            ds.ImageType = ["ORIGINAL", "PRIMARY"]
            ds.StudyInstanceUID, ds.SeriesInstanceUID = study, f"{study}.1"
            ds.Modality, ds.BurnedInAnnotation, ds.BodyPartExamined = kind, "NO", "CHEST"
            ds.StudyDate, ds.StudyTime, ds.AccessionNumber = "20260317", "101112", f"A{number}"
            ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = f"{family}^Ottokar", number, "19510203", "M"
            ds.OtherPatientIDs, ds.InstitutionName = f"{number}B", "Spital Hintertupfing"
            ds.ReferringPhysicianName, ds.StudyDescription = f"Dr{family}^W", f"Thorax {family}"
            ds.ImageComments, ds.StationName = f"Herr {family} ({number})", "RX7HINTER"
            item = Dataset()
            item.RequestedProcedureDescription, item.RequestedProcedureID = f"CT {family}", number
            ds.RequestAttributesSequence = [item]
            block = ds.private_block(0x0029, "ACME HEADER", create=True)
            block.add_new(0x10, "LO", f"{family}^Ottokar")
            block.add_new(0x11, "UN", os.urandom(600) + family.encode() + os.urandom(600))
            ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
            ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = rows, columns, 16, 12, 11, 0
            ds.InstanceNumber, ds.PixelSpacing = index, [0.2, 0.2]
            ds.PixelData = (noise.integers(0, 4096, rows * columns, dtype=numpy.uint16)).tobytes()
            # One folder: dicom-anonymizer does not look below it.
            path = folder / f"{kind}{index}-{chance.randrange(10**6)}.dcm"
            path.parent.mkdir(parents=True, exist_ok=True)
            ds.save_as(path, enforce_file_format=True)
            planted |= {family.encode(), family.upper()[:16].encode(), number.encode(), study.encode(), b"Hintertupfing", b"Ottokar"}
    return planted


if __name__ == "__main__":
    import tempfile
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as work:
        print(json.dumps(measure(Path(work), int(os.environ.get("RUNS", "3"))), indent=2))
