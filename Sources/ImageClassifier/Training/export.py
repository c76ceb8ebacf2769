"""Folds batch norm, fits calibration and gate on train/validation, writes the model folder.

    python export.py --prepared /tmp/cxr --run /tmp/cxr/run --out ../Models/chest-pneumonia-kermany

The test part is never read here. Everything that decides a result goes into the weights file's metadata,
so that its one SHA-256 covers it.
"""

import argparse
import hashlib
import json
import pathlib

import numpy as np
from safetensors.numpy import save
from scipy.optimize import minimize

import network
import preprocess

NEGATIVE, THRESHOLD, POSITIVE = 0.2, 0.5, 0.8
COMPONENTS, QUANTILE = 40, 0.985
SCOPE = {"minimumAgeYears": 1, "maximumAgeYears": 5, "modalities": ["CR", "DX"], "views": ["AP", "PA"],
         "bodyParts": ["CHEST", "THORAX", "LUNG"]}
ATTRIBUTION = ("Trained on: Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest "
               "X-Ray Images for Classification. Mendeley Data, DOI 10.17632/rscbjbr9sj, CC BY 4.0; "
               "Kermany et al., Cell 172(5), 2018, DOI 10.1016/j.cell.2018.02.010.")


def load(run: pathlib.Path):
    file = np.load(run / "weights.npz")
    return ({k[2:]: file[k] for k in file.files if k.startswith("w:")},
            {k[2:]: file[k] for k in file.files if k.startswith("s:")})


def fold(weights, statistics) -> dict[str, np.ndarray]:
    tensors = {}
    for name, _, _, _, _ in network.layers():
        scale = weights[f"{name}.gamma"].astype(np.float64) / np.sqrt(statistics[f"{name}.variance"] + 1e-5)
        tensors[f"{name}.weight"] = (weights[f"{name}.kernel"] * scale).astype(np.float32)
        tensors[f"{name}.bias"] = (weights[f"{name}.beta"] - statistics[f"{name}.mean"] * scale).astype(np.float32)
    tensors["head.weight"] = weights["head.weight"].astype(np.float32)
    tensors["head.bias"] = weights["head.bias"].astype(np.float32).reshape(1)
    return tensors


def platt(logits, labels) -> tuple[float, float]:
    """Both classes weigh the same: the probability is for a prevalence of one half, whatever the sample's is."""
    share = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())
    sign = np.where(labels, 1.0, -1.0)
    result = minimize(lambda p: (share * np.logaddexp(0, -sign * (p[0] * logits + p[1]))).sum(), [1.0, 0.0])
    return float(result.x[0]), float(result.x[1])


def reduce(images) -> np.ndarray:
    """3 x 3 means of the standardised input: 32 x 32."""
    return images.astype(np.float64).reshape(-1, 32, 3, 32, 3).mean((2, 4)).reshape(len(images), -1)


def distance(gate, pooled):
    return np.linalg.norm((pooled - gate["gate.mean"]) @ gate["gate.whitening"].T.astype(np.float64), axis=1)


def residual(gate, images):
    difference = reduce(images) - gate["gate.picture"]
    shares = difference @ gate["gate.components"].T.astype(np.float64)
    return ((difference ** 2).sum(1) - (shares ** 2).sum(1)).clip(0) / difference.shape[1]


def fit_gate(pooled, images) -> dict[str, np.ndarray]:
    covariance = np.cov(pooled.T)
    covariance += np.eye(len(covariance)) * 0.01 * np.trace(covariance) / len(covariance)
    small = reduce(images)
    picture = small.mean(0)
    _, _, components = np.linalg.svd(small - picture, full_matrices=False)
    return {"gate.mean": pooled.mean(0).astype(np.float32),
            "gate.whitening": np.linalg.inv(np.linalg.cholesky(covariance)).astype(np.float32),
            "gate.picture": picture.astype(np.float32), "gate.components": components[:COMPONENTS].astype(np.float32)}


def ordered(content):
    """The same file with its header in one order: the library writes the metadata in another order each time, and the
    file's SHA-256 is the model's name."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + length])
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[8 + length:]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    data = np.load(options.prepared / "images.npz")
    record = json.loads((options.run / "run.json").read_text())
    if record["dataHash"] != json.loads((options.prepared / "data.json").read_text())["dataHash"]:
        raise SystemExit("the run was made from other data")
    weights, statistics = load(options.run)
    train, validation = data["exact"][data["split"] == "train"], data["exact"][data["split"] == "val"]
    labels = data["label"][data["split"] == "val"]

    logits, pooled = network.score_all(weights, statistics, validation)
    slope, intercept = platt(logits, labels)
    gate = fit_gate(network.score_all(weights, statistics, train)[1], train)
    maps = np.concatenate([np.asarray(network.features(weights, statistics, validation[i:i + 64], False)[0])
                           for i in range(0, len(validation), 64)]) @ weights["head.weight"]
    tensors = fold(weights, statistics) | gate
    metadata = {
        "architecture": network.ARCHITECTURE, "preprocessing": preprocess.VERSION,
        "platt.slope": repr(slope), "platt.intercept": repr(intercept),
        "decision.threshold": str(THRESHOLD), "decision.negativeLimit": str(NEGATIVE),
        "decision.positiveLimit": str(POSITIVE),
        "gate.distanceLimit": repr(float(np.quantile(distance(gate, pooled), QUANTILE))),
        "gate.residualLimit": repr(float(np.quantile(residual(gate, validation), QUANTILE))),
        "map.range": repr(float(np.quantile(np.abs(maps), 0.99))),
        "scope": json.dumps(SCOPE), "training.dataHash": record["dataHash"], "training.seed": str(record["seed"]),
        "training.validationAUC": repr(record["validationAUC"]), "licence": "CC-BY-4.0", "attribution": ATTRIBUTION}
    content = ordered(save({name: np.ascontiguousarray(tensor) for name, tensor in sorted(tensors.items())}, metadata))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "weights.safetensors").write_bytes(content)
    description = {
        "id": "chest-pneumonia-kermany", "version": options.version,
        "title": "Pneumonia on frontal chest radiographs of children aged 1 to 5 (not for clinical use)",
        "weightsSHA256": hashlib.sha256(content).hexdigest(), "licence": "CC-BY-4.0", "attribution": ATTRIBUTION}
    (options.out / "model.json").write_text(json.dumps(description, indent=2) + "\n")
    print(description["weightsSHA256"], {k: v for k, v in metadata.items() if k != "attribution"})


if __name__ == "__main__":
    main()
