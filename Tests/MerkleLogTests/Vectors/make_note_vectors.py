"""Makes note-vectors.json: notes, cosignatures, a witness request and a key handover, signed with Python `cryptography`
(OpenSSL's Ed25519) from the C2SP texts alone. Run: python3 make_note_vectors.py > note-vectors.json"""
import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "imaging-gateway/00000000-0000-4000-8000-000000000001"


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    def __init__(self, name, seed, kind=1):
        self.name, self.kind, self.key = name, kind, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(bytes([kind]) + self.public)}"

    def line(self, text):
        return f"\u2014 {self.name} {b64(self.id + self.key.sign(text.encode()))}\n"

    def cosignature(self, text, time):
        signature = self.key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return f"\u2014 {self.name} {b64(self.id + time.to_bytes(8, 'big') + signature)}\n"


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


first, second = Key(ORIGIN, 1), Key(ORIGIN, 2)
witness, other = Key("witness.example/w1", 3, 4), Key("witness.example/w2", 4, 4)
a, b, c = (leaf(bytes([number])) for number in range(3))
checkpoints = {
    "two": f"{ORIGIN}\n2\n{b64(node(a, b))}\n",
    "three": f"{ORIGIN}\n3\n{b64(node(node(a, b), c))}\n",
}
notes = {name: text + "\n" + first.line(text) for name, text in checkpoints.items()}
handover = f"imaging-gateway/key-handover/v1\n{ORIGIN}\n3\n{first.vkey}\n{second.vkey}\n"
print(
    json.dumps(
        {
            "origin": "Python cryptography, see make_note_vectors.py",
            "log": ORIGIN,
            "keys": {"first": first.vkey, "second": second.vkey, "witness": witness.vkey, "other": other.vkey},
            "seeds": {"first": 1, "second": 2, "witness": 3, "other": 4},
            "notes": notes,
            "time": 1790000000,
            "cosigned": notes["three"]
            + witness.cosignature(checkpoints["three"], 1790000000)
            + other.cosignature(checkpoints["three"], 1790000007),
            "request": f"old 2\n{b64(c)}\n\n" + notes["three"],
            "handover": handover + "\n" + first.line(handover) + second.line(handover),
            "threeBySecond": checkpoints["three"] + "\n" + second.line(checkpoints["three"]),
        },
        indent=1,
        ensure_ascii=False,
    )
)
