"""The pretend hospital judged by software that we did not write: dicomweb-client, fhirpy, fhirkit-rs, fhir.resources,
pydicom, python-hl7, hl7apy and Python's own TLS and HTTP."""

import asyncio
import contextlib
import copy
import html
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fhirkit
import hl7
import hl7.mllp
import pydicom
import pytest
import requests
from dicomweb_client import DICOMwebClient
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome as FHIRRefusal
from fhirpy.base.exceptions import ResourceNotFound
from hl7apy.core import Message
from requests.adapters import HTTPAdapter

import orders
from gateway import binary
from processes import Process, free_port, wait_until
from radiographs import ROOT

PATIENT_SYSTEM, PLACER_SYSTEM = "urn:oid:2.999.1", "urn:oid:2.999.2"
MODELS = {"Bundle": Bundle, "OperationOutcome": OperationOutcome, "CapabilityStatement": CapabilityStatement}


class OrderTaker:
    """python-hl7's MLLP server in a thread, where the gateway would be. Answers AA and keeps what came."""

    def __init__(self):
        self.port = free_port()
        self.messages: list[hl7.Message] = []
        self.loop = asyncio.new_event_loop()
        self.server = None
        listening = threading.Event()
        threading.Thread(target=self._run, args=(listening,), daemon=True).start()
        assert listening.wait(10)

    def _run(self, listening):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(
            hl7.mllp.start_hl7_server(self._serve, host="127.0.0.1", port=self.port, encoding="utf-8"))
        listening.set()
        self.loop.run_forever()

    async def _serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await reader.readmessage()
                self.messages.append(message)
                writer.writemessage(message.create_ack())
                await writer.drain()
        writer.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)


class Sandbox:
    """`imaging-gateway sandbox open` on free ports."""

    def __init__(self, folder, gateway_port: int, *arguments: str):
        self.ehr, self.archive, self.results = free_port(), free_port(), free_port()
        scheme = "https" if "--tls" in arguments else "http"
        self.page = f"{scheme}://127.0.0.1:{self.ehr}"
        self.fhir = f"{self.page}/fhir"
        self.dicomweb = f"{scheme}://127.0.0.1:{self.archive}/dicom-web"
        self.process = Process(
            "sandbox",
            [str(binary()), "sandbox", "open", "--ehr-port", str(self.ehr), "--archive-port", str(self.archive),
             "--result-port", str(self.results), "--gateway-port", str(gateway_port), *arguments], folder)
        self.process.wait_ready(lambda: "Ctrl-C closes it." in self.process.stdout.read_text(), timeout=30)


@pytest.fixture(scope="module")
def taker():
    server = OrderTaker()
    yield server
    server.close()


@pytest.fixture(scope="module")
def sandbox(workplace, taker):
    """One hospital for the module; it has sent two orders, each with its patient, its record and its image."""
    hospital = Sandbox(workplace / "sandbox", taker.port, "--orders", "2", "--every", "1")
    wait_until(lambda: len(taker.messages) == 2, 20, "two orders from the sandbox")
    yield hospital
    assert hospital.process.terminate() == 0


@pytest.fixture
def archive(sandbox):
    return DICOMwebClient(sandbox.dicomweb)


@pytest.fixture
def record(sandbox):
    return SyncFHIRClient(sandbox.fhir)


def study_of(message: hl7.Message) -> str:
    return str(message.segment("ZDS")[1][0][0])


def number_of(message: hl7.Message) -> str:
    return str(message.segment("PID")[3][0][0])


def check_fhir(resource: dict):
    """By fhirkit-rs, and by fhir.resources where it has the type."""
    assert [str(problem) for problem in fhirkit.validate(resource)] == []
    if resource["resourceType"] in MODELS:
        MODELS[resource["resourceType"]].model_validate(resource)


def test_the_orders_that_it_sends_are_what_python_hl7_reads_and_takes(sandbox, taker):
    first, second = taker.messages
    for message in (first, second):
        assert str(message.segment("MSH")[9]) == "ORM^O01" and str(message.segment("MSH")[12]) == "2.3.1"
        assert str(message.segment("MSH")[18]) == "UNICODE UTF-8"
        assert str(message.segment("ORC")[1]) == "NW"
        assert str(message.segment("ORC")[2]) == str(message.segment("OBR")[2])
        assert str(message.segment("OBR")[24]) == "DX"
        assert number_of(message).startswith("SBX") and str(message.segment("PID")[3][0][3]) == "HOSP"
        assert pydicom.uid.UID(study_of(message)).is_valid
    for different in (study_of, number_of, lambda m: str(m.segment("MSH")[10]), lambda m: str(m.segment("OBR")[18])):
        assert different(first) != different(second)
    said = wait_until(lambda: re.findall(r"order (ACC\d+) sent, answered (\w\w)", sandbox.process.stdout.read_text())
                      if sandbox.process.stdout.read_text().count("answered") == 2 else None, 5, "both answers told")
    assert said == [(str(message.segment("OBR")[18]), "AA") for message in taker.messages]


def test_dicomweb_client_finds_and_retrieves_what_was_ordered(archive, taker):
    for message in taker.messages:
        accession = str(message.segment("OBR")[18])
        [study] = archive.search_for_studies(search_filters={"AccessionNumber": accession})
        assert study["0020000D"]["Value"] == [study_of(message)]
        [instance] = archive.search_for_instances(study_of(message))
        series, sop = instance["0020000E"]["Value"][0], instance["00080018"]["Value"][0]
        [dataset] = archive.retrieve_study(study_of(message))
        assert dataset.AccessionNumber == accession and dataset.PatientID == number_of(message)
        assert str(dataset.PatientName) == str(message.segment("PID")[5])
        assert dataset.PatientBirthDate == str(message.segment("PID")[7])
        assert dataset.SOPInstanceUID == sop == dataset.file_meta.MediaStorageSOPInstanceUID
        assert dataset.pixel_array.shape == (dataset.Rows, dataset.Columns) and dataset.pixel_array.std() > 20
        [frame] = archive.retrieve_instance_frames(study_of(message), series, sop, [1])
        assert frame == dataset.PixelData
        metadata = archive.retrieve_instance_metadata(study_of(message), series, sop)
        assert pydicom.Dataset.from_json(metadata, lambda *_: b"").PatientID == number_of(message)
        [bulk] = archive.retrieve_bulkdata(metadata["7FE00010"]["BulkDataURI"])
        assert bulk == dataset.PixelData
        assert "generated" in str(dataset.ImageComments[0] if isinstance(dataset.ImageComments, list)
                                  else dataset.ImageComments).lower()


def test_qido_pages_matches_and_says_what_it_ignored(archive, taker):
    everything = {study["0020000D"]["Value"][0] for study in archive.search_for_studies()}
    assert everything == {study_of(message) for message in taker.messages}
    with warnings.catch_warnings(record=True):
        pages = [archive.search_for_studies(limit=1, offset=offset) for offset in range(3)]
    assert [len(page) for page in pages] == [1, 1, 0]
    assert {page[0]["0020000D"]["Value"][0] for page in pages[:2]} == everything
    family = str(taker.messages[0].segment("PID")[5][0][0])
    matched = archive.search_for_studies(search_filters={"PatientName": f"{family[:4].upper()}*"})
    assert study_of(taker.messages[0]) in [study["0020000D"]["Value"][0] for study in matched]
    assert archive.search_for_studies(search_filters={"PatientID": "SBX0"}) == []
    assert archive.search_for_studies(search_filters={"StudyDate": "19000101-19001231"}) == []
    with pytest.raises(requests.HTTPError, match="404"):
        archive.retrieve_study("1.2.3")


def test_dicomweb_client_stores_and_a_changed_copy_is_refused(archive, taker):
    [dataset] = archive.retrieve_study(study_of(taker.messages[0]))
    new = copy.deepcopy(dataset)
    new.StudyInstanceUID, new.SeriesInstanceUID = pydicom.uid.generate_uid(), pydicom.uid.generate_uid()
    new.SOPInstanceUID = new.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    answer = archive.store_instances([new])
    assert [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence] == [new.SOPInstanceUID]
    [back] = archive.retrieve_study(new.StudyInstanceUID)
    assert back == new
    archive.store_instances([new])
    assert len(archive.search_for_instances(new.StudyInstanceUID)) == 1
    changed = copy.deepcopy(new)
    changed.PatientID = "SOMEBODY"
    with pytest.raises(requests.HTTPError) as refused:
        archive.store_instances([changed])
    failed = pydicom.Dataset.from_json(refused.value.response.text).FailedSOPSequence
    assert [item.ReferencedSOPInstanceUID for item in failed] == [new.SOPInstanceUID]
    assert archive.retrieve_study(new.StudyInstanceUID)[0].PatientID == dataset.PatientID


def test_fhirpy_finds_the_patient_and_the_order_and_validators_agree(record, sandbox, taker):
    for message in taker.messages:
        [patient] = record.resources("Patient").search(identifier=f"{PATIENT_SYSTEM}|{number_of(message)}").fetch_all()
        check_fhir(patient.serialize())
        assert patient["birthDate"].replace("-", "") == str(message.segment("PID")[7])
        placer = str(message.segment("ORC")[2][0][0])
        [order] = record.resources("ServiceRequest").search(identifier=f"{PLACER_SYSTEM}|{placer}").fetch_all()
        check_fhir(order.serialize())
        assert order["subject"].to_resource().id == patient.id
    # one resource a page: fhirpy follows the `next` links
    assert len(record.resources("ServiceRequest").limit(1).fetch_all()) == record.resources("ServiceRequest").count()
    for path in ("metadata", "Patient?_count=1", "Patient/unknown", "Patient?birthdate=never", "NoSuchType",
                 "ServiceRequest?_include=ServiceRequest:subject"):
        answer = requests.get(f"{sandbox.fhir}/{path}", timeout=10)
        assert answer.headers["Content-Type"].startswith("application/fhir+json")
        check_fhir(answer.json())
        assert answer.ok == (answer.json()["resourceType"] != "OperationOutcome")


def test_fhirpy_writes_and_what_must_not_be_is_refused(record, sandbox):
    patient = record.resource("Patient", name=[{"family": "Ersatz"}], birthDate="2023-02-01")
    patient.save()
    first = patient["meta"]["versionId"]
    patient["gender"] = "female"
    patient.save()
    assert patient["meta"]["versionId"] != first
    address = f"{sandbox.fhir}/Patient/{patient.id}"
    stale = requests.put(address, json=patient.serialize(), headers={"If-Match": f'W/"{first}"'}, timeout=10)
    assert stale.status_code == 412
    check_fhir(stale.json())
    order = record.resource("ServiceRequest", status="active", intent="order", subject=patient.to_reference())
    order.save()
    with pytest.raises(FHIRRefusal):
        patient.delete()  # the order still refers to it
    right = {"status": "active", "intent": "order", "subject": patient.to_reference()}
    for wrong in ({"status": "nearly"}, {"subject": {"reference": "Patient/nobody"}},
                  {"subject": {"reference": f"Device/{patient.id}"}}):
        with pytest.raises(FHIRRefusal):
            record.resource("ServiceRequest", **(right | wrong)).save()
    order.delete()
    patient.delete()
    with pytest.raises((ResourceNotFound, FHIRRefusal)):
        record.reference("Patient", patient.id).to_resource()
    assert requests.get(address, timeout=10).status_code == 410


def test_a_transaction_is_all_or_nothing_and_conditional_creates_do_not_repeat(record, sandbox):
    def bundle(status: str) -> dict:
        return {"resourceType": "Bundle", "type": "transaction", "entry": [
            {"fullUrl": "urn:uuid:0b0f4a1e-8a41-4a5e-8d9a-0d6d4c1f7a01",
             "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:oid:2.999.77", "value": "T1"}]},
             "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:oid:2.999.77|T1"}},
            {"fullUrl": "urn:uuid:0b0f4a1e-8a41-4a5e-8d9a-0d6d4c1f7a02",
             "resource": {"resourceType": "ServiceRequest", "status": status, "intent": "order",
                          "subject": {"reference": "urn:uuid:0b0f4a1e-8a41-4a5e-8d9a-0d6d4c1f7a01"}},
             "request": {"method": "POST", "url": "ServiceRequest"}}]}

    def post(status: str) -> requests.Response:
        answer = requests.post(sandbox.fhir, json=bundle(status), timeout=10,
                               headers={"Content-Type": "application/fhir+json"})
        check_fhir(answer.json())
        return answer

    found = record.resources("Patient").search(identifier="urn:oid:2.999.77|T1")
    assert not post("impossible").ok and found.fetch_all() == []
    answers = [post("active").json()["entry"] for _ in range(2)]
    assert [entries[0]["response"]["status"][:3] for entries in answers] == ["201", "200"]
    [patient] = found.fetch_all()
    assert len(record.resources("ServiceRequest").search(subject=f"Patient/{patient.id}").fetch_all()) == 2


class HookReceiver(BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.deliveries.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_rest_hook_is_delivered_with_its_header_and_for_its_criteria_only(record):
    server = ThreadingHTTPServer(("127.0.0.1", 0), HookReceiver)
    server.deliveries = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        subscription = record.resource(
            "Subscription", status="requested", reason="A test waits for studies", criteria="ImagingStudy",
            channel={"type": "rest-hook", "endpoint": f"http://127.0.0.1:{server.server_address[1]}/hook",
                     "payload": "application/fhir+json", "header": ["Authorization: Bearer of-the-test"]})
        subscription.save()
        assert record.reference("Subscription", subscription.id).to_resource()["status"] == "active"
        patient = record.resource("Patient", name=[{"family": "Hooke"}])
        patient.save()
        study = record.resource("ImagingStudy", status="available", subject=patient.to_reference(),
                                identifier=[{"system": "urn:dicom:uid", "value": "urn:oid:2.25.17"}])
        study.save()
        wait_until(lambda: server.deliveries, 10, "a notification")
        study["description"] = "again"
        study.save()
        wait_until(lambda: len(server.deliveries) == 2, 10, "a second notification")
        for path, authorization, body in server.deliveries:
            assert (path, authorization) == (f"/hook/ImagingStudy/{study.id}", "Bearer of-the-test")
            assert b'"ImagingStudy"' in body and b"urn:oid:2.25.17" in body
        subscription.delete()
    finally:
        server.shutdown()


def oru(patient: str, words: str) -> bytes:
    """ORU^R01 of HL7 2.5.1, built by hl7apy."""
    message = Message("ORU_R01", version="2.5.1")
    message.msh.msh_3, message.msh.msh_4, message.msh.msh_5, message.msh.msh_6 = "AI", "LAB", "EHR", "HOSP"
    message.msh.msh_9, message.msh.msh_10 = "ORU^R01^ORU_R01", orders.control_id()
    message.msh.msh_11, message.msh.msh_18 = "P", "UNICODE UTF-8"
    group = message.add_group("ORU_R01_PATIENT_RESULT")
    group.add_group("ORU_R01_PATIENT").pid.pid_3 = f"{patient}^^^HOSP^MR"
    observation = group.add_group("ORU_R01_ORDER_OBSERVATION")
    observation.obr.obr_1, observation.obr.obr_4, observation.obr.obr_25 = "1", "36572-6^XR Chest AP^LN", "P"
    result = observation.add_group("ORU_R01_OBSERVATION")
    result.obx.obx_1, result.obx.obx_2, result.obx.obx_3 = "1", "TX", "59776-5^Procedure findings^LN"
    result.obx.obx_5, result.obx.obx_11 = words, "P"
    return message.to_er7().encode().rstrip(b"\r") + b"\r"


def test_a_result_by_hl7_is_acknowledged_and_stands_on_the_worklist(sandbox, taker):
    words = "Nothing <script>seen</script> — no matter"
    message = oru(number_of(taker.messages[0]), words)
    for _ in range(2):  # sent twice, shown once
        answer = orders.send(sandbox.results, message)
        assert orders.code_of(answer) == "AA" and orders.echoed_id(answer) == orders.id_of(message)
    page = requests.get(sandbox.page, timeout=10)
    assert page.text.count(html.escape(words)) == 1 and "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    refused = orders.send(sandbox.results, str(taker.messages[0]).encode())
    assert orders.code_of(refused) == "AR" and str(refused.segment("ERR")[1][0][3][0]) == "200"


class AnyHost(HTTPAdapter):
    """requests with an SSL context of ours."""

    def __init__(self, context):
        self.context = context
        super().__init__()

    def init_poolmanager(self, *arguments, **settings):
        super().init_poolmanager(*arguments, ssl_context=self.context, **settings)


def test_with_mutual_tls_nobody_without_a_certificate_gets_in(workplace):
    certificates, strangers = workplace / "certificates", workplace / "certificates-of-strangers"
    for folder in (certificates, strangers):
        subprocess.run([ROOT / "certs" / "generate", folder], check=True, capture_output=True)
    hospital = Sandbox(workplace / "sandbox-tls", free_port(), "--tls", str(certificates))

    def context(identity=None):
        made = ssl.create_default_context(cafile=certificates / "ca.pem")
        if identity:
            made.load_cert_chain(identity / "client.pem", identity / "client.key")
        return made

    def get(url, identity):
        with requests.Session() as web:
            web.mount("https://", AnyHost(context(identity)))
            return web.get(url, timeout=10)

    def send_result(identity) -> bytes:
        with socket.create_connection(("127.0.0.1", hospital.results), 10) as plain, \
                context(identity).wrap_socket(plain, server_hostname="localhost") as secure:
            secure.settimeout(10)
            secure.sendall(orders.SB + oru("SBX1", "seen") + orders.EB)
            return secure.recv(4096)

    try:
        for url in (f"{hospital.fhir}/metadata", f"{hospital.page}/", f"{hospital.dicomweb}/studies"):
            assert get(url, certificates).status_code == 200
            for identity in (None, strangers):
                with pytest.raises(requests.exceptions.ConnectionError):
                    get(url, identity)
            with pytest.raises(requests.exceptions.ConnectionError):
                requests.get(url.replace("https:", "http:"), timeout=10)
        assert b"MSA|AA|" in send_result(certificates)
        for identity in (None, strangers):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                assert send_result(identity) != b"", "closed"  # TLS 1.3 tells it on the first read
        assert "https://" in hospital.process.stdout.read_text()
    finally:
        assert hospital.process.terminate() == 0


def test_the_same_seed_makes_the_same_patients_and_images(sandbox, archive, taker, workplace):
    def first_of(seed: str) -> tuple[str, bytes]:
        again = OrderTaker()
        hospital = Sandbox(
            workplace / f"sandbox-seed-{seed}", again.port, "--seed", seed, "--orders", "1", "--every", "0")
        try:
            wait_until(lambda: again.messages, 20, "an order")
            [dataset] = DICOMwebClient(hospital.dicomweb).retrieve_study(study_of(again.messages[0]))
            return str(again.messages[0].segment("PID")), dataset.PixelData
        finally:
            hospital.process.terminate()
            again.close()

    [dataset] = archive.retrieve_study(study_of(taker.messages[0]))
    here = str(taker.messages[0].segment("PID")), dataset.PixelData
    assert first_of("20261121") == here
    assert not set(first_of("7")) & set(here)


def test_a_taken_port_is_said_in_one_line_and_loopback_is_all_it_listens_on(sandbox):
    result = subprocess.run(
        [binary(), "sandbox", "open", "--ehr-port", str(sandbox.ehr), "--archive-port", str(free_port()),
         "--result-port", str(free_port())], capture_output=True, text=True, timeout=30)
    assert result.returncode == 2 and result.stderr.count("\n") == 1 and "port" in result.stderr
    own = listening_on(sandbox.process.child.pid)
    assert own == {("127.0.0.1", port) for port in (sandbox.ehr, sandbox.archive, sandbox.results)}


@pytest.mark.parametrize("arguments, code", [
    (["--ehr-port", "99999"], 64), (["--ehr-port", "0"], 64), (["--ehr-port", "8071"], 64), (["--orders", "x"], 64),
    (["--tls", "/nowhere"], 2)])
def test_what_cannot_open_says_so_and_ends(arguments, code):
    result = subprocess.run([binary(), "sandbox", "open", *arguments], capture_output=True, text=True, timeout=10)
    assert result.returncode == code and result.stdout == "" and len(result.stderr) > 20, result.stderr


def listening_on(pid: int) -> set[tuple[str, int]]:
    """Every address on which a process listens, from /proc."""
    links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()]
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in links:
                address, port = local.split(":")
                if table == "tcp":
                    address = socket.inet_ntoa(bytes.fromhex(address)[::-1])
                found.add((address, int(port, 16)))
    return found


def test_ctrl_c_closes_the_hospital(workplace):
    hospital = Sandbox(workplace / "sandbox-interrupted", free_port())
    hospital.process.child.send_signal(signal.SIGINT)
    assert hospital.process.child.wait(10) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(hospital.page, timeout=2)
