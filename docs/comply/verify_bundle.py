#!/usr/bin/env python3
"""Verifies an audit bundle (docs/comply/log-format.md) with the Python standard library alone.

usage: verify_bundle.py BUNDLE [--key KEY] [--witness KEY]... [--json]

It shares no code with the gateway: the signatures are verified by the few lines below, written from RFC 8032. Checks,
problem codes and exit status are those of the program audit-verifier: 0 nothing is wrong, 1 problems, 2 unusable input.
"""
import base64
import hashlib
import json
import os
import re
import sys

KIND = "imaging-gateway/audit-bundle/v1"
LINE_LIMIT = 4 << 20

# ---- Ed25519 (RFC 8032 §5.1), verification only; points are (x, y) over the integers modulo P

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def add(a, b):
    """In extended coordinates (X, Y, Z, T), RFC 8032 §5.1.4."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def multiply(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def decode_point(data):
    """RFC 8032 §5.1.3; None where no point has this form."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_1 % P
    if x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encode_point(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signature(signature, message, key):
    point = decode_point(key) if len(key) == 32 and len(signature) == 64 else None
    if point is None:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return encode_point(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]


# ---- The tree (RFC 9162 §2.1)


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def is_included(index, size, leaf, path, root):
    """RFC 9162 §2.1.3.2."""
    if index >= size:
        return False
    fn, sn, result = index, size - 1, leaf
    for neighbour in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(neighbour, result)
            while fn & 1 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, neighbour)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root


class Tree:
    """The roots of the complete subtrees on the right edge, largest first."""

    def __init__(self):
        self.size, self.edge = 0, []

    def append(self, leaf):
        rest = self.size
        while rest & 1:
            leaf, rest = node_hash(self.edge.pop(), leaf), rest >> 1
        self.edge.append(leaf)
        self.size += 1

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        result = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            result = node_hash(left, result)
        return result


# ---- Texts: exactly one form is accepted of everything


class Malformed(Exception):
    pass


def require(condition):
    if not condition:
        raise Malformed


def no_repetition(pairs):
    require(len({name for name, _ in pairs}) == len(pairs))
    return dict(pairs)


def refuse(_):
    raise Malformed


def canonical(text):
    """The value of canonical JSON text in bytes: sorted names, no white space, integers in their shortest form."""
    try:
        value = json.loads(
            text.decode("utf-8"), object_pairs_hook=no_repetition, parse_float=refuse, parse_constant=refuse
        )
        written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError):
        raise Malformed from None
    require(written == text)
    return value


def text_of(value):
    require(isinstance(value, str))
    return value


def texts_of(value):
    require(isinstance(value, list) and all(isinstance(element, str) for element in value))
    return value


def integer_of(value):
    require(isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63)
    return value


def base64_of(text, length=None):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Malformed from None
    require(base64.b64encode(data).decode() == text and length in (None, len(data)))
    return data


def base64url_of(text, length):
    require("+" not in text and "/" not in text and "=" not in text)
    return base64_of(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), length)


def commitment(value, salt):
    return base64.urlsafe_b64encode(hashlib.sha256(salt + value).digest()).decode().rstrip("=")


# ---- Keys, notes, checkpoints, handovers (C2SP signed-note, tlog-checkpoint, tlog-cosignature)


def require_name(name):
    require(name != "" and "+" not in name and not any(c.isspace() or c < " " or c == "\x7f" for c in name))


class Key:
    def __init__(self, text, kind):
        parts = text.split("+", 2)
        require(len(parts) == 3)
        require_name(parts[0])
        data = base64_of(parts[2], 33)
        require(data[0] == kind)
        self.name, self.kind, self.public = parts[0], kind, data[1:]
        require(self.id().hex() == parts[1])

    def id(self):
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def named(self, name):
        other = Key.__new__(Key)
        other.name, other.kind, other.public = name, self.kind, self.public
        return other


class Note:
    def __init__(self, text):
        require(len(text.encode("utf-8")) <= 65536)
        border = text.rfind("\n\n")
        require(border >= 0 and text.endswith("\n"))
        self.text = text[: border + 1]
        require(all(c == "\n" or c >= " " for c in self.text))
        lines = text[border + 2 : -1].split("\n")
        require(len(lines) <= 100)
        self.signatures = []
        for line in lines:
            parts = line[2:].split(" ")
            require(line.startswith("\u2014 ") and len(parts) == 2)
            require_name(parts[0])
            data = base64_of(parts[1])
            require(len(data) > 4)
            self.signatures.append((parts[0], data[:4], data[4:]))

    def own(self, key):
        return [data for name, id, data in self.signatures if name == key.name and id == key.id()]

    def is_signed(self, key):
        own = self.own(key)
        return bool(own) and all(is_signature(data, self.text.encode(), key.public) for data in own)

    def cosigned(self, witness):
        """When, in POSIX seconds; None where the witness did not."""
        times = []
        for data in self.own(witness):
            time = int.from_bytes(data[:8], "big")
            message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
            if len(data) != 72 or time >= 2**63 or not is_signature(data[8:], message, witness.public):
                return None
            times.append(time)
        return max(times, default=None)


def decimal_of(text):
    require(re.fullmatch(r"0|[1-9][0-9]*", text, re.ASCII) and int(text) < 2**64)
    return int(text)


def origin_of(text):
    """The name and how often the log was restored with a loss: name, name/2, name/3 …"""
    match = re.fullmatch(r"(.+)/([1-9][0-9]*)", text, re.ASCII | re.DOTALL)
    if match and 2 <= int(match[2]) < 2**64:
        return match[1], int(match[2])
    return text, 1


def checkpoint_of(text):
    lines = text.split("\n")
    require(len(lines) >= 4 and lines[-1] == "" and "" not in lines[:-1])
    require_name(lines[0])
    return lines[0], decimal_of(lines[1]), base64_of(lines[2], 32)


class LogKeys:
    """The chain of keys that the handovers make, with the bundle's key somewhere in it."""

    def __init__(self, anchor, handovers):
        self.base = origin_of(anchor.name)[0]
        chain = {}
        for text in handovers:
            note = Note(text)
            lines = note.text.split("\n")
            require(len(lines) == 6 and lines[5] == "" and lines[0] == "imaging-gateway/key-handover/v1")
            old, new, size = Key(lines[3], 1), Key(lines[4], 1), decimal_of(lines[2])
            require(old.name == new.name == lines[1] and old.public != new.public and size > 0)
            require(note.is_signed(old) and note.is_signed(new))
            base, epoch = origin_of(lines[1])
            require(base == self.base)
            chain[note.text] = ((epoch, size), old, new)
        self.chain = sorted(chain.values(), key=lambda handover: handover[0])
        for earlier, later in zip(self.chain, self.chain[1:]):
            require(earlier[2].public == later[1].public and earlier[0] < later[0])
        self.keys = [anchor] if not self.chain else [self.chain[0][1]] + [new for _, _, new in self.chain]
        publics = [key.public for key in self.keys]
        require(len(set(publics)) == len(publics) and anchor.public in publics)

    def contains(self, key):
        return origin_of(key.name)[0] == self.base and key.public in [own.public for own in self.keys]

    def key(self, origin, size):
        base, epoch = origin_of(origin)
        require(base == self.base)
        passed = sum(1 for position, _, _ in self.chain if position <= (epoch, size))
        return self.keys[passed].named(origin)


def require_certificate_key(text):
    """Id, blank, key in base64url: what certificates of de-identification are verified with (verify_certificate.py)."""
    id, blank, key = text.partition(" ")
    require(blank and hashlib.sha256(base64url_of(key, 32)).hexdigest()[:16] == id)


# ---- Leaves and records

CLASSES = ("treatment", "operations", "disclosure", "none")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
MEMBERS = {
    "v", "log", "time", "event", "phase", "outcome", "principal", "roles", "purpose", "class", "correlation",
    "subjects", "body",
}  # fmt: skip


def leaf_of(data):
    require(len(data) <= 1 << 20)
    leaf = canonical(data)
    require(isinstance(leaf, dict) and integer_of(leaf.get("v")) == 1)
    if leaf.get("phase") == "outcome":
        require(integer_of(leaf.get("intent")) >= 0 and set(leaf) == MEMBERS | {"intent"})
    else:
        require(leaf.get("phase") in ("single", "intent") and set(leaf) == MEMBERS)
    require(integer_of(leaf["outcome"]) in (0, 4, 8, 12) and leaf["class"] in CLASSES)
    for name in ("log", "event", "principal", "purpose", "correlation"):
        require(text_of(leaf[name]) != "")
    require(TIME.fullmatch(text_of(leaf["time"])))
    require(1 + len(leaf) + len(texts_of(leaf["roles"])) + len(texts_of(leaf["subjects"])) <= 10_000)
    for text in leaf["subjects"] + [text_of(leaf["body"])]:
        base64url_of(text, 32)
    return leaf


def require_record(text, leaf, body_salt, subject_salts):
    require(commitment(text, body_salt) == leaf["body"])
    record = canonical(text)
    for name in ("class", "correlation", "event", "phase", "purpose", "time", "outcome", "intent", "roles"):
        require(record.get(name) == leaf.get(name) and type(record.get(name)) is type(leaf.get(name)))
    principal = record["principal"]
    require(text_of(principal["kind"]) + "|" + text_of(principal["name"]) == leaf["principal"])
    require(len(record["subjects"]) == len(leaf["subjects"]) == len(subject_salts))
    for subject, committed, salt in zip(record["subjects"], leaf["subjects"], subject_salts):
        value = "|".join(text_of(subject[name]) for name in ("type", "assigner", "identifier"))
        require(commitment(value.encode(), salt) == committed)


# ---- The bundle

HEADER = {
    "certificateKeys", "checkpoint", "correlations", "exported", "handovers", "keys", "kind", "leaves", "origin",
    "principal", "query", "size", "timestamps", "v",
}  # fmt: skip


class Bundle:
    def __init__(self, trusted, witnesses, digest=None):
        """digest: in hexadecimal digits; `named` is then the first entry whose record has it."""
        self.trusted, self.witnesses, self.wanted, self.named = trusted, witnesses, digest, None
        self.header = self.keys = None
        self.problems, self.cosignatures = [], {}
        self.count = self.entries = self.without_record = self.leaves = 0
        self.digest, self.tree, self.last, self.has_gap = hashlib.sha256(), Tree(), -1, False
        self.touched, self.others = set(), {}
        self.has_trailer, self.is_signed = False, False

    def report(self, code, line=None):
        self.problems.append({"code": "bundle." + code} | ({"line": line} if line else {}))

    def passes(self, code, line, check):
        """Runs a check; a failure is a problem."""
        try:
            check()
            return True
        except (Malformed, KeyError, TypeError, AttributeError):
            self.report(code, line)
            return False

    def read(self, lines):
        for number, line in enumerate(lines, 1):
            if number == 1:
                if not self.passes("header", 1, lambda: self.read_header(line)):
                    return
                self.check_header(line)
            elif self.has_trailer:
                self.report("trailer", number)
            else:
                self.read_line(line, number)
        if self.header is None:
            return self.report("header")
        if not self.has_trailer:
            self.report("trailer")
        if self.header["leaves"] == "all":
            if self.has_gap or self.tree.size != self.size or self.tree.root() != self.root:
                self.report("root")
            if self.header["correlations"] == "whole" and self.left_out():
                self.report("leftOut")

    @staticmethod
    def object_of(line):
        require(len(line) <= LINE_LIMIT and line.endswith(b"\n"))
        value = canonical(line[:-1])
        require(isinstance(value, dict))
        return value

    def read_header(self, line):
        header = self.object_of(line)
        require(set(header) == HEADER and integer_of(header["v"]) == 1 and header["kind"] == KIND)
        require(header["leaves"] in ("all", "selected") and header["correlations"] in ("whole", "any"))
        text_of(header["exported"]), text_of(header["principal"]), texts_of(header["handovers"])
        require(isinstance(header["query"], dict) and all(isinstance(word, str) for word in header["query"].values()))
        for token in texts_of(header["timestamps"]):
            base64_of(token)
        for key in texts_of(header["certificateKeys"]):
            require_certificate_key(key)
        require(len(texts_of(header["keys"])) == 1)
        self.anchor, self.note = Key(header["keys"][0], 1), Note(text_of(header["checkpoint"]))
        self.origin, self.size, self.root = checkpoint_of(self.note.text)
        require(header["origin"] == self.origin and integer_of(header["size"]) == self.size)
        self.header = header

    def check_header(self, line):
        self.digest.update(line)
        try:
            self.keys = LogKeys(self.anchor, self.header["handovers"])
        except Malformed:
            self.report("handover", 1)
        if self.trusted and not (self.keys or LogKeys(self.anchor, [])).contains(self.trusted):
            self.report("key", 1)
        if self.keys:
            check = lambda: require(self.note.is_signed(self.keys.key(self.origin, self.size)))
            self.is_signed = self.passes("checkpoint", 1, check)
        for witness in self.witnesses:
            time = self.note.cosigned(witness)
            if time is None:
                self.report("cosignature", 1)
            else:
                self.cosignatures[witness.name] = time

    def read_line(self, line, number):
        entry = None
        try:
            value = self.object_of(line)
            if set(value) == {"trailer"}:
                self.has_trailer = True
                return self.check_trailer(value, number)
            entry = self.form_of(value)
        except Malformed:
            pass
        self.digest.update(line)
        self.count += 1
        if entry is None:
            return self.report("line", number)
        self.check_line(number, *entry)

    def form_of(self, value):
        index, leaf = integer_of(value.get("index")), text_of(value.get("leaf")).encode()
        require(index >= 0)
        if "proof" not in value:
            require(set(value) == {"index", "leaf"} and self.header["leaves"] == "all")
            return index, leaf, None, None
        proof, names = texts_of(value["proof"]), set(value) - {"index", "leaf", "proof"}
        if names == {"record", "salts"}:
            salts = value["salts"]
            require(isinstance(salts, dict) and set(salts) == {"body", "subjects"})
            subjects = [base64url_of(salt, 32) for salt in texts_of(salts["subjects"])]
            record = (text_of(value["record"]).encode(), base64url_of(text_of(salts["body"]), 32), subjects)
            return index, leaf, proof, record
        require(names == set() or (names == {"destroyed"} and value["destroyed"] is True))
        return index, leaf, proof, None

    def check_line(self, number, index, leaf, proof, record):
        if index >= self.size or index <= self.last:
            self.report("order", number)
        self.last = index
        if self.header["leaves"] == "all":
            self.has_gap |= index != self.tree.size
            self.tree.append(leaf_hash(leaf))
        content = None

        def check_leaf():
            nonlocal content
            content = leaf_of(leaf)
            (base, epoch), (own_base, own_epoch) = origin_of(content["log"]), origin_of(self.origin)
            require(base == own_base and epoch <= own_epoch)

        self.passes("leaf", number, check_leaf)
        if proof is None:
            self.leaves += 1
            if content:
                self.others[content["correlation"]] = self.others.get(content["correlation"], 0) + 1
            return
        self.entries += 1
        if content and self.header["leaves"] == "all":
            self.touched.add(content["correlation"])

        def check_proof():
            path = [base64_of(text, 32) for text in proof]
            require(is_included(index, self.size, leaf_hash(leaf), path, self.root))

        self.passes("proof", number, check_proof)
        if record is None:
            self.without_record += 1
        elif content and self.passes("record", number, lambda: require_record(record[0], content, *record[1:])):
            if self.wanted and self.named is None:
                details = json.loads(record[0]).get("details")
                if isinstance(details, dict) and details.get("digest") == self.wanted:
                    self.named = index

    def check_trailer(self, value, number):
        try:
            note = Note(text_of(value["trailer"]))
        except Malformed:
            return self.report("trailer", number)
        digest = base64.b64encode(self.digest.digest()).decode()
        lines, expected = note.text.split("\n"), [KIND, self.origin, str(self.count), digest, ""]
        if len(lines) != 5 or lines[:3] != expected[:3] or lines[4] != "":
            self.report("trailer", number)
        elif lines != expected:
            self.report("digest", number)
        if not self.keys or not note.is_signed(self.keys.keys[-1].named(self.origin)):
            self.report("signature", number)

    def left_out(self):
        return sum(self.others.get(correlation, 0) for correlation in self.touched)

    def statements(self):
        """What is shown and what not, no more than was checked."""
        if self.problems:
            return ["Not intact: nothing in this bundle is proved."]
        if self.trusted:
            first = f"Under the key that you gave: the {self.entries} entries are in the log of {self.origin} as it "
            first += f"stood at {self.size} records, each unchanged."
        else:
            first = f"The bundle fits itself: its {self.entries} entries are under its own checkpoint and key. No key "
            first += "was given to compare with (--key), so anybody could have made the whole."
        if self.header["leaves"] != "all":
            second = "Completeness is not shown: a record that was left out would not be missed."
        else:
            second = f"Every leaf under the checkpoint is here; {self.left_out()} further records share an order or "
            second += "message with an entry and are not in the bundle. Whether another order concerns the same "
            second += "patient only the log's owner can show, with the keys (audit verify --deep)."
        third = "It says nothing of records later than the checkpoint, nor whether what was recorded is true."
        more = []
        if self.without_record:
            more.append(f"Of {self.without_record} entries only the leaf is here: destroyed or not given.")
        if self.header["certificateKeys"]:
            more.append(f"{len(self.header['certificateKeys'])} keys for certificates of de-identification are enclosed; "
                        + ("the log's owner has signed that they are his." if self.trusted else
                           "they are worth as much as the bundle's own key."))
        if self.header["timestamps"]:
            more.append("The time stamps (RFC 3161) are not checked here; openssl ts -verify does.")
        return [first, second, third] + more

    def result(self):
        is_key_trusted = bool(self.trusted) and {"code": "bundle.key", "line": 1} not in self.problems
        result = {
            "intact": not self.problems,
            "keyTrusted": is_key_trusted and self.is_signed,
            "problems": self.problems[:100],
            "problemCount": len(self.problems),
            "entries": self.entries,
            "withoutRecord": self.without_record,
            "leaves": self.leaves,
            "cosignatures": self.cosignatures,
            "statements": self.statements(),
        }
        if self.header:
            result["certificateKeys"] = self.header["certificateKeys"]
            result["allLeaves"] = self.header["leaves"] == "all"
        if result.get("allLeaves"):
            result["leftOut"] = self.left_out()
        if self.is_signed:
            result |= {"origin": self.origin, "size": self.size, "root": base64.b64encode(self.root).decode()}
        return result


# ---- The program


def key_argument(words, kind):
    try:
        word = words.pop(0)
        try:
            return Key(word, kind)
        except Malformed:
            with open(word, encoding="utf-8") as file:
                return Key(file.readline(4096).strip(), kind)
    except (IndexError, OSError, ValueError, Malformed):
        sys.exit(unusable("no public key, and no file that holds one"))


def unusable(reason):
    print(f"verify_bundle.py: {reason}\n{__doc__}", file=sys.stderr)
    return 2


def lines_of(file):
    """Each with its newline; of one that is too long only so much that it is refused."""
    while line := file.readline(LINE_LIMIT + 1):
        yield line if len(line) <= LINE_LIMIT else line[:LINE_LIMIT] + b"\0"
        while len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            line = file.readline(LINE_LIMIT + 1)


def main(words):
    trusted, witnesses, as_json, path = None, [], False, None
    while words:
        word = words.pop(0)
        if word == "--json":
            as_json = True
        elif word == "--key":
            trusted = key_argument(words, 1)
        elif word == "--witness":
            witnesses.append(key_argument(words, 4))
        elif path is None and (word == "-" or not word.startswith("-")):
            path = word
        else:
            return unusable("unknown argument")
    if path is None:
        return unusable("no bundle")
    bundle = Bundle(trusted, witnesses)
    try:
        with os.fdopen(0, "rb") if path == "-" else open(path, "rb") as file:
            bundle.read(lines_of(file))
    except OSError:
        return unusable("the file cannot be read")
    result = bundle.result()
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            for text in value if isinstance(value, list) else [value]:
                # The bundle is somebody else's: nothing in it steers a terminal.
                print(f"{name:14} " + "".join(c if c.isprintable() else "\ufffd" for c in str(text)))
    return 0 if result["intact"] else 1


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except OSError:
        # An answer that did not arrive whole is no answer; nothing is left for the interpreter to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = unusable("the result could not be written whole")
    sys.exit(status)
