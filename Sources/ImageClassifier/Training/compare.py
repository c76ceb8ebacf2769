"""Fails unless a run's validation AUC is within .005 of the shipped weights'.

    python compare.py --run /tmp/cxr/again --model ../Models/chest-pneumonia-kermany
"""

import argparse
import json
import pathlib
import sys

from safetensors import safe_open

parser = argparse.ArgumentParser()
parser.add_argument("--run", type=pathlib.Path, required=True)
parser.add_argument("--model", type=pathlib.Path, required=True)
options = parser.parse_args()
run = json.loads((options.run / "run.json").read_text())
with safe_open(options.model / "weights.safetensors", "numpy") as file:
    shipped = file.metadata()
if run["dataHash"] != shipped["training.dataHash"] or str(run["seed"]) != shipped["training.seed"]:
    sys.exit("other data or another seed: not comparable")
difference = run["validationAUC"] - float(shipped["training.validationAUC"])
print(f"validation AUC {run['validationAUC']:.5f}, shipped {float(shipped['training.validationAUC']):.5f}, "
      f"difference {difference:+.5f}")
sys.exit(0 if abs(difference) <= 0.005 else "the difference is above .005")
