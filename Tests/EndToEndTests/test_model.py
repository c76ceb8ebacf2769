"""A model is a folder: the commands on it, folders that somebody changed, several models, and models in the shadow."""

import hashlib
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

import orders
import pytest
import requests
from gateway import binary
from processes import wait_until
from radiographs import ROOT

BUNDLED = ROOT / "Sources" / "ImageClassifier" / "Models" / "chest-pneumonia-kermany"
ID = "chest-pneumonia-kermany"


def run(*arguments, check: int | None = 0) -> subprocess.CompletedProcess:
    result = subprocess.run([str(binary()), "model", *map(str, arguments)], capture_output=True, text=True, timeout=300,
                            stdin=subprocess.DEVNULL)
    assert check is None or result.returncode == check, result.stdout + result.stderr
    return result


def answer(*arguments, check: int | None = 0) -> dict:
    return json.loads(run(*arguments, "--json", check=check).stdout)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the bundled folder."""
    return Path(shutil.copytree(BUNDLED, tmp_path / "model"))


def describe(folder: Path, **changes):
    """Sets entries of model.json; None takes one away."""
    path = folder / "model.json"
    description = json.loads(path.read_text())
    for name, value in changes.items():
        if value is None:
            description.pop(name, None)
        else:
            description[name] = value
    path.write_text(json.dumps(description))


def metadata(folder: Path, **changes):
    """Changes the weights' metadata (`__` for `.`), and pins them anew."""
    path = folder / "weights.safetensors"
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    for name, value in changes.items():
        if value is None:
            header["__metadata__"].pop(name.replace("__", "."))
        else:
            header["__metadata__"][name.replace("__", ".")] = value
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + length:])
    describe(folder, weightsSHA256=sha256(path))


def another(folder: Path, name: str) -> dict:
    """The folder as a model of another id; its place in a configuration."""
    describe(folder, id=name)
    return {"folder": str(folder), "sha256": sha256(folder / "weights.safetensors")}


# the commands

def test_list_and_inspect_tell_what_the_files_say():
    [model] = [each for each in answer("list")["models"] if each["id"] == ID]
    assert model["sha256"] == sha256(BUNDLED / "weights.safetensors")
    assert model["cardSHA256"] == sha256(BUNDLED / json.loads((BUNDLED / "model.json").read_text())["card"]["file"])
    assert model["mode"] == "report" and model["bundled"]
    facts = answer("inspect", ID)
    content = (BUNDLED / "weights.safetensors").read_bytes()
    header = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])
    said = header["__metadata__"]
    assert facts["weightsSHA256"] == model["sha256"]
    assert facts["decision"]["threshold"] == float(said["decision.threshold"])
    assert facts["architecture"] == json.loads(said["architecture"])
    assert facts["headerRules"] == json.loads(said["headerRules"])
    assert facts["training"]["dataHash"] == said["training.dataHash"]
    members = json.loads(said["members"])
    first = [each["shape"] for name, each in header.items() if name.startswith(members[0] + ".")]
    parameters = sum(eval("*".join(map(str, shape))) for shape in first)
    assert facts["network"]["members"] == len(members) and facts["network"]["parameters"] == parameters
    assert "CC-BY-4.0" in run("inspect").stdout


def test_the_bundled_folder_passes_every_check():
    found = answer("verify")
    assert found["ok"] and found["id"] == ID
    statuses = {check["name"]: check["status"] for check in found["checks"]}
    assert set(statuses.values()) <= {"ok", "skipped"}
    assert all(status == "ok" for name, status in statuses.items() if name != "selfTest")


def exchanged(folder: Path):
    report = json.loads((folder / "model.json").read_text())["report"]
    describe(folder, report=report | {"present": report["absent"], "absent": report["present"]})


def test_a_pinned_description_finds_exchanged_answers(folder):
    digest = sha256(folder / "model.json")
    assert answer("verify", folder, "--description-sha256", digest)["descriptionSHA256"] == digest
    assert digest in run("verify", folder).stdout and digest in run("inspect", folder).stdout
    assert digest in run("list").stdout
    exchanged(folder)
    assert answer("verify", folder)["ok"]  # the folder alone cannot tell
    found = answer("verify", folder, "--description-sha256", digest, check=1)
    assert codes(found) == ["classifier.weightsDigestMismatch"]


def test_the_gateway_does_not_start_with_another_description(hospital, make_gateway, folder):
    section = another(folder, "vendor") | {"descriptionSHA256": sha256(folder / "model.json")}
    exchanged(folder)
    gateway = make_gateway(models=[section])
    result = gateway.run("serve", "--config", str(gateway.config), check=False, timeout=60)
    assert result.returncode == 78 and "descriptionSHA256" in result.stderr
    assert "classifier.weightsDigestMismatch" in result.stderr


def test_a_code_is_told_once(folder):
    spoil(folder)
    assert run("inspect", folder, check=None).stderr.count("[classifier.weightsDigestMismatch]") == 1


@pytest.mark.parametrize("name", ["weights.safetensors", "card.json", "model.json"])
def test_a_pipe_in_the_folder_stops_nothing(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert answer("verify", folder, check=1)["ok"] is False


def test_names_of_a_file_cannot_take_a_terminal_over(folder):
    metadata(folder, **{"gate__\x1b]0;owned\x07": "x"})
    for command in ["inspect", "verify"]:
        result = run(command, folder, check=None)
        assert result.returncode != 0 and "\x1b" not in result.stdout + result.stderr


def test_a_self_test_is_written_and_holds_and_a_changed_bit_fails(folder, tmp_path):
    file = folder / "selftest.json"
    file.unlink(missing_ok=True)
    run("verify", folder, "--write-selftest", file)
    found = answer("verify", folder)
    assert {"name": "selfTest", "status": "ok"}.items() <= found["checks"][-3].items()
    test = json.loads(file.read_text())
    bits = int(test["images"][0]["logit"], 16)
    test["images"][0]["logit"] = f"{bits ^ 1:016x}"
    file.write_text(json.dumps(test))
    assert codes(answer("verify", folder, check=1)) == ["classifier.selfTestFailed"]
    assert run("verify", folder, "--write-selftest", file, check=None).returncode == 2  # never overwritten


def codes(found: dict) -> list[str]:
    return [check["code"] for check in found["checks"] if check["status"] == "problem"]


def spoil(folder: Path):
    path = folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


def not_finite(folder: Path):
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + struct.pack("<f", float("nan")))
    describe(folder, weightsSHA256=sha256(path))


def operation(folder: Path):
    content = (folder / "weights.safetensors").read_bytes()
    said = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])["__metadata__"]
    metadata(folder, architecture=said["architecture"].replace('"convolution"', '"attention"', 1))


def card_changed(folder: Path):
    path = folder / json.loads((folder / "model.json").read_text())["card"]["file"]
    path.write_text(path.read_text() + " ")


def card_gone(folder: Path):
    (folder / json.loads((folder / "model.json").read_text())["card"]["file"]).unlink()


def normal(folder: Path):
    report = json.loads((folder / "model.json").read_text())["report"]
    describe(folder, report=report | {"negativeWords": "The chest is normal."})


TAMPERED = {
    "a bit of the weights": (spoil, "classifier.weightsDigestMismatch"),
    "a value that is not a number": (not_finite, "classifier.weightsNotFinite"),
    "an unknown operation": (operation, "classifier.operationUnknown"),
    "an unknown version of the weights": (
        lambda folder: metadata(folder, format="imaging-gateway/model/9"), "classifier.modelFormatUnknown"),
    "another preprocessing": (
        lambda folder: metadata(folder, preprocessing="1"), "classifier.preprocessingVersionMismatch"),
    "missing metadata": (
        lambda folder: metadata(folder, decision__threshold=None), "classifier.weightsIncomplete"),
    "another card": (card_changed, "classifier.cardDigestMismatch"),
    "no card": (card_gone, "classifier.cardMissing"),
    "no card pinned": (lambda folder: describe(folder, card=None), "classifier.cardMissing"),
    "no licence": (lambda folder: (folder / "LICENSE").unlink(), "classifier.licenceMissing"),
    "no description": (lambda folder: (folder / "model.json").unlink(), "classifier.modelUnreadable"),
    "an entry that nobody knows": (
        lambda folder: describe(folder, override=True), "classifier.modelDescriptionInvalid"),
    "a routing for everything": (lambda folder: describe(folder, routing={"any": [{}]}), "mapping.invalidValue"),
    "words that call it normal": (normal, "reporting.templateInvalid"),
}


@pytest.mark.parametrize("how", TAMPERED, ids=lambda how: how.replace(" ", "-"))
def test_a_tampered_folder_is_refused_with_its_code(folder, how):
    tamper, code = TAMPERED[how]
    tamper(folder)
    found = answer("verify", folder, check=1)
    assert code in codes(found) and not found["ok"]
    assert code in run("verify", folder, check=1).stdout


def test_the_digest_that_the_vendor_gave_is_compared(folder):
    assert answer("verify", folder, "--sha256", sha256(folder / "weights.safetensors"))["ok"]
    assert codes(answer("verify", folder, "--sha256", "0" * 64, check=1)) == ["classifier.weightsDigestMismatch"]
    assert run("verify", folder / "nowhere", check=None).returncode == 2


# the gateway

def classified(gateway) -> list[dict]:
    """The outcomes of `classify` in the log, in their order."""
    text = gateway.run("audit", "show", "--event", "classify", "--limit", "1000", "--config", str(gateway.config),
                       "--json").stdout
    found = []
    for entry in json.loads(text).get("entry", []):
        details = {detail["type"]: detail.get("valueString", "")
                   for entity in entry["resource"].get("entity", []) for detail in entity.get("detail", [])}
        if "decision" in details or "refusal" in details:
            found.append(details)
    return found


def series(gateway, name: str) -> dict[str, float]:
    lines = requests.get(f"{gateway.admin}/metrics", timeout=10).text.splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name)}


@pytest.mark.parametrize("how", ["a bit of the weights", "an unknown operation", "another card", "no card"],
                         ids=lambda how: how.replace(" ", "-"))
def test_the_gateway_does_not_start_with_a_tampered_folder(hospital, make_gateway, folder, how):
    tamper, code = TAMPERED[how]
    another(folder, "vendor")
    pinned = sha256(folder / "weights.safetensors")
    tamper(folder)
    # Who changes the operations pins them anew in both places.
    if how == "an unknown operation":
        pinned = sha256(folder / "weights.safetensors")
    gateway = make_gateway(models=[{"folder": str(folder), "sha256": pinned}])
    result = gateway.run("serve", "--config", str(gateway.config), check=False, timeout=60)
    assert result.returncode == 78
    assert code in result.stderr and "models[0]" in result.stderr
    listed = gateway.run("model", "list", "--config", str(gateway.config), check=False)
    assert listed.returncode == 1 and code in listed.stdout


def test_the_configuration_pins_the_weights_a_second_time(hospital, make_gateway, folder):
    section = another(folder, "vendor")
    gateway = make_gateway(models=[section | {"sha256": "0" * 64}])
    result = gateway.run("serve", "--config", str(gateway.config), check=False, timeout=60)
    assert result.returncode == 78 and "classifier.weightsDigestMismatch" in result.stderr


def test_a_rule_that_names_a_model_which_is_not_there_stops_the_start(hospital, make_gateway, folder):
    gateway = make_gateway(models=[another(folder, "vendor")])  # the shipped routing names the bundled model
    result = gateway.run("serve", "--config", str(gateway.config), check=False, timeout=60)
    assert result.returncode == 78 and "mapping.modelUnknown" in result.stderr and ID in result.stderr


def test_a_shadow_model_is_recorded_and_counted_and_never_reported(hospital, make_gateway, registry, folder):
    gateway = make_gateway(models=[{"bundled": ID}, another(folder, "candidate") | {"mode": "shadow"}]).start()
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=1)
    wait_until(lambda: any("candidate" in key for key in series(gateway, "imaging_gateway_model_results_total")), 60,
               "the shadow model is counted")
    counted = series(gateway, "imaging_gateway_model_results_total")
    assert sum(counted.values()) == 2
    assert {key.split('mode="')[1].split('"')[0] for key in counted} == {"report", "shadow"}
    assert {key.split('outcome="')[1] for key in counted} == {next(iter(counted)).split('outcome="')[1]}
    records = classified(gateway)
    assert sorted((record["mode"], record["model"]) for record in records) == [("report", ID), ("shadow", "candidate")]
    first, second = records
    assert first.get("probability") == second.get("probability") and first.get("refusal") == second.get("refusal")
    for kind in ("Device", "DiagnosticReport", "Observation", "Provenance"):
        assert "candidate" not in json.dumps(hospital.sekmet.search(kind))


def test_shadow_models_alone_end_an_order_without_a_report(hospital, make_gateway, registry):
    before = hospital.totals()  # of the tests before this one
    gateway = make_gateway(models=[{"bundled": ID, "mode": "shadow"}]).start()
    exam = registry.exam()
    hospital.prepare(exam)
    orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(notApplicable=1)
    [order] = gateway.orders()
    assert order["notApplicable"] == "shadowOnly"
    wait_until(lambda: classified(gateway), 60, "the shadow model is shown the study after the order has ended")
    assert [record["mode"] for record in classified(gateway)] == ["shadow"]
    assert hospital.totals() == before and hospital.reports(exam) == []
