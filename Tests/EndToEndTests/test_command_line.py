"""The command line by itself: what it prints, its JSON, its exit codes, help and completion. Nothing is served."""

import json
import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path

import numpy
import orders
import pydicom
import pytest
import yaml
from exams import Registry
from gateway import binary
from PIL import Image
from radiographs import ROOT, dicom
from test_check import run

ANSWERS = ["--ehr", "http://127.0.0.1:9/fhir", "--archive", "http://127.0.0.1:9/dicom-web", "--patient-namespace", "HOSP",
           "--patient-system", "urn:oid:2.999.1"]
ORDER = "\r".join([
    r"MSH|^~\&|HIS|HOSP|GW|GW|20261121101500||ORM^O01|M1|P|2.3.1",
    "PID|1||QS1001^^^HOSP^MR||Invented^Sam||20220412|M",
    "ORC|NW|P100^HIS|F100^RIS||SC||^^^20261121120000||20261121101400",
    "OBR|1|P100^HIS|F100^RIS|36572-6^XR Chest AP^LN||||||||||||||ACC100||||||DX", ""])


class TestInit:
    def test_missing_answers_are_named_and_nothing_is_made(self, tmp_path):
        result = run("init", "--yes", folder=tmp_path)
        assert result.returncode == 64 and list(tmp_path.iterdir()) == []
        for option in ("--ehr", "--archive", "--patient-namespace", "--patient-system"):
            assert option in result.stderr
        error = json.loads(run("init", "--json", folder=tmp_path).stdout)
        assert error["ok"] is False and error["error"]["code"] == "setup.answerMissing"

    @pytest.mark.parametrize("option, value", [
        ("--ehr", "ftp://x"), ("--ehr", "http://10.0.0.1/fhir"), ("--mllp-port", "70000"), ("--time-zone", "Mars"),
        ("--patient-system", "HOSP"), ("--ehr-token-file", "/nowhere"), ("--delivery", "perhaps"), ("--source", "ehr"),
        ("--archive-user", "somebody"), ("--mllp-host", "0.0.0.0"), ("--admin-port", "2575")])
    def test_a_wrong_answer_is_refused_before_anything_is_made(self, tmp_path, option, value):
        result = run("init", "--yes", "--mappings", ROOT / "mappings", *ANSWERS, option, value, folder=tmp_path)
        assert result.returncode == 64 and list(tmp_path.iterdir()) == [], result.stdout
        assert "setup.answer" in result.stderr

    def test_nothing_is_ever_overwritten(self, tmp_path):
        first = run("init", "--yes", "--folder", tmp_path / "site", *ANSWERS)
        assert first.returncode == 0, first.stderr
        assert "check --config" in first.stdout and "serve --config" in first.stdout
        before = {path: path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()}
        again = run("init", "--yes", "--folder", tmp_path / "site", *ANSWERS)
        assert again.returncode == 2 and "never overwritten" in again.stderr
        assert before == {path: path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()}
        assert (tmp_path / "site" / "mappings" / "orders" / "default.yaml").exists()

    def test_on_a_terminal_it_asks_and_asks_again(self, tmp_path):
        child, master = pty.fork()
        if child == 0:
            os.chdir(ROOT)
            os.execv(str(binary()), ["imaging-gateway", "init", "--folder", str(tmp_path / "site"), "--fhir-port", "18080"])
        seen = ""

        def until(text, answer):
            nonlocal seen
            end = time.monotonic() + 20
            while text not in seen:
                assert time.monotonic() < end, seen
                if select.select([master], [], [], 0.2)[0]:
                    seen += os.read(master, 4096).decode()
            os.write(master, (answer + "\n").encode())
            seen = ""
        until("FHIR R4 endpoint?", "nonsense")
        until("expected an http or https URL", "http://127.0.0.1:9/fhir")
        until("bearer token?", "")
        until("answers for the reports?", "Hospital of the Tests")
        until("DICOMweb root?", "http://127.0.0.1:9/dicom-web")
        until("User at the archive", "")
        until("namespace do patient numbers", "HOSP")
        until("same numbers have in the EHR?", "urn:oid:2.999.1")
        until("placer order numbers", "HIS")
        until("FHIR system do they have", "urn:oid:2.999.2")
        until("filler order", "")
        until("orders come in", "")
        until("health and metrics", "19090")
        until("time zone", "Europe/Berlin")
        output = seen
        while True:
            try:
                data = os.read(master, 4096).decode()
            except OSError:
                break
            if not data:
                break
            output += data
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert "Next:" in output
        settings = yaml.safe_load((tmp_path / "site" / "gateway.yaml").read_text())
        assert settings["ehr"]["fhir"]["organization"] == "Hospital of the Tests"
        assert settings["assigners"]["placer"] == {"hl7": ["HIS"], "fhir": "urn:oid:2.999.2"}
        assert settings["sources"]["his"]["timeZone"] == "Europe/Berlin"
        assert settings["listeners"]["mllp"][0]["port"] == 2575 and settings["listeners"]["fhir"]["port"] == 18080


class TestMapTest:
    def test_an_order_is_shown_with_places_routing_and_reply(self, tmp_path):
        (tmp_path / "order.hl7").write_text(ORDER, newline="")
        result = run("map", "test", tmp_path / "order.hl7")
        assert result.returncode == 0, result.stderr
        for line in (r"placerOrderNumber +ORC-2 +P100 of HIS", r"patientName +PID-5 +Sam Invented", r"filler +RIS +F100",
                     r"chest-radiograph #1 +fulfilled", r"for the model chest-pneumonia-kermany", r"Acknowledgement: AA"):
            assert re.search(line, result.stdout), line

    @pytest.mark.parametrize("form", ["CR", "LF", "CRLF", "frame", "batch", "stdin"])
    def test_every_form_of_file_is_read_alike(self, tmp_path, form):
        data = ORDER.encode()
        two = ORDER.replace("|M1|", "|M2|").encode()
        forms = {"CR": data + two, "LF": (data + two).replace(b"\r", b"\n"), "CRLF": (data + two).replace(b"\r", b"\r\n"),
                 "frame": b"\x0b" + data + b"\x1c\r\x0b" + two + b"\x1c\r",
                 "batch": b"FHS|^~\\&\rBHS|^~\\&\r" + data + two + b"BTS|2\rFTS|1\r", "stdin": data + b"\n\n" + two}
        path = tmp_path / "messages"
        path.write_bytes(forms[form])
        with open(path, "rb") as stdin:
            result = subprocess.run([binary(), "map", "test", "-" if form == "stdin" else path, "--json"], cwd=ROOT,
                                    stdin=stdin, capture_output=True, text=True)
        answer = json.loads(result.stdout)
        assert result.returncode == 0 and answer["ok"]
        assert [message["controlID"] for message in answer["messages"]] == ["M1", "M2"]
        assert all(message["orders"][0]["routing"]["model"] == "chest-pneumonia-kermany" for message in answer["messages"])

    def test_what_would_be_refused_ends_with_1_and_says_where(self, tmp_path):
        (tmp_path / "a.hl7").write_text(ORDER.replace("QS1001^^^HOSP^MR", ""))
        result = run("map", "test", tmp_path / "a.hl7", "--json")
        message = json.loads(result.stdout)["messages"][0]
        assert result.returncode == 1 and message["acknowledgment"]["code"] == "AE"
        assert message["acknowledgment"]["errors"][0]["location"].startswith("PID^1^3")
        assert message["acknowledgment"]["errors"][0]["code"] == "101"
        (tmp_path / "b.hl7").write_text("this is no message\r")
        nothing = run("map", "test", tmp_path / "b.hl7", "--json")
        assert nothing.returncode == 1 and json.loads(nothing.stdout)["messages"][0]["acknowledgment"]["code"] == "AR"
        assert run("map", "test", tmp_path / "absent").returncode == 2

    def test_redacted_nothing_of_the_patient_is_printed(self, tmp_path):
        (tmp_path / "order.hl7").write_text(ORDER)
        for more in ([], ["--json"]):
            result = run("map", "test", tmp_path / "order.hl7", "--redact", *more)
            assert result.returncode == 0
            assert not any(value in result.stdout for value in ("QS1001", "Invented", "Sam", "20220412", "F100", "P100"))

    def test_it_answers_as_serve_does(self, make_gateway, registry, hospital):
        gateway = make_gateway()
        exam = registry.exam()
        hospital.prepare(exam)
        (gateway.folder / "order.hl7").write_bytes(orders.orm(exam))
        result = gateway.run("map", "test", "order.hl7", "--config", str(gateway.config), "--json")
        read = json.loads(result.stdout)["messages"][0]
        assert not gateway.data.exists(), "nothing is stored"
        gateway.start()
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == read["acknowledgment"]["code"] == "AA"
        assert {key["kind"] for key in read["orders"][0]["identity"]} == {"accession", "filler", "placer"}


@pytest.fixture
def files(registry, tmp_path):
    """A folder as archives export them: names that identify, at two levels, and something that is no DICOM."""
    folder = tmp_path / "Invented^Sam" / "study"
    folder.mkdir(parents=True)
    exams = registry.several(3)
    for exam in exams:
        (folder / f"{exam.patient_id}.dcm").write_bytes(dicom(exam))
    (folder / "readme.txt").write_text("no DICOM")
    return tmp_path / "Invented^Sam", exams


class TestDeidentify:
    def test_a_folder_is_deidentified_with_receipts_under_names_that_say_nothing(self, files, tmp_path):
        folder, exams = files
        out = tmp_path / "out"
        result = run("deidentify", folder, "--out", out)
        assert result.returncode == 1, "the text file was left out"
        assert "3 files written" in result.stdout and "readme.txt: left out [dicom." in result.stdout
        written = sorted(out.rglob("*.dcm"))
        receipts = [path for path in out.rglob("*.json") if path.name != "certificate.json"]
        assert len(written) == len(receipts) == 3 and len(list(out.glob("*/certificate.json"))) == len(list(out.iterdir()))
        for path in written:
            data = path.read_bytes()
            for exam in exams:
                assert not any(secret.encode() in data for secret in exam.secrets() if len(secret) > 3)
                assert not any(secret in str(path.relative_to(out)) for secret in exam.secrets())
            ds = pydicom.dcmread(path)
            assert path.stem == ds.SOPInstanceUID and path.parent.name == ds.SeriesInstanceUID
            assert path.parent.parent.name == ds.StudyInstanceUID and ds.PatientIdentityRemoved == "YES"
            receipt = json.loads(path.with_suffix(".json").read_text())
            assert receipt["sopInstanceUID"] == ds.SOPInstanceUID and receipt["methodCodes"]
            assert receipt["burnedInText"] in ("declaredAbsent", "unchecked")
            assert not any(secret in path.with_suffix(".json").read_text() for exam in exams for secret in exam.secrets())

    def test_with_a_key_file_the_names_are_the_same_and_nothing_is_overwritten(self, files, tmp_path):
        folder, _ = files
        keys = tmp_path / "keys.yaml"
        assert run("keys", "init", "--out", keys).returncode == 0
        first = run("deidentify", folder, "--out", tmp_path / "a", "--keys", keys, "--json")
        names = sorted(path.name for path in (tmp_path / "a").rglob("*.dcm"))
        lines = [json.loads(line) for line in first.stdout.splitlines()]
        assert lines[-1]["summary"]["written"] == 3 and lines[-1]["summary"]["failed"] == 1
        run("deidentify", folder, "--out", tmp_path / "b", "--keys", keys)
        assert sorted(path.name for path in (tmp_path / "b").rglob("*.dcm")) == names
        run("deidentify", folder, "--out", tmp_path / "c")
        assert sorted(path.name for path in (tmp_path / "c").rglob("*.dcm")) != names
        before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*")}
        again = run("deidentify", folder, "--out", tmp_path / "a", "--keys", keys)
        assert again.returncode == 1 and again.stdout.count("file.exists") == 3
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*")} == before


class TestClassify:
    def test_an_overlay_is_written_for_what_is_scored(self, files, tmp_path):
        folder, _ = files
        result = run("classify", folder, "--overlay", tmp_path / "pictures", "--json")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.returncode == 1 and len(lines) == 4
        scored = [line for line in lines if "probability" in line]
        assert {line["overlay"] for line in scored} == {str(path) for path in (tmp_path / "pictures").glob("*")} or not scored
        for line in scored:
            assert re.search(r"\.dcm\.[0-9a-f]{8}\.overlay\.png$", line["overlay"])
            assert Path(line["overlay"]).stat().st_mode & 0o077 == 0, "the picture is the radiograph"
            picture = numpy.asarray(Image.open(line["overlay"]))
            assert picture.ndim == 3 and picture.shape[0] > 100 and (picture[..., 0] != picture[..., 2]).any(), "in colour"
        if scored:
            again = run("classify", folder, "--overlay", tmp_path / "pictures")
            assert again.returncode == 1 and again.stdout.count("no picture written [file.exists]") == len(scored)
            assert again.stdout.count(" p=") == len(scored), "the score is told all the same"


class TestForms:
    def test_errors_are_JSON_too_where_JSON_is_asked_for(self, tmp_path):
        for command in (["orders", "list"], ["orders", "show", "x"], ["orders", "retry", "x"], ["orders", "resolve", "x"],
                        ["orders", "release", "--since", "2026-01-01T00:00:00Z"], ["audit", "verify"],
                        ["audit", "show", "--order", "x"], ["keys", "verifier", "--keys", "absent"],
                        ["init"]):
            result = run(*command, "--json", folder=tmp_path)
            answer = json.loads(result.stdout)
            assert answer["ok"] is False and set(answer["error"]) == {"code", "message"}, command
            assert result.returncode in (2, 64, 78) and result.stderr == "", command
        assert run("orders").returncode in (0, 64) and run("orders", "list", "--state", "nonsense").returncode == 64

    def commands(self, text: str) -> list[str]:
        return re.findall(r"^  ([a-z][a-z-]+) {2,}\S", text.split("USAGE:")[1], re.M)

    def test_help_reads_well_everywhere(self):
        pages, queue = {}, [()]
        while queue:
            path = queue.pop()
            page = run("help", *path).stdout
            pages[path] = page
            assert page.startswith("OVERVIEW: ") and not re.search(r"[^ ]\\\n", page), path
            # the usage stands in one line, however long
            assert max(len(line) for line in page.splitlines() if not line.startswith("USAGE:")) <= 80, path
            queue += [(*path, name) for name in self.commands(page) if len(path) < 2 and name != "help"]
        assert {("init",), ("check",), ("map", "test"), ("audit", "verify"), ("orders", "release")} <= set(pages)
        leaves = [path for path in pages if len(path) == 2 or path in [("init",), ("check",), ("classify",), ("deidentify",)]]
        for path in leaves:
            if path not in [("orders", "retry"), ("orders", "resolve"), ("orders", "show")]:
                assert "xample" in pages[path], path

    def test_completion_works_in_a_real_bash(self, tmp_path):
        def complete(*words: str) -> list[str]:
            script = f"""
                PATH={binary().parent}:$PATH
                source <({binary()} --generate-completion-script bash)
                COMP_WORDS=(imaging-gateway {' '.join(f"'{word}'" for word in words)})
                COMP_CWORD={len(words)}; COMP_LINE="imaging-gateway {' '.join(words)}"; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9
                function_name=$(complete -p imaging-gateway | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
                $function_name imaging-gateway '{words[-1]}' '{words[-2] if len(words) > 1 else "imaging-gateway"}'
                printf '%s\\n' "${{COMPREPLY[@]}}" """
            result = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, cwd=tmp_path)
            return [line.strip() for line in result.stdout.splitlines() if line.strip()]
        assert {"init", "check", "serve", "map", "deidentify"} <= set(complete(""))
        assert complete("ch") == ["check"]
        assert "--config" in complete("check", "--c")
        assert {"parked", "delivered"} <= set(complete("orders", "list", "--state", ""))
        assert complete("orders", "list", "--state", "par") == ["parked"]
        (tmp_path / "site.yaml").touch()
        (tmp_path / "picture.png").touch()
        assert complete("check", "--config", "") == ["site.yaml"]

    @pytest.mark.parametrize("shell", ["zsh", "fish"])
    def test_completion_for_other_shells_is_made(self, shell):
        result = run("--generate-completion-script", shell)
        assert result.returncode == 0 and "imaging-gateway" in result.stdout and "deidentify" in result.stdout


class TestWhatIsLeftOut:
    """Nothing that was not read may look as if it had been."""

    def test_no_file_at_all_is_a_failure(self, tmp_path):
        (tmp_path / "empty").mkdir()
        for command in (["classify", tmp_path / "empty"], ["deidentify", tmp_path / "empty", "--out", tmp_path / "out"]):
            result = run(*command, "--json")
            assert result.returncode == 1 and json.loads(result.stdout)["error"]["code"] == "file.none"

    def test_the_result_is_not_written_among_what_is_read(self, files):
        folder, _ = files
        result = run("deidentify", folder, "--out", folder, "--json")
        assert result.returncode == 64 and json.loads(result.stdout)["error"]["code"] == "file.outputIsInput"

    def test_a_link_to_a_folder_is_read_and_its_results_are_private(self, files, tmp_path):
        folder, _ = files
        (tmp_path / "link").symlink_to(folder)
        run("deidentify", tmp_path / "link", "--out", tmp_path / "out")
        written = [path for path in (tmp_path / "out").rglob("*")]
        assert any(path.suffix == ".dcm" for path in written)
        assert all(path.stat().st_mode & 0o077 == 0 for path in written)

    def test_one_unreadable_file_does_not_hide_the_others(self, tmp_path):
        (tmp_path / "order.hl7").write_bytes(orders.orm(Registry(1, []).exam()))
        result = run("map", "test", tmp_path / "missing.hl7", tmp_path / "order.hl7", "--json")
        told = json.loads(result.stdout)
        assert result.returncode == 2
        assert told["messages"][0]["error"]["code"] == "file.unreadable" and told["messages"][1]["acknowledgment"]["code"] == "AA"

    def test_redacted_no_odd_type_or_assigner_is_printed(self, tmp_path):
        message = orders.orm(Registry(1, []).exam()).replace(b"|2.3.1|", b"|Quentina|").replace(b"^^^HOSP^", b"^^^Secretia^")
        (tmp_path / "odd.hl7").write_bytes(message)
        for more in ([], ["--json"]):
            result = run("map", "test", tmp_path / "odd.hl7", "--redact", *more)
            assert "Quentina" not in result.stdout and "Secretia" not in result.stdout
