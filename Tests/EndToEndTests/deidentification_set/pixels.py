"""Small pictures in every encoding, and the places in an encoded picture that hold no pixel."""

import io
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy
from PIL import Image, ImageDraw, ImageFont

from .encoding import EXPLICIT, Element, File

ROWS, COLUMNS = 64, 80


def picture(rows: int = ROWS, columns: int = COLUMNS, bits: int = 8) -> numpy.ndarray:
    """Soft shapes, no text."""
    down, across = numpy.mgrid[0:rows, 0:columns]
    values = numpy.sin(down / 11.0) + numpy.cos(across / 17.0) + (down + across) / (rows + columns)
    values = (values - values.min()) / (values.max() - values.min())
    return (values * (2 ** bits - 1)).astype(numpy.uint8 if bits <= 8 else numpy.uint16)


def drawn(texts: list[str], rows: int = 512, columns: int = 640) -> numpy.ndarray:
    """A picture with words in two corners, as a device burns them in."""
    image = Image.fromarray(picture(rows, columns) // 2)
    pen = ImageDraw.Draw(image)
    for index, text in enumerate(texts):
        pen.text((14, 14 + 44 * index), text, fill=255, font=ImageFont.load_default(32))
    return numpy.asarray(image)


def jpeg(values: numpy.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, "JPEG", quality=95)
    return out.getvalue()


def jpeg_2000(values: numpy.ndarray, lossless: bool = True, boxes: bool = False) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, "JPEG2000", irreversible=not lossless, no_jp2=not boxes)
    return out.getvalue()


def jpeg_ls(values: numpy.ndarray, loss: int = 0) -> bytes:
    import jpeg_ls as codec
    return bytes(codec.encode(values, lossy_error=loss))


def dcmtk_jpeg(values: numpy.ndarray, option: str) -> bytes:
    """The stream that dcmcjpeg (DCMTK) makes: +ee extended, +el lossless, +e1 lossless with selection value 1."""
    import pydicom
    from pydicom.encaps import generate_frames
    file = File([Element(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.7"), Element(0x00080018, "UI", b"1.2.3.4.5"),
                 *pixel_module(values, 12 if values.dtype.itemsize == 2 else None), native(values)], EXPLICIT)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a"), Path(folder, "b")
        source.write_bytes(file.written())
        subprocess.run(["dcmcjpeg", option, source, target], check=True, capture_output=True)
        data = pydicom.dcmread(target)
        return next(generate_frames(data.PixelData, number_of_frames=1))


def rle(values: numpy.ndarray, unused: bytes = b"", behind: bytes = b"", within: bytes = b"") -> bytes:
    """RLE (PS3.5 Annex G) of literal runs. `unused`: the offsets of segments that do not exist; `within`: behind the runs of
    each segment; `behind`: after the last segment."""
    planes = [values.tobytes()] if values.dtype == numpy.uint8 else [
        (values >> 8).astype(numpy.uint8).tobytes(), (values & 0xFF).astype(numpy.uint8).tobytes()]
    segments = []
    for plane in planes:
        runs = b"".join(bytes([len(part) - 1]) + part for part in (plane[at:at + 128] for at in range(0, len(plane), 128)))
        runs += within
        segments.append(runs + bytes(len(runs) % 2))
    offsets, at = [], 64
    for segment in segments:
        offsets.append(at)
        at += len(segment)
    header = struct.pack(f"<I{len(offsets)}I", len(segments), *offsets)
    return header + (unused + bytes(64))[:64 - len(header)] + b"".join(segments) + behind


def pixel_module(values: numpy.ndarray, stored: int | None = None, high: int | None = None, frames: int | None = None,
                 photometric: str | None = None) -> list[Element]:
    color = values.ndim == 3
    allocated = 8 * values.dtype.itemsize
    stored = stored or allocated
    high = high if high is not None else stored - 1
    found = [Element(0x00280002, "US", (3 if color else 1,)),
             Element(0x00280004, "CS", (photometric or ("RGB" if color else "MONOCHROME2")).encode()),
             Element(0x00280010, "US", (values.shape[0],)), Element(0x00280011, "US", (values.shape[1],)),
             Element(0x00280100, "US", (allocated,)), Element(0x00280101, "US", (stored,)),
             Element(0x00280102, "US", (high,)), Element(0x00280103, "US", (0,))]
    if color:
        found.append(Element(0x00280006, "US", (0,)))
    if frames:
        found.append(Element(0x00280008, "IS", str(frames).encode()))
    return found


def native(values: numpy.ndarray, behind: bytes = b"") -> Element:
    return Element(0x7FE00010, "OW" if values.dtype.itemsize > 1 else "OB", values.tobytes() + behind)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def bits_above(values: numpy.ndarray, text: bytes, stored: int = 12) -> numpy.ndarray:
    """Text in the unused bits above the sample, a nibble of each byte in each word."""
    return with_nibbles(values, text, stored)


def with_nibbles(values: numpy.ndarray, text: bytes, shift: int) -> numpy.ndarray:
    flat = values.astype(numpy.uint16).ravel().copy()
    for index, byte in enumerate(text * 3):
        flat[2 * index] |= (byte >> 4) << shift
        flat[2 * index + 1] |= (byte & 15) << shift
    return flat.reshape(values.shape)


def plane_in_high_bit(values: numpy.ndarray, text: bytes, bit: int = 12) -> numpy.ndarray:
    """An overlay plane as before 2006: one bit above the sample (PS3.5 §8.1.2); the text's bits, three times."""
    flat = values.astype(numpy.uint16).ravel().copy()
    bits = numpy.unpackbits(numpy.frombuffer(text * 3, numpy.uint8), bitorder="little").astype(numpy.uint16)
    flat[:len(bits)] |= bits << bit
    return flat.reshape(values.shape)
