"""Trains one network on the CPU from fixed seeds.

    python train.py --prepared /tmp/cxr --out /tmp/cxr/run --seed 1 [--leave-out N2-]

The split is the MANIFEST's (grouped by patient). The test part is never read here. All epochs are
trained and the averaged weights of the last one are kept: no epoch is picked by looking at a score.
"""

import argparse
import json
import os
import pathlib
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")

import jax
import jax.numpy as jnp
import numpy as np
import optax

import augment
import network

BATCH, PEAK, DECAY, SMOOTHING, DROPOUT, AVERAGE = 64, 2e-3, 0.05, 0.1, 0.2, 0.998


def auc(scores, labels) -> float:
    from scipy.stats import rankdata
    ranks = rankdata(scores)
    positives = labels.sum()
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=17)
    parser.add_argument("--leave-out", help="leave normals of this family (group prefix) out of training")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    began = time.time()

    data = np.load(options.prepared / "images.npz")
    label, split, group = data["label"], data["split"], data["group"]
    chosen = split == "train"
    if options.leave_out:
        chosen &= ~np.char.startswith(group, options.leave_out)
    source, target = data["source"][chosen], label[chosen]
    validation, expected = data["exact"][split == "val"], label[split == "val"]

    weights, statistics = network.initial(options.seed)
    steps = len(target) // BATCH
    schedule = optax.warmup_cosine_decay_schedule(1e-4, PEAK, steps, steps * options.epochs, 1e-5)
    decayed = {name: name.endswith(("kernel", "head.weight")) for name in weights}
    optimiser = optax.chain(optax.clip_by_global_norm(5.0), optax.adamw(schedule, weight_decay=DECAY, mask=decayed))
    state = optimiser.init(weights)

    def loss(weights, statistics, images, labels, key):
        x, updated = network.features(weights, statistics, images, training=True)
        pooled = x.mean((1, 2))
        kept = jax.random.bernoulli(key, 1 - DROPOUT, pooled.shape)
        logits = jnp.where(kept, pooled / (1 - DROPOUT), 0) @ weights["head.weight"] + weights["head.bias"]
        smooth = labels * (1 - SMOOTHING) + SMOOTHING / 2
        return optax.sigmoid_binary_cross_entropy(logits, smooth).mean(), updated

    @jax.jit
    def step(weights, statistics, state, average, key, images, labels, count):
        first, second = jax.random.split(key)
        images = augment.augment(first, images)
        (value, statistics), slope = jax.value_and_grad(loss, has_aux=True)(
            weights, statistics, images, labels, second)
        change, state = optimiser.update(slope, state, weights)
        weights = optax.apply_updates(weights, change)
        keep = jnp.minimum(AVERAGE, (1 + count) / (10 + count))
        average = jax.tree.map(lambda a, b: keep * a + (1 - keep) * b, average, (weights, statistics))
        return weights, statistics, state, average, value

    rng = np.random.default_rng(options.seed)
    key = jax.random.key(options.seed)
    # A copy: the first step must not alias the arrays it averages into.
    average = jax.tree.map(jnp.array, (weights, statistics))
    positive, negative = np.flatnonzero(target), np.flatnonzero(~target)
    history, count = [], 0
    for epoch in range(options.epochs):
        losses = []
        half = steps * BATCH // 2
        picks = [np.concatenate([rng.permutation(part) for _ in range(half // len(part) + 1)])[:half]
                 for part in (positive, negative)]
        for index in range(steps):
            part = slice(index * BATCH // 2, (index + 1) * BATCH // 2)
            batch = np.concatenate([picks[0][part], picks[1][part]])
            key, now = jax.random.split(key)
            weights, statistics, state, average, value = step(
                weights, statistics, state, average, now, source[batch], target[batch].astype(np.float32),
                float(count))
            losses.append(value)
            count += 1
        logits, _ = network.score_all(*average, validation)
        history.append({"epoch": epoch, "loss": float(np.mean(losses)), "validationAUC": auc(logits, expected),
                        "seconds": round(time.time() - began, 1)})
        print(history[-1], flush=True)

    np.savez(options.out / "weights.npz", **{f"w:{k}": v for k, v in average[0].items()},
             **{f"s:{k}": v for k, v in average[1].items()})
    record = {"seed": options.seed, "epochs": options.epochs, "leaveOut": options.leave_out,
              "dataHash": json.loads((options.prepared / "data.json").read_text())["dataHash"],
              "seconds": round(time.time() - began, 1), "validationAUC": history[-1]["validationAUC"],
              "history": history}
    (options.out / "run.json").write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
