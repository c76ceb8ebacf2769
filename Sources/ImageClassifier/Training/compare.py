"""Compares a run with the bundled member of the same seed: the same bits, or a validation AUC within .005.

    python compare.py --prepared /tmp/cxr --run /tmp/cxr/member1 --member 0 --model ../Models/chest-pneumonia-kermany
"""

import argparse
import json
import pathlib
import sys

import numpy as np

import figures
import members
import scoring
import weightsfile

parser = argparse.ArgumentParser()
parser.add_argument("--prepared", type=pathlib.Path, required=True)
parser.add_argument("--run", type=pathlib.Path, required=True)
parser.add_argument("--member", type=int, required=True)
parser.add_argument("--model", type=pathlib.Path, required=True)
options = parser.parse_args()
tensors, metadata = weightsfile.read(options.model)
record = members.record(options.run)
seed = metadata["training.seed"].split(",")[options.member]
if record["dataHash"] != metadata["training.dataHash"] or str(record["seed"]) != seed:
    sys.exit("other data or another seed: not comparable")
if record["recipe"] != json.loads(metadata["training.recipe"]):
    sys.exit("another recipe: not comparable")
prefix = f"member{options.member}."
mine = members.fold(*members.load(options.run))
same = all(np.array_equal(tensor, tensors[prefix + name]) for name, tensor in mine.items())
data = np.load(options.prepared / "images.npz")
validation = data["split"] == "val"
images, labels = data["exact"][validation], data["label"][validation]
shipped = figures.auc(scoring.Ensemble(options.model).member_logits(images)[options.member], labels)
found = figures.auc(members.ensemble([options.run]).member_logits(images)[0], labels)
print(f"member {options.member}: {'the same bits' if same else 'other bits'}; validation AUC {found:.5f}, "
      f"shipped {shipped:.5f}, difference {found - shipped:+.5f}")
sys.exit(0 if same or abs(found - shipped) <= 0.005 else "the difference is above .005")
