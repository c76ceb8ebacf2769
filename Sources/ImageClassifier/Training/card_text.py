"""The words of the model card around the figures. Python standard library only."""

import json

import card_plots

# Aims of the project, not results: (name, key in the Swift figures, direction, aim).
AIMS = [("AUC", "auc", "at least", 0.985), ("accuracy", "accuracy", "at least", 0.94),
        ("sensitivity at specificity .88", "sensitivityAtSpecificity", "at least", 0.95),
        ("expected calibration error", "calibrationError", "at most", 0.04)]
WORST_AUC = card_plots.WORST
GATE_AIMS = {"false": 0.03, "inverted": 1.0, "turned": 1.0, "upside": 0.95, "other": 0.99, "adults": 0.60}

# Name on the card, key of `model evaluate`, key of evaluate.py.
FIGURES = [("AUC", "auc", "auc"), ("average precision", "averagePrecision", "averagePrecision"),
           ("accuracy", "accuracy", "accuracy"), ("sensitivity", "sensitivity", "sensitivity"),
           ("specificity", "specificity", "specificity"),
           ("sensitivity at specificity ≥ .88", "sensitivityAtSpecificity", "sensitivityAtSpecificity88"),
           ("expected calibration error", "calibrationError", "ece"), ("Brier score", "brier", "brier"),
           ("decided", "decided", "decided"), ("accuracy of the decided", "accuracyOfDecided", "accuracyOfDecided")]


def three(value, places=3) -> str:
    """A figure with its interval; evaluate.py has lists, `model evaluate` objects, with null limits where it gives none."""
    if value is None:
        return "–"
    value, lower, upper = (value["value"], value["lower"], value["upper"]) if isinstance(value, dict) else value
    if lower is None or upper is None:
        return f"{value:.{places}f} (no interval)"
    return f"{value:.{places}f} [{lower:.{places}f}, {upper:.{places}f}]"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def python_figure(python, part, key):
    """evaluate.py's figure; what is decided counts the spread there as in the product."""
    section = (python or {}).get(part) or {}
    spread = section.get("withSpread") or {}
    return spread.get(key) or (section.get("figures") or {}).get(key)


def table(head, rows) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] + \
           ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows] + [""]


def aims(data) -> list[tuple[str, str, str, float, bool]]:
    """(name, aim, figure, by how much it falls short, met): met where the 95 % interval contains the aim or lies beyond."""
    found = []
    for name, key, word, aim in AIMS:
        figure = data["network"]["figures"][key]
        limit = figure["upper" if word == "at least" else "lower"]
        limit = figure["value"] if limit is None else limit
        met = limit >= aim if word == "at least" else limit <= aim
        short = aim - figure["value"] if word == "at least" else figure["value"] - aim
        found.append((name, f"{word} {aim:g}", three(figure), short, met))
    robustness = (data.get("python") or {}).get("robustness")
    if robustness:
        worst = min(robustness, key=lambda row: row["auc"][0])
        found.append((f"worst AUC in the robustness suite ({worst['name']})", f"at least {WORST_AUC:g}",
                      three(worst["auc"]), WORST_AUC - worst["auc"][0], worst["auc"][2] >= WORST_AUC))
    return found


def gate_rows(gate) -> list[tuple[str, int, int, dict, str, bool | None]]:
    """(what, refused, images, codes, aim, met) for the gate's table."""
    rows = []

    def add(row, aim=None, most=False, name=None):
        reached = row["refused"] / row["images"] if row["images"] else 0
        met = None if aim is None else (reached <= aim if most else reached >= aim)
        words = "" if aim is None else f"{'at most' if most else 'at least'} {100 * aim:g} %"
        rows.append((name or row["name"], row["refused"], row["images"], row.get("codes") or {}, words, met))
    for row in gate.get("falseRefusals", []):
        add(row, GATE_AIMS["false"] if row["name"] == "test" else None, True, f"{row['name']} images (false refusals)")
    for row in gate.get("posesOfTest", []):
        name = row["name"]
        aim = (None if "mirrored" in name or "and" in name.split() else GATE_AIMS["inverted"] if name.startswith("inverted")
               else GATE_AIMS["upside"] if "upside" in name else GATE_AIMS["turned"])
        add(row, aim, name=f"test images, {name}")
    for row in gate.get("adultsByImage", []):
        add(row, GATE_AIMS["adults"] if "18" in row["name"] else None)
    for row in gate.get("otherSources", []):
        add(row, name=f"{row['name']}: {row.get('kind', '')}".rstrip(": "))
    if total := gate.get("otherTotal"):
        add(total, GATE_AIMS["other"], name="**all that are no chest**")
    return rows


def verdict(met) -> str:
    return "" if met is None else "met" if met else "**missed**"


def scope(data) -> dict:
    try:
        return json.loads(data["metadata"].get("headerRules", "{}"))
    except ValueError:
        return {}


def facts(data) -> list[tuple[str, str]]:
    """The head of the card."""
    description, meta, setting = data["description"], data["metadata"], data["network"]["setting"]
    members = json.loads(meta.get("members", "[]"))
    architecture = json.loads(meta["architecture"]) if meta.get("architecture", "").startswith("{") else {}
    kinds = {}
    for operation in architecture.get("operations", []):
        kinds[operation["operation"]] = kinds.get(operation["operation"], 0) + 1
    side = architecture.get("side", meta.get("input.side", "?"))
    return [
        ("Question", "Pneumonia or not, on one frontal chest radiograph of a child aged 1 to 5"),
        ("Output", f"calibrated probability; negative (≤ {setting['negativeLimit']:g}), positive (≥ "
                   f"{setting['positiveLimit']:g}); indeterminate between, and where a network or a view of the image "
                   "reaches the limit of the opposite answer; spread over networks and views; map of what raised or lowered the score; "
                   "or a refusal with its reason"),
        ("A negative means", "“no pneumonia seen by this model”. It does not mean “normal”: the training knows no other "
                             "disease"),
        ("Weights", f"`weights.safetensors`, SHA-256 `{data['weightsSHA256']}`, {data['weightsBytes'] / 1e6:.1f} MB, "
                    f"{description['licence']}"),
        ("Network", f"{len(members) or 1} × "
                    f"{', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items())) or 'residual network'}, input {side} "
                    f"× {side}"),
        ("Preprocessing", f"version {meta.get('preprocessing', '?')}, `docs/integrate/preprocessing.md`"),
        ("Calibration", f"logit × {float(meta.get('calibration.slope', 1)):.4f} "
                        f"{'+' if float(meta.get('calibration.intercept', 0)) >= 0 else '−'} "
                        f"{abs(float(meta.get('calibration.intercept', 0))):.4f}, for a prevalence of one half"),
        ("Training data", f"digest `{meta.get('training.dataHash', '–')}`"),
    ]


def markdown(data, pictures) -> str:
    """The card to read. Without pictures for the model's own folder."""
    description = data["description"]
    lines = [f"# Model card: {description['id']}, version {description['version']}", "",
             "<!-- Generated by Sources/ImageClassifier/Training/card.py from the model's evaluation.json and gate.json: "
             "change those, then run `make model-card`. -->", "",
             "**Not a medical device. Not for clinical use.** It shows how a classifier is wired into a hospital's systems. No "
             "finding of it may guide the care of a patient.", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {words} |" for name, words in facts(data)] + [""]
    for section in (uses, dataset, method, figures_section, curves, predictive, subgroup_section, robustness_section,
                    gate_section, explanation, failures, experiments, agreement):
        lines += section(data, pictures)
    return "\n".join(lines).rstrip() + "\n"


def picture(pictures, name, words) -> list[str]:
    return [f"![{words}]({pictures[name]})", ""] if name in pictures else []


def uses(data, pictures) -> list[str]:
    return ["## Intended use, and what it is not for", "",
            "For demonstrations, tests of an installation, and the training of physicists and integrators: one frontal chest "
            "radiograph (CR or DX, AP or PA) of a child aged 1 to 5, after de-identification, with a person who looks at the "
            "picture anyway.", "",
            "Out of scope, and refused: other ages, other views, other body parts, raw detector data, several frames, colour, "
            "animals, pictures with burned-in text by policy, pictures that do not look like the training. Out of scope, and "
            "not noticed: any disease but pneumonia, telling bacterial from viral, follow-up, screening, adults whose header "
            "says that they are children.", ""]


def dataset(data, pictures) -> list[str]:
    development = (data.get("python") or {}).get("development") or {}
    network, validation = data["network"]["counts"], data["validation"]["counts"]
    members = development.get("members") or []
    trained = f"{members[0]['images']} images to train, " if members and "images" in members[0] else ""
    return ["## Data", "",
            "Kermany, Zhang, Goldbaum, “Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for "
            "Classification”, Mendeley Data, DOI 10.17632/rscbjbr9sj, CC BY 4.0; paper: Cell 172(5), 2018. Guangzhou Women and "
            "Children's Medical Center, AP views: one hospital, one country. We had them as JPEG reduced to 224 × 224 (aspect "
            "not kept) and compressed a second time, and not all of the official test part.", "",
            f"Split by patient group: {trained}{validation['files']} to validate ({validation['negatives']} normal, "
            f"{validation['positives']} pneumonia; {validation['patients']} groups), {network['files']} of the official test "
            f"part ({network['negatives']} normal, {network['positives']} pneumonia; {network['patients']} groups). Ages and "
            "sexes of single images are not known, so nothing can be said of such subgroups.", ""]


def method(data, pictures) -> list[str]:
    python = data.get("python") or {}
    development = python.get("development") or {}
    lines = ["## Method", "",
             "Residual networks, batch normalisation folded; global average; one linear layer; the logit is the mean over "
             "networks and over the image and its mirror image. No epoch, threshold, limit or recipe was chosen by the test "
             "part; recipes were ranked by leaving the NORMAL2- normals out of the training, because in-family validation "
             "cannot see the drop that the test part shows.", ""]
    if recipe := development.get("recipe"):
        lines += ["Recipe: " + ", ".join(f"{key} {value}" for key, value in recipe.items()) + ".", ""]
    if members := development.get("members"):
        lines += table(["member", "seed", "validation AUC", "seconds"],
                       [(i + 1, m.get("seed", "–"), m.get("validationAUC", "–"), m.get("seconds", "–"))
                        for i, m in enumerate(members)])
    if left := development.get("leaveFamilyOut"):
        lines += [f"Trained without the {left['normals']} normals of {left['family']} and tried on them: specificity "
                  f"{left['specificity']:.3f}, AUC {left['auc']:.3f}, specificity at sensitivity .95 "
                  f"{left['specificityAtSensitivity95']:.3f}; validation AUC of the same networks "
                  f"{left['validationAUC']:.3f}.", ""]
    if cross := development.get("crossValidation"):
        lines += [f"Cross-validation by patient group, {cross['folds']} folds: AUC {three(cross['auc'])}; per fold "
                  f"{', '.join(f'{v:.3f}' if isinstance(v, float) else str(v) for v in cross.get('perFold', []))}.", ""]
    for name in ("calibration", "band"):
        if rule := (development.get(name) or {}).get("rule"):
            lines += [f"{name.capitalize()}: {rule}", ""]
    return lines


def figures_section(data, pictures) -> list[str]:
    python, network, product = data.get("python"), data["network"], data["test"]
    rows = []
    for name, swift, key in FIGURES:
        mine, theirs = network["figures"].get(swift), python_figure(python, "test", key)
        difference = f"{abs(mine['value'] - theirs[0]):.4f}" if mine and theirs else "–"
        rows.append((name, three(data["validation"]["figures"].get(swift)), f"**{three(mine)}**", three(theirs), difference,
                     three(product["figures"].get(swift))))
    bootstrap = network["setting"]["bootstrap"]
    lines = ["## Figures", "",
             f"95 % intervals: {bootstrap['rounds']} drawings of patient groups with replacement. Accuracy, sensitivity and "
             f"specificity at {network['setting']['threshold']:g}. “Swift” is the program that is deployed, on the test images "
             "wrapped losslessly as DICOM and taken the way of an order's study; “Python” is the training's own code on the "
             "same images. “As the product” leaves out what the gate refuses.", ""]
    lines += table(["", "validation (Swift)", "test (Swift)", "test (Python)", "difference",
                    "test, as the product"], rows)
    counts = product["counts"]
    lines += [f"As the product: {counts['scored']} of {counts['files']} test images scored, {counts['refused']} refused "
              f"({share(counts['refused'], counts['files'])}). Decided with certainty and wrong, of the scored: "
              f"{three(product['figures'].get('positivesCalledNegative'))} of the positives, "
              f"{three(product['figures'].get('negativesCalledPositive'))} of the negatives.", "", "### Aims", "",
              "An aim is met where the 95 % interval reaches it.", ""]
    lines += table(["figure", "aim", "reached", "short by", ""],
                   [(name, aim, figure, f"{short:.3f}" if short > 0 else "–", verdict(met))
                    for name, aim, figure, short, met in aims(data)])
    if baselines := (python or {}).get("baselines"):
        lines += ["### Beside trivial scores", "",
                  "The data can be separated to this degree without looking at lungs; the gain over these lines is what the "
                  "network adds at most.", ""]
        lines += table(["score", "AUC on train", "AUC on test", "accuracy on test"],
                       [(b["name"], f"{b['trainAUC']:.3f}", three(b["testAUC"]), three(b["testAccuracy"])) for b in baselines])
    return lines


def curves(data, pictures) -> list[str]:
    calibration = data["network"]["calibration"]
    lines = ["### Curves (test, all images, Swift)", ""]
    for name, words in (("precision-recall.svg", "Precision–recall curve"), ("roc.svg", "ROC curve"),
                        ("calibration.svg", "Calibration plot")):
        lines += picture(pictures, name, words)
    lines += table(["said from", "images", "pneumonia", "mean probability", "share of pneumonia"],
                   [(f"{b['lower']:.1f}", b["count"], b["positives"], f"{b['meanProbability']:.3f}",
                     f"{b['positives'] / b['count']:.3f}") for b in calibration["bins"]])
    if calibration["slope"] is not None:
        lines += [f"Fitted on the test part afterwards, for information: logit p′ = {calibration['slope']:.2f} · logit p "
                  f"{'+' if calibration['intercept'] >= 0 else '−'} {abs(calibration['intercept']):.2f}.", ""]
    return lines


def predictive(data, pictures) -> list[str]:
    lines = ["## What an answer is worth", "",
             "The probability is meant for a prevalence of one half; where pneumonia is rarer it is too high. For a forced answer "
             "at the threshold, with the test part's sensitivity and specificity:", ""]
    lines += picture(pictures, "predictive-values.svg", "Predictive values against prevalence")
    ranges = {round(row["prevalence"], 4): row for row in (data.get("python") or {}).get("prevalence", [])}
    rows = []
    for row in data["network"]["predictiveValues"]:
        other = ranges.get(round(row["prevalence"], 4)) or {}
        rows.append((f"{100 * row['prevalence']:g} %", f"{row['positive']:.3f}", f"{row['negative']:.3f}",
                     three(other.get("ppv")), three(other.get("npv"))))
    return lines + table(["prevalence", "a positive call is right", "a negative call is right", "the same from Python: PPV",
                          "NPV"], rows)


def subgroup_section(data, pictures) -> list[str]:
    names = {"sublabel": "kind", "family": "family of file names"}
    rows = [(names.get(s["column"], s["column"]), s["value"], s["files"], three(s.get("auc")), three(s.get("sensitivity")),
             three(s.get("specificity"))) for s in data["network"]["subgroups"]]
    gate = {(s["column"], s["value"]): s for s in data["test"]["subgroups"]}
    rows = [row + (f"{g['refused']}" if (g := gate.get((s["column"], s["value"]))) else "–",)
            for row, s in zip(rows, data["network"]["subgroups"])]
    return ["## Subgroups (test)", "",
            "A subgroup has one class only; its AUC is that against all images of the other class. N1 and N2 are two sources of "
            "normals (`IM-`, `NORMAL2-`).", ""] + table(
                ["", "", "images", "AUC", "sensitivity", "specificity", "refused by the product"], rows)


def robustness_section(data, pictures) -> list[str]:
    found = (data.get("python") or {}).get("robustness")
    if not found:
        return ["## Robustness", "", "Not measured for these weights.", ""]
    lines = ["## Robustness (test)", ""] + picture(pictures, "robustness.svg", "AUC under changes of the image")
    return lines + table(["change", "AUC", "accuracy", "sensitivity", "specificity", "mean change of the probability"],
                         [(r["name"], three(r["auc"]), three(r.get("accuracy")), three(r.get("sensitivity")),
                           three(r.get("specificity")), f"{r['meanChange']:.3f}" if "meanChange" in r else "–")
                          for r in sorted(found, key=lambda row: row["auc"][0])])


def gate_section(data, pictures) -> list[str]:
    lines = ["## Gate", "",
             "The header gate refuses by rules that stand in the weights file as data; the image gate by what the picture looks "
             "like. Limits were set on validation images only. A refusal is never a negative.", ""]
    refusals = data["test"]["refusals"]
    if data.get("gate"):
        lines += table(["images", "refused", "share", "codes", "aim", ""],
                       [(name, f"{refused}/{images}", share(refused, images),
                         ", ".join(f"`{code}` {count}" for code, count in sorted(codes.items())), aim, verdict(met))
                        for name, refused, images, codes, aim, met in gate_rows(data["gate"])])
    told = ", ".join(f"`{r['code']}` {r['count']} ({r['positives']} pneumonia, {r['negatives']} normal)" for r in refusals)
    lines += [f"By the program, of the {data['test']['counts']['files']} test images as DICOM: {told or 'none'}.", ""]
    if adults := (data.get("python") or {}).get("adults"):
        lines += [f"On {adults['images']} mostly adult radiographs ({adults['source']}), if nothing refused them, the network "
                  f"would have an AUC of {three(adults['auc'])} and call {three(adults['calledPositive'])} of them positive: "
                  "adults must be kept out.", ""]
    return lines


def explanation(data, pictures) -> list[str]:
    found = (data.get("python") or {}).get("deletion")
    lines = ["## Map", "",
             "Exact for this kind of network: the mean of the map plus its bias is the logit (tested). Coarse. It shows what "
             "moved the score, not where disease is.", ""]
    if found:
        lines += picture(pictures, "deletion.svg", "Deletion curve")
        lines += [f"Deletion test on {found['images']} pneumonias of the test part: mean change of the logit when so many of "
                  f"{found['cells']} regions are blanked.", ""]
        lines += table(["regions", "highest first", "random", "lowest first"],
                       [(count, *(f"{found[name][i]:+.2f}" for name in ("highest", "random", "lowest")))
                        for i, count in enumerate(found["deleted"])])
    return lines


def failures(data, pictures) -> list[str]:
    figures = {name: data[name]["figures"] for name in ("validation", "network")}
    drop = figures["validation"]["specificity"]["value"] - figures["network"]["specificity"]["value"]
    return ["## Known failures", "",
            "- Test normals come from another mix of sources than the training's: specificity differs by "
            f"{drop:.2f} between validation and test ({figures['validation']['specificity']['value']:.3f} and "
            f"{figures['network']['specificity']['value']:.3f}). Expect such a difference, or a worse one, at any other hospital; "
            "`model evaluate` measures it ("
            + ("[local validation](../integrate/local-validation.md)" if pictures else "`docs/integrate/local-validation.md`")
            + ").",
            "- Sharpness and compression carry information about the class in this data; augmentation lessens that, nothing "
            "removes it.",
            "- Bars, collimation borders and narrow crops change the score; the field is cropped within bounds only."
            + framing(data),
            "- Viral and bacterial pneumonia are not told apart. No other finding is known to the model.",
            "- Labels are readings of the image, not of the patient.", ""]


def framing(data) -> str:
    """What the changes of the image do at the fixed threshold, which the AUC hides."""
    rows = (data.get("python") or {}).get("robustness") or []
    words = []
    for name in ("specificity", "sensitivity"):
        worst = min((row for row in rows if name in row), key=lambda row: row[name][0], default=None)
        if worst:
            words.append(f"{name} down to {worst[name][0]:.3f} ({worst['name']})")
    return f" At the fixed threshold: {', '.join(words)}." if words else ""


def experiments(data, pictures) -> list[str]:
    rows = ((data.get("python") or {}).get("development") or {}).get("experiments")
    if not rows:
        return []
    columns = [c for c in rows[0] if c != "recipe"]
    return ["## What was tried, and did not all help", "",
            "Ranked without the test part: trained without one family of normals, tried on it.", ""] + table(
                columns, [[row.get(column, "") for column in columns] for row in rows])


def agreement(data, pictures) -> list[str]:
    description = data["description"]
    return ["## Reproduction", "",
            "- `make model-card` makes this page anew from the committed weights and `../shared`; "
            "`Training/reproduce.sh` trains from scratch. Figures differ in the last digits only where sums are taken in "
            "another order.",
            "- `docs/benchmarks.md` has the times beside ONNX Runtime, the tests have golden logits.", "",
            "## Attribution", "", description["attribution"], f"Licence of the weights: {description['licence']}.", ""]


def machine(data) -> dict:
    """card.json: the same for programs."""
    description = data["description"]
    return {
        "format": "imaging-gateway/model-card/1", "id": description["id"], "version": description["version"],
        "title": description["title"], "weightsSHA256": data["weightsSHA256"],
        "notice": "Not a medical device. Not for clinical use.",
        "intendedUse": "Demonstration on one frontal chest radiograph of a child aged 1 to 5",
        "outOfScope": ["other ages", "other views and body parts", "any finding but pneumonia", "clinical use"],
        "negativeMeans": "no pneumonia seen by this model; not normal",
        "licence": description["licence"], "attribution": description["attribution"],
        "trainingDataSHA256": data["metadata"].get("training.dataHash"),
        "figures": {name: data[part]["figures"] for name, part in
                    (("validation", "validation"), ("test", "network"), ("testAsProduct", "test"))},
        "counts": {name: data[part]["counts"] for name, part in
                   (("validation", "validation"), ("test", "network"), ("testAsProduct", "test"))},
        "subgroups": data["network"]["subgroups"], "predictiveValues": data["network"]["predictiveValues"],
        "calibration": data["network"]["calibration"], "refusals": data["test"]["refusals"],
        "aims": [{"name": n, "aim": a, "reached": f, "met": m} for n, a, f, _, m in aims(data)],
        "gate": data.get("gate"), "robustness": (data.get("python") or {}).get("robustness"),
        "baselines": (data.get("python") or {}).get("baselines"), "deletion": (data.get("python") or {}).get("deletion"),
    }
