"""Issue 5.4: auditors ask for AuditEvents (IHE ITI-81), with fhirpy and with requests; nobody else does."""

import datetime
import json
import sqlite3
import time

import orders
import pytest
import requests
import yaml
from exams import FILLER_SYSTEM, PATIENT_SYSTEM
from fhirpy import SyncFHIRClient
from gateway import SECRET
from ledger import database_of, leaf_column

ANNA = "secret-of-the-auditor-anna-0001"
BEN = "secret-of-the-auditor-ben-00002"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def asked(make_gateway, hospital, registry):
    """A gateway with two auditors that has delivered two orders, and their exams."""
    gateway = make_gateway()
    auditors = []
    for name, secret in (("anna", ANNA), ("ben", BEN)):
        path = gateway.folder / f"{name}.secret"
        path.write_text(secret)
        path.chmod(0o600)
        auditors.append({"name": name, "secretFile": str(path)})
    gateway.settings["auditors"] = auditors
    gateway.config.write_text(yaml.safe_dump(gateway.settings, sort_keys=False))
    gateway.start()
    exams = registry.several(2)
    hospital.prepare(*exams)
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=2)
    return gateway, exams


def get(gateway, query: str, secret: str | None = ANNA, **options) -> requests.Response:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return requests.get(f"{gateway.fhir}/fhir/AuditEvent{query}", headers=headers, timeout=20, **options)


def post(gateway, form: dict, secret: str = ANNA, **options) -> requests.Response:
    return requests.post(f"{gateway.fhir}/fhir/AuditEvent/_search", data=form,
                         headers=FORM | {"Authorization": f"Bearer {secret}"}, timeout=20, **options)


def whole(gateway, first: requests.Response, secret: str = ANNA) -> tuple[list[dict], list[str]]:
    """All pages' resources, and the URLs of all links."""
    events, urls = [], []
    answer = first
    while True:
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        assert bundle["resourceType"] == "Bundle" and bundle["type"] == "searchset"
        events += [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == "match"]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        urls += links.values()
        if "next" not in links:
            return events, urls
        answer = requests.get(links["next"], headers={"Authorization": f"Bearer {secret}"}, timeout=20)


def leaves(gateway) -> list[dict]:
    table, column = leaf_column(database_of(gateway.data))
    with sqlite3.connect(f"file:{database_of(gateway.data)}?mode=ro", uri=True) as connection:
        return [json.loads(bytes(row[0])) for row in
                connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" ORDER BY rowid')]


def code(answer: requests.Response) -> str:
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return outcome["issue"][0]["details"]["coding"][0]["code"]


def test_everything_about_one_patient_and_nothing_of_another(asked):
    gateway, (one, other) = asked
    before = len(leaves(gateway))
    token = f"{PATIENT_SYSTEM}|{one.patient_id}"
    day = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    by_get, _ = whole(gateway, get(gateway, "", params={"date": f"ge{day}", "patient.identifier": token}))
    by_post, _ = whole(gateway, post(gateway, {"patient.identifier": token}))
    assert by_get and other.patient_id not in json.dumps(by_get)
    assert [event["id"] for event in by_post][:len(by_get)] == [event["id"] for event in by_get]
    known = {coding["code"] for event in by_get for coding in event["subtype"]}
    assert {"study.query", "study.retrieve", "report.post"} <= known, known
    assert all(event["resourceType"] == "AuditEvent" for event in by_get)
    read = [leaf for leaf in leaves(gateway)[before:] if leaf["event"] == "audit.read"]
    assert len(read) >= 2 and {leaf["principal"] for leaf in read} == {"user|anna"}
    assert all(leaf["roles"] == ["auditor"] and leaf["purpose"] == "HOPERAT" for leaf in read)


def test_pages_are_complete_hold_everything_once_and_their_links_name_nobody(asked):
    gateway, (one, _) = asked
    token = f"{PATIENT_SYSTEM}|{one.patient_id}"
    all_at_once, _ = whole(gateway, post(gateway, {"patient.identifier": token, "_count": "1000"}))
    paged, urls = whole(gateway, post(gateway, {"patient.identifier": token, "_count": "3"}))
    ids = [event["id"] for event in paged]
    assert len(set(ids)) == len(ids) >= len(all_at_once) > 6
    assert ids[:len(all_at_once)] == [event["id"] for event in all_at_once]
    assert len(urls) > 4
    for url in urls:
        assert one.patient_id not in url and "patient" not in url and "1.2.3" not in url
    # A link belongs to the auditor who searched.
    assert code(requests.get(urls[-1], headers={"Authorization": f"Bearer {BEN}"}, timeout=20)) == "audit.search.cursor"


def test_fhirpy_reads_all_pages(asked):
    gateway, (one, _) = asked
    client = SyncFHIRClient(f"{gateway.fhir}/fhir", authorization=f"Bearer {ANNA}")
    search = client.resources("AuditEvent").search(**{
        "patient.identifier": f"{PATIENT_SYSTEM}|{one.patient_id}"}).limit(4)
    found = [event.serialize() for event in search]
    expected, _ = whole(gateway, post(gateway, {"patient.identifier": f"{PATIENT_SYSTEM}|{one.patient_id}"}))
    assert [event["id"] for event in found] == [event["id"] for event in expected][:len(found)]
    assert len(found) > 6


def test_parameters_narrow(asked):
    gateway, (one, other) = asked

    def count(**form) -> int:
        return len(whole(gateway, post(gateway, form | {"_count": "1000"}))[0])

    everything = count()
    assert count(date="lt2020") == 0 and count(date="ge2020") >= everything
    queries = whole(gateway, post(gateway, {"subtype": "study.query"}))[0]
    assert queries and all("study.query" in {coding["code"] for coding in event["subtype"]} for event in queries)
    assert 0 < count(**{"entity.identifier": f"{FILLER_SYSTEM}|{one.filler}"}) < everything
    assert count(**{"entity.identifier": f"urn:dicom:uid|urn:oid:{other.study_uid}"}) > 0
    assert count(agent="orthanc") > 0 and count(agent="nobody") == 0
    assert count(outcome="0") > 0
    failures = whole(gateway, post(gateway, {"outcome": "4,8,12"}))[0]
    assert all(event["outcome"] in ("4", "8", "12") for event in failures)
    types = {event["type"]["code"] for event in whole(gateway, post(gateway, {"type": "rest"}))[0]}
    assert types <= {"rest"}


@pytest.mark.parametrize("secret", [None, SECRET, "another-secret-of-sufficient-length"],
                         ids=["nothing", "the EHR's", "wrong"])
def test_nobody_else_may_ask_and_the_refusal_is_recorded(asked, secret):
    gateway, (one, _) = asked
    before = len(leaves(gateway))
    answer = get(gateway, f"?patient.identifier={PATIENT_SYSTEM}|{one.patient_id}", secret)
    assert answer.status_code == 401 and code(answer) == "access.refused"
    assert one.patient_id not in answer.text
    new = leaves(gateway)[before:]
    assert [leaf["event"] for leaf in new].count("access.refused") == 1
    assert not [leaf for leaf in new if leaf["event"] == "audit.read"], "nothing was read"
    # and an auditor is no EHR
    refused = requests.post(f"{gateway.fhir}/fhir/ImagingStudy", json={}, timeout=10,
                            headers={"Authorization": f"Bearer {ANNA}"})
    assert refused.status_code == 401


@pytest.mark.parametrize("query, expected", [
    ("?_include=AuditEvent:patient", "audit.search.unsupported"), ("?date=yesterday", "audit.search.date"),
    ("?patient.identifier=4711", "audit.search.identifier"), ("?patient.identifier=urn:x|1", "audit.search.system"),
    ("?outcome=good", "audit.search.outcome"), ("?_count=-1", "audit.search.count"), ("?date=%ff", "audit.search.form"),
    ("?cursor=AAAA", "audit.search.cursor"),
])
def test_what_cannot_be_asked_is_told_with_its_code(asked, query, expected):
    answer = get(asked[0], query)
    assert (answer.status_code, code(answer)) == (400, expected)


def test_a_post_with_a_question_in_its_url_is_refused(asked):
    gateway, (one, _) = asked
    answer = post(gateway, {}, params={"patient.identifier": f"{PATIENT_SYSTEM}|{one.patient_id}"})
    assert (answer.status_code, code(answer)) == (400, "audit.search.form")


def test_no_question_stands_in_logs_metrics_or_files(asked):
    gateway, exams = asked
    for exam in exams:
        get(gateway, "", params={"patient.identifier": f"{PATIENT_SYSTEM}|{exam.patient_id}"})
        get(gateway, "", "wrong-secret-of-sufficient-length", params={"patient.identifier": f"x|{exam.patient_id}"})
    time.sleep(0.2)
    for name, data in gateway.traces().items():
        for exam in exams:
            assert exam.patient_id.encode() not in data, name
