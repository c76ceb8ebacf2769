"""Identifiers planted everywhere (`deidentification_set`), the program on them, and a search of all that comes out.

What is searched knows no tags: output files, names, receipts, certificates, stdout and stderr are bytes. Each identifier was
put at one place only, so that one that is left names the place. `IMAGING_GATEWAY_SEED` makes another set."""

import datetime
import json
import os
import shutil
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import pydicom
import pytest
import yaml
from conftest import SEED
from deidentification_set.__main__ import write
from deidentification_set.search import Search, holders
from gateway import ROOT, binary
from pydicom.datadict import dictionary_VR

MAPPINGS = ROOT / "mappings" / "deidentification"
PAGE = ROOT / "docs" / "comply" / "deidentification-test-set.md"
TABLE = ROOT / "Sources" / "Deidentification" / "Profile" / "Tables" / "profile_2024b.tsv"
CODES = {"retainUIDs": "113110", "retainDeviceIdentity": "113109", "retainInstitutionIdentity": "113112",
         "retainPatientCharacteristics": "113108", "retainFullDates": "113106", "retainModifiedDates": "113107",
         "cleanStructuredContent": "113104", "cleanGraphics": "113103"}
DATES = {"113106", "113107"}
CONTENT_SEQUENCE = 0x0040A730
#: Its items hold nothing but rows of the table, each with a rule of its own.
VERIFYING_OBSERVER_SEQUENCE = 0x0040A073


def profiles() -> dict[str, dict]:
    """The shipped profiles by name."""
    read = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(MAPPINGS.glob("*.yaml"))}
    return {name: profile for name, profile in read.items() if isinstance(profile, dict) and "options" in profile}


class Options:
    """What a profile's options keep, read from the rows of PS3.15 table E.1-1."""

    def __init__(self, profile: dict):
        self.names = set(profile["options"])
        self.own = {int(str(entry["tag"]), 16) for entry in profile.get("keep") or []}
        chosen = {CODES[name] for name in self.names if name in CODES}
        #: The actions of the options that are chosen, for each attribute that the table names.
        self.actions: dict[int, set[str]] = {}
        for line in TABLE.read_text().splitlines():
            tag, _, _, options, *_ = line.split("\t")
            if len(tag) == 8 and all(digit in "0123456789ABCDEF" for digit in tag):
                self.actions[int(tag, 16)] = {each for each in options.split(",") if each[:6] in chosen}

    def keep(self, planted) -> bool:
        """Whether this may stay, though nobody's own identifier may."""
        tag, actions = planted.tag, self.actions.get(planted.tag, set())
        kept = tag in self.own or any(action.endswith(":K") and action[:6] not in DATES for action in actions)
        # Attributes outside the table, and items of sequences that an option cleans, follow the option for dates.
        walked = tag not in self.actions or tag == VERIFYING_OBSERVER_SEQUENCE or bool(actions)
        match planted.kind:
            case "uid": return kept or "retainUIDs" in self.names
            case "date": return walked and "retainFullDates" in self.names
            case "time": return walked and bool({"retainFullDates", "retainModifiedDates"} & self.names)
            # A measurement of a report is what the report is for.
            case "number": return kept or (tag == CONTENT_SEQUENCE and "cleanStructuredContent" in self.names)
            case _: return kept or ("113109:C" in actions and dictionary_VR(tag) == "AE")


@pytest.fixture(scope="module")
def made(workplace):
    folder = workplace / "deidentification-set"
    made = write(SEED, folder)
    made.folder = folder
    made.search = Search(made.planter.planted)
    made.by_case = defaultdict(list)
    for planted in made.planter.planted:
        made.by_case[planted.case].append(planted)
    yield made
    shutil.rmtree(folder, ignore_errors=True)


def day(date: str) -> datetime.date:
    return datetime.datetime.strptime(date, "%Y%m%d").date()


def study_date(path: Path) -> datetime.date | None:
    value = pydicom.dcmread(path, force=True, stop_before_pixels=True).get("StudyDate")
    return day(value) if value else None


def drawn(made, case) -> list:
    return [planted for planted in made.by_case[case.name] if planted.kind == "drawn"]


def test_the_search_finds_every_identifier_in_the_originals(made, figures):
    """Else `left: 0` would say nothing."""
    missing = []
    for case in made.cases:
        file = (made.folder / case.path).read_bytes()
        found = made.search.dicom(file, "") + made.search.bytes(case.path.encode(), "")
        if drawn(made, case):
            found += made.search.read(file, "", drawn(made, case))
        tokens = {left.planted.token for left in found}
        missing += [planted for planted in made.by_case[case.name] if planted.token not in tokens]
    unread = [planted for planted in missing if planted.kind == "drawn"]
    figures["deidentification set"] = {"files": len(made.cases), "planted": len(made.planter.planted),
                                       "drawn and not read by tesseract": len(unread)}
    assert [planted for planted in missing if planted.kind != "drawn"] == []
    # What reads the pictures misreads now and then, but not often.
    assert len(unread) * 5 < sum(planted.kind == "drawn" for planted in made.planter.planted)


class Outcome:
    """One run of the program over the set, and what is left."""

    def __init__(self, made, name: str, profile: dict, out: Path):
        self.profile, self.made = profile, made
        keys = out.with_suffix(".keys")
        subprocess.run([str(binary()), "keys", "init", "--out", str(keys)], check=True, capture_output=True)
        crosswalk = ["--crosswalk", str(out.with_suffix(".crosswalk"))] if profile.get("pseudonyms") == "random" else []
        self.result = subprocess.run(
            [str(binary()), "deidentify", str(made.folder), "--out", str(out), "--profile", str(MAPPINGS / f"{name}.yaml"),
             "--keys", str(keys), *crosswalk, "--json"], capture_output=True, stdin=subprocess.DEVNULL, timeout=900)
        lines = [json.loads(line) for line in self.result.stdout.splitlines() if line.startswith(b"{")]
        told = {Path(line["file"]).resolve(): line for line in lines if "file" in line}
        self.refused: dict[str, str] = {}
        self.written: list = []
        self.untold: list[str] = []
        for case in made.cases:
            line = told.get((made.folder / case.path).resolve())
            if line is None:
                self.untold.append(case.name)
            elif "output" in line:
                output = Path(line["output"])
                self.written.append((case, output if output.is_absolute() else out / output))
            else:
                self.refused[case.name] = line.get("error") or line["passedOver"]
        self.left, self.kept = self._search(out, told)

    def _search(self, out: Path, told):
        search, found = self.made.search, []
        for path in sorted(out.rglob("*")):
            found += search.bytes(str(path.relative_to(out)).encode(), "name of a file")
            if path.is_file():
                file = path.read_bytes()
                found += search.dicom(file, path.suffix) if path.suffix == ".dcm" else search.bytes(file, path.suffix)
        # Whoever types a path is told that path again; nothing else of the input is told.
        told_bytes = self.result.stdout
        for path in told:
            told_bytes = told_bytes.replace(json.dumps(str(path))[1:-1].encode(), b"")
        found += search.bytes(told_bytes.replace(str(self.made.folder).encode(), b""), "stdout")
        found += search.bytes(self.result.stderr.replace(str(self.made.folder).encode(), b""), "stderr")
        self.outputs = {case.name: path for case, path in self.written}
        for case, path in self.written:
            if drawn(self.made, case):
                found += search.read(path.read_bytes(), path.suffix, drawn(self.made, case))
        first = {}
        for left in found:
            if not self._by_chance(left):
                first.setdefault(left.planted, left)
        options = Options(self.profile)
        explained = {planted: left for planted, left in first.items() if self._is_permitted(planted, options)}
        return [left for planted, left in first.items() if planted not in explained], list(explained)

    def _by_chance(self, left) -> bool:
        """A moved date can be another date of the same file: what became of that one is known from Study Date."""
        if left.planted.kind != "date" or "retainModifiedDates" not in self.profile["options"]:
            return False
        path = self.outputs.get(left.planted.case)
        if path is None:
            return True  # refused: the files of other cases hold this day for a reason of their own
        if left.planted.tag not in holders(path.read_bytes(), left.planted.token):
            return True
        dates = {planted.token: planted for planted in self.made.by_case[left.planted.case] if planted.kind == "date"}
        study = next((day(token) for token, planted in dates.items() if planted.place == "Study Date"), None)
        moved = study and study_date(path)
        return bool(moved) and (day(left.planted.token) - (moved - study)).strftime("%Y%m%d") in dates

    def _is_permitted(self, planted, options: Options) -> bool:
        if planted.known:
            return False
        if planted.kind == "drawn":
            gate = self.profile.get("textGate")
            # A gate for what is risky believes a radiograph that says there is no text in it.
            return gate == "never" or (gate == "risky" and planted.case.startswith("drawn text, DX, burned in: NO"))
        return options.keep(planted)


@pytest.fixture(scope="module")
def outcomes(made, workplace):
    return {name: Outcome(made, name, profile, workplace / f"deidentified-{name}") for name, profile in profiles().items()}


@pytest.mark.parametrize("name", list(profiles()))
def test_nothing_that_was_planted_is_left(outcomes, made, name, figures):
    outcome = outcomes[name]
    planted = sum(len(made.by_case[case.name]) for case, _ in outcome.written)
    codes = Counter(outcome.refused.values())
    print(f"{name}: planted {planted} in {len(outcome.written)} files written, left {len(outcome.left)}, refused "
          f"{len(outcome.refused)} files {dict(codes)}, kept by the options {len(outcome.kept)}")
    figures[f"deidentification set, {name}"] = row(outcome, made)
    assert outcome.untold == [], outcome.result.stderr[-2000:]
    assert [f"{left.planted.case}: {left.planted.place}: {left.where}" for left in outcome.left] == []


@pytest.mark.parametrize("name", list(profiles()))
def test_no_image_is_refused_without_a_reason(outcomes, made, name):
    must = {case.name for case in made.cases if case.passes}
    assert {case: code for case, code in outcomes[name].refused.items() if case in must} == {}


def row(outcome: Outcome, made) -> dict:
    return {"planted": sum(len(made.by_case[case.name]) for case, _ in outcome.written), "left": len(outcome.left),
            "kept by its options": len(outcome.kept), "written": len(outcome.written), "refused": len(outcome.refused)}


@pytest.mark.skipif(SEED != 20261121, reason="the page tells of the ordinary seed")
def test_the_page_says_what_was_seen(outcomes, made):
    """`IMAGING_GATEWAY_WRITE_PAGES=1` writes the table anew."""
    lines = ["| Profile | Planted | Left | Kept by its options | Files written | Files refused | Codes |", "|---|---|---|---|---|---|---|"]
    for name, outcome in outcomes.items():
        codes = ", ".join(f"`{code}` {count}" for code, count in sorted(Counter(outcome.refused.values()).items()))
        lines.append("| " + " | ".join([name, *map(str, row(outcome, made).values()), codes]) + " |")
    table = "\n".join(lines)
    text = PAGE.read_text()
    begin, end = "<!-- table: test_deidentification_set.py -->\n", "\n<!-- end of table -->"
    shown = text.split(begin)[1].split(end)[0]
    if os.environ.get("IMAGING_GATEWAY_WRITE_PAGES"):
        assert begin + shown + end in text
        PAGE.write_text(text.replace(begin + shown + end, begin + table + end))
        return
    assert shown == table
