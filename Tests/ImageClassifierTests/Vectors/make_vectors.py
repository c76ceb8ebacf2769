"""Writes vectors.json: golden values of each preprocessing stage, by the numpy reference. They do not depend on any
weights; golden logits are the work of make_logits.py.

    python Tests/ImageClassifierTests/Vectors/make_vectors.py      (packages: Sources/ImageClassifier/Training)
"""

import hashlib
import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "Sources" / "ImageClassifier" / "Training"))
import preprocess
from drawing import formula, with_bars, with_letter

FRAMINGS = [{"top": 0.1, "left": 0.0, "bottom": 0.0, "right": 0.0, "mirrored": False},
            {"top": 0.05, "left": 0.03, "bottom": 0.045, "right": 0.06, "mirrored": True}]

# Whole ways through preprocessing. Left out means: as in DEFAULT.
DEFAULT = {"rows": 224, "columns": 224, "seed": 1, "maximum": 4095, "bits": 12, "highBit": None, "signed": False,
           "offset": 0, "falling": False, "slope": 1, "intercept": 0, "table": None, "voi": None, "inverted": False,
           "padding": None, "directions": [], "window": None, "bars": None, "letter": None, "side": 96}
CASES = [
    {"name": "8 bit", "maximum": 255, "bits": 8},
    {"name": "12 bit, odd shape", "rows": 301, "columns": 257, "seed": 2},
    {"name": "16 bit, larger than the cells", "rows": 520, "columns": 610, "seed": 3, "maximum": 65535, "bits": 16},
    {"name": "16 bit, signed", "maximum": 30000, "bits": 16, "signed": True, "offset": -15000},
    {"name": "high bit 13", "highBit": 13},
    {"name": "to 128 pixels", "rows": 260, "columns": 240, "side": 128},
    {"name": "enlarged", "rows": 97, "columns": 100, "seed": 6, "side": 128},
    {"name": "MONOCHROME1", "falling": True, "inverted": True},
    {"name": "slope and intercept", "slope": 2.5, "intercept": -1024},
    {"name": "falling slope", "slope": -0.5, "intercept": 2047.5, "falling": True},
    {"name": "modality table", "table": {"first": 100, "count": 3000, "step": 7}},
    {"name": "LINEAR", "voi": ["LINEAR", 2000, 3000]},
    {"name": "LINEAR_EXACT", "voi": ["LINEAR_EXACT", 1800.5, 2500]},
    {"name": "SIGMOID", "voi": ["SIGMOID", 2100, 1900]},
    {"name": "VOI table", "voi": ["TABLE", 50, 4000, 16]},
    {"name": "inverted SIGMOID of signed values", "signed": True, "offset": -2048, "falling": True,
     "inverted": True, "voi": ["SIGMOID", 0, 2000]},
    {"name": "padding around", "bits": 16, "signed": True, "bars": [10, 20, 5, 31], "barValue": -2000,
     "padding": [-2000, -2000]},
    {"name": "padding around, MONOCHROME1", "bits": 16, "signed": True, "bars": [40, 0, 30, 0], "barValue": -2000,
     "padding": [-2010, -1990], "falling": True, "inverted": True},
    {"name": "padding wider than the limit, before a border", "bits": 16, "signed": True, "bars": [100, 9, 0, 0],
     "barValue": -2000, "padding": [-2000, -2000], "window": [0, 4, 224, 224]},
    {"name": "VOI table that bends", "voi": ["TABLE", 0, 3000, 30], "bars": [0, 30, 0, 30], "barValue": 0},
    {"name": "rectangular shutter", "rows": 300, "columns": 280, "window": [20, 31, 270, 240]},
    {"name": "black bars left and right", "bars": [0, 28, 0, 28], "barValue": 0},
    {"name": "white bars on all sides", "bars": [28, 20, 14, 28], "barValue": 4095},
    {"name": "a letter in the bar", "bars": [0, 40, 0, 0], "barValue": 0, "letter": [60, 9, 24, 4000]},
    {"name": "bars of a larger picture", "rows": 700, "columns": 900, "bars": [83, 0, 0, 111], "barValue": 300},
    {"name": "bars wider than the limit", "bars": [0, 90, 0, 0], "barValue": 0},
] + [{"name": f"turned from {rows}\\{columns}", "rows": 230, "columns": 250, "seed": 4, "bars": [0, 12, 7, 0],
      "barValue": 0, "window": [3, 5, 229, 248], "directions": [rows, columns]}
     for rows, columns in ("LF", "RF", "LH", "RH", "FL", "FR", "HL", "HR")]


def hexes(values) -> list[str]:
    return [float(v).hex() for v in np.asarray(values, np.float64).ravel()]


def digest(values, kind: str) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).astype(kind).tobytes()).hexdigest()


def voi_function(voi):
    if voi is None:
        return None
    name, first, second = voi[:3]
    if name == "TABLE":
        return lambda values: preprocess.look_up(values, first, table(second, voi[3])) / 65535.0
    function = {"LINEAR": preprocess.linear, "LINEAR_EXACT": preprocess.linear_exact,
                "SIGMOID": preprocess.sigmoid}[name]
    return lambda values: function(values, float(first), float(second))


def table(count: int, step: int) -> list[int]:
    """Rising, with a bend."""
    return [min(index * step + (index // 5 if index > count // 2 else 0), 65535) for index in range(count)]


def drawn(case: dict) -> np.ndarray:
    """The stored values."""
    image = formula(case["rows"], case["columns"], case["seed"], case["maximum"])
    if case["falling"]:
        image = case["maximum"] - image
    image = image + case["offset"]
    if case["bars"]:
        image = with_bars(image, case["bars"], case["barValue"])
    return with_letter(image, *case["letter"]) if case["letter"] else image


def way(case: dict) -> dict:
    case = DEFAULT | case
    stored, bits = drawn(case), case["bits"]
    high = case["highBit"] or bits - 1
    cells = (stored & ((1 << bits) - 1)) << (high + 1 - bits)
    stored = preprocess.stored_values(cells, bits, high, case["signed"])
    if case["table"]:
        entries = table(case["table"]["count"], case["table"]["step"])
        modality = lambda values: preprocess.look_up(values, case["table"]["first"], entries)
    else:
        modality = lambda values: preprocess.rescale(values, float(case["slope"]), float(case["intercept"]))
    brightness, field = preprocess.present(
        stored, modality, voi_function(case["voi"]), case["inverted"], case["padding"], case["directions"],
        case["window"], is_table=case["voi"] is not None and case["voi"][0] == "TABLE")
    result = preprocess.standardise(preprocess.resize(brightness, case["side"]))
    others = [preprocess.framing(brightness, case["side"], framing) for framing in FRAMINGS]
    return case | {"field": list(field), "brightness": digest(brightness, "<f8"), "input": digest(result, "<f4"),
                   "framings": [digest(other, "<f4") for other in others]}


def main() -> None:
    values = np.array([-1024.0, -1, 0, 1, 2, 39.5, 40, 41, 127, 128, 1000, 4095])
    voi = {f"{name} {centre} {width}": hexes(function(values, centre, width))
           for name, function in (("linear", preprocess.linear), ("linearExact", preprocess.linear_exact),
                                  ("sigmoid", preprocess.sigmoid))
           for centre, width in ((40.0, 400.0), (2048.0, 4096.0), (40.5, 1.0))}
    small = formula(37, 53, 4, 4095)
    odd = formula(120, 101, 2, 255)
    barred = with_letter(with_bars(formula(461, 487, 5, 4095), [40, 66, 0, 21], 0), 100, 12, 60, 4095) / 4095
    grid, side = preprocess.cells(barred)
    turns = {"".join(d): [int(v) for v in preprocess.turn(np.arange(6).reshape(2, 3), list(d)).ravel()]
             for d in ("LF", "RF", "LH", "RH", "FL", "FR", "HL", "HR")}
    vectors = {
        "preprocessing": preprocess.VERSION,
        "formula": [int(v) for v in formula(5, 7, 3, 4095).ravel()],
        "exponential": {"values": hexes(x := np.linspace(-750, 715, 97)), "expected": hexes(preprocess.exponential(x))},
        "voi": {"values": hexes(values), "expected": voi},
        "percentiles": hexes(preprocess.percentiles(small)),
        "turn": turns,
        "cells": {"side": side, "rows": grid.shape[0], "columns": grid.shape[1], "levels": digest(grid, "<u2"),
                  "field": list(map(int, preprocess.field(barred)))},
        "resize": {"53x37 to 8": hexes(preprocess.resize(small / 4096, 8)),
                   "53x37 to 60": hexes(preprocess.resize(small / 4096, 60)[7])},
        "standardise": hexes(preprocess.standardise(odd / 256)[:2]),
        "framings": FRAMINGS, "ways": [way(case) for case in CASES]}
    (HERE / "vectors.json").write_text(json.dumps(vectors, indent=1) + "\n")
    for entry in vectors["ways"]:
        print(entry["name"].ljust(40), entry["rows"], entry["columns"], entry["field"])


if __name__ == "__main__":
    main()
