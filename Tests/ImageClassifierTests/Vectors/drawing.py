"""The pictures of the golden vectors: integer formulas, so none is committed. `TestVectors.swift` draws the same."""

import numpy as np


def formula(rows: int, columns: int, seed: int, maximum: int) -> np.ndarray:
    """Two dark lung-like tents on a bright ground with a little hash noise; integers only."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.int64)
    tent = np.zeros((rows, columns), np.int64)
    for centre in (columns * (28 + seed % 5) // 100, columns * (72 - seed % 3) // 100):
        across = 1000 - abs(x - centre) * 1000 * 5 // columns
        down = 1000 - abs(y - rows * (45 + seed % 7) // 100) * 1000 * 5 // (2 * rows)
        tent = np.maximum(tent, np.minimum(np.maximum(across, 0), np.maximum(down, 0)))
    noise = ((x * 73 + y * 151 + seed * 997) * (x + 3 * y + 11)) % 101
    value = 850 - tent * (5 + seed % 3) // 10 + noise - 50
    return np.clip(value, 0, 1000) * maximum // 1000


def with_bars(image: np.ndarray, bars: list[int], value: int) -> np.ndarray:
    """Bars of one value: so many pixels at the top, left, bottom and right."""
    top, left, bottom, right = bars
    rows, columns = image.shape
    result = np.full_like(image, value)
    inside = slice(top, rows - bottom), slice(left, columns - right)
    result[inside] = image[inside]
    return result


def with_letter(image: np.ndarray, row: int, column: int, size: int, value: int) -> np.ndarray:
    """An L, as a marker of the side: its strokes are an eighth of its height wide, at least one pixel."""
    stroke = max(1, size // 8)
    result = image.copy()
    result[row:row + size, column:column + stroke] = value
    result[row + size - stroke:row + size, column:column + size // 2] = value
    return result
