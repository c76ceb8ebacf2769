"""Figures of the model card: validation and test, trivial baselines, robustness, gate.

    python evaluate.py --prepared /tmp/cxr --run /tmp/cxr/run --model ../Models/chest-pneumonia-kermany [--adults DIR]
"""

import argparse
import json
import pathlib

import numpy as np
from PIL import Image
from safetensors import safe_open

import export
import network
import preprocess
from train import auc


def figures(probability, labels, threshold=export.THRESHOLD):
    called = probability >= threshold
    bins = np.minimum((probability * 10).astype(int), 9)
    ece = sum(abs(probability[bins == b].mean() - labels[bins == b].mean()) * (bins == b).mean()
              for b in range(10) if (bins == b).any())
    decided = (probability <= export.NEGATIVE) | (probability >= export.POSITIVE)
    return {"auc": auc(probability, labels), "accuracy": (called == labels).mean(),
            "sensitivity": called[labels].mean(), "specificity": (~called[~labels]).mean(), "ece": ece,
            "decided": decided.mean(), "accuracyOfDecided": (called == labels)[decided].mean()}


def bootstrapped(probability, labels, groups, rounds=2000):
    """95 % intervals, patients drawn with replacement."""
    rng = np.random.default_rng(7)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    drawn = []
    for _ in range(rounds):
        index = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        drawn.append(figures(probability[index], labels[index]))
    result = {}
    for name, value in figures(probability, labels).items():
        values = [d[name] for d in drawn]
        result[name] = [round(float(v), 4) for v in (value, np.quantile(values, 0.025), np.quantile(values, 0.975))]
    return result


def baseline(score, labels, split):
    """One number per image; direction and threshold (best balanced accuracy) from the train part."""
    train, test = split == "train", split == "test"
    sign = 1 if auc(score[train], labels[train]) > 0.5 else -1
    score = sign * score
    cuts = np.quantile(score[train], np.linspace(0, 1, 401))
    balanced = [((score[train] >= cut)[labels[train]].mean() + (score[train] < cut)[~labels[train]].mean()) / 2
                for cut in cuts]
    cut = cuts[int(np.argmax(balanced))]
    return {"trainAUC": round(auc(score[train], labels[train]), 4), "testAUC": round(auc(score[test], labels[test]), 4),
            "testAccuracy": round(float(((score[test] >= cut) == labels[test]).mean()), 4)}


def deletion(weights, statistics, images, cells=4):
    """Mean change of the logit when the highest, lowest and random cells of the map (16 x 16 pixels) are blanked."""
    maps = np.concatenate([np.asarray(network.features(weights, statistics, images[i:i + 64], False)[0])
                           for i in range(0, len(images), 64)]) @ weights["head.weight"]
    order = np.argsort(maps.reshape(len(images), -1), axis=1)
    before, _ = network.score_all(weights, statistics, images)
    rng = np.random.default_rng(5)
    picks = {"highest": order[:, -cells:], "lowest": order[:, :cells],
             "random": np.stack([rng.permutation(36)[:cells] for _ in images])}
    result = {}
    for name, chosen in picks.items():
        blanked = images.copy()
        for image, cells_of_image in zip(blanked, chosen):
            for cell in cells_of_image:
                image[cell // 6 * 16:cell // 6 * 16 + 16, cell % 6 * 16:cell % 6 * 16 + 16] = 0
        result[name] = round(float((network.score_all(weights, statistics, blanked)[0] - before).mean()), 3)
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--adults", type=pathlib.Path)
    options = parser.parse_args()
    data = np.load(options.prepared / "images.npz")
    label, split, group, exact = data["label"], data["split"], data["group"], data["exact"]
    weights, statistics = export.load(options.run)
    with safe_open(options.model / "weights.safetensors", "numpy") as file:
        metadata = file.metadata()
        gate = {name: file.get_tensor(name) for name in file.keys() if name.startswith("gate.")}
    slope, intercept = float(metadata["platt.slope"]), float(metadata["platt.intercept"])

    def scored(images):
        logits, pooled = network.score_all(weights, statistics, images)
        refused = ((export.distance(gate, pooled) > float(metadata["gate.distanceLimit"]))
                   | (export.residual(gate, images) > float(metadata["gate.residualLimit"])))
        return 1 / (1 + np.exp(-(slope * logits + intercept))), refused

    report = {"dataHash": metadata["training.dataHash"]}
    for part in ("val", "test"):
        chosen = split == part
        probability, refused = scored(exact[chosen])
        report[part] = bootstrapped(probability, label[chosen], group[chosen])
        report[part]["images"] = int(chosen.sum())
        report[part]["patients"] = len(np.unique(group[chosen]))
        report[part]["gateRefused"] = round(float(refused.mean()), 4)
        report[part]["gateRefusedNormal"] = round(float(refused[~label[chosen]].mean()), 4)
        report[part]["accepted"] = {k: round(float(v), 4)
                                    for k, v in figures(probability[~refused], label[chosen][~refused]).items()}
    report["baselines"] = {"jpegBytes": baseline(-data["bytes"].astype(float), label, split),
                           "highPass": baseline(-data["high_pass"], label, split)}

    test = split == "test"
    report["deletionOfPositives"] = deletion(weights, statistics, exact[test & label])
    source = data["source"][test].astype(np.float64)
    reduced = {"height cropped to 164/224": source[:, 17:111], "width cropped to 164/224": source[:, :, 17:111]}
    bars = source.copy()
    bars[:, :, :16] = bars[:, :, -16:] = 0
    reduced["black bars of 1/8 left and right"] = bars
    report["robustness"] = {}
    for name, images in reduced.items():
        images = np.stack([preprocess.standardise(small) for small in preprocess.resize(images, 96)])
        probability, refused = scored(images)
        report["robustness"][name] = {"auc": round(auc(probability, label[test]), 4),
                                      "gateRefused": round(float(refused.mean()), 4)}
    rng = np.random.default_rng(3)
    strange = {"rotated 90 degrees": np.rot90(exact[test], axes=(1, 2)),
               "rotated 180 degrees": np.rot90(exact[test], 2, axes=(1, 2)), "inverted": -exact[test],
               "white noise": np.stack([preprocess.standardise(rng.normal(size=(96, 96))) for _ in range(100)])}
    if options.adults:
        files = sorted(p for p in options.adults.rglob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg"))
        strange[f"mostly adult chests ({len(files)})"] = np.stack(
            [preprocess.prepare(np.asarray(Image.open(path).convert("L")), 96) for path in files])
    report["gate"] = {name: round(float(scored(np.ascontiguousarray(images))[1].mean()), 4)
                      for name, images in strange.items()}
    text = json.dumps(report, indent=2)
    (options.run / "report.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
