"""Decoded pixels equal those of decoders that none of us wrote, and a decoder that dies costs one order."""

import io
import json
import os
import re
import subprocess
import time
import warnings
from pathlib import Path

import imagecodecs
import numpy
import orders
import pydicom
import pytest
from gateway import binary
from PIL import Image
from processes import wait_until
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import RLELossless, SecondaryCaptureImageStorage
from radiographs import ROOT, dicom, shared

PAGE = ROOT / "docs" / "integrate" / "transfer-syntaxes.md"
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"}
needs_shared = pytest.mark.skipif(shared() is None, reason="NO ../shared: there are no samples to decode")


def decoded(path: Path, folder: Path) -> list[numpy.ndarray] | str:
    """The frames as the program decodes them, or the code of its refusal."""
    folder.mkdir()
    run = subprocess.run([str(binary()), "decode-worker", "frames", str(path), "--out", str(folder)],
                         capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    if run.returncode:
        return re.search(r"\[([a-zA-Z.]+)\]", run.stderr).group(1)
    frames = []
    for line in run.stdout.splitlines():
        frame = json.loads(line)
        kind = f"<{'i' if frame['isSigned'] else 'u'}{max(1, frame['bitsAllocated'] // 8)}"
        samples = numpy.frombuffer((folder / f"{frame['frame']}.raw").read_bytes(), kind)
        shape = (frame["rows"], frame["columns"]) + ((3,) if frame["samplesPerPixel"] == 3 else ())
        frames.append((samples.reshape(shape), frame["photometricInterpretation"]))
    return frames


def judged(data: Dataset) -> tuple[list[numpy.ndarray], str]:
    """The frames as another decoder has them, and its name; without change of colour but what a JPEG stream has."""
    lossy = data.file_meta.TransferSyntaxUID in LOSSY
    if data.get("NumberOfFrames") == "1A":  # no number: pydicom gives up, and so there is one frame
        data.NumberOfFrames = 1
    count = int(data.get("NumberOfFrames") or 1)
    try:
        array = pixel_array(data, raw=not lossy, allow_excess_frames=False)
        return list(array) if count > 1 else [array], "pydicom"
    except RuntimeError:  # neither of pydicom's libraries reads JPEG of 12 bits with these headers
        return [imagecodecs.jpeg8_decode(stream) for stream in generate_frames(data.PixelData, number_of_frames=count)], \
            "libjpeg-turbo"


def row(path: Path, folder: Path) -> str:
    """The file's row of the table on the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pydicom.dcmread(path, force=True)
    name = data.file_meta.TransferSyntaxUID.name.split(",")[0] if "TransferSyntaxUID" in data.file_meta else "?"
    name = re.sub(r" \(.*| Image Compression.*", "", name)
    ours = decoded(path, folder)
    if isinstance(ours, str):
        return f"| `{path.name}` | {name} | | refused `{ours}` | |"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, judge = judged(data)
    assert len(ours) == len(theirs)
    differences = []
    for (frame, _), other in zip(ours, theirs):
        assert frame.shape == other.shape
        differences.append(int(numpy.abs(frame.astype(numpy.int64) - other.astype(numpy.int64)).max()))
    lossless = data.file_meta.TransferSyntaxUID not in LOSSY
    assert not (lossless and max(differences)), f"{path.name}: {max(differences)}"
    kind = f"{data.BitsStored} of {data.BitsAllocated} bits, {data.PhotometricInterpretation}"
    kind += f", {len(ours)} frames" if len(ours) > 1 else ""
    equal = "bit for bit" if max(differences) == 0 else f"lossy, greatest difference {max(differences)}"
    return f"| `{path.name}` | {name} | {kind} | {equal} | {judge} |"


@needs_shared
def test_every_sample_is_decoded_like_pydicom_or_refused_and_the_page_says_which(tmp_path):
    files = sorted((shared() / "data" / "dicom-samples").glob("*.dcm"))
    assert len(files) == 30
    rows = [row(path, tmp_path / path.stem) for path in files]
    written = [line for line in PAGE.read_text().splitlines() if line.startswith("| `") and ".dcm`" in line]
    assert written == rows, "the table of the page should be:\n" + "\n".join(rows)


# Streams and pixels that the samples do not have, from encoders that none of us wrote.

CHANCE = numpy.random.default_rng(11)
Y, X = numpy.mgrid[0:61, 0:94]


def grey(bits: int, signed: bool = False) -> numpy.ndarray:
    top = (1 << bits) - 1
    values = (X * 37 + Y * 91).astype(float) * top / 9000 + CHANCE.integers(0, max(2, top // 60), X.shape)
    values = numpy.clip(values, 0, top).astype(numpy.int64) - (1 << bits - 1 if signed else 0)
    return values.astype(f"<{'i' if signed else 'u'}{1 if bits <= 8 else 2 if bits <= 16 else 4}")


def colour() -> numpy.ndarray:
    return numpy.stack([grey(8), grey(8)[::-1], grey(8)[:, ::-1]], axis=-1)


def file(path: Path, frames: list[numpy.ndarray], bits: int, syntax: str, pixels: bytes, photometric: str = "MONOCHROME2",
         **changes) -> Path:
    array = frames[0]
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = SecondaryCaptureImageStorage, "2.25.7"
    data.Rows, data.Columns = array.shape[:2]
    data.SamplesPerPixel = 3 if array.ndim == 3 else 1
    if array.ndim == 3:
        data.PlanarConfiguration = 0
    data.PhotometricInterpretation = photometric
    data.BitsAllocated, data.BitsStored, data.HighBit = 8 * array.dtype.itemsize, bits, bits - 1
    data.PixelRepresentation = int(array.dtype.kind == "i")
    data.NumberOfFrames = len(frames)
    data.PixelData = pixels + b"\0" * (len(pixels) % 2)
    data["PixelData"].VR = "OB" if syntax.startswith("1.2.840.10008.1.2.4") or bits == 1 else "OW"
    for keyword, value in changes.items():
        setattr(data, keyword, value)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = data.SOPClassUID, data.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    data.file_meta = meta
    data.save_as(path, enforce_file_format=True)
    return path


def jpeg2000(array: numpy.ndarray, bits: int, **options) -> bytes:
    return imagecodecs.jpeg2k_encode(array, level=0, reversible=True, codecformat="j2k", bitspersample=bits, **options)


def tiled(array: numpy.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "JPEG2000", tile_size=(32, 32), irreversible=False, no_jp2=True)
    return stream.getvalue()


MADE = {
    "JPEG 2000 grey 8": (".4.90", lambda: grey(8), 8, lambda a: jpeg2000(a, 8), "MONOCHROME2"),
    "JPEG 2000 grey 12": (".4.90", lambda: grey(12), 12, lambda a: jpeg2000(a, 12), "MONOCHROME1"),
    "JPEG 2000 grey 16 signed": (".4.91", lambda: grey(16, True), 16, lambda a: jpeg2000(a, 16), "MONOCHROME2"),
    "JPEG 2000 colour": (".4.90", colour, 8, lambda a: jpeg2000(a, 8, mct=True), "YBR_RCT"),
    "JPEG 2000 tiles": (".4.90", lambda: grey(8), 8, lambda a: tiled(a), "MONOCHROME2"),
    "HTJ2K grey 8": (".4.201", lambda: grey(8), 8, lambda a: imagecodecs.htj2k_encode(a, reversible=True), "MONOCHROME2"),
    "HTJ2K grey 16": (".4.201", lambda: grey(16), 16, lambda a: imagecodecs.htj2k_encode(a, reversible=True), "MONOCHROME2"),
    "HTJ2K colour": (".4.202", colour, 8, lambda a: imagecodecs.htj2k_encode(a, reversible=True), "YBR_RCT"),
    "JPEG-LS grey 8": (".4.80", lambda: grey(8), 8, imagecodecs.jpegls_encode, "MONOCHROME2"),
    "JPEG-LS grey 16": (".4.80", lambda: grey(16), 16, imagecodecs.jpegls_encode, "MONOCHROME2"),
    "JPEG lossless grey 8": (".4.70", lambda: grey(8), 8, lambda a: imagecodecs.jpeg8_encode(a, lossless=True), "MONOCHROME2"),
    "JPEG lossless grey 16": (".4.70", lambda: grey(16), 16, imagecodecs.ljpeg_encode, "MONOCHROME2"),
}


@pytest.mark.parametrize("name", MADE)
def test_a_lossless_stream_of_two_frames_comes_out_as_it_went_in(name, tmp_path):
    syntax, make, bits, encode, photometric = MADE[name]
    arrays = [make(), make()[::-1].copy()]
    path = file(tmp_path / "made.dcm", arrays, bits, f"1.2.840.10008.1.2{syntax}",
                encapsulate([encode(array) for array in arrays]), photometric)
    frames = decoded(path, tmp_path / "out")
    assert not isinstance(frames, str), frames
    for (frame, photometric), array in zip(frames, arrays, strict=True):
        assert numpy.array_equal(frame, array)
        assert photometric in ("MONOCHROME1", "MONOCHROME2", "RGB")


@pytest.mark.parametrize("bits,signed,packed", [
    (8, False, False), (8, False, True), (16, False, False), (16, False, True), (16, True, False), (16, True, True),
    (32, False, False), (32, True, False)])  # RLE has no 32 bits (PS3.5 §8.2.2)
def test_native_and_rle_pixels_of_every_width_are_those_of_pydicom(bits, signed, packed, tmp_path):
    arrays = [grey(bits, signed), grey(bits, signed)[:, ::-1].copy()]
    path = file(tmp_path / "made.dcm", arrays, bits, "1.2.840.10008.1.2.1", b"".join(a.tobytes() for a in arrays))
    if packed:
        data = pydicom.dcmread(path)
        data.compress(RLELossless)
        data.save_as(path)
    frames = decoded(path, tmp_path / "out")
    assert not isinstance(frames, str), frames
    for (frame, _), array, theirs in zip(frames, arrays, pixel_array(path), strict=True):
        assert numpy.array_equal(frame, array) and numpy.array_equal(frame, theirs)


def test_single_bits_planes_and_subsampled_colour_are_those_of_pydicom(tmp_path):
    bits = [CHANCE.integers(0, 2, (13, 11)).astype("u1") for _ in range(5)]
    packed = numpy.packbits(numpy.concatenate([a.ravel() for a in bits]), bitorder="little").tobytes()
    planes = colour()
    pairs = CHANCE.integers(0, 256, (2, 61 * 94 * 2)).astype("u1")
    made = [
        file(tmp_path / "bits.dcm", bits, 1, "1.2.840.10008.1.2.1", packed, BitsAllocated=1),
        file(tmp_path / "planes.dcm", [planes], 8, "1.2.840.10008.1.2.1", planes.transpose(2, 0, 1).tobytes(), "RGB",
             PlanarConfiguration=1),
        file(tmp_path / "pairs.dcm", [planes, planes], 8, "1.2.840.10008.1.2.1", pairs.tobytes(), "YBR_FULL_422"),
    ]
    for path in made:
        data = pydicom.dcmread(path)
        theirs = pixel_array(data, raw=True)
        theirs = list(theirs) if data.NumberOfFrames > 1 else [theirs]
        frames = decoded(path, tmp_path / path.stem)
        assert not isinstance(frames, str), frames
        for (frame, _), other in zip(frames, theirs, strict=True):
            assert numpy.array_equal(frame, other), path.name


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.94"])
def test_a_syntax_that_is_not_decoded_is_refused_by_its_code(syntax, tmp_path):
    path = file(tmp_path / "made.dcm", [grey(8)], 8, syntax, encapsulate([b"\0" * 100]))
    assert decoded(path, tmp_path / "out") == "dicom.unsupportedTransferSyntax"


# A decoder that a file overcomes.

def packed(exam, columns: int) -> bytes:
    """The exam's radiograph in RLE, cut to a width that the test's fault strikes at."""
    data = pydicom.dcmread(io.BytesIO(dicom(exam)))
    pixels = data.pixel_array[:, :columns]
    data.Columns, data.PixelData = columns, pixels.tobytes()
    data.compress(RLELossless, generate_instance_uid=False)
    result = io.BytesIO()
    data.save_as(result, enforce_file_format=True)
    return result.getvalue()


@pytest.mark.parametrize("fault,event", [("crash", "crashed"), ("garbage", "crashed")])
def test_a_decoder_that_dies_costs_one_order_while_others_are_delivered(
        fault, event, hospital, make_gateway, registry, figures, monkeypatch):
    if "debug" not in str(binary()):
        pytest.skip("NO debug build: a release has no way to make its decoder fail")
    monkeypatch.setenv("IMAGING_GATEWAY_DECODER_FAULT", f"{fault}:222")
    exams = registry.several(7)
    hostile = exams[3]
    for exam in exams:
        hospital.register(exam)
        hospital.orthanc.store([packed(exam, 222 if exam is hostile else 224)])
    gateway = make_gateway().start()
    before = time.monotonic()
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    listed = gateway.wait_for(timeout=120, delivered=6, parked=1)
    figures[f"decoder {fault}: 6 of 7 orders delivered after s"] = round(time.monotonic() - before, 1)
    assert [order["reason"] for order in listed if order["state"] == "parked"] == ["imagesUnreadable"]
    assert not hospital.reports_by_order(hostile)
    for exam in exams:
        if exam is not hostile:
            assert len(hospital.reports_by_order(exam)) == 1
    assert f'imaging_gateway_decoders_total{{event="{event}"}} 1' in gateway.metrics()
    children = subprocess.run(["ps", "--no-headers", "-o", "stat", "--ppid", str(gateway.process.child.pid)],
                              capture_output=True, text=True).stdout.split()
    assert children and not any(state.startswith("Z") for state in children), "no zombie"
    gateway.stop()
    wait_until(lambda: subprocess.run(["pgrep", "-P", str(gateway.process.child.pid)], capture_output=True).returncode, 10,
               "the gateway's children have ended with it")


def test_frames_that_hang_hold_up_no_acknowledgement(hospital, make_gateway, registry, figures, monkeypatch):
    """As many decoders hang as there are processors, so that every thread that Swift has of its own would wait with them."""
    if "debug" not in str(binary()):
        pytest.skip("NO debug build: a release has no way to make its decoder hang")
    monkeypatch.setenv("IMAGING_GATEWAY_DECODER_FAULT", "hang:222")
    count = max(2, os.cpu_count() or 2)
    *hanging, other = registry.several(count + 1)
    for exam in hanging:
        hospital.register(exam)
        hospital.orthanc.store([packed(exam, 222)])
    hospital.register(other)
    gateway = make_gateway(limits={"workers": count}).start()
    for exam in hanging:
        orders.send(gateway.mllp_port, orders.orm(exam))
    children = ["ps", "--no-headers", "-o", "args", "--ppid", str(gateway.process.child.pid)]
    wait_until(lambda: subprocess.run(children, capture_output=True, text=True).stdout.count("decode-worker decode") == count, 60,
               "every hanging frame has its decoder")
    before = time.monotonic()
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(other))) == "AA"
    figures[f"{count} decoders hang: an order is acknowledged after s"] = round(time.monotonic() - before, 2)
    assert subprocess.run(children, capture_output=True, text=True).stdout.count("decode-worker decode") == count, \
        "the acknowledgement came while they all hung"
    listed = gateway.wait_for(timeout=120, parked=count, waiting=1)
    assert {order["reason"] for order in listed if order["state"] == "parked"} == {"imagesUnreadable"}
    metrics = gateway.metrics()
    assert f'imaging_gateway_decoders_total{{event="timedOut"}} {count}' in metrics
    assert 'imaging_gateway_decoders_total{event="crashed"} 0' in metrics
