"""The harness itself: what the scenarios rely on, shown without the gateway."""

import hl7
import numpy
import pydicom
import pytest
import requests
from io import BytesIO

import orders
import radiographs
from partners import PASSWORD, USER
from proxy import Fault


def test_the_wrapped_radiograph_keeps_every_grey_value_and_is_found_by_accession_number(hospital, registry):
    exam = registry.exam()
    hospital.archive(exam)
    data = pydicom.dcmread(BytesIO(radiographs.dicom(exam)))
    assert numpy.array_equal(data.pixel_array, radiographs.grey_pixels(exam))
    found = hospital.orthanc.studies(AccessionNumber=exam.accession)
    assert [study["0020000D"]["Value"] for study in found] == [[exam.study_uid]]


def test_a_wrong_study_can_be_taken_out_of_the_archive(hospital, registry):
    exam = registry.exam()
    hospital.archive(exam, PatientID="QX-someone-else")
    hospital.orthanc.delete(exam.study_uid)
    assert hospital.orthanc.studies(StudyInstanceUID=exam.study_uid) == []


def test_the_ehr_finds_a_report_by_the_order_it_is_based_on(hospital, registry):
    exam = hospital.register(registry.exam())
    assert hospital.reports_by_order(exam) == []
    hospital.sekmet.create({
        "resourceType": "DiagnosticReport", "status": "preliminary", "code": {"text": "test"},
        "basedOn": [{"reference": exam.references["ServiceRequest"]}], "subject": {"reference": exam.references["Patient"]}})
    assert len(hospital.reports_by_order(exam)) == len(hospital.reports(exam)) == 1


@pytest.mark.parametrize("build", [orders.orm, orders.omi])
def test_an_independent_parser_reads_each_order(registry, build):
    exam = registry.exam()
    message = hl7.parse(build(exam).decode())
    assert str(message.segment("PID")[3]).split("^")[0] == exam.patient_id
    assert exam.placer in str(message.segment("ORC")[2])
    assert exam.accession in str(message)
    assert exam.study_uid in str(message)


def test_dropping_a_field_drops_that_field_only(registry):
    exam = registry.exam()
    whole, lacking = (hl7.parse(orders.orm(exam, drop=drop).decode()) for drop in (None, "PID-3"))
    assert str(whole.segment("PID")[3]) and not str(lacking.segment("PID")[3])
    assert str(whole.segment("PID")[5]) == str(lacking.segment("PID")[5])


def test_the_proxy_passes_the_archives_answers_whole_and_cuts_them_on_demand(hospital, registry):
    exam = registry.exam()
    hospital.archive(exam)
    path = f"studies/{exam.study_uid}/series/{exam.series_uid}/instances/{exam.instance_uid}"
    ask = {"auth": (USER, PASSWORD), "headers": {"Accept": 'multipart/related; type="application/dicom"'}, "timeout": 20}
    whole = requests.get(f"{hospital.archive_base}/{path}", **ask)
    assert whole.ok and whole.content.rstrip().endswith(b"--")
    assert radiographs.grey_pixels(exam).tobytes() in whole.content
    hospital.archive_proxy.fault = lambda exchange: Fault(truncate_to=9000)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(f"{hospital.archive_base}/{path}", **ask)
    assert [exchange.status for exchange in hospital.archive_proxy.exchanges] == [200, 200]


def test_the_proxy_counts_passes_spoils_and_goes_away(hospital):
    url = f"{hospital.ehr_base}/metadata"
    assert requests.get(url, timeout=10).json()["resourceType"] == "CapabilityStatement"
    hospital.ehr_proxy.fault = lambda exchange: Fault(status=503, retry_after=1)
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    hospital.ehr_proxy.fault = lambda exchange: Fault(truncate_to=100)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(url, timeout=10)
    hospital.ehr_proxy.fault = lambda exchange: Fault(lose_answer=True)
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=10)
    assert [exchange.status for exchange in hospital.ehr_proxy.exchanges] == [200, 503, 200, 200]
    hospital.ehr_proxy.down()
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=10)
