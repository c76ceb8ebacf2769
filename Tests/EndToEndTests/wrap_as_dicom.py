"""Radiographs of ../shared as DICOM files of an invented hospital, with a table of labels, for `model evaluate`.

    python wrap_as_dicom.py --part test|val --out FOLDER [--limit N]

The grey values of the JPEG become 8-bit DX for presentation, losslessly; the header is that of a child of three years, AP,
chest. Images of one patient group get one Patient ID. `labels.csv` has the columns file, label, group, group_subtype_id,
sublabel, family; `group` is the key by which the training splits and draws patients (prepare.py): the subtype and number on
the test part, the conservative `group_id` elsewhere. What is written is never committed."""

import argparse
import csv
import datetime
import random
import sys
import uuid
from pathlib import Path

from exams import Exam
from radiographs import dicom, shared

DAY = datetime.date(2026, 1, 15)


def manifest(part: str) -> list[dict]:
    """The rows of one part of MANIFEST.tsv, in its order; none where ../shared is absent."""
    folder = shared()
    if folder is None:
        return []
    with open(folder / "data" / "cxr-kermany-224" / "MANIFEST.tsv", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["suggested_split"] == part]


def exam(serial: int, row: dict, patient: int) -> Exam:
    """An invented examination around a real picture; the same in every run."""
    chance = random.Random(f"{serial} {row['sha256']}")

    def uid() -> str:
        return f"2.25.{uuid.UUID(int=chance.getrandbits(128), version=4).int}"
    number = f"{serial:06d}"
    return Exam(
        serial=serial, patient_id=f"QXV{patient:05d}", family="Quillwhistle", given="Odalynde",
        birth_date=DAY.replace(year=DAY.year - 3) - datetime.timedelta(100), sex=chance.choice("MF"), placer=f"PLC{number}",
        filler=f"FLR{number}", accession=f"ACN{number}", procedure=f"RPX{number}", step=f"SPX{number}", study_uid=uid(),
        series_uid=uid(), instance_uid=uid(), study_date=DAY,
        image=shared() / "data" / "cxr-kermany-224" / row["path"], label=row["label"])


def family(group_id: str) -> str:
    """Which series of file names an image comes from: N1 and N2 are two sources of normals."""
    return group_id.split("-")[0] if group_id.startswith("N") else "person"


def wrap(rows: list[dict], out: Path) -> int:
    """Writes the files and the table; how many."""
    out.mkdir(parents=True)
    patients: dict[str, int] = {}
    with open(out / "labels.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "label", "group", "group_subtype_id", "sublabel", "family"])
        for serial, row in enumerate(rows, 1):
            group = row["group_subtype_id" if row["suggested_split"] == "test" else "group_id"]
            patient = patients.setdefault(group, len(patients) + 1)
            name = f"{serial:05d}.dcm"
            (out / name).write_bytes(dicom(exam(serial, row, patient)))
            table.writerow([name, int(row["label"] == "PNEUMONIA"), group, row["group_subtype_id"], row["sublabel"],
                            family(row["group_id"])])
    return len(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=["test", "val", "train"], default="test")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    rows = manifest(options.part)[:options.limit]
    if not rows:
        print("../shared is absent: there are no images to wrap", file=sys.stderr)
        return 2
    print(f"{wrap(rows, options.out)} files and labels.csv in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
