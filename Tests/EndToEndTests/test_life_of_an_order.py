"""Waiting for images, being woken, cancelling: the state table of the drawing on a running gateway."""

import orders
import requests
from gateway import SECRET, assert_holds
from processes import wait_until

LONG = {"firstPoll": "10m", "maxInterval": "10m", "giveUpAfter": "30d"}  # only an event can wake within a test
CONTENT = {"Content-Type": "application/fhir+json"}
AUTHORIZATION = {"Authorization": f"Bearer {SECRET}"}


def test_an_order_before_its_images_waits_and_is_found_by_polling(hospital, gateway, registry):
    exam = hospital.register(registry.exam(), study=False)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(waiting=1)
    assert hospital.reports(exam) == []
    hospital.archive(exam)
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_rest_hook_subscription_of_the_EHR_wakes_a_waiting_order(hospital, make_gateway, registry):
    gateway = make_gateway(waiting=LONG).start()
    exam = hospital.register(registry.exam(), study=False)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(waiting=1)
    subscription = hospital.sekmet.create({
        "resourceType": "Subscription", "status": "requested", "reason": "end-to-end test",
        "criteria": "ImagingStudy?status=available",
        "channel": {"type": "rest-hook", "endpoint": f"{gateway.fhir}/fhir", "payload": "application/fhir+json",
                    "header": [f"Authorization: Bearer {SECRET}"]}})
    reference = f"Subscription/{subscription['id']}"
    wait_until(lambda: hospital.sekmet.read(reference)["status"] == "active", 20, "the subscription active")
    try:
        hospital.archive(exam)
        hospital.sekmet.create(hospital.imaging_study(exam))
        gateway.wait_for(delivered=1)
    finally:
        hospital.sekmet.update(hospital.sekmet.read(reference) | {"status": "off"})
    assert len(hospital.reports_by_order(exam)) == 1


def test_an_ImagingStudy_by_POST_wakes_a_waiting_order(hospital, make_gateway, registry):
    gateway = make_gateway(waiting=LONG).start()
    exam = hospital.register(registry.exam(), study=False)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(waiting=1)
    hospital.archive(exam)
    study = hospital.sekmet.create(hospital.imaging_study(exam))
    answer = requests.post(f"{gateway.fhir}/fhir/ImagingStudy", json=study, headers=CONTENT | AUTHORIZATION, timeout=30)
    assert answer.status_code in (200, 201, 202)
    gateway.wait_for(delivered=1)


def test_an_event_without_the_secret_or_with_a_broken_body_is_refused(hospital, make_gateway, registry):
    gateway = make_gateway(waiting=LONG).start()
    exam = hospital.register(registry.exam())
    study = hospital.sekmet.read(exam.references["ImagingStudy"])
    url = f"{gateway.fhir}/fhir/ImagingStudy"
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert requests.post(url, json=study, headers=CONTENT | headers, timeout=30).status_code == 401
    broken = requests.post(url, data=b"{not json", headers=CONTENT | AUTHORIZATION, timeout=30)
    assert broken.status_code == 400
    assert broken.json()["resourceType"] == "OperationOutcome"
    other = requests.post(url, json={"resourceType": "Patient"}, headers=CONTENT | AUTHORIZATION, timeout=30)
    assert 400 <= other.status_code < 500
    assert gateway.states().total() == 0


def test_the_order_status_CM_wakes_a_waiting_order(hospital, make_gateway, registry):
    gateway = make_gateway(waiting=LONG).start()
    exam = hospital.register(registry.exam(), study=False)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(waiting=1)
    hospital.archive(exam)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam, control="SC", status="CM"))) == "AA"
    gateway.wait_for(delivered=1)


def test_a_cancelled_order_gets_no_report_even_when_its_images_come(hospital, gateway, registry):
    exam = hospital.register(registry.exam(), study=False)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(waiting=1)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam, control="CA"))) == "AA"
    gateway.wait_for(cancelled=1)
    hospital.archive(exam)
    assert_holds(lambda: gateway.states() == {"cancelled": 1}, 5)
    assert hospital.reports(exam) == []


def test_a_cancel_before_its_order_is_a_tombstone(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam, control="CA"))) == "AA"
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(cancelled=1)
    assert_holds(lambda: gateway.states() == {"cancelled": 1}, 3)
    assert hospital.reports(exam) == []


def test_a_cancel_after_delivery_keeps_the_report(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam, control="CA"))) == "AA"
    assert_holds(lambda: [report["status"] for report in hospital.reports(exam)] == ["preliminary"], 3)


def test_a_new_installation_in_shadow_composes_and_delivers_nothing(hospital, make_gateway, registry):
    gateway = make_gateway(delivery="shadow").start()
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(composed=1)
    assert_holds(lambda: hospital.reports(exam) == [], 3)
