"""The model card from the figures of an evaluation: no figure in it is typed by hand. Python standard library only.

    python card.py merge --model ../Models/ID --swift DIR --network DIR --validation DIR [--python FILE]
    python card.py write [--model ../Models/ID]        writes the card: Markdown, SVG, JSON, XML; pins it in model.json
    python card.py --check                             fails where a committed page differs from what the figures give

`merge` makes evaluation.json in the model's folder of: `imaging-gateway model evaluate` on the official test images (as
the product is, and with --without-image-gate), the same on the validation images, and evaluate.py. gate.json is
gate_evaluate.py's. `make model-card` does all of it."""

import argparse
import difflib
import hashlib
import json
import pathlib
import re
import struct
import sys

import card_chai
import card_plots
import card_text

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent / "Models"
ROOT = HERE.parents[2]
PAGES = ROOT / "docs" / "comply"
FORMAT = "imaging-gateway/model-evaluation/1"


def metadata(weights: pathlib.Path) -> dict[str, str]:
    """The metadata block of a safetensors file."""
    with open(weights, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length)).get("__metadata__", {})


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def loaded(model: pathlib.Path) -> dict:
    """Everything that the card tells, from the files of the model's folder."""
    data = json.loads((model / "evaluation.json").read_text())
    if data["format"] != FORMAT:
        raise SystemExit(f"{model.name}: evaluation.json is of another format")
    data["description"] = json.loads((model / "model.json").read_text())
    data["metadata"] = metadata(model / "weights.safetensors")
    data["weightsBytes"] = (model / "weights.safetensors").stat().st_size
    data["weightsSHA256"] = sha256(model / "weights.safetensors")
    gate = model / "gate.json"
    data["gate"] = json.loads(gate.read_text()) if gate.exists() else None
    told = {name: data[name]["model"]["weightsSHA256"] for name in ("test", "network", "validation")}
    if data.get("python"):
        told["python"] = data["python"]["weightsSHA256"]
    for name, digest in told.items():
        if digest != data["weightsSHA256"]:
            raise SystemExit(f"{model.name}: the figures of '{name}' are of other weights: run `make model-card`")
    return data


def merge(options) -> None:
    """Rows of single images and the file of what is only for one hospital stay out."""
    def swift(folder: pathlib.Path) -> dict:
        found = json.loads((folder / "evaluation.json").read_text())
        for key in ("rows", "advice", "drift"):
            found.pop(key, None)
        return found
    data = {"format": FORMAT, "test": swift(options.swift), "network": swift(options.network),
            "validation": swift(options.validation)}
    for name in ("test", "network"):
        data[name].pop("distributions")
    for name in ("test", "validation"):
        data[name].pop("curves", None)
    former = options.model / "evaluation.json"
    if options.python:
        data["python"] = json.loads(options.python.read_text())
    elif former.exists() and "python" in (old := json.loads(former.read_text())):
        # Those of the same weights may stay.
        if old["python"]["weightsSHA256"] == data["test"]["model"]["weightsSHA256"]:
            data["python"] = old["python"]
    (options.model / "evaluation.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def pages(model: pathlib.Path) -> dict[pathlib.Path, str]:
    """Every file of the card and its text."""
    data = loaded(model)
    plots = card_plots.all_plots(data)
    found = {PAGES / "model-card" / name: text for name, text in plots.items()}
    found[PAGES / "model-card.md"] = card_text.markdown(data, {name: f"model-card/{name}" for name in plots})
    found[model / "card.md"] = card_text.markdown(data, {})
    found[model / "card.json"] = json.dumps(card_text.machine(data), indent=2, ensure_ascii=False) + "\n"
    found[model / "card.xml"] = card_chai.xml(data)
    described = (model / "model.json").read_text()
    digest = hashlib.sha256(found[model / "card.json"].encode()).hexdigest()
    pinned, count = re.subn(r'("card"\s*:\s*\{[^}]*"sha256"\s*:\s*")[0-9a-f]{64}"', rf'\g<1>{digest}"', described)
    if count != 1:
        raise SystemExit(f"{model.name}: model.json pins no card")
    found[model / "model.json"] = pinned
    return found


def models(options) -> list[pathlib.Path]:
    chosen = [options.model] if getattr(options, "model", None) else sorted(MODELS.iterdir())
    return [model for model in chosen if (model / "evaluation.json").exists()]


def check(options) -> int:
    """How many files differ."""
    wrong = 0
    for model in models(options):
        found = pages(model)
        left = set((PAGES / "model-card").glob("*.svg")) - set(found)
        for path in sorted(left):
            print(f"{path}: nothing makes this picture any more")
        wrong += len(left)
        for path, text in found.items():
            committed = path.read_text() if path.exists() else ""
            if committed != text:
                wrong += 1
                lines = difflib.unified_diff(committed.splitlines(), text.splitlines(), "committed", "generated", "", "", 0)
                print(f"{path}: differs from what the figures give")
                print("\n".join(list(lines)[:12]))
    if not models(options):
        print("no model has an evaluation.json")
        wrong += 1
    return wrong


def write(options) -> None:
    for model in models(options):
        found = pages(model)
        for path in set((PAGES / "model-card").glob("*.svg")) - set(found):
            path.unlink()
        for path, text in found.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        print(f"{model.name}: {len(found)} files written")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    commands = parser.add_subparsers(dest="command")
    merging = commands.add_parser("merge")
    for name in ("model", "swift", "network", "validation"):
        merging.add_argument(f"--{name}", type=pathlib.Path, required=True)
    merging.add_argument("--python", type=pathlib.Path)
    commands.add_parser("write").add_argument("--model", type=pathlib.Path)
    options = parser.parse_args()
    if options.check:
        return 1 if check(options) else 0
    if options.command == "merge":
        merge(options)
    elif options.command == "write":
        write(options)
    else:
        parser.print_help()
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
