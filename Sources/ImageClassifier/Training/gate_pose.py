"""The pose net: upright, turned, upside down, inverted, or no chest at all, from the input reduced by block means."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import gate_material

CHANNELS = (16, 32, 48, 64)
BATCH = 128


def architecture(side: int) -> dict:
    """Up to its last map, in the operations of docs/integrate/model-operations.md; the gate itself makes the scores of
    that map, for it measures the likeness on the same map."""
    operations = [{"operation": "mean", "from": "image", "to": "small", "size": 2}]
    value = "small"
    for index in range(len(CHANNELS)):
        operations.append({"operation": "convolution", "name": f"layer{index}", "from": value, "to": f"layer{index}",
                           "kernel": 3, "stride": 2, "rectify": True})
        value = f"layer{index}"
    return {"input": "image", "side": side, "channels": 1, "operations": operations, "output": value}


def initial(seed: int, side: int) -> dict:
    rng = np.random.default_rng(seed)
    weights, before = {}, 1
    for index, channels in enumerate(CHANNELS):
        weights[f"layer{index}.weight"] = rng.normal(0, np.sqrt(2 / (9 * before)), (3, 3, before, channels))
        weights[f"layer{index}.bias"] = np.zeros(channels)
        before = channels
    inputs = before * (-(-side // 2 // 2 ** len(CHANNELS))) ** 2
    weights["scores.weight"] = rng.normal(0, 0.02, (inputs, len(gate_material.CLASSES)))
    weights["scores.bias"] = np.zeros(len(gate_material.CLASSES))
    return {name: jnp.asarray(value, jnp.float32) for name, value in weights.items()}


def strided(x, kernel):
    """A 3x3 convolution of stride 2 as one matrix product over the nine taps: quicker gradients on a CPU."""
    size = (x.shape[1] + 1) // 2
    padded = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    taps = [padded[:, row:row + 2 * size - 1:2, column:column + 2 * size - 1:2]
            for row in range(3) for column in range(3)]
    return jnp.concatenate(taps, -1) @ kernel.reshape(-1, kernel.shape[3])


def features(weights, images):
    """[batch, side, side] → the last map, flattened: [batch, n]."""
    batch, side, _ = images.shape
    x = images.reshape(batch, side // 2, 2, side // 2, 2).mean((2, 4))[..., None]
    for index in range(len(CHANNELS)):
        x = jax.nn.relu(strided(x, weights[f"layer{index}.weight"]) + weights[f"layer{index}.bias"])
    return x.reshape(batch, -1)


def scores(weights, images):
    return features(weights, images) @ weights["scores.weight"] + weights["scores.bias"]


mapped = jax.jit(features)


def map_all(weights, images, batch: int = 256) -> np.ndarray:
    """The flattened maps of all images, in float64."""
    parts = []
    for start in range(0, len(images), batch):
        part = images[start:start + batch]
        padded = np.concatenate([part, np.zeros((batch - len(part),) + part.shape[1:], part.dtype)])
        parts.append(np.asarray(mapped(weights, jnp.asarray(padded)))[:len(part)])
    return np.concatenate(parts).astype(np.float64)


def train(images, classes, side: int, seed: int = 1, epochs: int = 8) -> dict:
    """Cross entropy with label smoothing, AdamW on a cosine, the mean of the last weights."""
    weights = initial(seed, side)
    steps = len(images) // BATCH
    optimiser = optax.adamw(optax.cosine_decay_schedule(3e-3, steps * epochs), weight_decay=0.01)
    state = optimiser.init(weights)
    average = weights

    @jax.jit
    def step(weights, state, average, batch, target):
        def loss(weights):
            smooth = optax.smooth_labels(jax.nn.one_hot(target, len(gate_material.CLASSES)), 0.02)
            return optax.softmax_cross_entropy(scores(weights, batch), smooth).mean()
        value, slope = jax.value_and_grad(loss)(weights)
        change, state = optimiser.update(slope, state, weights)
        weights = optax.apply_updates(weights, change)
        average = jax.tree.map(lambda a, b: 0.995 * a + 0.005 * b, average, weights)
        return weights, state, average, value

    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = rng.permutation(len(images))
        losses = []
        for index in range(steps):
            chosen = order[index * BATCH:(index + 1) * BATCH]
            weights, state, average, value = step(weights, state, average, images[chosen], classes[chosen])
            losses.append(value)
        print(f"pose epoch {epoch}: loss {float(np.mean(losses)):.4f}", flush=True)
    return {name: np.asarray(value, np.float32) for name, value in average.items()}
