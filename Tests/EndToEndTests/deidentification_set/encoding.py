"""Data sets as bytes (PS3.5 §7), any of the encodings, with all that a polite writer would refuse."""

import struct
from dataclasses import dataclass, field

LONG = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
WORDS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
UNDEFINED = 0xFFFFFFFF

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
JPEG_2000 = "1.2.840.10008.1.2.4.91"


@dataclass
class Element:
    """`value`: bytes in little endian as they are, a tuple of numbers, or a list of items (lists of elements)."""
    tag: int
    vr: str
    value: object = b""
    undefined: bool = False  # length of the sequence and of its items
    as_un: bool = False  # written as UN: of undefined length in implicit VR, else its bytes
    pad: bool = True


@dataclass(frozen=True)
class Encoding:
    explicit: bool = True
    big: bool = False

    def tag(self, tag: int) -> bytes:
        return struct.pack(">HH" if self.big else "<HH", tag >> 16, tag & 0xFFFF)

    def uint32(self, value: int) -> bytes:
        return struct.pack(">I" if self.big else "<I", value)

    def value(self, element: Element) -> bytes:
        value = element.value
        if isinstance(value, tuple):
            if element.vr == "AT":
                return b"".join(self.tag(tag) for tag in value)
            return struct.pack((">" if self.big else "<") + NUMBERS[element.vr] * len(value), *value)
        if self.big and not element.as_un and (width := WORDS.get(element.vr)):
            value = value + bytes(-len(value) % width)
            value = b"".join(value[at:at + width][::-1] for at in range(0, len(value), width))
        return value

    def items(self, element: Element, undefined: bool) -> bytes:
        written = b""
        for item in element.value:
            content = self.data_set(item)
            written += self.tag(0xFFFEE000) + self.uint32(UNDEFINED if undefined else len(content)) + content
            if undefined:
                written += self.tag(0xFFFEE00D) + self.uint32(0)
        return written

    def element(self, element: Element) -> bytes:
        vr = "UN" if element.as_un else element.vr
        undefined = element.undefined
        if isinstance(element.value, list):
            inner = Encoding(explicit=False) if element.as_un else self
            content = inner.items(element, undefined)
            if undefined:
                content += inner.tag(0xFFFEE0DD) + inner.uint32(0)
        else:
            content = self.value(element)
            if len(content) % 2 and element.pad:
                content += b"\0" if vr in ("UI", "OB", "UN") else b" "
            undefined = False
        length = UNDEFINED if undefined else len(content)
        if not self.explicit:
            return self.tag(element.tag) + self.uint32(length) + content
        if vr in LONG:
            return self.tag(element.tag) + vr.encode() + b"\0\0" + self.uint32(length) + content
        if length > 0xFFFE:
            raise ValueError(f"{element.tag:08x}")
        return self.tag(element.tag) + vr.encode() + struct.pack(">H" if self.big else "<H", length) + content

    def data_set(self, elements) -> bytes:
        return b"".join(self.element(element) for element in sorted(elements, key=lambda element: element.tag))


def encoding_of(syntax: str) -> Encoding:
    return Encoding(explicit=syntax != IMPLICIT, big=syntax == BIG_ENDIAN)


def fragments(streams: list[bytes], offsets: bytes = b"") -> bytes:
    """Encapsulated Pixel Data (PS3.5 §A.4)."""
    written = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, UNDEFINED)
    for stream in [offsets, *streams]:
        stream += bytes(len(stream) % 2)
        written += struct.pack("<HHI", 0xFFFE, 0xE000, len(stream)) + stream
    return written + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


@dataclass
class File:
    """One DICOM file (PS3.10 §7)."""
    elements: list[Element]
    syntax: str = EXPLICIT
    streams: list[bytes] | None = None  # encapsulated frames
    offsets: bytes = b""
    meta: list[Element] = field(default_factory=list)
    preamble: bytes = bytes(128)
    after: bytes = b""  # behind the data set
    inserted: bytes = b""  # written as it is between the data set and the pixel data

    def written(self) -> bytes:
        import zlib
        encoding = encoding_of(self.syntax)
        pixel = 0x7FE00010
        head = encoding.data_set([element for element in self.elements if element.tag < pixel]) + self.inserted
        if self.streams is not None:
            head += fragments(self.streams, self.offsets)
        body = head + encoding.data_set([element for element in self.elements if element.tag >= pixel]) + self.after
        if self.syntax == DEFLATED:
            deflater = zlib.compressobj(wbits=-15)
            body = deflater.compress(body) + deflater.flush()
            body += bytes(len(body) % 2)
        uids = {element.tag: element.value for element in self.elements if element.vr == "UI"}
        own = {0x00020001: Element(0x00020001, "OB", b"\0\1"),
               0x00020002: Element(0x00020002, "UI", uids.get(0x00080016, b"")),
               0x00020003: Element(0x00020003, "UI", uids.get(0x00080018, b"")),
               0x00020010: Element(0x00020010, "UI", self.syntax.encode()),
               0x00020012: Element(0x00020012, "UI", b"1.2.3.4")}
        own.update({element.tag: element for element in self.meta})
        group = Encoding().data_set(own.values())
        length = Encoding().element(Element(0x00020000, "UL", (len(group),)))
        return self.preamble + b"DICM" + length + group + body
