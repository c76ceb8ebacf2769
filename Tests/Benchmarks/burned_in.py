"""How many texts the search finds, and how many images without text it holds back (docs/integrate/burned-in-text.md).

    python Tests/Benchmarks/burned_in.py <folder for files> [texts] [far] [alarms]

`texts`: words in real fonts on radiographs, eight bits. `far`: the same words and grounds with twelve bits in sixteen and one
pixel of the highest value, which leaves the radiograph a sixteenth of the range. `alarms`: images as they are.
IMAGING_GATEWAY_BINARY names another program to compare with.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pydicom
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEndTests"))
from gateway import binary  # noqa: E402
from radiographs import shared  # noqa: E402

FONTS = Path("/usr/share/fonts/truetype/dejavu")
WORDS = [
    "MUELLER, HANS", "Schmidt^Maria", "Nguyen Thi Hoa", "O'Brien, Siobhan", "KOWALSKI JAN", "12.05.1961", "1961-05-12",
    "05/12/61", "MRN 4711815", "ID: 00815-4711", "ACC 20260317-55", "St. Elsewhere Hospital", "DOB 19610512", "Garcia Lopez, Ana",
]
FACES = ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSerif"]
SIZES = [8, 10, 12, 16, 20, 28, 40, 60]
LARGE = [
    "chest_pa_adult_jpegbaseline_mono2_8bit.dcm", "chest_pa_cr_jpegls_mono1_15bit.dcm", "hip_cr_jpegll_mono2_10bit.dcm",
    "extremity_cr_j2k_mono1_10bit.dcm",
]


def grounds() -> list[numpy.ndarray]:
    """14 NIH radiographs and four larger ones, as eight bits over their whole range."""
    images = sorted((shared() / "data" / "cxr-nih-512").rglob("*.jpg"))[::21][:14]
    found = [numpy.asarray(Image.open(path).convert("L")) for path in images]
    for name in LARGE:
        data = pydicom.dcmread(shared() / "data" / "dicom-samples" / name)
        pixels = data.pixel_array.astype(float)
        pixels = (pixels - pixels.min()) / (pixels.max() - pixels.min()) * 255
        found.append((255 - pixels if data.PhotometricInterpretation == "MONOCHROME1" else pixels).astype("u1"))
    return found


def texts(count: int, seed: int = 20261122) -> list[dict]:
    """Pictures with one text each, which differs by at least 15 levels from what is below."""
    chance, images, made = random.Random(seed), grounds(), []
    while len(made) < count:
        ground, size, turn = chance.choice(images).copy(), chance.choice(SIZES), chance.choice([0, 0, 90, 270])
        face = ImageFont.truetype(str(FONTS / f"{chance.choice(FACES)}.ttf"), size)
        text, value = chance.choice(WORDS), chance.choice([255, 230, 180, 120, 0, 30])
        left, top, right, bottom = face.getbbox(text)
        mask = Image.new("L", (right - left + 4, bottom - top + 4), 0)
        ImageDraw.Draw(mask).text((2 - left, 2 - top), text, fill=255, font=face)
        mask = numpy.asarray(mask.rotate(turn, expand=True))
        rows, columns = mask.shape
        if rows + 8 > ground.shape[0] or columns + 8 > ground.shape[1]:
            continue
        y = chance.choice([4, ground.shape[0] - rows - 4, chance.randint(4, ground.shape[0] - rows - 4)])
        x = chance.choice([4, ground.shape[1] - columns - 4, chance.randint(4, ground.shape[1] - columns - 4)])
        below = ground[y:y + rows, x:x + columns]
        contrast = abs(value - float(numpy.median(below[mask > 128])))
        if contrast < 15:
            continue
        part = mask / 255
        ground[y:y + rows, x:x + columns] = (below * (1 - part) + value * part).round()
        made.append(dict(pixels=ground, size=size, contrast=contrast, turn=turn))
    return made


def save(path: Path, pixels: numpy.ndarray):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID, ds.Modality = "Quxmann^Zorba", "ZQ-99-17", "CR"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated = ds.BitsStored = 8 * pixels.dtype.itemsize
    ds.HighBit = ds.BitsStored - 1
    ds.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    ds["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    ds.save_as(path, enforce_file_format=True)


def far(pixels: numpy.ndarray) -> numpy.ndarray:
    cells = pixels.astype("<u2") * 16
    cells[0, 0] = 65535
    return cells


def search(folder: Path) -> tuple[dict[str, str], float]:
    """What became of each file, and the seconds it took."""
    out = folder.with_name(folder.name + "-out")
    shutil.rmtree(out, ignore_errors=True)
    begin = time.monotonic()
    done = subprocess.run([str(binary()), "deidentify", str(folder), "--out", str(out), "--json", "--profile", "basic",
                           "--text-gate", "always", "--jobs", "2"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    found = {path.name: "passed" for path in folder.iterdir()}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        if "error" in entry and "file" in entry:
            error = entry["error"]
            found[Path(entry["file"]).name] = (error["code"] if isinstance(error, dict) else error).split(".")[-1]
    shutil.rmtree(out, ignore_errors=True)
    return found, time.monotonic() - begin


def counted(outcomes: list[str]) -> str:
    kinds = sorted(set(outcomes))
    return f"{len(outcomes)}: " + ", ".join(f"{kind} {outcomes.count(kind)}" for kind in kinds)


def written(folder: Path, change=lambda pixels: pixels) -> None:
    made = texts(300)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for index, one in enumerate(made):
        save(folder / f"{index:03}.dcm", change(one["pixels"]))
    found, seconds = search(folder)
    print(f"{folder.name} all {counted(list(found.values()))}; {seconds:.0f} s")
    groups = {f"{low}–{high} px": lambda one, low=low, high=high: low <= one["size"] <= high
              for low, high in [(8, 8), (10, 12), (16, 20), (28, 40), (60, 60)]}
    groups |= {f"differs by {low}–{high}": lambda one, low=low, high=high: low <= one["contrast"] < high + 1
               for low, high in [(80, 255), (40, 79), (25, 39), (15, 24)]}
    groups |= {"across": lambda one: one["turn"] == 0, "upright": lambda one: one["turn"] != 0}
    for name, belongs in groups.items():
        print(f"  {name}: {counted([found[f'{i:03}.dcm'] for i, one in enumerate(made) if belongs(one)])}")


def alarms(folder: Path) -> None:
    kermany = sorted((shared() / "data" / "cxr-kermany-224" / "test").rglob("*.jp*g"))[::2]
    nih = sorted((shared() / "data" / "cxr-nih-512").rglob("*.jpg"))[::2]
    for name, images in {"kermany": kermany, "nih": nih}.items():
        part = folder / name
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for image in images:
            save(part / f"{image.stem}.dcm", numpy.asarray(Image.open(image).convert("L")))
        found, seconds = search(part)
        print(f"{name} {counted(list(found.values()))}; {seconds:.0f} s")
        print("  " + " ".join(sorted(file for file, outcome in found.items() if outcome != "passed")))
    samples = folder / "samples"
    shutil.rmtree(samples, ignore_errors=True)
    samples.mkdir(parents=True)
    for path in sorted((shared() / "data" / "dicom-samples").glob("*.dcm")):
        shutil.copy(path, samples / path.name)
    found, seconds = search(samples)
    print(f"samples; {seconds:.0f} s: {json.dumps(found)}")


if __name__ == "__main__":
    place = Path(sys.argv[1])
    for part in sys.argv[2:] or ["texts", "far", "alarms"]:
        if part == "texts":
            written(place / "texts")
        elif part == "far":
            written(place / "far", far)
        else:
            alarms(place / "alarms")
