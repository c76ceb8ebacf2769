"""Reference of preprocessing version 1, in numpy, with the arithmetic of the Swift code.

Sums are taken in ascending index order in float64, product and sum rounded separately (no fused
multiply-add), so the Swift code can reproduce every bit. Change anything here only together with
`Sources/ImageClassifier/Preprocessing` and a new version string.
"""

import numpy as np

VERSION = "1"
LOW, HIGH = 0.005, 0.995


def percentile_rank(fraction: float, count: int) -> int:
    """Nearest rank: index into the ascending values."""
    return int(np.floor(fraction * (count - 1) + 0.5))


def percentiles(values: np.ndarray) -> tuple[float, float]:
    ordered = np.sort(values, axis=None)
    count = ordered.size
    return float(ordered[percentile_rank(LOW, count)]), float(ordered[percentile_rank(HIGH, count)])


def stretch(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Clip to [low, high] and map to [0, 1]; a flat range maps to 0."""
    values = np.asarray(values, dtype=np.float64)
    if not high > low:
        return np.zeros_like(values)
    return (np.minimum(np.maximum(values, low), high) - low) / (high - low)


def taps(length: int, size: int) -> list[tuple[int, np.ndarray]]:
    """Triangle filter, support = scale (at least 1): for each output, first input index and weights."""
    scale = length / size
    support = max(scale, 1.0)
    result = []
    for index in range(size):
        centre = (index + 0.5) * scale
        first = max(0, int(np.floor(centre - support + 0.5)))
        last = min(length, int(np.floor(centre + support + 0.5)))
        weights = []
        total = 0.0
        for position in range(first, last):
            weight = max(0.0, 1.0 - abs((position + 0.5 - centre) / support))
            weights.append(weight)
            total += weight
        result.append((first, np.array([weight / total for weight in weights], dtype=np.float64)))
    return result


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Rows first, then columns; float64 throughout. `image` is [..., height, width]."""
    image = np.asarray(image, dtype=np.float64)
    height, width = image.shape[-2:]
    narrow = np.empty(image.shape[:-1] + (size,), dtype=np.float64)
    for index, (first, weights) in enumerate(taps(width, size)):
        total = np.zeros(image.shape[:-1], dtype=np.float64)
        for offset, weight in enumerate(weights):
            total = total + weight * image[..., first + offset]
        narrow[..., index] = total
    result = np.empty(image.shape[:-2] + (size, size), dtype=np.float64)
    for index, (first, weights) in enumerate(taps(height, size)):
        total = np.zeros(image.shape[:-2] + (size,), dtype=np.float64)
        for offset, weight in enumerate(weights):
            total = total + weight * narrow[..., first + offset, :]
        result[..., index, :] = total
    return result


def standardise(image: np.ndarray) -> np.ndarray:
    """Clip to the image's own percentiles, subtract the mean, divide by the deviation; to float32."""
    low, high = percentiles(image)
    clipped = np.minimum(np.maximum(image, low), high)
    flat = clipped.ravel()
    count = flat.size
    # cumsum adds strictly from left to right, numpy's own sum does not.
    mean = float(np.cumsum(flat)[-1]) / count
    deviations = flat - mean
    variance = float(np.cumsum(deviations * deviations)[-1]) / count
    deviation = max(np.sqrt(variance), 1e-6)
    return ((clipped - mean) / deviation).astype(np.float32)


def prepare(image: np.ndarray, size: int) -> np.ndarray:
    """A grey image without a window, to the network's input."""
    return standardise(resize(stretch(image, *percentiles(image)), size))
