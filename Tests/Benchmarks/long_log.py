"""A log of many records, written in Python from the format's description alone, beside a real one: what a gateway of many
years would have. The program must find it intact."""

import base64
import json
import os
import sqlite3
import uuid
from contextlib import closing

from scene import Frontier, Scene, checkpoint_name

LEAVES_BETWEEN_CHECKPOINTS = 1000
# What one cycle of orders leaves: most are of another modality; one is worked on.
CYCLE = ["order.notApplicable"] * 6 + ["order.accepted", "study.query intent", "study.query outcome", "order.state"]


def lengthen(scene: Scene, size: int):
    """Appends records to the stopped gateway's log until it has `size`, with signed checkpoints at both places."""
    key, leaves = scene.signing_key, scene.leaves
    models = {}
    for leaf in map(json.loads, leaves):
        name = leaf["event"] if leaf["phase"] == "single" else f'{leaf["event"]} {leaf["phase"]}'
        models.setdefault(name, leaf)
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    with closing(sqlite3.connect(scene.database)) as store:
        store.execute("PRAGMA synchronous = OFF")
        triggers = store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            store.execute(f'DROP TRIGGER "{name}"')
        data_key, body = store.execute("SELECT data_key, body FROM leaves ORDER BY idx DESC LIMIT 1").fetchone()
        rows = ((index, leaf, data_key, body) for index, leaf in _records(models, frontier, size, scene, key))
        store.executemany("INSERT INTO leaves (idx, bytes, data_key, body) VALUES (?, ?, ?, ?)", rows)
        store.execute("UPDATE frontier SET size = ?, bytes = ? WHERE id = 1", (frontier.size, frontier.serialized))
        for _, sql in triggers:
            store.execute(sql)
        store.commit()
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _records(models: dict[str, dict], frontier: Frontier, size: int, scene: Scene, key):
    correlation, intent, place = "", 0, 0
    while frontier.size < size:
        name = CYCLE[place % len(CYCLE)]
        place += 1
        index = frontier.size
        if name in ("order.notApplicable", "order.accepted"):
            correlation = str(uuid.UUID(bytes=os.urandom(16), version=4))
        if name.endswith("intent"):
            intent = index
        model = models[name]
        leaf = model | {
            "body": _commitment(), "correlation": correlation, "subjects": [_commitment() for _ in model["subjects"]],
            "time": f"2026-11-21T{index // 3600 % 24:02d}:{index // 60 % 60:02d}:{index % 60:02d}.{index % 1000000:06d}Z"}
        if "intent" in leaf:
            leaf["intent"] = intent
        text = json.dumps(leaf, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
        frontier.append(text)
        yield index, text
        if frontier.size % LEAVES_BETWEEN_CHECKPOINTS == 0 or frontier.size == size:
            note = key.checkpoint(frontier.size, frontier.root)
            for folder in scene.places():
                (folder / checkpoint_name(frontier.size)).write_bytes(note)


def _commitment() -> str:
    return base64.urlsafe_b64encode(os.urandom(32))[:43].decode()
