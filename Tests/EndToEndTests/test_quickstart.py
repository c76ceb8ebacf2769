"""docs/operate/quickstart.md, typed as a newcomer types it: every `sh` block, in order, in one shell."""

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from radiographs import ROOT

PAGE = ROOT / "docs" / "operate" / "quickstart.md"
#: What the reader must see under each heading; a heading with blocks that is not named here fails the test.
SEEN = {
    "1. Program and partners": [r"^0\.\d+\.\d+$"],
    "2. Start the archive and the FHIR server": [],
    "3. Write the configuration": [r"gateway\.yaml", r"keys\.yaml"],
    "4. Check it": [r"EHR|ehr", r"archive"],
    "5. Try a message before anything runs": [r"\bAA\b", r"OBR-18", r"QSA1001", r"chest-pneumonia-kermany"],
    "6. A patient and an image": [],
    "7. Serve, and send the order": [r"MSA\|AA\|QUICK0001", r"delivered", r"^1 order"],
    "8. Read the report": [r"^preliminary - "],
    "9. Verify the audit log": [r"The log is intact\.", r"report\.post outcome"],
    "10. Send a wrong message": [r"MSA\|AE\|QUICK0002", r"ERR\|.*PID\^1\^3"],
    "11. Stop": [],
}


@dataclass
class Block:
    heading: str
    commands: str


def blocks() -> list[Block]:
    found, heading = [], ""
    for part in re.split(r"^(## [^\n]*|```sh\n.*?^```)$", PAGE.read_text(), flags=re.M | re.S):
        if part.startswith("## "):
            heading = part.removeprefix("## ")
        elif part.startswith("```sh\n"):
            found.append(Block(heading, part.removeprefix("```sh\n").removesuffix("```")))
    return found


def type_in_one_shell(steps: list[Block], home: Path) -> list[str]:
    """The output of each block; fails at the first command that fails."""
    script = "set -eu -o pipefail\n" + "".join(
        f"{step.commands}\necho '--- end of block {number}'\n" for number, step in enumerate(steps))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    shell = subprocess.Popen(
        ["bash", "-c", script], cwd=ROOT, env=environment | {"HOME": str(home)}, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = shell.communicate(timeout=900)
    finally:
        try:
            os.killpg(shell.pid, signal.SIGKILL)  # its own session: what it started and did not stop
        except ProcessLookupError:
            pass
    pieces = re.split(r"--- end of block \d+\n", output)
    assert shell.returncode == 0, f"block {len(pieces) - 1} failed:\n{steps[len(pieces) - 1].commands}\n{pieces[-1][-3000:]}"
    return pieces[:-1]


def test_every_command_of_the_quickstart_does_what_the_page_says(tmp_path):
    steps = blocks()
    assert {step.heading for step in steps} == set(SEEN), "a heading was added or renamed: say what the reader must see"
    outputs = type_in_one_shell(steps, tmp_path)
    assert len(outputs) == len(steps)
    for heading, patterns in SEEN.items():
        seen = "\n".join(output for step, output in zip(steps, outputs) if step.heading == heading)
        for pattern in patterns:
            assert re.search(pattern, seen.replace("\r", "\n"), re.M), f"{heading}: no {pattern} in\n{seen}"
    leftovers = [path.name for path in (tmp_path / "quickstart").glob("*.pid")
                 if Path(f"/proc/{path.read_text().strip()}").exists()]
    assert leftovers == [], "something was left running"
