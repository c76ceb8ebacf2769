"""Measures the built program: `python run.py [--only NAME,…] [--runs 3] [--out FILE]`. Loopback only, invented data.

Each benchmark works in a folder of its own that is removed, ends what it started by process id, and reports the best of
several runs, because a shared machine disturbs in one direction only. What needs ../shared is skipped without it,
loudly."""

import argparse
import datetime
import importlib
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The partners, invented patients and the harness around one gateway are those of the end-to-end tests.
sys.path.append(str(HERE.parent / "EndToEndTests"))

import machine  # noqa: E402
from mllp_load import Absent  # noqa: E402
from radiographs import ROOT  # noqa: E402

BENCHMARKS = ("start_up", "hl7_parse", "accept", "audit_log", "classifier", "network", "order_to_report", "memory", "deidentify",
              "decoding")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=lambda text: text.split(","), default=BENCHMARKS, metavar="NAME,…",
                        help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / ".build-e2e" / "bench.json")
    arguments = parser.parse_args()
    if unknown := set(arguments.only) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    figures = {"date": datetime.date.today().isoformat(), "commit": machine.revision(ROOT)}
    skipped = False
    for name in arguments.only:
        print(f"— {name}", file=sys.stderr, flush=True)
        folder = Path(tempfile.mkdtemp(prefix=f"imaging-gateway-bench-{name}-"))
        before, began = machine.description(), time.monotonic()
        try:
            figures[name] = importlib.import_module(name).measure(folder, arguments.runs)
        except Absent as reason:
            figures[name], skipped = {"skipped": str(reason)}, True
            print(f"SKIPPED {name}: {reason}", file=sys.stderr)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        figures[name] |= {"took_s": round(time.monotonic() - began), "machine": before}
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(figures, indent=2) + "\n")
        print(json.dumps({name: figures[name]}, indent=2), flush=True)
    print(f"figures: {arguments.out}" + (" (something was SKIPPED, see above)" if skipped else ""), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
