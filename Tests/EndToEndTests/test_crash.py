"""SIGKILL and SIGTERM: nothing acknowledged is lost, nothing is delivered twice."""

import os
import random
import socket
import threading

import orders
import pytest
import reports
from proxy import Fault

ROUNDS = int(os.environ.get("IMAGING_GATEWAY_CRASH_ROUNDS", "2"))  # `make long` plays more


def assert_each_delivered_once(hospital, exams):
    for exam in exams:
        found = hospital.reports_by_order(exam)
        assert len(found) == 1
        assert found[0]["meta"]["versionId"] == "1"
        reports.check(hospital, exam, found[0])


def test_SIGKILL_with_20_orders_in_flight_loses_and_doubles_nothing(hospital, gateway, registry):
    exams = registry.several(20)
    hospital.prepare(*exams)
    for exam in exams:
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.kill()  # the moment after the last acknowledgement
    assert sum(len(hospital.reports_by_order(exam)) for exam in exams) < 20, "killed too late to show anything"
    gateway.start()
    gateway.wait_for(delivered=20, timeout=120)
    assert_each_delivered_once(hospital, exams)
    assert gateway.verify()["exit"] == 0


def test_SIGKILL_while_reports_are_being_posted_makes_no_second_report(hospital, gateway, registry):
    exams = registry.several(6)
    hospital.prepare(*exams)
    posted = threading.Event()

    def hold_answers(exchange):
        # the EHR stores the report, the gateway never hears of it
        if exchange.method == "POST" and exchange.path.rstrip("/").endswith("/fhir"):
            posted.set()
            return Fault(lose_answer=True)
        return None

    hospital.ehr_proxy.fault = hold_answers
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    assert posted.wait(90), "no report was posted as a transaction"
    gateway.kill()
    hospital.ehr_proxy.fault = lambda exchange: None
    gateway.start()
    gateway.wait_for(delivered=6, timeout=120)
    assert_each_delivered_once(hospital, exams)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_SIGKILL_at_a_random_moment_keeps_every_acknowledged_order(hospital, gateway, registry, seed):
    exams = registry.several(12)
    hospital.prepare(*exams)
    acknowledged = []
    killer = threading.Timer(random.Random(seed).uniform(0.01, 1.5), gateway.kill)
    killer.start()
    for exam in exams:
        try:
            if orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA":
                acknowledged.append(exam)
        except (OSError, AssertionError):
            break
    killer.join()
    gateway.start()
    # the sender repeats what was not acknowledged
    for exam in exams:
        if exam not in acknowledged:
            assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(delivered=12, timeout=120)
    assert_each_delivered_once(hospital, exams)
    assert gateway.verify()["exit"] == 0


def test_SIGTERM_ends_cleanly_with_a_checkpoint_that_covers_the_whole_log(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    with socket.create_connection(("127.0.0.1", gateway.mllp_port)):  # an idle sender does not hold it up
        assert gateway.stop() == 0
    assert any(gateway.checkpoints.iterdir())
    verified = gateway.verify()
    assert verified["exit"] == 0
    assert newer_than_checkpoint(verified) == 0
    gateway.start()
    assert gateway.states() == {"delivered": 1}


def newer_than_checkpoint(verified: dict) -> int:
    """The count of records newer than the last outside checkpoint, as `audit verify --json` names it."""
    names = [name for name in verified if "newer" in name.lower()]
    assert names, f"audit verify does not say how many records are newer: {sorted(verified)}"
    return verified[names[0]]
