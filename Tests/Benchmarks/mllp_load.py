"""The load generator `mllp_load` of ../shared/tools, and the check that what it saw acknowledged is in the store."""

import base64
import csv
import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
from pathlib import Path

import yaml

from radiographs import ROOT

TEMPLATE = Path(__file__).with_name("order.hl7")
CHEST = {"code": "36643-5^XR Chest 2 Views^LN", "modality": "DX"}
OTHER_MODALITY = {"code": "CTABD^CT Abdomen^L", "modality": "CT"}
# MSH-3 and MSH-4 of order.hl7: with MSH-10 they are what a message is known by.
SENDER = ("BENCH", "HOSP")


class Absent(Exception):
    """Something outside the repository that a benchmark needs is not there; it is skipped, and that is said."""


class LoadGenerator:
    def __init__(self, folder: Path):
        shared = Path(os.environ.get("IMAGING_GATEWAY_SHARED", ROOT.parent / "shared"))
        source = shared / "tools" / "mllp_load.c"
        if not source.exists():
            raise Absent(f"NO {source}: the load benchmarks are not run")
        self.folder = folder
        self.program = folder / "mllp_load"
        subprocess.run(["cc", "-O2", "-DNO_TLS", "-o", str(self.program), str(source), "-lm"], check=True)

    def run(self, port: int, kind: dict[str, str], *, connections: int, prefix: str, seconds: float = 8,
            messages: int | None = None) -> tuple[dict, list[str]]:
        """Loads the port in a closed loop: (figures of the generator, every acknowledged control id).

        Order numbers begin anew with each run, so a run wants a data folder of its own."""
        template, acknowledged = self.folder / f"{prefix}.hl7", self.folder / f"{prefix}.csv"
        template.write_text(TEMPLATE.read_text().format(**kind))
        amount = ["-n", str(messages), "-w", "0", "-d", "600"] if messages else ["-w", "1", "-d", str(seconds)]
        result = subprocess.run(
            [str(self.program), "-j", "-q", "-c", str(connections), "-k", prefix, "-m", str(template),
             "-x", str(acknowledged), *amount, "127.0.0.1", str(port)], capture_output=True, text=True, timeout=900)
        if not result.stdout:
            raise RuntimeError(f"mllp_load ended with {result.returncode}: {result.stderr[-500:]}")
        with open(acknowledged) as file:
            return json.loads(result.stdout), [row["control_id"] for row in csv.DictReader(file)]


def missing(gateway, control_ids: list[str]) -> int:
    """How many acknowledged messages the store of a stopped gateway does not hold.

    The store knows a message by a keyed value only, so that is derived here a second time, from the key file."""
    keys = yaml.safe_load((gateway.folder / "keys.yaml").read_text())
    master = base64.urlsafe_b64decode(keys["index"] + "=")
    key = _hkdf(master, b"imaging-gateway/v1/index/message")
    with sqlite3.connect(database(gateway)) as store:
        held = {row[0] for row in store.execute("SELECT deduplication FROM messages")}
    names = ("key|his|" + "\x1f".join((*SENDER, control_id)) for control_id in control_ids)
    return sum(hmac.digest(key, name.encode(), "sha256") not in held for name in names)


def database(gateway) -> Path:
    """The SQLite file of a gateway's data folder."""
    [file] = [path for path in gateway.data.rglob("*") if path.is_file() and _is_sqlite(path)]
    return file


def _is_sqlite(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _hkdf(master: bytes, purpose: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt, one block."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), master, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")
