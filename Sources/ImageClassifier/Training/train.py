"""Trains one network on one CPU core from fixed seeds.

    python train.py --prepared /tmp/cxr --out /tmp/cxr/member1 --seed 1 [--leave-out N2-] [--fold 0/3] [--set bars=0.4]

The split is the MANIFEST's (grouped by patient). The test part is never read here. All epochs are trained and the
averaged weights of the last one are kept: no epoch is picked by looking at a score. One thread computes, so that the
sums do not depend on the number of cores; another one augments, each batch from a generator of its own.
"""

import argparse
import json
import os
import pathlib
import queue
import threading
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_enable_fast_math=false --xla_cpu_multi_thread_eigen=false")

import jax
import jax.numpy as jnp
import numpy as np
import optax

import augment
import network
from figures import auc

BATCH, PEAK, DECAY, DROPOUT, AVERAGE = 64, 2e-3, 0.05, 0.2, 0.998
RECIPE = {"side": 96, "epochs": 16, "smoothing": 0.1, "mixup": 0.2} | augment.DEFAULTS


def recipe(changes) -> dict:
    """The shipped recipe with named changes, `name=number`."""
    result = dict(RECIPE)
    for change in changes:
        name, number = change.split("=")
        result[name] = type(RECIPE[name])(float(number))
    return result


def fold_of(groups, folds: int) -> np.ndarray:
    """A patient's fold: patients in a shuffled order, dealt out in turn."""
    names = np.unique(groups)
    place = {name: index % folds for index, name in enumerate(np.random.default_rng(2026).permutation(names))}
    return np.array([place[group] for group in groups])


def batches(source, target, how, seed: int):
    """(images, labels) of every step; a thread prepares them four ahead. The order of draws is fixed by the seed."""
    steps = len(target) // BATCH
    positive, negative = np.flatnonzero(target), np.flatnonzero(~target)
    ready = queue.Queue(maxsize=4)

    def prepare():
        for epoch in range(how["epochs"]):
            rng = np.random.default_rng([seed, epoch])
            half = steps * BATCH // 2
            picks = [np.concatenate([rng.permutation(part) for _ in range(half // len(part) + 1)])[:half]
                     for part in (positive, negative)]
            for index in range(steps):
                rng = np.random.default_rng([seed, epoch, index])
                part = slice(index * BATCH // 2, (index + 1) * BATCH // 2)
                batch = np.concatenate([picks[0][part], picks[1][part]])
                images = augment.augment(rng, source[batch], how["side"], how)
                labels = target[batch].astype(np.float32) * (1 - how["smoothing"]) + how["smoothing"] / 2
                if how["mixup"] > 0:
                    share = np.float32(rng.beta(how["mixup"], how["mixup"]))
                    other = rng.permutation(BATCH)
                    images = share * images + (1 - share) * images[other]
                    labels = share * labels + (1 - share) * labels[other]
                ready.put((images, labels))
        ready.put(None)

    threading.Thread(target=prepare, daemon=True).start()
    while (batch := ready.get()) is not None:
        yield batch


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepared", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leave-out", help="leave normals of this family (group prefix) out of training")
    parser.add_argument("--fold", help="`i/n`: leave this fold of the training patients out of training")
    parser.add_argument("--start", type=pathlib.Path, help="go on from the averaged weights of this run")
    parser.add_argument("--peak", type=float, default=PEAK, help="highest learning rate")
    parser.add_argument("--set", action="append", default=[], help="a change of the recipe, name=number")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    began = time.time()
    how = recipe(options.set)

    data = np.load(options.prepared / "images.npz")
    label, split, group = data["label"], data["split"], data["group"]
    chosen = split == "train"
    if options.leave_out:
        chosen &= ~np.char.startswith(group, options.leave_out)
    if options.fold:
        index, folds = map(int, options.fold.split("/"))
        chosen &= fold_of(group, folds) != index
    source, target = data["source"][chosen], label[chosen]
    exact = data["exact"] if how["side"] == 96 else data[f"exact{how['side']}"]
    validation, expected = exact[split == "val"], label[split == "val"]

    weights, statistics = network.initial(options.seed)
    earlier = {}
    if options.start:
        earlier = {"after": json.loads((options.start / "run.json").read_text())["recipe"], "peak": options.peak}
        file = np.load(options.start / "weights.npz")
        weights = {name: jnp.asarray(file[f"w:{name}"]) for name in weights}
        statistics = {name: jnp.asarray(file[f"s:{name}"]) for name in statistics}
    steps = len(target) // BATCH
    schedule = optax.warmup_cosine_decay_schedule(1e-4, options.peak, steps, steps * how["epochs"], 1e-5)
    decayed = {name: name.endswith(("kernel", "head.weight")) for name in weights}
    optimiser = optax.chain(optax.clip_by_global_norm(5.0), optax.adamw(schedule, weight_decay=DECAY, mask=decayed))
    state = optimiser.init(weights)

    def loss(weights, statistics, images, labels, key):
        x, updated = network.features(weights, statistics, images, training=True)
        pooled = x.mean((1, 2))
        kept = jax.random.bernoulli(key, 1 - DROPOUT, pooled.shape)
        logits = jnp.where(kept, pooled / (1 - DROPOUT), 0) @ weights["head.weight"] + weights["head.bias"]
        return optax.sigmoid_binary_cross_entropy(logits, labels).mean(), updated

    @jax.jit
    def step(weights, statistics, state, average, key, images, labels, count):
        (value, statistics), slope = jax.value_and_grad(loss, has_aux=True)(weights, statistics, images, labels, key)
        change, state = optimiser.update(slope, state, weights)
        weights = optax.apply_updates(weights, change)
        keep = jnp.minimum(AVERAGE, (1 + count) / (10 + count))
        average = jax.tree.map(lambda a, b: keep * a + (1 - keep) * b, average, (weights, statistics))
        return weights, statistics, state, average, value

    key = jax.random.key(options.seed)
    # A copy: the first step must not alias the arrays it averages into.
    average = jax.tree.map(jnp.array, (weights, statistics))
    history, losses = [], []
    for count, (images, labels) in enumerate(batches(source, target, how, options.seed), 1):
        key, now = jax.random.split(key)
        weights, statistics, state, average, value = step(
            weights, statistics, state, average, now, images, labels, float(count - 1))
        losses.append(value)
        if count % steps == 0:
            epoch = count // steps - 1
            entry = {"epoch": epoch, "loss": float(np.mean(losses)), "seconds": round(time.time() - began, 1)}
            if epoch % 4 == 3 or epoch == how["epochs"] - 1:
                entry["validationAUC"] = auc(network.score_all(*average, validation)[0], expected)
            history.append(entry)
            losses = []
            print(entry, flush=True)

    np.savez(options.out / "weights.npz", **{f"w:{k}": v for k, v in average[0].items()},
             **{f"s:{k}": v for k, v in average[1].items()})
    record = {"seed": options.seed, "recipe": how | earlier, "leaveOut": options.leave_out, "fold": options.fold,
              "dataHash": json.loads((options.prepared / "data.json").read_text())["dataHash"],
              "images": len(target), "seconds": round(time.time() - began, 1),
              "validationAUC": history[-1]["validationAUC"], "history": history}
    (options.out / "run.json").write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
