"""Strong augmentation, whole batch at once: [batch, 128, 128] in 0…1 → standardised [batch, 96, 96]."""

import jax
import jax.numpy as jnp

SIZE = 96


def uniform(key, shape, low, high):
    return jax.random.uniform(key, shape, minval=low, maxval=high)


def warp(key, images):
    """Rotation, scale, aspect, shift and flip; outside is black for half of the images, else the edge."""
    batch, rows, columns = images.shape
    keys = jax.random.split(key, 7)
    angle = uniform(keys[0], (batch,), -1, 1) * jnp.deg2rad(12.0)
    zoom = jnp.exp(uniform(keys[1], (batch,), -0.29, 0.29))
    aspect = jnp.exp(uniform(keys[2], (batch,), -0.25, 0.25) / 2)
    shift = uniform(keys[3], (batch, 2), -0.14, 0.14)
    flip = jnp.where(jax.random.bernoulli(keys[4], 0.5, (batch,)), -1.0, 1.0)
    grid = (jnp.arange(SIZE) + 0.5) / SIZE - 0.5
    y, x = jnp.meshgrid(grid, grid, indexing="ij")
    cosine, sine = jnp.cos(angle)[:, None, None], jnp.sin(angle)[:, None, None]
    across = (x * cosine - y * sine) * (flip * zoom * aspect)[:, None, None] + shift[:, 0, None, None]
    down = (x * sine + y * cosine) * (zoom / aspect)[:, None, None] + shift[:, 1, None, None]
    across = (across + 0.5) * columns - 0.5
    down = (down + 0.5) * rows - 0.5
    inside = (across >= -0.5) & (across <= columns - 0.5) & (down >= -0.5) & (down <= rows - 0.5)
    black = jax.random.bernoulli(keys[5], 0.5, (batch,))[:, None, None]
    across, down = jnp.clip(across, 0, columns - 1), jnp.clip(down, 0, rows - 1)
    left = jnp.clip(jnp.floor(across).astype(jnp.int32), 0, columns - 2)
    top = jnp.clip(jnp.floor(down).astype(jnp.int32), 0, rows - 2)
    a, b = across - left, down - top
    flat = images.reshape(batch, -1)

    def at(dy, dx):
        index = ((top + dy) * columns + left + dx).reshape(batch, -1)
        return jnp.take_along_axis(flat, index, axis=1).reshape(batch, SIZE, SIZE)

    result = (at(0, 0) * (1 - a) + at(0, 1) * a) * (1 - b) + (at(1, 0) * (1 - a) + at(1, 1) * a) * b
    return jnp.where(black & ~inside, 0.0, result)


def blur(images, sigma):
    offsets = jnp.arange(-3, 4)
    kernel = jnp.exp(-0.5 * (offsets / sigma[:, None]) ** 2)
    kernel = kernel / kernel.sum(1, keepdims=True)
    padded = jnp.pad(images, ((0, 0), (3, 3), (0, 0)), mode="edge")
    images = sum(kernel[:, i, None, None] * padded[:, i:i + SIZE] for i in range(7))
    padded = jnp.pad(images, ((0, 0), (0, 0), (3, 3)), mode="edge")
    return sum(kernel[:, i, None, None] * padded[:, :, i:i + SIZE] for i in range(7))


def sharpness(key, images):
    """60 %: blurred or sharpened, so that crispness tells nothing about the class."""
    batch = images.shape[0]
    keys = jax.random.split(key, 4)
    smooth = blur(images, uniform(keys[0], (batch,), 0.4, 1.6))
    amount = uniform(keys[1], (batch,), 0.0, 1.5)[:, None, None]
    sharpened = images + amount * (images - smooth)
    blurred = jax.random.bernoulli(keys[2], 0.5, (batch,))[:, None, None]
    chosen = jax.random.bernoulli(keys[3], 0.6, (batch,))[:, None, None]
    return jnp.where(chosen, jnp.where(blurred, smooth, sharpened), images)


def tone(key, images):
    """Gamma, linear shading, noise."""
    batch = images.shape[0]
    keys = jax.random.split(key, 4)
    gamma = jnp.exp(uniform(keys[0], (batch,), -0.45, 0.45))[:, None, None]
    images = jnp.clip(images, 1e-4, 1.0) ** gamma
    grid = jnp.linspace(-1, 1, SIZE)
    slope = uniform(keys[1], (batch, 2), -0.25, 0.25)
    images = images * (1 + slope[:, 0, None, None] * grid[:, None] + slope[:, 1, None, None] * grid[None, :])
    level = uniform(keys[2], (batch,), 0.0, 0.04)[:, None, None]
    return images + level * jax.random.normal(keys[3], images.shape)


def cutout(key, images):
    """50 %: one rectangle of up to a third of each side, filled with one grey."""
    batch = images.shape[0]
    keys = jax.random.split(key, 4)
    centre = uniform(keys[0], (batch, 2), 0, SIZE)
    half = uniform(keys[1], (batch, 2), 4, 16)
    grey = uniform(keys[2], (batch,), 0, 1)[:, None, None]
    index = jnp.arange(SIZE)
    rows = jnp.abs(index[None] - centre[:, :1]) < half[:, :1]
    columns = jnp.abs(index[None] - centre[:, 1:]) < half[:, 1:]
    chosen = jax.random.bernoulli(keys[3], 0.5, (batch,))[:, None, None]
    return jnp.where(chosen & rows[:, :, None] & columns[:, None, :], grey, images)


def standardise(images):
    """As preprocess.standardise, for a batch in float32."""
    flat = images.reshape(images.shape[0], -1)
    rank = int(0.005 * (flat.shape[1] - 1) + 0.5) + 1
    high = jax.lax.top_k(flat, rank)[0][:, -1:]
    low = -jax.lax.top_k(-flat, rank)[0][:, -1:]
    flat = jnp.clip(flat, low, high)
    flat = (flat - flat.mean(1, keepdims=True)) / jnp.maximum(flat.std(1, keepdims=True), 1e-6)
    return flat.reshape(images.shape)


def augment(key, images):
    keys = jax.random.split(key, 4)
    images = warp(keys[0], images.astype(jnp.float32))
    images = tone(keys[1], sharpness(keys[2], images))
    return standardise(cutout(keys[3], images))
