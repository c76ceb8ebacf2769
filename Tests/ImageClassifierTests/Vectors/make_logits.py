"""Writes logits.json: golden logits of ONNX Runtime, an implementation none of us wrote, on the bundled weights. To be
run again whenever the weights change.

    python Tests/ImageClassifierTests/Vectors/make_logits.py      (packages: Sources/ImageClassifier/Training)
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors import safe_open

HERE = pathlib.Path(__file__).resolve().parent
CLASSIFIER = HERE.parents[2] / "Sources" / "ImageClassifier"
WEIGHTS = CLASSIFIER / "Models" / "chest-pneumonia-kermany" / "weights.safetensors"
sys.path.insert(0, str(CLASSIFIER / "Training"))
import preprocess
from drawing import formula


def session(architecture: dict, prefix: str, tensors: dict) -> onnxruntime.InferenceSession:
    """The network of one member with its pooled head, from the operations of docs/integrate/model-operations.md."""
    nodes, initializers = [], []

    def constant(name: str, array) -> str:
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    def node(kind: str, inputs: list[str], to: str, **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [to], **attributes))
        return to

    for step in architecture["operations"]:
        if step["operation"] == "mean":
            node("AveragePool", [step["from"]], step["to"], kernel_shape=[step["size"]] * 2,
                 strides=[step["size"]] * 2)
            continue
        if step["operation"] != "convolution":
            raise SystemExit(f"{step['operation']}: no part of a member")
        name, kernel = f"{prefix}.{step['name']}", step["kernel"]
        weight = constant(f"{name}.weight", tensors[f"{name}.weight"].transpose(3, 2, 0, 1))
        bias = constant(f"{name}.bias", tensors[f"{name}.bias"])
        last = step["to"]
        value = node("Conv", [step["from"], weight, bias], f"{last}/sum", kernel_shape=[kernel] * 2,
                     strides=[step["stride"]] * 2, pads=[kernel // 2] * 4)
        if "add" in step:
            value = node("Add", [value, step["add"]], f"{last}/added")
        node("Relu" if step["rectify"] else "Identity", [value], last)
    pooled = node("Flatten", [node("GlobalAveragePool", [architecture["output"]], "pool")], "pooled")
    weight = constant("head.weight", tensors[f"{prefix}.head.weight"].reshape(-1, 1))
    node("Add", [node("MatMul", [pooled, weight], "score"), constant("head.bias", tensors[f"{prefix}.head.bias"])],
         "logit")
    side = architecture["side"]
    graph = helper.make_graph(
        nodes, "member", [helper.make_tensor_value_info(architecture["input"], TensorProto.FLOAT, ["n", 1, side, side])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def main() -> None:
    with safe_open(WEIGHTS, framework="numpy") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    architecture = json.loads(metadata["architecture"])
    members = json.loads(metadata["members"])
    sessions = [session(architecture, member, tensors) for member in members]
    images = []
    for seed in range(12):
        rows, columns, maximum = [(224, 224, 255), (301, 257, 4095), (520, 430, 65535)][seed % 3]
        prepared = preprocess.prepare(formula(rows, columns, seed, maximum), architecture["side"])
        views = np.stack([prepared, prepared[:, ::-1]])[:, None]
        logits = [[float(v) for v in one.run(None, {architecture["input"]: views})[0][:, 0]] for one in sessions]
        images.append({"seed": seed, "rows": rows, "columns": columns, "maximum": maximum,
                       "input": hashlib.sha256(prepared.astype("<f4").tobytes()).hexdigest(),
                       "logits": [[v.hex() for v in member] for member in logits],
                       "logit": float(np.mean(logits)).hex()})
    result = {"weights": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(), "members": members,
              "runtime": f"onnxruntime {onnxruntime.__version__}", "images": images}
    (HERE / "logits.json").write_text(json.dumps(result, indent=1) + "\n")
    print([round(float.fromhex(entry["logit"]), 4) for entry in images])


if __name__ == "__main__":
    main()
