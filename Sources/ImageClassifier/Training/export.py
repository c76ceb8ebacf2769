"""Folds batch norm, fits calibration, decision limits and gate, writes the weights file of a model folder.

    python export.py --prepared /tmp/cxr --members /tmp/cxr/member1 … --left-out /tmp/cxr/leave … [--folds /tmp/cxr/fold0 …]
                     --table experiments.tsv --out ../Models/chest-pneumonia-kermany --development development.json

The test part is never read here. Everything that decides a result goes into the weights file, so that its one SHA-256
covers it. `development.json` is what the model card says about how the model came about.
"""

import argparse
import csv
import json
import pathlib

import numpy as np

import figures
import gate
import leave_family_out
import members
import train
import weightsfile

WRONG = 0.03
CALIBRATION = ("Platt on the logits of images that no scoring network was trained on: half of the weight for the "
               "validation part scored by the shipped members, half for the networks trained without one family of "
               "normals, scored on that family and on validation; both classes weigh the same (prevalence one half)")
BAND = (f"the narrowest band such that at most {WRONG:.0%} of the weight decided on either side is wrong, on the "
        "images of the calibration")


def held_out(data, runs, left_out) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(logits, labels, shares) of images that the networks which scored them were not trained on."""
    label, validation = data["label"], data["split"] == "val"
    inside = members.ensemble(runs).logits(data["exact"][validation])
    scores = leave_family_out.left_out(data, left_out)
    logits = np.concatenate([inside, scores["known"], scores["strange"]])
    labels = np.concatenate([label[validation], scores["knownLabel"], np.zeros(len(scores["strange"]), bool)])
    familiar = np.arange(len(logits)) < len(inside)
    shares = np.zeros(len(logits))
    for truth in (True, False):
        for source in (True, False):
            part = (labels == truth) & (familiar == source)
            shares[part] = 0.25 / part.sum()
    return logits, labels, shares


def band(probability, labels, shares) -> dict:
    """The decision limits by the rule `BAND`, to whole hundredths."""
    def wrong(chosen, truth):
        return shares[chosen & (labels == truth)].sum() / max(shares[chosen].sum(), 1e-12)

    grid = np.arange(1, 51) / 100
    negative = max((limit for limit in grid if wrong(probability <= limit, True) <= WRONG), default=0.01)
    positive = min((1 - limit for limit in grid if wrong(probability >= 1 - limit, False) <= WRONG), default=0.99)
    negative, positive = round(float(negative), 2), round(float(positive), 2)
    decided = (probability <= negative) | (probability >= positive)
    return {"rule": BAND, "negative": negative, "positive": positive, "decided": round(float(shares[decided].sum()), 4),
            "wrongNegative": round(float(wrong(probability <= negative, True)), 4),
            "wrongPositive": round(float(wrong(probability >= positive, False)), 4)}


def cross_validation(data, folds) -> dict:
    """Each patient of the training part scored by the network whose training left the patient out."""
    label, group, training = data["label"], data["group"], data["split"] == "train"
    number = int(members.record(folds[0])["fold"].split("/")[1])
    fold = train.fold_of(group[training], number)
    logits = np.full(int(training.sum()), np.nan)
    each = []
    for run in folds:
        index = int(members.record(run)["fold"].split("/")[0])
        chosen = fold == index
        logits[chosen] = members.ensemble([run]).logits(data["exact"][training][chosen])
        each.append(round(figures.auc(logits[chosen], label[training][chosen]), 4))
    scored = np.isfinite(logits)
    truth, score = label[training][scored], logits[scored]
    return {"folds": number, "images": int(scored.sum()), "perFold": each} | figures.bootstrapped(
        lambda rows: {"auc": figures.auc(score[rows], truth[rows])}, group[training][scored], rounds=500)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--members", type=pathlib.Path, nargs="+", required=True)
    parser.add_argument("--left-out", type=pathlib.Path, nargs="+", required=True)
    parser.add_argument("--folds", type=pathlib.Path, nargs="*", default=[])
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--development", type=pathlib.Path, required=True)
    options = parser.parse_args()
    data = np.load(options.prepared / "images.npz")
    records = [members.record(run) for run in options.members]
    data_hash = json.loads((options.prepared / "data.json").read_text())["dataHash"]
    if any(record["dataHash"] != data_hash or record["recipe"] != records[0]["recipe"] for record in records):
        raise SystemExit("the runs were made from other data or by different recipes")
    label, validation, exact = data["label"], data["split"] == "val", data["exact"]

    logits, labels, shares = held_out(data, options.members, options.left_out)
    slope, intercept = figures.platt(logits, labels, shares)
    limits = band(1 / (1 + np.exp(-(slope * logits + intercept))), labels, shares)
    together = members.ensemble(options.members)
    used = data["split"] != "test"
    pooled = np.zeros((len(exact), sum(len(weight) for weight, _ in together.heads)))
    pooled[used] = together.pooled(exact[used])
    gate_tensors, gate_metadata = gate.fit(exact, data["source"], pooled, data["split"], seed=1,
                                           cache=options.prepared)
    tensors = members.tensors(options.members) | gate_tensors
    metadata = members.metadata(options.members) | gate_metadata | {
        "calibration.slope": slope, "calibration.intercept": intercept, "decision.threshold": 0.5,
        "decision.negativeLimit": limits["negative"], "decision.positiveLimit": limits["positive"],
        "map.range": float(np.round(np.quantile(np.abs(together.maps(exact[validation])), 0.99), 3)),
        "training.dataHash": data_hash, "training.seed": ",".join(str(record["seed"]) for record in records),
        "training.recipe": records[0]["recipe"],
        "training.validationAUC": figures.auc(together.logits(exact[validation]), label[validation]),
        "licence": weightsfile.LICENCE, "attribution": weightsfile.ATTRIBUTION}
    digest = weightsfile.write(options.out, tensors, metadata)

    development = {
        "weightsSHA256": digest, "recipe": records[0]["recipe"],
        "members": [{"seed": record["seed"], "images": record["images"],
                     "validationAUC": round(record["validationAUC"], 4), "seconds": round(record["seconds"])}
                    for record in records],
        "leaveFamilyOut": {"networks": len(options.left_out)} | leave_family_out.summary(data, options.left_out),
        "calibration": {"rule": CALIBRATION, "slope": slope, "intercept": intercept, "images": len(labels)},
        "band": limits}
    if options.folds:
        development["crossValidation"] = cross_validation(data, options.folds)
    if options.table and options.table.exists():
        with options.table.open(newline="") as file:
            development["experiments"] = list(csv.DictReader(file, delimiter="\t"))
    options.development.write_text(json.dumps(development, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps({name: development[name] for name in ("weightsSHA256", "members", "leaveFamilyOut", "band")}))


if __name__ == "__main__":
    main()
