"""The gateway under test: its configuration, its process and its command line."""

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import requests
import yaml

from exams import FILLER_SYSTEM, HIS, HOSPITAL, PATIENT_SYSTEM, PLACER_SYSTEM, RIS
from partners import PASSWORD, USER
from processes import Process, free_port, wait_until
from radiographs import ROOT

SECRET = "end-to-end-hook-secret-of-sufficient-length"
FINAL_STATES = {"delivered", "notApplicable", "parked", "cancelled"}


def binary() -> Path:
    """The built program: IMAGING_GATEWAY_BINARY, else the newest of .build."""
    named = os.environ.get("IMAGING_GATEWAY_BINARY")
    candidates = [Path(named)] if named else [ROOT / ".build" / kind / "imaging-gateway" for kind in ("debug", "release")]
    built = [path for path in candidates if path.exists()]
    if not built:
        raise FileNotFoundError("imaging-gateway is not built: run `make build` (or `make test`) first")
    return max(built, key=lambda path: path.stat().st_mtime)


class CommandFailed(Exception):
    def __init__(self, result: subprocess.CompletedProcess):
        super().__init__(f"exit {result.returncode}: {result.stdout[-800:]} {result.stderr[-800:]}")
        self.result = result


class Gateway:
    """`settings` are merged into the configuration, section by section."""

    def __init__(self, folder: Path, archive_base: str, ehr_base: str, **settings):
        folder.mkdir(parents=True, mode=0o700)
        self.folder = folder
        self.data = folder / "data"
        self.checkpoints = folder / "checkpoints"
        self.config = folder / "gateway.yaml"
        self.mllp_port, self.fhir_port, self.admin_port = free_port(), free_port(), free_port()
        self.process: Process | None = None
        self.checkpoints.mkdir()
        for name, text in {"hook.secret": SECRET, "archive.password": PASSWORD}.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        self.settings = self._configuration(archive_base, ehr_base)
        for section, values in settings.items():
            if isinstance(values, dict) and isinstance(self.settings.get(section), dict):
                self.settings[section] = self.settings[section] | values
            else:
                self.settings[section] = values
        self.config.write_text(yaml.safe_dump(self.settings, sort_keys=False))
        self.run("keys", "init", "--out", str(folder / "keys.yaml"))

    def _configuration(self, archive_base: str, ehr_base: str) -> dict:
        return {
            "data": "./data",
            "keys": "./keys.yaml",
            "mappings": str(ROOT / "mappings"),
            "checkpoints": [{"folder": "./checkpoints"}],
            "delivery": "on",
            "assigners": {
                "hospital": {"hl7": [HOSPITAL], "fhir": PATIENT_SYSTEM, "dicom": [HOSPITAL]},
                "placer": {"hl7": [HIS], "fhir": PLACER_SYSTEM},
                "filler": {"hl7": [RIS], "fhir": FILLER_SYSTEM, "dicom": [RIS]},
            },
            "listeners": {
                "mllp": [{"host": "127.0.0.1", "port": self.mllp_port, "source": "his"}],
                "fhir": {"host": "127.0.0.1", "port": self.fhir_port, "secretFile": "./hook.secret"},
                "admin": {"host": "127.0.0.1", "port": self.admin_port},
            },
            "sources": {
                "his": {"mapping": "default", "timeZone": "+00:00", "defaultAssigner": "hospital",
                        "processingID": "P"},
            },
            "ehr": {"fhir": {"base": ehr_base, "defaultAssigner": "hospital",
                             "organization": "Hospital of the Tests"}},
            "archives": [{"name": "orthanc", "base": archive_base, "defaultAssigner": "hospital", "settleTime": "1s",
                          "auth": {"type": "basic", "user": USER, "passwordFile": "./archive.password"}}],
            "waiting": {"firstPoll": "1s", "maxInterval": "2s", "giveUpAfter": "30d"},
            "retry": {"maxAge": "72h", "maxInterval": "2s"},
        }

    # the process

    def start(self) -> "Gateway":
        self.process = Process("gateway", [str(binary()), "serve", "--config", str(self.config)], self.folder)
        self.process.wait_ready(lambda: requests.get(f"{self.admin}/health/ready", timeout=2).ok)
        return self

    @property
    def admin(self) -> str:
        return f"http://127.0.0.1:{self.admin_port}"

    @property
    def fhir(self) -> str:
        return f"http://127.0.0.1:{self.fhir_port}"

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self.process.terminate()

    def kill(self):
        """SIGKILL."""
        self.process.kill()

    def close(self):
        if self.process is not None and self.process.running:
            self.process.kill()

    def diagnosis(self) -> str:
        tail = self.process.tail(40) if self.process else "never started"
        try:
            orders = json.dumps(self.orders(), indent=1)[-4000:]
        except (CommandFailed, json.JSONDecodeError, FileNotFoundError) as error:
            orders = str(error)
        return f"--- gateway output\n{tail}\n--- orders\n{orders}"

    # the command line

    def run(self, *arguments: str, check: bool = True, timeout: float = 300) -> subprocess.CompletedProcess:
        result = subprocess.run([str(binary()), *arguments], capture_output=True, text=True, timeout=timeout,
                                stdin=subprocess.DEVNULL, cwd=self.folder)
        if check and result.returncode != 0:
            raise CommandFailed(result)
        return result

    def orders(self) -> list[dict]:
        answer = json.loads(self.run("orders", "list", "--config", str(self.config), "--json").stdout)
        return answer["orders"] if isinstance(answer, dict) else answer

    def states(self) -> Counter:
        return Counter(order["state"] for order in self.orders())

    def wait_for(self, timeout: float = 60, **states: int) -> list[dict]:
        """Waits until the orders stand in exactly these states, as `wait_for(delivered=20)`."""
        seen = Counter()

        def reached():
            nonlocal seen
            seen = self.states()
            return seen == Counter(states)
        try:
            wait_until(reached, timeout, f"orders in {states}", interval=0.4)
        except Exception as error:
            raise AssertionError(f"{error}; they are in {dict(seen)}") from None
        return self.orders()

    def wait_settled(self, count: int, timeout: float = 180) -> Counter:
        """Waits until `count` orders have reached a state in which nothing more happens by itself."""
        def settled():
            states = self.states()
            return states if sum(states[state] for state in FINAL_STATES) == count == states.total() else None
        return wait_until(settled, timeout, f"{count} orders settled", interval=0.4)

    def verify(self, check: bool = True, config: Path | None = None) -> dict:
        result = self.run("audit", "verify", "--config", str(config or self.config), "--json", check=check)
        return json.loads(result.stdout) | {"exit": result.returncode}

    def copy_of_data(self, name: str) -> tuple[Path, Path]:
        """A copy of the data folder and a configuration for it: (data, configuration)."""
        target = self.folder / name
        shutil.copytree(self.data, target)
        config = self.folder / f"{name}.yaml"
        config.write_text(yaml.safe_dump(self.settings | {"data": str(target)}, sort_keys=False))
        return target, config

    def metrics(self) -> str:
        answer = requests.get(f"{self.admin}/metrics", timeout=10)
        answer.raise_for_status()
        return answer.text

    # what it left behind

    def traces(self) -> dict[str, bytes]:
        """Everything of its own that the gateway wrote: data folder, checkpoints, logs, metrics."""
        found = {}
        for folder in (self.data, self.checkpoints):
            for path in folder.rglob("*"):
                found[f"name of {path.name}"] = str(path.relative_to(self.folder)).encode()
                if path.is_file():
                    found[str(path.relative_to(self.folder))] = path.read_bytes()
        for path in (self.process.stdout, self.process.stderr):
            found[path.name] = path.read_bytes()
        if self.process.running:
            found["metrics"] = self.metrics().encode()
        return found


def assert_holds(condition, seconds: float):
    """Asserts that a condition holds the whole time; for what must not happen there is no event to wait for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            raise AssertionError("something happened that must not")
        time.sleep(0.25)
