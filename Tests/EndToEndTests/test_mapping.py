"""`map test --fhir`, `map lint` and `map diff`, judged by software that we did not write: fhirkit-rs and fhir.resources
validate the views, python-hl7 reads the same messages, hl7apy builds some of them.
"""

import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import fhirkit
import hl7
import pytest
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.servicerequest import ServiceRequest
from hl7apy.core import Message

from gateway import binary
from radiographs import ROOT

SHARED = Path(os.environ.get("IMAGING_GATEWAY_SHARED", ROOT.parent / "shared"))
EXAMPLES = ROOT / "mappings/sites/examples"
TYPES = {"serviceRequest": ServiceRequest, "patient": Patient}

# Every field that the views read, each filled as no hospital would.
FULL = "\r".join([
    r"MSH|^~\&|HIS|HOSP|A|B|20260301090000+0100||OMG^O19^OMG_O19|M1|P|2.5.1",
    "PID|1|0001^^^HOSP^PI|4711^^^HOSP&2.999.1&ISO^MR^^20200101^20300101~0815^^^CITY^PI|A4^^^HOSP|DOE^ANNA^MARIA^JR^DR^^L~"
    "ROE^ANNA^^^^^M|SMITH^EVA|202201020311|A|AN^NA^^^^^N|2106-3^White^HL70005|1 ROAD^2ND FLOOR^TOWN^ST^12345^DEU^H~^^TOWN"
    "^^^^M|COUNTY|^PRN^PH^^49^30^1234^5~^NET^Internet^a@b.example|555-2|de^German^BCP47|G^Together^HL70002|X^Words^L|77|"
    "999-99-9999|DL1^ST^20300101||H|TOWN|Y|2|DEU^Germany^ISO3166_1|V|FRA^France^ISO3166_1|20260301|Y",
    r"NTE|1||Of the patient",
    "ORC|SC|P1^HIS|F1^RIS|G1^HIS|A||1^once^^202603010930^202603011000^T5||20260301085500|||1^CARE^ALEX^^^DR^^^HOSP&2.999"
    r".1&ISO^^^^NPI||||R^Reason^L||||||||||||R^Restricted^HL70177|I^Inpatient^HL70482||||AP1^^^HIS|||||FG1^RIS",
    "TQ1|1||||||20260301093000|20260301100000|C^Callback^HL70485||By bed",
    "OBR|1|P1^HIS|F1^RIS|XR^Chest^L^36643-5^XR Chest^LN^^^Original|||||||G||^Fever \\T\\ cough||^^^CHEST|2^OTHER||ACC1|RP1|"
    "SPS1||||XR|||^^^20260302||PP1&HIS^PF1&RIS||R05^Cough^I10~^Only words||||||||||||||XR9^Chest^L||A^B^L|C^D^L",
    "NTE|1||Of the order", "OBX|1|ST|A||B", "NTE|1||Of a value", ""])
EMPTY = '\r'.join([
    r"MSH|^~\&|HIS|HOSP|A|B|20260301||ORM^O01|M2|P|2.3.1", 'PID|1||""|||""|""|""|||""|||^PRN^PH', 'ORC|NW|P1^HIS|""',
    'OBR|1|||^""^|||||||||""^|||^', ""])


def run(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([binary(), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)


def readings(path: Path, *more) -> list[dict]:
    result = run("map", "test", path, "--fhir", "--json", "--mappings", ROOT / "mappings", *more)
    return json.loads(result.stdout)["messages"]


def views(path: Path, *more) -> list[dict]:
    return [order["fhir"] for message in readings(path, *more) for order in message["orders"]]


def objections(view: dict) -> list[str]:
    """What fhirkit (R4), fhir.resources (R4B) and the rule against empty objects say against a view."""
    found = []
    for name, model in TYPES.items():
        if view[name] is None:
            continue
        found += [f"{name}: fhirkit: {issue}" for issue in fhirkit.validate(view[name])]
        try:
            model.model_validate(view[name])
        except ValueError as error:
            found.append(f"{name}: fhir.resources: {error}")
        found += [f"{name}: blank at {place}" for place in blanks(view[name], name)]
    return found


def blanks(value, place: str):
    if value in ("", None, [], {}):
        yield place
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from blanks(item, f"{place}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from blanks(item, f"{place}[{index}]")


def omi() -> str:
    """An OMI^O23 by hl7apy, whose structures know IPC."""
    message = Message("OMI_O23", version="2.5.1")
    message.msh.msh_3, message.msh.msh_4 = "HIS", "HOSP"
    message.msh.msh_7, message.msh.msh_9 = "20260301090000+0100", "OMI^O23^OMI_O23"
    message.msh.msh_10, message.msh.msh_11 = "M3", "P"
    patient = message.add_group("OMI_O23_PATIENT")
    patient.pid.pid_3, patient.pid.pid_5 = "4711^^^HOSP^MR", "DOE^ANNA"
    patient.pid.pid_7, patient.pid.pid_8 = "20220102", "F"
    order = message.add_group("OMI_O23_ORDER")
    order.orc.orc_1, order.orc.orc_2, order.orc.orc_3 = "NW", "P1^HIS", "F1^RIS"
    order.obr.obr_4 = "36643-5^XR Chest^LN"
    ipc = order.add_segment("IPC")
    ipc.ipc_1, ipc.ipc_2, ipc.ipc_3 = "ACC1^RIS", "RP1^RIS", "1.2.3.4.5"
    ipc.ipc_4, ipc.ipc_5 = "SPS1^RIS", "DX"
    return message.to_er7()


class TestViews:
    @pytest.mark.parametrize("message", [FULL, EMPTY, omi()], ids=["everything", "nothing", "omi"])
    def test_views_are_valid_for_software_that_is_not_ours(self, tmp_path, message):
        path = tmp_path / "m.hl7"
        path.write_text(message, newline="")
        found = views(path)
        assert len(found) == 1 and objections(found[0]) == []

    @pytest.mark.parametrize("site", ["order-filler-style", "enterprise-ehr-style"])
    def test_the_worked_examples_are_valid_and_agree_with_python_hl7(self, site):
        path = EXAMPLES / f"{site}.hl7"
        found = views(path, "--mapping", f"sites/{site}.yaml")
        assert found and all(objections(view) == [] for view in found)
        message = hl7.parse(path.read_bytes().decode("latin-1"))
        numbers = [str(repetition[0]) for repetition in message.segment("PID")[3]]
        for view in found:
            assert [identifier["value"] for identifier in view["patient"]["identifier"]] == numbers
            assert view["patient"]["name"][0]["family"] == str(message["PID.F5.R1.C1"])

    def test_a_code_without_a_fhir_code_is_kept_and_told(self, tmp_path):
        (tmp_path / "m.hl7").write_text(FULL, newline="")
        view = views(tmp_path / "m.hl7")[0]
        code = view["serviceRequest"]["code"]
        assert [coding["code"] for coding in code["coding"]] == ["XR", "36643-5"] and code["text"] == "Original"
        assert "system" not in code["coding"][0] and code["coding"][1]["system"] == "http://loinc.org"
        assert {"path": "OBR-4[1].3", "table": "HL70396"} in view["unmapped"]

    def test_the_orders_of_the_sample_messages_are_valid(self, tmp_path):
        files = sorted((SHARED / "data/hl7-samples").rglob("*.hl7"))
        if not files:
            warnings.warn("SKIPPED LOUDLY: no ../shared/data/hl7-samples on this machine")
            pytest.skip("no ../shared/data/hl7-samples on this machine")
        result = run("map", "test", *files, "--fhir", "--json", "--mappings", ROOT / "mappings")
        found = [(message["file"], order["fhir"]) for message in json.loads(result.stdout)["messages"]
                 for order in message.get("orders", [])]
        wrong = {Path(file).name: objections(view) for file, view in found if objections(view)}
        assert len(found) > 5 and wrong == {}


class TestLint:
    def test_what_ships_is_right(self):
        result = run("map", "lint", ROOT / "mappings", "--strict", "--json")
        answer = json.loads(result.stdout)
        assert result.returncode == 0 and answer["ok"] and answer["findings"] == [] and answer["files"] >= 8

    def test_every_mistake_of_every_file_is_told_with_its_line(self, tmp_path):
        folder = shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
        (folder / "sites/mine.yaml").write_text(
            "version: 1\nextends: ../orders/default.yaml\norder:\n  modality: OBR.24\n  sexes: PID-8\n")
        (folder / "codes/rooms.yaml").write_text("version: 1\ncodes: {A: [B]}\n")
        result = run("map", "lint", folder)
        assert result.returncode == 1
        for place in ("sites/mine.yaml:4: order.modality", "sites/mine.yaml:5: order.sexes", "codes/rooms.yaml:2"):
            assert place in result.stdout
        assert run("map", "lint", tmp_path / "nowhere").returncode == 78

    def test_a_warning_counts_only_when_strict(self, tmp_path):
        folder = shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
        (folder / "codes/rooms.yaml").write_text("version: 1\ncodes: {A: B}\n")
        assert run("map", "lint", folder).returncode == 0
        result = run("map", "lint", folder, "--strict")
        assert result.returncode == 1 and "[mapping.unusedCodeMap]" in result.stdout


class TestDiff:
    def diff(self, new: Path, *more) -> subprocess.CompletedProcess:
        return run("map", "diff", ROOT / "mappings", new, "--corpus", EXAMPLES, *more)

    def test_the_same_folder_changes_nothing(self):
        result = self.diff(ROOT / "mappings", "--json")
        assert result.returncode == 0 and json.loads(result.stdout)["messages"] == 2

    def test_what_changes_is_told_by_message_and_field_without_values(self, tmp_path):
        folder = shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
        default = folder / "orders/default.yaml"
        default.write_text(default.read_text().replace("patientName: PID-5", "patientName: PID-9"))
        result = self.diff(folder)
        assert result.returncode == 1 and "patientName: no longer said (PID-5 → nowhere)" in result.stdout
        assert "SAMPLE" not in result.stdout and "PROBE" not in result.stdout
        assert "SAMPLE" in self.diff(folder, "--show-values").stdout
        answer = json.loads(self.diff(folder, "--json").stdout)
        assert answer["changed"] == 2 and answer["fields"] == {"patientName": 2}

    def test_a_file_that_holds_no_message_is_told(self, tmp_path):
        (tmp_path / "empty").write_text("")
        result = run("map", "diff", ROOT / "mappings", ROOT / "mappings", "--corpus", EXAMPLES, tmp_path)
        assert result.returncode == 2 and "empty" in result.stderr
