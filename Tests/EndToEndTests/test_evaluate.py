"""`imaging-gateway model evaluate` on DICOM files: figures as in the books, and what must not be written; the model card."""

import csv
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import lxml.etree
import numpy
import pytest
from gateway import binary
from radiographs import dicom
from statistics_of_scores import auc
from wrap_as_dicom import manifest, wrap

ROOT = Path(__file__).resolve().parents[2]
CARD = ROOT / "Sources" / "ImageClassifier" / "Training" / "card.py"


def evaluate(images: Path, out: Path, *flags, prepare=None) -> subprocess.CompletedProcess:
    return subprocess.run([str(binary()), "model", "evaluate", "--images", str(images), "--out", str(out), "--json",
                           *map(str, flags)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=1200,
                          preexec_fn=prepare)


def report(out: Path) -> dict:
    return json.loads((out / "evaluation.json").read_text())


def failure(result) -> tuple[int, str, str]:
    error = json.loads(result.stdout)["error"]
    return result.returncode, error["code"], error["message"]


def table(path: Path, rows, names=("file", "label")) -> Path:
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    return path


@pytest.fixture
def images(tmp_path, registry):
    """Six files: four children, an adult, and one that is no DICOM."""
    folder = tmp_path / "images"
    (folder / "sub").mkdir(parents=True)
    exams = [registry.exam() for _ in range(4)] + [registry.exam(age=61)]
    for number, exam in enumerate(exams):
        (folder / "sub" / f"{number}.dcm").write_bytes(dicom(exam))
    (folder / "broken.dcm").write_bytes(b"this is no DICOM")
    return folder, exams


def test_every_file_is_counted_and_nothing_identifies(images, tmp_path):
    folder, exams = images
    labels = table(tmp_path / "labels.csv", [*((f"sub/{i}.dcm", i % 2, f"patient-{i}") for i in range(5)),
                                             ("broken.dcm", 1, "p"), ("absent.dcm", 0, "q")], ("file", "label", "who"))
    result = evaluate(folder, tmp_path / "out", "--labels", labels, "--group-column", "who")
    assert result.returncode == 1, "something was not read"
    assert "no audit log" in result.stderr
    found = report(tmp_path / "out")
    assert found["counts"]["files"] == 7 == len(found["rows"])
    by_row = {row["row"]: row for row in found["rows"]}
    assert by_row[7]["error"].startswith("dicom.") and by_row[8]["error"] == "evaluation.fileMissing"
    assert by_row[6]["refusal"] == "ageOutOfRange"
    assert found["counts"]["unread"] == 2
    # The patients p and q brought no image; and four children are too few for any interval.
    assert found["counts"]["patients"] == 5
    assert all(figure["lower"] is None for figure in found["figures"].values())
    assert {row["code"] for row in found["unread"]} == {by_row[7]["error"], "evaluation.fileMissing"}
    assert by_row[2]["sha256"] == hashlib.sha256((folder / "sub" / "0.dcm").read_bytes()).hexdigest()
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Not for clinical use" in page and "7 (dicom." in page
    written = page + (tmp_path / "out" / "evaluation.json").read_text() + result.stdout + result.stderr
    secrets = [secret for exam in exams for secret in exam.secrets()]
    for secret in [*secrets, "patient-0", "absent.dcm", "broken.dcm", str(folder)]:
        assert secret not in written, secret
    for name in ("evaluation.json", "report.html"):
        assert (tmp_path / "out" / name).stat().st_mode & 0o077 == 0


def test_the_same_files_give_the_same_bytes_and_nothing_is_overwritten(images, tmp_path):
    folder, _ = images
    for name, workers in (("one", 1), ("two", 3)):
        evaluate(folder, tmp_path / name, "--workers", workers)
    for name in ("evaluation.json", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert failure(evaluate(folder, tmp_path / "one"))[:2] == (2, "file.exists")


def test_rows_are_found_by_instance_and_other_files_are_counted(images, tmp_path):
    folder, exams = images
    labels = table(tmp_path / "labels.csv", [(exams[1].instance_uid, "sick"), ("2.25.99", "well")], ("uid", "truth"))
    result = evaluate(folder, tmp_path / "out", "--labels", labels, "--file-column", "uid", "--label-column", "truth",
                      "--positive", "sick", "--negative", "well")
    assert result.returncode == 1
    found = report(tmp_path / "out")
    assert [(row["row"], row.get("error")) for row in found["rows"]] == [(2, None), (3, "evaluation.fileMissing")]
    assert found["counts"]["filesWithoutRow"] == 5
    assert exams[1].instance_uid not in (tmp_path / "out" / "evaluation.json").read_text()


def test_one_image_counts_once_whatever_it_is_called(images, tmp_path):
    folder, exams = images
    shutil.copy(folder / "sub" / "0.dcm", folder / "copy.dcm")
    os.symlink(folder / "sub" / "1.dcm", folder / "link.dcm")
    labels = table(tmp_path / "labels.csv", [("sub/0.dcm", 1), ("copy.dcm", 0), ("sub/1.dcm", 1), ("link.dcm", 1),
                                             ("sub/2.dcm", 0), (exams[2].instance_uid, 1)])
    result = evaluate(folder, tmp_path / "out", "--labels", labels)
    found = report(tmp_path / "out")
    assert result.returncode == 1
    assert [row["row"] for row in found["rows"] if row.get("error") == "evaluation.imageRepeated"] == [3, 5, 7]
    assert found["counts"]["scored"] + found["counts"]["refused"] == 3
    labels = table(tmp_path / "twice.csv", [("sub/0.dcm", 1), (".//sub/./0.dcm", 0)])
    ended, told, message = failure(evaluate(folder, tmp_path / "again", "--labels", labels))
    assert (ended, told) == (1, "evaluation.labelsRowRepeated") and "row 3, column file" in message


def test_a_name_in_the_table_is_no_patient_ID_of_a_file(images, tmp_path):
    folder, exams = images
    # The second row names no patient: the file does, by the very word that the first row uses for another one.
    labels = table(tmp_path / "labels.csv", [("sub/0.dcm", 1, exams[1].patient_id), ("sub/1.dcm", 0, "")],
                   ("file", "label", "who"))
    assert evaluate(folder, tmp_path / "out", "--labels", labels, "--group-column", "who").returncode == 0
    assert report(tmp_path / "out")["counts"]["patients"] == 2


def test_where_no_row_has_its_file_the_report_lists_every_row(images, tmp_path):
    labels = table(images[0] / "labels.csv", [("elsewhere/0.dcm", 1), ("elsewhere/1.dcm", 0)])
    assert evaluate(images[0], tmp_path / "out", "--labels", labels).returncode == 1
    found = report(tmp_path / "out")
    assert [row["error"] for row in found["rows"]] == ["evaluation.fileMissing"] * 2
    assert found["counts"]["patients"] == 0
    assert found["counts"]["filesWithoutRow"] == 6, "the table itself is no image that was left out"
    (tmp_path / "empty").mkdir()
    assert failure(evaluate(tmp_path / "empty", tmp_path / "none"))[:2] == (1, "file.none")


def test_pipes_are_not_waited_for_and_large_files_not_read(images, tmp_path):
    folder, _ = images
    os.mkfifo(folder / "pipe.dcm")
    with open(folder / "large.dcm", "wb") as file:
        file.truncate((512 << 20) + 1)
    labels = table(tmp_path / "labels.csv", [("pipe.dcm", 1), ("large.dcm", 1), ("sub/0.dcm", 0)])
    assert evaluate(folder, tmp_path / "out", "--labels", labels).returncode == 1
    assert [row.get("error") for row in report(tmp_path / "out")["rows"]] == ["file.unreadable", "file.tooLarge", None]


def test_a_full_disk_leaves_no_half_report(images, tmp_path):
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    ended, told, _ = failure(evaluate(images[0], tmp_path / "out", prepare=small_files))
    assert (ended, told) == (2, "file.notWritten")
    assert list((tmp_path / "out").iterdir()) == []
    assert evaluate(images[0], tmp_path / "out").returncode == 1, "one file is no DICOM"


def test_drift_is_told_against_the_same_weights_only(images, tmp_path):
    folder, _ = images
    evaluate(folder, tmp_path / "out")
    other = report(tmp_path / "out")
    other["model"]["weightsSHA256"] = "0" * 64
    (tmp_path / "other.json").write_text(json.dumps(other))
    (tmp_path / "no.json").write_text("{}")
    for reference, code in (("other.json", "evaluation.referenceOtherModel"), ("no.json", "evaluation.referenceInvalid"),
                            ("absent.json", "file.unreadable")):
        result = evaluate(folder, tmp_path / "again", "--reference", tmp_path / reference)
        assert failure(result)[:2] == (2, code)
    # A model folder with the figures of another model.
    model = tmp_path / "model"
    shutil.copytree(ROOT / "Sources" / "ImageClassifier" / "Models" / "chest-pneumonia-kermany", model)
    stale = json.loads((model / "evaluation.json").read_text())
    stale["validation"]["model"]["weightsSHA256"] = "0" * 64
    (model / "evaluation.json").write_text(json.dumps(stale))
    result = evaluate(folder, tmp_path / "stale", "--model", model)
    assert "no drift is told" in result.stderr and "other weights" in result.stderr
    assert report(tmp_path / "stale")["drift"] is None


@pytest.mark.parametrize("text,code,place", [
    ("", "labelsEmpty", "labels"), ("file,label\n", "labelsWithoutRows", "labels"), ("file,label\n0.dcm,perhaps\n", "labelsValueUnknown", "row 2, column label"),
    ("name,label\n0.dcm,1\n", "labelsColumnMissing", "row 1, column file"),
    ("file,label\n0.dcm,1\n../x.dcm,0\n", "labelsFileOutside", "row 3, column file"),
    ("file,label\n0.dcm\n", "labelsRowLength", "row 2"),
])
def test_a_wrong_table_is_told_by_row_and_column_before_any_image_is_read(images, tmp_path, text, code, place):
    (tmp_path / "labels.csv").write_text(text)
    ended, told, message = failure(evaluate(images[0], tmp_path / "out", "--labels", tmp_path / "labels.csv"))
    assert (ended, told) == (1, f"evaluation.{code}") and place in message
    assert "perhaps" not in message and not (tmp_path / "out" / "evaluation.json").exists()


@pytest.mark.parametrize("flags", [("--prevalence", "1.5"), ("--rounds", "3"),
                                   ("--target-sensitivity", "0.9", "--cost-ratio", "2")])
def test_options_that_cannot_be_right_are_wrong_usage(images, tmp_path, flags):
    assert evaluate(images[0], tmp_path / "out", *flags).returncode == 64


def test_with_keys_patients_have_the_pseudonyms_of_the_key_file(images, tmp_path):
    folder, _ = images
    made = subprocess.run([str(binary()), "keys", "init", "--out", str(tmp_path / "keys.yaml")], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    for name in ("one", "two"):
        evaluate(folder, tmp_path / name, "--keys", tmp_path / "keys.yaml")
    rows = report(tmp_path / "one")["rows"]
    assert all(re.fullmatch("[0-9a-f]{26}", row["patient"]) for row in rows if "error" not in row)
    assert rows == report(tmp_path / "two")["rows"]


def test_figures_on_real_radiographs_are_those_of_the_rows(tmp_path, figures):
    rows = manifest("test")
    if not rows:
        pytest.skip("NO ../shared: the figures of model evaluate cannot be shown on real radiographs")
    rows = rows[::6]
    wrap(rows, tmp_path / "images")
    result = evaluate(tmp_path / "images", tmp_path / "out", "--labels", tmp_path / "images" / "labels.csv",
                      "--group-column", "group_subtype_id", "--subgroup-column", "sublabel", "--subgroup-column", "family",
                      "--prevalence", "0.1", "--without-image-gate", "--rounds", 500)
    assert result.returncode == 0, result.stderr
    found = report(tmp_path / "out")
    scored = [row for row in found["rows"] if "probability" in row]
    probability = numpy.array([row["probability"] for row in scored])
    truth = numpy.array([row["label"] for row in scored]) == 1
    assert len(scored) == len(rows) == found["counts"]["scored"]
    assert abs(found["figures"]["auc"]["value"] - auc(probability[truth], probability[~truth])) < 1e-6
    called = probability >= found["setting"]["threshold"]
    assert abs(found["figures"]["sensitivity"]["value"] - called[truth].mean()) < 1e-6
    assert abs(found["figures"]["accuracy"]["value"] - (called == truth).mean()) < 1e-6
    assert found["figures"]["auc"]["lower"] <= found["figures"]["auc"]["value"] <= found["figures"]["auc"]["upper"]
    assert len({row["patient"] for row in found["rows"]}) == len({row["group_subtype_id"] for row in rows})
    assert found["figures"]["auc"]["value"] > 0.9
    assert {s["value"] for s in found["subgroups"]} == {"normal", "bacteria", "virus", "N1", "N2", "person"}
    figures["model_evaluate_on_a_sixth_of_the_test_images"] = found["figures"]
    # Another day against that start: the same images have not drifted.
    again = evaluate(tmp_path / "images", tmp_path / "again", "--labels", tmp_path / "images" / "labels.csv",
                     "--without-image-gate", "--reference", tmp_path / "out" / "evaluation.json")
    assert again.returncode == 0
    assert {m["verdict"] for m in report(tmp_path / "again")["drift"]["measures"]} == {"withinChance"}


# The model card

def test_the_committed_model_card_is_what_the_figures_give():
    result = subprocess.run(["python3", str(CARD), "--check"], capture_output=True, text=True)
    assert result.returncode == 0, f"run `make model-card`: {result.stdout}{result.stderr}"


def test_a_figure_that_somebody_types_into_the_card_is_found(tmp_path):
    copy = tmp_path / "repository"
    for part in ("Sources/ImageClassifier/Training", "Sources/ImageClassifier/Models", "docs/comply"):
        shutil.copytree(ROOT / part, copy / part)
    page = copy / "docs" / "comply" / "model-card.md"
    page.write_text(re.sub(r"\*\*0\.\d{3}", "**0.0", page.read_text(), count=1))
    result = subprocess.run(["python3", str(copy / CARD.relative_to(ROOT)), "--check"], capture_output=True, text=True)
    assert result.returncode == 1 and "model-card.md: differs" in result.stdout


SIGNATURE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#">
<xs:element name="Signature"/></xs:schema>"""


def test_the_card_as_XML_is_valid_by_the_schema_of_CHAI(tmp_path):
    schema = ROOT.parent / "shared" / "data" / "standards" / "model-card" / "chai-v0.2-schema.xsd"
    cards = sorted((ROOT / "Sources" / "ImageClassifier" / "Models").glob("*/card.xml"))
    assert cards
    for card in cards:
        assert ET.parse(card).getroot().tag == "{https://mc.chai.org/v0.2/schema.xsd}AppliedModelCard"
    if not schema.exists():
        pytest.skip("NO ../shared: the schema of the Coalition for Health AI is not at hand")
    # The schema imports that of XML signatures from the web; nothing of it is used.
    (tmp_path / "signature.xsd").write_text(SIGNATURE)
    text = re.sub(r'schemaLocation="[^"]*xmldsig[^"]*"', 'schemaLocation="signature.xsd"', schema.read_text())
    (tmp_path / "chai.xsd").write_text(text)

    judge = lxml.etree.XMLSchema(lxml.etree.parse(str(tmp_path / "chai.xsd")))
    for card in cards:
        judge.assertValid(lxml.etree.parse(str(card)))
    broken = lxml.etree.parse(str(cards[0]))
    broken.getroot().remove(broken.getroot()[0])
    assert not judge.validate(broken)
