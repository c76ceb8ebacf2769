"""ORU^R01 out: what an EHR that speaks only HL7 v2 gets. The receiver is python-hl7, the judge hl7apy."""

import base64
import io

import hl7
import messages
import orders
import pytest
from exams import FILLER_SYSTEM, HIS, HOSPITAL, RIS
from gateway import assert_holds
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message
from PIL import Image
from processes import wait_until
from receiver import Receiver, foreign
from test_hl7_orders import moment, no_delivery, put


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.down()


def results(receiver, **changes) -> dict:
    return {"results": [{"name": "v2-ehr", "host": "127.0.0.1", "port": receiver.port, "application": "EHR",
                         "facility": "HOSP"} | changes]}


@pytest.fixture
def gateway(make_gateway, receiver):
    return make_gateway(**results(receiver)).start()


def judged(message: hl7.Message):
    """hl7apy reads the message strictly by the version's own grammar. It takes every OBX-5 as ST of 199 characters, so
    that longer text and pictures (TX, ED: no such limit) are shortened for it."""
    text = "".join(shortened(line) + "\r" for line in str(message).split("\r") if line)
    parsed = parse_message(text, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True)
    parsed.validate()
    return parsed


def shortened(line: str) -> str:
    fields = line.split("|")
    if fields[0] == "OBX" and fields[2] in ("TX", "ED"):
        fields[5] = "^".join(part[:199] for part in fields[5].split("^"))
    return "|".join(fields)


def lines(message: hl7.Message, name: str) -> list:
    return [segment for segment in message if str(segment[0]) == name]


def field(segment, number: int) -> str:
    return str(segment[number]) if len(segment) > number else ""


def statuses(message: hl7.Message) -> set[str]:
    return {field(line, 11) for line in lines(message, "OBX")}


def test_a_result_arrives_as_ORU_R01_and_names_order_patient_and_probability(hospital, gateway, receiver, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=1)
    [message] = receiver.wait(1)
    judged(message)
    header, patient, request = message.segment("MSH"), message.segment("PID"), message.segment("OBR")
    assert field(header, 9) == "ORU^R01^ORU_R01" and field(header, 12) == "2.5.1"
    assert (field(header, 5), field(header, 6)) == ("EHR", "HOSP")
    assert 0 < len(field(header, 10)) <= 20
    assert field(patient, 3).startswith(f"{exam.patient_id}^^^{HOSPITAL}")
    assert field(request, 2).split("^")[:2] == [exam.placer, HIS]
    assert field(request, 3).split("^")[:2] == [exam.filler, RIS]
    assert exam.accession in str(request)
    assert field(request, 25) == "P" and statuses(message) <= {"P", "X"}
    kinds = [field(line, 2) for line in lines(message, "OBX")]
    numbers = [line for line in lines(message, "OBX") if field(line, 2) in ("NM", "SN")]
    if "X" in statuses(message):
        assert not numbers, "a refusal has no number"
    else:
        number, spread = numbers
        value = float(field(number, 5).split("^")[-1])
        assert "probability-spread" in field(spread, 3) and field(spread, 2) == "SN"
        _, lowest, _, highest = field(spread, 5).split("^")
        # Both are rounded to three digits.
        assert 0 <= float(lowest) <= value + 0.001 and value - 0.001 <= float(highest) <= 1
    assert set(kinds) <= {"CWE", "CE", "NM", "SN", "ST", "TX", "ED"} and "ED" not in kinds
    notes = " ".join(field(line, 3) for line in lines(message, "NTE")).lower()
    assert "not for clinical use" in notes or "research" in notes
    assert not any(field(line, 8) == "AA" for line in lines(message, "OBX"))


def test_the_ORU_and_the_FHIR_report_say_the_same(hospital, gateway, receiver, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.omi(exam))
    gateway.wait_for(delivered=1)
    [message] = receiver.wait(1)
    [report] = hospital.reports_by_order(exam)
    observations = hospital.observations(report)
    codes = {field(line, 5).split("^")[0] for line in lines(message, "OBX") if field(line, 2) in ("CWE", "CE")}
    said = {coding["code"] for one in observations for coding in one.get("valueCodeableConcept", {}).get("coding", [])}
    assert codes & said or not said
    assert exam.study_uid in str(message)


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5.1"])
def test_each_version_is_written_by_its_own_grammar(hospital, make_gateway, receiver, registry, version):
    gateway = make_gateway(**results(receiver, version=version)).start()
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=1)
    [message] = receiver.wait(1)
    assert field(message.segment("MSH"), 12) == version
    judged(message)


def test_a_heat_map_goes_as_encapsulated_data_within_the_limit(hospital, make_gateway, receiver, registry):
    gateway = make_gateway(**results(receiver, pictures="PNG", maxPictureBytes=200_000)).start()
    exam = registry.exam(age=3)
    hospital.prepare(exam)
    put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=1)
    [message] = receiver.wait(1)
    [report] = hospital.reports_by_order(exam)
    pictures = [line for line in lines(message, "OBX") if field(line, 2) == "ED"]
    has_picture = any(form.get("contentType") == "image/png" for form in report.get("presentedForm", []))
    assert len(pictures) == has_picture
    for line in pictures:
        _, _, subtype, encoding, data = field(line, 5).split("^")
        decoded = base64.b64decode(data, validate=True)
        assert encoding == "Base64" and subtype == "PNG" and len(decoded) <= 200_000
        assert Image.open(io.BytesIO(decoded)).format == "PNG"


@pytest.mark.parametrize("first", ["silence", "foreign", "AR 207", "gone"])
def test_a_result_is_sent_until_it_is_acknowledged(hospital, make_gateway, registry, first):
    def answer(message, number):
        if number > 1 or first == "gone":
            return "AA"
        if first == "silence":
            return None
        if first == "foreign":
            return foreign(message)
        refusal = message.create_ack("AR")
        refusal.append(hl7.parse("MSH|^~\\&|\rERR|||207^Application internal error^HL70357|E").segment("ERR"))
        return refusal

    receiver = Receiver(answer)
    try:
        if first == "gone":
            receiver.down()
        gateway = make_gateway(**results(receiver)).start()
        exam = registry.exam()
        hospital.prepare(exam)
        put(gateway, messages.orm(exam))
        wait_until(lambda: len(hospital.reports_by_order(exam)) == 1, 60, "the report in the EHR")
        if first == "gone":
            receiver.up()
        gateway.wait_for(delivered=1, timeout=120)
        wait_until(lambda: len(receiver.received) >= (1 if first == "gone" else 2), 90, "the retry")
        assert len(set(receiver.raw)) == 1, "a retry is the same message, its control ID too"
        assert len(hospital.reports_by_order(exam)) == 1
    finally:
        receiver.down()


def test_a_result_that_is_refused_waits_for_a_person_and_is_not_sent_again_and_again(
        hospital, make_gateway, registry):
    receiver = Receiver(lambda message, number: "AE")
    try:
        gateway = make_gateway(**results(receiver)).start()
        exam = registry.exam()
        hospital.prepare(exam)
        put(gateway, messages.orm(exam))
        receiver.wait(1)
        wait_until(lambda: gateway.states()["parked"] == 1, 40, "parked")
        count = len(receiver.received)
        assert_holds(lambda: len(receiver.received) == count, 4)
        assert len(hospital.reports_by_order(exam)) == 1, "the FHIR delivery has its own fate"
        # the receiver is mended, a person asks again
        receiver.answer = lambda message, number: "AA"
        [order] = gateway.orders()
        gateway.run("orders", "retry", order["id"], "--config", str(gateway.config))
        gateway.wait_for(delivered=1)
        assert len(hospital.reports_by_order(exam)) == 1
    finally:
        receiver.down()


def test_the_result_goes_out_while_the_FHIR_server_is_down(hospital, gateway, receiver, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    hospital.ehr_proxy.fault = no_delivery
    put(gateway, messages.orm(exam))
    receiver.wait(1)
    assert hospital.reports_by_order(exam) == []
    hospital.ehr_proxy.reset()
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1
    assert len(set(receiver.raw)) == 1


def test_the_report_goes_out_while_the_receiver_is_down(hospital, gateway, receiver, registry):
    receiver.down()
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam))
    wait_until(lambda: len(hospital.reports_by_order(exam)) == 1, 60, "the report in the EHR")
    assert gateway.states()["delivered"] == 0, "not all of it has arrived"
    receiver.up()
    receiver.wait(1)
    gateway.wait_for(delivered=1)


def test_a_withdrawal_is_sent_as_W(hospital, make_gateway, receiver, registry):
    gateway = make_gateway(orders={"afterDelivery": "withdraw"}, **results(receiver)).start()
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(delivered=1)
    receiver.wait(1)
    put(gateway, messages.orc_only(exam, at=moment(-1)))
    first, second = receiver.wait(2)[:2]
    judged(second)
    assert statuses(second) == {"W"}
    assert field(second.segment("OBR"), 3) == field(first.segment("OBR"), 3)
    assert field(second.segment("MSH"), 10) != field(first.segment("MSH"), 10)
    assert len(lines(second, "OBX")) == len(lines(first, "OBX"))
    gateway.wait_for(cancelled=1)


def test_a_changed_order_sends_the_result_again_still_preliminary(hospital, gateway, receiver, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(delivered=1)
    put(gateway, messages.orm(exam, control="XO", code="XRCH1^XR Chest AP portable^L", at=moment(-1)))
    first, second = receiver.wait(2)[:2]
    assert field(second.segment("OBR"), 3) == field(first.segment("OBR"), 3)
    assert statuses(second) <= {"P", "X"} and field(second.segment("OBR"), 25) == "P"
    assert "portable" in field(second.segment("OBR"), 4)


def test_new_demographics_stand_in_what_is_sent_after_them(hospital, gateway, receiver, registry):
    exam = hospital.register(registry.exam(), study=False)
    put(gateway, messages.orm(exam))
    gateway.wait_for(waiting=1)
    put(gateway, messages.update(exam, f5="Mendedname^Given"))
    hospital.archive(exam)
    gateway.wait_for(delivered=1)
    [message] = receiver.wait(1)
    assert field(message.segment("PID"), 5).startswith("Mendedname^Given")


def test_one_connection_is_kept_for_many_results(hospital, gateway, receiver, registry):
    exams = registry.several(4)
    hospital.prepare(*exams)
    for exam in exams:
        put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=4)
    receiver.wait(4)
    assert receiver.connections == 1


def test_no_result_of_the_other_destination_stands_in_a_log(hospital, gateway, receiver, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=1)
    receiver.wait(1)
    secrets = [secret for secret in exam.secrets() if len(secret) > 3]
    leaks = [(name, secret) for name, content in gateway.traces().items() for secret in secrets
             if secret.encode() in content]
    assert leaks == []


def test_a_receiver_behind_mutual_TLS(hospital, make_gateway, registry, workplace):
    import ssl

    from certificates import Authority
    authority = Authority(workplace / "oru-authority", "ORU Authority")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("v2-ehr"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    receiver = Receiver(tls=context)
    certificate, key = authority.issue("gateway-as-client")
    try:
        gateway = make_gateway(**results(receiver, tls={
            "ca": str(authority.file), "certificate": str(certificate), "key": str(key)})).start()
        exam = registry.exam()
        hospital.prepare(exam)
        put(gateway, messages.orm(exam))
        gateway.wait_for(delivered=1)
        assert len(receiver.wait(1)) == 1
    finally:
        receiver.down()


def test_ids_of_the_order_are_those_that_FHIR_has(hospital, gateway, receiver, registry):
    """The same filler number by HL7 namespace here, by URI there."""
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=1)
    [message] = receiver.wait(1)
    order = hospital.sekmet.read(exam.references["ServiceRequest"])
    fillers = [one["value"] for one in order["identifier"] if one["system"] == FILLER_SYSTEM]
    assert [field(message.segment("ORC"), 3).split("^")[0]] == fillers
    assert field(message.segment("ORC"), 1) == "RE"
    assert orders.id_of(str(message).encode()) == field(message.segment("MSH"), 10)
