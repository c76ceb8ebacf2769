"""The result validates as the original did: dciodvfy before and after, on all images of ../shared and on generated ones.

Text in pixels is not the question here: the rules for it are replaced by ones that let every image pass."""

import json
import re
import subprocess
from pathlib import Path

import numpy
import pydicom
import pytest
from gateway import binary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, generate_uid
from radiographs import shared

PROFILES = ["classifier", "basic", "research-shifted-dates", "research-full"]
PASSING = 'version: 1\notherwise: pass\nrules: []\nwords: {markers: [L], leastCharacters: 3, confidence: [60]}\n'
needs_shared = pytest.mark.skipif(shared() is None, reason="NO ../shared: there are no samples")


def errors(path: Path, folder: Path) -> set[str]:
    """What dciodvfy calls an error, without values."""
    data = pydicom.dcmread(path, force=True)
    if data.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:  # dciodvfy does not inflate
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = folder / f"inflated-{path.name}"
        data.save_as(path, enforce_file_format=True)
    run = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, errors="replace", timeout=60)
    lines = (run.stderr + run.stdout).splitlines()
    # UIDs differ, and so does what stands behind "= <".
    return {re.sub(r"= <.*|UID [0-9.]+|\d+(\.\d+){2,}", "", line) for line in lines if line.startswith("Error")}


def deidentified(paths: list[Path], profile: str, folder: Path) -> dict[str, Path | str]:
    """Where each file's result lies, or the code of its refusal."""
    rules = folder / "rules"
    rules.mkdir(parents=True)
    (rules / "burned-in.yaml").write_text(PASSING)
    command = [str(binary()), "deidentify", *map(str, paths), "--out", str(folder / "out"), "--profile", profile,
               "--text-gate", "never", "--pixel-rules", str(rules), "--json"]
    if profile == "research-full":  # random pseudonyms
        keys = folder / "keys.yaml"
        subprocess.run([str(binary()), "keys", "init", "--out", str(keys)], check=True, capture_output=True)
        command += ["--keys", str(keys), "--crosswalk", str(folder / "crosswalk")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    results = {}
    for line in run.stdout.splitlines():
        row = json.loads(line)
        if "file" in row:
            results[Path(row["file"]).name] = Path(row["output"]) if "output" in row else row.get("error", "?")
    return results


def compare(paths: list[Path], profile: str, folder: Path) -> list[str]:
    """Prints a line for each file; answers what is worse than before."""
    worse, judged = [], 0
    results = deidentified(paths, profile, folder / "first")
    # Some samples are the same instance in two encodings.
    again = [path for path in paths if results[path.name] == "file.exists"]
    if again:
        results |= deidentified(again, profile, folder / "second")
    for name, result in sorted(results.items()):
        before = errors(next(path for path in paths if path.name == name), folder)
        if isinstance(result, str):
            print(f"{profile:24} {name:45} {len(before):3} errors before, refused: {result}")
            continue
        judged += 1
        after = errors(result, folder)
        new = after - before
        print(f"{profile:24} {name:45} {len(before):3} errors before, {len(after):3} after, {len(new)} new")
        worse += [f"{name}: {error}" for error in sorted(new)]
    print(f"{profile}: {judged} files judged")
    assert judged >= len(paths) * 0.8
    return worse


@needs_shared
@pytest.mark.parametrize("profile", PROFILES)
def test_no_sample_validates_worse_than_before(profile, tmp_path):
    paths = []
    for path in sorted((shared() / "data" / "dicom-samples").glob("*.dcm")):
        if "Rows" in pydicom.dcmread(path, stop_before_pixels=True, force=True):
            paths.append(path)
    assert len(paths) >= 20
    assert compare(paths, profile, tmp_path) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_no_generated_object_validates_worse_than_before(profile, tmp_path):
    originals = tmp_path / "originals"
    originals.mkdir()
    paths = [write(originals, modality) for modality in ("CR", "DX", "CT", "MR", "SC", "SR")]
    assert compare(paths, profile, tmp_path / "results") == []


@pytest.mark.parametrize("profile", PROFILES)
def test_no_multi_frame_object_validates_worse_than_before(profile, tmp_path):
    """Objects whose functional groups, isotopes or content identification ask for more than General Image does, with
    all that these ask for; what else they lack, they lack before and after."""
    originals = tmp_path / "originals"
    originals.mkdir()
    paths = [write(originals, name) for name in ENHANCED]
    assert compare(paths, profile, tmp_path / "results") == []


# Objects that conform (PS3.3 A.2, A.26, A.3, A.4, A.8, A.35.1), full of what identifies

CLASSES = {"CR": "1.2.840.10008.5.1.4.1.1.1", "DX": "1.2.840.10008.5.1.4.1.1.1.1", "CT": "1.2.840.10008.5.1.4.1.1.2",
           "MR": "1.2.840.10008.5.1.4.1.1.4", "SC": "1.2.840.10008.5.1.4.1.1.7", "SR": "1.2.840.10008.5.1.4.1.1.88.11"}

STORAGE = "1.2.840.10008.5.1.4.1.1."
ENHANCED = {"EnhancedCT": "2.1", "LegacyCT": "2.2", "EnhancedMR": "4.1", "LegacyMR": "4.4", "EnhancedUS": "6.2",
            "EnhancedXA": "12.1.1", "EnhancedXRF": "12.2.1", "Tomosynthesis": "13.1.3", "IVOCT": "14.1",
            "ParametricMap": "30", "OphthalmicPhotography": "77.1.5.1", "OCT": "77.1.5.4", "WSI": "77.1.6",
            "EnhancedPET": "130", "ColourSC": "7.4", "WordSC": "7.3"}
CLASSES |= {name: STORAGE + number for name, number in ENHANCED.items()}


def code(value: str, scheme: str, meaning: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def write(folder: Path, modality: str) -> Path:
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = CLASSES[modality], generate_uid()
    data.StudyInstanceUID, data.SeriesInstanceUID = generate_uid(), generate_uid()
    data.PatientName, data.PatientID, data.PatientBirthDate, data.PatientSex = "Doe^Jane", "MRN0815", "19451224", "F"
    data.PatientAge, data.IssuerOfPatientID = "078Y", "HOSP"
    data.StudyDate = data.SeriesDate = data.AcquisitionDate = data.ContentDate = "20240229"
    data.StudyTime = data.SeriesTime = data.AcquisitionTime = data.ContentTime = "101500"
    data.AccessionNumber, data.StudyID, data.ReferringPhysicianName = "ACC4711", "ST1", "House^Gregory"
    data.StudyDescription, data.SeriesDescription = "Chest of Mrs Doe", "PA for Dr House"
    data.Manufacturer, data.ManufacturerModelName = "Maker", "Model"
    data.InstitutionName, data.StationName, data.DeviceSerialNumber = "General Hospital", "ROOM7", "SN4711"
    data.SeriesNumber, data.InstanceNumber = 1, 1
    data.Modality = "OT" if modality == "SC" or modality in ENHANCED else modality
    data.OperatorsName, data.ProtocolName = "Miller^Ann", "Chest Doe"
    if modality == "SR":
        report(data)
    else:
        image(data, modality)
    if modality in ENHANCED:
        enhanced(data)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path = folder / f"{modality}.dcm"
    data.save_as(path, enforce_file_format=True)
    return path


def image(data: Dataset, modality: str):
    data.Rows = data.Columns = 64
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.PixelData = (numpy.arange(64 * 64, dtype="<u2") % 4096).tobytes()
    data.ImageType = ["ORIGINAL", "PRIMARY"]
    data.PatientOrientation, data.BurnedInAnnotation = ["L", "F"], "NO"
    if modality == "CR":
        data.BodyPartExamined, data.ViewPosition, data.KVP = "CHEST", "PA", "120"
    if modality == "DX":
        data.ImageType = ["ORIGINAL", "PRIMARY", ""]
        data.PresentationIntentType, data.ImageLaterality = "FOR PRESENTATION", "U"
        data.ImagerPixelSpacing, data.DetectorType = ["0.143", "0.143"], "DIRECT"
        data.PixelIntensityRelationship, data.PixelIntensityRelationshipSign = "LOG", -1
        data.RescaleIntercept, data.RescaleSlope, data.RescaleType = "0", "1", "US"
        data.WindowCenter, data.WindowWidth = "2048", "4096"
        data.LossyImageCompression, data.PresentationLUTShape = "00", "IDENTITY"
        data.AnatomicRegionSequence = code("51185008", "SCT", "Chest")
        data.ViewCodeSequence = code("399348003", "SCT", "antero-posterior")
        data.AcquisitionContextSequence = Sequence([])
        data.BodyPartExamined, data.ViewPosition = "CHEST", "AP"
        data.FieldOfViewShape, data.PositionerType = "RECTANGLE", ""
    if modality in ("CT", "MR", "SC"):
        data.Laterality = ""
    if modality in ("CT", "MR"):
        data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"] if modality == "CT" else ["ORIGINAL", "PRIMARY", "OTHER"]
        data.FrameOfReferenceUID, data.PositionReferenceIndicator = generate_uid(), "Doe's sternum"
        data.PatientPosition, data.AcquisitionNumber = "HFS", 1
        data.ImagePositionPatient, data.ImageOrientationPatient = ["0", "0", "0"], ["1", "0", "0", "0", "1", "0"]
        data.PixelSpacing, data.SliceThickness = ["0.7", "0.7"], "1"
    if modality == "CT":
        data.RescaleIntercept, data.RescaleSlope, data.KVP = "-1024", "1", "120"
    if modality == "MR":
        data.ScanningSequence, data.SequenceVariant, data.ScanOptions = "SE", "NONE", ""
        data.MRAcquisitionType, data.EchoTime, data.RepetitionTime, data.EchoTrainLength = "2D", "10", "500", 1
    if modality == "SC":
        data.ConversionType, data.SecondaryCaptureDeviceManufacturer = "WSD", "Maker"
        data.DateOfSecondaryCapture, data.TimeOfSecondaryCapture = "20240229", "101500"


def report(data: Dataset):
    data.ValueType, data.ContinuityOfContent = "CONTAINER", "SEPARATE"
    data.ConceptNameCodeSequence = code("18748-4", "LN", "Diagnostic Imaging Report")
    data.CompletionFlag, data.VerificationFlag = "COMPLETE", "UNVERIFIED"
    data.ReferencedPerformedProcedureStepSequence = Sequence([])
    data.PerformedProcedureCodeSequence = Sequence([])
    text, person, day = Dataset(), Dataset(), Dataset()
    text.RelationshipType, text.ValueType = "CONTAINS", "TEXT"
    text.ConceptNameCodeSequence = code("121071", "DCM", "Finding")
    text.TextValue = "Mrs Doe has a normal chest"
    person.RelationshipType, person.ValueType = "HAS OBS CONTEXT", "PNAME"
    person.ConceptNameCodeSequence = code("121008", "DCM", "Person Observer Name")
    person.PersonName = "House^Gregory"
    day.RelationshipType, day.ValueType = "CONTAINS", "TEXT"
    day.ConceptNameCodeSequence = code("121073", "DCM", "Impression")
    day.TextValue = "As on 29 February 2024"
    data.ContentSequence = Sequence([person, text, day])


def enhanced(data: Dataset):
    data.ImageType, data.NumberOfFrames = ["ORIGINAL", "PRIMARY", "OTHER", "NONE"], 1
    data.AcquisitionDateTime, data.AcquisitionDuration = "20240229101112", 1.0
    data.SoftwareVersions, data.ProtocolName = "V1", "Head"
    data.ContentLabel, data.ContentDescription, data.ContentCreatorName = "LABEL", "of Mrs Doe", "House^Gregory"
    data.ContainerIdentifier, data.IssuerOfTheContainerIdentifierSequence = "C4711", Sequence([])
    data.AcquisitionContextSequence, data.DetectorID = Sequence([]), "D1"
    isotope = Dataset()
    isotope.Radiopharmaceutical, isotope.RadiopharmaceuticalStartDateTime = "FDG", "20240229101010"
    data.RadiopharmaceuticalInformationSequence = Sequence([isotope])
    scheme, resource = Dataset(), Dataset()
    resource.CodingSchemeURLType, resource.CodingSchemeURL = "DOC", "http://hospital.example/codes"
    scheme.CodingSchemeDesignator, scheme.CodingSchemeResourcesSequence = "99HOSP", Sequence([resource])
    data.CodingSchemeIdentificationSequence = Sequence([scheme])
    group, content = Dataset(), Dataset()
    content.FrameReferenceDateTime = content.FrameAcquisitionDateTime = "20240229101112.5"
    content.FrameAcquisitionDuration, content.FrameLabel = 1.0, "of Mrs Doe"
    content.DimensionIndexValues = [1]
    group.FrameContentSequence = Sequence([content])
    data.SharedFunctionalGroupsSequence = Sequence([Dataset()])
    data.PerFrameFunctionalGroupsSequence = Sequence([group])
