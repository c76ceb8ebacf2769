"""python -m deidentification_set --out FOLDER [--seed N]: the files, and planted.json with what stands where."""

import argparse
import json
from pathlib import Path

from .cases import all_cases


def write(seed: int, folder: Path):
    """Writes the files below `folder`; the maker with its cases and what was planted."""
    made = all_cases(seed)
    for case in made.cases:
        path = folder / case.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.file.written())
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    made = write(options.seed, options.out)
    (options.out / "planted.json").write_text(json.dumps({
        "seed": options.seed, "files": {case.name: case.path for case in made.cases},
        "planted": [planted.json() for planted in made.planter.planted]}, indent=1))
    print(f"{len(made.cases)} files, {len(made.planter.planted)} identifiers, seed {options.seed}")
