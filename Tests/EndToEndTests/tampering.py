"""What attackers do to a `Scene`: each function is a row of the table in `attacks.py`, carried out by
`test_audit_attacks.py`."""

import json
import os
import shutil
import sqlite3
from contextlib import closing

from attacks import DATABASE, EVERYTHING, FOLDER, OUTSIDE, SIGNING_KEY, attack
from scene import NoteKey, Scene, checkpoint_name, frontier_of
from sealed import StolenKeys

# A new leaf with what stands beside an old one: index and leaf are given, and which one is copied.
COPIED = "INSERT INTO leaves (idx, bytes, data_key, body) SELECT ?, ?, data_key, body FROM leaves WHERE idx ="

def spoiled(leaf: bytes, **changes) -> bytes:
    """The leaf with other members, in the canonical form."""
    return json.dumps(json.loads(leaf) | changes, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def flipped(data: bytes, position: int, bit: int = 0) -> bytes:
    return data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1:]


def renumber(scene: Scene, first: int, by: int):
    """Moves every leaf from `first` on by some places, as a careful attacker would after an insertion or removal."""
    scene.change(("UPDATE leaves SET idx = idx + 1000000 WHERE idx >= ?", first),
                 ("UPDATE leaves SET idx = idx - 1000000 + ? WHERE idx >= 1000000", by))


def cut_off(scene: Scene, size: int):
    """Removes the end, mends the frontier and the checkpoints inside."""
    scene.change(("DELETE FROM leaves WHERE idx >= ?", size))
    scene.mend_frontier()
    for note in (scene.data / "checkpoints").glob("*.checkpoint"):
        if int(note.stem) > size:
            note.unlink()


def put_back(scene: Scene):
    """Puts the data folder back to the older copy."""
    shutil.rmtree(scene.data)
    shutil.copytree(scene.folder / "early" / "data", scene.data)


# Tampering that `audit verify` must find. Each takes a scene with 34 or so leaves and checkpoints of four sizes.

@attack("one bit of a leaf flipped", holding=DATABASE, code="rootMismatch checkpointInconsistent")
def leaf_bit(scene: Scene):
    leaf = scene.leaves[9]
    scene.change(("UPDATE leaves SET bytes = ? WHERE idx = 9", flipped(leaf, leaf.index(b'"time":"') + 12)))


@attack("a leaf changed, the stored frontier made to fit", holding=DATABASE, code="checkpointInconsistent")
def leaf_changed_and_frontier_mended(scene: Scene):
    scene.change(("UPDATE leaves SET bytes = ? WHERE idx = 9", spoiled(scene.leaves[9], principal="user|somebodyElse")))
    scene.mend_frontier()


@attack("the same, and all checkpoints inside removed", holding=FOLDER, code="checkpointInconsistent",
        limit="without a checkpoint elsewhere: not found")
def leaf_changed_and_no_checkpoint_inside(scene: Scene):
    leaf_changed_and_frontier_mended(scene)
    shutil.rmtree(scene.data / "checkpoints")


@attack("a leaf rewritten with white space", holding=DATABASE, code="leafMalformed rootMismatch")
def leaf_not_canonical(scene: Scene):
    scene.change(("UPDATE leaves SET bytes = ? WHERE idx = 9", scene.leaves[9].replace(b'","', b'", "', 1)))


@attack("one bit of the frontier's hashes flipped", holding=DATABASE, code="rootMismatch",
        limit="the tree itself is whole; only later leaves would be appended wrongly")
def frontier_bit(scene: Scene):
    scene.change(("UPDATE frontier SET bytes = ? WHERE id = 1", flipped(scene.value("SELECT bytes FROM frontier"), 20)))


@attack("one bit of the frontier's size flipped", holding=DATABASE, code="frontierMalformed")
def frontier_size_bit(scene: Scene):
    scene.change(("UPDATE frontier SET bytes = ? WHERE id = 1", flipped(scene.value("SELECT bytes FROM frontier"), 7)))


@attack("the frontier removed", holding=DATABASE, code="frontierMalformed")
def frontier_removed(scene: Scene):
    scene.change(("DELETE FROM frontier",))


@attack("one bit of a checkpoint flipped", holding=OUTSIDE, code="checkpointSignatureInvalid",
        limit="the log may be whole: compare with the other places")
def checkpoint_bit(scene: Scene):
    note = scene.outside / checkpoint_name(scene.checkpoint_sizes()[1])
    note.write_bytes(flipped(note.read_bytes(), 70))


@attack("a checkpoint made unreadable by 70 kB behind it", holding=OUTSIDE, code="checkpointUnreadable")
def checkpoint_oversized(scene: Scene):
    note = scene.outside / checkpoint_name(scene.checkpoint_sizes()[-1])
    note.write_bytes(note.read_bytes() + b"\n" * 70_000)


@attack("a pipe under the name of a checkpoint, to keep whoever reads it waiting", holding=OUTSIDE,
        code="checkpointUnreadable")
def checkpoint_is_a_pipe(scene: Scene):
    os.mkfifo(scene.outside / checkpoint_name(scene.checkpoint_sizes()[-1] + 1))


@attack("two leaves change places, with all that belongs to them", holding=DATABASE,
        code="rootMismatch checkpointInconsistent")
def leaves_reordered(scene: Scene):
    scene.change(("UPDATE leaves SET idx = 1000000 WHERE idx = 9",), ("UPDATE leaves SET idx = 9 WHERE idx = 12",),
                 ("UPDATE leaves SET idx = 12 WHERE idx = 1000000",))


@attack("a leaf removed from the middle", holding=DATABASE, code="indexGap rootMismatch")
def leaf_removed(scene: Scene):
    scene.change(("DELETE FROM leaves WHERE idx = 9",))


@attack("the same, the rest renumbered and the frontier made to fit", holding=DATABASE,
        code="checkpointInconsistent truncated")
def leaf_removed_and_renumbered(scene: Scene):
    scene.change(("DELETE FROM leaves WHERE idx = 9",))
    renumber(scene, 10, -1)
    scene.mend_frontier()


@attack("the last leaves removed", holding=DATABASE, code="rootMismatch truncated")
def tail_removed(scene: Scene):
    scene.change(("DELETE FROM leaves WHERE idx >= ?", len(scene.leaves) - 3))


@attack("the same, frontier and checkpoints inside made to fit", holding=FOLDER, code="truncated",
        limit="seen up to the last outside checkpoint only")
def tail_removed_and_mended(scene: Scene):
    cut_off(scene, len(scene.leaves) - 3)


@attack("a forged leaf put into the middle, all made to fit", holding=DATABASE, code="checkpointInconsistent")
def leaf_inserted(scene: Scene):
    renumber(scene, 9, 1)
    scene.change((f"{COPIED} 8", 9, spoiled(scene.leaves[8], principal="user|nobody")))
    scene.mend_frontier()


@attack("a leaf of another log put at the end", holding=DATABASE, code="logMismatch")
def leaf_of_another_log(scene: Scene):
    size = len(scene.leaves)
    scene.change((f"{COPIED} 8", size, spoiled(scene.leaves[8], log="imaging-gateway/another")))
    scene.mend_frontier()


@attack("the data folder put back to an older copy", holding=FOLDER, code="truncated",
        limit="seen up to the last outside checkpoint only")
def rolled_back(scene: Scene):
    put_back(scene)


@attack("the older copy disguised as a declared restore: a forged `log.restored`, the log's name counted on",
        holding=FOLDER, code="recordsLost",
        limit="how many records are lost is known up to the last outside checkpoint only")
def rolled_back_as_a_restore(scene: Scene):
    put_back(scene)
    size, model = len(scene.leaves), scene.leaves[-1]
    leaf = spoiled(model, event="log.restored", log=json.loads(model)["log"] + "/2")
    scene.change((f"{COPIED} {size - 1}", size, leaf),
                 ("INSERT OR REPLACE INTO meta (name, value) VALUES ('logEpoch', '2'), ('logEpochFrom', ?)", str(size)))
    scene.mend_frontier()


@attack("a checkpoint of another log put beside ours", holding=OUTSIDE, code="checkpointLogMismatch")
def checkpoint_of_another_log(scene: Scene):
    other = NoteKey("imaging-gateway/another", bytes(range(32)))
    (scene.outside / checkpoint_name(9)).write_bytes(other.checkpoint(9, frontier_of(scene.leaves[:9]).root))


@attack("a checkpoint signed by our key that names another log", holding=SIGNING_KEY, code="checkpointLogMismatch")
def checkpoint_of_another_origin(scene: Scene):
    note = scene.signing_key.checkpoint(9, frontier_of(scene.leaves[:9]).root, origin="imaging-gateway/another")
    (scene.outside / checkpoint_name(9)).write_bytes(note)


@attack("a checkpoint of a larger size signed by another key under our name", holding=OUTSIDE,
        code="checkpointSignatureInvalid", limit="never taken for a larger log; the file has to be looked at")
def checkpoint_of_another_key(scene: Scene):
    forged = NoteKey(scene.signing_key.name, bytes(range(32)))
    (scene.outside / checkpoint_name(10_000)).write_bytes(forged.checkpoint(10_000, bytes(32)))


@attack("a checkpoint of a larger size signed with the stolen key", holding=SIGNING_KEY, code="truncated")
def checkpoint_of_a_future(scene: Scene):
    (scene.outside / checkpoint_name(10_000)).write_bytes(scene.signing_key.checkpoint(10_000, bytes(32)))


@attack("an outcome hung on another intent, everything signed anew with the stolen key", holding=SIGNING_KEY,
        code="intentUnknown", limit="only because the rewritten history contradicts itself")
def outcome_of_another_intent(scene: Scene):
    index = next(i for i, leaf in enumerate(scene.leaves) if json.loads(leaf)["phase"] == "outcome")
    scene.change(("UPDATE leaves SET bytes = ? WHERE idx = ?", spoiled(scene.leaves[index], intent=1), index))
    scene.mend_frontier()
    scene.resign()


@attack("the database file cut off", holding=FOLDER, code="store.damaged")
def database_truncated(scene: Scene):
    folded(scene)
    with open(scene.database, "r+b") as file:
        file.truncate(scene.database.stat().st_size * 2 // 3)


def folded(scene: Scene):
    """Copies the write-ahead file into the database file, as SQLite does from time to time."""
    with closing(sqlite3.connect(scene.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# What `audit verify` cannot see alone, and what the auditor brings to see it.

def kept_checkpoint(scene: Scene, original: Scene) -> list[str]:
    """One old checkpoint from elsewhere: a print-out, a mail, another host."""
    last = checkpoint_name(original.checkpoint_sizes()[-1])
    scene.outside.mkdir(exist_ok=True)
    shutil.copy(original.outside / last, scene.outside / last)
    return []


def kept_key(_: Scene, original: Scene) -> list[str]:
    """The public key as it was once handed over."""
    return ["--key", original.vkey]


def second_folder(scene: Scene, original: Scene) -> list[str]:
    """A second place that was out of the attacker's reach."""
    shutil.copytree(original.outside, scene.second)
    scene.configure(checkpoints=[{"folder": "./checkpoints"}, {"folder": "./second"}])
    return []


def the_keys(*_) -> list[str]:
    """Key file and the sealed bodies."""
    return ["--deep"]


@attack("a leaf changed, the frontier made to fit, every checkpoint removed", holding=EVERYTHING,
        told="intact; no outside checkpoint", found_by="any kept checkpoint", code="checkpointInconsistent",
        remedy=kept_checkpoint)
def no_checkpoint_anywhere(scene: Scene):
    leaf_changed_and_no_checkpoint_inside(scene)
    for note in scene.outside.glob("*.checkpoint"):
        note.unlink()


@attack("the last leaves removed, with every checkpoint that covers them", holding=EVERYTHING,
        told="intact, of the smaller size", found_by="any kept checkpoint", code="truncated", remedy=kept_checkpoint)
def tail_and_its_checkpoints_removed(scene: Scene):
    size = scene.checkpoint_sizes()[1]
    cut_off(scene, size)
    for note in scene.outside.glob("*.checkpoint"):
        if int(note.stem) > size:
            note.unlink()


@attack("data folder and outside checkpoints put back to an older copy together", holding=EVERYTHING,
        told="intact, of the smaller size", found_by="any kept checkpoint", code="truncated", remedy=kept_checkpoint)
def rolled_back_with_the_checkpoints(scene: Scene):
    put_back(scene)
    shutil.rmtree(scene.outside)
    shutil.copytree(scene.folder / "early" / "checkpoints", scene.outside)


@attack("history rewritten from one leaf on, every checkpoint inside and outside signed anew", holding=SIGNING_KEY,
        told="intact", found_by="a second checkpoint folder", code="checkpointInconsistent", remedy=second_folder,
        limit="nothing but a place out of reach tells which history is the older one")
def history_rewritten(scene: Scene):
    for index in range(9, len(scene.leaves)):
        leaf = spoiled(scene.leaves[index], principal="user|x")
        scene.change(("UPDATE leaves SET bytes = ? WHERE idx = ?", leaf, index))
    scene.mend_frontier()
    scene.resign()


@attack("the same, and the auditor has one old checkpoint only", holding=SIGNING_KEY, told="intact",
        found_by="any kept checkpoint", code="checkpointInconsistent", remedy=kept_checkpoint)
def history_rewritten_once_more(scene: Scene):
    history_rewritten(scene)


@attack("a record rewritten with its sealed contents and commitments, checkpoints signed anew",
        holding="everything, the whole key file too", told="intact; also with `--deep`", found_by="any kept checkpoint",
        code="checkpointInconsistent", remedy=kept_checkpoint)
def history_rewritten_with_all_keys(scene: Scene):
    StolenKeys(scene).rewrite(9, "user", "somebodyElse")
    scene.mend_frontier()
    scene.resign()
    deep = scene.verify("--deep")
    assert deep.exit == 0, f"better than the page says\n{deep}"


@attack("public key and all checkpoints replaced by the attacker's own", holding=EVERYTHING, told="intact",
        found_by="`--key` with the auditor's copy", code="checkpointSignatureInvalid", remedy=kept_key,
        limit="`serve` refuses to start with such a folder")
def public_key_replaced(scene: Scene):
    leaf_changed_and_frontier_mended(scene)
    forged, leaves = NoteKey(scene.signing_key.name, bytes(range(32))), scene.leaves
    for folder in scene.places():
        (folder / "audit-log.vkey").write_text(forged.vkey + "\n")
        for note in folder.glob("*.checkpoint"):
            size = int(note.stem)
            note.write_bytes(forged.checkpoint(size, frontier_of(leaves[:size]).root))


@attack("a forged leaf put at the end, the frontier made to fit, before the next checkpoint", holding=DATABASE,
        told="intact; one record newer than the last checkpoint", found_by="`audit verify --deep`",
        code="record.bodyUnreadable", remedy=the_keys,
        limit="the next checkpoint signs it; without the keys nobody can tell")
def leaf_appended(scene: Scene):
    size = len(scene.leaves)
    scene.change((f"{COPIED} 8", size, spoiled(scene.leaves[8], principal="user|nobody")))
    scene.mend_frontier()


# Tampering with what is sealed beside the leaves: only the keys show it.

DEEP = "`audit verify --deep`"


@attack("one bit of a sealed body flipped", holding=DATABASE, found_by=DEEP, code="record.bodyUnreadable")
def body_bit(scene: Scene):
    scene.change(("UPDATE leaves SET body = ? WHERE idx = 9",
                  flipped(scene.value("SELECT body FROM leaves WHERE idx = 9"), 60)))


@attack("the sealed bodies of two leaves swapped", holding=DATABASE, found_by=DEEP, code="record.bodyUnreadable")
def bodies_swapped(scene: Scene):
    first, second = (scene.value("SELECT body FROM leaves WHERE idx = ?", index) for index in (2, 3))
    keys = [scene.value("SELECT data_key FROM leaves WHERE idx = ?", index) for index in (2, 3)]
    scene.change(("UPDATE leaves SET body = ?, data_key = ? WHERE idx = 2", second, keys[1]),
                 ("UPDATE leaves SET body = ?, data_key = ? WHERE idx = 3", first, keys[0]))


@attack("two wrapped data keys swapped", holding=DATABASE, found_by=DEEP, code="record.bodyUnreadable")
def data_keys_swapped(scene: Scene):
    rows = [scene.value("SELECT data_key FROM leaves WHERE idx = ?", index) for index in (2, 3)]
    first, second = (scene.value("SELECT wrapped FROM data_key WHERE row = ?", row) for row in rows)
    assert rows[0] != rows[1]
    scene.change(("UPDATE data_key SET wrapped = ? WHERE row = ?", second, rows[0]),
                 ("UPDATE data_key SET wrapped = ? WHERE row = ?", first, rows[1]))


@attack("a data key destroyed without a record of it", holding=DATABASE, found_by=DEEP, code="record.keyMissing")
def data_key_destroyed_silently(scene: Scene):
    row = scene.value("SELECT data_key FROM leaves WHERE idx = 9")
    scene.change(("UPDATE data_key SET wrapped = NULL, destroyed = 1 WHERE row = ?", row))


@attack("the contents of a leaf emptied, as if they had expired", holding=DATABASE, found_by=DEEP,
        code="record.bodyMissing")
def body_emptied(scene: Scene):
    scene.change(("UPDATE leaves SET body = x'' WHERE idx = 9",))


@attack("a leaf taken out of the index of subjects, so that a question about the patient misses it", holding=DATABASE,
        found_by=DEEP, code="record.indexMissing")
def subjects_emptied(scene: Scene):
    index = next(i for i, leaf in enumerate(scene.leaves) if json.loads(leaf)["subjects"])
    scene.change(("UPDATE leaves SET subjects = x'' WHERE idx = ?", index))
