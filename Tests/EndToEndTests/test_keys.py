"""Keys are exchanged while orders flow, lie in files, variables and a token, and a stolen one is worth nothing."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import orders
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ledger import database_of

MODULES = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"]
MODULE = next((path for path in MODULES if Path(path).exists()), None)
needs_token = pytest.mark.skipif(
    MODULE is None or not shutil.which("softhsm2-util") or not shutil.which("pkcs11-tool"),
    reason="softhsm2 or opensc is not installed")


def key_file(gateway) -> dict:
    return yaml.safe_load((gateway.folder / "keys.yaml").read_text())


def masters(gateway) -> list[str]:
    return [entry["id"] for entry in key_file(gateway)["masters"]]


def keys(gateway, *words, check=True, **more) -> dict:
    result = gateway.run("keys", *words, "--config", str(gateway.config), "--json", check=check, **more)
    return json.loads(result.stdout) | {"exit": result.returncode}


def restart_with_keys(gateway, *options, folder=None):
    """Exchanges the new gateway's key file before its first start."""
    (gateway.folder / "keys.yaml").unlink()
    gateway.run("keys", "init", "--out", str(gateway.folder / "keys.yaml"), *options)


def all_readable(gateway):
    """Opens the content of every order with the keys that are left."""
    for order in gateway.orders():
        gateway.run("orders", "show", order["id"], "--config", str(gateway.config))


def seed_of(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text + "="))


def signed_checkpoint(key: Ed25519PrivateKey, origin: str, size: int, root: str) -> str:
    """A C2SP checkpoint, signed by whoever has the key."""
    public = key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    text = f"{origin}\n{size}\n{root}\n"
    blob = base64.b64encode(key_id + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {origin} {blob}\n"


def test_the_master_key_is_exchanged_while_orders_flow_and_none_fails(hospital, gateway, registry):
    exams = registry.several(12)
    hospital.prepare(*exams)
    halfway, codes = threading.Event(), []

    def send():
        for number, exam in enumerate(exams):
            codes.append(orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))))
            if number == 3:
                halfway.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert halfway.wait(60)
    rotated = keys(gateway, "rotate", check=False)
    sender.join()
    assert codes == ["AA"] * 12
    gateway.wait_for(delivered=12, timeout=180)
    if rotated["kept"]:  # an order was under way for longer than a minute
        rotated = keys(gateway, "rotate", "--finish")
    assert rotated["exit"] == 0 and rotated["master"] == "m2"
    assert masters(gateway) == ["m2"], "the old master key is gone from the file"
    assert (gateway.folder / "keys.yaml").stat().st_mode & 0o777 == 0o600
    status = keys(gateway, "status")
    assert status["missingMasters"] == []
    assert status["masters"][0]["dataKeys"] >= 12
    all_readable(gateway)
    # nothing hangs on what the running process still knew
    assert gateway.stop() == 0
    gateway.start()
    more = registry.exam()
    hospital.prepare(more)
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(more))) == "AA"
    gateway.wait_for(delivered=13, timeout=60)
    all_readable(gateway)
    assert gateway.verify()["exit"] == 0


def test_a_rotation_that_was_interrupted_is_finished(hospital, gateway, registry):
    exams = registry.several(3)
    hospital.prepare(*exams)
    orders.send(gateway.mllp_port, orders.orm(exams[0]))
    assert keys(gateway, "add-master")["master"] == "m2"
    for exam in exams[1:]:
        orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=3, timeout=90)
    before = {master["id"]: master["dataKeys"] for master in keys(gateway, "status")["masters"]}
    assert before["m1"] > 0 and before["m2"] > 0, "new data keys are under the new one without a restart"
    finished = keys(gateway, "rotate", "--finish")
    assert finished["retired"] == ["m1"] and masters(gateway) == ["m2"]
    all_readable(gateway)


def test_the_master_key_lies_in_a_file_or_in_the_environment(hospital, make_gateway, registry, monkeypatch):
    file = make_gateway()
    restart_with_keys(file, "--master-file", str(file.folder / "master.key"))
    assert "key:" not in str(key_file(file)["masters"])
    variable = make_gateway()
    monkeypatch.setenv("GATEWAY_MASTER", base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("="))
    restart_with_keys(variable, "--master-environment", "GATEWAY_MASTER")
    assert "key:" not in str(key_file(variable)["masters"])
    exams = registry.several(2)
    hospital.prepare(*exams)
    for gateway, exam in zip((file, variable), exams):
        gateway.start()
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
        gateway.wait_for(delivered=1, timeout=60)
        assert gateway.stop() == 0
    # without it nothing starts, and the reason is told without a secret
    (file.folder / "master.key").rename(file.folder / "away.key")
    monkeypatch.delenv("GATEWAY_MASTER")
    for gateway, words in ((file, "file of the master key"), (variable, "GATEWAY_MASTER is not set")):
        refused = gateway.run("orders", "list", "--config", str(gateway.config), check=False)
        assert refused.returncode == 78 and words in refused.stderr
    (file.folder / "away.key").rename(file.folder / "master.key")
    (file.folder / "master.key").chmod(0o644)
    refused = file.run("orders", "list", "--config", str(file.config), check=False)
    assert refused.returncode == 78 and "[unsafe]" in refused.stderr
    # a variable is nothing that a running serve could see
    (file.folder / "master.key").chmod(0o600)
    file.start()
    monkeypatch.setenv("GATEWAY_MASTER", base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("="))
    refused = keys(file, "rotate", "--master-environment", "GATEWAY_MASTER", check=False)
    assert refused["exit"] == 78 and masters(file) == ["m1"]


@pytest.fixture
def token(tmp_path, monkeypatch):
    """A token of SoftHSM with an RSA key `master`; its PIN file."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(
        f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "gateway", "--so-pin", "12345678",
                    "--pin", "1234"], check=True, capture_output=True)
    subprocess.run(["pkcs11-tool", "--module", MODULE, "--login", "--pin", "1234", "--token-label", "gateway",
                    "--keypairgen", "--key-type", "rsa:2048", "--label", "master", "--id", "01"],
                   check=True, capture_output=True)
    pin = tmp_path / "token.pin"
    pin.write_text("1234\n")
    pin.chmod(0o600)
    return pin


@needs_token
def test_a_token_holds_the_master_key_from_the_start_and_by_rotation(hospital, make_gateway, registry, token):
    gateway = make_gateway()
    options = ["--pkcs11", "pkcs11:token=gateway;object=master", "--pin-file", str(token), "--module", MODULE]
    restart_with_keys(gateway, *options)
    entry = key_file(gateway)["masters"][0]
    assert set(entry) == {"id", "pkcs11", "wrapped"} and len(base64.b64decode(entry["wrapped"])) == 256
    exams = registry.several(4)
    hospital.prepare(*exams)
    gateway.start()
    for exam in exams[:2]:
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(delivered=2, timeout=60)
    # out of the token and into it again, while it serves
    assert keys(gateway, "rotate")["master"] == "m2"
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exams[2]))) == "AA"
    assert keys(gateway, "rotate", *options)["master"] == "m3"
    assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exams[3]))) == "AA"
    gateway.wait_for(delivered=4, timeout=60)
    assert masters(gateway) == ["m3"]
    all_readable(gateway)
    assert gateway.stop() == 0
    for name, trace in gateway.traces().items():
        assert b"1234\n" not in trace or "sqlite" in name, f"the PIN in {name}"
    # without the PIN, or with a wrong one, nothing opens
    token.write_text("9999\n")
    assert gateway.run("orders", "list", "--config", str(gateway.config), check=False).returncode == 78
    token.chmod(0o644)
    refused = gateway.run("orders", "list", "--config", str(gateway.config), check=False)
    assert refused.returncode == 78 and "[unsafe]" in refused.stderr
    token.write_text("1234\n")
    token.chmod(0o600)
    all_readable(gateway)


def test_the_signing_key_is_exchanged_and_the_stolen_old_one_signs_nothing_newer(hospital, gateway, registry):
    exams = registry.several(2)
    hospital.prepare(*exams)
    orders.send(gateway.mllp_port, orders.orm(exams[0]))
    gateway.wait_for(delivered=1)
    auditors_copy = gateway.run("keys", "verifier", "--keys", str(gateway.folder / "keys.yaml")).stdout.strip()
    stolen = seed_of(key_file(gateway)["signing"][0]["key"])
    rotated = keys(gateway, "rotate-signing")
    orders.send(gateway.mllp_port, orders.orm(exams[1]))
    gateway.wait_for(delivered=2)
    assert gateway.stop() == 0
    # the key that the auditor has from before is enough
    verify = ["audit", "verify", "--config", str(gateway.config), "--key", auditors_copy, "--json"]
    verified = json.loads(gateway.run(*verify).stdout)
    assert verified["intact"] and verified["lastOutsideCheckpoint"] >= rotated["from"]
    assert gateway.run("keys", "verifier", "--keys", str(gateway.folder / "keys.yaml")).stdout.strip() == auditors_copy
    # the newest checkpoint has the new key's signature alone
    newest = max(gateway.checkpoints.glob("*.checkpoint"))
    assert rotated["key"].split("+")[2][:8] not in auditors_copy
    origin, root = auditors_copy.split("+")[0], verified["root"]
    # somebody with the old key signs the right size and root once more: the key is refused, not the contents
    forged = gateway.checkpoints / f"{verified['size']:020}.checkpoint"
    genuine = forged.read_bytes() if forged.exists() else None
    forged.write_text(signed_checkpoint(stolen, origin, verified["size"], root))
    refused = gateway.run(*verify, check=False)
    assert refused.returncode == 1
    assert any("ignature" in problem for problem in json.loads(refused.stdout)["problems"]), refused.stdout
    forged.write_bytes(genuine) if genuine else forged.unlink()
    assert newest.exists()
    # and with the handover gone the new key is nobody's
    handover = next(gateway.checkpoints.glob("*.handover"))
    inside = next((gateway.data / "checkpoints").glob("*.handover"))
    texts = handover.read_bytes(), inside.read_bytes()
    handover.unlink(), inside.unlink()
    assert gateway.run(*verify, check=False).returncode == 1
    keys(gateway, "rotate-signing", "--finish")
    assert (handover.read_bytes(), inside.read_bytes()) == texts
    assert gateway.run(*verify).returncode == 0
    gateway.start()
    assert gateway.stop() == 0


def test_a_shredded_patient_is_gone_and_the_log_is_whole(hospital, gateway, registry):
    exams = registry.several(2)
    hospital.prepare(*exams)
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=2)
    patient = f"hospital|{exams[0].patient_id}"
    refused = gateway.run("keys", "shred", "--patient", patient, "--reason", "case-1", "--config",
                          str(gateway.config), check=False)
    assert refused.returncode == 64, "nobody is there to say yes"
    shredded = keys(gateway, "shred", "--patient", patient, "--reason", "case-1", "--yes")
    assert shredded["keys"] >= 1 and shredded["orders"] == 1
    assert len((gateway.checkpoints / "destroyed-keys.txt").read_text().split()) >= shredded["keys"]
    assert gateway.verify()["exit"] == 0
    again = keys(gateway, "shred", "--patient", patient, "--reason", "case-1", "--yes", check=False)
    assert again["exit"] == 2 and again["error"]["code"] == "store.rowMissing"
    assert gateway.stop() == 0
    for name, trace in gateway.traces().items():
        assert exams[0].patient_id.encode() not in trace, name
    assert database_of(gateway.data).exists()
