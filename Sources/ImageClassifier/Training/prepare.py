"""Checks every file against the MANIFEST and writes arrays for training.

    python prepare.py --data ../shared/data/cxr-kermany-224 --out /tmp/cxr
"""

import argparse
import csv
import hashlib
import io
import json
import pathlib

import numpy as np
from PIL import Image

import preprocess

SIZE, SOURCE_SIZE = 96, 128


def high_pass(image: np.ndarray) -> float:
    """Mean absolute difference to the 3x3 mean: the texture shortcut, kept as a trivial baseline."""
    image = image.astype(np.float64)
    rows, columns = image.shape
    mean = sum(image[y:rows - 2 + y, x:columns - 2 + x] for y in range(3) for x in range(3)) / 9
    return float(np.abs(image[1:-1, 1:-1] - mean).mean())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with open(options.data / "MANIFEST.tsv", newline="") as file:
        rows = sorted(csv.DictReader(file, delimiter="\t"), key=lambda row: row["path"])

    data_hash = hashlib.sha256()
    images, residuals = [], []
    for row in rows:
        content = (options.data / row["path"]).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != row["sha256"] or len(content) != int(row["bytes"]):
            raise SystemExit(f"{row['path']}: content differs from the MANIFEST")
        data_hash.update("\t".join([row["path"], row["label"], row["group_id"], row["suggested_split"], digest])
                         .encode() + b"\n")
        grey = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
        if grey.shape != (224, 224):
            raise SystemExit(f"{row['path']}: not 224 x 224")
        images.append(grey)
        residuals.append(high_pass(grey))

    exact = np.empty((len(rows), SIZE, SIZE), np.float32)
    source = np.empty((len(rows), SOURCE_SIZE, SOURCE_SIZE), np.float16)
    fields = np.empty((len(rows), 4), np.int16)
    for index, image in enumerate(images):
        brightness, fields[index] = preprocess.exposed(image)
        source[index] = preprocess.resize(brightness, SOURCE_SIZE)
        exact[index] = preprocess.standardise(preprocess.resize(brightness, SIZE))

    np.savez(options.out / "images.npz", exact=exact, source=source, grey=np.stack(images), field=fields,
             label=np.array([row["label"] == "PNEUMONIA" for row in rows]),
             group=np.array([row["group_subtype_id" if row["suggested_split"] == "test" else "group_id"]
                             for row in rows]),
             sublabel=np.array([row["sublabel"] for row in rows]),
             split=np.array([row["suggested_split"] for row in rows]),
             bytes=np.array([int(row["bytes"]) for row in rows]), high_pass=np.array(residuals),
             path=np.array([row["path"] for row in rows]))
    summary = {"dataHash": data_hash.hexdigest(), "images": len(rows), "preprocessing": preprocess.VERSION}
    (options.out / "data.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(summary)


if __name__ == "__main__":
    main()
