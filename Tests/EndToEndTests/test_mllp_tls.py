"""MLLP from outside: mutual TLS, sender binding, reload, release 2, the acknowledgments of both modes, tolerances.

The clients are python-hl7, `openssl s_client` and plain sockets; the receiver of deferred acknowledgments is python-hl7.
"""

import os
import signal
import socket
import ssl
import subprocess
import time

import hl7
import hl7.client
import ledger
import messages
import orders
import pytest
from certificates import Authority
from gateway import assert_holds
from processes import free_port, wait_until
from receiver import Receiver

ACK, NAK = b"\x06", b"\x15"


@pytest.fixture(scope="module")
def authority(workplace):
    return Authority(workplace / "mllp-authority", "MLLP Authority")


@pytest.fixture(scope="module")
def stranger(workplace):
    return Authority(workplace / "mllp-stranger", "Somebody Elses Authority")


def listener(gateway, **more) -> dict:
    return {"host": "127.0.0.1", "port": gateway.mllp_port, "source": "his"} | more


@pytest.fixture
def secured(make_gateway, authority, hospital):
    """A gateway whose MLLP listener demands a client certificate, and whose source is bound to one name."""
    port = free_port()
    certificate, key = authority.issue("gateway")
    gateway = make_gateway(
        delivery="shadow",
        listeners={"mllp": [{"host": "127.0.0.1", "port": port, "source": "his", "tls": {
            "certificate": str(certificate), "key": str(key), "clientCA": str(authority.file)}}]},
        sources={"his": {"mapping": "default", "timeZone": "+00:00", "defaultAssigner": "hospital",
                         "certificates": ["his.hospital.test"], "applications": ["HIS^HOSP"]}})
    gateway.mllp_port = port
    return gateway.start()


def tls_client(gateway, authority, certificate=None, version: ssl.TLSVersion | None = None) -> hl7.client.MLLPClient:
    """python-hl7's client over TLS."""
    context = ssl.create_default_context(cafile=authority.file)
    if version:
        context.minimum_version = context.maximum_version = version
    if certificate:
        context.load_cert_chain(*certificate)
    client = hl7.client.MLLPClient("127.0.0.1", gateway.mllp_port)
    client.socket.settimeout(20)
    try:
        client.socket = context.wrap_socket(client.socket, server_hostname="127.0.0.1")
    except BaseException:
        client.close()
        raise
    return client


def answer_of(gateway, authority, message: bytes, certificate=None) -> bytes:
    """What comes back, nothing if the connection is refused."""
    try:
        with tls_client(gateway, authority, certificate) as client:
            return client.send_message(message)
    except (ssl.SSLError, ConnectionError, BrokenPipeError):
        return b""


def s_client(gateway, authority, message: bytes, certificate=None, *options: str) -> bytes:
    """`openssl s_client` as the sender."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.mllp_port}", "-CAfile", str(authority.file),
               "-verify_return_error", "-quiet", *options]
    if certificate:
        command += ["-cert", str(certificate[0]), "-key", str(certificate[1])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            child.stdin.write(orders.SB + message + orders.EB)
            child.stdin.flush()
            answer = b""
            while not answer.endswith(orders.EB) and (chunk := os.read(child.stdout.fileno(), 65536)):
                answer += chunk
            return answer
        except BrokenPipeError:
            return b""
        finally:
            child.kill()


def refused(gateway) -> int:
    return ledger.events(gateway)["connection.refused"]


# mutual TLS

@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_python_hl7_sends_over_mutual_TLS(secured, authority, registry, version):
    message = messages.orm(registry.exam())
    with tls_client(secured, authority, authority.issue("his.hospital.test"), version) as client:
        answer = orders.reply(client.send_message(message))
    assert (orders.code_of(answer), orders.echoed_id(answer)) == ("AA", orders.id_of(message))


def test_TLS_below_1_2_is_refused(secured, authority, registry):
    """Asked by a client that would take it: the refusal is the gateway's."""
    before = refused(secured)
    mine = authority.issue("his.hospital.test")
    assert s_client(secured, authority, messages.orm(registry.exam()), mine, "-tls1_1", "-cipher",
                    "DEFAULT@SECLEVEL=0") == b""
    wait_until(lambda: refused(secured) > before, 10, "the refusal in the audit log")


def test_openssl_sends_over_mutual_TLS(secured, authority, registry):
    message = messages.omi(registry.exam())
    answer = orders.reply(s_client(secured, authority, message, authority.issue("his.hospital.test")))
    assert (orders.code_of(answer), orders.echoed_id(answer)) == ("AA", orders.id_of(message))


def certificate_of(kind: str, authority: Authority, stranger: Authority):
    match kind:
        case "no certificate": return None
        case "another authority": return stranger.issue("his.hospital.test")
        case "expired": return authority.issue("his.hospital.test", days=-1)
        case "not yet valid": return authority.issue("his.hospital.test", begins=2)


@pytest.mark.parametrize("send", [answer_of, s_client], ids=["python-hl7", "openssl"])
@pytest.mark.parametrize("kind", ["no certificate", "another authority", "expired", "not yet valid"])
def test_a_wrong_certificate_is_refused_and_audited(secured, authority, stranger, registry, kind, send):
    before = refused(secured)
    certificate = certificate_of(kind, authority, stranger)
    assert send(secured, authority, messages.orm(registry.exam()), certificate) == b""
    wait_until(lambda: refused(secured) > before, 10, "the refusal in the audit log")
    assert secured.orders() == [] and secured.verify()["intact"]


def test_a_plain_client_at_a_TLS_port_is_refused_and_audited(secured, registry):
    before = refused(secured)
    assert orders.send_bytes(secured.mllp_port, orders.SB + messages.orm(registry.exam()) + orders.EB)[:1] != orders.SB
    wait_until(lambda: refused(secured) > before, 10, "the refusal in the audit log")
    assert secured.orders() == []


@pytest.mark.parametrize("wrong", ["certificate name", "application", "facility"])
def test_a_sender_that_is_not_bound_is_answered_AR_and_audited(secured, authority, registry, wrong):
    name = "lab.hospital.test" if wrong == "certificate name" else "his.hospital.test"
    header = {"application": {"sender": "LAB"}, "facility": {"facility": "OTHER"}}.get(wrong, {})
    before = ledger.events(secured)["listener.refused"]
    answer = orders.reply(
        answer_of(secured, authority, messages.orm(registry.exam(), **header), authority.issue(name)))
    assert orders.code_of(answer) == "AR"
    assert ("MSH^1^4" if wrong == "facility" else "MSH^1^3") in str(answer.segment("ERR"))
    assert ledger.events(secured)["listener.refused"] == before + 1
    assert secured.orders() == []


def test_the_refusals_are_counted(secured, authority, stranger, registry):
    answer_of(secured, authority, messages.orm(registry.exam()), stranger.issue("his.hospital.test"))
    wait_until(lambda: "imaging_gateway_refused_connections_total{" in secured.metrics(), 10, "the counter")


# reload

def fingerprint(gateway, authority, certificate) -> bytes:
    with tls_client(gateway, authority, certificate) as client:
        return client.socket.getpeercert(binary_form=True)


def test_SIGHUP_changes_the_certificate_for_new_connections_and_keeps_the_open_one(
        make_gateway, authority, registry, hospital):
    port = free_port()
    folder = authority.folder / "reload"
    folder.mkdir()
    certificate, key = folder / "gateway.pem", folder / "gateway.key"

    def install(name: str):
        made = authority.issue(name)
        certificate.write_bytes(made[0].read_bytes())
        key.write_bytes(made[1].read_bytes())
        key.chmod(0o600)

    install("first")
    gateway = make_gateway(delivery="shadow", listeners={"mllp": [
        {"host": "127.0.0.1", "port": port, "source": "his",
         "tls": {"certificate": str(certificate), "key": str(key), "clientCA": str(authority.file)}}]})
    gateway.mllp_port = port
    gateway.start()
    mine = authority.issue("his.hospital.test")
    before = fingerprint(gateway, authority, mine)
    with tls_client(gateway, authority, mine) as client:
        assert orders.code_of(orders.reply(client.send_message(messages.orm(registry.exam())))) == "AA"
        install("second")
        gateway.process.child.send_signal(signal.SIGHUP)
        wait_until(lambda: fingerprint(gateway, authority, mine) != before, 20, "the new certificate")
        assert orders.code_of(orders.reply(client.send_message(messages.orm(registry.exam())))) == "AA"
    after = fingerprint(gateway, authority, mine)
    # a broken file replaces nothing
    reloads = ledger.events(gateway)["configuration.reload"]
    certificate.write_text("no certificate at all")
    gateway.process.child.send_signal(signal.SIGHUP)
    wait_until(lambda: ledger.events(gateway)["configuration.reload"] > reloads, 20, "the failed reload in the log")
    assert fingerprint(gateway, authority, mine) == after
    assert gateway.process.running


# release 2

@pytest.fixture
def release2(make_gateway, hospital):
    port = free_port()
    gateway = make_gateway(delivery="shadow", listeners={"mllp": [
        {"host": "127.0.0.1", "port": port, "source": "his", "release2": True}]})
    gateway.mllp_port = port
    return gateway.start()


def frames(connection: socket.socket, count: int) -> list[bytes]:
    """That many frames' contents."""
    data = b""
    while data.count(orders.EB) < count:
        chunk = connection.recv(65536)
        if not chunk:
            break
        data += chunk
    return [frame.removeprefix(orders.SB) for frame in data.split(orders.EB)[:-1]]


def test_release_2_commits_with_a_byte_before_the_acknowledgment(release2, registry):
    message = messages.orm(registry.exam())
    with socket.create_connection(("127.0.0.1", release2.mllp_port), 10) as connection:
        connection.sendall(orders.SB + message + orders.EB)
        commit, answer = frames(connection, 2)
        assert commit == ACK
        assert orders.code_of(hl7.parse(answer.decode())) == "AA"
        # what cannot be read is stored too, and committed
        connection.sendall(orders.SB + b"no message" + orders.EB)
        commit, answer = frames(connection, 2)
        assert commit in (ACK, NAK) and orders.code_of(hl7.parse(answer.decode())) == "AR"
    assert len(release2.orders()) == 1


# the two modes

def test_enhanced_mode_by_MSH_15(gateway, registry):
    """AL: CA. NE: no accept acknowledgment. ER: none for what is well. SU: CA."""
    for accept, expected in (("AL", "CA"), ("SU", "CA")):
        answer = orders.send(gateway.mllp_port, messages.orm(registry.exam(), accept=accept, application="NE"))
        assert orders.code_of(answer) == expected
    for accept in ("NE", "ER"):
        message = messages.orm(registry.exam(), accept=accept, application="NE")
        assert orders.send_bytes(gateway.mllp_port, orders.SB + message + orders.EB, wait=2) == b""
    wrong = messages.orm(registry.exam(), accept="ER", application="NE", processing="T")
    assert orders.code_of(orders.send(gateway.mllp_port, wrong)) == "CR"
    assert gateway.states().total() == 4


def test_the_application_acknowledgment_is_the_reply_where_no_accept_one_is_due(gateway, registry):
    answer = orders.send(gateway.mllp_port, messages.orm(registry.exam(), accept="NE", application="AL"))
    assert orders.code_of(answer) == "AA"


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.down()


def deferring(make_gateway, receiver, **source):
    return make_gateway(delivery="shadow", sources={"his": {
        "mapping": "default", "timeZone": "+00:00", "defaultAssigner": "hospital",
        "acknowledgments": {"host": "127.0.0.1", "port": receiver.port}} | source}).start()


def test_a_deferred_application_acknowledgment_arrives_at_the_senders_receiver(
        make_gateway, receiver, registry, hospital):
    gateway = deferring(make_gateway, receiver)
    good = messages.omi(registry.exam(), accept="AL", application="AL")
    assert orders.code_of(orders.send(gateway.mllp_port, good)) == "CA"
    [deferred] = receiver.wait(1)
    assert (orders.code_of(deferred), orders.echoed_id(deferred)) == ("AA", orders.id_of(good))
    assert str(deferred.segment("MSH")[10]) != orders.id_of(good)
    assert str(deferred.segment("MSH")[5]) == "HIS"


def test_a_deferred_acknowledgment_is_sent_until_it_is_taken(make_gateway, receiver, registry, hospital):
    gateway = deferring(make_gateway, receiver)
    receiver.down()
    message = messages.omi(registry.exam(), accept="AL", application="AL")
    assert orders.code_of(orders.send(gateway.mllp_port, message)) == "CA"
    time.sleep(1)
    gateway.kill()  # what was promised survives the process
    gateway.start()
    receiver.up()
    [deferred, *_] = receiver.wait(1)
    assert (orders.code_of(deferred), orders.echoed_id(deferred)) == ("AA", orders.id_of(message))


def test_without_an_address_no_application_acknowledgment_follows_a_CA(gateway, registry):
    message = messages.omi(registry.exam(), accept="AL", application="AL")
    with hl7.client.MLLPClient("127.0.0.1", gateway.mllp_port) as client:
        assert orders.code_of(orders.reply(client.send_message(message))) == "CA"
        client.socket.settimeout(2)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)


@pytest.mark.parametrize("build, kind", [
    (messages.orm, "ORR^O02"), (messages.omi, "ORI^O24"), (messages.omg, "ORG^O20")], ids=["ORR", "ORI", "ORG"])
def test_a_source_may_want_the_response_of_its_order_message(make_gateway, registry, hospital, build, kind):
    gateway = make_gateway(delivery="shadow", sources={"his": {
        "mapping": "default", "timeZone": "+00:00", "defaultAssigner": "hospital", "replyType": "response"}}).start()
    message = build(registry.exam())
    answer = orders.send(gateway.mllp_port, message)
    assert "^".join(str(answer.segment("MSH")[9]).split("^")[:2]) == kind
    assert (orders.code_of(answer), orders.echoed_id(answer)) == ("AA", orders.id_of(message))
    update = orders.send(gateway.mllp_port, messages.update(registry.exam()))
    assert str(update.segment("MSH")[9]).startswith("ACK")
    # an accept acknowledgment is an ACK always
    accept = orders.send(gateway.mllp_port, build(registry.exam(), accept="AL", application="NE"))
    assert str(accept.segment("MSH")[9]).startswith("ACK") and orders.code_of(accept) == "CA"


@pytest.mark.parametrize("processing", ["T", "D"])
def test_test_traffic_is_refused_by_a_production_listener(gateway, registry, processing):
    answer = orders.send(gateway.mllp_port, messages.orm(registry.exam(), processing=processing))
    assert orders.code_of(answer) == "AR"
    assert "MSH^1^11^202" in str(answer.segment("ERR"))
    assert gateway.orders() == []


# what peers get wrong

@pytest.mark.parametrize("spoil", [
    lambda message: b"\xef\xbb\xbf" + message,
    lambda message: message.replace(b"\r", b"\n"),
    lambda message: message.replace(b"\r", b"\r\n"),
    lambda message: message[:-1],
    lambda message: message.replace(b"\rPID", b"\r\rPID"),
    lambda message: b"\n\n" + message,
], ids=["BOM", "LF", "CR LF", "no last CR", "blank line", "blank lines first"])
def test_what_senders_get_wrong_is_tolerated(gateway, registry, spoil):
    message = messages.orm(registry.exam())
    answer = orders.reply(orders.send_bytes(gateway.mllp_port, orders.SB + spoil(message) + orders.EB))
    assert (orders.code_of(answer), orders.echoed_id(answer)) == ("AA", orders.id_of(message))


def test_junk_between_frames_and_frames_in_pieces_lose_nothing(gateway, registry):
    exams = registry.several(3)
    first, second, third = (messages.orm(exam) for exam in exams)
    data = b"junk\r\n" + orders.SB + first + orders.EB + b"\r\n" + orders.SB + second + b"\x1c" + orders.SB + third \
        + orders.EB
    with socket.create_connection(("127.0.0.1", gateway.mllp_port), 10) as connection:
        connection.settimeout(20)
        for start in range(0, len(data), 97):  # one message over many segments, several in one
            connection.sendall(data[start:start + 97])
            time.sleep(0.002)
        answers = [hl7.parse(answer.decode()) for answer in frames(connection, 3)]
    assert [orders.echoed_id(answer) for answer in answers] == [orders.id_of(m) for m in (first, second, third)]
    assert {orders.code_of(answer) for answer in answers} == {"AA"}
    assert gateway.states().total() == 3


def test_several_messages_in_one_packet_are_answered_in_order(gateway, registry):
    sent = [messages.orm(exam) for exam in registry.several(5)]
    with socket.create_connection(("127.0.0.1", gateway.mllp_port), 10) as connection:
        connection.settimeout(20)
        connection.sendall(b"".join(orders.SB + message + orders.EB for message in sent))
        answers = [hl7.parse(answer.decode()) for answer in frames(connection, 5)]
    assert [orders.echoed_id(answer) for answer in answers] == [orders.id_of(message) for message in sent]


@pytest.mark.parametrize("term, codec, name", [
    ("8859/1", "latin-1", "Müllér"), ("8859/2", "iso8859-2", "Łukasz"), ("8859/5", "iso8859-5", "Иванов"),
    ("8859/7", "iso8859-7", "Παπάς"), ("8859/15", "iso8859-15", "Œuvre€"), ("WINDOWS-1252", "cp1252", "D’Arcy"),
    ("UNICODE UTF-8", "utf-8", "山田"), ("UTF-8", "utf-8", "山田"), ("GB 18030-2000", "gb18030", "王小明"),
    ("BIG-5", "big5", "許功蓋"), ("KS X 1001", "euc-kr", "김희철"), ("ISO IR87", "iso2022_jp", "万田"),
])
def test_each_character_set_is_taken_and_answered_in_the_same(gateway, registry, term, codec, name):
    """The Chinese and Japanese names have bytes that are delimiters of HL7 where they stand alone."""
    message = messages.orm(registry.exam(), charset=term, patient={"f5": f"{name}^Given"})
    encoded = message.decode().encode(codec)
    frame = orders.send_bytes(gateway.mllp_port, orders.SB + encoded + orders.EB)
    assert frame.startswith(orders.SB) and frame.endswith(orders.EB)
    answer = hl7.parse(frame[1:-2].decode(codec))
    assert (orders.code_of(answer), orders.echoed_id(answer)) == ("AA", orders.id_of(message))
    assert str(answer.segment("MSH")[18]) == term


@pytest.mark.parametrize("term", ["UNICODE UTF-16", "EBCDIC"])
def test_a_character_set_that_cannot_be_is_refused(gateway, registry, term):
    answer = orders.send(gateway.mllp_port, messages.orm(registry.exam(), charset=term))
    assert orders.code_of(answer) in ("AE", "AR") and "MSH^1^18" in str(answer.segment("ERR"))


def test_more_connections_than_allowed_are_turned_away_and_the_others_served(make_gateway, registry, hospital):
    gateway = make_gateway(delivery="shadow", limits={"mllpConnectionsPerAddress": 3}).start()
    held = [socket.create_connection(("127.0.0.1", gateway.mllp_port), 10) for _ in range(3)]
    try:
        time.sleep(0.3)
        assert orders.send_bytes(gateway.mllp_port, orders.SB + messages.orm(registry.exam()) + orders.EB) == b""
    finally:
        for connection in held:
            connection.close()
    wait_until(lambda: orders.send_bytes(
        gateway.mllp_port, orders.SB + messages.orm(registry.exam()) + orders.EB).startswith(orders.SB), 10, "served")


def test_a_frame_over_the_limit_is_cut_off_and_kept_for_the_operator(make_gateway, registry, hospital):
    gateway = make_gateway(delivery="shadow", limits={"mllpFrameBytes": 4096}).start()
    long = messages.orm(registry.exam()) + b"NTE|1||" + b"x" * 9000 + b"\r"
    assert orders.send_bytes(gateway.mllp_port, orders.SB + long + orders.EB) == b""
    wait_until(lambda: "imaging_gateway_refused_bytes_total{" in gateway.metrics(), 10, "the counter")
    assert_holds(lambda: gateway.orders() == [], 1)
