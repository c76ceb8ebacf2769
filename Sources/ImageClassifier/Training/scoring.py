"""Scores a model folder without any training code: the folded weights in ONNX Runtime, the rest in numpy.

    scoring.Ensemble(folder).logits(images)      images: [n, side, side] float32, as preprocess.prepare makes them
"""

import pathlib

import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import weightsfile


def graph(architecture: dict, tensors: dict, prefix: str) -> onnx.ModelProto:
    """The operations of docs/integrate/model-operations.md as an ONNX model, images [n, 1, side, side]."""
    side = architecture["side"]
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    for operation in architecture["operations"]:
        source, target = operation["from"], operation["to"]
        kind = operation["operation"]
        if kind == "convolution":
            name = f"{prefix}.{operation['name']}"
            kernel = operation["kernel"]
            raw = f"{target}:sum" if "add" in operation or operation["rectify"] else target
            nodes.append(helper.make_node(
                "Conv", [source, constant(f"{name}.w", tensors[f"{name}.weight"].transpose(3, 2, 0, 1)),
                         constant(f"{name}.b", tensors[f"{name}.bias"])], [raw], kernel_shape=[kernel] * 2,
                strides=[operation["stride"]] * 2, pads=[kernel // 2] * 4))
            if "add" in operation:
                added = f"{target}:added" if operation["rectify"] else target
                nodes.append(helper.make_node("Add", [raw, operation["add"]], [added]))
                raw = added
            if operation["rectify"]:
                nodes.append(helper.make_node("Relu", [raw], [target]))
        elif kind == "mean":
            size = operation["size"]
            nodes.append(helper.make_node("AveragePool", [source], [target], kernel_shape=[size] * 2,
                                          strides=[size] * 2))
        elif kind == "linear":
            name = f"{prefix}.{operation['name']}"
            nodes.append(helper.make_node("Transpose", [source], [f"{target}:last"], perm=[0, 2, 3, 1]))
            nodes.append(helper.make_node("Flatten", [f"{target}:last"], [f"{target}:flat"], axis=1))
            nodes.append(helper.make_node(
                "Gemm", [f"{target}:flat", constant(f"{name}.w", tensors[f"{name}.weight"]),
                         constant(f"{name}.b", tensors[f"{name}.bias"])], [target]))
        else:
            raise ValueError(f"unknown operation {kind}")
    model = helper.make_model(
        helper.make_graph(nodes, "net", [helper.make_tensor_value_info("image", TensorProto.FLOAT,
                                                                       ["n", 1, side, side])],
                          [helper.make_tensor_value_info(architecture["output"], TensorProto.FLOAT, None)],
                          constants), opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    return model


class Network:
    """One network of a weights file: images → its output value, channels last."""

    def __init__(self, architecture: dict, tensors: dict, prefix: str, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            graph(architecture, tensors, prefix).SerializeToString(), options, providers=["CPUExecutionProvider"])

    def __call__(self, images: np.ndarray, batch: int = 64) -> np.ndarray:
        images = np.ascontiguousarray(images[:, None], dtype=np.float32)
        output = np.concatenate([self.session.run(None, {"image": images[start:start + batch]})[0]
                                 for start in range(0, len(images), batch)])
        return output.transpose(0, 2, 3, 1) if output.ndim == 4 else output


class Ensemble:
    """The members of a model folder, its calibration and its decisions."""

    def __init__(self, folder: pathlib.Path):
        self.tensors, self.metadata = weightsfile.read(pathlib.Path(folder))
        self.architecture = json.loads(self.metadata["architecture"])
        self.names = json.loads(self.metadata["members"])
        self.side = int(self.metadata["input.side"])
        self.slope, self.intercept = (float(self.metadata[f"calibration.{name}"]) for name in ("slope", "intercept"))
        self.threshold, self.negative, self.positive = (
            float(self.metadata[f"decision.{name}"]) for name in ("threshold", "negativeLimit", "positiveLimit"))
        self.framings = json.loads(self.metadata["framings"])
        self.networks = [Network(self.architecture, self.tensors, name) for name in self.names]
        self.heads = [(self.tensors[f"{name}.head.weight"].astype(np.float64),
                       float(self.tensors[f"{name}.head.bias"][0])) for name in self.names]

    def features(self, images: np.ndarray) -> list[np.ndarray]:
        """The last feature map of each member, float64."""
        return [network(images).astype(np.float64) for network in self.networks]

    def pooled(self, images: np.ndarray) -> np.ndarray:
        """[n, channels · members] of the unmirrored images, for the gate."""
        return np.concatenate([each.mean((1, 2)) for each in self.features(images)], axis=1)

    def member_logits(self, images: np.ndarray) -> np.ndarray:
        """[members, n], each of the image as it is."""
        return np.stack([each.mean((1, 2)) @ weight + bias
                         for each, (weight, bias) in zip(self.features(images), self.heads)])

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The score: the mean over members and {image, mirrored image}."""
        return (self.member_logits(images).mean(0) + self.member_logits(images[:, :, ::-1]).mean(0)) / 2

    def maps(self, images: np.ndarray) -> np.ndarray:
        """[n, rows, columns] whose mean plus the mean bias is the logit."""
        straight, mirrored = self.features(images), self.features(images[:, :, ::-1])
        return np.mean([(a @ weight + b[:, :, ::-1] @ weight) / 2
                        for a, b, (weight, _) in zip(straight, mirrored, self.heads)], axis=0)

    def probability(self, logits: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(self.slope * logits + self.intercept)))

    def spread(self, images: np.ndarray, framed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(lowest probability, highest, deviation of the logit) over members × {image, mirrored, framings};
        `framed` is [n, framings, side, side]."""
        views = [self.member_logits(images), self.member_logits(images[:, :, ::-1])]
        views += [self.member_logits(framed[:, index]) for index in range(framed.shape[1])]
        every = np.concatenate(views)
        probability = self.probability(every)
        return probability.min(0), probability.max(0), every.std(0)
