"""HL7 v2 beside MLLP: by HTTP and by files, with delimiters, as v2.xml and as batches.

v2.xml is made by lxml from hl7apy's structures (`v2xml.py`); the replies are read by python-hl7 and lxml.
"""

import re
import time

import hl7
import messages
import orders
import pytest
import requests
import v2xml
from gateway import SECRET, assert_holds
from lxml import etree
from processes import wait_until

ER7, XML = "x-application/hl7-v2+er7", "x-application/hl7-v2+xml"
NAMESPACE = {"v2": v2xml.NAMESPACE}


@pytest.fixture
def gateway(make_gateway, workplace):
    made = make_gateway(feeds={"http": ["his"]})
    return made.start()


@pytest.fixture
def folder_gateway(make_gateway, workplace, request):
    folder = workplace / f"feed-{request.node.originalname[:40]}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o700)
    made = make_gateway(feeds={"files": [{"folder": str(folder), "source": "his", "poll": "500ms"}]})
    made.feed = folder
    return made.start()


def post(gateway, body: bytes, kind: str = ER7, source: str = "his", secret: str | None = SECRET) -> requests.Response:
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    return requests.post(f"{gateway.fhir}/hl7/{source}", data=body, headers=headers, timeout=30)


def drop(gateway, name: str, content: bytes):
    """As a careful sender does: written under another name, then renamed."""
    hidden = gateway.feed / f".{name}.part"
    hidden.write_bytes(content)
    hidden.rename(gateway.feed / name)


def codes(reply: bytes) -> list[str]:
    """MSA-1 of every acknowledgment in a reply."""
    return re.findall(r"(?:^|\r)MSA\|([A-Z]{2})\|", reply.decode())


def xml_text(reply: bytes, path: str) -> str:
    root = etree.fromstring(reply, etree.XMLParser(resolve_entities=False, no_network=True))
    return root.findtext(f".//v2:{path}", namespaces=NAMESPACE)


# HTTP

@pytest.mark.parametrize("build", [messages.orm, messages.omi, messages.omg], ids=["ORM", "OMI", "OMG"])
@pytest.mark.parametrize("form", ["er7", "xml"])
def test_an_order_by_HTTP_becomes_a_report(hospital, gateway, registry, build, form):
    exam = registry.exam()
    hospital.prepare(exam)
    message = build(exam)
    answer = post(gateway, message if form == "er7" else v2xml.document(message), ER7 if form == "er7" else XML)
    assert answer.status_code == 200, answer.text
    if form == "er7":
        read = hl7.parse(answer.text)
        assert (orders.code_of(read), orders.echoed_id(read)) == ("AA", orders.id_of(message))
    else:
        assert (xml_text(answer.content, "MSA.1"), xml_text(answer.content, "MSA.2")) == ("AA", orders.id_of(message))
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_an_order_by_XML_and_by_MLLP_is_one_order(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    message = messages.omi(exam)
    assert post(gateway, v2xml.document(message), XML).status_code == 200
    assert orders.code_of(orders.send(gateway.mllp_port, messages.orm(exam))) == "AA"
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_cancel_by_XML_cancels(hospital, gateway, registry):
    exam = hospital.register(registry.exam(), study=False)
    post(gateway, v2xml.document(messages.omi(exam)), XML)
    gateway.wait_for(waiting=1)
    answer = post(gateway, v2xml.document(messages.orc_only(exam)), XML)
    assert xml_text(answer.content, "MSA.1") == "AA"
    gateway.wait_for(cancelled=1)


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_HTTP_without_the_secret_is_refused(gateway, registry, secret):
    assert post(gateway, messages.orm(registry.exam()), secret=secret).status_code == 401
    assert gateway.orders() == []


def test_what_is_posted_wrong_gets_a_clear_answer(gateway, registry):
    message = messages.orm(registry.exam())
    assert post(gateway, message, source="unknown").status_code == 404
    assert post(gateway, message, kind="application/json").status_code == 415
    assert requests.get(f"{gateway.fhir}/hl7/his", headers={"Authorization": f"Bearer {SECRET}"},
                        timeout=30).status_code in (404, 405)
    lacking = post(gateway, orders.orm(registry.exam(), drop="PID-3"))
    assert lacking.status_code == 200 and codes(lacking.content) == ["AE"]
    assert gateway.states().keys() <= {"notApplicable"}


@pytest.mark.parametrize("document", [
    b"<ORM_O01 xmlns='urn:hl7-org:v2xml'>", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
    b"<a/>", b"", b"\xff\xfe<\0a\0/\0>\0", b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
    b"<a xmlns='urn:hl7-org:v2xml'>" + b"<b.c>" * 300 + b"</b.c>" * 300 + b"</a>",
    b"<a xmlns='urn:hl7-org:v2xml'><b.c " + b"".join(b"a%d='' " % n for n in range(2000)) + b"/></a>",
], ids=["cut off", "entity", "no namespace", "empty", "UTF-16", "Latin-1", "deep", "attributes"])
def test_hostile_XML_is_refused_and_the_gateway_lives(hospital, gateway, registry, document):
    answer = post(gateway, document, XML)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert xml_text(answer.content, "MSA.1") == "AR" or codes(answer.content) == ["AR"]
    assert b"root:" not in answer.content
    exam = registry.exam()
    assert xml_text(post(gateway, v2xml.document(messages.omi(exam)), XML).content, "MSA.1") == "AA"


def test_a_batch_by_HTTP_is_answered_message_by_message(hospital, gateway, registry):
    exams = registry.several(3)
    hospital.prepare(*exams)
    bad = messages.orm(exams[2], processing="T")
    answer = post(gateway, messages.batch(messages.orm(exams[0]), bad, messages.orm(exams[1])))
    assert answer.status_code == 200
    assert codes(answer.content) == ["AA", "AR", "AA"]
    assert answer.text.startswith(("FHS|", "BHS|"))
    gateway.wait_for(delivered=2)


def test_a_batch_without_FHS_and_a_resent_batch(hospital, gateway, registry):
    exams = registry.several(2)
    hospital.prepare(*exams)
    body = messages.batch(*[messages.orm(exam) for exam in exams], file=False)
    first = post(gateway, body)
    assert codes(first.content) == ["AA", "AA"]
    gateway.wait_for(delivered=2)
    assert codes(post(gateway, body).content) == ["AA", "AA"]
    assert_holds(lambda: gateway.states() == {"delivered": 2}, 3)
    for exam in exams:
        assert len(hospital.reports_by_order(exam)) == 1


def test_a_batch_comes_by_MLLP_too(hospital, gateway, registry):
    exams = registry.several(2)
    hospital.prepare(*exams)
    frame = orders.SB + messages.batch(*[messages.orm(exam) for exam in exams]) + orders.EB
    assert codes(orders.send_bytes(gateway.mllp_port, frame)[1:]) == ["AA", "AA"]
    gateway.wait_for(delivered=2)


# files

def test_files_are_taken_in_order_and_lie_beside_their_acknowledgment(hospital, folder_gateway, registry):
    gateway = folder_gateway
    exams = registry.several(2)
    hospital.prepare(*exams)
    drop(gateway, "a.hl7", messages.orm(exams[0]))
    drop(gateway, "b.xml", v2xml.document(messages.omi(exams[1])))
    drop(gateway, "c.hl7", messages.orm(registry.exam(), processing="T"))
    drop(gateway, "d.txt", b"not ours")
    gateway.wait_for(delivered=2)
    wait_until(lambda: (gateway.feed / "failed/c.hl7").exists(), 20, "the refused file")
    assert codes((gateway.feed / "done/a.hl7.ack").read_bytes()) == ["AA"]
    assert xml_text((gateway.feed / "done/b.xml.ack").read_bytes(), "MSA.1") == "AA"
    assert codes((gateway.feed / "failed/c.hl7.ack").read_bytes()) == ["AR"]
    assert (gateway.feed / "d.txt").exists()
    assert not [path for path in gateway.feed.glob("*.hl7")] + [path for path in gateway.feed.glob("*.xml")]


def test_a_batch_file_becomes_its_orders(hospital, folder_gateway, registry):
    gateway = folder_gateway
    exams = registry.several(3)
    hospital.prepare(*exams)
    drop(gateway, "batch.hl7", messages.batch(*[messages.orm(exam) for exam in exams]))
    gateway.wait_for(delivered=3)
    assert codes((gateway.feed / "done/batch.hl7.ack").read_bytes()) == ["AA"] * 3


def test_a_file_that_is_read_again_after_a_crash_makes_no_second_order(hospital, folder_gateway, registry):
    gateway = folder_gateway
    exam = registry.exam()
    hospital.prepare(exam)
    message = messages.orm(exam)
    drop(gateway, "a.hl7", message)
    gateway.wait_for(delivered=1)
    gateway.kill()
    drop(gateway, "a.hl7", message)  # as if it had ended before the file was moved
    gateway.start()
    wait_until(lambda: not (gateway.feed / "a.hl7").exists(), 20, "the file taken")
    assert_holds(lambda: gateway.states() == {"delivered": 1}, 3)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_link_in_the_folder_is_not_followed(folder_gateway, registry, workplace):
    gateway = folder_gateway
    outside = workplace / "outside.hl7"
    outside.write_bytes(messages.orm(registry.exam()))
    (gateway.feed / "link.hl7").symlink_to(outside)
    wait_until(lambda: not (gateway.feed / "link.hl7").exists(), 20, "the link put away")
    assert gateway.orders() == [] and outside.exists()
