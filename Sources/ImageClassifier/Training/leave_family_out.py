"""Specificity on a family of normals that training never saw: what in-family validation cannot tell.

    python train.py --prepared /tmp/cxr --out /tmp/cxr/leave --leave-out N2-
    python leave_family_out.py --prepared /tmp/cxr --runs /tmp/cxr/leave … [--table experiments.tsv --note "…"]
"""

import argparse
import json
import pathlib

import numpy as np

import members
import figures


def left_out(data, runs) -> dict:
    """Logits of runs that never saw the family: of its normals (train and validation part), and of validation."""
    family = members.record(runs[0])["leaveOut"]
    label, split, member = data["label"], data["split"], np.char.startswith(data["group"], family)
    known, strange = (split == "val") & ~member, (split != "test") & member
    together = members.ensemble(runs)
    return {"family": family, "known": together.logits(data["exact"][known]), "knownLabel": label[known],
            "strange": together.logits(data["exact"][strange])}


def summary(data, runs) -> dict:
    scores = left_out(data, runs)
    slope, intercept = figures.platt(scores["known"], scores["knownLabel"])
    probability = 1 / (1 + np.exp(-(slope * scores["strange"] + intercept)))
    diseased = scores["known"][scores["knownLabel"]]
    # Specificity on the family where 95 % of the diseased are found: independent of the calibration.
    cut = np.quantile(diseased, 0.05)
    return {"family": scores["family"], "normals": len(scores["strange"]),
            "specificity": round(float((probability < 0.5).mean()), 4),
            "auc": round(figures.auc(np.concatenate([scores["strange"], diseased]), np.concatenate(
                [np.zeros(len(scores["strange"]), bool), np.ones(len(diseased), bool)])), 4),
            "specificityAtSensitivity95": round(float((scores["strange"] < cut).mean()), 4),
            "validationAUC": round(figures.auc(scores["known"], scores["knownLabel"]), 4)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=pathlib.Path, nargs="+", required=True)
    parser.add_argument("--table", type=pathlib.Path, help="append the figures to this table")
    parser.add_argument("--note", default="")
    options = parser.parse_args()
    result = summary(np.load(options.prepared / "images.npz"), options.runs)
    print(json.dumps(result))
    if options.table:
        run = members.record(options.runs[0])
        new = not options.table.exists()
        with options.table.open("a") as file:
            columns = {"runs": len(options.runs), **result, "seconds": run["seconds"], "note": options.note,
                       "recipe": json.dumps(run["recipe"], separators=(",", ":"))}
            if new:
                file.write("\t".join(columns) + "\n")
            file.write("\t".join(str(value) for value in columns.values()) + "\n")


if __name__ == "__main__":
    main()
