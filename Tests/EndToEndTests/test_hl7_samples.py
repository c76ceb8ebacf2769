"""Every message of ../shared/data/hl7-samples: mapped, notApplicable or refused with the place.

The outcome stands in docs/integrate/hl7-samples.md, without anything of what the messages say; this test keeps it true.
IMAGING_GATEWAY_WRITE_SAMPLES=1 writes the page anew.
"""

import json
import os
import shutil
import warnings
from pathlib import Path

import hl7
import pytest
import yaml

import orders
from conftest import RESULTS
from processes import free_port
from radiographs import ROOT

SHARED = Path(os.environ.get("IMAGING_GATEWAY_SHARED", ROOT.parent / "shared"))
SAMPLES = SHARED / "data/hl7-samples"
PAGE = ROOT / "docs/integrate/hl7-samples.md"

# Which orders the gateway of this test is for: those of the samples, though no model is for them.
ROUTING = {
    "version": 1,
    "rules": [{"name": "samples", "model": "chest-pneumonia-kermany", "any": [
        {"procedureCode": ["24725-4^LN", "24590-2^LN", "57698-3^LN", "CBC^L", "80053", "24317-0^LN"]}]}],
}
ASSIGNERS = {
    "placer": {"hl7": ["GHHPlacer", "EPC", "GHH OE"]},
    "filler": {"hl7": ["GHHFiller", "IA PHIMS Stage"]},
    "hospital": {"hl7": ["test1", "M11", "MRN", "HOSP"]},
    "security": {"hl7": ["USSSA"]},
}
HEAD = """# The sample messages

What the gateway makes of each file of `../shared/data/hl7-samples` (other projects' test messages, not committed), by
`imaging-gateway map test` and, with the same reply, through a live MLLP listener. Routing is for six procedure codes of
the samples. Kept true by `Tests/EndToEndTests/test_hl7_samples.py`; nothing here is from the content of a message.

| File | Message | Version | Outcome | Reply | As, because, or place |
|---|---|---|---|---|---|
"""


def files() -> list[Path]:
    return sorted(SAMPLES.rglob("*.hl7"))


@pytest.fixture(scope="module")
def samples() -> list[Path]:
    found = files()
    if not found:
        warnings.warn("SKIPPED LOUDLY: no ../shared/data/hl7-samples on this machine, the table of samples is not checked")
        pytest.skip("no ../shared/data/hl7-samples on this machine")
    return found


@pytest.fixture
def gateway(make_gateway, workplace):
    """One listener for each processing ID, as an engineer would set it up for a test feed."""
    mappings = workplace / "mappings-for-samples"
    shutil.copytree(ROOT / "mappings", mappings)
    (mappings / "routing/default.yaml").write_text(yaml.safe_dump(ROUTING))
    ports = {kind: free_port() for kind in "PTD"}
    made = make_gateway(
        mappings=str(mappings), assigners=ASSIGNERS, delivery="shadow",
        listeners={"mllp": [{"host": "127.0.0.1", "port": port, "source": f"samples-{kind.lower()}"}
                            for kind, port in ports.items()]},
        sources={f"samples-{kind.lower()}": {"mapping": "default", "timeZone": "+00:00", "defaultAssigner": "hospital",
                                     "processingID": kind} for kind in ports})
    made.ports = ports
    return made.start()


def processing_id(message: bytes) -> str:
    """MSH-11, first component."""
    header = message.lstrip(b"\xef\xbb\xbf").replace(b"\n", b"\r").split(b"\r")[0]
    if header[:3] != b"MSH" or len(header) < 8:
        return "P"
    fields = header.split(header[3:4])
    kind = fields[10].split(header[4:5])[0].decode() if len(fields) > 10 else ""
    return kind if kind in ("T", "D") else "P"


def outcome(message: dict) -> tuple[str, str]:
    """In words of the page: what became of it, and as what or why."""
    reply = message.get("acknowledgment") or {}
    if reply.get("outcome") in ("rejected", "inError"):
        return "refused", "; ".join(f"{place} ({number})" for place, number in places(message))
    if message.get("patientChange"):
        return "mapped", f"patient {message['patientChange']['kind']}"
    claimed = [order for order in message.get("orders", []) if (order.get("routing") or {}).get("model")]
    if claimed:
        count = len(message["orders"])
        return "mapped", "1 order" if count == 1 else f"{count} orders"
    return "notApplicable", "no rule claims it" if message.get("orders") else "neither order nor patient change"


def places(message: dict) -> list[tuple[str, str]]:
    reply = message.get("acknowledgment") or {}
    return [(error["location"] or "", str(error["code"])) for error in reply.get("errors", [])]


def by_listener(port: int, message: bytes) -> tuple[str | None, list[tuple[str, str]]]:
    """The reply code and the places of ERR, as python-hl7 reads them."""
    answer = orders.send_bytes(port, orders.SB + message + orders.EB, wait=3)
    if not answer:
        return None, []
    read = orders.reply(answer)
    version = str(read.segment("MSH")[12])
    found = []
    for segment in read:
        if str(segment[0]) != "ERR":
            continue
        if version < "2.5":
            parts = str(segment[1]).split("^")
            found.append(("^".join(parts[:-1]).rstrip("^"), parts[-1].split("&")[0]))
        else:
            found.append((str(segment[2]), str(segment[3]).split("^")[0]))
    return orders.code_of(read), found


def test_every_sample_is_mapped_not_applicable_or_refused_with_its_place(samples, gateway):
    by_kind: dict[str, list[Path]] = {}
    for file in samples:
        by_kind.setdefault(processing_id(file.read_bytes()), []).append(file)
    read: dict[Path, dict] = {}
    for kind, group in by_kind.items():
        told = gateway.run("map", "test", "--json", "--redact", "--config", str(gateway.config), "--source",
                           f"samples-{kind.lower()}", *map(str, group), check=False)
        for message in json.loads(told.stdout)["messages"]:
            read[Path(message["file"])] = message
    assert set(read) == set(samples), "map test says something of each file"

    lines, differences = [], []
    for file in samples:
        message = read[file]
        code, errors = by_listener(gateway.ports[processing_id(file.read_bytes())], file.read_bytes())
        told = (message.get("acknowledgment") or {}).get("code")
        if (code, errors) != (told, places(message)):
            differences.append(f"{file.name}: listener {code} {errors}, map test {told} {places(message)}")
        verdict, words = outcome(message)
        if verdict == "refused" and not (errors and all(place for place, _ in errors)):
            differences.append(f"{file.name}: refused without ERR or without a place")
        kind = message.get("type") or "–"
        version = message.get("version") or "–"
        version = version if len(version) <= 5 and version[0] == "2" else "none"
        lines.append(f"| {file.relative_to(SAMPLES)} | {kind} | {version} | {verdict} | {code or 'none due'} | {words} |")

    page = HEAD + "\n".join(lines) + "\n"
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "hl7-samples.md").write_text(page)
    if os.environ.get("IMAGING_GATEWAY_WRITE_SAMPLES"):
        PAGE.write_text(page)
    assert differences == []
    assert gateway.states()["waiting"] + gateway.states()["accepted"] > 0, "nothing of the samples is an order for a model"
    assert PAGE.read_text() == page, "docs/integrate/hl7-samples.md is no longer true: see .build-e2e/hl7-samples.md"


def test_the_page_says_nothing_of_a_patient(samples):
    """No identifier, name or number of a sample stands on the page."""
    page = PAGE.read_text()
    for file in samples:
        for segment in file.read_bytes().lstrip(b"\xef\xbb\xbf").decode("latin-1").replace("\n", "\r").split("\r"):
            if segment[:3] in ("PID", "MRG", "NK1", "ORC"):
                for leaf in hl7.parse("MSH|^~\\&|\r" + segment)[1:]:
                    for field in leaf[1:]:
                        for part in str(field).replace("~", "^").replace("&", "^").split("^"):
                            assert len(part) < 7 or part not in page, f"{file.name}: {segment[:3]}"
