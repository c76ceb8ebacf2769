"""Golden figures for EvaluationTests, made by software that none of us wrote: scikit-learn, SciPy, NumPy.

    python golden.py > golden.json       (scikit-learn 1.x, scipy 1.x, numpy)

The drawings of the bootstrap follow our own generator (SplitMix64), written here a second time, so that intervals can be
compared to the last digits; the figures of each drawing are scikit-learn's."""

import json

import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        value = self.state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
        return value ^ (value >> 31)

    def below(self, count):
        return (self.next() * count) >> 64


def cases():
    """160 images of 100 patients, probabilities rounded so that there are ties, too sure of themselves."""
    rng = np.random.default_rng(20261121)
    patient = np.sort(rng.integers(0, 100, 160))
    patient = np.unique(patient, return_inverse=True)[1]
    label = rng.random(160) < 0.4
    logit = rng.normal(np.where(label, 1.4, -1.1), 1.6)
    probability = np.round(1 / (1 + np.exp(-1.5 * logit)), 2).clip(0.005, 0.995)
    return patient, label, probability


def ece(label, probability, bins=10):
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return sum((place == b).mean() * abs(probability[place == b].mean() - label[place == b].mean())
               for b in range(bins) if (place == b).any())


def at_specificity(label, probability, aim):
    fpr, tpr, _ = metrics.roc_curve(label, probability, drop_intermediate=False)
    return tpr[fpr <= 1 - aim + 1e-12].max()


def figures(label, probability, threshold=0.5):
    called = probability >= threshold
    decided = (probability <= 0.2) | (probability >= 0.8)
    tn, fp, fn, tp = metrics.confusion_matrix(label, called).ravel()
    return {
        "auc": metrics.roc_auc_score(label, probability),
        "averagePrecision": metrics.average_precision_score(label, probability),
        "sensitivity": metrics.recall_score(label, called),
        "specificity": metrics.recall_score(~label, ~called),
        "positivePredictiveValue": tp / (tp + fp), "negativePredictiveValue": tn / (tn + fn),
        "accuracy": metrics.accuracy_score(label, called),
        "balancedAccuracy": metrics.balanced_accuracy_score(label, called),
        "sensitivityAtSpecificity": at_specificity(label, probability, 0.88),
        "calibrationError": ece(label, probability), "calibrationExcess": probability.mean() - label.mean(),
        "brier": metrics.brier_score_loss(label, probability),
        "decided": decided.mean(), "accuracyOfDecided": metrics.accuracy_score(label[decided], called[decided]),
        "positivesCalledNegative": (probability[label] <= 0.2).mean(),
        "negativesCalledPositive": (probability[~label] >= 0.8).mean(),
    }


def intervals(patient, label, probability, rounds=200, seed=7):
    generator = SplitMix64(seed)
    patients = patient.max() + 1
    drawn = []
    for _ in range(rounds):
        picks = [generator.below(int(patients)) for _ in range(patients)]
        index = np.concatenate([np.flatnonzero(patient == pick) for pick in picks])
        drawn.append(figures(label[index], probability[index]))
    return {name: [float(value)] + [float(v) for v in np.quantile([d[name] for d in drawn], [0.025, 0.975])]
            for name, value in figures(label, probability).items()}


def least_harm(label, probability, prevalence, ratio):
    fpr, tpr, thresholds = metrics.roc_curve(label, probability, drop_intermediate=False)
    harm = prevalence * (1 - tpr) * ratio + (1 - prevalence) * fpr
    best = int(np.argmin(np.round(harm, 12)))
    return {"threshold": float(thresholds[best]), "sensitivity": float(tpr[best]), "specificity": float(1 - fpr[best])}


def drift(label, probability):
    rng = np.random.default_rng(5)
    reference = np.sort(rng.normal(0, 1, 300))
    quantiles = np.quantile(reference, np.linspace(0, 1, 101))
    found = {"reference": reference.tolist(), "samples": []}
    for shift, size in ((0.0, 150), (0.4, 150), (1.2, 80)):
        sample = np.sort(rng.normal(shift, 1, size))

        def share(x):
            return np.interp(x, quantiles, np.linspace(0, 1, 101))
        distance = stats.kstest(sample, share).statistic
        size_both = size * 300 / (size + 300)
        limits = np.quantile(reference, np.linspace(0.1, 0.9, 9))
        counts = np.bincount(np.searchsorted(limits, sample, side="left"), minlength=10) + 0.5
        actual = counts / counts.sum()
        found["samples"].append({
            "values": sample.tolist(), "distance": float(distance),
            "pValue": float(stats.kstwobign.sf(distance * np.sqrt(size_both))),
            "stabilityIndex": float(((actual - 0.1) * np.log(actual / 0.1)).sum()),
            "byChance": float(stats.chi2.ppf(0.95, 9) * (1 / size + 1 / 300)),
        })
    return found


def main():
    patient, label, probability = cases()
    fpr, tpr, roc_thresholds = metrics.roc_curve(label, probability, drop_intermediate=False)
    precision, recall, pr_thresholds = metrics.precision_recall_curve(label, probability)
    logit = np.log(probability / (1 - probability))
    fitted = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10000).fit(logit[:, None], label)
    generator = SplitMix64(1234567)
    print(json.dumps({
        "splitMix64": {"seed": 1234567, "numbers": [str(generator.next()) for _ in range(5)]},
        "patient": patient.tolist(), "label": [int(x) for x in label], "probability": probability.tolist(),
        "figures": intervals(patient, label, probability),
        "roc": [[float(t), float(s), float(f)] for t, s, f in zip(roc_thresholds[1:], tpr[1:], fpr[1:])],
        "precisionRecall": [[float(t), float(p), float(r)] for t, p, r in zip(pr_thresholds, precision, recall)],
        "recalibration": [float(fitted.coef_[0, 0]), float(fitted.intercept_[0])],
        "leastHarm": least_harm(label, probability, 0.1, 10),
        "wilson": [[k, n, *map(float, stats.binomtest(k, n).proportion_ci(method="wilson"))]
                   for k, n in ((0, 10), (8, 10), (250, 465))],
        "kolmogorov": [[x, float(stats.kstwobign.sf(x))] for x in (0.2, 0.5, 0.9, 1.0, 1.36, 2.0)],
        "drift": drift(label, probability),
    }))


if __name__ == "__main__":
    main()
