"""Bits of compressed samples that are no part of them: an old overlay can stand there, as in native pixels."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import imagecodecs
import numpy
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless, generate_uid

from gateway import binary

ROOT = Path(__file__).resolve().parents[2]
CHANCE = numpy.random.default_rng(4711)


def radiograph(stored: int = 12, signed: bool = False) -> numpy.ndarray:
    y, x = numpy.mgrid[0:80, 0:96]
    top = (1 << stored) - 1
    values = numpy.clip((x * 11 + y * 23) % top + CHANCE.integers(0, 9, x.shape), 0, top)
    if signed:
        return (values - (1 << stored - 1)).astype("<i2")
    return values.astype("<u2")


def striped(pixels: numpy.ndarray, stored: int = 12) -> numpy.ndarray:
    """A stripe in the upper half of the unused bits."""
    cells = pixels.view("<u2").copy()
    cells[30:46, :] |= 0xFFFF << stored & 0xF000
    return cells


ENCODERS = {
    "JPEG lossless": ("1.2.840.10008.1.2.4.70", imagecodecs.ljpeg_encode),
    "JPEG-LS": ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode),
    "JPEG 2000": ("1.2.840.10008.1.2.4.90", lambda a: imagecodecs.jpeg2k_encode(a, level=0, reversible=True, codecformat="j2k", bitspersample=16)),
    "HTJ2K": ("1.2.840.10008.1.2.4.201", lambda a: imagecodecs.htj2k_encode(a, reversible=True)),
    "RLE": (RLELossless, None),
}


def save(path: Path, frames: list[numpy.ndarray], kind: str, stored: int = 12, signed: bool = False) -> Path:
    syntax, encode = ENCODERS[kind]
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1" if encode is None else syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID, ds.StudyDate = "Quxmann^Zorba", "ZQ-4711-815", "20260317"
    ds.Modality, ds.ImageType, ds.BurnedInAnnotation = "CR", ["ORIGINAL", "PRIMARY"], "NO"
    ds.Rows, ds.Columns = frames[0].shape
    ds.NumberOfFrames = len(frames)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, stored, stored - 1, int(signed)
    cells = [frame.view("<u2") for frame in frames]
    if encode is None:
        ds.PixelData = b"".join(frame.tobytes() for frame in cells)
        ds["PixelData"].VR = "OW"
        ds.compress(RLELossless, generate_instance_uid=False)
    else:
        ds.PixelData = encapsulate([encode(frame) for frame in cells])
        ds["PixelData"].VR = "OB"
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, enforce_file_format=True)
    return path


def deidentified(tmp_path: Path, file: Path) -> pydicom.FileDataset:
    done = subprocess.run([str(binary()), "deidentify", str(file), "--out", str(tmp_path / "out"), "--json", "--profile", "basic"],
                          capture_output=True, text=True, timeout=240, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    [result] = (tmp_path / "out").rglob("*.dcm")
    return pydicom.dcmread(result)


def cells(data: pydicom.FileDataset) -> numpy.ndarray:
    """All bits of all cells, whatever Bits Stored says."""
    data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 15, 0
    return pydicom.pixels.pixel_array(data, raw=True).astype("<u2")


@pytest.mark.parametrize("kind", ENCODERS)
def test_what_stands_in_unused_bits_is_gone_and_the_samples_are_as_they_were(kind, tmp_path):
    images = [radiograph(), radiograph()[::-1].copy()]
    result = deidentified(tmp_path, save(tmp_path / "in.dcm", [images[0], striped(images[1])], kind))
    assert result.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    left = cells(result)
    assert int((left >> 12 != 0).sum()) == 0
    assert numpy.array_equal(left, numpy.stack(images))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("kind", ENCODERS)
def test_a_stream_of_16_bits_whose_unused_ones_tell_nothing_stays_what_it_is(kind, signed, tmp_path):
    image = radiograph(signed=signed)
    result = deidentified(tmp_path, save(tmp_path / "in.dcm", [image], kind, signed=signed))
    assert result.file_meta.TransferSyntaxUID == ENCODERS[kind][0]
    assert numpy.array_equal(cells(result), image.view("<u2"))


def test_a_stream_that_no_decoder_here_reads_is_left_out(tmp_path):
    path = save(tmp_path / "in.dcm", [radiograph()], "JPEG lossless")
    data = pydicom.dcmread(path)
    stream = bytearray(next(pydicom.encaps.generate_frames(data.PixelData, number_of_frames=1)))
    start = stream.index(b"\xff\xda")
    data.PixelData = encapsulate([bytes(stream[:start + 14]) + b"\xff\xd9"])
    data.save_as(path)
    done = subprocess.run([str(binary()), "deidentify", str(path), "--out", str(tmp_path / "out"), "--json", "--profile", "basic"],
                          capture_output=True, text=True, timeout=240, cwd=ROOT)
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert "deidentification.pixelDataNotCleanable" in json.dumps(entries), done.stdout
    assert not list((tmp_path / "out").rglob("*.dcm"))
