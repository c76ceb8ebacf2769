"""An installation of its own with a real audit log, to be copied for each attack; and the log's format written down a
second time, in Python, so that an attacker here can do whatever somebody with these files and keys could do."""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import orders
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gateway import Gateway, binary
from ledger import database_of
from processes import Process, free_port, wait_until

OTHER_MODALITY = {"code": "CTABD^CT Abdomen^L", "modality": "CT"}


# the tree (RFC 9162 §2.1.1) and the signed note (C2SP signed-note, tlog-checkpoint)

def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of the tree: size, then one root for each bit of it, the largest subtree first."""

    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, leaf: bytes):
        hash_, size = leaf_hash(leaf), self.size
        while size & 1:
            hash_, size = node_hash(self.hashes.pop(), hash_), size >> 1
        self.hashes.append(hash_)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self.hashes:
            return hashlib.sha256().digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    @property
    def serialized(self) -> bytes:
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)


def frontier_of(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier


class NoteKey:
    """An Ed25519 key that signs notes under a name."""

    def __init__(self, name: str, seed: bytes):
        self.name = name
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"

    def sign(self, text: str) -> bytes:
        signature = base64.b64encode(self.id + self.private.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.name} {signature}\n".encode()

    def checkpoint(self, size: int, root: bytes, origin: str | None = None) -> bytes:
        return self.sign(f"{origin or self.name}\n{size}\n{base64.b64encode(root).decode()}\n")


def handover(size: int, old: NoteKey, new: NoteKey) -> bytes:
    """The note by which one signing key follows another, signed by both."""
    text = f"imaging-gateway/key-handover/v1\n{old.name}\n{size}\n{old.vkey}\n{new.vkey}\n"
    return old.sign(text) + new.sign(text).rsplit(b"\n\n", 1)[1]


def checkpoint_name(size: int) -> str:
    return f"{size:020d}.checkpoint"


class Scene:
    """One installation in a folder: data, checkpoints outside, a second place for tests, keys, configuration."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data, self.outside, self.second = folder / "data", folder / "checkpoints", folder / "second"
        self.config, self.keys = folder / "gateway.yaml", folder / "keys.yaml"

    def copied(self, folder: Path) -> "Scene":
        shutil.copytree(self.folder, folder)
        return Scene(folder)

    # what the product says

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([str(binary()), *arguments, "--config", str(self.config)], capture_output=True, text=True,
                              timeout=120, stdin=subprocess.DEVNULL, cwd=self.folder,
                              env={**os.environ, **(environment or {})})

    def verify(self, *arguments: str) -> "Verdict":
        told = self.run("audit", "verify", "--json", *arguments)
        said = self.run("audit", "verify", *arguments)
        assert told.returncode == said.returncode, (told, said)
        return Verdict(told.returncode, json.loads(told.stdout), said.stdout + said.stderr)

    def serve(self, environment: dict[str, str] | None = None) -> Process:
        return Process("gateway", [str(binary()), "serve", "--config", str(self.config)], self.folder, environment)

    @property
    def settings(self) -> dict:
        return yaml.safe_load(self.config.read_text())

    def configure(self, **changes):
        self.config.write_text(yaml.safe_dump(self.settings | changes, sort_keys=False))

    # what an attacker does

    @property
    def database(self) -> Path:
        return database_of(self.data)

    def change(self, *statements: tuple):
        """Runs statements, as somebody with the file in hands would: triggers are no obstacle."""
        with closing(sqlite3.connect(self.database)) as connection:
            triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f'DROP TRIGGER "{name}"')
            for sql, *values in statements:
                assert connection.execute(sql, values).rowcount >= 1, sql
            for _, sql in triggers:  # a careful attacker leaves no trace in the schema
                connection.execute(sql)
            connection.commit()

    def value(self, sql: str, *values):
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchone()[0]

    @property
    def leaves(self) -> list[bytes]:
        with closing(sqlite3.connect(self.database)) as connection:
            return [bytes(row[0]) for row in connection.execute("SELECT bytes FROM leaves ORDER BY idx")]

    def mend_frontier(self):
        """Makes the stored frontier fit the leaves again."""
        frontier = frontier_of(self.leaves)
        self.change(("UPDATE frontier SET size = ?, bytes = ? WHERE id = 1", frontier.size, frontier.serialized))

    def places(self) -> list[Path]:
        """Where checkpoints lie: inside the data folder, then outside."""
        return [self.data / "checkpoints", self.outside]

    def resign(self, key: NoteKey | None = None):
        """Writes every checkpoint inside and outside anew for the leaves as they are now, with the stolen key."""
        key, leaves = key or self.signing_key, self.leaves
        for folder in self.places():
            for note in folder.glob("*.checkpoint"):
                size = int(note.read_text().split("\n")[1])
                if size > len(leaves):
                    note.unlink()
                else:
                    note.write_bytes(key.checkpoint(size, frontier_of(leaves[:size]).root))

    @property
    def signing_key(self) -> NoteKey:
        """The stolen key: the newest of the key file."""
        file = yaml.safe_load(self.keys.read_text())
        signing = file["signing"]
        if isinstance(signing, list):
            signing = signing[-1]
        if isinstance(signing, dict):
            signing = signing["key"]
        return NoteKey(json.loads(self.leaves[-1])["log"], base64.urlsafe_b64decode(signing + "="))

    @property
    def vkey(self) -> str:
        return (self.outside / "audit-log.vkey").read_text().strip()

    def checkpoint_sizes(self, folder: Path | None = None) -> list[int]:
        return sorted(int(path.stem) for path in (folder or self.outside).glob("*.checkpoint"))

    def kept(self) -> dict[str, bytes]:
        """The checkpoints outside, as they are."""
        return {path.name: path.read_bytes() for path in self.outside.glob("*.checkpoint")}


class Verdict:
    """What `audit verify` said: exit code, JSON, and its words."""

    def __init__(self, exit_code: int, told: dict, said: str):
        self.exit, self.told, self.said = exit_code, told, said

    @property
    def codes(self) -> set[str]:
        if "error" in self.told:
            return {self.told["error"]["code"]}
        problems = self.told["problems"] + self.told.get("records", {}).get("problems", [])
        return {problem["code"] if isinstance(problem, dict) else problem.split()[0] for problem in problems}

    def __repr__(self):
        return f"exit {self.exit}, {sorted(self.codes)}\n{self.said}"


def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


def made_log(folder: Path, registry) -> Scene:
    """A gateway whose archive and EHR are not there takes orders, in two runs: `early` holds the state between them."""
    gateway = Gateway(folder, f"{nowhere()}/dicom-web", f"{nowhere()}/fhir")
    scene = Scene(folder)
    for run in range(2):
        gateway.start()
        for number in range(5):
            kind = OTHER_MODALITY if number else {}
            assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(registry.exam(), **kind))) == "AA"
        # the chest radiograph is looked for in vain: intent and outcome
        wait_until(lambda: any(json.loads(leaf)["phase"] == "outcome" for leaf in scene.leaves), 30, "an outcome")
        assert gateway.stop() == 0
        if run == 0:
            shutil.copytree(gateway.data, folder / "early" / "data")
            shutil.copytree(gateway.checkpoints, folder / "early" / "checkpoints")
    return scene
