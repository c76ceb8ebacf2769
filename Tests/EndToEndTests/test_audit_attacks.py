"""Attacks on a real audit log: each is found with its stable code, exit code and words, or its limit is asserted."""

import base64
import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import attacks
import orders
import pytest
import requests
from attacks import ATTACKS, DATABASE, FOLDER, NOBODY, OUTSIDE, SIGNING_KEY, attack
from conftest import SEED
from exams import Registry
from gateway import binary
from processes import Process, free_port, wait_until
from scene import OTHER_MODALITY, NoteKey, Scene, checkpoint_name, frontier_of, handover, made_log
from sealed import canonical
from tampering import (
    DEEP, flipped, folded, history_rewritten, leaf_changed_and_frontier_mended, public_key_replaced, put_back, spoiled)

HERE = Path(__file__).resolve().parent

# What the text must say beside the code, so that nobody has to look the code up to know what happened.
WORDS = {
    "rootMismatch": "changed", "checkpointInconsistent": "changed", "truncated": "shorter", "indexGap": "removed",
    "leafMalformed": "form", "frontierMalformed": "frontier", "checkpointSignatureInvalid": "sign",
    "checkpointUnreadable": "read", "handoverInvalid": "handover",
    "checkpointLogMismatch": "another log", "logMismatch": "another log", "intentUnknown": "intent",
    "store.damaged": "damaged", "recordsLost": "lost", "record.bodyUnreadable": "body",
    "record.bodyMissing": "body", "record.keyMissing": "key",
    "record.indexMissing": "index", "segmentMissing": "archive", "segmentChanged": "archive",
}


@pytest.fixture(scope="module")
def original(workplace):
    """A log of two runs with a checkpoint of each, kept inside and outside. Nothing may touch it."""
    return made_log(workplace / "attacked", Registry(SEED, []))


@pytest.fixture
def scene(original, tmp_path) -> Scene:
    """A copy to be spoiled."""
    return original.copied(tmp_path / "scene")


@pytest.fixture
def started(scene):
    """Starts gateways on the scene and ends them with the test."""
    processes = []

    def start(scene: Scene = scene, environment: dict | None = None):
        settings = scene.settings["listeners"]
        settings["mllp"][0]["port"], settings["fhir"]["port"], settings["admin"]["port"] = (
            free_port(), free_port(), free_port())
        scene.configure(listeners=settings)
        scene.mllp_port, scene.admin = settings["mllp"][0]["port"], f"http://127.0.0.1:{settings['admin']['port']}"
        process = scene.serve(environment)
        processes.append(process)
        process.wait_ready(lambda: requests.get(f"{scene.admin}/health/live", timeout=2).ok)
        return process

    yield start
    for process in processes:
        if process.running:
            process.kill()


def events(scene: Scene, first: int = 0) -> Counter:
    return Counter(json.loads(leaf)["event"] for leaf in scene.leaves[first:])


def order(scene: Scene, registry, **kind) -> str:
    return orders.code_of(orders.send(scene.mllp_port, orders.orm(registry.exam(), **(kind or OTHER_MODALITY))))


def words(verdict, code: str) -> str:
    """What is said of a code, without the code itself."""
    return " ".join(line for line in verdict.said.splitlines() if code in line).lower().replace(code.lower(), "")


def assert_found(verdict, attack):
    assert verdict.exit == (2 if attack.code.startswith("store.") else 1), verdict
    assert attack.codes <= verdict.codes, verdict
    for code in attack.codes:
        assert WORDS[code] in words(verdict, code), f"{code} is told without words\n{verdict}"


def assert_code(verdict, code: str):
    assert verdict.exit == 1 and code in verdict.codes, verdict
    assert WORDS[code] in words(verdict, code), verdict


def rotate_signing(scene: Scene, started):
    """Rotates the signing key of a stopped gateway, and has a checkpoint signed by the new one."""
    result = scene.run("keys", "rotate-signing")
    assert result.returncode == 0, result
    assert started().terminate() == 0
    assert list(scene.outside.glob("*.handover"))


def rows(choose) -> list:
    return [attack for attack in ATTACKS if attack.carry_out and choose(attack)]


def named(attack) -> str:
    return attack.name


@pytest.mark.parametrize("attack", rows(lambda attack: not attack.remedy and attack.found_by != DEEP), ids=named)
def test_tampering_is_found(scene, attack):
    assert scene.verify().exit == 0
    attack.carry_out(scene)
    assert_found(scene.verify(), attack)


@pytest.mark.parametrize("attack", rows(lambda attack: attack.found_by == DEEP and not attack.remedy), ids=named)
def test_deep_tampering_is_found(scene, attack):
    assert scene.verify("--deep").exit == 0
    attack.carry_out(scene)
    assert scene.verify().exit == 0, "a body is not in the tree: who has no keys cannot see it"
    assert_found(scene.verify("--deep"), attack)


@pytest.mark.parametrize("attack", rows(lambda attack: attack.remedy), ids=named)
def test_what_this_log_cannot_see_alone(scene, original, attack):
    attack.carry_out(scene)
    alone = scene.verify()
    assert alone.exit == 0 and not alone.codes, f"better than the page says\n{alone}"
    arguments = attack.remedy(scene, original)
    assert_found(scene.verify(*arguments), attack)


def test_a_log_without_any_outside_checkpoint_is_called_so(scene):
    for note in scene.outside.glob("*.checkpoint"):
        note.unlink()
    verdict = scene.verify()
    assert "no outside checkpoint" in verdict.said
    assert verdict.told.get("lastOutsideCheckpoint") is None


@attack("a configured checkpoint folder taken away, or unmounted", holding=OUTSIDE, code="checkpointUnreadable")
def test_a_checkpoint_folder_that_is_not_there_is_no_folder_without_objections(scene):
    shutil.rmtree(scene.outside)
    assert_code(scene.verify("--key", (scene.data / "checkpoints" / "audit-log.vkey").read_text().strip()),
                "checkpointUnreadable")


# What a running gateway makes of it.

@attack("the data folder put back to an older copy, then served", holding=FOLDER,
        found_by="`serve`: critical line, metric", code="audit.rolledBack",
        limit="orders are taken; nothing is signed until a person has looked")
def test_serve_on_an_older_copy_signs_nothing_also_when_it_has_grown_past(scene, original, started, registry):
    put_back(scene)
    before, covered = scene.kept(), scene.checkpoint_sizes()[-1]
    process = started()
    wait_until(lambda: "audit.rolledBack" in process.tail(), 20, "the alarm")
    assert "older copy" in process.tail()
    assert "audit.rolledBack" in requests.get(f"{scene.admin}/metrics", timeout=5).text
    for _ in range(len(original.leaves)):
        assert order(scene, registry) == "AA"
    process.terminate()
    assert len(scene.leaves) > covered
    assert scene.kept() == before, "a forked log was signed"
    assert "checkpointInconsistent" in scene.verify().codes


@attack("the same, and an old checkpoint copied to a name that sorts last", holding=OUTSIDE + ", append only",
        found_by="`serve`", code="audit.rolledBack")
def test_serve_is_not_misled_by_an_old_checkpoint_under_a_new_name(scene, started):
    put_back(scene)
    size = scene.checkpoint_sizes()[1]
    shutil.copy(scene.outside / checkpoint_name(size), scene.outside / checkpoint_name(99_999_999))
    before = scene.kept()
    process = started()
    wait_until(lambda: "audit.rolledBack" in process.tail() or scene.kept() != before, 20, "an alarm")
    process.terminate()
    assert "audit.rolledBack" in process.tail()
    assert scene.kept() == before, "a forked log was signed"


@attack("history rewritten, then served", holding=FOLDER, found_by="`serve`", code="audit.rolledBack")
def test_serve_does_not_sign_a_rewritten_history(scene, started):
    leaf_changed_and_frontier_mended(scene)
    before = scene.kept()
    process = started()
    wait_until(lambda: "audit.rolledBack" in process.tail(), 20, "the alarm")
    process.terminate()
    assert scene.kept() == before


@attack("the public key beside the checkpoints replaced", holding=OUTSIDE, found_by="`serve` does not start",
        code="unsafe")
def test_serve_does_not_start_beside_another_logs_key(scene):
    public_key_replaced(scene)
    result = scene.run("serve")
    assert result.returncode == 78 and "[unsafe]" in result.stderr, result
    assert "another audit log" in result.stderr


@attack("one bit of the public key flipped", holding=OUTSIDE, code="invalidValue")
def test_a_spoiled_public_key_is_no_key(scene):
    file = scene.outside / "audit-log.vkey"
    for position in random.Random(SEED).sample(range(len(file.read_bytes().strip())), 12):
        whole = file.read_bytes()
        file.write_bytes(flipped(whole, position))
        verdict = scene.verify()
        assert verdict.exit != 0, (position, verdict)
        file.write_bytes(whole)


@attack("a second `serve` on one data folder", holding=NOBODY, found_by="lock", code="store.served")
def test_a_second_serve_is_refused(scene, started):
    started()
    second = scene.run("serve")
    assert second.returncode == 2 and "[store.served]" in second.stderr
    assert "another" in second.stderr


@attack("a copy of the data folder served beside the original, with the same keys and checkpoint folder",
        holding=NOBODY, found_by="the `serve` that signs second; `audit verify` of its folder", code="audit.rolledBack",
        limit="with checkpoint folders apart each goes on; a common witness would refuse the second")
def test_two_gateways_from_one_copy_cannot_both_sign(scene, started, tmp_path):
    clone = scene.copied(tmp_path / "clone")
    clone.configure(checkpoints=[{"folder": str(scene.outside)}])
    first = started(scene)
    wait_until(lambda: scene.checkpoint_sizes()[-1] > clone.checkpoint_sizes()[-1], 20, "a checkpoint of the first")
    second = started(clone)
    wait_until(lambda: "audit.rolledBack" in second.tail(), 20, "the alarm of the second")
    assert "audit.rolledBack" not in first.tail()
    second.terminate(), first.terminate()
    assert scene.verify().exit == 0
    verdict = clone.verify()
    assert verdict.exit == 1 and verdict.codes & {"checkpointInconsistent", "truncated"}, verdict


@attack("many commands write at once beside a running gateway", holding=NOBODY, found_by="one transaction per leaf",
        code="", limit="harmless: no fork, no gap, nothing lost")
def test_writers_at_once_do_not_fork_the_log(scene, started, registry):
    process = started()
    before = len(scene.leaves)
    questions = [subprocess.Popen(
        [str(binary()), "audit", "show", "--order", f"00000000-0000-4000-8000-{number:012d}", "--config",
         str(scene.config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for number in range(8)]
    assert [order(scene, registry) for _ in range(20)] == ["AA"] * 20
    assert [question.wait(60) for question in questions] == [0] * len(questions)
    assert process.terminate() == 0
    assert events(scene, before)["audit.read"] == len(questions)
    assert events(scene, before)["order.notApplicable"] == 20
    assert scene.verify().exit == 0


@attack("the machine's clock set back by a day, and forth again", holding="root on the machine",
        found_by="a record of its own; the order is by index", code="clock.step",
        limit="looked for every 10 s; times are the machine's: only a time stamp authority vouches for them")
def test_a_clock_that_is_set_back_is_recorded_and_checkpoints_go_on(scene, started, registry, tmp_path):
    shim, clock = tmp_path / "clock_shim.so", tmp_path / "clock"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(shim), str(HERE / "clock_shim.c")], check=True)
    clock.write_text("0")
    process = started(scene, {"LD_PRELOAD": str(shim), "CLOCK_SHIM_FILE": str(clock)})
    before = len(scene.leaves)
    assert order(scene, registry) == "AA"
    clock.write_text("-86400")
    assert order(scene, registry) == "AA"
    wait_until(lambda: events(scene, before)["clock.step"] == 1, 30, "the step in the log")
    clock.write_text("0")
    wait_until(lambda: events(scene, before)["clock.step"] == 2, 30, "the step forth in the log")
    assert process.terminate() == 0
    times = [json.loads(leaf)["time"] for leaf in scene.leaves[before:]]
    assert times != sorted(times), "the clock was not set back"
    assert scene.verify().exit == 0
    assert scene.checkpoint_sizes()[-1] == len(scene.leaves)


@attack("an old signing key, stolen after it was rotated, signs a larger checkpoint", holding=OUTSIDE + ", the old key",
        code="checkpointSignatureInvalid", limit="below the handover's size the old key still counts")
def test_an_old_key_signs_nothing_after_its_rotation(scene, started):
    old, anchor = scene.signing_key, scene.vkey
    rotate_signing(scene, started)
    assert scene.signing_key.vkey != old.vkey
    assert scene.verify("--key", anchor).exit == 0, "who has the first key goes on with it"
    (scene.outside / checkpoint_name(10_000)).write_bytes(old.checkpoint(10_000, bytes(32)))
    assert_code(scene.verify("--key", anchor), "checkpointSignatureInvalid")


@attack("history behind the handover rewritten, every checkpoint signed anew with the old key", code=
        "checkpointSignatureInvalid", holding="data folder, outside folder and the old signing key")
def test_an_old_key_rewrites_nothing_after_its_rotation(scene, started):
    old, anchor = scene.signing_key, scene.vkey
    rotate_signing(scene, started)
    index = len(scene.leaves) - 2
    scene.change(("UPDATE leaves SET bytes = ? WHERE idx = ?", spoiled(scene.leaves[index], principal="user|x"), index))
    scene.mend_frontier()
    scene.resign(key=old)
    assert_code(scene.verify("--key", anchor), "checkpointSignatureInvalid")


@attack("a handover to the attacker's own key, signed with the stolen one", holding=OUTSIDE + ", the signing key",
        code="checkpointSignatureInvalid", limit="found because genuine checkpoints behind it are there")
def test_a_forged_handover_is_found(scene):
    forged = NoteKey(scene.signing_key.name, bytes(range(32)))
    size = scene.checkpoint_sizes()[1] + 1
    (scene.outside / f"{size:020d}.handover").write_bytes(handover(size, scene.signing_key, forged))
    assert_code(scene.verify(), "checkpointSignatureInvalid")


@attack("a second handover by a key that was handed over before", holding=OUTSIDE + ", the old key",
        code="handoverInvalid")
def test_a_second_handover_by_one_key_is_found(scene, started):
    old, anchor = scene.signing_key, scene.vkey
    rotate_signing(scene, started)
    forged, size = NoteKey(old.name, bytes(range(32))), scene.checkpoint_sizes()[-1] + 100
    (scene.outside / f"{size:020d}.handover").write_bytes(handover(size, old, forged))
    assert_code(scene.verify("--key", anchor), "handoverInvalid")


@attack("history rewritten and signed anew with the stolen key, then served beside a witness", holding=SIGNING_KEY,
        found_by="the witness refuses; `serve`: critical line, metric", code="audit.witnessRefused",
        limit="the witness must be in other hands; past its last cosignature nothing is bound")
def test_a_witness_refuses_a_rewritten_history(scene, started, tmp_path):
    witness = tmp_path / "witness"
    port = free_port()
    made = subprocess.run([str(binary()), "witness", "init", "--out", str(witness), "--name", "witness.test/w1",
                           "--port", str(port), "--log", scene.vkey, "--json"], stdout=subprocess.PIPE, check=True)
    key = json.loads(made.stdout)["key"]
    command = [str(binary()), "witness", "serve", "--config", str(witness / "witness.yaml")]
    serving = Process("witness", command, tmp_path)
    try:
        serving.wait_ready(lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 404)
        scene.configure(checkpoints=[{"folder": "./checkpoints"},
                                     {"witness": {"url": f"http://127.0.0.1:{port}", "key": key}}])
        process = started()
        wait_until(lambda: any(b"witness.test/w1" in note for note in scene.kept().values()), 30, "a cosignature")
        assert process.terminate() == 0
        assert scene.verify().exit == 0
        history_rewritten(scene)
        assert scene.verify().exit == 0, "the folder was in the attacker's hands"
        process = started()
        wait_until(lambda: "audit.witnessRefused" in process.tail(), 60, "the refusal")
        process.terminate()
        assert "extend" in serving.tail() or "forked" in serving.tail()
    finally:
        serving.kill()


# Anything at any place.

@attack("any bit of the database file flipped", holding=DATABASE, code="",
        found_by="`audit verify`: never intact with other leaves", limit="bits outside the log are not its business")
def test_no_flipped_bit_of_the_database_changes_a_leaf_unseen(scene, figures):
    folded(scene)
    genuine, whole, chance = scene.leaves, scene.database.read_bytes(), random.Random(SEED)
    outcomes = {0: 0, 1: 0, 2: 0}
    for _ in range(120):
        scene.database.write_bytes(flipped(whole, chance.randrange(len(whole)), chance.randrange(8)))
        result = scene.run("audit", "verify", "--json")
        assert result.returncode in outcomes, result
        outcomes[result.returncode] += 1
        if result.returncode == 0:
            assert scene.leaves == genuine
    figures["flipped bits of the database: intact, not intact, damaged"] = list(outcomes.values())
    assert outcomes[1] + outcomes[2] > 0


@attack("any bit of a checkpoint flipped", holding=OUTSIDE, code="checkpointSignatureInvalid")
def test_no_flipped_bit_of_a_checkpoint_passes(scene):
    note = scene.outside / checkpoint_name(scene.checkpoint_sizes()[-1])
    whole, chance = note.read_bytes(), random.Random(SEED)
    for _ in range(60):
        position = chance.randrange(len(whole))
        note.write_bytes(flipped(whole, position, chance.randrange(8)))
        result = scene.run("audit", "verify", "--json")
        assert result.returncode == 1, position
        # in the first line it names another log
        assert "checkpointSignatureInvalid" in result.stdout or "checkpointLogMismatch" in result.stdout


@attack("the write-ahead file of a killed gateway removed", holding=FOLDER, code="truncated",
        limit="seen up to the last outside checkpoint only; a gateway that was stopped in order leaves nothing there")
def test_a_removed_write_ahead_file_is_found(scene, started, registry):
    process = started()
    for _ in range(3):
        assert order(scene, registry) == "AA"
    process.kill()
    scene.database.with_name("store.sqlite-wal").unlink()
    (scene.data / "store.sqlite-shm").unlink(missing_ok=True)
    assert_code(scene.verify(), "truncated")


@attack("the write-ahead file cut off anywhere", holding=FOLDER, code="truncated",
        limit="seen up to the last outside checkpoint only")
def test_a_write_ahead_file_cut_anywhere_leaves_a_beginning_of_the_log(scene, started, registry, figures):
    process = started()
    for _ in range(10):
        assert order(scene, registry) == "AA"
    process.kill()
    covered = scene.checkpoint_sizes()[-1]
    shutil.copytree(scene.data, scene.folder / "killed")  # before anybody opens it: opening may fold the file
    wal = scene.data / "store.sqlite-wal"
    length = wal.stat().st_size
    genuine, chance, seen = None, random.Random(SEED), {}
    cuts = {length, 0, 31, 32} | {32 + 4120 * chance.randrange(length // 4120) for _ in range(20)} | {
        chance.randrange(length) for _ in range(20)}
    for cut in sorted(cuts, reverse=True):
        shutil.rmtree(scene.data)
        shutil.copytree(scene.folder / "killed", scene.data)
        with open(wal, "r+b") as file:
            file.truncate(cut)
        (scene.data / "store.sqlite-shm").unlink(missing_ok=True)
        result = scene.run("audit", "verify", "--json")
        if result.returncode == 2:
            assert "store." in result.stdout
            continue
        told = json.loads(result.stdout)
        genuine = genuine or scene.leaves
        assert scene.leaves == genuine[:told["size"]], "not a beginning of the log"
        assert (result.returncode == 0) == (told["size"] >= covered), told
        seen[told["size"]] = seen.get(told["size"], 0) + 1
    assert len(seen) > 3 and max(seen) > covered, seen
    figures["sizes of logs whose write-ahead file was cut"] = sorted(seen)


# Archived segments.

def archived(scene: Scene) -> Path:
    """The one segment, with every leaf from before the archiving."""
    folder = scene.folder / "archive"
    folder.mkdir()
    result = scene.run("audit", "archive", "--before", "2100-01-01", "--to", str(folder))
    assert result.returncode == 0, result
    assert scene.verify().exit == 0
    [segment] = folder.glob("*.segment")
    return segment


@attack("a segment of the archive removed", holding="the archive", code="segmentMissing")
def test_a_removed_segment_is_told(scene):
    archived(scene).unlink()
    assert_code(scene.verify(), "segmentMissing")


@attack("one bit of a segment of the archive flipped", holding="the archive", code="segmentChanged")
def test_a_changed_segment_is_told(scene):
    segment = archived(scene)
    whole, chance = segment.read_bytes(), random.Random(SEED)
    for _ in range(8):
        segment.write_bytes(flipped(whole, chance.randrange(len(whole))))
        assert_code(scene.verify(), "segmentChanged")


@attack("a leaf changed in a segment, the segment's digest and roots made to fit",
        holding="the archive and the database", code="checkpointInconsistent", limit="as for leaves in the database")
def test_a_leaf_changed_in_a_segment_is_found_by_the_tree(scene):
    segment = archived(scene)
    head, rest = segment.read_bytes().split(b"\n", 1)
    header = json.loads(head)
    leaves = rest[:header["leaves"]].splitlines()
    leaves[9] = leaves[9].replace(b'"outcome":0', b'"outcome":4')
    frontier = frontier_of(leaves)
    header["root"] = base64.b64encode(frontier.root).decode()
    text = b"\n".join([canonical(header), *leaves, b""])
    segment.write_bytes(text + rest[header["leaves"]:])
    scene.change(("UPDATE archive_segments SET digest = ?, frontier = ?",
                  hashlib.sha256(segment.read_bytes()).digest(), frontier.serialized))
    assert_code(scene.verify(), "checkpointInconsistent")


# Exported bundles, on the auditor's machine: by `audit-verifier` and by the Python script that shares no code with it.

BOTH = "`audit-verifier`, `verify_bundle.py`"
SCRIPT = attacks.PAGE.parent / "verify_bundle.py"


@pytest.fixture(scope="module")
def bundled(original, tmp_path_factory) -> tuple[Scene, Path]:
    """All records of one order, with every other leaf, exported from a copy."""
    scene = original.copied(tmp_path_factory.mktemp("bundled") / "scene")
    return scene, exported(scene, "--all-leaves")


def exported(scene: Scene, *arguments: str) -> Path:
    # one that was worked on, so that it has several records
    orders = json.loads(scene.run("orders", "list", "--json").stdout)["orders"]
    order = next(order["id"] for order in orders if order["state"] != "notApplicable")
    bundle = scene.folder / f"order{len(arguments)}.igaudit"
    result = scene.run("audit", "export", "--order", order, "--out", str(bundle), *arguments)
    assert result.returncode == 0, result
    return bundle


def judged(bundle: Path, key: str) -> list[subprocess.CompletedProcess]:
    programs = [[str(binary().with_name("audit-verifier"))], [sys.executable, str(SCRIPT)]]
    return [subprocess.run([*program, str(bundle), "--key", key, "--json"], capture_output=True, text=True, timeout=60)
            for program in programs]


def assert_refused(scene: Scene, content: bytes, what: object, code: str = ""):
    spoiled_bundle = scene.folder / "spoiled.igaudit"
    spoiled_bundle.write_bytes(content)
    for result in judged(spoiled_bundle, scene.vkey):
        assert result.returncode in (1, 2), (what, result)
        assert code in result.stdout, (what, result)


def sealed_anew(scene: Scene, lines: list[bytes]) -> bytes:
    """The lines with a trailer that the stolen key has signed."""
    content = b"".join(lines)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    key = scene.signing_key
    note = key.sign(f"imaging-gateway/audit-bundle/v1\n{key.name}\n{len(lines) - 1}\n{digest}\n").decode()
    return content + json.dumps({"trailer": note}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def test_an_honest_bundle_passes_also_when_it_is_sealed_anew(bundled):
    scene, bundle = bundled
    assert [result.returncode for result in judged(bundle, scene.vkey)] == [0, 0]
    lines = bundle.read_bytes().splitlines(keepends=True)
    bundle.with_name("anew").write_bytes(sealed_anew(scene, lines[:-1]))
    assert [result.returncode for result in judged(bundle.with_name("anew"), scene.vkey)] == [0, 0]


@attack("any bit of an exported bundle flipped", holding="the bundle", found_by=BOTH, code="bundle.digest")
def test_no_flipped_bit_of_a_bundle_passes(bundled):
    scene, bundle = bundled
    whole, chance = bundle.read_bytes(), random.Random(SEED)
    for _ in range(40):
        position, bit = chance.randrange(len(whole)), chance.randrange(8)
        assert_refused(scene, flipped(whole, position, bit), (position, bit))


@attack("a bundle cut off, a line taken out, two lines swapped", holding="the bundle", found_by=BOTH,
        code="bundle.trailer bundle.digest bundle.order")
def test_no_bundle_that_is_cut_or_rearranged_passes(bundled):
    scene, bundle = bundled
    whole, chance = bundle.read_bytes(), random.Random(SEED)
    lines = whole.splitlines(keepends=True)
    for _ in range(8):
        cut = chance.randrange(len(whole))
        assert_refused(scene, whole[:cut], cut)
    for line in range(1, len(lines), 9):
        assert_refused(scene, b"".join(lines[:line] + lines[line + 1:]), line, "bundle.")
    assert_refused(scene, b"".join([lines[0], lines[2], lines[1], *lines[3:]]), "swapped", "bundle.order")


@attack("a record's text changed in a bundle, the bundle sealed anew", holding="the bundle and the signing key",
        found_by=BOTH, code="bundle.record")
def test_a_changed_record_in_a_bundle_is_found_although_it_was_sealed_anew(bundled):
    scene, bundle = bundled
    lines = bundle.read_bytes().splitlines(keepends=True)[:-1]
    place = next(i for i, line in enumerate(lines) if b'"record":' in line)
    entry = json.loads(lines[place])
    entry["record"] = entry["record"].replace('"purpose":"', '"purpose":"X', 1)
    lines[place] = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    assert_refused(scene, sealed_anew(scene, lines), "record", "bundle.record")


@attack("a record of the order left out of a bundle with all leaves, sealed anew",
        holding="the operator, with the signing key", found_by=BOTH, code="bundle.leftOut bundle.root")
def test_a_record_left_out_of_a_bundle_with_all_leaves_is_found(bundled):
    scene, bundle = bundled
    lines = bundle.read_bytes().splitlines(keepends=True)[:-1]
    place = next(i for i, line in enumerate(lines) if b'"record":' in line)
    bare = {name: value for name, value in json.loads(lines[place]).items() if name in ("index", "leaf")}
    without = lines[:place] + [json.dumps(bare, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"]
    assert_refused(scene, sealed_anew(scene, without + lines[place + 1:]), "bare leaf", "bundle.leftOut")
    assert_refused(scene, sealed_anew(scene, lines[:place] + lines[place + 1:]), "no leaf", "bundle.")


@attack("a record left out of a bundle of selected records, sealed anew",
        holding="the operator, with the signing key", code="",
        found_by="**not found**; both say that completeness is not shown",
        limit="ask for `--all-leaves`, or check `--deep`")
def test_a_record_left_out_of_selected_records_is_not_missed_and_that_is_said(bundled):
    scene, bundle = bundled
    selected = exported(scene.copied(bundle.parent.parent / "selected"))
    lines = selected.read_bytes().splitlines(keepends=True)[:-1]
    selected.write_bytes(sealed_anew(scene, lines[:1] + lines[2:]))
    for program in ([str(binary().with_name("audit-verifier"))], [sys.executable, str(SCRIPT)]):
        result = subprocess.run([*program, str(selected), "--key", scene.vkey], capture_output=True, text=True)
        assert result.returncode == 0, "better than the page says"
        assert "Completeness is not shown" in result.stdout


def test_the_page_of_attacks_is_this_table():
    assert attacks.PAGE.read_text() == attacks.page(), "write it anew: python Tests/EndToEndTests/attacks.py"
