"""Figures of scored images: area under the curve, calibration, intervals over patients."""

import numpy as np
from scipy.optimize import minimize
from scipy.stats import rankdata


def auc(scores, labels) -> float:
    ranks = rankdata(scores)
    positives = labels.sum()
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives)))


def platt(logits, labels, shares=None) -> tuple[float, float]:
    """Slope and intercept. Both classes weigh the same: the probability is for a prevalence of one half, whatever the
    sample's is. `shares` are weights within the classes."""
    shares = np.ones(len(logits)) if shares is None else shares
    shares = np.where(labels, shares * 0.5 / shares[labels].sum(), shares * 0.5 / shares[~labels].sum())
    sign = np.where(labels, 1.0, -1.0)
    result = minimize(lambda p: (shares * np.logaddexp(0, -sign * (p[0] * logits + p[1]))).sum(), [1.0, 0.0])
    return float(result.x[0]), float(result.x[1])


def ece(probability, labels, bins: int = 10) -> float:
    """Expected calibration error over equal bins of the probability."""
    bin_of = np.minimum((probability * bins).astype(int), bins - 1)
    return float(sum(abs(probability[bin_of == b].mean() - labels[bin_of == b].mean()) * (bin_of == b).mean()
                     for b in range(bins) if (bin_of == b).any()))


def sensitivity_at(probability, labels, specificity: float) -> float:
    """Sensitivity at the lowest threshold whose specificity is at least this."""
    healthy = np.sort(probability[~labels])
    index = int(np.ceil(specificity * len(healthy) - 1e-9)) - 1
    return float((probability[labels] > healthy[index]).mean())


def figures(probability, labels, threshold, negative, positive) -> dict:
    called = probability >= threshold
    decided = (probability <= negative) | (probability >= positive)
    return {"auc": auc(probability, labels), "accuracy": float((called == labels).mean()),
            "sensitivity": float(called[labels].mean()), "specificity": float((~called[~labels]).mean()),
            "sensitivityAtSpecificity88": sensitivity_at(probability, labels, 0.88), "ece": ece(probability, labels),
            "decided": float(decided.mean()), "accuracyOfDecided": float((called == labels)[decided].mean())}


def bootstrapped(function, groups, rounds: int = 2000, seed: int = 7) -> dict:
    """`function(index)` → dictionary of figures; [value, 2.5 %, 97.5 %], patients drawn with replacement."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    drawn = [function(np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))]))
             for _ in range(rounds)]
    return {name: [round(float(v), 4) for v in (value, *np.nanquantile([d[name] for d in drawn], [0.025, 0.975]))]
            for name, value in function(np.arange(len(groups))).items()}
