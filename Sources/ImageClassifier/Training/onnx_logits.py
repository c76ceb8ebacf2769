"""Golden logits of an independent runtime for the Swift tests.

    python onnx_logits.py --model ../Models/chest-pneumonia-kermany --inputs inputs.npy --out logits.json

`inputs.npy` is [n, side, side] float32. The JSON has, as hexadecimal floats, the logit of each member for each image
and for its mirror image, the score, and the probability.
"""

import argparse
import json
import pathlib

import numpy as np
import onnxruntime

import scoring


def golden(ensemble: scoring.Ensemble, images: np.ndarray) -> dict:
    straight, mirrored = ensemble.member_logits(images), ensemble.member_logits(images[:, :, ::-1])
    score = (straight.mean(0) + mirrored.mean(0)) / 2
    return {"runtime": f"ONNX Runtime {onnxruntime.__version__}",
            "members": [[float(value).hex() for value in member] for member in straight],
            "mirrored": [[float(value).hex() for value in member] for member in mirrored],
            "logits": [float(value).hex() for value in score],
            "probabilities": [float(value).hex() for value in ensemble.probability(score)]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--inputs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    result = golden(scoring.Ensemble(options.model), np.load(options.inputs))
    options.out.write_text(json.dumps(result, indent=1) + "\n")
