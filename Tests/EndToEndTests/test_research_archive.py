"""De-identified copies for a research archive: a second Orthanc gets a pseudonymous study and its certificate, and
nothing of the hospital; whatever happens to it, the clinical report goes its way."""

import io
import itertools
import json
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import ledger
import orders
import pydicom
import pytest
import reports
import requests
from certificates import Authority, TLSFront
from gateway import assert_holds
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from partners import PASSWORD, USER, Orthanc
from processes import free_port, wait_until
from proxy import Fault, Proxy
from pydicom.uid import RLELossless
from radiographs import ROOT, dicom, drawn

BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
PROFILE = """\
version: 1
name: research-test
release: "1"
summary: The profile of the end-to-end tests.
edition: 2024b
options: [basic, retainPatientCharacteristics]
textGate: risky
pseudonyms: keyed
"""


class Research:
    """A second archive behind a proxy, and what it holds."""

    def __init__(self, folder):
        self.orthanc = Orthanc(folder)
        self.proxy = Proxy(self.orthanc.port, free_port())
        self.folder = folder

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}/dicom-web"

    def instances(self) -> list[pydicom.Dataset]:
        """Every object that it holds."""
        ids = self.orthanc.web.get(f"{self.orthanc.root}/instances", timeout=30).json()
        return [pydicom.dcmread(io.BytesIO(self.file(i))) for i in ids]

    def files(self) -> list[bytes]:
        return [self.file(i) for i in self.orthanc.web.get(f"{self.orthanc.root}/instances", timeout=30).json()]

    def file(self, identifier: str) -> bytes:
        return self.orthanc.web.get(f"{self.orthanc.root}/instances/{identifier}/file", timeout=30).content

    def bytes_on_disk(self) -> list[tuple[str, bytes]]:
        """Everything that reached it, as it lies on its disk: index, attachments, names."""
        return [(str(path), path.read_bytes()) for path in self.folder.rglob("*") if path.is_file()]

    def clear(self):
        for study in self.orthanc.web.get(f"{self.orthanc.root}/studies", timeout=30).json():
            self.orthanc.web.delete(f"{self.orthanc.root}/studies/{study}", timeout=30)

    def close(self):
        self.proxy.close()
        self.orthanc.stop()


_numbers = itertools.count(1)


@pytest.fixture
def research(workplace):
    made = Research(workplace / f"research-{next(_numbers):03d}")
    yield made
    made.close()


@pytest.fixture
def exporting(make_gateway, research, workplace):
    """Makes gateways with a research archive; `archive` are further keys of its section."""
    def make(archive: dict | None = None, profile: str | None = PROFILE, **settings):
        number = free_port()
        mappings = workplace / f"mappings-{number}"
        shutil.copytree(ROOT / "mappings", mappings)
        if profile is not None:
            (mappings / "deidentification" / "research-test.yaml").write_text(profile)
        section = {"name": "research", "base": research.base, "profile": "research-test",
                   "auth": {"type": "basic", "user": USER, "passwordFile": "./archive.password"}}
        gateway = make_gateway(
            mappings=str(mappings), researchArchives=[section | (archive or {})], **settings)
        gateway.mappings = mappings
        return gateway
    return make


def exports(gateway, *arguments) -> list[dict]:
    answer = gateway.run("exports", "list", "--config", str(gateway.config), "--json", *arguments)
    return json.loads(answer.stdout)["exports"]


def wait_exports(gateway, timeout: float = 60, **states: int) -> list[dict]:
    def reached():
        found = exports(gateway)
        return found if sorted(e["state"] for e in found) == sorted(
            state for state, count in states.items() for _ in range(count)) else None
    try:
        return wait_until(reached, timeout, f"copies in {states}", interval=0.4)
    except Exception as error:
        raise AssertionError(f"{error}; they are {exports(gateway)}") from None


def order(gateway, hospital, registry, **changes):
    """A delivered order: everything in place, the message sent, the report there."""
    exam = hospital.register(registry.exam())
    hospital.archive(exam, **changes)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(delivered=1)
    return exam


def leaves_of(gateway, *command: str) -> set[str]:
    """The events that a command leaves in the operator's name."""
    before = len(ledger.leaves(gateway))
    gateway.run(*command, "--config", str(gateway.config))
    return {leaf["event"] for leaf in ledger.leaves(gateway)[before:]
            if leaf["principal"].startswith("user|") and leaf["roles"] == ["operator"]}


def assert_one_pseudonymous_study(research, exams: int = 1):
    objects = research.instances()
    studies = {o.StudyInstanceUID for o in objects}
    assert len(studies) == exams
    assert len({o.SOPInstanceUID for o in objects}) == len(objects)
    for study in studies:
        of_study = [o for o in objects if o.StudyInstanceUID == study]
        assert sorted(o.Modality for o in of_study) == ["DX", "SR"]
        assert len({o.PatientID for o in of_study}) == 1
        assert all(o.PatientIdentityRemoved == "YES" for o in of_study)


def assert_nothing_planted(research, exam):
    for name, data in research.bytes_on_disk():
        for secret in exam.secrets() + ["Hospital of the Tests", "Inkhorn"]:
            assert secret.encode() not in data, (name, secret)
            assert secret.encode("utf-16-le") not in data and secret.encode("utf-16-be") not in data, (name, secret)


def test_an_order_brings_its_report_and_a_pseudonymous_study_with_its_certificate(
        hospital, exporting, research, registry, tmp_path):
    gateway = exporting().start()
    exam = order(gateway, hospital, registry)
    reports.check(hospital, exam, hospital.reports_by_order(exam)[0])
    [copy] = wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)
    assert_nothing_planted(research, exam)
    gateway_lines = "".join(exchange.path for exchange in research.proxy.exchanges)
    assert all(secret not in gateway_lines for secret in exam.secrets())
    shown = json.loads(gateway.run("exports", "show", copy["id"], "--config", str(gateway.config)).stdout)
    image, report = sorted(research.instances(), key=lambda o: o.Modality)
    assert shown["studyInstanceUID"] == exam.study_uid
    assert shown["copy"]["studyInstanceUID"] == image.StudyInstanceUID == report.StudyInstanceUID
    assert shown["copy"]["isComplete"] and shown["copy"]["instances"] == 1
    assert report.SOPClassUID == BASIC_TEXT_SR and report.SeriesInstanceUID != image.SeriesInstanceUID
    assert report.ContentSequence[0].TextValue
    assert image.PixelData == pydicom.dcmread(io.BytesIO(dicom(exam))).PixelData
    for number, data in enumerate(research.files()):
        (tmp_path / f"{number}.dcm").write_bytes(data)
    for name in tmp_path.glob("*.dcm"):
        said = subprocess.run(["dciodvfy", str(name)], capture_output=True, text=True)
        errors = [line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Error")]
        assert errors == [], name
    metrics = gateway.metrics()
    assert 'imaging_gateway_exports{state="sent"} 1' in metrics
    traces = gateway.traces()
    for secret in exam.secrets():
        for name, data in traces.items():
            assert secret.encode() not in data, (name, secret)
    assert gateway.verify()["exit"] == 0


def test_the_copy_is_in_the_audit_log_before_and_after_it_is_sent(hospital, exporting, research, registry):
    gateway = exporting().start()
    exam = order(gateway, hospital, registry)
    wait_exports(gateway, sent=1)
    sent = [leaf for leaf in ledger.leaves(gateway) if leaf["event"] == "study.export"]
    assert len(sent) == 2 and len({leaf["correlation"] for leaf in sent}) == 1, "intent and outcome"
    assert all(leaf["purpose"] == "HRESCH" for leaf in sent)
    shown = gateway.run("audit", "show", "--config", str(gateway.config), "--event", "study.export").stdout
    assert "STOW-RS" in shown or "research" in shown
    disclosures = gateway.run("audit", "report", "disclosures", "--patient", f"hospital|{exam.patient_id}",
                              "--config", str(gateway.config), check=False)
    assert "research" in disclosures.stdout, disclosures.stderr


def test_what_other_models_modalities_and_patients_who_object_have_is_not_copied(
        hospital, exporting, research, registry, workplace):
    objecting = registry.exam()
    listed = workplace / f"opt-out-{objecting.serial}"
    listed.write_text(f"# patients who object\nhospital|{objecting.patient_id}\n")
    gateway = exporting({"optOut": str(listed), "orders": {"modalities": ["DX", "CR"]}}).start()
    hospital.prepare(objecting)
    orders.send(gateway.mllp_port, orders.orm(objecting))
    gateway.wait_for(delivered=1)
    [copy] = wait_exports(gateway, discarded=1)
    assert copy["code"] == "export.optedOut"
    assert research.instances() == []
    assert all(exchange.method != "POST" for exchange in research.proxy.exchanges)


def test_a_patient_who_is_listed_by_an_identifier_that_only_the_EHR_knows_is_not_copied(
        hospital, exporting, research, registry, workplace):
    exam = registry.exam()
    listed = workplace / f"opt-out-{exam.serial}"
    listed.write_text(f"hospital|QX-former-{exam.serial}\n")
    gateway = exporting({"optOut": str(listed)}).start()
    hospital.prepare(exam)
    reference = exam.references["Patient"]
    patient = hospital.sekmet.read(reference)
    system = patient["identifier"][0]["system"]
    patient["identifier"].append({"system": system, "value": f"QX-former-{exam.serial}"})
    hospital.sekmet.update(patient)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    [copy] = wait_exports(gateway, discarded=1)
    assert copy["code"] == "export.optedOut" and research.instances() == []


def test_a_profile_with_random_pseudonyms_needs_a_list_and_the_list_leads_copies_back(
        hospital, exporting, research, registry, workplace, tmp_path):
    random = PROFILE.replace("pseudonyms: keyed", "pseudonyms: random")
    for section, profile in [(None, random), ({"crosswalk": str(workplace / "useless")}, PROFILE)]:
        gateway = exporting(section, profile)
        for command in ("serve", "check"):
            said = gateway.run(command, "--config", str(gateway.config), check=False)
            assert said.returncode != 0 and "researchArchives[0].crosswalk" in said.stdout + said.stderr
    crosswalk = tmp_path / "research.list"
    gateway = exporting({"crosswalk": str(crosswalk)}, random).start()
    exam = order(gateway, hospital, registry)
    wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)
    assert_nothing_planted(research, exam)
    copied = shutil.copy(crosswalk, tmp_path / "copy.list")
    for secret in exam.secrets():
        assert secret.encode() not in crosswalk.read_bytes()
    report = next(o for o in research.instances() if o.Modality == "SR")
    certificate = json.loads(report.ContentSequence[0].TextValue)["certificate"]
    assert certificate["pseudonyms"]["reversible"] is True
    for data in research.files():
        (tmp_path / "copy.dcm").write_bytes(data)
        if pydicom.dcmread(tmp_path / "copy.dcm").Modality == "DX":
            break
    gateway.run("deidentify", "reverse", str(tmp_path / "copy.dcm"), "--crosswalk", str(copied), "--keys",
                str(gateway.folder / "keys.yaml"), "--out", str(tmp_path / "back.dcm"))
    back = pydicom.dcmread(tmp_path / "back.dcm")
    assert (back.PatientID, back.StudyInstanceUID, back.SOPInstanceUID) == (exam.patient_id, exam.study_uid, exam.instance_uid)
    # Who shortens the list is told of.
    gateway.stop()
    with crosswalk.open("r+b") as file:
        file.truncate(crosswalk.stat().st_size - 5)
    gateway.start()
    wait_until(lambda: "the end of a crosswalk was not whole" in gateway.process.tail(400), 20, "a word on the list")


def test_an_order_of_no_wanted_modality_brings_no_copy(hospital, exporting, research, registry):
    gateway = exporting({"orders": {"modalities": ["MR"]}}).start()
    order(gateway, hospital, registry)
    assert_holds(lambda: exports(gateway) == [], 2)


def test_the_study_of_somebody_else_is_parked_and_never_copied(hospital, exporting, research, registry):
    gateway = exporting().start()
    exam = hospital.register(registry.exam())
    hospital.archive(exam, PatientID="QX-someone-else")
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(parked=1)
    assert_holds(lambda: exports(gateway) == [] and research.instances() == [], 2)


def test_a_research_archive_that_is_down_costs_the_report_nothing_and_gets_its_copy_later(
        hospital, exporting, research, registry):
    gateway = exporting().start()
    research.proxy.down()
    exam = order(gateway, hospital, registry)
    assert len(hospital.reports_by_order(exam)) == 1
    assert requests.get(f"{gateway.admin}/health/ready", timeout=5).ok
    wait_until(lambda: exports(gateway)[0]["attempts"] >= 1, 30, "a first try")
    assert exports(gateway)[0]["state"] == "pending"
    research.proxy.up()
    wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)


def test_a_slow_research_archive_holds_up_no_report(hospital, exporting, research, registry):
    gateway = exporting().start()
    research.proxy.fault = lambda exchange: Fault(hold=8) if exchange.method == "POST" else None
    exams = registry.several(3)
    hospital.prepare(*exams)
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=3, timeout=60)
    assert any(e["state"] == "pending" for e in exports(gateway)), "the copies were faster than the reports"
    research.proxy.fault = lambda exchange: None
    wait_exports(gateway, sent=3, timeout=90)
    assert_one_pseudonymous_study(research, exams=3)


def test_a_research_archive_that_refuses_leaves_a_failed_copy_that_can_be_tried_again(
        hospital, exporting, research, registry):
    gateway = exporting().start()
    research.proxy.fault = lambda exchange: Fault(status=403) if exchange.method == "POST" else None
    order(gateway, hospital, registry)
    [copy] = wait_exports(gateway, failed=1)
    assert copy["code"] == "research.http.403" and copy["remedy"]
    research.proxy.fault = lambda exchange: None
    assert "export.retry" in leaves_of(gateway, "exports", "retry", copy["id"])
    wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)
    assert "export.read" in leaves_of(gateway, "exports", "list")
    assert "export.read" in leaves_of(gateway, "exports", "show", copy["id"])


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(lose_answer=True), Fault(truncate_to=10)],
                         ids=["busy", "answer lost", "answer cut"])
def test_trouble_in_the_middle_of_sending_loses_and_doubles_nothing(hospital, exporting, research, registry, fault):
    gateway = exporting().start()
    troubled = []

    def once(exchange):
        if exchange.method == "POST" and len(troubled) < 2:
            troubled.append(exchange)
            return fault
        return None
    research.proxy.fault = once
    order(gateway, hospital, registry)
    wait_exports(gateway, sent=1)
    assert len(troubled) == 2
    assert_one_pseudonymous_study(research)


def test_SIGKILL_between_sending_and_recording_makes_the_same_objects_again(hospital, exporting, research, registry):
    gateway = exporting().start()
    arrived = threading.Event()
    stuck = threading.Event()

    def lose(exchange):
        # stored there, never heard of here
        if exchange.method == "POST" and not stuck.is_set():
            arrived.set()
            return Fault(lose_answer=True)
        return None
    research.proxy.fault = lose
    exam = order(gateway, hospital, registry)
    assert arrived.wait(60)
    gateway.kill()
    before = {(o.SOPInstanceUID, o.SeriesInstanceUID) for o in research.instances() if o.Modality == "DX"}
    stuck.set()
    gateway.start()
    wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)
    after = {(o.SOPInstanceUID, o.SeriesInstanceUID) for o in research.instances() if o.Modality == "DX"}
    assert before <= after and len(after) == 1
    assert len(hospital.reports_by_order(exam)) == 1
    assert gateway.verify()["exit"] == 0


@pytest.mark.parametrize("moment", range(4))
def test_SIGKILL_at_any_moment_loses_and_doubles_nothing(hospital, exporting, research, registry, moment):
    gateway = exporting().start()
    seen = []
    research.proxy.fault = lambda exchange: seen.append(exchange)
    exams = registry.several(2)
    hospital.prepare(*exams)
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    wait_until(lambda: len(seen) >= moment, 60, "requests to the research archive", interval=0.02)
    gateway.kill()
    gateway.start()
    gateway.wait_for(delivered=2)
    wait_exports(gateway, sent=2)
    assert_one_pseudonymous_study(research, exams=2)
    for exam in exams:
        assert len(hospital.reports_by_order(exam)) == 1


def test_an_image_that_says_it_has_text_in_its_pixels_is_quarantined_with_reason_and_remedy(
        hospital, exporting, research, registry):
    gateway = exporting().start()
    exam = hospital.register(registry.exam())
    hospital.archive(exam, BurnedInAnnotation="YES")
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    [copy] = wait_exports(gateway, quarantined=1)
    assert copy["code"].startswith("deidentification.") and copy["remedy"]
    assert research.instances() == []
    assert "export.discard" in leaves_of(gateway, "exports", "discard", copy["id"])
    assert exports(gateway)[0]["state"] == "discarded"
    again = gateway.run("exports", "retry", copy["id"], "--config", str(gateway.config), check=False)
    assert again.returncode != 0 and "export.notApplicable" in again.stderr


def test_an_order_that_is_cancelled_before_its_copy_went_out_is_not_copied(hospital, exporting, research, registry):
    gateway = exporting(orders={"afterDelivery": "withdraw"}).start()
    research.proxy.down()
    exam = order(gateway, hospital, registry)
    wait_until(lambda: exports(gateway)[0]["attempts"] >= 1, 30, "a first try")
    orders.send(gateway.mllp_port, orders.orm(exam, control="CA"))
    gateway.wait_for(cancelled=1)
    research.proxy.up()
    [copy] = wait_exports(gateway, discarded=1)
    assert copy["code"] == "export.orderChanged"
    assert research.instances() == []


def test_a_profile_that_is_missing_or_wrong_keeps_the_gateway_from_starting(exporting):
    missing = exporting(profile=None)
    said = missing.run("serve", "--config", str(missing.config), check=False)
    assert said.returncode != 0 and "researchArchives[0].profile" in said.stderr
    wrong = exporting(profile=PROFILE.replace("options: [basic", "options: [basic, retainFullDates, retainModifiedDates"))
    said = wrong.run("serve", "--config", str(wrong.config), check=False)
    assert said.returncode != 0 and "researchArchives[0].profile" in said.stderr


def test_the_clinical_archive_cannot_be_the_research_archive(exporting, hospital):
    gateway = exporting({"base": hospital.archive_base + "/"})
    said = gateway.run("check", "--config", str(gateway.config), check=False)
    assert said.returncode != 0 and "researchArchives[0].base" in said.stdout + said.stderr


def test_check_looks_at_the_research_archive_and_its_profile(exporting, research):
    gateway = exporting()
    said = gateway.run("check", "--config", str(gateway.config), check=False).stdout
    assert "research.profile" in said and "research.search" in said
    research.proxy.down()
    said = gateway.run("check", "--config", str(gateway.config), check=False)
    assert said.returncode != 0 and "research.connection" in said.stdout


def test_a_profile_that_changed_since_quarantines_until_an_operator_says_so(hospital, exporting, research, registry):
    gateway = exporting().start()
    research.proxy.down()
    order(gateway, hospital, registry)
    wait_until(lambda: exports(gateway)[0]["attempts"] >= 1, 30, "a first try")
    gateway.stop()
    profile = gateway.mappings / "deidentification" / "research-test.yaml"
    profile.write_text(PROFILE.replace('release: "1"', 'release: "2"'))
    research.proxy.up()
    gateway.start()
    [copy] = wait_exports(gateway, quarantined=1)
    assert copy["code"] == "export.profileChanged"
    gateway.run("exports", "retry", copy["id"], "--config", str(gateway.config))
    wait_exports(gateway, sent=1)


# Text on the pixels

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
needs_recogniser = pytest.mark.skipif(
    shutil.which("tesseract") is None or not Path(FONT).is_file(),
    reason="SKIPPED LOUDLY: no tesseract-ocr or no fonts-dejavu-core on this machine")
WORDS = "QUXMANN ZORBA 12.05.1961"


def written(exam, words: str, at: tuple[int, int], size: int = 480, **changes) -> dict:
    """Elements of a radiograph of this exam, larger than the others and soft, with words drawn on it: the sharp ribs
    of a drawing look like text at times."""
    image = Image.fromarray(drawn(exam.serial)).resize((size, size)).filter(ImageFilter.GaussianBlur(8))
    ImageDraw.Draw(image).text(at, words, fill=255, font=ImageFont.truetype(FONT, 22))
    return {"Rows": size, "Columns": size, "PixelData": image.tobytes(), "LossyImageCompression": "00"} | changes


def delivered(gateway, hospital, exam, data: bytes):
    hospital.orthanc.store([data])
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)


@needs_recogniser
@pytest.mark.parametrize("declared", [None, "YES"])
def test_words_on_the_pixels_keep_a_copy_back_with_a_reason(hospital, exporting, research, registry, declared):
    gateway = exporting().start()
    exam = hospital.register(registry.exam())
    delivered(gateway, hospital, exam, dicom(exam, **written(exam, WORDS, (30, 200), BurnedInAnnotation=declared)))
    [copy] = wait_exports(gateway, quarantined=1, timeout=120)
    # What says YES wants a mask; what says nothing is looked at.
    wanted = ["deidentification.textDetected", "deidentification.textUnsure"] if declared is None else [
        "deidentification.maskMissing"]
    assert copy["code"] in wanted and "mask" in copy["remedy"]
    assert research.instances() == [] and all(exchange.method != "POST" for exchange in research.proxy.exchanges)
    shown = gateway.run("exports", "show", copy["id"], "--config", str(gateway.config)).stdout
    assert copy["code"] in shown and "QUXMANN" not in shown
    assert 'imaging_gateway_exports{state="quarantined"} 1' in gateway.metrics()
    assert not any(b"QUXMANN" in data for data in gateway.traces().values())
    assert len(hospital.reports_by_order(exam)) == 1, "the report is not touched"


MASK = """\
version: 1
name: invented imaging
match: {modality: [DX], manufacturer: ['invented*']}
rows: 480
columns: 480
covered: [{left: 0, top: 0, width: 480, height: 40}]
"""


def verified(gateway, research, folder: Path) -> dict:
    """The certificate that the archive has, verified with the images that it has and with the log."""
    folder.mkdir()
    for image in research.instances():
        if image.Modality == "SR":
            (folder / "certificate.json").write_text(image.ContentSequence[0].TextValue)
    stored = {o.SOPInstanceUID: data for o, data in zip(research.instances(), research.files()) if o.Modality != "SR"}
    for number, data in enumerate(stored.values()):
        (folder / f"{number}.dcm").write_bytes(data)
    answer = gateway.run("deidentify", "verify", str(folder / "certificate.json"), "--config", str(gateway.config), "--json")
    assert json.loads(answer.stdout)["audit"]["index"] > 0
    return json.loads((folder / "certificate.json").read_text())["certificate"]


@needs_recogniser
def test_a_mask_covers_the_words_and_nothing_else_of_a_compressed_image(hospital, exporting, research, registry, tmp_path):
    gateway = exporting()
    masks = gateway.mappings / "deidentification" / "masks"
    masks.mkdir(exist_ok=True)
    (masks / "invented.yaml").write_text(MASK)
    gateway.start()
    exam = hospital.register(registry.exam())
    plain = pydicom.dcmread(io.BytesIO(dicom(exam, **written(exam, WORDS, (20, 8), BurnedInAnnotation="YES"))))
    before = plain.pixel_array.copy()
    assert (before[:40] == 255).any(), "the words are there"
    plain.compress(RLELossless, generate_instance_uid=False)
    packed = io.BytesIO()
    plain.save_as(packed)
    delivered(gateway, hospital, exam, packed.getvalue())
    wait_exports(gateway, sent=1, timeout=120)
    [image] = [o for o in research.instances() if o.Modality == "DX"]
    after = image.pixel_array
    assert (after[:40] == 0).all() and (after[40:] == before[40:]).all()
    assert image.BurnedInAnnotation == "NO"
    assert "113101" in [item.CodeValue for item in image.DeidentificationMethodCodeSequence]
    assert_nothing_planted(research, exam)
    certificate = verified(gateway, research, tmp_path / "copy")
    assert certificate["burnedIn"]["verdict"] == "masked" and certificate["burnedIn"]["gate"] == "risky"


def test_the_certificate_that_went_with_a_copy_is_in_the_log(hospital, exporting, research, registry, tmp_path):
    gateway = exporting().start()
    order(gateway, hospital, registry)
    wait_exports(gateway, sent=1)
    certificate = verified(gateway, research, tmp_path / "copy")
    assert [each["sopInstanceUID"] for each in certificate["instances"]] == [
        o.SOPInstanceUID for o in research.instances() if o.Modality == "DX"]


# TLS

@pytest.fixture
def front(research, tmp_path):
    """The research archive behind TLS, with the authority that it is of."""
    authority = Authority(tmp_path / "authority", "Research Authority")
    front = TLSFront(research.orthanc.port, *authority.issue("research"))
    yield front, authority
    front.close()


def test_a_research_archive_over_TLS_of_its_own_authority_gets_its_copy(hospital, exporting, research, registry, front):
    server, authority = front
    gateway = exporting({"base": f"https://127.0.0.1:{server.port}/dicom-web", "tls": {"ca": str(authority.file)}})
    said = gateway.run("check", "--config", str(gateway.config), check=False).stdout
    assert "research.search" in said
    gateway.start()
    order(gateway, hospital, registry)
    wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)


def test_a_research_archive_that_another_authority_vouches_for_gets_nothing(
        hospital, exporting, research, registry, front, tmp_path):
    server, _ = front
    stranger = Authority(tmp_path / "stranger", "Another Authority")
    gateway = exporting({"base": f"https://127.0.0.1:{server.port}/dicom-web", "tls": {"ca": str(stranger.file)}})
    checked = gateway.run("check", "--config", str(gateway.config), check=False)
    assert checked.returncode != 0 and "research.tls" in checked.stdout
    gateway.start()
    exam = order(gateway, hospital, registry)
    wait_until(lambda: exports(gateway)[0]["attempts"] >= 1, 30, "a first try")
    [copy] = exports(gateway)
    assert copy["state"] == "pending" and copy["code"] == "research.tls"
    assert research.instances() == [] and len(hospital.reports_by_order(exam)) == 1


# Files that are broken

@pytest.mark.parametrize("name, content, told", [
    ("burned-in.yaml", "version: 1\nrules: []\notherwise: never\nwords: {}\n", "burned-in.yaml"),
    ("burned-in.yaml", b"\xff\xfe", "burned-in.yaml cannot be read"),
    ("masks/head.yaml", MASK.replace("width: 480", "width: no"), "masks/head.yaml"),
    ("masks/head.yaml", MASK.replace("name:", "nam:"), "masks/head.yaml"),
    ("masks", "a file in the folder's place", "masks cannot be read"),
    ("research-test.yaml", PROFILE + "more: true\n", "research-test.yaml"),
], ids=["demand", "no text", "number", "key", "folder", "profile"])
def test_a_broken_file_of_rules_keeps_the_gateway_from_starting_and_is_named(exporting, name, content, told):
    gateway = exporting()
    path = gateway.mappings / "deidentification" / name
    if name == "masks":
        shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for command in ("serve", "check"):
        said = gateway.run(command, "--config", str(gateway.config), check=False)
        assert said.returncode != 0, command
        assert told in said.stdout + said.stderr and "researchArchives[0].profile" in said.stdout + said.stderr
    if name != "research-test.yaml":
        (gateway.folder / "in").mkdir()
        (gateway.folder / "in" / "a.dcm").write_bytes(b"not reached")
        said = gateway.run("deidentify", str(gateway.folder / "in"), "--out", str(gateway.folder / "out"), "--pixel-rules",
                           str(gateway.mappings / "deidentification"), check=False)
        assert said.returncode not in (0, 1) and name in said.stderr and not (gateway.folder / "out").exists()


def test_rules_that_break_while_it_runs_change_nothing_and_stop_a_retry(hospital, exporting, research, registry):
    """Profile and pixel rules are read at the start: what is decided keeps to them, and SIGHUP does not take others."""
    gateway = exporting().start()
    research.proxy.fault = lambda exchange: Fault(status=403) if exchange.method == "POST" else None
    order(gateway, hospital, registry)
    [copy] = wait_exports(gateway, failed=1)
    rules = gateway.mappings / "deidentification" / "burned-in.yaml"
    good = rules.read_text() if rules.exists() else None
    rules.write_text("version: 1\nrules: no\n")
    gateway.process.child.send_signal(signal.SIGHUP)
    said = gateway.run("exports", "retry", copy["id"], "--config", str(gateway.config), check=False)
    assert said.returncode != 0 and "burned-in.yaml" in said.stderr
    assert_holds(lambda: exports(gateway)[0]["state"] == "failed", 1)
    if good is None:
        rules.unlink()
    else:
        rules.write_text(good)
    research.proxy.fault = lambda exchange: None
    gateway.run("exports", "retry", copy["id"], "--config", str(gateway.config))
    wait_exports(gateway, sent=1)
    assert_one_pseudonymous_study(research)


def test_pixel_rules_that_changed_since_quarantine_until_an_operator_says_so(hospital, exporting, research, registry):
    gateway = exporting().start()
    research.proxy.down()
    order(gateway, hospital, registry)
    wait_until(lambda: exports(gateway)[0]["attempts"] >= 1, 30, "a first try")
    gateway.stop()
    masks = gateway.mappings / "deidentification" / "masks"
    masks.mkdir(exist_ok=True)
    (masks / "invented.yaml").write_text(MASK)
    research.proxy.up()
    gateway.start()
    [copy] = wait_exports(gateway, quarantined=1)
    assert copy["code"] == "export.profileChanged"
    gateway.run("exports", "retry", copy["id"], "--config", str(gateway.config))
    wait_exports(gateway, sent=1)
