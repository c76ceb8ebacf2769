"""What the gate learns from: training radiographs in every pose and polarity, and pictures of nothing radiological.

All of it is made from the training radiographs and from random numbers, so that every real picture that is not a
chest stays a test.
"""

import cv2
import numpy as np

import preprocess

CLASSES = ("upright", "turnedLeft", "upsideDown", "turnedRight", "inverted", "other")


def grid(size):
    line = np.linspace(-1, 1, size, dtype=np.float32)
    return np.meshgrid(line, line)


def warped(rng, picture, size, rotation=14.0, zoom=0.25, aspect=0.2, shift=0.12):
    """The picture rotated, zoomed, stretched, shifted and perhaps mirrored; outside is black or the edge."""
    angle = np.deg2rad(rng.uniform(-rotation, rotation))
    scale, ratio = np.exp(rng.uniform(-zoom, zoom)), np.exp(rng.uniform(-aspect, aspect) / 2)
    flip = rng.choice([-1.0, 1.0])
    turn = np.array([[np.cos(angle) * flip, -np.sin(angle)], [np.sin(angle) * flip, np.cos(angle)]])
    matrix = turn @ np.diag([scale * ratio, scale / ratio]) * (picture.shape[0] / size)
    middle = (np.array(picture.shape[::-1]) - 1) / 2 + rng.uniform(-shift, shift, 2) * picture.shape[0]
    offset = middle - matrix @ np.full(2, (size - 1) / 2)
    border = cv2.BORDER_CONSTANT if rng.random() < 0.4 else cv2.BORDER_REPLICATE
    return cv2.warpAffine(picture, np.column_stack([matrix, offset]), (size, size),
                          flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=border)


def toned(rng, picture):
    """Sharpness, gamma, shading and noise."""
    size = picture.shape[0]
    if rng.random() < 0.6:
        smooth = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
        picture = smooth if rng.random() < 0.5 else picture + rng.uniform(0, 1.5) * (picture - smooth)
    picture = np.clip(picture, 0, 1) ** np.exp(rng.uniform(-0.5, 0.5))
    across, down = grid(size)
    slope = rng.uniform(-0.25, 0.25, 2)
    picture = picture * (1 + slope[0] * across + slope[1] * down)
    return (picture + rng.uniform(0, 0.05) * rng.standard_normal(picture.shape)).astype(np.float32)


def marked(rng, picture):
    """Bars at the edges, letters and a covered rectangle, as collimators, markers and devices leave them."""
    size = picture.shape[0]
    picture = picture.copy()
    if rng.random() < 0.25:
        level = rng.choice([0.0, 1.0, rng.random()], p=[0.7, 0.1, 0.2])
        widths = rng.integers(0, size // 7, 4) * (rng.random(4) < 0.6)
        picture[:widths[0]] = picture[size - widths[1]:] = level
        picture[:, :widths[2]] = picture[:, size - widths[3]:] = level
    if rng.random() < 0.3:
        place = tuple(int(v) for v in rng.integers(0, size, 2))
        picture = written(picture, rng.choice(list("RLAP")), place, rng.uniform(0.2, 0.6), rng.choice([0.0, 1.0]))
    if rng.random() < 0.2:
        first, extent = rng.integers(0, size, 2), rng.integers(4, size // 4, 2)
        picture[first[0]:first[0] + extent[0], first[1]:first[1] + extent[1]] = rng.random()
    return picture


def written(image, words, place, height, grey):
    """The image with words on it; OpenCV writes into bytes only."""
    ink = np.zeros(image.shape, np.uint8)
    cv2.putText(ink, str(words), place, cv2.FONT_HERSHEY_SIMPLEX, float(height), 255, 1, cv2.LINE_AA)
    share = ink.astype(np.float32) / 255
    return image * (1 - share) + np.float32(grey) * share


def posed(rng, picture, name, size):
    """One radiograph as a member of the named class."""
    result = warped(rng, picture, size)
    if name == "inverted":
        result = np.rot90(1 - result, rng.choice([0, 0, 0, 1, 2, 3]))
    result = toned(rng, marked(rng, np.ascontiguousarray(result)))
    turns = {"turnedLeft": 1, "upsideDown": 2, "turnedRight": 3}.get(name, 0)
    return np.rot90(result, turns)


def shuffled(rng, picture, size):
    cells = int(rng.integers(2, 8))
    side = size // cells
    image = cv2.resize(picture, (side * cells, side * cells), interpolation=cv2.INTER_AREA)
    tiles = [image[r * side:(r + 1) * side, c * side:(c + 1) * side] for r in range(cells) for c in range(cells)]
    order = rng.permutation(len(tiles))
    rows = [np.hstack([tiles[order[r * cells + c]] for c in range(cells)]) for r in range(cells)]
    return cv2.resize(np.vstack(rows), (size, size))


def cropped(rng, picture, size):
    """A small part: no whole chest is left."""
    side = int(picture.shape[0] * rng.uniform(0.15, 0.4))
    top, left = rng.integers(0, picture.shape[0] - side, 2)
    return np.rot90(cv2.resize(picture[top:top + side, left:left + side], (size, size)), rng.integers(4))


def folded(rng, picture, size):
    """Half of the picture beside its mirror image, sideways, upside down, or through a polar grid."""
    image = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    kind = rng.integers(4)
    if kind == 0:
        return np.vstack([image[:size // 2], image[:size - size // 2][::-1]])
    if kind == 1:
        return np.vstack([image[size // 2:][::-1], image[size // 2:]])
    if kind == 2:
        half = image[:, :size // 2] if rng.random() < 0.5 else image[:, size // 2:]
        return cv2.resize(half, (size, size))
    centre = tuple(rng.uniform(0.3, 0.7, 2) * size)
    return cv2.warpPolar(image, (size, size), centre, size * rng.uniform(0.4, 0.9), cv2.WARP_FILL_OUTLIERS)


def coloured_noise(rng, size):
    """Noise whose spectrum falls as a random power of the frequency, as that of photographs does."""
    across = np.fft.fftfreq(size)[:, None]
    frequency = np.sqrt(across ** 2 + np.fft.rfftfreq(size)[None] ** 2)
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) / frequency ** rng.uniform(0, 2.5)
    return scaled(np.fft.irfft2(spectrum, (size, size)).astype(np.float32))


def gradient(rng, size):
    across, down = grid(size)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.cos(angle) * across + np.sin(angle) * down
    kind = rng.integers(3)
    if kind == 0:
        return scaled(ramp)
    if kind == 1:
        return scaled(np.hypot(across - rng.uniform(-1, 1), (down - rng.uniform(-1, 1)) * rng.uniform(0.5, 2)))
    return scaled(np.sin(ramp * rng.uniform(3, 60)) + rng.uniform(0, 1) * np.sin(rng.uniform(3, 60) * (down - across)))


def leaves(rng, size):
    """Opaque figures over one another: the statistics of photographs without a photograph."""
    image = np.full((size, size), rng.random(), np.float32)
    for _ in range(rng.integers(2, 120)):
        centre = tuple(int(v) for v in rng.integers(0, size, 2))
        radius = int(min(size, 2 + size * 0.08 * rng.pareto(1.5)))
        kind, grey = rng.integers(3), float(rng.random())
        if kind == 0:
            axes = (radius, max(1, int(radius * rng.uniform(0.3, 1))))
            cv2.ellipse(image, centre, axes, rng.uniform(0, 180), 0, 360, grey, -1, cv2.LINE_AA)
        elif kind == 1:
            corners = (np.array(centre) + rng.normal(0, radius, (rng.integers(3, 7), 2))).astype(np.int32)
            cv2.fillPoly(image, [corners], grey, cv2.LINE_AA)
        else:
            end = tuple(int(v) for v in rng.integers(0, size, 2))
            cv2.line(image, centre, end, grey, int(rng.integers(1, max(2, radius))), cv2.LINE_AA)
    return image


def body(rng, size):
    """Ellipses in an ellipse on black, as slices of a head or trunk; or long bright bones in a soft limb."""
    image = np.zeros((size, size), np.float32)
    middle = np.array([size / 2, size / 2]) + rng.normal(0, size * 0.05, 2)
    if rng.random() < 0.5:
        axes = size * rng.uniform(0.25, 0.48, 2)
        turn = rng.uniform(0, 180)
        if rng.random() < 0.6:
            draw(image, middle, axes, turn, rng.uniform(0.6, 1))
            axes = axes * rng.uniform(0.8, 0.97)
        draw(image, middle, axes, turn, rng.uniform(0.2, 0.7))
        for _ in range(rng.integers(1, 12)):
            place = middle + rng.uniform(-0.6, 0.6, 2) * axes
            draw(image, place, axes * rng.uniform(0.05, 0.4, 2), rng.uniform(0, 180), rng.random())
    else:
        turn = rng.uniform(0, 180)
        for _ in range(rng.integers(1, 6)):
            place = middle + rng.normal(0, size * 0.15, 2)
            axes = size * np.array([rng.uniform(0.3, 0.8), rng.uniform(0.05, 0.2)])
            tilt = turn + rng.normal(0, 12)
            draw(image, place, axes * [1, 1.6], tilt, rng.uniform(0.2, 0.4))
            draw(image, place, axes * [1, 0.7], tilt, rng.uniform(0.5, 1))
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 2.5))


def draw(image, centre, axes, turn, grey):
    cv2.ellipse(image, tuple(int(v) for v in centre), tuple(max(1, int(v)) for v in axes), turn, 0, 360, float(grey),
                -1, cv2.LINE_AA)


def text(rng, size):
    image = np.full((size, size), rng.uniform(0.7, 1), np.float32)
    height = rng.uniform(0.25, 1.2)
    for line in range(int(10 * height), size, int(26 * height) + 1):
        words = "".join(rng.choice(list("abcdefghij klmnop qrstu vwxyz ABCDE 0123456789 .,:")) for _ in range(40))
        image = written(image, words, (int(rng.integers(-20, 20)), line), height, rng.uniform(0, 0.4))
    return image if rng.random() < 0.7 else 1 - image


def other(rng, picture, size):
    """One picture that is no chest radiograph."""
    kind = rng.choice(9, p=[0.12, 0.14, 0.12, 0.12, 0.08, 0.16, 0.16, 0.06, 0.04])
    if kind == 0:
        result = shuffled(rng, picture, size)
    elif kind == 1:
        result = cropped(rng, picture, size)
    elif kind == 2:
        result = folded(rng, picture, size)
    elif kind == 3:
        result = coloured_noise(rng, size)
    elif kind == 4:
        result = gradient(rng, size)
    elif kind == 5:
        result = leaves(rng, size)
    elif kind == 6:
        result = body(rng, size)
    elif kind == 7:
        result = text(rng, size)
    else:
        result = 0.5 * leaves(rng, size) + 0.5 * coloured_noise(rng, size)
    if rng.random() < 0.3:
        result = 1 - result
    return toned(rng, marked(rng, np.ascontiguousarray(result, np.float32)))


def standardised(image):
    """As preprocess.standardise, in float32 and quicker."""
    count = image.size
    ranks = [preprocess.percentile_rank(share, count) for share in (preprocess.LOW, preprocess.HIGH)]
    low, high = np.partition(image, ranks, axis=None)[ranks]
    image = np.clip(image, low, high)
    return (image - image.mean()) / max(image.std(), 1e-6)


def scaled(image):
    low, high = image.min(), image.max()
    return ((image - low) / max(high - low, 1e-6)).astype(np.float32)


def material(seed, sources, count, size):
    """`count` standardised inputs of network size and their classes, two fifths of them upright."""
    rng = np.random.default_rng(seed)
    classes = rng.choice(len(CLASSES), count, p=[0.36, 0.1, 0.14, 0.1, 0.1, 0.2])
    images = np.empty((count, size, size), np.float32)
    for index, chosen in enumerate(classes):
        picture = sources[rng.integers(len(sources))].astype(np.float32)
        name = CLASSES[chosen]
        image = other(rng, picture, size) if name == "other" else posed(rng, picture, name, size)
        images[index] = standardised(image)
    return images, classes
