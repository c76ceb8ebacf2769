"""Radiographs for the tests: the test images of ../shared wrapped losslessly as DICOM DX, or drawn ones without it."""

import io
import os
from pathlib import Path

import numpy
from PIL import Image, ImageDraw
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from exams import HOSPITAL, Exam

DX_FOR_PRESENTATION = UID("1.2.840.10008.5.1.4.1.1.1.1")
ROOT = Path(__file__).resolve().parents[2]


def shared() -> Path | None:
    """The folder ../shared (or IMAGING_GATEWAY_SHARED), None where it is absent."""
    folder = Path(os.environ.get("IMAGING_GATEWAY_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "data" / "cxr-kermany-224" / "test").is_dir() else None


def official_test_images() -> list[tuple[Path, str]]:
    """(path, NORMAL | PNEUMONIA) of the official test split, in a fixed order."""
    folder = shared()
    if folder is None:
        return []
    root = folder / "data" / "cxr-kermany-224" / "test"
    return [(path, path.parent.name) for path in sorted(root.glob("*/*.jpeg"))]


def grey_pixels(exam: Exam) -> numpy.ndarray:
    """The grey values of the exam's radiograph, or of a drawing."""
    if exam.image is None:
        return drawn(exam.serial)
    with Image.open(exam.image) as image:
        # grey stored as RGB with R = G = B: taking one channel changes no value
        return numpy.asarray(image.convert("RGB"))[:, :, 0].copy()


def drawn(serial: int, size: int = 224) -> numpy.ndarray:
    """A drawing that is like a chest only in its layout; it shows nobody."""
    image = Image.new("L", (size, size), 20)
    pen = ImageDraw.Draw(image)
    pen.ellipse((18, 30, size - 18, size + 70), fill=150)
    shift = serial % 9
    for left, right in ((42 - shift, 98), (126, 182 + shift)):
        pen.ellipse((left, 46, right, 186), fill=60)
    pen.rectangle((104, 20, 120, size), fill=190)
    pen.ellipse((92, 118, 158, 190), fill=170)
    for y in range(52, 180, 17):
        pen.arc((36, y, 108, y + 40), 190, 340, fill=110, width=3)
        pen.arc((116, y, 188, y + 40), 200, 350, fill=110, width=3)
    noise = numpy.random.default_rng(serial).normal(0, 4, (size, size))
    return numpy.clip(numpy.asarray(image, dtype=float) + noise, 0, 255).astype(numpy.uint8)


def dicom(exam: Exam, identified: bool = True, **changes) -> bytes:
    """The exam as a DX image for presentation: 8 bit, MONOCHROME2, explicit little endian, pixels untouched.

    `changes` are DICOM keywords with other values; None removes the element."""
    pixels = grey_pixels(exam)
    rows, columns = pixels.shape
    data = Dataset()
    data.SpecificCharacterSet = "ISO_IR 192"
    data.ImageType = ["ORIGINAL", "PRIMARY", ""]
    data.SOPClassUID = DX_FOR_PRESENTATION
    data.SOPInstanceUID = exam.instance_uid
    data.StudyDate = data.SeriesDate = data.ContentDate = data.AcquisitionDate = exam.study_date.strftime("%Y%m%d")
    data.StudyTime = data.ContentTime = "093000"
    data.AccessionNumber = exam.accession
    data.IssuerOfAccessionNumberSequence = Sequence([_issuer()])
    data.Modality = "DX"
    data.PresentationIntentType = "FOR PRESENTATION"
    data.Manufacturer = "Invented Imaging"
    data.InstitutionName = "Hospital of the Tests"
    data.ReferringPhysicianName = "Inkhorn^Ottilie"
    data.StudyDescription = "XR Chest AP"
    data.SeriesDescription = "Chest AP"
    data.PatientName = f"{exam.family}^{exam.given}"
    data.PatientID = exam.patient_id
    data.IssuerOfPatientID = HOSPITAL
    data.PatientBirthDate = exam.birth_date.strftime("%Y%m%d")
    data.PatientSex = exam.sex
    data.PatientAge = f"{exam.age:03d}Y"
    data.BodyPartExamined = "CHEST"
    data.ViewPosition = "AP"
    data.PatientOrientation = ["L", "F"]
    data.ImageLaterality = "U"
    data.AnatomicRegionSequence = Sequence([_code("51185008", "SCT", "Chest")])
    data.ViewCodeSequence = Sequence([_code("399348003", "SCT", "antero-posterior")])
    data.ViewCodeSequence[0].ViewModifierCodeSequence = Sequence([])
    data.PositionerType = "NONE"
    data.DetectorType = "SCINTILLATOR"
    data.ImagerPixelSpacing = ["1.0", "1.0"]
    data.StudyInstanceUID = exam.study_uid
    data.SeriesInstanceUID = exam.series_uid
    data.StudyID = exam.procedure[-10:]
    data.SeriesNumber = data.InstanceNumber = "1"
    data.AcquisitionContextSequence = Sequence([])
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.Rows, data.Columns = rows, columns
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit = 7
    data.PixelRepresentation = 0
    data.PixelIntensityRelationship = "LOG"
    data.PixelIntensityRelationshipSign = -1
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = "0", "1", "US"
    data.WindowCenter, data.WindowWidth = "128", "256"
    data.PresentationLUTShape = "IDENTITY"
    data.BurnedInAnnotation = "NO"
    if exam.image is not None:  # the source was a JPEG once; the wrapping itself loses nothing
        data.LossyImageCompression, data.LossyImageCompressionRatio = "01", "8"
        data.LossyImageCompressionMethod = "ISO_10918_1"
    else:
        data.LossyImageCompression = "00"
    data.PixelData = pixels.tobytes() + (b"\0" if pixels.size % 2 else b"")
    for keyword, value in changes.items():
        if value is None:
            delattr(data, keyword)
        else:
            setattr(data, keyword, value)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = data.SOPClassUID
    meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = "2.25.302043790172249692526321623266752743501"
    data.file_meta = meta
    file = io.BytesIO()
    data.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _issuer() -> Dataset:
    issuer = Dataset()
    issuer.LocalNamespaceEntityID = HOSPITAL
    return issuer


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
