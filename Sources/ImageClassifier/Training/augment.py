"""Augmentation of one batch on the CPU, from one generator: [batch, 128, 128] in 0…1 → standardised [batch, side, side].

Framing is varied most (rotation, zoom, aspect, shift, flip, crops of one direction, bars), because it is what the
networks are most sensitive to; sharpness, compression, tone and noise so that image quality tells nothing.
"""

import cv2
import numpy as np

cv2.setNumThreads(1)

# What a recipe may change; the values here are the shipped recipe's.
DEFAULTS = {"zoom": 0.27, "aspect": 0.2, "shift": 0.12, "crop": 0.35, "bars": 0.25, "sharpness": 0.9, "softest": 2.5,
            "coarse": 0.6, "jpeg": 0.3, "gamma": 0.6, "curve": 0.6, "cutout": 0.5}


def jpeg(rng, image):
    """Really encoded and decoded, quality 20 to 95."""
    grey = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
    _, code = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 96))])
    return cv2.imdecode(code, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255


def warp(rng, image, side, how):
    """One affine map: rotation ±12°, zoom, aspect, shift, flip, and for some a crop of one direction down to 68 %."""
    rows, columns = image.shape
    angle = np.deg2rad(rng.uniform(-12, 12))
    zoom, aspect = np.exp(rng.uniform(-how["zoom"], how["zoom"])), np.exp(rng.uniform(-how["aspect"], how["aspect"]))
    scale = np.array([zoom * aspect, zoom / aspect])
    shift = rng.uniform(-how["shift"], how["shift"], 2)
    flip = -1.0 if rng.random() < 0.5 else 1.0
    direction, kept, place = rng.integers(2), rng.uniform(0.68, 1.0), rng.uniform(-0.5, 0.5)
    if rng.random() < how["crop"]:
        scale[direction] *= kept
        shift[direction] += place * (1 - kept)
    across = np.array([np.cos(angle), -np.sin(angle)]) * flip * scale[0] * columns / side
    down = np.array([np.sin(angle), np.cos(angle)]) * scale[1] * rows / side
    half = (side - 1) / 2
    matrix = np.array([[*across, columns * (0.5 + shift[0]) - 0.5 - half * across.sum()],
                       [*down, rows * (0.5 + shift[1]) - 0.5 - half * down.sum()]])
    border = cv2.BORDER_CONSTANT if rng.random() < 0.5 else cv2.BORDER_REPLICATE
    return cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                          borderMode=border, borderValue=0)


def bars(rng, image):
    """Black, white or grey on any sides, up to 15 % each."""
    side = len(image)
    grey = (0.0, 0.0, 1.0, rng.random())[rng.integers(4)]
    widths = (rng.uniform(0, 0.15, 4) * (rng.random(4) < 0.5) * side).astype(int)
    image[:widths[0]] = grey
    image[side - widths[1]:] = grey
    image[:, :widths[2]] = grey
    image[:, side - widths[3]:] = grey


def sharpness(rng, image, how):
    """Blurred or sharpened, so that crispness tells nothing about the class."""
    smooth = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, how["softest"]), borderType=cv2.BORDER_REPLICATE)
    return smooth if rng.random() < 0.5 else image + np.float32(rng.uniform(0, 1.5)) * (image - smooth)


def coarse(rng, image):
    """As if taken with fewer pixels."""
    side = len(image)
    fewer = int(rng.uniform(0.45, 1.0) * side)
    small = cv2.resize(image, (fewer, fewer), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)


def tone(rng, image, how):
    """Gamma, for some a bent curve, linear shading, noise."""
    side = len(image)
    image = np.clip(image, 1e-4, 1.0) ** np.float32(np.exp(rng.uniform(-how["gamma"], how["gamma"])))
    if rng.random() < how["curve"]:
        knots = np.cumsum(np.concatenate([[0], rng.uniform(0.3, 1.7, 5)]))
        image = np.interp(image, np.linspace(0, 1, 6), knots / knots[-1]).astype(np.float32)
    grid = np.linspace(-1, 1, side, dtype=np.float32)
    slope = rng.uniform(-0.25, 0.25, 2).astype(np.float32)
    image = image * (1 + slope[0] * grid[:, None] + slope[1] * grid[None, :])
    return image + np.float32(rng.uniform(0, 0.04)) * rng.standard_normal((side, side), np.float32)


def cutout(rng, image):
    """One rectangle of up to a third of each side, filled with one grey."""
    side = len(image)
    centre, half = rng.uniform(0, side, 2), rng.uniform(side / 24, side / 6, 2)
    first, last = np.maximum(centre - half, 0).astype(int), (centre + half).astype(int)
    image[first[0]:last[0], first[1]:last[1]] = rng.random()


def standardise(images):
    """As preprocess.standardise, for a batch in float32."""
    flat = images.reshape(len(images), -1)
    low = int(0.005 * (flat.shape[1] - 1) + 0.5)
    high = int(0.995 * (flat.shape[1] - 1) + 0.5)
    ordered = np.partition(flat, (low, high), axis=1)
    flat = np.clip(flat, ordered[:, low, None], ordered[:, high, None])
    flat = (flat - flat.mean(1, keepdims=True)) / np.maximum(flat.std(1, keepdims=True), 1e-6)
    return flat.reshape(images.shape).astype(np.float32)


def augment(rng, images, side: int, how=DEFAULTS):
    result = np.empty((len(images), side, side), np.float32)
    for index, image in enumerate(images):
        image = image.astype(np.float32)
        if rng.random() < how["jpeg"]:
            image = jpeg(rng, image)
        image = warp(rng, image, side, how)
        if rng.random() < how["coarse"]:
            image = coarse(rng, image)
        if rng.random() < how["sharpness"]:
            image = sharpness(rng, image, how)
        image = tone(rng, image, how)
        if rng.random() < how["bars"]:
            bars(rng, image)
        if rng.random() < how["cutout"]:
            cutout(rng, image)
        result[index] = image
    return standardise(result)
