"""Issue 5.2: a second host cosigns the checkpoints, so that who holds the signing key cannot rewrite history unseen.

The cosignature is checked here by another program: C2SP signed-note, tlog-cosignature and tlog-witness over
`cryptography`, and RFC 9162 over hashlib.
"""

import base64
import hashlib
import json
import shutil
import sqlite3
import struct
import subprocess
from pathlib import Path

import orders
import pytest
import requests
import yaml
from certificates import Authority
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from gateway import binary
from ledger import database_of, leaf_column
from processes import Process, free_port, wait_until

DASH = "\u2014 "


# another reading of the specifications

class Note:
    """C2SP signed-note: text, blank line, signature lines."""

    def __init__(self, data: bytes):
        text, self.lines = data.decode().rsplit("\n\n", 1)
        self.text = text + "\n"
        self.signatures = []
        for line in self.lines.splitlines():
            assert line.startswith(DASH)
            name, blob = line[len(DASH):].split(" ")
            self.signatures.append((name, base64.b64decode(blob, validate=True)))

    @property
    def origin(self) -> str:
        return self.text.split("\n")[0]

    @property
    def size(self) -> int:
        return int(self.text.split("\n")[1])

    @property
    def root(self) -> bytes:
        return base64.b64decode(self.text.split("\n")[2])


def key_of(text: str, kind: int) -> tuple[str, bytes, Ed25519PublicKey]:
    """Name, key id and key of `name+hex+base64`; the id is computed anew."""
    name, _, rest = text.partition("+")
    hexed, _, blob = rest.partition("+")
    data = base64.b64decode(blob)
    assert data[0] == kind and len(data) == 33
    key_id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    assert key_id.hex() == hexed
    return name, key_id, Ed25519PublicKey.from_public_bytes(data[1:])


def signed(note: Note, vkey: str) -> bool:
    name, key_id, key = key_of(vkey, 1)
    for signer, blob in note.signatures:
        if signer == name and blob[:4] == key_id:
            key.verify(blob[4:], note.text.encode())
            return True
    return False


def cosigned_at(note: Note, vkey: str) -> int | None:
    """tlog-cosignature: u64 seconds, then the signature over `cosignature/v1`, `time …` and the note's text."""
    name, key_id, key = key_of(vkey, 4)
    for signer, blob in note.signatures:
        if signer == name and blob[:4] == key_id:
            seconds, signature = struct.unpack(">Q", blob[4:12])[0], blob[12:]
            key.verify(signature, f"cosignature/v1\ntime {seconds}\n{note.text}".encode())
            return seconds
    return None


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node(tree_root(leaves[:split]), tree_root(leaves[split:]))


def consistency(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """PROOF(m, D[n]) of RFC 9162 §2.1.4.1."""
    if first == len(leaves):
        return [] if whole else [tree_root(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if first <= split:
        return consistency(first, leaves[:split], whole) + [tree_root(leaves[split:])]
    return consistency(first - split, leaves[split:], False) + [tree_root(leaves[:split])]


# the two programs

def command(*arguments: str) -> str:
    return subprocess.run([str(binary()), *arguments], capture_output=True, text=True, timeout=60, check=True).stdout


class Witness:
    def __init__(self, folder: Path, name: str, log: str, tls: dict | None = None):
        self.folder, self.port, self.process = folder, free_port(), None
        made = command("witness", "init", "--out", str(folder), "--name", name, "--port", str(self.port), "--log", log,
                       "--json")
        self.key = json.loads(made)["key"]
        self.config = folder / "witness.yaml"
        self.scheme = "http"
        if tls:
            settings = yaml.safe_load(self.config.read_text())
            settings["listener"]["tls"] = tls
            self.config.write_text(yaml.safe_dump(settings))
            self.scheme = "https"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self, **options) -> "Witness":
        self.process = Process("witness", [str(binary()), "witness", "serve", "--config", str(self.config)], self.folder)
        self.process.wait_ready(lambda: requests.get(self.url, timeout=2, **options).status_code == 404)
        return self

    def status(self) -> list[dict]:
        return json.loads(command("witness", "status", "--config", str(self.config), "--json"))["logs"]

    def close(self):
        if self.process and self.process.running:
            self.process.kill()


def reconfigure(gateway, **settings):
    gateway.settings |= settings
    gateway.config.write_text(yaml.safe_dump(gateway.settings, sort_keys=False))


def log_key(gateway) -> str:
    return gateway.run("keys", "verifier", "--keys", str(gateway.folder / "keys.yaml")).stdout.strip()


def checkpoints(folder: Path) -> list[Note]:
    return [Note(path.read_bytes()) for path in sorted(folder.glob("*.checkpoint"))]


def health(gateway) -> dict:
    return requests.get(f"{gateway.admin}/health/audit", timeout=5).json()


def place(gateway, name: str) -> dict:
    return next(entry for entry in health(gateway)["checkpoints"] if entry["name"] == name)


def leaves_of(gateway, config_data: Path | None = None) -> list[bytes]:
    database = database_of(config_data or gateway.data)
    table, column = leaf_column(database)
    with sqlite3.connect(database) as connection:
        return [bytes(row[0]) for row in
                connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" ORDER BY rowid')]


@pytest.fixture
def witnessed(make_gateway):
    """A gateway whose checkpoints a second process cosigns."""
    gateway = make_gateway()
    witness = Witness(gateway.folder / "witness", "witness.example/w1", log_key(gateway)).start()
    reconfigure(gateway, checkpoints=[
        {"folder": "./checkpoints"}, {"name": "witness", "witness": {"url": witness.url, "key": witness.key}}])
    gateway.start()
    yield gateway, witness
    witness.close()


def test_the_cosignature_is_right_by_another_program_and_stands_in_the_folder(witnessed):
    gateway, witness = witnessed
    wait_until(lambda: place(gateway, "witness")["size"], 20, "the witness has a checkpoint")
    wait_until(lambda: any(cosigned_at(note, witness.key) for note in checkpoints(gateway.checkpoints)), 10,
               "a cosigned checkpoint in the folder")
    assert gateway.stop() == 0
    notes = checkpoints(gateway.checkpoints)
    newest = max(notes, key=lambda note: note.size)
    assert signed(newest, log_key(gateway))
    seconds = cosigned_at(newest, witness.key)
    assert seconds, "the last checkpoint of the stop is cosigned too"
    leaves = leaves_of(gateway)
    assert newest.size == len(leaves) and newest.root == tree_root(leaves)
    assert witness.status() == [{"origin": newest.origin, "size": newest.size,
                                 "root": base64.b64encode(newest.root).decode()}]
    # What any change of text, time or signature makes of it.
    forged = Note(newest.text.replace(f"\n{newest.size}\n", f"\n{newest.size + 1}\n").encode() + b"\n"
                  + newest.lines.encode())
    with pytest.raises(InvalidSignature):
        cosigned_at(forged, witness.key)
    assert gateway.verify()["exit"] == 0


def test_the_clock_stands_under_the_signature(witnessed):
    gateway, _ = witnessed
    wait_until(lambda: place(gateway, "witness")["size"], 20, "a checkpoint")
    gateway.stop()
    leaves = [json.loads(leaf) for leaf in leaves_of(gateway)]
    assert leaves[-1]["event"] == "checkpoint", "the last leaf is under the last signature"
    assert health_word(gateway) in {"synchronized", "unsynchronized", "unknown"}


def health_word(gateway) -> str:
    shown = gateway.run("audit", "show", "--config", str(gateway.config), "--event", "checkpoint", "--json", check=False)
    text = shown.stdout
    return next((word for word in ("unsynchronized", "synchronized", "unknown") if word in text), "unknown")


def test_a_witness_that_is_away_stops_nothing_and_gets_the_newest_when_it_is_back(witnessed, hospital, registry):
    gateway, witness = witnessed
    wait_until(lambda: place(gateway, "witness")["size"], 20, "a checkpoint")
    first = place(gateway, "witness")["size"]
    witness.process.terminate()
    exams = registry.several(1)
    hospital.prepare(*exams)
    orders.send(gateway.mllp_port, orders.orm(exams[0]))
    gateway.wait_for(delivered=1)
    gateway.kill()
    gateway.start()
    wait_until(lambda: place(gateway, "witness")["trouble"] == "witness.connect", 20, "the outage is visible")
    assert requests.get(f"{gateway.admin}/health/ready", timeout=5).ok, "a place that is away stops nothing"
    assert 'imaging_gateway_audit_place_up{place="witness"} 0' in gateway.metrics()
    witness.start()
    wait_until(lambda: (place(gateway, "witness")["size"] or 0) > first, 40, "the newest checkpoint is there")
    assert place(gateway, "witness")["trouble"] is None
    alarms = [line for line in gateway.process.stderr.read_text().splitlines() if "does not take checkpoints" in line]
    assert len(alarms) == 1, "one line for each outage"


def test_who_holds_the_signing_key_cannot_rewrite_history_unseen(witnessed, hospital, registry):
    """The administrator puts back an older database, clears the folder of checkpoints, and goes on signing."""
    gateway, witness = witnessed
    wait_until(lambda: place(gateway, "witness")["size"], 20, "a checkpoint")
    assert gateway.stop() == 0
    older = gateway.folder / "older"
    shutil.copytree(gateway.data, older)
    gateway.start()
    exams = registry.several(1)
    hospital.prepare(*exams)
    orders.send(gateway.mllp_port, orders.orm(exams[0]))
    gateway.wait_for(delivered=1)
    assert gateway.stop() == 0
    cosigned = witness.status()[0]["size"]
    # The rewriting: nothing that lies on this machine tells of the order any more.
    shutil.rmtree(gateway.data)
    shutil.copytree(older, gateway.data)
    for path in gateway.checkpoints.glob("*.checkpoint"):
        path.unlink()
    assert gateway.verify()["exit"] == 0, "the honest limit: without anything outside it looks whole"
    gateway.start()
    wait_until(lambda: place(gateway, "witness")["trouble"] == "audit.witnessRefused", 30, "the witness refuses")
    assert "a place has seen a log that this one does not extend" in gateway.process.stderr.read_text()
    assert "a log is" in witness.process.stderr.read_text() or "a log shows" in witness.process.stderr.read_text()
    assert witness.status()[0]["size"] == cosigned, "its state did not move"
    gateway.stop()
    events = [json.loads(leaf)["event"] for leaf in leaves_of(gateway)]
    assert "audit.forwardFailed" in events
    # With the witness's copy beside the checkpoints the auditor's verification shows it too.
    state = json.loads((witness.folder / "witness.state").read_text())["logs"]
    for note in state.values():
        size = Note(note.encode()).size
        (gateway.checkpoints / f"{size:020d}.checkpoint").write_text(note)
    assert gateway.verify(check=False)["exit"] == 1


def test_statuses_are_those_of_the_specification(workplace, request):
    folder = workplace / request.node.name
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    name = "log.example/of-a-test"
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    vkey = f"{name}+{key_id.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
    leaves = [bytes([number]) for number in range(30)]

    def checkpoint(size: int, of=leaves, origin: str = name, signer=private) -> str:
        text = f"{origin}\n{size}\n{base64.b64encode(tree_root(of[:size])).decode()}\n"
        blob = base64.b64encode(key_id + signer.sign(text.encode())).decode()
        return f"{text}\n{DASH}{name} {blob}\n"

    def body(old: int, note: str, proof: list[bytes] = ()) -> bytes:
        lines = "".join(base64.b64encode(entry).decode() + "\n" for entry in proof)
        return f"old {old}\n{lines}\n{note}".encode()

    witness = Witness(folder, "witness.example/w2", vkey).start()
    try:
        def post(data: bytes):
            return requests.post(f"{witness.url}/add-checkpoint", data=data, timeout=5)
        answer = post(body(0, checkpoint(7)))
        assert answer.status_code == 200
        assert cosigned_at(Note(checkpoint(7).encode() + answer.content), witness.key)
        assert post(body(7, checkpoint(7))).status_code == 200, "the same again is no news and no harm"
        answer = post(body(0, checkpoint(9)))
        assert (answer.status_code, answer.text) == (409, "7\n")
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
        forked = [b"x"] + leaves[1:]
        assert post(body(7, checkpoint(9, forked), consistency(7, forked[:9]))).status_code == 422
        assert post(body(7, checkpoint(7, forked))).status_code == 409
        assert post(body(7, checkpoint(9), consistency(7, leaves[:9]) + [b"\0" * 32])).status_code == 422
        assert post(body(9, checkpoint(7))).status_code == 400
        assert post(body(7, checkpoint(9, origin="log.example/other"))).status_code == 404
        assert post(body(7, checkpoint(9, signer=Ed25519PrivateKey.generate()))).status_code == 403
        for nonsense in (b"", b"old 7\n", b"old 07\n\n" + checkpoint(9).encode(), b"old -1\n\nx", b"\xff" * 100):
            assert post(nonsense).status_code == 400
        assert post(b"x" * (1 << 20)).status_code == 413
        for method in ("GET", "PUT", "DELETE"):
            assert requests.request(method, f"{witness.url}/add-checkpoint", timeout=5).status_code in (404, 405)
        assert post(body(7, checkpoint(9), consistency(7, leaves[:9]))).status_code == 200
        # What it answered it remembers through SIGKILL; without its memory it does not start.
        witness.process.kill()
        witness.start()
        assert post(body(0, checkpoint(9))).status_code == 409
        assert post(body(9, checkpoint(30), consistency(9, leaves))).status_code == 200
        witness.process.kill()
        (folder / "witness.state").unlink()
        gone = Process("forgetful", [str(binary()), "witness", "serve", "--config", str(witness.config)], folder)
        assert gone.child.wait(20) == 78
    finally:
        witness.close()


def test_only_known_gateways_reach_a_witness_with_a_client_authority(make_gateway):
    gateway = make_gateway()
    authority = Authority(gateway.folder / "ca")
    server, ours = authority.issue("witness"), authority.issue("gateway")
    tls = {"certificate": str(server[0]), "key": str(server[1]), "clientCA": str(authority.file)}
    witness = Witness(gateway.folder / "witness", "witness.example/w3", log_key(gateway), tls)
    reconfigure(gateway, checkpoints=[
        {"folder": "./checkpoints"},
        {"name": "witness", "witness": {"url": witness.url, "key": witness.key, "tls": {
            "ca": str(authority.file), "certificate": str(ours[0]), "key": str(ours[1])}}}])
    try:
        witness.start(verify=str(authority.file), cert=(str(ours[0]), str(ours[1])))
        with pytest.raises(requests.exceptions.RequestException):
            requests.post(f"{witness.url}/add-checkpoint", data=b"", verify=str(authority.file), timeout=5)
        report = json.loads(gateway.run("check", "--config", str(gateway.config), "--json", check=False).stdout)
        item = next(item for item in report["checks"] if item["name"] == "witness.connection")
        assert item["status"] == "ok", item
        gateway.start()
        wait_until(lambda: place(gateway, "witness")["size"], 20, "the witness has a checkpoint")
    finally:
        witness.close()


def test_each_place_gets_checkpoints_by_itself(make_gateway):
    """A folder that is away and a store by HTTP that is there: neither waits for the other."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    stored = {}

    class Store(BaseHTTPRequestHandler):
        def do_PUT(self):
            stored[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gateway = make_gateway()
    away = gateway.folder / "away"
    reconfigure(gateway, checkpoints=[
        {"folder": "./checkpoints"}, {"name": "office", "folder": str(away)},
        {"name": "store", "https": {"url": f"http://127.0.0.1:{server.server_address[1]}/log"}}])
    away.write_text("not a folder")
    try:
        gateway.start()
        wait_until(lambda: place(gateway, "store")["size"], 20, "the store has a checkpoint")
        wait_until(lambda: place(gateway, "office")["trouble"] == "office.folder", 20, "the folder's outage is visible")
        away.unlink()
        away.mkdir()
        wait_until(lambda: place(gateway, "office")["size"], 40, "the folder got it")
        assert gateway.stop() == 0
        key = log_key(gateway)
        for path, data in stored.items():
            note = Note(data)
            assert path == f"/log/{note.size}.checkpoint" and signed(note, key)
        newest = max(Note(data).size for data in stored.values())
        assert newest == len(leaves_of(gateway)) == max(note.size for note in checkpoints(away))
        assert (away / "audit-log.vkey").read_text().strip() == key
    finally:
        server.shutdown()


TSA_CONFIGURATION = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""
EXTENSIONS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n"


def stamping_authority(folder: Path):
    """OpenSSL's own time stamp authority behind a few lines of HTTP: (server, CA file)."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    folder.mkdir()

    def openssl(*arguments, **options) -> bytes:
        return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, **options).stdout

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
            "-subj", "/CN=Authority of the stamps")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps")
    (folder / "extensions").write_text(EXTENSIONS)
    openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
            "-extfile", "extensions", "-out", "tsa.pem")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.conf").write_text(TSA_CONFIGURATION.format(folder=folder))

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            answer = openssl("ts", "-reply", "-config", "tsa.conf", "-queryfile", "query.tsq")
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, folder / "ca.pem"


def syslog_receiver(authority: Authority) -> tuple[int, list[bytes]]:
    """RFC 5425: takes octet-counted messages and ends each connection when the sender has: (port, messages)."""
    import socket
    import ssl
    import threading
    received: list[bytes] = []
    certificate, key = authority.issue("siem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as client:
                data = b""
                while chunk := client.recv(65536):
                    data += chunk
                client.unwrap()
            while data:
                length, _, rest = data.partition(b" ")
                received.append(rest[:int(length)])
                data = rest[int(length):]

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1], received


def test_syslog_carries_the_note_and_openssl_stamps_what_was_signed(make_gateway):
    gateway = make_gateway()
    server, ca = stamping_authority(gateway.folder / "tsa")
    authority = Authority(gateway.folder / "authority")
    port, received = syslog_receiver(authority)
    reconfigure(gateway, checkpoints=[
        {"folder": "./checkpoints"}, {"name": "siem", "syslog": {"host": "127.0.0.1", "port": port,
                                                               "tls": {"ca": str(authority.file)}}},
        {"name": "stamps", "timestamps": {"url": f"http://127.0.0.1:{server.server_address[1]}", "ca": str(ca)}}])
    try:
        gateway.start()
        wait_until(lambda: place(gateway, "siem")["size"] and place(gateway, "stamps")["size"], 30, "both places have it")
        assert gateway.stop() == 0
    finally:
        server.shutdown()
    key = log_key(gateway)
    for message in received:
        header, _, text = message.decode().partition("origin=")
        assert header.split(" ")[5] == "checkpoint", "MSGID"
        note = Note(base64.b64decode(text.rpartition("note=")[2]))
        assert signed(note, key) and f"size={note.size} " in text
    assert received
    stamps = sorted(gateway.checkpoints.glob("*.tsr"))
    assert stamps
    for stamp in stamps:
        text = gateway.folder / "text"
        text.write_text(Note(stamp.with_suffix(".checkpoint").read_bytes()).text)
        verified = subprocess.run(["openssl", "ts", "-verify", "-in", str(stamp), "-data", str(text), "-CAfile", str(ca)],
                                  capture_output=True, text=True)
        assert "Verification: OK" in verified.stdout + verified.stderr, verified.stderr
