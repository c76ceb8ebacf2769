"""Writes vectors.json: golden values of each preprocessing stage and golden logits of ONNX Runtime on the shipped
weights. All images come from the integer formula below, so none is committed.

    python Tests/ImageClassifierTests/Vectors/make_vectors.py      (packages: Sources/ImageClassifier/Training)
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

HERE = pathlib.Path(__file__).resolve().parent
CLASSIFIER = HERE.parents[2] / "Sources" / "ImageClassifier"
sys.path.insert(0, str(CLASSIFIER / "Training"))
import network
import preprocess


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


def hexes(values) -> list[str]:
    return [float(v).hex() for v in np.asarray(values, np.float64).ravel()]


def onnx_session(tensors) -> onnxruntime.InferenceSession:
    nodes, initializers, count = [], [], 0

    def constant(name, array):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    def node(kind, inputs, **attributes):
        nonlocal count
        count += 1
        nodes.append(helper.make_node(kind, inputs, [f"v{count}"], **attributes))
        return f"v{count}"

    shapes = {name: (kernel, stride) for name, _, _, kernel, stride in network.layers()}

    def convolve(name, x):
        kernel, stride = shapes[name]
        weight = constant(f"{name}.weight", tensors[f"{name}.weight"].transpose(3, 2, 0, 1))
        bias = constant(f"{name}.bias", tensors[f"{name}.bias"])
        return node("Conv", [x, weight, bias], kernel_shape=[kernel] * 2, strides=[stride] * 2,
                    pads=[kernel // 2] * 4)

    x = node("Relu", [convolve("stem", "image")])
    for stage in range(len(network.CHANNELS)):
        for block in range(network.BLOCKS):
            name = f"stage{stage}.block{block}"
            y = convolve(f"{name}.conv1", node("Relu", [convolve(f"{name}.conv0", x)]))
            x = node("Relu", [node("Add", [y, convolve(f"{name}.shortcut", x) if block == 0 else x])])
    pooled = node("Flatten", [node("GlobalAveragePool", [x])])
    weight = constant("head.weight", tensors["head.weight"].reshape(-1, 1))
    logit = node("Add", [node("MatMul", [pooled, weight]), constant("head.bias", tensors["head.bias"])])
    graph = helper.make_graph(
        nodes, "model", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 96, 96])],
        [helper.make_tensor_value_info(logit, TensorProto.FLOAT, ["n", 1])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def linear(values, centre, width):
    half = (width - 1) / 2
    middle = np.clip((values - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)
    return np.where(values <= centre - 0.5 - half, 0, np.where(values > centre - 0.5 + half, 1, middle))


def main() -> None:
    folder = CLASSIFIER / "Models" / "chest-pneumonia-kermany"
    tensors = load_file(folder / "weights.safetensors")
    session = onnx_session(tensors)

    values = np.array([-1024.0, -1, 0, 1, 2, 39.5, 40, 41, 127, 128, 1000, 4095])
    voi = {
        "linear 40 400": hexes(linear(values, 40, 400)), "linear 2048 4096": hexes(linear(values, 2048, 4096)),
        "linearExact 40 400": hexes(np.clip((values - 40) / 400 + 0.5, 0, 1)),
        "sigmoid 40 400": hexes(1 / (1 + np.exp(-4 * (values - 40) / 400)))}
    small = formula(37, 53, 4, 4095)
    odd = formula(120, 101, 2, 255)
    logits = []
    for seed in range(12):
        rows, columns, maximum = [(224, 224, 255), (301, 257, 4095), (520, 430, 65535)][seed % 3]
        image = formula(rows, columns, seed, maximum)
        prepared = preprocess.prepare(image, 96)
        logit = float(session.run(None, {"image": prepared[None, None]})[0][0, 0])
        logits.append({"seed": seed, "rows": rows, "columns": columns, "maximum": maximum, "logit": logit.hex(),
                       "input": hashlib.sha256(prepared.astype("<f4").tobytes()).hexdigest()})
    vectors = {
        "weights": hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest(),
        "formula": [int(v) for v in formula(5, 7, 3, 4095).ravel()],
        "voi": {"values": hexes(values), "expected": voi},
        "percentiles": hexes(preprocess.percentiles(small)),
        "resize": {"53x37 to 8": hexes(preprocess.resize(small / 4096, 8)),
                   "53x37 to 60": hexes(preprocess.resize(small / 4096, 60)[7])},
        "standardise": hexes(preprocess.standardise(odd / 256)[:2]), "logits": logits,
        "runtime": f"onnxruntime {onnxruntime.__version__}"}
    (HERE / "vectors.json").write_text(json.dumps(vectors, indent=1) + "\n")
    print([round(float.fromhex(entry["logit"]), 4) for entry in logits])


if __name__ == "__main__":
    main()
