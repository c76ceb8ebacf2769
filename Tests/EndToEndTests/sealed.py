"""The sealed formats written down a second time, from the design: what somebody with the whole key file can do."""

import base64
import hashlib
import json
import os
import sqlite3
from contextlib import closing

import yaml
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def prefixed(*parts: str) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def canonical(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


class StolenKeys:
    """A key file with its master keys inside."""

    def __init__(self, scene):
        self.scene = scene
        file = yaml.safe_load(scene.keys.read_text())
        self.installation = file["installation"]
        self.masters = {master["id"]: unpadded(master["key"]) for master in file["masters"]}

    def data_key(self, row: int) -> tuple[str, bytes]:
        with closing(sqlite3.connect(self.scene.database)) as store:
            name, master, wrapped = store.execute(
                "SELECT id, master, wrapped FROM data_key WHERE row = ?", (row,)).fetchone()
        wrapping = HKDF(hashes.SHA256(), 32, salt=None, info=b"imaging-gateway/v1/wrap").derive(self.masters[master])
        assert wrapped[0] == 1
        return name, AESGCM(wrapping).decrypt(
            wrapped[1:13], wrapped[13:], prefixed("data_key", self.installation, name, master))

    def body(self, index: int) -> dict:
        """The opened body of a leaf."""
        row = self.scene.value("SELECT data_key FROM leaves WHERE idx = ?", index)
        sealed = self.scene.value("SELECT body FROM leaves WHERE idx = ?", index)
        _, key = self.data_key(row)
        return json.loads(AESGCM(key).decrypt(
            sealed[17:29], sealed[29:], sealed[:17] + prefixed("leaves", str(index), "body")))

    def rewrite(self, index: int, kind: str, name: str):
        """Makes leaf, commitment and sealed body say that somebody else did it."""
        body, leaf = self.body(index), json.loads(self.scene.leaves[index])
        record = canonical(body["record"])
        assert leaf["body"] == base64url(hashlib.sha256(unpadded(body["salts"]["body"]) + record).digest())
        body["record"]["principal"] = {"kind": kind, "name": name}
        leaf["principal"] = f"{kind}|{name}"
        leaf["body"] = base64url(
            hashlib.sha256(unpadded(body["salts"]["body"]) + canonical(body["record"])).digest())
        row = self.scene.value("SELECT data_key FROM leaves WHERE idx = ?", index)
        identifier, key = self.data_key(row)
        header, nonce = b"\x01" + bytes.fromhex(identifier), os.urandom(12)
        sealed = header + nonce + AESGCM(key).encrypt(
            nonce, canonical(body), header + prefixed("leaves", str(index), "body"))
        self.scene.change(("UPDATE leaves SET bytes = ?, body = ? WHERE idx = ?", canonical(leaf), sealed, index))
