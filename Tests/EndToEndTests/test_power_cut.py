"""A power cut at any moment, also between write and sync: nothing acknowledged is missing, the log is intact, and no
published checkpoint says more than the log. `crash_recorder.c` records every write and sync of a serving gateway."""

import base64
import hmac
import json
import os
import random
import shutil
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import orders
import power_cut
import pytest
import requests
import yaml
from attacks import NOBODY, attack
from conftest import SEED
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from exams import HIS, HOSPITAL, Registry
from gateway import Gateway, binary
from power_cut import DROPPED, KEPT, TORN, Disk
from processes import Process
from scene import OTHER_MODALITY, Scene, nowhere

# Enough that the write-ahead file (32 MiB) is copied into the database and begun anew once.
ORDERS = int(os.environ.get("IMAGING_GATEWAY_CUT_ORDERS", "2000"))
CUTS = int(os.environ.get("IMAGING_GATEWAY_CUTS", "36"))


class Recorded:
    """A served gateway's journal, and what is needed to rebuild its folder."""

    def __init__(self, folder: Path):
        self.scene = Scene(folder)
        self.entries = power_cut.entries(folder / "journal")
        ring = yaml.safe_load(self.scene.keys.read_text())["index"]
        self.index_key = HKDF(hashes.SHA256(), 32, salt=None, info=b"imaging-gateway/v1/index/message").derive(
            base64.urlsafe_b64decode(ring + "="))

    def moments(self, chance: random.Random, count: int) -> list[int]:
        """Where to cut: behind acknowledgments, beside syncs and published checkpoints, and anywhere."""
        last = len(self.entries)
        near = [entry.number + 1 for entry in self.entries if entry.op in "asr"]
        near += [entry.number for entry in self.entries if entry.op == "s"]
        return sorted({*(chance.choice(near) for _ in range(2 * count // 3)), last,
                       *(chance.randrange(1, last) for _ in range(count // 3))})

    def found(self, disk: Disk, mode: str, seed: int, folder: Path) -> Scene:
        """The folder after the cut, with configuration and keys."""
        if folder.exists():
            shutil.rmtree(folder)
        for name in ("data/checkpoints", "data/scratch", "checkpoints"):
            (folder / name).mkdir(parents=True, mode=0o700)
        for path, content in disk.after_cut(mode, seed).items():
            target = folder / Path(path).relative_to(self.scene.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o600)
        for file in ("gateway.yaml", "keys.yaml", "hook.secret", "archive.password"):
            shutil.copy(self.scene.folder / file, folder / file)
        shutil.copy(self.scene.outside / "audit-log.vkey", folder / "checkpoints" / "audit-log.vkey")
        return Scene(folder)

    def trouble(self, scene: Scene, promised: list[str], writes: bool) -> str | None:
        """What is wrong with a folder after the cut, in words; nil when every promise is kept."""
        published = scene.checkpoint_sizes()
        result = scene.run("audit", "verify", "--json")
        if result.returncode == 2 and not promised and not published:
            return None  # nothing was promised yet
        if result.returncode != 0:
            return f"verify ends with {result.returncode}: {result.stdout[-600:]}"
        if published and json.loads(result.stdout)["size"] < published[-1]:
            return "a published checkpoint says more than the log"
        if writes:
            result = scene.run("orders", "list", "--json")
            if result.returncode != 0:
                return f"orders list ends with {result.returncode}: {result.stdout[-300:]}{result.stderr[-300:]}"
            result = scene.run("audit", "verify", "--json")
            if result.returncode != 0:
                return f"verify after opening ends with {result.returncode}: {result.stdout[-600:]}"
        with closing(sqlite3.connect(scene.database)) as store:
            held = {row[0] for row in store.execute("SELECT deduplication FROM messages")}
        lost = [name for name in promised if self.value(name) not in held]
        return f"{len(lost)} of {len(promised)} acknowledged orders are missing" if lost else None

    def value(self, control_id: str) -> bytes:
        text = "key|his|" + "\x1f".join((HIS, HOSPITAL, control_id))
        return hmac.digest(self.index_key, text.encode(), "sha256")


@pytest.fixture(scope="module")
def recorded(workplace) -> Recorded:
    """Orders over four connections to a gateway whose writes are recorded, ended by SIGKILL."""
    folder = workplace / "power-cut"
    gateway = Gateway(folder, f"{nowhere()}/dicom-web", f"{nowhere()}/fhir")
    library = power_cut.build_recorder(folder)
    process = Process("recorded", [str(binary()), "serve", "--config", str(gateway.config)], folder, {
        "LD_PRELOAD": str(library), "CRASH_RECORDER_JOURNAL": str(folder / "journal"),
        "CRASH_RECORDER_FOLDERS": f"{gateway.data}:{gateway.checkpoints}"})
    process.wait_ready(lambda: requests.get(f"{gateway.admin}/health/ready", timeout=2).ok)
    registry, answers, lock = Registry(SEED, []), Counter(), threading.Lock()

    def send():
        for _ in range(ORDERS // 4):
            with lock:
                message = orders.orm(registry.exam(), **OTHER_MODALITY)
            code = orders.code_of(orders.send(gateway.mllp_port, message))
            with lock:
                answers[code] += 1

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    # a few that are worked on: intents, outcomes, changes of state
    for _ in range(3):
        answers[orders.code_of(orders.send(gateway.mllp_port, orders.orm(registry.exam())))] += 1
    process.terminate()
    assert answers == {"AA": ORDERS // 4 * 4 + 3}
    recorded = Recorded(folder)
    seen = [name for entry in recorded.entries for name in power_cut.acknowledged(entry)]
    assert len(seen) == answers["AA"], "the recorder did not see every acknowledgment"
    kinds = Counter(entry.op for entry in recorded.entries)
    assert min(kinds[kind] for kind in "wsra") > 0, kinds
    return recorded


def replay(recorded: Recorded, folder: Path, chance: random.Random, cuts: int, modes, unsynced: str | None = None):
    """Yields (moment, mode, what is wrong or nil, how many orders were promised)."""
    disk, place = Disk(recorded.scene.outside, unsynced), 0
    for number, moment in enumerate(recorded.moments(chance, cuts)):
        for entry in recorded.entries[place:moment]:
            disk.replay(entry)
        place = moment
        mode = modes[number % len(modes)]
        scene = recorded.found(disk, mode, SEED + moment, folder)
        yield moment, mode, recorded.trouble(scene, disk.acknowledged, number % 4 == 0), len(disk.acknowledged)


@attack("power cut at any moment, also between write and sync; unsynced sectors kept, lost or torn", holding=NOBODY,
        code="", found_by="stored and synced before acknowledged, checkpoint after that",
        limit="harmless on a disk that does what fsync promises")
def test_a_power_cut_at_any_moment_loses_nothing_that_was_promised(recorded, tmp_path, figures):
    promised = []
    for moment, mode, trouble, count in replay(
            recorded, tmp_path / "cut", random.Random(SEED), CUTS, [DROPPED, TORN, KEPT, TORN]):
        assert trouble is None, f"cut behind entry {moment}, unsynced writes {mode}, seed {SEED}: {trouble}"
        promised.append(count)
    assert promised[-1] >= ORDERS
    figures["power cuts replayed"] = {
        "cuts": len(promised), "writes and syncs": len(recorded.entries), "acknowledged": promised[-1],
        "writes to the database file": sum(entry.op == "w" and entry.path.endswith(".sqlite")
                                           for entry in recorded.entries)}


def test_the_replay_finds_a_disk_that_lies_about_syncs(recorded, tmp_path, figures):
    """The negative control: were the write-ahead file's syncs ignored, the same checks find what is lost."""
    troubles = [trouble for _, _, trouble, _ in replay(
        recorded, tmp_path / "cut", random.Random(SEED), 12, [DROPPED, TORN], "-wal")]
    found = [trouble for trouble in troubles if trouble]
    assert len(found) > len(troubles) // 2, troubles
    figures["power cuts on a disk that lies"] = {"cuts": len(troubles), "with trouble": len(found)}
