"""The official test images, wrapped losslessly as DX, through `imaging-gateway classify`: figures as JSON.

    python evaluate_classifier.py [--out figures.json]

The threshold is the one the model carries (chosen on training data); nothing here is fitted to the test images."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from exams import Registry
from gateway import binary
from radiographs import dicom, official_test_images
from statistics_of_scores import summary


def classify(files: list[Path], *flags: str) -> dict[str, dict]:
    """File name → the answer of `imaging-gateway classify --json`."""
    result = subprocess.run([str(binary()), "classify", *map(str, files), "--json", *flags], capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=1800)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"classify ended with {result.returncode}: {result.stderr[-800:]}")
    return {Path(answer["path"]).name: answer for answer in answers(result.stdout)}


def answers(text: str) -> list[dict]:
    """One JSON object for each file, each on its line."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def number(answer: dict, name: str) -> float | None:
    """A number of the answer; None where the image was refused or not read."""
    return float(answer[name]) if name in answer else None


def evaluate(images: list[tuple[Path, str]]) -> dict:
    registry = Registry(seed=465, images=[])
    with tempfile.TemporaryDirectory(prefix="imaging-gateway-evaluation-") as folder:
        labels, files = {}, []
        for path, label in images:
            file = Path(folder) / f"{path.stem}.dcm"
            file.write_bytes(dicom(registry.exam(image=path, label=label)))
            files.append(file)
            labels[file.name] = label == "PNEUMONIA"
        # the network on every image, then the product as it is, which refuses what does not resemble its training
        network = classify(files, "--without-image-gate")
        product = classify(files)
    return figures_of(network, labels) | {"with_image_gate": figures_of(product, labels)}


def figures_of(found: dict[str, dict], labels: dict[str, bool]) -> dict:
    scored = {name: answer for name, answer in found.items() if number(answer, "probability") is not None}
    threshold = next(value for answer in scored.values() if (value := number(answer, "threshold")) is not None)
    figures = summary([labels[name] for name in scored],
                      [number(answer, "probability") for answer in scored.values()], threshold)
    return figures | {"refused": len(found) - len(scored)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    images = official_test_images()
    if not images:
        print("../shared is absent: there are no test images to evaluate on", file=sys.stderr)
        return 2
    figures = evaluate(images)
    text = json.dumps(figures, indent=2)
    print(text)
    if arguments.out:
        os.makedirs(arguments.out.parent, exist_ok=True)
        arguments.out.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
