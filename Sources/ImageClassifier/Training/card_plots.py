"""The pictures of the model card as SVG, from the figures of an evaluation. Python standard library only.

Blue and vermilion are those of Okabe and Ito, which eyes with red-green weakness tell apart; lines differ in dashes too."""

import html
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460, 350, 62, 16, 34, 52
WORST = 0.96  # the aim of the robustness suite
BLUE, ORANGE, GREY, INK = "#0072b2", "#d55e00", "#6e7781", "#1b1f24"


def wilson(count: int, total: int) -> tuple[float, float]:
    z, share = 1.959963984540054, count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    return max(centre - half, 0), min(centre + half, 1)


class Plot:
    """A frame with two axes; values run from `low` to `high`."""

    def __init__(self, title, description, across, up, x=(0, 1), y=(0, 1), height=HEIGHT):
        self.title, self.description, self.across, self.up, self.xs, self.ys = title, description, across, up, x, y
        self.height, self.parts = height, []

    def x(self, value):
        return LEFT + (value - self.xs[0]) / (self.xs[1] - self.xs[0]) * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        return self.height - BOTTOM - (value - self.ys[0]) / (self.ys[1] - self.ys[0]) * (self.height - TOP - BOTTOM)

    def line(self, points, colour, dashes="", width=2.2):
        places = " ".join(f"{self.x(a):.1f},{self.y(b):.1f}" for a, b in points)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="{width}"{dash} points="{places}"/>')

    def dot(self, a, b, colour, radius=4.0):
        self.parts.append(f'<circle cx="{self.x(a):.1f}" cy="{self.y(b):.1f}" r="{radius:.1f}" fill="{colour}"/>')

    def text(self, a, b, words, anchor="start", shift=0.0, size=12):
        self.parts.append(f'<text x="{self.x(a):.1f}" y="{self.y(b) + shift:.1f}" text-anchor="{anchor}" '
                          f'font-size="{size}">{html.escape(words)}</text>')

    def grid(self, across=5, up=5, places=1):
        marks = []
        for i in range(up + 1):
            value = self.ys[0] + (self.ys[1] - self.ys[0]) * i / up
            marks.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}" '
                         f'stroke="#e1e4e8"/><text x="{LEFT - 7}" y="{self.y(value) + 4:.1f}" text-anchor="end" '
                         f'font-size="12" fill="{GREY}">{value:.{places}f}</text>')
        for i in range(across + 1):
            value = self.xs[0] + (self.xs[1] - self.xs[0]) * i / across
            marks.append(f'<text x="{self.x(value):.1f}" y="{self.height - BOTTOM + 17}" text-anchor="middle" '
                         f'font-size="12" fill="{GREY}">{value:.1f}</text>')
        self.parts = marks + self.parts
        return self

    def svg(self) -> str:
        middle = (TOP + self.height - BOTTOM) / 2
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" '
            f'height="{self.height}" font-family="system-ui,Noto Sans,DejaVu Sans,sans-serif" fill="{INK}">',
            f"<title>{html.escape(self.title)}</title><desc>{html.escape(self.description)}</desc>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            f'<text x="{LEFT}" y="20" font-size="14" font-weight="600">{html.escape(self.title)}</text>', *self.parts,
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{self.height - 12}" text-anchor="middle" font-size="13">'
            f"{html.escape(self.across)}</text>",
            f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle" font-size="13">'
            f"{html.escape(self.up)}</text>", "</svg>", ""])


def totals(evaluation):
    return evaluation["counts"]["scoredPositives"], evaluation["counts"]["scoredNegatives"]


def at_threshold(evaluation):
    """The counts of the curve's point at the model's threshold."""
    return [p for p in evaluation["curves"] if p["threshold"] >= evaluation["setting"]["threshold"]][-1]


def roc(evaluation):
    positives, negatives = totals(evaluation)
    auc = evaluation["figures"]["auc"]
    plot = Plot("ROC", f"Area {auc['value']:.3f}, 95 % interval {auc['lower']:.3f} to {auc['upper']:.3f}.",
                "False alarms (1 − specificity)", "Sensitivity")
    plot.line([(0, 0), (1, 1)], GREY, "2 3", 1.4)
    plot.line([(0, 0)] + [(p["falsePositives"] / negatives, p["truePositives"] / positives)
                          for p in evaluation["curves"]], BLUE)
    point = at_threshold(evaluation)
    place = point["falsePositives"] / negatives, point["truePositives"] / positives
    plot.dot(*place, ORANGE, 5)
    plot.text(place[0] + 0.03, place[1], f"threshold {evaluation['setting']['threshold']:g}", shift=16)
    plot.text(0.98, 0.06, f"AUC {auc['value']:.3f} ({auc['lower']:.3f} to {auc['upper']:.3f})", "end")
    plot.text(0.62, 0.55, "chance")
    return plot.grid().svg()


def precision_recall(evaluation):
    positives, negatives = totals(evaluation)
    area = evaluation["figures"]["averagePrecision"]
    share = positives / (positives + negatives)
    plot = Plot("Precision–recall", f"Average precision {area['value']:.3f}; calling everything {share:.3f}.",
                "Recall (sensitivity)", "Precision")
    plot.line([(0, share), (1, share)], GREY, "2 3", 1.4)
    points = [(p["truePositives"] / positives, p["truePositives"] / (p["truePositives"] + p["falsePositives"]))
              for p in evaluation["curves"]]
    stairs = []
    for index, point in enumerate(points):
        if index and points[index - 1][0] != point[0]:
            stairs.append((points[index - 1][0], point[1]))
        stairs.append(point)
    plot.line(stairs, BLUE)
    point = at_threshold(evaluation)
    plot.dot(point["truePositives"] / positives,
             point["truePositives"] / (point["truePositives"] + point["falsePositives"]), ORANGE, 5)
    plot.text(0.02, share, "call everything", shift=15)
    plot.text(0.02, 0.06, f"average precision {area['value']:.3f} ({area['lower']:.3f} to {area['upper']:.3f})")
    return plot.grid().svg()


def calibration(evaluation):
    error = evaluation["figures"]["calibrationError"]
    plot = Plot("Calibration", f"Expected calibration error {error['value']:.3f}; bars are 95 % intervals (Wilson).",
                "Said: mean probability", "Observed: share of positives")
    plot.line([(0, 0), (1, 1)], GREY, "2 3", 1.4)
    bins = evaluation["calibration"]["bins"]
    plot.line([(b["meanProbability"], b["positives"] / b["count"]) for b in bins], BLUE)
    for b in bins:
        low, high = wilson(b["positives"], b["count"])
        plot.line([(b["meanProbability"], low), (b["meanProbability"], high)], ORANGE, "6 3")
        plot.dot(b["meanProbability"], b["positives"] / b["count"], BLUE, 3 + min(b["count"] / 40, 5))
    plot.text(0.02, 0.94, f"calibration error {error['value']:.3f} ({error['lower']:.3f} to {error['upper']:.3f})")
    plot.text(0.98, 0.06, "size of the dots: images", "end")
    return plot.grid().svg()


def predictive_values(evaluation):
    sensitivity = evaluation["figures"]["sensitivity"]["value"]
    specificity = evaluation["figures"]["specificity"]["value"]
    plot = Plot("What a call is worth", f"At sensitivity {sensitivity:.3f} and specificity {specificity:.3f}.",
                "Prevalence", "Probability of being right")
    places = [i / 100 for i in range(1, 100)]
    positive = [(p, sensitivity * p / (sensitivity * p + (1 - specificity) * (1 - p))) for p in places]
    negative = [(p, specificity * (1 - p) / (specificity * (1 - p) + (1 - sensitivity) * p)) for p in places]
    plot.line(positive, BLUE)
    plot.line(negative, ORANGE, "6 3")
    plot.text(*positive[12], "positive call", shift=20)
    plot.text(*negative[84], "negative call", "end", shift=16)
    return plot.grid().svg()


def robustness(rows):
    """A line for each change, from the worst to the best: the value and its interval, names beside the frame."""
    rows = sorted(rows, key=lambda row: row["auc"][0])
    low = min(0.9, int(min(row["auc"][1] for row in rows) * 20) / 20)
    width, left, top, step = 640, 300, 34, 20
    bottom = top + step * len(rows)

    def x(value):
        return left + (value - low) / (1 - low) * (width - left - 70)
    parts = [f'<line x1="{x(WORST):.1f}" x2="{x(WORST):.1f}" y1="{top}" y2="{bottom}" stroke="{GREY}" '
             f'stroke-dasharray="2 3"/><text x="{x(WORST):.1f}" y="{top - 5}" font-size="11" text-anchor="middle" '
             f'fill="{GREY}">aim {WORST:g}</text>']
    for index, row in enumerate(rows):
        y = top + step * (index + 0.5)
        value, lower, upper = row["auc"]
        parts.append(
            f'<text x="{left - 10}" y="{y + 4:.1f}" text-anchor="end" font-size="12">{html.escape(row["name"])}</text>'
            f'<line x1="{x(lower):.1f}" x2="{x(upper):.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{ORANGE}" stroke-width="2.2"/>'
            f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>'
            f'<text x="{width - 8}" y="{y + 4:.1f}" text-anchor="end" font-size="12">{value:.3f}</text>')
    for i in range(6):
        value = low + (1 - low) * i / 5
        parts.append(f'<text x="{x(value):.1f}" y="{bottom + 18}" text-anchor="middle" font-size="12" fill="{GREY}">'
                     f"{value:.2f}</text>")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {bottom + 44}" width="{width}" '
        f'height="{bottom + 44}" font-family="system-ui,Noto Sans,DejaVu Sans,sans-serif" fill="{INK}">',
        "<title>AUC under changes of the image</title><desc>The AUC on changed test images with 95 % intervals, worst "
        "first.</desc>", '<rect width="100%" height="100%" fill="#fff"/>',
        '<text x="12" y="20" font-size="14" font-weight="600">AUC under changes of the image</text>', *parts,
        f'<text x="{(left + width - 70) / 2}" y="{bottom + 38}" text-anchor="middle" font-size="13">AUC, 95 % interval</text>',
        "</svg>", ""])


def deletion(found):
    fractions = [0] + found["fractions"]
    curves = {name: [0] + found[name] for name in ("highest", "random", "lowest")}
    values = [value for curve in curves.values() for value in curve]
    low, high = math.floor(min(values) * 2) / 2, math.ceil(max(values) * 2) / 2
    plot = Plot("Deletion", "Mean change of the logit when regions of the map are blanked.", "Share of the image blanked",
                "Mean change of the logit", (0, max(fractions)), (low, high))
    for name, colour, dashes in (("highest", BLUE, ""), ("random", GREY, "2 3"), ("lowest", ORANGE, "6 3")):
        plot.line(list(zip(fractions, curves[name])), colour, dashes)
        place = {"highest": len(fractions) // 2, "random": len(fractions) // 2, "lowest": len(fractions) - 2}[name]
        plot.text(fractions[place], curves[name][place], "random" if name == "random" else f"{name} first",
                  "end" if name == "lowest" else "start", shift=16 if name == "highest" else -7)
    return plot.grid(up=round((high - low) * 2), places=1).svg()


def all_plots(data) -> dict[str, str]:
    """File name -> picture, for the parts that the figures have."""
    found = {}
    if network := data.get("network"):
        found |= {"roc.svg": roc(network), "precision-recall.svg": precision_recall(network),
                  "calibration.svg": calibration(network), "predictive-values.svg": predictive_values(network)}
    python = data.get("python") or {}
    if python.get("robustness"):
        found["robustness.svg"] = robustness(python["robustness"])
    if python.get("deletion"):
        found["deletion.svg"] = deletion(python["deletion"])
    return found
