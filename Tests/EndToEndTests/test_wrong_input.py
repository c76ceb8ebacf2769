"""Promise 9: wrong input gets a clear answer, is kept, and harms no other order."""

import orders
import pytest
import reports
from exams import Exam
from gateway import assert_holds
from proxy import Fault


def still_works(hospital, gateway, registry, delivered: int = 1):
    """The next good order goes through as if nothing had been."""
    exam = registry.exam()
    hospital.prepare(exam)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(delivered=delivered)


def test_bytes_outside_a_frame_get_no_reply_and_harm_nothing(hospital, gateway, registry):
    assert orders.send_bytes(gateway.mllp_port, bytes(range(0x0C, 0x1C)) * 500) == b""
    assert orders.send_bytes(gateway.mllp_port, b"GET / HTTP/1.1\r\n\r\n") == b""
    still_works(hospital, gateway, registry)


def test_a_frame_without_MSH_is_rejected_with_error_100_and_an_empty_MSA_2(hospital, gateway, registry):
    answer = orders.reply(orders.send_bytes(gateway.mllp_port, orders.SB + b"\xff\xfe garbage \x00 bytes" + orders.EB))
    assert orders.code_of(answer) == "AR"
    assert len(answer.segment("MSA")) < 3 or orders.echoed_id(answer) == ""
    assert "100" in str(answer.segment("ERR"))
    still_works(hospital, gateway, registry)


@pytest.mark.parametrize("version", ["2.3.1", "2.5.1"])
def test_an_order_lacking_a_required_field_is_answered_AE_with_the_field_named(hospital, gateway, registry, version):
    exam = registry.exam()
    hospital.prepare(exam)
    message = orders.orm(exam, drop="PID-3", version=version)
    answer = orders.send(gateway.mllp_port, message)
    assert orders.code_of(answer) == "AE"
    assert orders.echoed_id(answer) == orders.id_of(message)
    error = str(answer.segment("ERR"))
    assert "PID^1^3" in error and "101" in error
    assert not any(secret in str(answer) for secret in exam.secrets())
    # the sender mends the message and sends it again under the same id
    mended = orders.orm(exam, version=version, message_id=orders.id_of(message))
    assert orders.code_of(orders.send(gateway.mllp_port, mended)) == "AA"
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_message_for_another_processing_id_is_rejected_with_202(hospital, gateway, registry):
    exam = registry.exam()
    answer = orders.send(gateway.mllp_port, orders.orm(exam).replace(b"|P|2.3.1|", b"|T|2.3.1|"))
    assert orders.code_of(answer) == "AR"
    assert "202" in str(answer.segment("ERR"))


def test_a_truncated_multipart_answer_is_asked_for_again(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    cut = []

    def truncate_twice(exchange):
        if "/instances/" in exchange.path or exchange.path.count("/series/"):
            if len(cut) < 2 and not exchange.path.endswith(("/metadata", "/instances")):
                cut.append(exchange.path)
                return Fault(truncate_to=9000)
        return None

    hospital.archive_proxy.fault = truncate_twice
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    assert len(cut) == 2
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_PACS_that_is_down_is_waited_for(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    hospital.archive_proxy.down()
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    assert_holds(lambda: gateway.states().keys() <= {"accepted", "waiting"}, 3)
    assert hospital.reports(exam) == []
    hospital.archive_proxy.up()
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_an_EHR_that_answers_503_then_201_gets_one_report(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    refused = []

    def busy_for_writes(exchange):
        if exchange.method in ("POST", "PUT") and "_search" not in exchange.path and len(refused) < 3:
            refused.append(exchange.path)
            return Fault(status=503, retry_after=1)
        return None

    hospital.ehr_proxy.fault = busy_for_writes
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    assert len(refused) == 3
    assert len(hospital.reports_by_order(exam)) == 1


def test_an_EHR_whose_answer_is_lost_gets_no_second_report(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    before = hospital.totals()
    lost = []

    def lose_first_answer(exchange):
        if exchange.method == "POST" and "_search" not in exchange.path and not lost:
            lost.append(exchange)
            return Fault(lose_answer=True)
        return None

    hospital.ehr_proxy.fault = lose_first_answer
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    assert lost
    after = hospital.totals()
    assert after["DiagnosticReport"] - before["DiagnosticReport"] == 1
    assert after["Observation"] - before["Observation"] == len(hospital.reports(exam)[0]["result"])
    assert after["Provenance"] - before["Provenance"] == 1
    assert after["Device"] - before["Device"] <= 1


def parked_reason(gateway) -> str:
    [order] = gateway.wait_for(parked=1)
    return str(order.get("reason", ""))


@pytest.mark.parametrize("changes", [
    {"PatientID": "QX-someone-else"}, {"IssuerOfPatientID": "ELSEWHERE"}, {"AccessionNumber": "ACN-other"}],
    ids=["patient", "assigner", "accession"])
def test_a_study_of_somebody_else_is_parked_with_the_reason_and_no_report(hospital, gateway, registry, changes):
    exam = hospital.register(registry.exam())
    hospital.archive(exam, **changes)
    orders.send(gateway.mllp_port, orders.orm(exam))
    assert parked_reason(gateway)
    assert hospital.reports(exam) == []
    # a person looks at it, the archivist puts the study right, the order is tried again
    [order] = gateway.orders()
    gateway.run("orders", "show", order["id"], "--config", str(gateway.config))
    hospital.orthanc.delete(exam.study_uid)
    hospital.archive(exam)
    gateway.run("orders", "retry", order["id"], "--config", str(gateway.config))
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_patient_that_the_EHR_does_not_know_is_parked(hospital, gateway, registry):
    exam = registry.exam()
    hospital.archive(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    assert parked_reason(gateway)


def test_a_parked_order_can_be_resolved_by_a_person(hospital, gateway, registry):
    exam = hospital.register(registry.exam())
    hospital.archive(exam, PatientID="QX-someone-else")
    orders.send(gateway.mllp_port, orders.orm(exam))
    parked_reason(gateway)
    [order] = gateway.orders()
    gateway.run("orders", "resolve", order["id"], "--config", str(gateway.config))
    assert gateway.states()["parked"] == 0
    assert hospital.reports(exam) == []


def adult(registry) -> Exam:
    return registry.exam(age=54)


def test_the_radiograph_of_an_adult_is_refused_with_a_reason_and_without_a_number(hospital, gateway, registry):
    exam = adult(registry)
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    observations = reports.check(hospital, exam, report)
    assert reports.is_refusal(observations)
    assert "age" in reports.words(report)


def test_a_lateral_view_is_refused(hospital, gateway, registry):
    exam = hospital.register(registry.exam())
    hospital.archive(exam, ViewPosition="LL")
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    assert reports.is_refusal(reports.check(hospital, exam, report))
