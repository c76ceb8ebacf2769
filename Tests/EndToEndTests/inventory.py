"""The inventory of `docs/comply/recorded.md`, and what the program itself says there is."""

import json
import re
import subprocess
from pathlib import Path

from gateway import binary
from radiographs import ROOT

PAGE = ROOT / "docs" / "comply" / "recorded.md"
GATEWAY = ROOT / "Sources" / "Gateway"


def declared(kind: str, text: str | None = None) -> dict[str, set[str]]:
    """Events by way, as the page has them; none where no patient data passes."""
    ways = {}
    for line in (text or PAGE.read_text()).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] == kind:
            events = set() if cells[2].startswith("–") else set(re.findall(r"`([a-zA-Z.]+)`", cells[2]))
            ways[cells[1].strip("`")] = events
    return ways


def commands(dump: dict) -> set[str]:
    """The subcommands that do something, as `orders show`; hidden ones too."""
    found = set()

    def walk(command: dict, path: tuple[str, ...]):
        below = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
        for each in below:
            walk(each, (*path, each["commandName"]))
        if not below:
            found.add(" ".join(path))
    walk(dump["command"], ())
    return found


def commands_of_the_program() -> set[str]:
    answer = subprocess.run([str(binary()), "--experimental-dump-help"], capture_output=True, text=True, check=True)
    return commands(json.loads(answer.stdout))


def routes(sources: dict[str, str]) -> set[str]:
    """The routes that routers are given, as `GET /metrics`; a path that is not written out is one as well."""
    found = set()
    for text in sources.values():
        for method, path in re.findall(r"\brouter(?:\.group\([^)]*\))?\s*\.(get|post|put|delete|patch|head|on|ws)\(\s*([^,)]+)", text):
            found.add(f"{method.upper()} {path.strip().strip(chr(34))}")
        if "Router(" in text and not re.search(r"\brouter\s*\.(get|post|put|delete|patch|head|on)\(", text):
            found.add(f"a router without routes that can be read: {text[:40]}")
    return found


def routes_of_the_program() -> set[str]:
    return routes({str(path): path.read_text() for path in GATEWAY.rglob("*.swift")})


def feeds_of_the_program() -> set[str]:
    """The keys of the configuration by which messages come in."""
    found = set()
    for path in (GATEWAY / "Configuration").glob("*.swift"):
        text = path.read_text()
        for section in ("listeners", "feeds"):
            for body in re.findall(rf"func {section}\(.*?\n    }}\n", text, re.S):
                keys = re.search(r"\.allow\(([^)]*)\)", body)
                found |= {f"{section}.{key}" for key in re.findall(r'"(\w+)"', keys.group(1))} if keys else set()
    # What is not a way for messages: routes of their own.
    return found - {"listeners.fhir", "listeners.admin"}
