"""Promises 4, 6, 9 and 10 against peers that mean harm: each is answered, cut off or parked, and nothing leaks."""

import gzip
import json
import random
import re
import socket
import threading
import time
from collections import Counter

import hl7.client
import orders
import pytest
import reports
from hostile import HostilePeer, answer, multipart
from processes import wait_until
from radiographs import dicom

FHIR = "application/fhir+json"


def resident_megabytes(gateway) -> int:
    with open(f"/proc/{gateway.process.child.pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def assert_no_leak(gateway, *exams, words: tuple[str, ...] = ()):
    secrets = [secret for exam in exams for secret in exam.secrets() if len(secret) > 3] + list(words)
    leaks = [(name, secret) for name, content in gateway.traces().items() for secret in secrets
             if secret.encode() in content]
    assert not leaks, leaks


def mutated(message: bytes, chance: random.Random) -> bytes:
    content = bytearray(message)
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(6):
            case 0: content[at:at + 1] = bytes([chance.randrange(256)])
            case 1: del content[at:at + chance.randrange(1, 40)]
            case 2: content[at:at] = chance.randbytes(chance.randrange(1, 30))
            case 3: content[at:at] = chance.choice([b"|", b"^", b"~", b"\\", b"&", b"\r", b"\\X0D0A\\", b"\\.br\\", b"\0",
                                                    b"\xff\xfe", b'""']) * chance.randrange(1, 50)
            case 4: content[at:at] = chance.choice([b"A" * 5000, b"9" * 400, b"-1", b"1e99", b"20269999", b"\xc3\x28"])
            case 5: del content[max(1, at):]
    return bytes(content)


def test_mutated_messages_are_each_answered_or_cut_off_in_flat_memory(make_gateway, registry, figures):
    gateway = make_gateway().start()
    chance, exam = random.Random(7), registry.exam()
    originals = [orders.orm(exam), orders.omi(exam)]
    codes, before = Counter(), resident_megabytes(gateway)
    connection = None
    for _ in range(600):
        message = mutated(chance.choice(originals), chance)
        connection = connection or socket.create_connection(("127.0.0.1", gateway.mllp_port), 10)
        connection.sendall(orders.SB + message + orders.EB)
        if b"\x0b" in message or b"\x1c" in message:  # not one frame: whatever comes, the next connection is served
            connection.close()
            connection = None
            continue
        reply = b""
        while not reply.endswith(orders.EB):
            chunk = connection.recv(65536)
            assert chunk, "a whole frame was not answered"
            reply += chunk
        codes[re.search(rb"\rMSA.(AA|AE|AR|CA|CE|CR)", reply).group(1).decode()] += 1
    after = resident_megabytes(gateway)
    figures["hostile: mutated messages"] = {"codes": dict(codes), "rss MB before": before, "after": after}
    assert gateway.process.running and after < before + 60
    assert gateway.verify()["intact"]
    assert_no_leak(gateway, exam)


def drip(port: int, beginning: bytes, piece: bytes, seconds: float) -> float | None:
    """Sends a piece now and then; after how many seconds the connection was closed, None when it never was."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        began = time.monotonic()
        connection.settimeout(0.25)
        try:
            connection.sendall(beginning)
            while time.monotonic() - began < seconds:
                connection.sendall(piece)
                try:
                    if connection.recv(1000) == b"":
                        break
                except TimeoutError:
                    continue
            else:
                return None
        except ConnectionError:
            pass
        return time.monotonic() - began


def test_a_peer_that_drips_is_cut_off_on_every_listener(make_gateway):
    gateway = make_gateway(limits={"mllpIdle": "2s"}).start()
    head = b"POST /fhir/ImagingStudy HTTP/1.1\r\nX: "
    drips = {"mllp": (gateway.mllp_port, orders.SB + b"MSH|"), "fhir": (gateway.fhir_port, head),
             "admin": (gateway.admin_port, head)}
    closed: dict[str, float | None] = {}

    def run(name):
        closed[name] = drip(*drips[name], b"A", 20)

    threads = [threading.Thread(target=run, args=(name,)) for name in drips]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(seconds is not None and seconds < 15 for seconds in closed.values()), closed


def test_one_address_cannot_take_all_connections_and_an_endless_frame_ends(make_gateway):
    gateway = make_gateway(limits={"mllpConnectionsPerAddress": 8, "mllpFrameBytes": 1 << 20}).start()
    with socket.create_connection(("127.0.0.1", gateway.mllp_port), 10) as connection:
        with pytest.raises(ConnectionError):
            connection.sendall(orders.SB)
            for _ in range(64):
                connection.sendall(b"A" * (1 << 20))
    taken = [socket.create_connection(("127.0.0.1", gateway.mllp_port), 10) for _ in range(30)]
    time.sleep(0.5)
    refused = 0
    for connection in taken:
        connection.settimeout(0.05)
        try:
            refused += connection.recv(1) == b""
        except TimeoutError:
            pass
        except ConnectionError:
            refused += 1
        connection.close()
    assert refused == 22
    wait_until(lambda: orders.send_bytes(gateway.mllp_port, orders.SB + b"x" + orders.EB), 10, "served again")


def test_one_order_sent_400_times_over_8_connections_at_once_is_one_order_and_one_report(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    same, codes = orders.orm(exam), Counter()

    def send():
        with hl7.client.MLLPClient("127.0.0.1", gateway.mllp_port) as client:
            client.socket.settimeout(30)
            for number in range(50):
                message = same if number % 2 else orders.orm(exam)
                codes[orders.code_of(orders.reply(client.send_message(message)))] += 1

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {"AA": 400}
    gateway.wait_for(delivered=1)
    assert len(hospital.reports(exam)) == 1


def test_two_orders_that_share_an_accession_are_not_analysed_as_one(hospital, gateway, registry):
    first = registry.exam()
    second = registry.exam(accession=first.accession)
    hospital.prepare(first, second)
    for exam in (first, second):
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    wait_until(lambda: gateway.states()["parked"] >= 1, 20, "parked")
    # whatever was analysed stands on its own patient
    for exam in (first, second):
        for report in hospital.reports(exam):
            assert report["subject"]["reference"] == exam.references["Patient"]


def test_names_full_of_other_languages_syntax_make_valid_reports_and_leak_nowhere(hospital, gateway, registry):
    names = ["O'Brien\"}],<script>", "\\.br\\a\\H\\b", "Ünïcødé😀日本", "${jndi:ldap://x}", "%s%n{0}../../etc"]
    exams = [registry.exam(family=name) for name in names]
    hospital.prepare(*exams)
    for exam in exams:
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(delivered=len(exams))
    for exam in exams:
        [report] = hospital.reports_by_order(exam)
        reports.check(hospital, exam, report)
    assert_no_leak(gateway, *exams)


def is_instance(path: str) -> bool:
    return "/instances/" in path


def endless_instance(connection):
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type="application/dicom"; boundary=edge\r\n\r\n'
                       b"--edge\r\nContent-Type: application/dicom\r\n\r\n" + bytes(128) + b"DICM")
    while True:
        connection.sendall(bytes(1 << 20))


def test_what_a_hostile_archive_answers_is_parked_and_mended_by_a_retry(hospital, make_gateway, registry, figures):
    other = registry.exam()
    nested = (b"\x18\x00\x12\x00SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff") * 20_000
    bomb = gzip.compress(b"[" + b" " * (200 << 20) + b"]")
    # code that the order is parked with → what the archive answers to the path, None for the truth
    scripts = {
        "archive.otherInstance": lambda e, p: is_instance(p) and multipart(dicom(other)),
        "matching.studyPatientMismatch":
            lambda e, p: is_instance(p) and multipart(dicom(e, PatientID=other.patient_id, PatientName=other.family)),
        "orthanc.wado.tooManyParts": lambda e, p: is_instance(p) and multipart(dicom(e), dicom(e)),
        "orthanc.wado.notDICOM": lambda e, p: is_instance(p) and answer(200, bomb, "application/dicom"),
        "dicom.tooDeep": lambda e, p: is_instance(p) and multipart(dicom(e) + nested),
        "archive.instanceTooLarge": lambda e, p: is_instance(p) and endless_instance,
        "orthanc.qido.malformed":
            lambda e, p: answer(200, bomb, "application/dicom+json", {"Content-Encoding": "gzip"}),
        "orthanc.http.malformed": lambda e, p: answer(200, b"[]", "application/dicom+json", {"X": "A" * 200_000}),
        "orthanc.qido.mediaType": lambda e, p: answer(200, b"[]", f"text/{e.family}; x={e.patient_id}"),
        "orthanc.http.302": lambda e, p: answer(302, headers={"Location": "http://169.254.169.254/latest"}),
    }
    exams = {code: registry.exam() for code in scripts}
    hospital.prepare(*exams.values())
    peer = HostilePeer(hospital.orthanc.port)

    def script(method, path, body, connection):
        for code, exam in exams.items():
            if exam.study_uid in path and (spoiled := scripts[code](exam, path)):
                spoiled(connection) if callable(spoiled) else connection.sendall(spoiled)
                return True
        return None

    peer.script = script
    gateway = make_gateway(archives=[{
        "name": "orthanc", "base": f"http://127.0.0.1:{peer.port}/dicom-web", "defaultAssigner": "hospital",
        "settleTime": "1s", "auth": {"type": "basic", "user": "gateway", "passwordFile": "./archive.password"}}],
        limits={"instanceBytes": 64 << 20}).start()
    before = resident_megabytes(gateway)
    for exam in exams.values():
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    parked = gateway.wait_for(parked=len(exams), timeout=60)
    after = resident_megabytes(gateway)
    figures["hostile: archive"] = {"rss MB before": before, "after": after, "answers": len(scripts)}
    assert sorted(order["code"] for order in parked) == sorted(scripts)
    assert after < before + 120
    assert all(hospital.reports(exam) == [] for exam in exams.values())
    assert_no_leak(gateway, *exams.values(), words=("169.254.169.254",))
    peer.script = lambda *_: None
    for order in parked:
        gateway.run("orders", "retry", order["id"], "--config", str(gateway.config))
    gateway.wait_for(delivered=len(exams))
    assert all(len(hospital.reports_by_order(exam)) == 1 for exam in exams.values())
    peer.close()


def test_what_a_hostile_EHR_answers_is_parked_or_tried_again_and_never_reported_on_another_patient(
        hospital, make_gateway, registry):
    other = hospital.register(registry.exam())

    def searchset(*resources, links=()):
        bundle = {"resourceType": "Bundle", "type": "searchset", "link": list(links),
                  "entry": [{"resource": resource, "search": {"mode": "match"}} for resource in resources]}
        return answer(200, json.dumps(bundle).encode(), FHIR)

    def read(exam, kind, **changes):
        return hospital.sekmet.read(exam.references[kind]) | changes

    def patient(path):
        return "Patient/_search" in path

    def order(path):
        return "ServiceRequest/_search" in path

    # each gets the exam and the path of a search
    scripts = {
        "ehr.mediaType": lambda e, p: answer(200, f"<html>{e.family}</html>".encode(), "text/html"),
        "ehr.malformed": lambda e, p: answer(200, f"<html>{e.family}</html>".encode(), FHIR),
        "ehr.http.307": lambda e, p: answer(307, headers={"Location": "http://127.0.0.1:1/"}),
        "ehr.search.mismatch": lambda e, p: patient(p) and searchset(read(other, "Patient")),
        "ehr.search.link": lambda e, p: patient(p) and searchset(
            links=[{"relation": "next", "url": "http://169.254.169.254/Patient"}]),
        "matching.serviceRequestPatientMismatch": lambda e, p: order(p) and searchset(
            read(e, "ServiceRequest", subject={"reference": other.references["Patient"]})),
        "matching.serviceRequestPatientMismatch ": lambda e, p: order(p) and searchset(
            read(e, "ServiceRequest", subject={"reference": "http://evil.example/" + e.references["Patient"]})),
    }
    exams = {code: registry.exam() for code in scripts}
    hospital.prepare(*exams.values())
    peer = HostilePeer(hospital.sekmet.port)

    def script(method, path, body, connection):
        for code, exam in exams.items():
            named = any(value.encode() in body for value in (exam.patient_id, exam.placer, exam.filler, exam.accession))
            if "_search" in path and named and (spoiled := scripts[code](exam, path)):
                connection.sendall(spoiled)
                return True
        return None

    peer.script = script
    gateway = make_gateway(ehr={"fhir": {
        "base": f"http://127.0.0.1:{peer.port}/fhir", "defaultAssigner": "hospital", "organization": "Hospital"}}).start()
    for exam in exams.values():
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    parked = gateway.wait_for(parked=len(exams), timeout=60)
    assert sorted(each["code"] for each in parked) == sorted(code.strip() for code in scripts)
    assert all(hospital.reports(exam) == [] for exam in [other, *exams.values()])
    assert_no_leak(gateway, *exams.values(), words=("169.254.169.254", "evil.example"))
    assert not any(secret in path for path in peer.paths for exam in exams.values() for secret in exam.secrets())
    # a write that is refused as a conflict, as too many requests and as busy goes through in the end
    refusals = [answer(412), answer(409), answer(429, headers={"Retry-After": "-5"}),
                answer(503, headers={"Retry-After": "99999999999999999999"})]

    def refuse(method, path, body, connection):
        if method in ("POST", "PUT") and "_search" not in path and refusals:
            connection.sendall(refusals.pop())
            return True
        return None

    peer.script = refuse
    for each in parked:
        gateway.run("orders", "retry", each["id"], "--config", str(gateway.config))
    gateway.wait_for(delivered=len(exams))
    assert refusals == []
    assert all(len(hospital.reports_by_order(exam)) == 1 for exam in exams.values())
    assert hospital.reports(other) == []
    peer.close()
