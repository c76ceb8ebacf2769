"""Trained runs as folded tensors, with batch norm inside the convolutions, and as an ensemble that can be scored."""

import json
import pathlib
import tempfile

import numpy as np

import network
import preprocess
import scoring
import weightsfile

# How the picture is cut for the spread, in shares of the exposed field.
FRAMINGS = [{"top": top, "left": left, "bottom": bottom, "right": right, "mirrored": mirrored}
            for top, left, bottom, right, mirrored in ((0.1, 0.0, 0.0, 0.0, False), (0.0, 0.0, 0.1, 0.0, True),
                                                       (0.0, 0.07, 0.0, 0.07, False), (0.05, 0.05, 0.05, 0.05, True))]


def load(run: pathlib.Path):
    file = np.load(run / "weights.npz")
    return ({k[2:]: file[k] for k in file.files if k.startswith("w:")},
            {k[2:]: file[k] for k in file.files if k.startswith("s:")})


def record(run: pathlib.Path) -> dict:
    return json.loads((run / "run.json").read_text())


def fold(weights, statistics) -> dict[str, np.ndarray]:
    tensors = {}
    for name, _, _, _, _ in network.layers():
        scale = weights[f"{name}.gamma"].astype(np.float64) / np.sqrt(statistics[f"{name}.variance"] + 1e-5)
        tensors[f"{name}.weight"] = (weights[f"{name}.kernel"] * scale).astype(np.float32)
        tensors[f"{name}.bias"] = (weights[f"{name}.beta"] - statistics[f"{name}.mean"] * scale).astype(np.float32)
    tensors["head.weight"] = weights["head.weight"].astype(np.float32)
    tensors["head.bias"] = weights["head.bias"].astype(np.float32).reshape(1)
    return tensors


def tensors(runs) -> dict[str, np.ndarray]:
    return {f"member{index}.{name}": tensor for index, run in enumerate(runs)
            for name, tensor in fold(*load(run)).items()}


def metadata(runs) -> dict:
    """What does not depend on calibration and gate; those are placeholders."""
    side = record(runs[0])["recipe"]["side"]
    return {"format": weightsfile.FORMAT, "preprocessing": preprocess.VERSION, "input.side": str(side),
            "architecture": network.architecture(side), "members": [f"member{i}" for i in range(len(runs))],
            "framings": FRAMINGS, "calibration.slope": "1.0", "calibration.intercept": "0.0",
            "decision.threshold": "0.5", "decision.negativeLimit": "0.2", "decision.positiveLimit": "0.8"}


def ensemble(runs) -> scoring.Ensemble:
    """The runs together, uncalibrated."""
    with tempfile.TemporaryDirectory() as folder:
        weightsfile.write(pathlib.Path(folder), tensors(runs), metadata(runs))
        return scoring.Ensemble(pathlib.Path(folder))
