"""One picture, wrapped differently, gets one probability: through real DICOM encodings, de-identification, decoder and
preprocessing of the built program (`docs/integrate/preprocessing.md`)."""

import sys

import numpy
import pytest
from PIL import Image

from evaluate_classifier import classify, number
from exams import Registry
from radiographs import ROOT, dicom, drawn, official_test_images
from wrappings import (big_endian, explicit, has_jpeg_encoder, implicit, jpeg_ls, jpeg_lossless, modality_table,
                       run_length, saved, set_pixels, voi_table, wrapped)

sys.path.insert(0, str(ROOT / "Sources" / "ImageClassifier" / "Training"))
import preprocess

AGREEMENT = 0.01
SIDE = 448
TURNED = {("R", "F"): lambda a: a[:, ::-1], ("L", "H"): lambda a: a[::-1], ("R", "H"): lambda a: a[::-1, ::-1],
          ("F", "L"): lambda a: a.T, ("H", "L"): lambda a: a.T[:, ::-1], ("F", "R"): lambda a: a.T[::-1],
          ("H", "R"): lambda a: a.T[::-1, ::-1]}


def enlarged(pixels: numpy.ndarray) -> numpy.ndarray:
    """As a detector would deliver it: larger, deeper than 8 bit; brightness 0…1."""
    image = Image.fromarray(pixels).convert("F").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return numpy.clip(numpy.asarray(image, dtype=float) / 255, 0, 1)


def undecided_radiographs(folder) -> list[tuple[str, numpy.ndarray]]:
    """The real radiographs whose probability is nearest one half, so that a difference shows: one that fills its
    frame, and one with borders that preprocessing cuts away."""
    images = official_test_images()
    if not images:
        return []
    exams = Registry(465, []).several(120)
    files = {}
    for exam, (path, _) in zip(exams, images[::max(1, len(images) // 120)]):
        exam.image = path
        file = folder / f"{exam.serial}.dcm"
        file.write_bytes(dicom(exam))
        files[file.name] = path
    scored = classify([folder / name for name in files], "--without-image-gate")
    ranked = sorted((abs(number(answer, "probability") - 0.5), name) for name, answer in scored.items()
                    if number(answer, "probability") is not None)
    found = {}
    for _, name in ranked:
        pixels = numpy.asarray(Image.open(files[name]).convert("L"))
        picture = enlarged(pixels)
        _, (top, left, bottom, right) = preprocess.exposed(picture)
        kind = "bordered" if min(bottom - top, right - left) < SIDE - 12 else "filled" \
            if (top, left, bottom, right) == (0, 0, SIDE, SIDE) else None
        if kind:
            found.setdefault(kind, (kind, picture))
    return list(found.values())


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Name → picture: real ones where ../shared is, a drawn one everywhere."""
    real = undecided_radiographs(tmp_path_factory.mktemp("radiographs"))
    return dict(real) | {"drawn": enlarged(drawn(3))}


@pytest.fixture(scope="module")
def probabilities(pictures, tmp_path_factory):
    """Writes `make(exam, picture)` for each picture, classifies all at once; picture → wrapping → probability."""

    def measured(wrappings: dict) -> dict[str, dict[str, float]]:
        folder = tmp_path_factory.mktemp("wrappings")
        files, exam = {}, Registry(7, []).exam()
        for picture in pictures:
            for index, (name, make) in enumerate(wrappings.items()):
                file = folder / f"{picture}-{index}.dcm"
                made = make(exam, pictures[picture], file)
                if made != file:
                    saved(made, file)
                files[file.name] = (picture, name)
        answers = classify([folder / name for name in files], "--without-image-gate")
        found: dict[str, dict[str, float]] = {}
        for name, (picture, wrapping) in files.items():
            value = number(answers[name], "probability")
            assert value is not None, f"{picture}, {wrapping}: {answers[name]}"
            found.setdefault(picture, {})[wrapping] = value
        return found

    return measured


def agree(found: dict[str, dict[str, float]], figures: dict, name: str, limit: float = AGREEMENT):
    """All probabilities of a picture agree with its first one; the largest difference is recorded."""
    worst = {}
    for picture, values in found.items():
        (_, reference), *_ = values.items()
        wrapping = max(values, key=lambda key: abs(values[key] - reference))
        worst[picture] = [wrapping, round(abs(values[wrapping] - reference), 5), round(reference, 4)]
    figures[f"preprocessing_{name}_largest_difference"] = worst
    apart = {(picture, wrapping): (value, next(iter(values.values()))) for picture, values in found.items()
             for wrapping, value in values.items() if abs(value - next(iter(values.values()))) > limit}
    assert not apart


def plain(**options):
    return lambda exam, picture, file: wrapped(exam, picture, **options)


def full_range(bits: int) -> dict:
    return {"WindowCenter": str(1 << (bits - 1)), "WindowWidth": str(1 << bits)}


def curve(values) -> numpy.ndarray:
    return numpy.floor(numpy.asarray(values, float) + 0.5).astype(int)


def test_depth_polarity_window_and_tables_do_not_change_the_probability(probabilities, figures):
    exact = {"WindowCenter": "2047.5", "WindowWidth": "4095", "VOILUTFunction": "LINEAR_EXACT"}
    # So wide that its middle is nearly straight.
    sigmoid = {"WindowCenter": "2047.5", "WindowWidth": "40950", "VOILUTFunction": "SIGMOID"}
    steep = numpy.arange(4096)
    found = probabilities({
        "12 bit": plain(),
        "8 bit": plain(bits=8), "10 bit": plain(bits=10), "15 bit": plain(bits=15), "16 bit": plain(bits=16),
        "16 bit signed": plain(signed=True, offset=-2048),
        "MONOCHROME1": plain(falling=True),
        "MONOCHROME1, INVERSE": plain(falling=True, PresentationLUTShape="INVERSE"),
        "MONOCHROME1, 10 bit, window": plain(falling=True, bits=10, **full_range(10)),
        "IDENTITY": plain(PresentationLUTShape="IDENTITY"),
        "LINEAR": plain(**full_range(12)), "LINEAR, 16 bit": plain(bits=16, **full_range(16)),
        "LINEAR_EXACT": plain(**exact), "SIGMOID": plain(**sigmoid),
        "two windows": plain(WindowCenter=["2048", "100"], WindowWidth=["4096", "5"]),
        "slope and intercept": plain(RescaleSlope="2.5", RescaleIntercept="-1024"),
        "slope, intercept, window": plain(RescaleSlope="2.5", RescaleIntercept="-1024", WindowCenter="4096",
                                          WindowWidth="10240"),
        "falling slope": lambda exam, picture, file: wrapped(
            exam, 1 - picture, RescaleSlope="-1", RescaleIntercept="4095"),
        "modality LUT": plain(RescaleSlope=None, RescaleIntercept=None, RescaleType=None,
                              ModalityLUTSequence=modality_table(0, steep * 12 + 300)),
        "modality LUT that undoes a root": lambda exam, picture, file: wrapped(
            exam, numpy.sqrt(picture), bits=16, RescaleSlope=None, RescaleIntercept=None, RescaleType=None,
            ModalityLUTSequence=modality_table(0, curve((numpy.arange(65536) / 65535) ** 2 * 65535))),
        "VOI LUT": plain(VOILUTSequence=voi_table(0, steep * 16)),
        "VOI LUT before a nonsense window": plain(VOILUTSequence=voi_table(0, steep * 16), WindowCenter="3",
                                                  WindowWidth="2"),
        "VOI LUT that undoes a square": lambda exam, picture, file: wrapped(
            exam, picture ** 2, bits=16, VOILUTSequence=voi_table(
                0, curve(numpy.sqrt(numpy.arange(65536) / 65535) * 65535))),
    })
    agree(found, figures, "wrappings")


def test_the_transfer_syntax_does_not_change_the_probability_at_all(probabilities, figures):
    def through(change, **options):
        return lambda exam, picture, file: change(wrapped(exam, picture, **options))

    def into(change, *arguments, **options):
        return lambda exam, picture, file: change(wrapped(exam, picture, **options), file, *arguments)

    wrappings = {
        "explicit": through(explicit), "implicit": through(implicit), "big endian": into(big_endian),
        "RLE": through(run_length), "JPEG-LS": through(jpeg_ls),
    }
    if has_jpeg_encoder():
        wrappings |= {"JPEG lossless, first order": into(jpeg_lossless),
                      "JPEG lossless, any order": into(jpeg_lossless, "+el")}
    agree(probabilities(wrappings), figures, "transfer_syntaxes", limit=0)
    deep = {f"{name}, 16 bit": make for name, make in {
        "explicit": through(explicit, bits=16), "RLE": through(run_length, bits=16),
        "JPEG-LS": through(jpeg_ls, bits=16), "big endian": into(big_endian, bits=16)}.items()}
    agree(probabilities(deep), figures, "transfer_syntaxes_16_bit", limit=0)
    shallow = {f"{name}, 8 bit": make for name, make in {
        "explicit": through(explicit, bits=8), "RLE": through(run_length, bits=8), "JPEG-LS": through(jpeg_ls, bits=8),
        "implicit": through(implicit, bits=8)}.items()}
    agree(probabilities(shallow), figures, "transfer_syntaxes_8_bit", limit=0)
    if not has_jpeg_encoder():
        pytest.skip("NO dcmcjpeg (package dcmtk): JPEG lossless was not tried")


def test_a_turned_image_is_turned_back_by_its_patient_orientation(probabilities, figures):
    def turned(directions, turn):
        return lambda exam, picture, file: wrapped(exam, turn(picture), PatientOrientation=list(directions))

    found = probabilities({"upright": plain()} | {
        "\\".join(directions): turned(directions, turn) for directions, turn in TURNED.items()})
    agree(found, figures, "orientations")


def test_what_lies_around_the_exposed_field_does_not_change_the_probability(probabilities, pictures, figures):
    def around(value, top, left, bottom, right, dtype=float):
        return lambda picture: numpy.pad(picture, ((top, bottom), (left, right)), constant_values=value)

    def padded(exam, picture, file):
        data = wrapped(exam, picture, signed=True, PixelPaddingValue=-2000)
        data["PixelPaddingValue"].VR = "SS"
        set_pixels(data, around(-2000, 30, 44, 0, 61)(numpy.floor(picture * 4095 + 0.5).astype(int)))
        return data

    def shuttered(exam, picture, file):
        frame = numpy.random.default_rng(1).uniform(0, 1, (SIDE + 100, SIDE + 140))
        frame[40:40 + SIDE, 90:90 + SIDE] = picture
        return wrapped(exam, frame, ShutterShape="RECTANGULAR", ShutterLeftVerticalEdge=91,
                       ShutterRightVerticalEdge=90 + SIDE, ShutterUpperHorizontalEdge=41,
                       ShutterLowerHorizontalEdge=40 + SIDE)

    def circular(exam, picture, file):
        data = shuttered(exam, picture, file)
        centre = SIDE // 2
        data.ShutterShape = ["CIRCULAR", "RECTANGULAR"]
        # The box around the circle holds the rectangle, which decides.
        data.RadiusOfCircularShutter, data.CenterOfCircularShutter = centre + 20, [40 + centre, 90 + centre]
        return data

    def polygonal(exam, picture, file):
        data = shuttered(exam, picture, file)
        data.ShutterShape = "POLYGONAL"
        data.VerticesOfThePolygonalShutter = [41, 300, 200, 90 + SIDE, 40 + SIDE, 200, 100, 91]
        return data

    def turned_and_shuttered(exam, picture, file):
        data = shuttered(exam, picture, file)
        values = data.pixel_array
        set_pixels(data, values[:, ::-1])
        data.PatientOrientation = ["R", "F"]
        data.ShutterLeftVerticalEdge, data.ShutterRightVerticalEdge = (
            values.shape[1] + 1 - (90 + SIDE), values.shape[1] + 1 - 91)
        return data

    agree(probabilities({
        "as it is": plain(), "padding -2000": padded, "rectangular shutter": shuttered, "circular shutter": circular,
        "polygonal shutter": polygonal,
        "shutter of a mirrored image": turned_and_shuttered}), figures, "padding_and_shutters")


def test_bars_around_a_filled_frame_are_cut_away(probabilities, figures):
    def barred(value, top, left, bottom, right, letter=False):
        def make(exam, picture, file):
            frame = numpy.pad(picture, ((top, bottom), (left, right)), constant_values=value)
            if letter:
                frame[60:110, 14:20] = frame[104:110, 14:40] = 1 - value
            return wrapped(exam, frame)

        return make

    found = probabilities({
        "as it is": plain(), "black left and right": barred(0, 0, 56, 0, 56), "white above": barred(1, 64, 0, 0, 0),
        "grey on all sides": barred(0.3, 40, 56, 24, 64), "black with a letter": barred(0, 0, 60, 0, 0, letter=True),
        "white with a letter": barred(1, 0, 60, 40, 0, letter=True)})
    # A border of the picture's own is not told from a bar of another brightness before it: the first one goes.
    agree({picture: values for picture, values in found.items() if picture == "filled"}, figures, "bars")
    figures["preprocessing_bars_before_own_border"] = {
        picture: {name: round(value, 4) for name, value in values.items()} for picture, values in found.items()}
    if "filled" not in found:
        pytest.skip("NO ../shared: bars were not tried on a real radiograph")


def test_what_must_change_the_probability_does(probabilities, pictures):
    """Else the agreement above would prove nothing."""
    found = probabilities({
        "as it is": plain(), "inverted, unsaid": lambda exam, picture, file: wrapped(exam, 1 - picture),
        "upside down, unsaid": lambda exam, picture, file: wrapped(exam, picture[::-1])})
    for picture, values in found.items():
        if picture != "drawn":
            assert abs(values["inverted, unsaid"] - values["as it is"]) > AGREEMENT
            assert abs(values["upside down, unsaid"] - values["as it is"]) > AGREEMENT
    if set(pictures) == {"drawn"}:
        pytest.skip("NO ../shared: real radiographs were not tried")


def test_a_lateral_view_by_its_orientation_is_refused(tmp_path):
    exam = Registry(7, []).exam()
    for name, directions in {"lateral.dcm": ["A", "F"], "frontal.dcm": ["L", "F"]}.items():
        saved(wrapped(exam, enlarged(drawn(3)), PatientOrientation=directions), tmp_path / name)
    answers = classify(sorted(tmp_path.glob("*.dcm")), "--without-image-gate")
    assert answers["lateral.dcm"]["refusal"] == "viewNotFrontal"
    assert number(answers["lateral.dcm"], "probability") is None
    assert number(answers["frontal.dcm"], "probability") is not None
