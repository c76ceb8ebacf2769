"""Figures for the model card, from the exported folder only: no training code, the folded weights in ONNX Runtime.

    python evaluate.py --prepared /tmp/cxr --model ../Models/chest-pneumonia-kermany --out evaluation-training.json
                       [--adults DIR] [--development development.json]

Nothing here chooses anything: recipe, weights, calibration and limits are fixed before. `--development` is the JSON
that export.py wrote (cross-validation, leave-family-out), copied into the result.
"""

import argparse
import hashlib
import json
import pathlib

import numpy as np

import figures
import perturbations
import preprocess
import scoring

PREVALENCES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
DELETED = (1, 2, 4, 8, 12, 18)
AIMS = (("auc", "at least", 0.985), ("accuracy", "at least", 0.94), ("sensitivityAtSpecificity88", "at least", 0.95),
        ("ece", "at most", 0.04))


def thumbnails(grey):
    """28 x 28, for the logistic regression."""
    return np.stack([preprocess.standardise(small) for small in preprocess.resize(grey.astype(np.float64), 28)]) \
        .reshape(len(grey), -1).astype(np.float64)


def baselines(data, label, split, group):
    """What needs no look at the lungs. Direction and threshold (best balanced accuracy) from the train part."""
    from sklearn.linear_model import LogisticRegression
    train, test = split == "train", split == "test"
    small = thumbnails(data["grey"])
    regression = LogisticRegression(C=0.01, max_iter=300, class_weight="balanced").fit(small[train], label[train])
    scores = {"JPEG bytes": -data["bytes"].astype(float), "high-pass residual": -data["high_pass"],
              "logistic regression on 28 x 28 pixels": regression.decision_function(small)}
    rows = []
    for name, score in scores.items():
        score = score if figures.auc(score[train], label[train]) > 0.5 else -score
        cuts = np.quantile(score[train], np.linspace(0, 1, 401))
        balanced = [((score[train] >= cut)[label[train]].mean() + (score[train] < cut)[~label[train]].mean()) / 2
                    for cut in cuts]
        cut = cuts[int(np.argmax(balanced))]
        rows.append({"name": name, "trainAUC": round(figures.auc(score[train], label[train]), 4)}
                    | figures.bootstrapped(lambda index: {
                        "testAUC": figures.auc(score[test][index], label[test][index]),
                        "testAccuracy": float(((score[test] >= cut) == label[test])[index].mean())}, group[test]))
    return rows


def deletion(ensemble, images):
    """Mean change of the logit when cells of the map are blanked to the image's mean, in three orders."""
    maps = ensemble.maps(images)
    cells = maps.shape[1]
    step = ensemble.side // cells
    order = np.argsort(-maps.reshape(len(images), -1), axis=1)
    before = ensemble.logits(images)
    rng = np.random.default_rng(5)
    orders = {"highest": order, "lowest": order[:, ::-1],
              "random": np.stack([rng.permutation(cells * cells) for _ in images])}
    result = {"images": len(images), "cells": cells * cells, "deleted": list(DELETED),
              "fractions": [round(n / cells ** 2, 4) for n in DELETED]}
    for name, chosen in orders.items():
        changes, blanked, done = [], images.copy(), 0
        for number in DELETED:
            for image, places in zip(blanked, chosen[:, done:number]):
                for place in places:
                    row, column = place // cells * step, place % cells * step
                    image[row:row + step, column:column + step] = 0
            done = number
            changes.append(round(float((ensemble.logits(blanked) - before).mean()), 3))
        result[name] = changes
    return result


def prevalence(probability, label, group, threshold):
    """Predictive values of the threshold's decision, from sensitivity and specificity, for other prevalences."""
    def values(index):
        called, truth = probability[index] >= threshold, label[index]
        sensitivity, specificity = called[truth].mean(), (~called[~truth]).mean()
        return {f"{name}{share}": value for share in PREVALENCES for name, value in (
            ("ppv", share * sensitivity / max(share * sensitivity + (1 - share) * (1 - specificity), 1e-12)),
            ("npv", (1 - share) * specificity / max((1 - share) * specificity + share * (1 - sensitivity), 1e-12)))}
    result = figures.bootstrapped(values, group)
    return [{"prevalence": share, "ppv": result[f"ppv{share}"], "npv": result[f"npv{share}"]}
            for share in PREVALENCES]


def subgroups(probability, label, sublabel, group, threshold):
    """Pneumonia by kind against all normals; normals by family of file names against all pneumonia."""
    rows = []
    for name, chosen in (("bacterial pneumonia", sublabel == "bacteria"), ("viral pneumonia", sublabel == "virus"),
                         ("normals of family N1", ~label & np.char.startswith(group, "N:N1")),
                         ("normals of family N2", ~label & np.char.startswith(group, "N:N2"))):
        others = ~label if label[chosen].all() else label
        both = chosen | others
        p, truth, inside = probability[both], label[both], chosen[both]
        rate = "sensitivity" if label[chosen].all() else "specificity"

        def values(index):
            right = (p[index] >= threshold) == truth[index]
            return {"auc": figures.auc(p[index], truth[index]), rate: float(right[inside[index]].mean())}
        rows.append({"name": name, "images": int(chosen.sum())} | figures.bootstrapped(values, group[both]))
    return rows


def reliability(probability, label):
    bins = np.minimum((probability * 10).astype(int), 9)
    return [{"from": b / 10, "to": (b + 1) / 10, "images": int((bins == b).sum()),
             "meanProbability": round(float(probability[bins == b].mean()), 4),
             "sharePneumonia": round(float(label[bins == b].mean()), 4)} for b in range(10) if (bins == b).any()]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--adults", type=pathlib.Path)
    parser.add_argument("--development", type=pathlib.Path)
    options = parser.parse_args()
    data = np.load(options.prepared / "images.npz")
    label, split, group, sublabel = data["label"], data["split"], data["group"], data["sublabel"]
    exact = data["exact"]
    ensemble = scoring.Ensemble(options.model)
    perturbed = perturbations.arrays(options.prepared, ensemble.framings, options.adults)
    limits = (ensemble.threshold, ensemble.negative, ensemble.positive)

    def probability(images):
        return ensemble.probability(ensemble.logits(images))

    def table(p, truth, groups):
        return figures.bootstrapped(lambda index: figures.figures(p[index], truth[index], *limits), groups)

    weights = (options.model / "weights.safetensors").read_bytes()
    report = {"format": "imaging-gateway/training-evaluation/1", "weightsSHA256": hashlib.sha256(weights).hexdigest(),
              "dataHash": ensemble.metadata["training.dataHash"], "preprocessing": ensemble.metadata["preprocessing"],
              "calibration": {"slope": ensemble.slope, "intercept": ensemble.intercept},
              "limits": dict(zip(("threshold", "negative", "positive"), limits))}
    for name, part in (("validation", "val"), ("test", "test")):
        chosen = split == part
        p = probability(exact[chosen])
        lowest, highest, deviation = ensemble.spread(exact[chosen], perturbed[f"framed.{part}"])
        called = np.where(p <= ensemble.negative, 0, np.where(p >= ensemble.positive, 1, -1))
        firm = ((called == 0) & (highest < ensemble.positive)) | ((called == 1) & (lowest > ensemble.negative))
        right = (called == 1) == label[chosen]
        report[name] = {
            "images": int(chosen.sum()), "patients": len(np.unique(group[chosen])),
            "normals": int((~label[chosen]).sum()), "pneumonia": int(label[chosen].sum()),
            "figures": table(p, label[chosen], group[chosen]), "reliability": reliability(p, label[chosen]),
            "members": [round(figures.auc(logits, label[chosen]), 4)
                        for logits in ensemble.member_logits(exact[chosen])],
            "withSpread": figures.bootstrapped(lambda index: {
                "decided": float(firm[index].mean()),
                "accuracyOfDecided": float(right[index][firm[index]].mean())}, group[chosen]),
            "deviation": {"median": round(float(np.median(deviation)), 3),
                          "wrong": round(float(np.median(deviation[(p >= limits[0]) != label[chosen]])), 3)}}
        if part == "test":
            report["subgroups"] = subgroups(p, label[chosen], sublabel[chosen], group[chosen], limits[0])
            report["prevalence"] = prevalence(p, label[chosen], group[chosen], limits[0])

    test = split == "test"
    plain = probability(exact[test])
    report["robustness"] = []
    for name in perturbations.ROBUSTNESS:
        p = probability(perturbed[name])
        report["robustness"].append({"name": name, "meanChange": round(float(np.abs(p - plain).mean()), 4)}
                                    | table(p, label[test], group[test]))
        print(name, report["robustness"][-1]["auc"], flush=True)
    report["baselines"] = baselines(data, label, split, group)
    report["deletion"] = deletion(ensemble, exact[test & label])
    if options.adults:
        p, truth = probability(perturbed["adults"]), perturbed["adults.label"]
        report["adults"] = {"source": "cxr-nih-512", "images": len(p)} | figures.bootstrapped(
            lambda index: {"auc": figures.auc(p[index], truth[index]),
                           "calledPositive": float((p[index] >= limits[0]).mean())}, np.arange(len(p)))
    found = report["test"]["figures"] | {"worst robustness AUC": min((r["auc"] for r in report["robustness"]))}
    report["aims"] = [{"name": name, "aim": f"{direction} {aim}", "value": found[name],
                       "met": found[name][2] >= aim if direction == "at least" else found[name][1] <= aim}
                      for name, direction, aim in (*AIMS, ("worst robustness AUC", "at least", 0.96))]
    if options.development:
        report["development"] = json.loads(options.development.read_text())
    options.out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(report["aims"], indent=1))


if __name__ == "__main__":
    main()
