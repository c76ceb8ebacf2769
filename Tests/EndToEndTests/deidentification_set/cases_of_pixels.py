"""Identifiers beside, behind, above and in the pixels."""

import struct

import numpy

from . import encoding as e
from .encoding import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, RLE, Element, File
from .headers import text
from .pixels import (bits_above, dcmtk_jpeg, drawn, jpeg, jpeg_2000, jpeg_ls, native, picture, pixel_module,
                     plane_in_high_bit, rle, segment, with_nibbles)

SOI = 2  # bytes


def add(maker):
    overlays(maker)
    native_pixels(maker)
    run_lengths(maker)
    jpegs(maker)
    wavelets(maker)
    several_frames(maker)
    other_syntaxes(maker)
    drawn_text(maker)


def overlays(maker):
    planter = maker.planter
    for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN):
        case = f"overlays, curves, icons, sounds, {syntax}"
        header = maker.header(case)
        for group in [0x6000, 0x6002, 0x601E, 0x60FE]:
            at = group << 16
            header.put(Element(at | 0x0010, "US", (8,)), Element(at | 0x0011, "US", (64,)),
                       text(at | 0x0022, "LO", planter.text("Overlay Description", at | 0x0022)),
                       text(at | 0x0040, "CS", "G"), text(at | 0x0045, "LO", planter.text("Overlay Subtype", at | 0x0045)),
                       Element(at | 0x0050, "SS", (1, 1)), Element(at | 0x0100, "US", (1,)), Element(at | 0x0102, "US", (0,)),
                       text(at | 0x1500, "LO", planter.text("Overlay Label", at | 0x1500)),
                       Element(at | 0x3000, "OW", planter.text("Overlay Data", at | 0x3000, 16).encode() * 4),
                       text(at | 0x4000, "LT", planter.text("Overlay Comments", at | 0x4000)))
        for group in [0x5000, 0x501E]:
            at = group << 16
            header.put(Element(at | 0x0005, "US", (2,)), text(at | 0x0020, "CS", "TAC"),
                       text(at | 0x0022, "LO", planter.text("Curve Description", at | 0x0022)),
                       text(at | 0x2500, "LO", planter.text("Curve Label", at | 0x2500)),
                       Element(at | 0x2610, "SQ", [[Element(at | 0x200C, "OW", planter.text("Audio", at | 0x200C).encode())]]),
                       Element(at | 0x3000, "OW", planter.text("Curve Data", at | 0x3000, 16).encode() * 4))
        small = picture(16, 16)
        icon = [*pixel_module(small), Element(0x7FE00010, "OB", planter.text("icon", 0x00880200, 16).encode() * 16)]
        header.put(Element(0x00880200, "SQ", [icon]), Element(0x00091110, "SQ", [icon]), text(0x00090011, "LO", "GEIIS"),
                   Element(0x54000100, "SQ", [[Element(0x54001010, "OW", planter.text("waveform", 0x54000100).encode() * 4)]]))
        values = picture()
        maker.add(case, File(header.put(*pixel_module(values), native(values)).all(), syntax))


def native_pixels(maker):
    planter = maker.planter
    for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED):
        for form in ("bits above", "bits below", "overlay plane in bit 12", "behind the last pixel", "8 bits in 16"):
            case = f"{form}, {syntax}"
            header = maker.header(case, "CT")
            values = picture(bits=12)
            stored, high, behind = 12, 11, b""
            token = planter.text(form, 0x7FE00010, 16, kind={"bits above": "nibbles above", "bits below": "nibbles below",
                                                             "overlay plane in bit 12": "plane",
                                                             "8 bits in 16": "bytes above"}.get(form, "text")).encode()
            if form == "bits above":
                values = bits_above(values, token)
            elif form == "bits below":
                values, high = with_nibbles(values << 4, token, 0), 15
            elif form == "overlay plane in bit 12":
                values = plane_in_high_bit(values, token)
                header.put(Element(0x60000010, "US", (64,)), Element(0x60000011, "US", (80,)), text(0x60000040, "CS", "G"),
                           Element(0x60000050, "SS", (1, 1)), Element(0x60000100, "US", (16,)), Element(0x60000102, "US", (12,)))
            elif form == "8 bits in 16":
                values, stored, high = values >> 4, 8, 7
                flat = values.ravel()
                flat[:48] |= numpy.frombuffer(token * 3, numpy.uint8).astype(numpy.uint16) << 8
            else:
                behind = token
            header.put(*pixel_module(values, stored, high), native(values, behind))
            maker.add(case, File(header.all(), syntax))
    for kind, values in [("CR", picture()), ("XA", picture())]:
        case = f"behind the last pixel, 8 bits, {kind}"
        header = maker.header(case, kind)
        header.put(*pixel_module(values), native(values, planter.text("behind the last pixel", 0x7FE00010, 12).encode()))
        maker.add(case, File(header.all()))
    # No image attribute says that these are pixels.
    case = "float pixels and pixel data provider"
    header = maker.header(case, "MR")
    values = picture()
    header.put(*pixel_module(values), native(values), Element(0x00287FE0, "UR", planter.text("Pixel Data Provider URL", 0x00287FE0).encode()),
               Element(0x7FE00001, "OV", planter.text("Extended Offset Table", 0x7FE00001, 16).encode()),
               Element(0x7FE00003, "UV", struct.unpack("<2Q", planter.text("Encapsulated lengths", 0x7FE00003, 16).encode())))
    maker.add(case, File(header.all()))


def encapsulated(maker, case: str, syntax: str, values, streams, passes: bool = True, why: str = "", offsets: bytes = b"",
                 stored: int | None = None, **module):
    header = maker.current
    header.put(*pixel_module(values, stored, **module))
    maker.add(case, File(header.all(), syntax, streams=streams, offsets=offsets), passes, why)


def begin(maker, case: str, kind: str = "CR"):
    maker.current = maker.header(case, kind)
    return maker.planter


def run_lengths(maker):
    values = picture()
    for form in ("plain", "unused segment offsets", "behind the last segment", "behind the runs of a segment",
                 "Basic Offset Table", "another fragment"):
        case = f"RLE, {form}"
        planter = begin(maker, case)
        token = b"" if form == "plain" else planter.text(form, 0x7FE00010, 12).encode()
        # Unused offsets must be zero, two control bytes of no operation surround the text behind the runs.
        stream = {"plain": lambda: rle(values), "unused segment offsets": lambda: rle(values, unused=token),
                  "behind the last segment": lambda: rle(values, behind=token),
                  "behind the runs of a segment": lambda: rle(values, within=bytes([len(token) - 1]) + token)}.get(
                      form, lambda: rle(values))()
        streams = [stream, token] if form == "another fragment" else [stream]
        encapsulated(maker, case, RLE, values, streams, passes=form == "plain", why="the encoded frame is not well-formed",
                     offsets=token if form == "Basic Offset Table" else b"")


def with_segments(stream: bytes, *segments: bytes) -> bytes:
    return stream[:SOI] + b"".join(segments) + stream[SOI:]


def jpegs(maker):
    eight, twelve = picture(), picture(bits=12)
    made = [(e.JPEG_BASELINE, eight, jpeg(eight)), (e.JPEG_EXTENDED, twelve, dcmtk_jpeg(twelve, "+ee")),
            (e.JPEG_LOSSLESS, twelve, dcmtk_jpeg(twelve, "+el")), (e.JPEG_LOSSLESS_SV1, eight, dcmtk_jpeg(eight, "+e1")),
            (e.JPEG_LS, eight, jpeg_ls(eight)), (e.JPEG_LS_NEAR, twelve, jpeg_ls(twelve, 2))]
    for syntax, values, stream in made:
        for form in ("comment", "application segments", "between scans and the end", "behind the end", "in front of the start",
                     "Basic Offset Table", "a second stream", "in a comment of two fragments"):
            case = f"JPEG {form}, {syntax}"
            planter = begin(maker, case)
            token = planter.text(form, 0x7FE00010, 14).encode()
            streams, offsets, passes = [stream], b"", True
            if form == "comment":
                streams = [with_segments(stream, segment(0xFE, token))]
            elif form == "application segments":
                each = [planter.text(f"APP{number}", 0x7FE00010).encode() for number in range(16)]
                streams = [with_segments(
                    stream, segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\2\1" + token[:6]), segment(0xE0, b"JFXX\0\x10" + each[0]),
                    segment(0xE1, b"Exif\0\0" + each[1]), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + each[1]),
                    segment(0xE2, b"ICC_PROFILE\0\1\1" + each[2]), *(segment(0xE0 + number, each[number]) for number in range(3, 16)),
                    segment(0xED, b"Photoshop 3.0\0" + token))]
            elif form == "between scans and the end":
                end = stream.rindex(b"\xff\xd9")
                streams = [stream[:end] + segment(0xFE, token) + stream[end:]]
            elif form == "behind the end":
                streams = [stream + token]
            elif form == "in front of the start":
                streams, passes = [token + stream], False
            elif form == "Basic Offset Table":
                offsets, passes = struct.pack("<I", 0) + token, False
            elif form == "a second stream":
                streams = [stream, with_segments(stream, segment(0xFE, token))]
            else:
                whole = with_segments(stream, segment(0xFE, bytes(20) + token + bytes(20)))
                streams = [whole[:30], whole[30:40], whole[40:]]
                passes = True
            encapsulated(maker, case, syntax, values, streams, passes=passes, why="the encoded frame is not well-formed",
                         offsets=offsets, stored=12 if values.dtype.itemsize == 2 else None)
    # Tables that no scan uses can hold any bytes, and so can fill bytes of the entropy-coded data.
    case = "JPEG table that no scan uses"
    planter = begin(maker, case)
    table = (planter.text("quantization table 3", 0x7FE00010, 16).encode() * 4)
    encapsulated(maker, case, e.JPEG_BASELINE, eight, [with_segments(jpeg(eight), segment(0xDB, b"\x03" + table))], passes=False,
                 why="a table without a use")
    case = "JPEG marker segments without a meaning"
    planter = begin(maker, case)
    odd = [segment(marker, planter.text(f"marker {marker:02x}", 0x7FE00010).encode()) for marker in (0xF0, 0xC8, 0xDE, 0xDF, 0xFD)]
    encapsulated(maker, case, e.JPEG_BASELINE, eight, [with_segments(jpeg(eight), *odd)], passes=False, why="segments of no use")


def wavelets(maker):
    values = picture()
    plain = jpeg_2000(values)
    boxed = jpeg_2000(values, boxes=True)
    for syntax in (e.JPEG_2000_LOSSLESS, e.JPEG_2000):
        stream = jpeg_2000(values, syntax == e.JPEG_2000_LOSSLESS)
        for form in ("comment", "comment in a tile-part", "behind the end", "in boxes", "unknown marker", "a second stream"):
            case = f"JPEG 2000 {form}, {syntax}"
            planter = begin(maker, case)
            token = planter.text(form, 0x7FE00010, 14).encode()
            tile = stream.index(b"\xff\x90")
            comment = struct.pack(">BBHH", 0xFF, 0x64, len(token) + 4, 1) + token
            passes = form not in ("in boxes", "unknown marker")
            streams = [stream]
            if form == "comment":
                streams = [stream[:tile] + comment + stream[tile:]]
            elif form == "comment in a tile-part":
                length = struct.unpack(">I", stream[tile + 6:tile + 10])[0]
                header = stream[tile:tile + 6] + struct.pack(">I", length + len(comment) if length else 0) + stream[tile + 10:tile + 12]
                streams = [stream[:tile] + header + comment + stream[tile + 12:]]
            elif form == "behind the end":
                streams = [stream + token]
            elif form == "in boxes":
                streams = [boxed + struct.pack(">I4s", 8 + len(token), b"xml ") + token]
            elif form == "unknown marker":
                streams = [stream[:tile] + struct.pack(">BBH", 0xFF, 0x6F, len(token) + 2) + token + stream[tile:]]
            else:
                streams = [stream, plain + token]
            encapsulated(maker, case, syntax, values, streams, passes, "boxes around the codestream; a marker that nobody knows")


def several_frames(maker):
    one = picture()
    frames = numpy.stack([one, one[::-1], one[:, ::-1]])
    case = "three frames, native"
    planter = begin(maker, case, "XA")
    header = maker.current
    token = planter.text("behind the last frame", 0x7FE00010, 12).encode()
    header.put(*pixel_module(one, frames=3), native(frames, token), Element(0x00281052, "DS", b"0"),
               Element(0x52009230, "SQ", [[Element(0x00209111, "SQ", [[
                   Element(0x00189074, "DT", planter.moment(f"Frame Acquisition {number}", 0x52009230).encode()),
                   text(0x00209158, "LT", planter.text(f"Frame Comments {number}", 0x52009230))]])] for number in range(3)]))
    maker.add(case, File(header.all()))
    for syntax, encode in [(RLE, rle), (e.JPEG_BASELINE, jpeg), (e.JPEG_LS, jpeg_ls), (e.JPEG_2000_LOSSLESS, jpeg_2000)]:
        for form in ("each frame", "a fourth stream"):
            case = f"three frames, {form}, {syntax}"
            planter = begin(maker, case, "XA")
            streams = [encode(frame) for frame in frames]
            if form == "a fourth stream":
                streams.append(planter.text(form, 0x7FE00010, 12).encode())
            elif syntax in (e.JPEG_BASELINE, e.JPEG_LS):
                streams = [with_segments(stream, segment(0xFE, planter.text("comment", 0x7FE00010).encode())) for stream in streams]
            maker.current.put(*pixel_module(one, frames=3))
            encapsulated(maker, case, syntax, one, streams, passes=form == "each frame", why="more streams than frames",
                         frames=3)


def other_syntaxes(maker):
    """Syntaxes for which nothing cleans: a clear refusal is right."""
    for syntax in ("1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.102",
                   "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.6.1", "1.2.840.10008.1.2.8.1",
                   "1.2.840.113619.5.2", "1.2.3.4.5"):
        case = f"transfer syntax {syntax}"
        planter = begin(maker, case)
        token = planter.text("in the stream", 0x7FE00010, 40).encode()
        encapsulated(maker, case, syntax, picture(), [token], passes=False, why="no decoder and no cleaner for it")


def drawn_text(maker):
    """Words that are pixels. A device that says nothing, one that says there are none, one that says there are."""
    for kind, said in [("DX", None), ("DX", b"NO"), ("DX", b"YES"), ("CR", None), ("US", None), ("US", b"NO"), ("SC", None),
                       ("SC", b"NO"), ("CT", None), ("OT", None)]:
        for syntax in (EXPLICIT, e.JPEG_LS, e.JPEG_2000_LOSSLESS) if kind in ("DX", "US") and said != b"YES" else (EXPLICIT,):
            case = f"drawn text, {kind}, burned in: {said and said.decode()}, {syntax}"
            planter = begin(maker, case, kind)
            header = maker.current
            words = [planter.text("drawn", 0x7FE00010, 9, kind="drawn") for _ in range(3)]
            values = drawn(words)
            header.elements.pop(0x00280301)
            if said:
                header.put(Element(0x00280301, "CS", said))
            if kind in ("SC", "OT"):
                header.put(text(0x00080064, "CS", "WSD"))
            if syntax == EXPLICIT:
                header.put(*pixel_module(values), native(values))
                maker.add(case, File(header.all()), passes=False, why="text may be burned in")
            else:
                stream = jpeg_ls(values) if syntax == e.JPEG_LS else jpeg_2000(values)
                encapsulated(maker, case, syntax, values, [stream], passes=False, why="text may be burned in")
