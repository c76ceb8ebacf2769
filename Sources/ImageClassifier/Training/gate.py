"""The gate of a model: rules for the header, and what decides from the image whether it may be scored.

`fit` makes the tensors and the metadata from training radiographs; limits come from the validation part. Rows of the
test part are never read, and no picture of another source is.
"""

import hashlib
import json
import pathlib

import numpy as np

import gate_material
import gate_pose

FIXED, SECONDARY = "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.7"
HEADER_RULES = [
    {"element": "Modality", "oneOf": ["CR", "DX"], "secondaryCapture": ["SC", "OT"], "absent": "refuse",
     "refusal": "modalityNotSupported"},
    {"element": "SOPClassUID", "oneOf": [FIXED, f"{FIXED}.1", f"{FIXED}.1.1"],
     "secondaryCapture": [SECONDARY, f"{SECONDARY}.1", f"{SECONDARY}.2", f"{SECONDARY}.3"], "absent": "refuse",
     "refusal": "objectNotSupported"},
    {"element": "SOPClassUID", "noneOf": [f"{FIXED}.1.1"], "absent": "refuse", "refusal": "forProcessing"},
    {"element": "PresentationIntentType", "noneOf": ["FOR PROCESSING"], "absent": "accept",
     "refusal": "forProcessing"},
    {"element": "PatientSpecies", "oneOf": ["HUMAN"], "absent": "accept", "refusal": "speciesNotHuman"},
    {"element": "PatientAge", "between": [1, 5], "absent": "site", "refusal": "ageOutOfRange",
     "absentRefusal": "ageMissing"},
    {"element": "BodyPartExamined", "oneOf": ["CHEST", "THORAX", "LUNG"], "absent": "accept",
     "refusal": "bodyPartNotChest"},
    {"element": "ViewPosition", "oneOf": ["AP", "PA"], "absent": "accept", "refusal": "viewNotFrontal"},
    {"element": "NumberOfFrames", "between": [1, 1], "absent": "accept", "refusal": "multipleFrames"},
    {"element": "SamplesPerPixel", "between": [1, 1], "absent": "refuse", "refusal": "notGrayscale"},
    {"element": "PhotometricInterpretation", "oneOf": ["MONOCHROME1", "MONOCHROME2"], "absent": "refuse",
     "refusal": "notGrayscale"},
    {"element": "BurnedInAnnotation", "oneOf": ["NO"], "absent": "site", "refusal": "burnedInAnnotation"},
]
# What is refused as which class; the first class is the one that is scored.
REFUSALS = {"turnedLeft": "imageRotated", "upsideDown": "imageRotated", "turnedRight": "imageRotated",
            "inverted": "imageInverted", "other": "imageNotLikeTraining"}
LIKENESS = "imageNotLikeTraining"
MATERIAL = 32000
# Shares of the validation images within each limit.
OTHER_SHARE, LIKENESS_SHARE, POOLED_SHARE = 0.997, 0.985, 0.997


def statistics(features) -> dict:
    """Mean, and a whitening matrix W so that |W (x - mean)| is the Mahalanobis distance, of a shrunk covariance."""
    mean = features.mean(0)
    covariance = np.cov(features.T)
    covariance += np.eye(len(covariance)) * 0.01 * np.trace(covariance) / len(covariance)
    return {"mean": mean.astype(np.float32),
            "whitening": np.linalg.inv(np.linalg.cholesky(covariance)).astype(np.float32)}


def distance(tensors, name, features) -> np.ndarray:
    return np.linalg.norm((features - tensors[f"gate.{name}.mean"])
                          @ tensors[f"gate.{name}.whitening"].T.astype(np.float64), axis=1)


def margins(tensors, maps) -> np.ndarray:
    """By how much each class but the first exceeds the first: [image, class - 1]."""
    scores = maps @ tensors["gate.scores.weight"].astype(np.float64) + tensors["gate.scores.bias"]
    return scores[:, 1:] - scores[:, :1]


def pose_weights(tensors) -> dict:
    return {name.removeprefix("gate.pose."): value for name, value in tensors.items()
            if name.startswith("gate.pose.")}


def trained(source, side, seed, cache) -> dict:
    """The pose net; `cache` is a folder that keeps it between calls."""
    origin = hashlib.sha256(f"{seed} {side} {MATERIAL}".encode() + np.ascontiguousarray(source).tobytes()).hexdigest()
    path = None if cache is None else pathlib.Path(cache) / f"pose-{origin[:16]}.npz"
    if path is not None and path.exists():
        return dict(np.load(path))
    images, classes = gate_material.material(seed, source, MATERIAL, side)
    weights = gate_pose.train(images, classes, side, seed)
    if path is not None:
        np.savez(path, **weights)
    return weights


def fit(prepared, source, pooled, split, seed=1, cache=None) -> tuple[dict, dict]:
    """Tensors and metadata of the gate.

    `prepared`: standardised inputs; `source`: the pictures the augmentation takes; `pooled`: the members' pooled
    features, one after the other; `split`: 'train', 'val' or 'test' of each row.
    """
    prepared, split = np.asarray(prepared), np.asarray(split)
    train, validation = split == "train", split == "val"
    side = prepared.shape[1]
    weights = trained(source[train], side, seed, cache)
    tensors = {f"gate.pose.{name}": value for name, value in weights.items() if name.startswith("layer")}
    tensors |= {"gate.scores.weight": weights["scores.weight"], "gate.scores.bias": weights["scores.bias"]}
    maps = gate_pose.map_all(weights, prepared[train])
    tensors |= {f"gate.likeness.{name}": value for name, value in statistics(maps).items()}
    tensors |= {f"gate.pooled.{name}": value for name, value in statistics(pooled[train]).items()}
    maps = gate_pose.map_all(weights, prepared[validation])
    other = margins(tensors, maps)[:, gate_material.CLASSES.index("other") - 1]
    limits = dict.fromkeys(REFUSALS, 0.0) | {"other": min(0.0, float(np.quantile(other, OTHER_SHARE)))}
    classes = [{"name": gate_material.CLASSES[0]}]
    classes += [{"name": name, "refusal": REFUSALS[name], "limit": limits[name]}
                for name in gate_material.CLASSES[1:]]
    metadata = {
        "headerRules": json.dumps(HEADER_RULES), "gate.architecture": json.dumps(gate_pose.architecture(side)),
        "gate.classes": json.dumps(classes), "gate.seed": str(seed),
        "gate.likenessLimit": repr(float(np.quantile(distance(tensors, "likeness", maps), LIKENESS_SHARE))),
        "gate.pooledLimit": repr(float(np.quantile(distance(tensors, "pooled", pooled[validation]), POOLED_SHARE)))}
    return {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}, metadata


def refused(tensors, metadata, prepared, pooled) -> np.ndarray:
    """The refusal code of each image, or '' for one that is scored; in the order of the Swift gate."""
    classes = json.loads(metadata["gate.classes"])[1:]
    maps = gate_pose.map_all(pose_weights(tensors), np.ascontiguousarray(prepared))
    excess = margins(tensors, maps) - np.array([entry["limit"] for entry in classes])
    worst = excess.argmax(1)
    result = np.where(excess.max(1) > 0, np.array([entry["refusal"] for entry in classes])[worst], "").astype(object)
    unlike = ((distance(tensors, "likeness", maps) > float(metadata["gate.likenessLimit"]))
              | (distance(tensors, "pooled", pooled) > float(metadata["gate.pooledLimit"])))
    result[(result == "") & unlike] = LIKENESS
    return result
