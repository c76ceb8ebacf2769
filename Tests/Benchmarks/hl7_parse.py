"""Parses one imaging order and reads its mapped fields: our parser beside hl7kit and python-hl7, in one run.

    pip install hl7kit==0.2.0 hl7==0.4.5
    python hl7_parse.py PROGRAM [--seconds 3] [--out FILE]

PROGRAM is the built `hl7-parse` (Tests/Benchmarks/HL7v2Parse). Each reader gets the same bytes and the same paths, must
find the same values before anything is timed, and is charged with its own processor time on one core. Invented data."""

import argparse
import importlib.util
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATHS = HERE / "HL7v2Parse" / "paths.txt"
NOTE = "NTE|{}|L|Invented order for a benchmark, no person is meant; this line only makes it as long as usual."
VALUES = {"TS": "20260301090000", "CTRL": "L0000000000000001", "PID": "0000004711", "ACC": "0000000900",
          "UID": "00000000000000000001"}


def order(size: int) -> bytes:
    """The order of the load benchmarks, filled in and with notes up to about `size` bytes."""
    text = (HERE / "order.hl7").read_text()
    for name, value in VALUES.items():
        text = text.replace(f"@{name}@", value)
    lines = text.replace("{code}", "36643-5^XR Chest 2 Views^LN").replace("{modality}", "DX").splitlines()
    number = 0
    while sum(map(len, lines)) + len(lines) + 60 < size:
        number += 1
        lines.append(NOTE.format(number))
    return "".join(line + "\r" for line in lines).encode()


def timed(read, seconds: float) -> int:
    """Messages a second of processor time, the best of three rounds."""
    best = 0.0
    for _ in range(3):
        count, start = 0, time.process_time()
        while (elapsed := time.process_time() - start) < seconds / 3:
            for _ in range(100):
                read()
            count += 100
        best = max(best, count / elapsed)
    return int(best)


def hl7kit_reader(message: bytes, paths: list[str]):
    import hl7kit

    def read():
        parsed = hl7kit.parse(message)
        return [parsed.get(path) for path in paths]
    return read


def python_hl7_reader(message: bytes, paths: list[str]):
    import hl7
    text = message.decode()
    # Its own accessor counts SEG.FIELD.REPETITION.COMPONENT.SUBCOMPONENT.
    places = []
    for path in paths:
        segment, rest = path.split("-")
        field, *parts = [int(part) for part in rest.split(".")]
        places.append((segment, 1, field, 1, *(parts + [1, 1])[:2]))

    def read():
        parsed = hl7.parse(text)
        return [parsed.extract_field(*place) for place in places]
    return read


def own(program: Path, message: bytes, seconds: float) -> tuple[int, list[str]]:
    with tempfile.NamedTemporaryFile(suffix=".hl7") as file:
        file.write(message)
        file.flush()
        lines = subprocess.run([program, file.name, PATHS, str(seconds)], check=True, capture_output=True,
                               text=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    return int(rows[-1][1]), [row[2] for row in rows if row[0] == "value"]


def compare(program: Path, seconds: float) -> dict:
    """Figures of all three, after each has found the same values."""
    message, paths = order(1600), PATHS.read_text().split()
    rate, values = own(program, message, seconds)
    figures = {"bytes": len(message), "fields": len(paths), "imaging-gateway": rate}
    for name, make in [("hl7kit", hl7kit_reader), ("python-hl7", python_hl7_reader)]:
        read = make(message, paths)
        if (found := [value or "" for value in read()]) != values:
            raise SystemExit(f"{name} reads other values: {[p for p, a, b in zip(paths, found, values) if a != b]}")
        figures[name] = timed(read, seconds)
        figures[f"times {name}"] = round(rate / figures[name], 1)
    return figures


def measure(_folder: Path, runs: int) -> dict:
    """For run.py: the best of some runs."""
    from mllp_load import Absent
    program = Path(os.environ.get("IMAGING_GATEWAY_HL7_PARSE", HERE.parent.parent / ".build" / "release" / "hl7-parse"))
    if not program.exists():
        raise Absent(f"NO {program.name}: swift build -c release --product hl7-parse")
    if missing := [name for name in ("hl7kit", "hl7") if importlib.util.find_spec(name) is None]:
        raise Absent(f"NO {', '.join(missing)} in this Python: pip install hl7kit==0.2.0 hl7==0.4.5")
    return max((compare(program, 3) for _ in range(runs)), key=lambda figures: figures["imaging-gateway"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    figures = compare(arguments.program, arguments.seconds)
    text = json.dumps(figures, indent=2)
    if arguments.out:
        arguments.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
