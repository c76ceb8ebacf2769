"""The compact residual net: stem 3x3 stride 2, three stages of two basic blocks, pooled, one linear."""

import jax
import jax.numpy as jnp
import numpy as np

CHANNELS = (24, 48, 96)
BLOCKS = 2


def layers():
    """(name, input channels, output channels, kernel, stride) of each convolution, in order."""
    yield "stem", 1, CHANNELS[0], 3, 2
    before = CHANNELS[0]
    for stage, channels in enumerate(CHANNELS):
        for block in range(BLOCKS):
            name = f"stage{stage}.block{block}"
            stride = 2 if block == 0 else 1
            yield f"{name}.conv0", before, channels, 3, stride
            yield f"{name}.conv1", channels, channels, 3, 1
            if block == 0:
                yield f"{name}.shortcut", before, channels, 1, stride
            before = channels


def architecture(side: int) -> dict:
    """The same net as data, in the operations of docs/integrate/model-operations.md, batch norm folded."""

    def convolution(name, source, target, kernel, stride, rectify, **extra):
        return {"operation": "convolution", "name": name, "from": source, "to": target, "kernel": kernel,
                "stride": stride, **extra, "rectify": rectify}

    operations = [convolution("stem", "image", "stem", 3, 2, True)]
    value = "stem"
    for stage in range(len(CHANNELS)):
        for block in range(BLOCKS):
            name = f"stage{stage}.block{block}"
            stride = 2 if block == 0 else 1
            operations.append(convolution(f"{name}.conv0", value, f"{name}.conv0", 3, stride, True))
            kept = value
            if block == 0:
                kept = f"{name}.shortcut"
                operations.append(convolution(kept, value, kept, 1, stride, False))
            operations.append(convolution(f"{name}.conv1", f"{name}.conv0", name, 3, 1, True, add=kept))
            value = name
    return {"input": "image", "side": side, "channels": 1, "operations": operations, "output": value}


def initial(seed: int):
    rng = np.random.default_rng(seed)
    weights, statistics = {}, {}
    for name, inputs, outputs, kernel, _ in layers():
        scale = np.sqrt(2 / (kernel * kernel * inputs))
        weights[f"{name}.kernel"] = jnp.asarray(
            rng.normal(0, scale, (kernel, kernel, inputs, outputs)), jnp.float32)
        # A residual branch that starts at zero lets the high learning rate start without warm-up trouble.
        weights[f"{name}.gamma"] = jnp.zeros(outputs) if name.endswith("conv1") else jnp.ones(outputs)
        weights[f"{name}.beta"] = jnp.zeros(outputs)
        statistics[f"{name}.mean"] = jnp.zeros(outputs)
        statistics[f"{name}.variance"] = jnp.ones(outputs)
    weights["head.weight"] = jnp.asarray(rng.normal(0, 0.05, CHANNELS[-1]), jnp.float32)
    weights["head.bias"] = jnp.zeros(())
    return weights, statistics


def features(weights, statistics, images, training: bool):
    """Last feature map [batch, side / 16, side / 16, 96] and the statistics (updated when training)."""
    updated = dict(statistics)
    shapes = {name: (kernel, stride) for name, _, _, kernel, stride in layers()}

    def convolve(name, x):
        kernel, stride = shapes[name]
        padding = (kernel // 2, kernel // 2)
        y = jax.lax.conv_general_dilated(x, weights[f"{name}.kernel"], (stride, stride), (padding, padding),
                                         dimension_numbers=("NHWC", "HWIO", "NHWC"))
        if training:
            mean, variance = y.mean((0, 1, 2)), y.var((0, 1, 2))
            updated[f"{name}.mean"] = 0.95 * statistics[f"{name}.mean"] + 0.05 * mean
            updated[f"{name}.variance"] = 0.95 * statistics[f"{name}.variance"] + 0.05 * variance
        else:
            mean, variance = statistics[f"{name}.mean"], statistics[f"{name}.variance"]
        scale = weights[f"{name}.gamma"] / jnp.sqrt(variance + 1e-5)
        return y * scale + (weights[f"{name}.beta"] - mean * scale)

    x = jax.nn.relu(convolve("stem", images[..., None]))
    for stage in range(len(CHANNELS)):
        for block in range(BLOCKS):
            name = f"stage{stage}.block{block}"
            y = jax.nn.relu(convolve(f"{name}.conv0", x))
            y = convolve(f"{name}.conv1", y)
            x = jax.nn.relu(y + (convolve(f"{name}.shortcut", x) if block == 0 else x))
    return x, updated


@jax.jit
def score(weights, statistics, images):
    """Logits and pooled features without augmentation."""
    x, _ = features(weights, statistics, images, training=False)
    pooled = x.mean((1, 2))
    return pooled @ weights["head.weight"] + weights["head.bias"], pooled


def score_all(weights, statistics, images, batch: int = 128):
    logits, pooled = [], []
    for start in range(0, len(images), batch):
        part = images[start:start + batch]
        padded = np.concatenate([part, np.zeros((batch - len(part),) + part.shape[1:], part.dtype)])
        logit, vector = score(weights, statistics, jnp.asarray(padded))
        logits.append(np.asarray(logit)[:len(part)])
        pooled.append(np.asarray(vector)[:len(part)])
    return np.concatenate(logits).astype(np.float64), np.concatenate(pooled).astype(np.float64)
