#!/usr/bin/env python3
"""Verifies a certificate of de-identification (docs/comply/deidentification.md) with the Python standard library alone.

usage: verify_certificate.py CERTIFICATE [FILE|FOLDER]... [--key KEY]... [--keys FILE] [--original FILE|FOLDER]... [--json]

KEY is 32 bytes in base64url, alone or after its id, as `imaging-gateway deidentify certificate --public-keys` prints it.
It shares no code with the gateway: the signature is verified by the few lines below, written from RFC 8032, and of DICOM
it knows where the SOP Instance UID stands in group 0002. Exit status: 0 nothing is wrong, 1 problems, 2 unusable input.
"""
import base64
import hashlib
import json
import os
import re
import sys

FORMAT = "imaging-gateway/deidentification-certificate/1"

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


# ---- The certificate


class Unusable(Exception):
    pass


def no_repetition(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def canonical(value):
    """RFC 8785 for what a certificate holds: texts, whole numbers, truth values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def from_base64url(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("no base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_certificate(path):
    """The parsed document; None unless it is a certificate in its one form."""
    with open(path, "rb") as file:
        data = file.read(64 << 20)
    try:
        document = json.loads(data, object_pairs_hook=no_repetition)
        body, signature = document["certificate"], document["signature"]
        digests = [(each["sopInstanceUID"], each["output"]) for each in body["instances"]]
        one_form = canonical(document)
    except (ValueError, KeyError, TypeError, UnicodeError, RecursionError):
        return None
    if set(document) != {"certificate", "signature"} or body.get("format") != FORMAT:
        return None
    if data not in (one_form, one_form + b"\n") or len(dict(digests)) != len(digests):
        return None
    if signature is not None and set(signature) != {"algorithm", "keyID", "value"}:
        return None
    return document


def signature_problem(document, keys):
    signature = document["signature"]
    if signature is None:
        return "certificate.unsigned"
    if not keys:
        return "certificate.keyMissing"
    message = FORMAT.encode() + b"\n" + canonical(document["certificate"])
    try:
        value = from_base64url(signature["value"])
    except (ValueError, TypeError):
        return "certificate.signature"
    for key in keys:
        if hashlib.sha256(key).hexdigest()[:16] == signature["keyID"] and signature["algorithm"] == "Ed25519":
            if is_signature(value, message, key):
                return None
    return "certificate.signature"


def sop_instance_uid(data):
    """(0002,0003) of a DICOM file; None where there is none."""
    if data[128:132] != b"DICM":
        return None
    at = 132
    while at + 8 <= len(data) and data[at:at + 2] == b"\x02\x00":
        element, vr = data[at + 2:at + 4], data[at + 4:at + 6]
        if vr in (b"OB", b"UN", b"UT", b"OW"):
            length, at = int.from_bytes(data[at + 8:at + 12], "little"), at + 12
        else:
            length, at = int.from_bytes(data[at + 6:at + 8], "little"), at + 8
        if element == b"\x03\x00":
            return data[at:at + length].rstrip(b"\0 ").decode("ascii", "replace")
        at += length
    return None


def files_of(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in sorted(os.walk(path)):
                # Receipts and certificates lie beside the files they are about.
                yield from (os.path.join(folder, name) for name in sorted(names) if not name.endswith(".json"))
        else:
            yield path


def digest_and_uid(path):
    digest, head = hashlib.sha256(), b""
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            head = head or piece
            digest.update(piece)
    return digest.hexdigest(), sop_instance_uid(head)


def file_problems(certificate, paths, own):
    certified = {each["sopInstanceUID"]: each["output"] for each in certificate["instances"]}
    seen = set()
    for path in files_of(paths):
        if os.path.realpath(path) == own:
            continue
        digest, uid = digest_and_uid(path)
        if uid is None:
            yield "certificate.fileUnreadable", path
        elif uid not in certified:
            yield "certificate.fileAdded", path
        elif uid in seen:
            yield "certificate.fileTwice", path
        else:
            seen.add(uid)
            if digest != certified[uid]:
                yield "certificate.fileChanged", path
    for uid in certified:
        if uid not in seen:
            yield "certificate.fileMissing", uid


def original_problems(certificate, paths):
    known = {each.get("input") for each in certificate["instances"]}
    for path in files_of(paths):
        if digest_and_uid(path)[0] not in known:
            yield "certificate.originalUnknown", path


def read_keys(texts):
    keys = []
    for text in texts:
        for line in text.splitlines():
            if line.strip() and not line.startswith("#"):
                key = from_base64url(line.split()[-1])
                if len(key) != 32 or decode_point(key) is None:
                    raise Unusable("a key is none")
                keys.append(key)
    return keys


def arguments(given):
    """Positional arguments, and lists of the values of options."""
    positional, options, as_json = [], {"--key": [], "--keys": [], "--original": []}, False
    rest = iter(given)
    for argument in rest:
        if argument in options:
            value = next(rest, None)
            if value is None:
                raise Unusable(f"{argument} needs a value")
            options[argument].append(value)
        elif argument == "--json":
            as_json = True
        elif argument.startswith("--"):
            raise Unusable(f"unknown option {argument}")
        else:
            positional.append(argument)
    if not positional:
        raise Unusable(__doc__.split("\n\n")[1])
    return positional[0], positional[1:], options, as_json


def verify(path, files, options):
    keys = read_keys(options["--key"] + [open(name, encoding="ascii").read() for name in options["--keys"]])
    document = read_certificate(path)
    if document is None:
        return [("certificate.malformed", path)]
    problem = signature_problem(document, keys)
    problems = [(problem, path)] if problem else []
    certificate = document["certificate"]
    if files:
        problems += file_problems(certificate, files, os.path.realpath(path))
    return problems + list(original_problems(certificate, options["--original"]))


def main(given):
    try:
        path, files, options, as_json = arguments(given)
        problems = verify(path, files, options)
    except (Unusable, OSError, ValueError) as error:
        print(f"verify_certificate: {error}", file=sys.stderr)
        return 2
    if as_json:
        listed = [{"code": code, "at": at} for code, at in problems]
        print(json.dumps({"ok": not problems, "problems": listed}))
    else:
        for code, at in problems:
            print(f"PROBLEM: {code} {at}")
        print("The certificate holds." if not problems else f"The certificate does NOT hold: {len(problems)} problems.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
