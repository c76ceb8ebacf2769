"""What an operator meets: check, health, metrics, a second serve."""

import re

import orders
import requests
import yaml


def test_check_accepts_the_configuration_and_refuses_an_unknown_key(make_gateway):
    gateway = make_gateway()
    gateway.run("check", "--config", str(gateway.config))
    spoiled = gateway.folder / "spoiled.yaml"
    spoiled.write_text(yaml.safe_dump(gateway.settings | {"delivary": "on"}))
    result = gateway.run("check", "--config", str(spoiled), check=False)
    assert result.returncode != 0
    assert "delivary" in result.stdout + result.stderr


def test_a_listener_that_others_can_reach_needs_TLS(make_gateway):
    gateway = make_gateway()
    open_to_all = gateway.settings | {"listeners": {"mllp": [{"host": "0.0.0.0", "port": 2575, "source": "his"}]}}
    (gateway.folder / "open.yaml").write_text(yaml.safe_dump(open_to_all))
    result = gateway.run("check", "--config", str(gateway.folder / "open.yaml"), check=False)
    assert result.returncode != 0
    assert "listeners.mllp[0]" in result.stdout + result.stderr


def test_keys_init_makes_a_file_for_its_owner_only_and_never_overwrites_one(make_gateway):
    gateway = make_gateway()
    keys = gateway.folder / "keys.yaml"
    assert keys.stat().st_mode & 0o077 == 0
    before = keys.read_bytes()
    assert gateway.run("keys", "init", "--out", str(keys), check=False).returncode != 0
    assert keys.read_bytes() == before


def test_health_and_metrics_answer_without_patient_data(hospital, gateway, registry):
    assert requests.get(f"{gateway.admin}/health/live", timeout=5).ok
    assert requests.get(f"{gateway.admin}/health/ready", timeout=5).ok
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    text = gateway.metrics()
    assert not any(secret in text for secret in exam.secrets())
    samples = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert samples
    assert all(re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})? [-+0-9.eEINFNa]+", line) for line in samples)


def test_a_second_serve_on_the_same_data_folder_is_refused(gateway):
    second = gateway.run("serve", "--config", str(gateway.config), check=False, timeout=30)
    assert second.returncode != 0
    assert gateway.process.running


def test_no_listener_answers_elsewhere_than_on_loopback(gateway):
    for kind in ("tcp", "tcp6"):
        with open(f"/proc/{gateway.process.child.pid}/net/{kind}") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        ours = {gateway.mllp_port, gateway.fhir_port, gateway.admin_port}
        for row in rows:
            address, port = row[1].split(":")
            if row[3] == "0A" and int(port, 16) in ours:
                assert address in ("0100007F", "00000000000000000000000001000000")
