"""Changes of the test pictures for the robustness table, each on the 224 x 224 picture and then through preprocessing.

    python perturbations.py --prepared /tmp/cxr [--adults DIR]      makes the arrays; evaluate.py makes them if missing
"""

import argparse
import csv
import hashlib
import pathlib

import cv2
import numpy as np
from PIL import Image

import preprocess

SIDE = 96


def blurred(image):
    return cv2.GaussianBlur(image, (0, 0), 2.0, borderType=cv2.BORDER_REPLICATE)


def unsharp(image):
    return np.clip(image + 1.5 * (image - cv2.GaussianBlur(image, (0, 0), 2.0)), 0, 255)


def gamma(power):
    return lambda image: 255 * (image / 255) ** power


def compressed(image):
    _, code = cv2.imencode(".jpg", np.clip(image + 0.5, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 30])
    return cv2.imdecode(code, cv2.IMREAD_GRAYSCALE).astype(np.float64)


def rotated(degrees):
    def change(image):
        rows, columns = image.shape
        matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), degrees, 1)
        return cv2.warpAffine(image, matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderValue=0)
    return change


def barred(width, sides):
    def change(image):
        image = image.copy()
        if "left" in sides:
            image[:, :width] = image[:, -width:] = 0
        if "top" in sides:
            image[:width] = image[-width:] = 0
        return image
    return change


def noisy(image):
    rng = np.random.default_rng(int(image.sum()))
    return np.clip(image + rng.normal(0, 0.04 * 255, image.shape), 0, 255)


# Each on the 224 x 224 picture, before preprocessing.
ROBUSTNESS = {
    "blur, sigma 2 of 224 pixels": blurred, "unsharp mask, amount 1.5": unsharp, "gamma 0.7": gamma(0.7),
    "gamma 1.4": gamma(1.4), "JPEG quality 30": compressed, "rotated by 8 degrees": rotated(8),
    "rotated by -8 degrees": rotated(-8), "30 of 224 rows cut away above and below": lambda image: image[30:194],
    "60 of 224 rows cut away below": lambda image: image[:164], "60 of 224 rows cut away above": lambda image: image[60:],
    "30 of 224 columns cut away left and right": lambda image: image[:, 30:194],
    "black bars of 28 pixels left and right": barred(28, ("left",)),
    "black bars of 28 pixels above and below": barred(28, ("top",)),
    "noise, deviation 4 % of the range": noisy}


def adults(folder: pathlib.Path) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, labels) of the mostly adult NIH radiographs."""
    with open(folder / "MANIFEST.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    pictures = [np.asarray(Image.open(folder / row["path"]).convert("L"), np.float64) for row in rows]
    return (np.stack([preprocess.prepare(picture, SIDE) for picture in pictures]),
            np.array([row["path"].startswith("PNEUMONIA") for row in rows]))


def arrays(prepared: pathlib.Path, framings: list[dict], adult_folder: pathlib.Path | None) -> dict:
    """Everything that evaluate.py scores besides the pictures as they are; kept in `prepared` between calls."""
    here = pathlib.Path(__file__).parent
    origin = hashlib.sha256((here / "perturbations.py").read_bytes() + (here / "preprocess.py").read_bytes()
                            + repr((framings, bool(adult_folder))).encode()).hexdigest()
    path = prepared / f"perturbed-{origin[:16]}.npz"
    if not path.exists():
        data = np.load(prepared / "images.npz")
        split, grey = data["split"], data["grey"]
        test = grey[split == "test"].astype(np.float64)
        result = {f"framed.{part}": np.stack([preprocess.framings(image.astype(np.float64), SIDE, framings)
                                              for image in grey[split == part]]) for part in ("val", "test")}
        for name, change in ROBUSTNESS.items():
            result[name] = np.stack([preprocess.prepare(change(image), SIDE) for image in test])
        if adult_folder:
            result["adults"], result["adults.label"] = adults(adult_folder)
        np.savez(path, **result)
    return dict(np.load(path))


if __name__ == "__main__":
    import members
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--adults", type=pathlib.Path)
    options = parser.parse_args()
    print(sorted(arrays(options.prepared, members.FRAMINGS, options.adults)))
