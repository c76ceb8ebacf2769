"""Clean Graphics (PS3.15 E.3.3) through `imaging-gateway deidentify`: overlay planes and presentation states.

What was planted is looked for in the bytes; what stays is read with pydicom; dciodvfy judges before and after."""

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
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

from gateway import binary
from test_deidentify_conformance import PASSING, errors, write

FONTS = Path("/usr/share/fonts/truetype/dejavu")
pytestmark = [
    pytest.mark.skipif(shutil.which("tesseract") is None, reason="SKIPPED LOUDLY: no tesseract-ocr on this machine"),
    pytest.mark.skipif(not FONTS.is_dir(), reason="SKIPPED LOUDLY: no fonts-dejavu-core on this machine"),
]
ROWS, COLUMNS = 400, 300


def drawn(*shapes) -> numpy.ndarray:
    image = Image.new("1", (COLUMNS, ROWS), 0)
    for shape in shapes:
        shape(ImageDraw.Draw(image))
    return numpy.asarray(image).astype("uint8")


def letters(words: str, size: int, at=(60, 150)):
    return lambda draw: draw.text(at, words, 1, font=ImageFont.truetype(str(FONTS / "DejaVuSans.ttf"), size))


def circle(draw):
    draw.ellipse((100, 90, 180, 150), outline=1)


def outline(draw):
    draw.line([(40, 300), (90, 280), (130, 320), (120, 370), (60, 360), (40, 300)], fill=1)


def measured(draw):
    draw.line((40, 60, 260, 75), fill=1)
    draw.line((40, 55, 40, 65), fill=1)
    draw.line((260, 70, 260, 80), fill=1)


def with_planes(folder: Path, *planes: numpy.ndarray, syntax=ExplicitVRLittleEndian) -> Path:
    path = write(folder, "DX")
    data = pydicom.dcmread(path)
    for index, plane in enumerate(planes):
        group = 0x6000 + 2 * index
        rows, columns = plane.shape
        bits = numpy.packbits(plane, bitorder="little").tobytes()
        for element, vr, value in [
            (0x0010, "US", rows), (0x0011, "US", columns), (0x0022, "LO", "Drawn for Mrs Doe"), (0x0040, "CS", "G"),
            (0x0050, "SS", [1, 1]), (0x0100, "US", 1), (0x0102, "US", 0), (0x1500, "LO", "Doe"),
            (0x3000, "OW", bits + b"\0" * (len(bits) % 2)), (0x4000, "LT", "seen by House"),
        ]:
            data.add_new((group, element), vr, value)
    data.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        for element in [data["PixelData"]] + [data[(0x6000 + 2 * index, 0x3000)] for index in range(len(planes))]:
            element.value = numpy.frombuffer(element.value, "<u2").astype(">u2").tobytes()
        pydicom.dcmwrite(path, data, implicit_vr=False, little_endian=False)
    else:
        data.save_as(path, enforce_file_format=True)
    return path


def deidentified(folder: Path, *paths: Path, gate: str = "risky", profile="research-shifted-dates") -> dict:
    rules = folder / "rules"
    rules.mkdir(parents=True)
    (rules / "burned-in.yaml").write_text(PASSING)
    run = subprocess.run(
        [str(binary()), "deidentify", *map(str, paths), "--out", str(folder / "out"), "--profile", profile,
         "--text-gate", gate, "--pixel-rules", str(rules), "--json"],
        capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    files = {Path(row["file"]).name: row for row in rows if "file" in row}
    assert len(files) == len(paths), run.stdout + run.stderr
    return files


def one(tmp_path: Path, path: Path, **how) -> pydicom.FileDataset:
    (row,) = deidentified(tmp_path / "result", path, **how).values()
    assert "output" in row, row
    written = Path(row["output"]).read_bytes()
    for name in (b"Doe", b"House", b"Gregory"):
        assert name not in written
    assert errors(Path(row["output"]), tmp_path) - errors(path, tmp_path) == set()
    return pydicom.dcmread(row["output"])


def claimed(data: pydicom.FileDataset) -> list[str]:
    return [item.CodeValue for item in data.DeidentificationMethodCodeSequence]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_shapes_stay_bit_for_bit_and_a_plane_with_words_goes(tmp_path, syntax):
    shapes = drawn(circle, outline, measured)
    planes = [shapes, drawn(circle, letters("Doe Jane", 14)), drawn(measured, letters("12.5 cm, House", 9)),
              drawn(outline)]
    result = one(tmp_path, with_planes(tmp_path, *planes, syntax=syntax))
    assert numpy.array_equal(result.overlay_array(0x6000), shapes)
    assert numpy.array_equal(result.overlay_array(0x6006), planes[3])
    assert not [element for element in result if element.tag.group in (0x6002, 0x6004)]
    left = {element.tag.element for element in result if element.tag.group == 0x6000}
    assert left == {0x0010, 0x0011, 0x0040, 0x0050, 0x0100, 0x0102, 0x3000}
    assert "113103" in claimed(result)


def test_letters_of_many_sizes_are_found(tmp_path):
    paths = []
    for size in (7, 8, 9, 10, 12, 14, 18, 24, 36):
        (tmp_path / str(size)).mkdir()
        path = with_planes(tmp_path / str(size), drawn(letters("Doe Jane 4711", size, at=(10, 150))))
        paths.append(path.rename(path.with_name(f"{size}.dcm")))
    for name, row in deidentified(tmp_path / "result", *paths).items():
        result = pydicom.dcmread(row["output"])
        assert not [element for element in result if element.tag.group == 0x6000], name
        assert "113103" not in claimed(result), name


def test_bytes_that_spell_a_name_are_no_drawing(tmp_path):
    spelled = numpy.frombuffer((b"ZUCKMAYER^CARL 19 " * 1000)[:ROWS * COLUMNS // 8], "uint8")
    plane = numpy.unpackbits(spelled, bitorder="little").reshape(ROWS, COLUMNS)
    result = one(tmp_path, with_planes(tmp_path, plane))
    assert not [element for element in result if element.tag.group == 0x6000]


def test_without_a_search_every_plane_goes_and_the_option_is_not_claimed(tmp_path):
    result = one(tmp_path, with_planes(tmp_path, drawn(circle)), gate="never")
    assert not [element for element in result if element.tag.group == 0x6000]
    assert "113103" not in claimed(result) and "113104" not in claimed(result)
    assert "113105" in claimed(result)


def presentation_state(folder: Path) -> Path:
    """A Grayscale Softcopy Presentation State (PS3.3 A.33.1) that shows an overlay and drawn and written annotations."""
    folder.mkdir(exist_ok=True)
    data = pydicom.dcmread(write(folder, "CR"))
    for tag in [element.tag for element in data if element.tag.group in (0x0028, 0x7FE0, 0x0018)]:
        del data[tag]
    for keyword in ("ImageType", "PatientOrientation", "AcquisitionDate", "AcquisitionTime", "ContentDate", "ContentTime",
                    "BurnedInAnnotation"):
        if keyword in data:
            del data[keyword]
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = "1.2.840.10008.5.1.4.1.1.11.1", generate_uid(), "PR"
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.PresentationCreationDate, data.PresentationCreationTime = "20240229", "101500"
    data.ContentLabel, data.ContentDescription, data.ContentCreatorName = "FINDINGS", "of Mrs Doe", "House^Gregory"
    image, series = Dataset(), Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", generate_uid()
    series.SeriesInstanceUID, series.ReferencedImageSequence = generate_uid(), Sequence([image])
    data.ReferencedSeriesSequence = Sequence([series])
    area = Dataset()
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [1, 1], [COLUMNS, ROWS]
    area.PresentationSizeMode, area.PresentationPixelAspectRatio = "SCALE TO FIT", ["1", "1"]
    data.DisplayedAreaSelectionSequence = Sequence([area])
    layer = Dataset()
    layer.GraphicLayer, layer.GraphicLayerOrder, layer.GraphicLayerDescription = "LAYER1", 1, "Doe's layer"
    data.GraphicLayerSequence = Sequence([layer])
    data.PresentationLUTShape = "IDENTITY"
    shape, text, note = Dataset(), Dataset(), Dataset()
    shape.GraphicAnnotationUnits, shape.GraphicDimensions, shape.NumberOfGraphicPoints = "PIXEL", 2, 2
    shape.GraphicData, shape.GraphicType, shape.GraphicFilled = [100.0, 100.0, 120.0, 100.0], "CIRCLE", "N"
    text.BoundingBoxAnnotationUnits, text.UnformattedTextValue = "PIXEL", "Doe Jane, opacity"
    text.BoundingBoxTopLeftHandCorner, text.BoundingBoxBottomRightHandCorner = [1.0, 1.0], [90.0, 20.0]
    text.BoundingBoxTextHorizontalJustification = "LEFT"
    note.GraphicLayer, note.GraphicObjectSequence, note.TextObjectSequence = "LAYER1", Sequence([shape]), Sequence([text])
    data.GraphicAnnotationSequence = Sequence([note])
    bits = numpy.packbits(drawn(circle), bitorder="little").tobytes()
    for element, vr, value in [
        (0x0010, "US", ROWS), (0x0011, "US", COLUMNS), (0x0040, "CS", "G"), (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1), (0x0102, "US", 0), (0x1001, "CS", "LAYER1"), (0x3000, "OW", bits), (0x4000, "LT", "Doe"),
    ]:
        data.add_new((0x6000, element), vr, value)
    path = folder / "state.dcm"
    data.save_as(path, enforce_file_format=True)
    return path


def test_a_presentation_state_keeps_its_shapes_its_overlay_and_their_layer(tmp_path):
    result = one(tmp_path, presentation_state(tmp_path / "in"))
    (note,) = result.GraphicAnnotationSequence
    assert "TextObjectSequence" not in note
    assert list(note.GraphicObjectSequence[0].GraphicData) == [100.0, 100.0, 120.0, 100.0]
    assert numpy.array_equal(result.overlay_array(0x6000), drawn(circle))
    assert result[(0x6000, 0x1001)].value == "LAYER1" == result.GraphicLayerSequence[0].GraphicLayer
    assert "113103" in claimed(result)
