"""Replays a power cut: what `crash_recorder.c` wrote down becomes, at any moment, a folder as a disk may show it after
the power came back. The model: what was synced is there; of what was not, each 512-byte sector may be there or not; names
(create, rename, remove) come in their order, and those before a completed sync are there, as with a journalling file
system. The folder of outside checkpoints is another machine: it keeps everything at once."""

import random
import re
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEAD = struct.Struct("<cQQQIQ")
SECTOR = 512
DROPPED, KEPT, TORN = "dropped", "kept", "torn"


def build_recorder(folder: Path) -> Path:
    library = folder / "crash_recorder.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(HERE / "crash_recorder.c"), "-ldl",
                    "-lpthread"], check=True)
    return library


@dataclass
class Entry:
    op: str
    number: int
    begin: int
    offset: int
    path: str
    data: bytes


def entries(journal: Path) -> list[Entry]:
    raw, place, found = journal.read_bytes(), 0, []
    while place + HEAD.size <= len(raw):
        op, number, begin, offset, path_length, length = HEAD.unpack_from(raw, place)
        place += HEAD.size
        path = raw[place:place + path_length].decode()
        data = raw[place + path_length:place + path_length + length]
        place += path_length + length
        found.append(Entry(op.decode(), number, begin, offset, path, data))
    assert [entry.number for entry in found] == list(range(len(found))), "the journal has gaps"
    return found


def acknowledged(entry: Entry) -> list[str]:
    """The control ids of positive acknowledgments in what was sent."""
    if entry.op != "a":
        return []
    return [name.decode() for name in re.findall(rb"MSA\|(?:AA|CA)\|([^|\r]+)", entry.data)]


@dataclass
class File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Entry] = field(default_factory=list)

    @staticmethod
    def apply(content: bytearray, entry: Entry, sectors=None):
        if entry.op == "t":
            del content[entry.offset:]
            content.extend(bytes(entry.offset - len(content)))
            return
        end = entry.offset + len(entry.data)
        if sectors is None:
            content.extend(bytes(max(0, end - len(content))))
            content[entry.offset:end] = entry.data
            return
        for start in range(entry.offset, end, SECTOR):
            if sectors():
                stop = min(start + SECTOR, end)
                content.extend(bytes(max(0, stop - len(content))))
                content[start:stop] = entry.data[start - entry.offset:stop - entry.offset]

    def synced(self, begin: int):
        for entry in self.pending:
            if entry.number < begin:
                self.apply(self.durable, entry)
        self.pending = [entry for entry in self.pending if entry.number >= begin]

    def after_cut(self, mode: str, chance: random.Random) -> bytes:
        content = bytearray(self.durable)
        for entry in self.pending if mode != DROPPED else []:
            if mode == KEPT:
                self.apply(content, entry)
            else:
                fate = chance.choice([DROPPED, KEPT, TORN])
                if fate == KEPT:
                    self.apply(content, entry)
                elif fate == TORN and entry.op == "w":
                    self.apply(content, entry, lambda: chance.random() < 0.5)
        return bytes(content)


class Disk:
    """The disk while the journal is replayed. `unsynced` names files whose syncs are taken for nothing: a lying disk."""

    def __init__(self, elsewhere: Path, unsynced: str | None = None):
        self.elsewhere, self.unsynced = str(elsewhere), unsynced
        self.names: dict[str, File] = {}
        self.durable_names: dict[str, File] = {}
        self.created: dict[int, File] = {}
        self.changes: list[Entry] = []
        self.acknowledged: list[str] = []

    def replay(self, entry: Entry):
        self.acknowledged += acknowledged(entry)
        if entry.op == "a":
            return
        if entry.op in "crud":
            self.rename(self.names, entry)
            self.changes.append(entry)
        elif entry.op in "wt":
            if entry.path.endswith(" (deleted)"):
                return
            if entry.path not in self.names:
                self.replay_creation(entry)
            self.names[entry.path].pending.append(entry)
        elif entry.op == "s" and not (self.unsynced and entry.path.endswith(self.unsynced)):
            if entry.path in self.names:
                self.names[entry.path].synced(entry.begin)
            self.changes = self.settled(entry.begin)
        if entry.path.startswith(self.elsewhere):
            for file in [file for name, file in self.names.items() if name.startswith(self.elsewhere)]:
                file.synced(entry.number + 1)
            self.changes = self.settled(entry.number + 1, self.elsewhere)

    def replay_creation(self, entry: Entry):
        creation = Entry("c", entry.number, 0, 0, entry.path, b"")
        self.rename(self.names, creation)
        self.changes.append(creation)

    def settled(self, begin: int, below: str = "") -> list[Entry]:
        rest = []
        for change in self.changes:
            if change.number < begin and change.path.startswith(below):
                self.rename(self.durable_names, change)
            else:
                rest.append(change)
        return rest

    def rename(self, names: dict[str, File], change: Entry):
        """One change of names. A file is the same whether its name is durable or not."""
        if change.op == "c":
            names[change.path] = self.created.setdefault(change.number, File())
        elif change.op == "u":
            names.pop(change.path, None)
        elif change.op == "r" and change.path in names:
            names[change.data.decode()] = names.pop(change.path)

    def after_cut(self, mode: str, seed: int) -> dict[str, bytes]:
        """What is found when the power is back."""
        chance = random.Random(seed)
        names = dict(self.durable_names)
        kept = {DROPPED: 0, KEPT: len(self.changes)}.get(mode, chance.randint(0, len(self.changes)))
        for change in self.changes[:kept]:
            self.rename(names, change)
        return {name: file.after_cut(mode, chance) for name, file in names.items()}
