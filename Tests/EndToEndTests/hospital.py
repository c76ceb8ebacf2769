"""The world around one gateway: archive, EHR and the proxies before them."""

from collections import Counter
from pathlib import Path

from exams import FILLER_SYSTEM, PATIENT_SYSTEM, PLACER_SYSTEM, Exam
from partners import Orthanc, Sekmet
from processes import free_port
from proxy import Proxy
from radiographs import dicom

IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"


class Hospital:
    def __init__(self, folder: Path):
        self.orthanc = Orthanc(folder / "orthanc")
        self.sekmet = Sekmet(folder / "sekmet")
        self.archive_proxy = Proxy(self.orthanc.port, free_port())
        self.ehr_proxy = Proxy(self.sekmet.port, free_port())

    @property
    def archive_base(self) -> str:
        return f"http://127.0.0.1:{self.archive_proxy.port}/dicom-web"

    @property
    def ehr_base(self) -> str:
        return f"http://127.0.0.1:{self.ehr_proxy.port}/fhir"

    def reset(self):
        self.archive_proxy.reset()
        self.ehr_proxy.reset()

    def close(self):
        for part in (self.archive_proxy, self.ehr_proxy):
            part.close()
        for part in (self.orthanc, self.sekmet):
            part.stop()

    def archive(self, *exams: Exam, **changes):
        """The radiographs reach the archive; `changes` as in `radiographs.dicom`."""
        for exam in exams:
            self.orthanc.store([dicom(exam, **changes)])

    def register(self, exam: Exam, order: bool = True, study: bool = True, patient: bool = True) -> Exam:
        """What the EHR knows of the exam before the gateway hears of it. Without `patient`, the reference is there."""
        references = exam.references
        if patient:
            references["Patient"] = self._create({
                "resourceType": "Patient", "active": True,
                "identifier": [_identifier("MR", PATIENT_SYSTEM, exam.patient_id)],
                "name": [{"use": "official", "family": exam.family, "given": [exam.given]}],
                "gender": {"M": "male", "F": "female"}[exam.sex], "birthDate": exam.birth_date.isoformat()})
        if order:
            references["ServiceRequest"] = self._create({
                "resourceType": "ServiceRequest", "status": "active", "intent": "order",
                "identifier": [_identifier("PLAC", PLACER_SYSTEM, exam.placer),
                               _identifier("FILL", FILLER_SYSTEM, exam.filler),
                               _identifier("ACSN", PATIENT_SYSTEM, exam.accession)],
                "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "363679005", "display": "Imaging"}]}],
                "code": {"coding": [{"system": "http://loinc.org", "code": "36572-6"}], "text": "XR Chest AP"},
                "subject": {"reference": references["Patient"]}, "authoredOn": exam.study_date.isoformat()})
        if study:
            references["ImagingStudy"] = self._create(self.imaging_study(exam))
        return exam

    def imaging_study(self, exam: Exam) -> dict:
        resource = {
            "resourceType": "ImagingStudy", "status": "available",
            "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{exam.study_uid}"},
                           _identifier("ACSN", PATIENT_SYSTEM, exam.accession)],
            "modality": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "DX"}],
            "subject": {"reference": exam.references["Patient"]}, "numberOfSeries": 1, "numberOfInstances": 1,
            "series": [{"uid": exam.series_uid, "numberOfInstances": 1,
                        "modality": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "DX"},
                        "instance": [{"uid": exam.instance_uid,
                                      "sopClass": {"system": "urn:ietf:rfc:3986",
                                                   "code": "urn:oid:1.2.840.10008.5.1.4.1.1.1.1"}}]}]}
        if "ServiceRequest" in exam.references:
            resource["basedOn"] = [{"reference": exam.references["ServiceRequest"]}]
        return resource

    def prepare(self, *exams: Exam):
        """Everything in place: EHR and archive know the exams."""
        for exam in exams:
            self.register(exam)
        self.archive(*exams)

    def reports(self, exam: Exam) -> list[dict]:
        """The reports on the exam's patient."""
        return self.sekmet.search("DiagnosticReport", subject=exam.references["Patient"])

    def reports_by_order(self, exam: Exam) -> list[dict]:
        return self.sekmet.search("DiagnosticReport", based_on=exam.references["ServiceRequest"])

    def observations(self, report: dict) -> list[dict]:
        return [self.sekmet.read(result["reference"]) for result in report.get("result", [])]

    def totals(self) -> Counter:
        """How many resources of each kind that the gateway writes stand in the EHR."""
        return Counter({kind: len(self.sekmet.search(kind))
                        for kind in ("DiagnosticReport", "Observation", "Device", "Provenance")})

    def _create(self, resource: dict) -> str:
        return f"{resource['resourceType']}/{self.sekmet.create(resource)['id']}"


def _identifier(kind: str, system: str, value: str) -> dict:
    return {"type": {"coding": [{"system": IDENTIFIER_TYPES, "code": kind}]}, "system": system, "value": value}
