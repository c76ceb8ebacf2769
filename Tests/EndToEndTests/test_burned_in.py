"""Text burned into pixels, through `imaging-gateway deidentify`: written with real fonts, found or held back.

Nothing here looks at what the program says of itself alone: a result that appears is read with pydicom, and its pixels are
compared."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy
import pydicom
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from gateway import binary

FONTS = Path("/usr/share/fonts/truetype/dejavu")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.skipif(shutil.which("tesseract") is None, reason="SKIPPED LOUDLY: no tesseract-ocr on this machine"),
    pytest.mark.skipif(not FONTS.is_dir(), reason="SKIPPED LOUDLY: no fonts-dejavu-core on this machine"),
]


def ground(rows: int, columns: int) -> numpy.ndarray:
    """Something like a radiograph: bright in the middle, dark at the edges, with noise (seeded)."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    middle = numpy.exp(-(((x / columns - 0.5) / 0.35) ** 2 + ((y / rows - 0.5) / 0.4) ** 2))
    noise = numpy.random.default_rng(7).normal(0, 2, (rows, columns))
    return numpy.clip(20 + 150 * middle + noise, 0, 255).astype("uint8")


def write(pixels: numpy.ndarray, text: str, at: tuple[int, int], size: int = 24, font: str = "DejaVuSans", value: int = 255, turn: int = 0) -> numpy.ndarray:
    face = ImageFont.truetype(str(FONTS / f"{font}.ttf"), size)
    left, top, right, bottom = face.getbbox(text)
    mask = Image.new("L", (right - left + 4, bottom - top + 4), 0)
    ImageDraw.Draw(mask).text((2 - left, 2 - top), text, fill=255, font=face)
    if turn:
        mask = mask.rotate(turn, expand=True)
    image = Image.fromarray(pixels)
    image.paste(value, at, mask)
    return numpy.asarray(image)


def save(path: Path, pixels: numpy.ndarray, *, modality="CR", sop="1.2.840.10008.5.1.4.1.1.1", declared=None, **more) -> Path:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = sop
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Quxmann^Zorba", "ZQ-4711-815", "19610512"
    ds.StudyDate, ds.Modality, ds.ImageType = "20260317", modality, ["ORIGINAL", "PRIMARY"]
    if declared:
        ds.BurnedInAnnotation = declared
    for key, value in more.items():
        setattr(ds, key, value)
    frames = pixels if pixels.ndim == 3 else pixels[None]
    if len(frames) > 1:
        ds.NumberOfFrames = len(frames)
    ds.Rows, ds.Columns = frames.shape[1:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = frames.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, enforce_file_format=True)
    return path


def deidentify(tmp_path: Path, *files: Path, arguments=("--profile", "basic")) -> tuple[dict[str, str], list[pydicom.FileDataset]]:
    """Codes of the files left out, by name, and the results."""
    out, held = tmp_path / "out", tmp_path / "held"
    done = subprocess.run(
        [str(binary()), "deidentify", *map(str, files), "--out", str(out), "--quarantine", str(held), "--json", *map(str, arguments)],
        capture_output=True, text=True, timeout=240, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Tesseract" not in done.stderr and "Error in" not in done.stderr
    codes = {}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        if "error" in entry and "file" in entry:
            error = entry["error"]
            codes[Path(entry["file"]).name] = error["code"] if isinstance(error, dict) else error
    return codes, [pydicom.dcmread(p) for p in sorted(out.rglob("*.dcm"))]


def test_written_text_is_held_back_in_every_form(tmp_path):
    """Names, dates and numbers; light and dark, across and upright, in the middle and at the edges."""
    cases = {
        "name": dict(text="QUXMANN^ZORBA", at=(10, 10)), "date": dict(text="12.05.1961", at=(300, 460)),
        "number": dict(text="ZQ-4711-815", at=(60, 240), font="DejaVuSansMono"),
        "stranger": dict(text="St. Elsewhere Hospital", at=(120, 8), size=16),
        "small": dict(text="MRN 4711815", at=(16, 470), size=12), "large": dict(text="Mueller, Hans", at=(20, 60), size=60),
        "dark": dict(text="Nguyen Thi Hoa", at=(150, 230), value=0), "upright": dict(text="Doe, Jane 1961", at=(470, 100), turn=90),
        "serif": dict(text="Maria Schmidt", at=(12, 300), font="DejaVuSerif", size=20),
    }
    files = [save(tmp_path / "in" / f"{name}.dcm", write(ground(512, 512), **case)) for name, case in cases.items()]
    codes, results = deidentify(tmp_path, *files)
    assert results == []
    assert {name: code.split(".")[-1] in ("textDetected", "textUnsure") for name, code in codes.items()} == {
        f"{name}.dcm": True for name in cases}


def test_images_without_text_and_with_markers_pass_and_say_so(tmp_path):
    """What was searched is marked NO; side markers are no text."""
    plain = save(tmp_path / "in" / "plain.dcm", ground(512, 512))
    marked = write(write(ground(512, 512), "L", (450, 20), 40), "PORTABLE", (20, 20), 20)
    codes, results = deidentify(tmp_path, plain, save(tmp_path / "in" / "marked.dcm", marked))
    assert codes == {} and [r.BurnedInAnnotation for r in results] == ["NO", "NO"]


def test_one_frame_of_many_is_enough(tmp_path):
    frames = numpy.stack([ground(256, 256)] * 5)
    frames[3] = write(frames[3].copy(), "QUXMANN", (30, 30))
    codes, results = deidentify(tmp_path, save(tmp_path / "in" / "cine.dcm", frames))
    assert results == [] and codes["cine.dcm"].endswith("textDetected")


def test_a_mask_takes_the_text_away_and_nothing_else(tmp_path):
    """Only the covered pixels change; text beside the mask, another size and two masks are held back."""
    rules = tmp_path / "rules"
    (rules / "masks").mkdir(parents=True)
    mask = "version: 1\nname: head\nmatch: {modality: [US], manufacturer: ['acme*']}\nrows: 480\ncolumns: 640\ncovered: [{left: 0, top: 0, width: 640, height: 40}]\n"
    (rules / "masks" / "head.yaml").write_text(mask)
    device = dict(modality="US", sop="1.2.840.10008.5.1.4.1.1.6.1", declared="YES", Manufacturer="ACME Sound")
    original = write(ground(480, 640), "QUXMANN ZORBA 12.05.1961", (20, 6))
    beside = write(original.copy(), "QUXMANN", (300, 440))
    arguments = ("--profile", "basic", "--pixel-rules", rules)
    files = [
        save(tmp_path / "in" / "covered.dcm", original, **device), save(tmp_path / "in" / "beside.dcm", beside, **device),
        save(tmp_path / "in" / "size.dcm", original[:-2], **device),
        save(tmp_path / "in" / "other.dcm", original, **(device | dict(Manufacturer="Other"))),
    ]
    codes, results = deidentify(tmp_path, *files, arguments=arguments)
    assert {name: code.split(".")[-1] for name, code in codes.items()} == {
        "beside.dcm": "textDetected", "size.dcm": "maskSizeDiffers", "other.dcm": "maskMissing"}
    [result] = results
    assert (result.pixel_array[:40] == 0).all() and (result.pixel_array[40:] == original[40:]).all()
    assert result.BurnedInAnnotation == "NO"
    assert "113101" in [item.CodeValue for item in result.DeidentificationMethodCodeSequence]
    (rules / "masks" / "again.yaml").write_text(mask.replace("head", "again"))
    codes, results = deidentify(tmp_path / "two", files[0], arguments=arguments)
    assert results == [] and codes["covered.dcm"].endswith("maskAmbiguous")


def test_a_mask_covers_images_of_every_kind_of_sample(tmp_path):
    """One bit, 16 and 32 bits, colour by plane and subsampled colour: what is covered shows black, the rest is as pydicom reads it."""
    rules = tmp_path / "rules"
    (rules / "masks").mkdir(parents=True)
    (rules / "masks" / "head.yaml").write_text(
        "version: 1\nname: head\nmatch: {manufacturer: [acme]}\nrows: 64\ncolumns: 96\ncovered: [{left: 0, top: 0, width: 96, height: 20}]\n")
    y, x = numpy.mgrid[0:64, 0:96]
    grey = (x + y).astype("u1")
    bits = ((x // 24 + y // 16) % 2).astype("u1")
    colour = numpy.stack([grey, grey // 2, 255 - grey], axis=-1)
    pairs = numpy.stack([grey[:, ::2], grey[:, 1::2], grey[:, ::2] // 2 + 60, 190 - grey[:, ::2] // 2], axis=-1)
    kinds = {
        "1": (numpy.packbits(bits.ravel(), bitorder="little"), dict(BitsAllocated=1, BitsStored=1, HighBit=0), 0),
        "16": (grey.astype("<u2") * 16, dict(BitsAllocated=16, BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME1"), 4095),
        "32": (grey.astype("<u4") << 20, dict(BitsAllocated=32, BitsStored=32, HighBit=31), 0),
        "planes": (colour.transpose(2, 0, 1), dict(SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=1), 0),
        "pairs": (pairs, dict(SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422", PlanarConfiguration=0), (0, 128, 128)),
    }
    for name, (pixels, attributes, black) in kinds.items():
        path = save(tmp_path / "in" / f"{name}.dcm", grey, sop="1.2.840.10008.5.1.4.1.1.7", modality="OT", declared="YES", Manufacturer="ACME")
        data = pydicom.dcmread(path)
        for keyword, value in attributes.items():
            setattr(data, keyword, value)
        data.PixelData = pixels.tobytes()
        data["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
        data.save_as(path)
        before = pydicom.pixels.pixel_array(path, raw=True)
        codes, results = deidentify(tmp_path / name, path, arguments=("--profile", "basic", "--pixel-rules", rules))
        assert codes == {}, name
        [result] = results
        after = pydicom.pixels.pixel_array(result, raw=True)
        assert after.shape == before.shape and (after[:20] == black).all() and (after[20:] == before[20:]).all(), name
        assert result.PhotometricInterpretation == {"pairs": "YBR_FULL"}.get(name, data.PhotometricInterpretation)


def test_without_the_recogniser_nothing_passes(tmp_path, monkeypatch):
    """Missing language data: the search cannot be done, so the image is held back."""
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    codes, results = deidentify(tmp_path, save(tmp_path / "in" / "plain.dcm", ground(256, 256)))
    assert results == [] and codes["plain.dcm"].endswith("textDetectionUnavailable")
