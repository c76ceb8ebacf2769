# FROZEN
"""Reference of preprocessing version 2, in numpy, with the arithmetic of the Swift code.

Sums are taken in ascending index order in float64, product and sum rounded separately (no fused multiply-add); the
search for the exposed field is done in integers. So the Swift code can reproduce every bit. Change anything here only
together with `Sources/ImageClassifier/Preprocessing`, `docs/integrate/preprocessing.md` and a new version string.
"""

import functools

import numpy as np

VERSION = "2"

# Percentiles, by nearest rank.
LOW, HIGH = 0.005, 0.995

# The exposed field: brightness in 4095 levels, a line is border where 9 of 10 cells lie within .05 of the reference;
# lines with at least 7 of 10 (a marker letter in the border) are passed when border follows; 3 of 10 lines a side.
LEVELS, TOLERANCE = 4095, 205
BORDER, BRIDGE, LIMIT = 9, 7, 3
CELLS = 224


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


def cells(brightness: np.ndarray) -> tuple[np.ndarray, int]:
    """Integer mean levels of square cells, and the cells' side: as many pixels as leave the shorter side of the
    picture at least 224 cells. The last cell of a row or column may be smaller."""
    rows, columns = brightness.shape
    side = max(1, min(rows, columns) // CELLS)
    levels = np.floor(brightness * LEVELS + 0.5).astype(np.int64)
    starts = [np.arange(0, length, side) for length in (rows, columns)]
    sums = np.add.reduceat(np.add.reduceat(levels, starts[0], axis=0), starts[1], axis=1)
    heights, widths = (np.diff(np.append(start, length)) for start, length in zip(starts, (rows, columns)))
    return sums // np.outer(heights, widths), side


def border(lines: np.ndarray, done: int) -> int:
    """How many lines, counted from the outside, belong to the border; `done` of them are known to."""
    count, length = lines.shape
    reference = np.sort(lines[0])[length // 2]
    alike = (np.abs(lines[:count * LIMIT // 10] - reference) <= TOLERANCE).sum(axis=1) * 10
    for index in range(done, len(alike)):
        if alike[index] >= BORDER * length:
            done = index + 1
        elif alike[index] < BRIDGE * length:
            break
    return done


def field(brightness: np.ndarray) -> tuple[int, int, int, int]:
    """The exposed field as (top, left, bottom, right), bottom and right exclusive: near-constant borders are cut away,
    in the order top, bottom, left, right, again until nothing changes. A line counts within the window of the moment;
    its reference is the median of the side's outermost line within that window."""
    grid, side = cells(brightness)
    rows, columns = grid.shape
    top = bottom = left = right = 0
    while True:
        before = (top, bottom, left, right)
        top = border(grid[:, left:columns - right], top)
        bottom = border(grid[::-1, left:columns - right], bottom)
        left = border(grid[top:rows - bottom].T, left)
        right = border(grid[top:rows - bottom, ::-1].T, right)
        if before == (top, bottom, left, right):
            break
    height, width = brightness.shape
    return (top * side, left * side, (rows - bottom) * side if bottom else height,
            (columns - right) * side if right else width)


def exposed(image: np.ndarray) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """The brightness 0…1 of the exposed field of a grey image without a window, by the field's own percentiles, and
    where the field lies."""
    top, left, bottom, right = place = field(stretch(image, *percentiles(image)))
    inside = image[top:bottom, left:right]
    return stretch(inside, *percentiles(inside)), place


@functools.lru_cache(maxsize=4096)
def taps(length: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Triangle filter, support = scale (at least 1): for each output the first input index, and [output, tap] the
    normalised weights, filled up with zeros (which change no sum)."""
    scale = length / size
    support = max(scale, 1.0)
    firsts, rows = [], []
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
        firsts.append(first)
        rows.append([weight / total for weight in weights])
    result = np.zeros((size, max(map(len, rows))), dtype=np.float64)
    for row, weights in zip(result, rows):
        row[:len(weights)] = weights
    return np.array(firsts), result


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """To size x size: first down the columns, then along the rows; float64. `image` is [..., height, width]."""
    image = np.asarray(image, dtype=np.float64)
    height, width = image.shape[-2:]
    firsts, weights = taps(height, size)
    low = np.zeros(image.shape[:-2] + (size, width), dtype=np.float64)
    for tap in range(weights.shape[1]):
        low = low + weights[:, tap, None] * image[..., np.minimum(firsts + tap, height - 1), :]
    firsts, weights = taps(width, size)
    result = np.zeros(image.shape[:-2] + (size, size), dtype=np.float64)
    for tap in range(weights.shape[1]):
        result = result + weights[:, tap] * low[..., np.minimum(firsts + tap, width - 1)]
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
    return standardise(resize(exposed(image)[0], size))


def framing(brightness: np.ndarray, size: int, wanted: dict) -> np.ndarray:
    """The input of another framing of the exposed field: the fractions `top`, `left`, `bottom`, `right` of it are cut
    away (to whole pixels, halves upwards), and the picture is mirrored where `mirrored`. The brightness stays that of
    the whole field."""
    height, width = brightness.shape

    def cut(side: str, length: int) -> int:
        return int(np.floor(wanted[side] * length + 0.5))

    part = brightness[cut("top", height):height - cut("bottom", height),
                      cut("left", width):width - cut("right", width)]
    prepared = standardise(resize(part, size))
    return prepared[:, ::-1] if wanted["mirrored"] else prepared


def framings(image: np.ndarray, size: int, wanted: list[dict]) -> np.ndarray:
    """The inputs of other framings of a grey image without a window, [framing, size, size]."""
    brightness, _ = exposed(image)
    return np.stack([framing(brightness, size, one) for one in wanted])


# Stages 2 to 7 as the header of an image asks for them. The training images have none, so what follows is used by the
# golden vectors of the tests only.


def stored_values(pixel_cells: np.ndarray, bits: int, high_bit: int, signed: bool) -> np.ndarray:
    """Stage 2: the stored bits of unsigned pixel cells, moved down, with their sign."""
    values = (pixel_cells.astype(np.int64) >> (high_bit + 1 - bits)) & ((1 << bits) - 1)
    return np.where(values >= 1 << (bits - 1), values - (1 << bits), values) if signed else values


def look_up(values: np.ndarray, first: int, entries: list[int]) -> np.ndarray:
    """Stages 3 and 4 by a table: clamped to its ends, values between integers take the entry below."""
    index = np.minimum(np.maximum(np.floor(values - float(first)), 0), len(entries) - 1).astype(np.int64)
    return np.asarray(entries, dtype=np.float64)[index]


def rescale(values: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    return slope * np.asarray(values, dtype=np.float64) + intercept


def linear(values: np.ndarray, centre: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.2.1."""
    half = (width - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.minimum(np.maximum((values - (centre - 0.5)) / (width - 1) + 0.5, 0), 1)
    return np.where(values <= centre - 0.5 - half, 0, np.where(values > centre - 0.5 + half, 1, middle))


def linear_exact(values: np.ndarray, centre: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.3.2."""
    return np.minimum(np.maximum((values - centre) / width + 0.5, 0), 1)


def sigmoid(values: np.ndarray, centre: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.3.1."""
    return 1 / (1 + exponential(-4 * (values - centre) / width))


def exponential(x: np.ndarray) -> np.ndarray:
    """e to the power of x from additions, multiplications and roundings in one order (after FDLIBM), as
    `Inference/Exponential.swift`: the C library's last digit differs between machines."""
    x = np.asarray(x, dtype=np.float64)
    inside = np.minimum(np.maximum(x, -745.1332191019412), 709.782712893384)
    k = np.rint(inside * float.fromhex("0x1.71547652b82fep+0"))
    high = inside - k * float.fromhex("0x1.62e42fee00000p-1")
    low = k * float.fromhex("0x1.a39ef35793c76p-33")
    r = high - low
    t = r * r
    p = 4.13813679705723846039e-08
    for coefficient in (-1.65339022054652515390e-06, 6.61375632143793436117e-05, -2.77777777770155933842e-03,
                        1.66666666666666019037e-01):
        p = p * t + coefficient
    c = r - t * p
    result = np.ldexp(1 - ((low - (r * c) / (2 - c)) - high), k.astype(np.int64))
    return np.where(x > 709.782712893384, np.inf, np.where(x < -745.1332191019412, 0, result))


def turn(image: np.ndarray, directions: list[str]) -> np.ndarray:
    """Stage 6: rows to the patient's left and columns to the feet; `directions` are PatientOrientation's."""
    letters = "".join(direction[:1].upper() for direction in directions)
    if letters not in ("LF", "LH", "RF", "RH", "FL", "FR", "HL", "HR"):
        return image
    if letters[0] in "FH":
        image, letters = image.T, letters[::-1]
    return image[::-1 if letters[1] == "H" else 1, ::-1 if letters[0] == "R" else 1]


def inside(shown: np.ndarray, padded: np.ndarray) -> tuple[slice, slice]:
    """What shutters leave open, without the rows and columns at its edges that are padding throughout."""
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    content = ~padded[top:bottom, left:right]
    rows, columns = np.flatnonzero(content.any(axis=1)), np.flatnonzero(content.any(axis=0))
    return slice(top + rows[0], top + rows[-1] + 1), slice(left + columns[0], left + columns[-1] + 1)


def present(stored: np.ndarray, modality, voi=None, inverted: bool = False, padding: tuple[int, int] | None = None,
            directions: list[str] = (), open_window: tuple[int, int, int, int] | None = None, is_table: bool = False):
    """Stages 3 to 7 of stored values: the brightness of the exposed field, and the field in the turned image.

    `modality` and `voi` are functions; without `voi` percentiles take its place. Only a `voi` that `is_table` plays a
    part in the search for the field. `padding` is the lowest and the highest padded value, `open_window` what shutters
    leave open of the stored image."""
    top, left, bottom, right = open_window or (0, 0, *stored.shape)
    shown = np.zeros(stored.shape, dtype=bool)
    shown[top:bottom, left:right] = True
    stored, shown = turn(stored, directions), turn(shown, directions)
    padded = (stored >= padding[0]) & (stored <= padding[1]) if padding else np.zeros(stored.shape, dtype=bool)
    values = modality(stored)

    def brightness(window: tuple[slice, slice], values: np.ndarray, transform) -> np.ndarray:
        result = transform(values[window]) if transform else stretch(
            values[window], *percentiles(values[window][~padded[window]]))
        return np.where(padded[window], 0, 1 - result if inverted else result)

    window = inside(shown, padded)
    cuts = field(brightness(window, voi(values) if is_table else values, None))
    rows, columns = (edge.start for edge in window)
    top, left, bottom, right = rows + cuts[0], columns + cuts[1], rows + cuts[2], columns + cuts[3]
    result = brightness((slice(top, bottom), slice(left, right)), values, voi)
    return result, tuple(map(int, (top, left, bottom, right)))
