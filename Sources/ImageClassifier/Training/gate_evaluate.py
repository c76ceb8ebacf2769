"""The gate's table: false refusals, poses of the test images, other pictures per source, adults.

    python gate_evaluate.py --prepared /tmp/cxr2 --model ../Models/chest-pneumonia-kermany --packages /tmp/packages \
        --samples ../shared/data/dicom-samples --adults ../shared/data/cxr-nih-512 --out gate.json

Reads only; nothing here sets a limit. `--packages` holds a folder for each package of gate_sources.PACKAGES.
"""

import argparse
import collections
import csv
import json
import pathlib

import cv2
import numpy as np

import gate
import gate_sources
import preprocess
import scoring
import weightsfile


def poses(images) -> dict:
    return {"turned 90 degrees to the left": np.rot90(images, 1, (1, 2)),
            "turned 90 degrees to the right": np.rot90(images, 3, (1, 2)),
            "upside down": np.rot90(images, 2, (1, 2)), "inverted": -images,
            "inverted and upside down": -np.rot90(images, 2, (1, 2))}


class Table:
    """Asks the gate of one model about pictures."""

    def __init__(self, folder: pathlib.Path):
        self.tensors, self.metadata = weightsfile.read(folder)
        self.ensemble = scoring.Ensemble(folder)
        self.side = int(self.metadata["input.side"])

    def row(self, name, images, **more) -> dict:
        images = np.ascontiguousarray(images, np.float32)
        codes = gate.refused(self.tensors, self.metadata, images, self.ensemble.pooled(images))
        counted = dict(sorted(collections.Counter(str(code) for code in codes if code != "").items()))
        row = {"name": name, **more, "images": len(images), "refused": int((codes != "").sum()), "codes": counted}
        print(row, flush=True)
        return row

    def prepared(self, values) -> np.ndarray:
        return np.stack([preprocess.prepare(each, self.side) for each in values])


def others(table, packages, samples) -> list[dict]:
    """Each source after the pictures of those before it that it repeats were left out."""
    sources = [("dicom-samples of this project", "DICOM: CR of hip and hands, CT, MR, NM, US, XA, drawings",
                list(gate_sources.pictures(samples)))]
    sources += [(f"{name} {version}", kind, list(gate_sources.pictures(packages / name)))
                for name, (version, kind) in gate_sources.PACKAGES.items()]
    sources.append(("scikit-learn 1.9.1 digits", "handwritten digits", gate_sources.digits()))
    names = [(index, name) for index, (_, _, found) in enumerate(sources) for name, _ in found]
    prepared = table.prepared([values for _, _, found in sources for _, values in found])
    kept = gate_sources.distinct(prepared)
    return [table.row(title, prepared[[k for k in kept if names[k][0] == index]], kind=kind)
            for index, (title, kind, _) in enumerate(sources)]


def adults(table, folder) -> list[dict]:
    with open(folder / "MANIFEST.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    prepared = table.prepared([cv2.imread(str(folder / row["path"]), cv2.IMREAD_GRAYSCALE).astype(np.float64)
                               for row in rows])
    grown = np.array([int(row["nih_age"]) >= 18 for row in rows])
    return [table.row("NIH ChestX-ray14, 18 years and older", prepared[grown]),
            table.row("NIH ChestX-ray14, 5 to 17 years", prepared[~grown])]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("prepared", "model", "packages", "samples", "adults", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    options = parser.parse_args()
    data = np.load(options.prepared / "images.npz")
    table = Table(options.model)
    validation, test = (data["exact"][data["split"] == part] for part in ("val", "test"))
    found = {
        "falseRefusals": [table.row("validation", validation), table.row("test", test),
                          table.row("test, mirrored", test[:, :, ::-1])],
        "posesOfTest": [table.row(name, images) for name, images in poses(test).items()],
        "otherSources": others(table, options.packages, options.samples),
        "adultsByImage": adults(table, options.adults),
        "limits": {name: float(table.metadata[f"gate.{name}Limit"]) for name in ("likeness", "pooled")}}
    found["otherTotal"] = {key: sum(row[key] for row in found["otherSources"]) for key in ("images", "refused")}
    options.out.write_text(json.dumps(found, indent=1) + "\n")
    print(found["otherTotal"])


if __name__ == "__main__":
    main()
