"""One picture in the encodings that radiographs come in: pixel depth, polarity, window, tables, transfer syntax."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless, RLELossless

from exams import Exam
from radiographs import dicom


def wrapped(exam: Exam, picture: numpy.ndarray, bits: int = 12, signed: bool = False, offset: int = 0,
            falling: bool = False, **changes) -> Dataset:
    """The picture (brightness 0…1) as a DX image: 0 becomes `offset`, 1 the highest value of that many bits above it.

    Nothing says how to show it: no window, no LUT shape; `changes` are DICOM keywords with values, None removes."""
    data = pydicom.dcmread(io.BytesIO(dicom(exam)))
    for keyword in ("WindowCenter", "WindowWidth", "PresentationLUTShape"):
        delattr(data, keyword)
    values = numpy.floor((1 - picture if falling else picture) * ((1 << bits) - 1) + 0.5).astype(numpy.int64) + offset
    data.PhotometricInterpretation = "MONOCHROME1" if falling else "MONOCHROME2"
    data.BitsAllocated = 8 if bits <= 8 else 16
    data.BitsStored = data.BitsAllocated if signed else bits
    data.HighBit = data.BitsStored - 1
    data.PixelRepresentation = int(signed)
    set_pixels(data, values)
    for keyword, value in changes.items():
        if value is None:
            delattr(data, keyword)
        else:
            setattr(data, keyword, value)
    return data


def set_pixels(data: Dataset, values: numpy.ndarray):
    data.Rows, data.Columns = values.shape
    kind = ("i" if data.PixelRepresentation else "u") + str(data.BitsAllocated // 8)
    pixels = numpy.ascontiguousarray(values).astype(f"<{kind}").tobytes()
    data.PixelData = pixels + b"\0" * (len(pixels) % 2)
    data["PixelData"].VR = "OW" if data.BitsAllocated == 16 else "OB"


def table(first: int, entries, bits: int = 16) -> Dataset:
    """An item of a Modality or VOI LUT Sequence."""
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries) % 65536, first % 65536, bits])
    item.add_new("LUTData", "OW", numpy.asarray(entries, "<u2").tobytes())
    return item


def modality_table(first: int, entries) -> Sequence:
    item = table(first, entries)
    item.ModalityLUTType = "US"
    return Sequence([item])


def voi_table(first: int, entries) -> Sequence:
    return Sequence([table(first, entries)])


def saved(data: Dataset, file: Path) -> Path:
    data.save_as(file, enforce_file_format=True)
    return file


def implicit(data: Dataset) -> Dataset:
    data.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return data


def big_endian(data: Dataset, file: Path) -> Path:
    """pydicom turns all but the pixels and what else is of VR OW."""
    kind = f"u{data.BitsAllocated // 8}"
    data.PixelData = numpy.frombuffer(data.PixelData, f"<{kind}").astype(f">{kind}").tobytes()
    data.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    # Read from a little endian file, it would be written as such without a copy.
    copy = Dataset()
    copy.update(data)
    copy.file_meta = data.file_meta
    copy.save_as(file, little_endian=False, implicit_vr=False, enforce_file_format=True)
    return file


def run_length(data: Dataset) -> Dataset:
    """By pydicom's own encoder."""
    data.compress(RLELossless, encoding_plugin="pydicom")
    return data


def jpeg_ls(data: Dataset) -> Dataset:
    """By CharLS."""
    data.compress(JPEGLSLossless, encoding_plugin="pyjpegls")
    return data


def jpeg_lossless(data: Dataset, file: Path, process: str = "+e1") -> Path:
    """By DCMTK's command line; `+e1` is process 14, selection value 1, `+el` any other value."""
    plain = saved(data, file.with_suffix(".plain"))
    subprocess.run(["dcmcjpeg", "+tl", process, str(plain), str(file)], check=True, capture_output=True, timeout=60)
    plain.unlink()
    return file


def has_jpeg_encoder() -> bool:
    return shutil.which("dcmcjpeg") is not None


def explicit(data: Dataset) -> Dataset:
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return data
