"""Looks for planted identifiers in bytes of any kind: every spelling, every encoding, no knowledge of tags.

Nothing of the gateway and no table of attributes is used: a hit is a run of bytes."""

import base64
import io
import re
import subprocess
import tempfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy

from .encoding import BIG_ENDIAN
from .planting import Planted


@dataclass(frozen=True)
class Left:
    """A planted identifier that was found."""
    planted: Planted
    where: str  # file, and how it had to be read
    offset: int


def spellings(planted: Planted) -> set[bytes]:
    """The bytes that an identifier can be, in small letters where it is ASCII."""
    token = planted.token
    found = {token.lower()}
    if planted.kind == "date":
        year, month, day = token[:4], token[4:6], token[6:]
        found |= {f"{year}-{month}-{day}", f"{year}/{month}/{day}", f"{day}.{month}.{year}", f"{month}/{day}/{year}"}
    made: set[bytes] = set()
    for text in found:
        for codec in ("utf-8", "utf-16-le", "utf-16-be", planted.charset):
            own = text if token.isascii() else token
            made.add(own.encode(codec, "ignore"))
        if not token.isascii():
            foreign = token.encode(planted.charset)
            made |= {foreign, foreign.decode("latin-1").encode(), token.encode("unicode_escape").lower(),
                     token.encode("ascii", "xmlcharrefreplace")}
            made.add(token.encode("utf-8").decode("latin-1").encode())
    if planted.kind == "text" and token.isascii():
        # Written as words of another byte order.
        for width in (2, 4, 8):
            whole = token.lower().encode()[:len(token) // width * width]
            made.add(b"".join(whole[at:at + width][::-1] for at in range(0, len(whole), width)))
    return {spelling.lower() for spelling in made if len(spelling) >= 4}


def disguises(planted: Planted) -> set[bytes]:
    """As base64 (which keeps capitals) and hexadecimal digits."""
    whole = planted.token.encode(planted.charset)
    made = set()
    for token in {whole, whole.lower(), planted.token.encode()}:
        made.add(token.hex().encode())
        for skip in range(3):
            text = base64.b64encode(bytes(skip) + token)
            made.add(text[{0: 0, 1: 2, 2: 3}[skip]:-4].rstrip(b"="))
    return {spelling for spelling in made if len(spelling) >= 8}


class Search:
    """All identifiers at once: the first four bytes of each spelling are looked up at each position."""

    def __init__(self, planted: list[Planted]):
        self.drawn = [each for each in planted if each.kind == "drawn"]
        self._folded = self._table((spelling, each) for each in planted for spelling in spellings(each))
        self._exact = self._table((spelling, each) for each in planted for spelling in disguises(each))

    @staticmethod
    def _table(pairs):
        table = defaultdict(list)
        for spelling, each in pairs:
            table[spelling[:4]].append((spelling, each))
        keys = numpy.zeros(1 << 24, bool)
        keys[Search._hash(numpy.frombuffer(b"".join(table), "<u4"))] = True
        return table, keys

    @staticmethod
    def _hash(words: numpy.ndarray) -> numpy.ndarray:
        return (words * numpy.uint32(2654435761)) >> numpy.uint32(8)

    def _look(self, blob: bytes, table) -> list[tuple[Planted, int]]:
        spellings_by_key, keys = table
        if len(blob) < 4:
            return []
        each = numpy.frombuffer(blob, numpy.uint8).astype(numpy.uint32)
        words = each[:-3] | each[1:-2] << 8 | each[2:-1] << 16 | each[3:] << 24
        found = []
        for at in numpy.flatnonzero(keys[self._hash(words)]).tolist():
            for spelling, planted in spellings_by_key.get(blob[at:at + 4], ()):
                if blob.startswith(spelling, at) and self._stands_alone(blob, at, spelling, planted):
                    found.append((planted, at))
        return found

    @staticmethod
    def _stands_alone(blob: bytes, at: int, spelling: bytes, planted: Planted) -> bool:
        """Eight digits stand in a long number by chance: a date has no digit in front and none, or a time, behind."""
        if planted.kind != "date" or len(spelling) != 8:
            return True
        if at and blob[at - 1:at].isdigit():
            return False
        return re.match(rb"\d{0,6}(?!\d)", blob[at + 8:at + 16]) is not None

    def bytes(self, blob: bytes, where: str) -> list[Left]:
        """In bytes as they are."""
        left = [Left(planted, where, at) for planted, at in self._look(blob.lower(), self._folded)]
        left += [Left(planted, f"{where}, disguised", at) for planted, at in self._look(blob, self._exact)]
        return left

    def dicom(self, file: bytes, where: str) -> list[Left]:
        """In a DICOM file: its bytes, what is deflated, and the pixels in every way that hides text in them."""
        left = self.bytes(file, where)
        for name, blob in views(file):
            left += self.bytes(blob, f"{where}, {name}")
        return left

    def read(self, file: bytes, where: str, candidates: list[Planted]) -> list[Left]:
        """Words that a program for reading pictures finds in the pixels; in a word of nine letters two may be misread."""
        pixels = decoded(file)
        if pixels is None:
            return []
        words = [word for picture in renderings(pixels) for word in words_in(picture)]
        return [Left(planted, f"{where}, read in the pixels", 0) for planted in candidates
                if any(_alike(planted.token, word) >= len(planted.token) - 2 for word in words)]


def renderings(pixels: numpy.ndarray):
    """The picture, and twice as large what is bright in it and what is dark in it, as black on white."""
    from PIL import Image
    values = pixels.astype(float)
    values = 255 * (values - values.min()) / max(values.max() - values.min(), 1)
    yield Image.fromarray(values.astype(numpy.uint8))
    for stroke in (values > 190, values < 65):
        picture = Image.fromarray(numpy.where(stroke, 0, 255).astype(numpy.uint8))
        yield picture.resize((2 * picture.width, 2 * picture.height), Image.LANCZOS)


def words_in(picture) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.png")
        picture.save(file)
        text = subprocess.run(["tesseract", file, "-", "--psm", "11"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"[A-Z0-9]{5,}", text.upper())


def _alike(token: str, word: str) -> int:
    return max(sum(a == b for a, b in zip(token, word[shift:])) for shift in range(0, max(1, len(word) - len(token) + 1)))


def decoded(file: bytes):
    """The first frame by pydicom, or nil."""
    import pydicom
    try:
        data = pydicom.dcmread(io.BytesIO(file), force=True)
        pixels = data.pixel_array
        return pixels[0] if data.get("NumberOfFrames", 1) > 1 else pixels
    except Exception:
        return None


def views(file: bytes):
    """What else a file's bytes are: name and bytes."""
    import pydicom
    import pydicom.encaps
    try:
        data = pydicom.dcmread(io.BytesIO(file), force=True)
        syntax = str(data.file_meta.get("TransferSyntaxUID", ""))
    except Exception:
        return
    if syntax == "1.2.840.10008.1.2.1.99":
        start = 144 + data.file_meta.FileMetaInformationGroupLength
        yield "inflated", zlib.decompressobj(-15).decompress(file[start:])
    try:
        blobs = [("", bytes(data.PixelData))]
    except Exception:
        return
    try:
        yield "fragments joined", b"".join(pydicom.encaps.generate_fragments(data.PixelData))
    except Exception:
        pass
    pixels = decoded(file)
    if pixels is not None and syntax not in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1"):
        blobs.append(("decoded ", pixels.tobytes()))
    for name, blob in blobs:
        if int(data.get("BitsAllocated", 8)) != 16:
            if name:
                yield name + "pixels", blob
            continue
        words = numpy.frombuffer(blob[:len(blob) // 2 * 2], ">u2" if syntax == BIG_ENDIAN and not name else "<u2")
        for shift in (12, 0):
            nibbles = (words >> shift & 15).astype(numpy.uint8)
            nibbles = nibbles[:len(nibbles) // 2 * 2]
            yield f"{name}nibbles from bit {shift}", (nibbles[::2] << 4 | nibbles[1::2]).tobytes()
        yield f"{name}high bytes", (words >> 8).astype(numpy.uint8).tobytes()
        for bit in range(16):
            yield f"{name}bit {bit}", numpy.packbits((words >> bit & 1).astype(numpy.uint8), bitorder="little").tobytes()


def holders(file: bytes, token: str) -> set[int]:
    """The attributes whose values hold this text, at any depth."""
    import pydicom
    found: set[int] = set()

    def note(_, element):
        if element.VR != "SQ" and token.encode() in str(element.value).encode():
            found.add(int(element.tag))
    try:
        pydicom.dcmread(io.BytesIO(file), force=True).walk(note)
    except Exception:
        return {-1}
    return found
