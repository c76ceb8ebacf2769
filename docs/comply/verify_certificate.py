#!/usr/bin/env python3
"""Verifies a certificate of de-identification (docs/comply/deidentification.md) with the Python standard library alone.

usage: verify_certificate.py CERTIFICATE... [FILE|FOLDER]... [--key KEY]... [--keys FILE] [--bundle FILE [--log-key KEY]]
                             [--original FILE|FOLDER]... [--json]

KEY is 32 bytes in base64url, alone or after its id, as `imaging-gateway deidentify certificate --public-keys` prints it.
With --bundle (made by `audit export`) the keys are those of the bundle, the bundle must be intact (by verify_bundle.py,
which lies beside this script) and hold a record that names the certificate. --log-key is the public key of the log, or a
file that holds it, from a source that you trust; without it the bundle is compared only with itself, and its keys count
only where none are given.
A study that several runs added to has several certificates: each that is named is verified. One that only lies in a folder
vouches for its files if it is about the same study and signed with the same key: they are told and are no added files. What
a file is decides what it holds: all that is no certificate, and no receipt of a certified object, is compared.
It shares no code with the gateway: the signature is verified by the few lines below, written from RFC 8032, and of DICOM
it knows where SOP Instance UID and Study Instance UID stand. Exit status: 0 nothing is wrong, 1 problems, 2 unusable input.
"""
import base64
import hashlib
import json
import os
import re
import sys
import zlib

FORMAT = "imaging-gateway/deidentification-certificate/1"
RECEIPT_FORMAT = "imaging-gateway/deidentification-receipt/1"

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
    if not os.path.isfile(path):
        raise Unusable(f"{path} is no file")
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


def is_signed(signature, message, keys):
    try:
        value, name = from_base64url(signature["value"]), signature["keyID"]
        is_known = signature["algorithm"] == "Ed25519"
    except (ValueError, TypeError, KeyError):
        return False
    return is_known and any(
        hashlib.sha256(key).hexdigest()[:16] == name and is_signature(value, message, key) for key in keys)


def signature_problem(document, keys):
    if document["signature"] is None:
        return "certificate.unsigned"
    if not keys:
        return "certificate.keyMissing"
    message = FORMAT.encode() + b"\n" + canonical(document["certificate"])
    return None if is_signed(document["signature"], message, keys) else "certificate.signature"


UNREAD = "unread"
LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")


def element(data, at, explicit):
    """VR, where the value begins, and its length (PS3.5 §7.1, little endian)."""
    vr = data[at + 4:at + 6] if explicit and data[at:at + 2] != b"\xfe\xff" else b""
    if vr in LONG:
        return vr, at + 12, int.from_bytes(data[at + 8:at + 12], "little")
    return vr, at + 8, int.from_bytes(data[at + 6:at + 8] if vr else data[at + 4:at + 8], "little")


def behind(data, at, explicit):
    """Where the next element of this level begins; items of undefined length are gone through (PS3.5 §7.5)."""
    vr, start, length = element(data, at, explicit)
    if length != 0xFFFFFFFF:
        return start + length
    at = start
    while at + 8 <= len(data) and data[at:at + 4] != b"\xfe\xff\xdd\xe0":
        length = int.from_bytes(data[at + 4:at + 8], "little")
        at += 8 + (0 if length == 0xFFFFFFFF else length)
        if length == 0xFFFFFFFF:
            while at + 8 <= len(data) and data[at:at + 4] != b"\xfe\xff\x0d\xe0":
                at = behind(data, at, explicit and vr != b"UN")
            at += 8
    return at + 8


def text(value):
    return value.rstrip(b"\0 ").decode("ascii", "replace")


def uids(data):
    """SOP Instance UID of group 0002, and Study Instance UID (0020,000D) of the data set; None where there is none, and
    UNREAD in what this script does not read: big endian."""
    at, meta = 132, {}
    while data[128:132] == b"DICM" and at + 8 <= len(data) and data[at:at + 2] == b"\x02\x00":
        _, start, length = element(data, at, True)
        meta[data[at + 2:at + 4]], at = text(data[start:start + length]), start + length
    instance, syntax = meta.get(b"\x03\x00"), meta.get(b"\x10\x00", "")
    if instance is None or syntax == "1.2.840.10008.1.2.2":
        return instance, UNREAD if instance else None
    if syntax == "1.2.840.10008.1.2.1.99":
        data, at = zlib.decompressobj(-15).decompress(data[at:], 64 << 20), 0
    explicit = syntax != "1.2.840.10008.1.2"
    while at + 8 <= len(data) and int.from_bytes(data[at:at + 2], "little") <= 0x20:
        if data[at:at + 4] == b"\x20\x00\x0d\x00":
            _, start, length = element(data, at, explicit)
            return instance, text(data[start:start + length])
        at = behind(data, at, explicit)
    return instance, None


def refuse(error):
    raise error


def files_of(paths):
    """Each file, and whether it was named itself. A folder that cannot be looked into is no empty one."""
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in sorted(os.walk(path, onerror=refuse)):
                yield from ((os.path.join(folder, name), False) for name in sorted(names))
        else:
            yield path, True


def looked_at(path):
    """SHA-256, SOP Instance UID and Study Instance UID of a file; the UIDs are None where they are not found."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        head = piece = file.read(16 << 20)
        while piece:
            digest.update(piece)
            piece = file.read(1 << 20)
    try:
        return digest.hexdigest(), *uids(head)
    except (zlib.error, RecursionError):
        return digest.hexdigest(), None, None


# What a receipt beside a result may say, beside the words of certificates, digests and numbers
RECEIPT = set("""
    studyInstanceUID seriesInstanceUID sopInstanceUID profile profileName profileVersion profileDigest pixelRulesDigest edition
    rules methodCodes dates actions actionsByRule kept removed replaced uids uidKey burnedInText age recipients inputDigest
    inputSize outputDigest outputSize secondOpinion patterns bytes elements words left none unchecked declaredAbsent textFree
    masked noPixels derived stated""".split())


def words_of(value):
    if isinstance(value, str):
        yield value
        yield from value.split(", ")
    elif isinstance(value, list):
        for item in value:
            yield from words_of(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from words_of(member)


COUNTS = set("actions actionsByRule kept removed replaced uids inputSize outputSize secondOpinion".split())


def is_known(value, words, counts=False):
    """Nothing in it but words, digests, and numbers where receipts count."""
    if isinstance(value, str):
        return (value in words or re.fullmatch(r"[0-9a-f]{64}|imaging-gateway [0-9]{1,3}", value) is not None
                or all(part in words for part in value.split(", ")))
    if isinstance(value, list):
        return all(is_known(item, words) for item in value)
    if isinstance(value, dict):
        return all(name in words and is_known(member, words, counts and not isinstance(member, dict) or name in COUNTS)
                   for name, member in value.items())
    return counts and isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_signature_form(signature):
    """None, or one in whose form there is no room for a text."""
    try:
        return signature is None or (
            set(signature) == {"algorithm", "keyID", "value"} and signature["algorithm"] == "Ed25519"
            and re.fullmatch("[0-9a-f]{16}", signature["keyID"]) is not None and len(from_base64url(signature["value"])) == 64)
    except (ValueError, TypeError):
        return False


def other_problem(path, certified, words, receipts, keys):
    """What is no DICOM file must be the receipt of a certified object, and the only one; `certified` has their sizes."""
    with open(path, "rb") as file:
        data = file.read((1 << 20) + 1)
    try:
        receipt = json.loads(data, object_pairs_hook=no_repetition) if data[:1] == b"{" and len(data) <= 1 << 20 else None
        uid = receipt["sopInstanceUID"] if receipt and "outputDigest" in receipt else None
    except (ValueError, TypeError, UnicodeError, RecursionError, KeyError):
        uid = None
    if not isinstance(uid, str):
        return "certificate.fileUnreadable"
    if uid not in certified:
        return "certificate.fileAdded"
    signature = receipt.pop("signature", None)
    if receipt.get("outputSize") not in certified[uid] or not is_known(receipt, words) or not is_signature_form(signature):
        return "certificate.fileUnreadable"
    if keys and not is_signed(signature, RECEIPT_FORMAT.encode() + b"\n" + canonical(receipt), keys):
        return "certificate.fileChanged"
    if uid in receipts:
        return "certificate.fileTwice"
    receipts.add(uid)
    return None


def sizes(documents):
    found = {}
    for document in documents:
        for each in document["certificate"]["instances"]:
            found.setdefault(each["sopInstanceUID"], []).append(each.get("bytes"))
    return found


def outputs(document):
    return {each["sopInstanceUID"]: each["output"] for each in document["certificate"]["instances"]}


def besides(paths, given, keys):
    """What lies among the files: certificates that vouch for theirs, problems of others, and all that is no certificate."""
    beside, problems, rest = [], [], []
    for path, _ in files_of(paths):
        if not os.path.isfile(path):  # from a pipe nothing may ever come
            problems.append(("certificate.fileUnreadable", path))
            continue
        with open(path, "rb") as file:
            is_likely = file.read(15) == b'{"certificate":'
        document = read_certificate(path) if is_likely else None
        if document is None:
            rest.append(path)
            continue
        if any(document == other for _, other in given + beside):
            continue
        same = [other for _, other in given if other["certificate"].get("study") == document["certificate"].get("study")]
        problem = signature_problem(document, keys) if same else "certificate.fileAdded"
        key = (document["signature"] or {}).get("keyID")
        if problem is None and any((other["signature"] or {}).get("keyID") == key for other in same):
            beside.append((path, document))
        elif problem not in (None, "certificate.keyMissing"):
            problems.append((problem, path))
    return beside, problems, rest


def file_problems(given, paths, keys, told):
    beside, problems, rest = besides(paths, given, keys)
    yield from problems
    words = RECEIPT.union(*(words_of(document["certificate"]) for _, document in given + beside))
    certified = [outputs(document) for _, document in given]
    others = [(path, outputs(document)) for path, document in beside]
    seen, receipts = set(), set()
    known = sizes([document for _, document in given + beside])
    # Receipts of a run without keys are as unsigned as its certificate; keys of somebody else tell nothing of them.
    receipt_keys = keys if any(signature_problem(document, keys) is None for _, document in given) else []
    for path in rest:
        digest, uid, _ = looked_at(path)
        named = [each for each in certified if uid in each]
        vouching = [(where, each) for where, each in others if uid in each]
        if uid is None:
            problem = other_problem(path, known, words, receipts, receipt_keys)
            if problem:
                yield problem, path
        elif not named and not vouching:
            yield "certificate.fileAdded", path
        elif uid in seen:
            yield "certificate.fileTwice", path
        else:
            seen.add(uid)
            if not named:
                told.append((path, vouching[0][0]))
            if any(digest != each[uid] for each in named or [each for _, each in vouching]):
                yield "certificate.fileChanged", path
    for each in certified:
        yield from (("certificate.fileMissing", uid) for uid in each if uid not in seen)


def original_problems(given, beside, paths):
    """Files of the study that nobody de-identified; in folders those of other studies are passed over, if any is known."""
    known = {each.get("input") for _, document in given + beside for each in document["certificate"]["instances"]}
    files = [(path, is_named, *looked_at(path)) for path, is_named in files_of(paths) if os.path.isfile(path)]
    studies = {study for _, _, digest, _, study in files if digest in known}
    other = 0
    problems = []
    for path, is_named, digest, _, study in files:
        if digest in known:
            continue
        if is_named or not studies or study == UNREAD or study in studies - {None}:
            problems.append(("certificate.originalUnknown", path))
        else:
            other += 1
    return problems, other


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


def bundle_problems(document, path, log_keys, where):
    """The keys that a bundle encloses, and what is wrong with it; a bundle that is not intact encloses none."""
    sys.dont_write_bytecode = True
    import verify_bundle

    try:
        texts = [open(key, encoding="utf-8").readline(4096).strip() if os.path.exists(key) else key for key in log_keys]
        trusted = verify_bundle.Key(texts[0], 1) if texts else None
    except verify_bundle.Malformed:
        raise Unusable("--log-key is no public key of a log, and no file that holds one") from None
    bundle = verify_bundle.Bundle(trusted, [], hashlib.sha256(canonical(document) + b"\n").hexdigest())
    with open(path, "rb") as file:
        bundle.read(verify_bundle.lines_of(file))
    if bundle.problems:
        return [], [("certificate.bundle", f"{path}: {problem['code']}") for problem in bundle.problems[:5]]
    named = [] if bundle.named is not None else [("certificate.notInAuditLog", where)]
    return bundle.header["certificateKeys"], named


def arguments(given):
    """Positional arguments, and lists of the values of options."""
    positional, as_json = [], False
    options = {"--key": [], "--keys": [], "--bundle": [], "--log-key": [], "--original": []}
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
    if len(options["--bundle"]) > 1 or len(options["--log-key"]) > len(options["--bundle"]):
        raise Unusable("one --bundle, and --log-key with it alone")
    if not positional:
        raise Unusable(__doc__.split("\n\n")[1])
    return positional, options, as_json


def split(paths):
    """The certificates that are named, by what they hold, and all other paths; the first is one."""
    given, rest = [], []
    for number, path in enumerate(paths):
        document = None if os.path.isdir(path) else read_certificate(path)
        if number == 0 or document is not None:
            if document is None or all(document != other for _, other in given):
                given.append((path, document))
        else:
            rest.append(path)
    return given, rest


def verify(paths, options, told):
    keys = read_keys(options["--key"] + [open(name, encoding="ascii").read() for name in options["--keys"]])
    given, files = split(paths)
    if given[0][1] is None:
        return [("certificate.malformed", given[0][0])]
    problems = []
    for name in options["--bundle"]:
        for path, document in given:
            enclosed, found = bundle_problems(document, name, options["--log-key"], path)
            problems += [each for each in found if each not in problems]
        told["bundleTrusted"] = bool(options["--log-key"])
        # A bundle whose log nobody vouches for may be anybody's: it adds no key to those that were given.
        if told["bundleTrusted"] or not keys:
            keys += read_keys(enclosed)
    for path, document in given:
        problem = signature_problem(document, keys)
        problems += [(problem, path)] if problem else []
    beside = []
    if files:
        beside, _, _ = besides(files, given, keys)
        problems += file_problems(given, files, keys, told["beside"])
    unknown, told["other"] = original_problems(given, beside, options["--original"])
    return problems + unknown


def main(given):
    told = {"beside": [], "other": 0, "bundleTrusted": None}
    try:
        paths, options, as_json = arguments(given)
        problems = verify(paths, options, told)
    except (Unusable, OSError, ValueError) as error:
        print(f"verify_certificate: {error}", file=sys.stderr)
        return 2
    if as_json:
        listed = [{"code": code, "at": at} for code, at in problems]
        beside = [{"file": file, "certificate": certificate} for file, certificate in told["beside"]]
        print(json.dumps({"ok": not problems, "problems": listed, "inOtherCertificates": beside,
                          "otherOriginals": told["other"]}
                         | ({} if told["bundleTrusted"] is None else {"bundleTrusted": told["bundleTrusted"]})))
    else:
        for certificate in sorted({certificate for _, certificate in told["beside"]}):
            print(f"{sum(each == certificate for _, each in told['beside'])} files are in {certificate}")
        if told["other"]:
            print(f"{told['other']} originals of other studies passed over")
        if told["bundleTrusted"] is False:
            print("the bundle is of a log that nobody vouches for: without --log-key it is compared only with itself")
        for code, at in problems:
            print(f"PROBLEM: {code} {at}")
        print("The certificate holds." if not problems else f"The certificate does NOT hold: {len(problems)} problems.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
