"""Specificity on a family of normals that training never saw: what in-family validation cannot tell.

    python train.py --prepared /tmp/cxr --out /tmp/cxr/leave --leave-out N2-
    python leave_family_out.py --prepared /tmp/cxr --run /tmp/cxr/leave
"""

import argparse
import json
import pathlib

import numpy as np

import export
import network
from train import auc

parser = argparse.ArgumentParser()
parser.add_argument("--prepared", type=pathlib.Path, required=True)
parser.add_argument("--run", type=pathlib.Path, required=True)
options = parser.parse_args()
family = json.loads((options.run / "run.json").read_text())["leaveOut"]
data = np.load(options.prepared / "images.npz")
label, split, member = data["label"], data["split"], np.char.startswith(data["group"], family)
weights, statistics = export.load(options.run)
known = (split == "val") & ~member
slope, intercept = export.platt(network.score_all(weights, statistics, data["exact"][known])[0], label[known])
strange = (split != "test") & member
logits, _ = network.score_all(weights, statistics, data["exact"][strange])
diseased, _ = network.score_all(weights, statistics, data["exact"][(split == "val") & label])
probability = 1 / (1 + np.exp(-(slope * logits + intercept)))
print(json.dumps({
    "family": family, "normals": int(strange.sum()), "specificity": round(float((probability < 0.5).mean()), 4),
    "auc against validation pneumonia": round(auc(np.concatenate([logits, diseased]), np.concatenate(
        [np.zeros(len(logits), bool), np.ones(len(diseased), bool)])), 4)}))
