"""Standards out: the whole log at rsyslog by mutual TLS and at sekmet-fhir as AuditEvents, none lost over stops and kills."""

import json
import sqlite3

import audit_receivers as receivers
import orders
import pytest
from certificates import Authority
from ledger import database_of, leaf_column
from processes import wait_until

pytestmark = pytest.mark.skipif(
    not receivers.is_available(), reason="SKIPPED LOUDLY: no rsyslogd; install rsyslog and rsyslog-gnutls")


def leaves(gateway) -> list[dict]:
    table, column = leaf_column(database_of(gateway.data))
    with sqlite3.connect(database_of(gateway.data)) as connection:
        rows = connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" ORDER BY rowid').fetchall()
    return [json.loads(bytes(row[0])) for row in rows]


@pytest.fixture
def scene(hospital, make_gateway, workplace, request):
    """A gateway that feeds an rsyslogd and the hospital's own FHIR server."""
    folder = workplace / f"rsyslog-{request.node.name[:40]}"
    authority = Authority(folder / "certificates")
    certificate, key = authority.issue("gateway", host="localhost")
    rsyslog = receivers.Rsyslog(folder / "receiver", authority)
    gateway = make_gateway(
        audit={"site": "Hospital of the Tests"},
        auditFeeds=[
            {"name": "arr", "syslog": {
                "host": "localhost", "port": rsyslog.port,
                "tls": {"ca": str(authority.file), "certificate": str(certificate), "key": str(key)}}},
            {"name": "balp", "fhir": {"base": hospital.ehr_base}},
        ])
    yield gateway, rsyslog
    rsyslog.stop()


def complete(gateway, rsyslog) -> bool:
    arrived = {receivers.leaf(message) for message in rsyslog.audit()}
    return arrived >= set(range(len(leaves(gateway))))


def work(hospital, gateway, registry, count: int = 2):
    exams = registry.several(count)
    hospital.prepare(*exams)
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    return exams


def test_every_leaf_arrives_as_a_checked_message_and_as_an_accepted_event(scene, hospital, registry):
    gateway, rsyslog = scene
    rsyslog.start()
    gateway.start()
    exams = work(hospital, gateway, registry)
    gateway.wait_for(delivered=2)
    wait_until(lambda: complete(gateway, rsyslog), 240, "the whole log at rsyslog")
    log = leaves(gateway)
    for message in rsyslog.audit():
        leaf = log[receivers.leaf(message)]
        event = message.find("EventIdentification")
        assert event.get("EventDateTime") == leaf["time"]
        assert receivers.event_name(message) == leaf["event"]
        assert receivers.details(message)["phase"] == leaf["phase"]
    patients = {o.get("ParticipantObjectID") for message in rsyslog.audit()
                for o in message.findall("ParticipantObjectIdentification")
                if o.get("ParticipantObjectTypeCodeRole") == "1"}
    assert {exam.patient_id for exam in exams} <= patients

    def events():
        # The hospital has the events of other tests' gateways too.
        found = {receivers.event_detail(event, "leaf"): event for event in hospital.sekmet.search("AuditEvent")
                 if event["source"]["observer"]["identifier"]["value"] == log[0]["log"]}
        return found if len(found) >= len(log) else None

    found = wait_until(events, 240, "the whole log as AuditEvents")
    for event in found.values():
        receivers.check_event(event)
    claimed = {profile for event in found.values() for profile in event.get("meta", {}).get("profile", [])}
    assert any(profile.endswith("PatientQuery") for profile in claimed), claimed


def test_nothing_is_lost_over_a_stopped_receiver_and_a_killed_gateway(scene, hospital, registry):
    gateway, rsyslog = scene
    rsyslog.start()
    gateway.start()
    work(hospital, gateway, registry)
    gateway.wait_for(delivered=2)
    rsyslog.stop()
    work(hospital, gateway, registry)
    gateway.wait_for(delivered=4)
    assert not complete(gateway, rsyslog)
    gateway.kill()
    gateway.start()
    work(hospital, gateway, registry, 1)
    rsyslog.start()
    wait_until(lambda: complete(gateway, rsyslog), 240, "the whole log after stop and kill")
    # In the order of the log, repetitions aside.
    firsts = list(dict.fromkeys(receivers.leaf(message) for message in rsyslog.audit()))
    assert firsts == sorted(firsts)
