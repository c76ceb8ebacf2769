"""`imaging-gateway demo` as a newcomer and as a clumsy one runs it: what it promises, leaves behind and cleans up."""

import contextlib
import fcntl
import html
import io
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import termios
from pathlib import Path

import numpy as np
import pytest
import requests
import yaml
from PIL import Image

from gateway import binary
from processes import Process, wait_until
from radiographs import ROOT

#: What must come of each scenario: state, reason and reports of each of its orders.
PROMISED = {
    "two-children": [("delivered", None, 1)] * 2,
    "order-before-images": [("delivered", None, 1)],
    "cancel": [("cancelled", None, 0)],
    "patient-merge": [("delivered", None, 1)],
    "merge-before-order": [("delivered", None, 1)],
    "two-orders": [("delivered", None, 1)] * 2,
    "hold": [("delivered", None, 1)],
    "replaced": [("delivered", None, 1)],
    "wrong-patient": [("parked", "patientMismatch", 0)],
    "adult": [("delivered", None, 1)],
    "lateral": [("delivered", None, 1)],
    "other-modality": [("notApplicable", None, 0)],
    "archive-down": [("delivered", None, 1)],
    "ehr-down": [("delivered", None, 1)],
    "duplicate-storm": [("delivered", None, 1)],
    "killed": [("delivered", None, 1)] * 4,
}
REFUSED = {"adult", "lateral"}
CHROMIUM = shutil.which("chromium")


def demo(folder: Path, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess:
    return subprocess.run([binary(), "demo", "--out", folder, *arguments], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, cwd=folder.parent, timeout=timeout)


def start(folder: Path, *arguments: str) -> Process:
    """The same in the background."""
    return Process(folder.name, [str(binary()), "demo", "--out", str(folder), *arguments], folder.parent)


def processes_of(folder: Path) -> list[int]:
    """Every process on whose command line the folder stands, other than those that only look."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile
        if Path(words[0]).name == binary().name and any(str(folder) in word for word in words):
            found.append(int(path.parent.name))
    return found


def ports_of(folder: Path) -> dict[str, int]:
    configuration = yaml.safe_load((folder / "gateway" / "gateway.yaml").read_text())
    listeners = configuration["listeners"]
    addresses = {"ehr": configuration["ehr"]["fhir"]["base"], "archive": configuration["archives"][0]["base"]}
    return {name: int(re.search(r":(\d+)/", address)[1]) for name, address in addresses.items()} | {
        "mllp": listeners["mllp"][0]["port"], "fhir": listeners["fhir"]["port"], "admin": listeners["admin"]["port"]}


def check_nothing_runs(folder: Path, within: float = 0):
    wait_until(lambda: not processes_of(folder), within, "nothing of the demo running")
    for name, port in ports_of(folder).items():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0, f"somebody listens on the port of {name}"


def verify(folder: Path) -> dict:
    result = subprocess.run([binary(), "audit", "verify", "--json", "--config", folder / "gateway" / "gateway.yaml"],
                            capture_output=True, text=True, timeout=60)
    return json.loads(result.stdout) | {"exit": result.returncode}


@pytest.fixture(scope="module")
def whole(workplace):
    """The full programme, once: (its folder, what it said as JSON)."""
    folder = workplace / "demo"
    result = demo(folder, "--json", timeout=300)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return folder, json.loads(result.stdout)


def test_all_scenarios_end_as_promised(whole):
    folder, told = whole
    assert told["ok"] and told["auditLogIntact"] and told["folder"] == str(folder)
    assert [scenario["name"] for scenario in told["scenarios"]] == list(PROMISED)
    for scenario in told["scenarios"]:
        assert scenario["asPromised"], scenario
        endings = [(order["state"], order.get("reason"), order["reports"]) for order in scenario["orders"]]
        assert endings == PROMISED[scenario["name"]], scenario["name"]
        for order in scenario["orders"]:
            assert order["results"] == order["reports"], "each report comes as one ORU^R01 too"
            assert not order["reports"] or ("refusal" in order) == (scenario["name"] in REFUSED)
            assert ("probability" in order) == ("finding" in order) == bool(order["reports"] and "refusal" not in order)
    clear, opaque = told["scenarios"][0]["orders"]
    assert float(clear["probability"].strip("<>")) < float(opaque["probability"].strip("<>"))
    check_nothing_runs(folder)


def test_each_report_is_left_as_a_page_and_each_finding_as_a_picture(whole):
    folder, told = whole
    reported = [order for scenario in told["scenarios"] for order in scenario["orders"] if order["reports"]]
    pages = {page: page.read_text() for page in (folder / "reports").glob("*.html")}
    assert len(pages) == len(reported)
    assert len(list((folder / "reports").glob("*.png"))) == sum("probability" in order for order in reported)
    for order in reported:
        [(path, page)] = [(path, page) for path, page in pages.items() if order["accession"] in page]
        assert order["patient"] in page
        words = html.unescape(re.sub(r"<[^>]*>", " ", page)).lower()
        assert "not for clinical use" in words and "preliminary" in words
        assert not re.search(r"<script|\son\w+=|src=\"(?!data:)", page), path
        # it is opened without the hospital: what it links to lies beside it
        dead = [link for link in re.findall(r'href="([^"#]*)', page) if link and not (path.parent / link).is_file()]
        assert dead == [], f"{path.name} links to what is gone"
        if "probability" in order:
            assert order["probability"] in page
            picture = Image.open(io.BytesIO(path.with_suffix(".png").read_bytes()))
            colours = {pixel for _, pixel in picture.convert("RGB").getcolors(1 << 20)}
            assert picture.width >= 256 and any(len(set(pixel)) > 1 for pixel in colours), "no heat over the grey"
        else:
            assert "not a negative result" in words and "<img" not in page


def test_its_audit_log_verifies_afterwards_and_the_crash_left_its_trace(whole):
    folder, _ = whole
    verified = verify(folder)
    assert verified["exit"] == 0
    log = (folder / "gateway.log").read_text()
    assert log.count("gateway started") == 2, "once in the beginning and once after SIGKILL"
    listed = subprocess.run([binary(), "orders", "list", "--json", "--config", folder / "gateway" / "gateway.yaml"],
                            capture_output=True, text=True, timeout=60, check=True)
    assert len(json.loads(listed.stdout)["orders"]) == sum(map(len, PROMISED.values()))
    assert list((folder / "gateway" / "data" / "scratch").iterdir()) == []


def test_no_patient_stands_in_the_log_or_the_data_folder(whole):
    folder, told = whole
    secrets = {order[key] for scenario in told["scenarios"] for order in scenario["orders"]
               for key in ("patient", "accession")}
    for page in (folder / "reports").glob("*.html"):
        [banner] = re.findall(r'class="name"[^>]*>([^<]+)<', page.read_text())
        # the page writes surnames in capitals, which bytes can be compared with for ASCII letters only
        secrets |= set(re.findall(r"[A-Za-z]{5,}", html.unescape(banner)))
    assert len(secrets) > 2 * len(told["scenarios"])
    looked = 0
    for path in [folder / "gateway.log", *(folder / "gateway" / "data").rglob("*"),
                 *(folder / "gateway" / "checkpoints").rglob("*")]:
        content = str(path.relative_to(folder)).encode() + (path.read_bytes() if path.is_file() else b"")
        content = content.lower()
        looked += len(content)
        for secret in secrets:
            for form in (secret.encode(), secret.encode("utf-16-le"), secret.encode().hex().encode()):
                assert form.lower() not in content, f"{secret} stands in {path.relative_to(folder)}"
    assert looked > 100_000


def test_another_run_replaces_the_folder_and_the_story_is_plain_text_in_a_pipe(workplace):
    folder = workplace / "demo-twice"
    first = demo(folder, "--only", "wrong-patient", "--only", "other-modality")
    assert first.returncode == 0, first.stdout[-2000:]
    assert "\x1b" not in first.stdout and "2 of 2 scenarios ended as promised" in first.stdout
    words = " ".join(first.stdout.split())  # lines are wrapped
    assert "The log is intact." in words and "not for clinical use" in words
    keys = (folder / "gateway" / "keys.yaml").read_text()
    (folder / "reports" / "of-mine.txt").write_text("replaced with the rest")
    second = demo(folder, "--json", "--only", "adult")
    assert second.returncode == 0 and json.loads(second.stdout)["ok"]
    assert (folder / "gateway" / "keys.yaml").read_text() != keys
    assert not (folder / "reports" / "of-mine.txt").exists() and len(list((folder / "reports").glob("*.html"))) == 1
    check_nothing_runs(folder)


def test_a_folder_that_is_not_a_demonstrations_is_left_alone(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("ten years")
    result = demo(folder, "--only", "adult")
    assert result.returncode == 2 and "[demo.folderInUse]" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
    assert (folder / "thesis.txt").read_text() == "ten years"


@pytest.mark.parametrize("arguments, code", [
    (["--only", "no-such-scenario"], 64), (["--seed", "x"], 64), (["--nonsense"], 64), (["--tls", "/nowhere"], 2)])
def test_wrong_use_ends_before_anything_is_made(tmp_path, arguments, code):
    result = demo(tmp_path / "out", *arguments)
    assert result.returncode == code and len(result.stderr) > 20
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_a_folder_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("a file")
    for out in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/demo")):
        result = subprocess.run([binary(), "demo", "--only", "adult", "--out", out], capture_output=True, text=True,
                                cwd=tmp_path, timeout=60)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, result.stderr
        assert str(out) in result.stderr and "NSCocoaErrorDomain" not in result.stderr
    assert (tmp_path / "file").read_text() == "a file"


def test_the_failure_of_a_json_run_is_json(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    result = demo(tmp_path / "mine", "--json")
    assert result.returncode == 2
    told = json.loads(result.stdout)
    assert told["ok"] is False and told["error"]["code"] == "demo.folderInUse"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_cut_off_in_the_middle_it_leaves_nothing_running(workplace, how):
    folder = workplace / f"demo-{how.name}"
    running = start(folder)
    wait_until(lambda: "✓ ACC" in running.stdout.read_text(), 60, "the first scenario done")
    assert len(processes_of(folder)) >= 2, "the demo and its gateway"
    running.child.send_signal(how)
    assert running.child.wait(20) != 0
    check_nothing_runs(folder, within=10)
    assert verify(folder)["exit"] == 0
    again = demo(folder, "--json", "--only", "other-modality")
    assert again.returncode == 0, "the next run takes the folder over"


def test_killed_while_the_gateway_starts_it_leaves_nothing_running(workplace):
    folder = workplace / "demo-killed-early"
    for _ in range(5):
        running = start(folder)
        wait_until(lambda: any(b"--end-with-parent" in Path(f"/proc/{pid}/cmdline").read_bytes()
                               for pid in processes_of(folder) if Path(f"/proc/{pid}").exists()),
                   30, "the gateway's process", interval=0.001)
        running.kill()
        try:
            wait_until(lambda: not processes_of(folder), 10, "nothing of the demo running")
        finally:
            for pid in processes_of(folder):
                os.kill(pid, signal.SIGKILL)


def test_two_demonstrations_do_not_share_a_folder(workplace):
    folder = workplace / "demo-shared"
    first = start(folder, "--json", "--only", "ehr-down")
    wait_until(lambda: (folder / "gateway" / "data").exists(), 60, "the first one's gateway")
    second = demo(folder, "--only", "other-modality")
    assert second.returncode == 2 and second.stderr.count("\n") == 1
    assert first.child.wait(60) == 0 and json.loads(first.stdout.read_text())["ok"]


def on_a_terminal(folder: Path, columns: int, *arguments: str, **environment: str) -> str:
    """What the demo writes to a terminal of that width."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM", "COLUMNS")}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(binary(), ["imaging-gateway", "demo", "--out", str(folder), *arguments], kept | environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    said = b""
    with contextlib.suppress(OSError):  # how Linux tells the end of a terminal
        while chunk := os.read(terminal, 65536):
            said += chunk
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said.decode()[-2000:]
    return said.decode().replace("\r\n", "\n")


def test_a_terminal_of_80_columns_gets_the_heat_map_and_no_line_that_it_breaks(workplace):
    said = on_a_terminal(workplace / "demo-80", 80, "--only", "two-children", TERM="xterm", COLORTERM="truecolor",
                         LANG="C.UTF-8", LC_ALL="C.UTF-8")
    assert said.count("\x1b[38;2;") > 1_000 and "\u2580" in said
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()
    # HL7 stays as it was sent, and a command as it can be copied
    whole = re.compile(r" +[<>] [A-Z]{2}[A-Z0-9]\|| +\$ imaging-gateway| +--|.* \\$")
    assert [line for line in lines if len(line) > 80 and not whole.match(line)] == []


def test_a_dumb_terminal_gets_no_escape_sequence(workplace):
    said = on_a_terminal(workplace / "demo-dumb", 80, "--only", "wrong-patient", TERM="dumb", LC_ALL="C")
    assert "\x1b" not in said and "\u2713" not in said and "1 of 1 scenarios ended as promised" in said


@pytest.fixture
def staying(workplace, request):
    """A demo with --stay that has come to its end: (process, folder, address of the pages)."""
    folder = workplace / f"demo-stay-{request.param}"
    running = start(folder, "--stay", "--only", request.param)
    yield running, folder, wait_until(
        lambda: re.search(r"stays open: (http://\S+)", running.stdout.read_text()), 60, "the pages")[1]
    running.kill()


@pytest.mark.parametrize("staying", ["lateral"], indirect=True)
def test_with_stay_the_pages_are_there_until_ctrl_c(staying):
    running, folder, page = staying
    worklist = requests.get(page, timeout=10)
    assert worklist.ok and "not for clinical use" in worklist.text.lower()
    links = set(re.findall(r'href="(/[^"#]+)"', worklist.text))
    assert any(link.startswith("/reports/") for link in links)
    for link in links:
        assert requests.get(page + link, timeout=10).ok, link
    assert requests.get(f"{page}/reports/0", timeout=10).status_code == 404
    running.child.send_signal(signal.SIGINT)
    assert running.child.wait(30) == 0
    assert "The log is intact." in running.stdout.read_text()
    check_nothing_runs(folder, within=2)


@pytest.mark.skipif(CHROMIUM is None, reason="NO chromium: nobody looks at the pages in a browser")
@pytest.mark.parametrize("staying", ["two-children"], indirect=True)
def test_a_browser_shows_the_report_with_its_heat_map(staying, tmp_path):
    _, _, page = staying
    reports = sorted(set(re.findall(r'href="(/reports/[^"]+)"', requests.get(page, timeout=10).text)))
    shot = tmp_path / "report.png"
    subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                    f"--user-data-dir={tmp_path}/profile", "--window-size=1100,1000", f"--screenshot={shot}",
                    page + reports[0]], capture_output=True, timeout=60, check=True)
    pixels = np.asarray(Image.open(shot).convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    # the policy of the page lets its own style and picture through: the band of the status, the heat
    assert (np.abs(pixels - (0xFF, 0xF1, 0xD6)).max(axis=-1) < 4).sum() > 40_000
    assert ((red - np.maximum(green, blue) > 60) | (blue - red > 60)).sum() > 2_000, "no heat over the radiograph"


def test_the_same_with_mutual_tls(workplace):
    certificates = workplace / "certificates-of-the-demo"
    subprocess.run([ROOT / "certs" / "generate", certificates], check=True, capture_output=True)
    folder = workplace / "demo-tls"
    result = demo(folder, "--json", "--tls", str(certificates), "--only", "two-children", "--only",
                  "order-before-images")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    configuration = (folder / "gateway" / "gateway.yaml").read_text()
    parsed = yaml.safe_load(configuration)
    assert parsed["ehr"]["fhir"]["base"].startswith("https:") and parsed["archives"][0]["base"].startswith("https:")
    assert str(certificates / "ca.pem") in configuration and "tls" in str(parsed["listeners"]["mllp"]).lower()
    assert verify(folder)["exit"] == 0
    check_nothing_runs(folder)
