"""The table of attacks on the audit log: each row is a function here or a test in `test_audit_attacks.py`. The page
docs/comply/attacks.md is written from it: `python attacks.py`."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "comply" / "attacks.md"

# Who can do it: what is in the attacker's hands.
DATABASE = "the database"
FOLDER = "the data folder"
OUTSIDE = "an outside checkpoint folder"
EVERYTHING = "data folder and every outside checkpoint"
SIGNING_KEY = "data folder, outside folder and the signing key"
NOBODY = "nobody: a crash, a mistake"


@dataclass(frozen=True)
class Attack:
    """What somebody does, with what, what finds it, with which stable code, and what remains."""

    name: str
    does: str
    holding: str
    found_by: str
    code: str
    limit: str
    test: str
    carry_out: Callable | None = None
    # for what this log cannot see alone: what the auditor brings, and what is said then
    told: str = ""
    remedy: Callable | None = None

    @property
    def codes(self) -> set[str]:
        return set(self.code.split())


ATTACKS: list[Attack] = []


def attack(does: str, *, holding: str, code: str, found_by: str = "`audit verify`", limit: str = "", told: str = "",
           remedy: Callable | None = None):
    """Registers a function that tampers with a `Scene`, or a test of its own, as one row of the table."""
    def register(function):
        own = function.__name__.startswith("test_")
        test = ("" if own else "test_what_this_log_cannot_see_alone" if remedy
                else "test_deep_tampering_is_found" if "--deep" in found_by else "test_tampering_is_found")
        ATTACKS.append(Attack(
            function.__name__, does, holding, found_by, code, limit,
            function.__name__ if own else f"{test}[{function.__name__}]", None if own else function, told, remedy))
        return function
    return register


def page() -> str:
    """The table for people."""
    importlib.import_module("test_audit_attacks")  # they register their rows, in this order
    importlib.import_module("test_power_cut")

    def row(attack: Attack) -> str:
        code = ", ".join(f"`{code}`" for code in attack.code.split()) or "–"
        cells = [attack.does, attack.holding, attack.told or None, attack.found_by, code, attack.limit or "–",
                 f"`{attack.test.removeprefix('test_')}`"]
        return "| " + " | ".join(cell for cell in cells if cell is not None) + " |"

    hidden = [attack for attack in ATTACKS if attack.remedy]
    return "\n".join([
        "# Attacks on the audit log", "",
        "Each row is carried out on a real log by `Tests/EndToEndTests/test_audit_attacks.py` and `test_power_cut.py`; this",
        "page is written from them (`python Tests/EndToEndTests/attacks.py`), and a test fails where they differ. Codes are explained in",
        "[error codes](../operate/errors.md#audit-log-audit-verify). Test names stand without `test_`.", "",
        "## Found, or made harmless", "",
        "| Attack | The attacker has | Found by | Code | Limit | Test |", "|---|---|---|---|---|---|",
        *(row(attack) for attack in ATTACKS if not attack.remedy), "",
        "## What the log cannot see alone", "",
        "With these, `audit verify` says that the log is intact: the tests assert that as well. Each is found once the",
        "auditor brings what stands in the fourth column. So keep checkpoints and the public key where the gateway's",
        "operators cannot change them, and let a [witness](../operate/witness.md) on another host sign too.", "",
        "| Attack | The attacker has | What is told without help | Found by | Code | Limit | Test |",
        "|---|---|---|---|---|---|---|", *map(row, hidden), ""])


if __name__ == "__main__":
    # not this module's own copy of the table: the tests register with the one that they import
    PAGE.write_text(importlib.import_module("attacks").page())
    print(PAGE)
