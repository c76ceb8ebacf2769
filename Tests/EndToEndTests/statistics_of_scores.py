"""AUC, accuracy, sensitivity and specificity with 95 % intervals, from labels and probabilities."""

import math

import numpy


def auc(positive: numpy.ndarray, negative: numpy.ndarray) -> float:
    """Probability that a positive scores above a negative, ties counted half (Mann–Whitney)."""
    ordered = numpy.sort(negative)
    below = numpy.searchsorted(ordered, positive, side="left")
    not_above = numpy.searchsorted(ordered, positive, side="right")
    return float((below + not_above).sum() / 2 / (len(positive) * len(negative)))


def auc_interval(positive, negative, seed: int = 1, rounds: int = 2000) -> tuple[float, float]:
    """Stratified bootstrap, percentile method."""
    chance = numpy.random.default_rng(seed)
    values = [auc(chance.choice(positive, len(positive)), chance.choice(negative, len(negative))) for _ in range(rounds)]
    return tuple(float(value) for value in numpy.percentile(values, [2.5, 97.5]))


def wilson(successes: int, total: int) -> tuple[float, float]:
    """Wilson score interval of a proportion."""
    if total == 0:
        return (0.0, 1.0)
    z, share = 1.959964, successes / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (centre - half, centre + half)


def summary(labels: list[bool], probabilities: list[float], threshold: float) -> dict:
    """Every figure as [value, lower, upper], rounded to four places."""
    labels, scores = numpy.asarray(labels), numpy.asarray(probabilities)
    positive, negative = scores[labels], scores[~labels]
    hits, passes = int((positive >= threshold).sum()), int((negative < threshold).sum())

    def share(count, total):
        return [round(value, 4) for value in (count / max(total, 1), *wilson(count, total))]
    return {
        "images": len(labels), "positive": len(positive), "negative": len(negative), "threshold": threshold,
        "auc": [round(value, 4) for value in (auc(positive, negative), *auc_interval(positive, negative))],
        "accuracy": share(hits + passes, len(labels)),
        "sensitivity": share(hits, len(positive)), "specificity": share(passes, len(negative)),
    }
