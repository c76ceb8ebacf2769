"""The classifier's network alone beside ONNX Runtime: the same weights, the same prepared images, one run.

    python network.py PROGRAM [--weights FILE] [--seconds 0.4] [--rounds 12] [--slow 15] [--out FILE]

PROGRAM is the built `network-forward` (Tests/Benchmarks/NetworkForward); `make bench-network` builds it and calls this.
The official test images of ../shared are used where they are, seeded noise where not. Before anything is timed, every path
of this processor must give the same bits, and so must the C library without hardware fused multiply-add (a thousand times
slower, so on the first images only), and the logits must agree with ONNX Runtime.

Short slices of each take turns, so that a busy moment meets all alike. On one thread an image costs processor time; two
threads are compared by images a second of wall clock, slice by slice next to each other."""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODEL = ROOT / "Sources" / "ImageClassifier" / "Models" / "chest-pneumonia-kermany" / "weights.safetensors"
TRAINING = ROOT / "Sources" / "ImageClassifier" / "Training"
OFFICIAL = Path(os.environ.get("IMAGING_GATEWAY_SHARED", ROOT.parent / "shared")) / "data/cxr-kermany-224/test"
# glibc then takes its fmaf without the instruction.
SOFTWARE = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"}
BATCHES = (1, 8, 64)
NEEDED = ("numpy", "onnx", "onnxruntime", "PIL")


class Weights:
    """A safetensors file: eight bytes of length, JSON, tensors."""

    def __init__(self, path: Path):
        import numpy
        content = path.read_bytes()
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8:8 + length])
        self.path, self.metadata = path, header.pop("__metadata__")
        body = memoryview(content)[8 + length:]
        self.tensors = {name: numpy.frombuffer(body[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
                        for name, entry in header.items()}
        self.architecture = json.loads(self.metadata["architecture"])
        self.member = json.loads(self.metadata["members"])[0]


def onnx_model(weights: Weights) -> bytes:
    """The operations of docs/integrate/model-operations.md as an ONNX graph, with the pooled head."""
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    nodes, constants = [], []

    def constant(name, array):
        constants.append(numpy_helper.from_array(numpy.ascontiguousarray(array, numpy.float32), name))
        return name

    def node(kind, inputs, to, **attributes):
        nodes.append(helper.make_node(kind, inputs, [to], **attributes))
        return to

    for step in weights.architecture["operations"]:
        if step["operation"] == "mean":
            node("AveragePool", [step["from"]], step["to"], kernel_shape=[step["size"]] * 2, strides=[step["size"]] * 2)
            continue
        name, kernel = f"{weights.member}.{step['name']}", step["kernel"]
        value = node("Conv", [step["from"], constant(f"{name}.w", weights.tensors[f"{name}.weight"].transpose(3, 2, 0, 1)),
                              constant(f"{name}.b", weights.tensors[f"{name}.bias"])], f"{step['to']}/sum",
                     kernel_shape=[kernel] * 2, strides=[step["stride"]] * 2, pads=[kernel // 2] * 4)
        if "add" in step:
            value = node("Add", [value, step["add"]], f"{step['to']}/added")
        node("Relu" if step["rectify"] else "Identity", [value], step["to"])
    node("Flatten", [node("GlobalAveragePool", [weights.architecture["output"]], "pool")], "pooled")
    head = constant("head.w", weights.tensors[f"{weights.member}.head.weight"].reshape(-1, 1))
    node("Add", [node("MatMul", ["pooled", head], "score"),
                 constant("head.b", weights.tensors[f"{weights.member}.head.bias"])], "logit")
    side = weights.architecture["side"]
    graph = helper.make_graph(
        nodes, "member", [helper.make_tensor_value_info(weights.architecture["input"], TensorProto.FLOAT, ["n", 1, side, side])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


def session(model: bytes, threads: int):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def prepared_images(side: int):
    """What the network sees, as the preprocessing makes it; noise where the official images are not."""
    import numpy
    files = sorted(OFFICIAL.rglob("*.jpeg"))
    if not files:
        print("NO ../shared: seeded noise instead of the official test images", file=sys.stderr)
        return numpy.random.default_rng(6).normal(0, 1, (64, side, side)).astype(numpy.float32), "seeded noise"
    sys.path.append(str(TRAINING))
    import preprocess
    from PIL import Image
    pictures = [preprocess.prepare(numpy.asarray(Image.open(file).convert("L")), side) for file in files]
    return numpy.stack(pictures).astype(numpy.float32), "official test images"


class Forward:
    """A running `network-forward`."""

    def __init__(self, program: Path, weights: Path, images: Path, **environment: str):
        self.child = subprocess.Popen([program, weights, images], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                      env=os.environ | environment)
        self.paths = self.child.stdout.readline().split(" images ")[0].split()[1:]

    def ask(self, question: str) -> list[str]:
        self.child.stdin.write(question + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().split()

    def logits(self, path: str, count: int) -> tuple[str, list[float]]:
        digest, *logits = self.ask(f"logits {path} {count}")
        return digest, [float(text) for text in logits]

    def rates(self, path: str, tasks: int, seconds: float) -> tuple[float, float]:
        done, wall, processor = (float(text) for text in self.ask(f"time {path} {tasks} {seconds}"))
        return done / wall, done / processor

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def onnx_rates(runtime, name: str, images, batch: int, seconds: float) -> tuple[float, float]:
    """Images a second of wall clock and of processor time."""
    batches = [images[start:start + batch, None].copy() for start in range(0, len(images) - batch + 1, batch)]
    done, wall, processor = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - wall < seconds:
        runtime.run(None, {name: batches[done % len(batches)]})
        done += 1
    return done * batch / (time.perf_counter() - wall), done * batch / (time.process_time() - processor)


def onnx_pair(runtime, name: str, images, batch: int, seconds: float) -> tuple[float, float]:
    """Two threads of ours that each run a session of one thread: no waiting for each other inside a layer."""
    processor = time.process_time()
    with ThreadPoolExecutor(2) as pool:
        rates = list(pool.map(lambda _: onnx_rates(runtime, name, images, batch, seconds)[0], range(2)))
    return sum(rates), sum(rates) * seconds / (time.process_time() - processor)


def compare(program: Path, weights: Path = MODEL, seconds: float = 0.4, rounds: int = 12,
            slow: int = 15) -> dict:
    import onnxruntime
    read = Weights(weights)
    images, source = prepared_images(read.architecture["side"])
    name, model = read.architecture["input"], onnx_model(read)
    one, two = session(model, 1), session(model, 2)
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        images.astype("<f4").tofile(file.name)
        ours = Forward(program, weights, Path(file.name))
        software = Forward(program, weights, Path(file.name), **SOFTWARE)
        try:
            checks = _check(ours, software, one.run(None, {name: images[:, None]})[0][:, 0], min(slow, len(images)))
            figures = _timed(ours, {1: one, 2: two}, name, images, seconds, rounds)
            library = {"fmaf_ms": round(1000 / ours.rates("baseline", 1, 1)[1], 1),
                    "fmaf_without_the_instruction_ms": round(1000 / software.rates("baseline", 1, 1)[1], 1)}
        finally:
            ours.close()
            software.close()
    return {"images": len(images), "of": source, "side": read.architecture["side"], "member": read.member,
            "onnxruntime": onnxruntime.__version__, "seconds_each": seconds, "rounds": rounds} | checks | figures | {
                "baseline_cpu_per_image": library}


def _check(ours: Forward, software: Forward, expected, slow: int) -> dict:
    """Bits and logits: of all images on the fast paths, of the first ones by the C library."""
    fast, every = [path for path in ours.paths if path != "baseline"], len(expected)
    answers = {path: (every, *ours.logits(path, every)) for path in fast}
    answers["baseline"] = slow, *ours.logits("baseline", slow)
    answers["baseline, C library without FMA"] = slow, *software.logits("baseline", slow)
    if fast:
        answers["first images"] = slow, *ours.logits(fast[0], slow)
    for count in (every, slow):
        if len({digest for images, digest, _ in answers.values() if images == count}) > 1:
            raise SystemExit(f"the paths differ: { {path: digest for path, (_, digest, _) in answers.items()} }")
    difference = max(abs(a - b) for count, _, logits in answers.values()
                     for a, b in zip(logits, expected[:count], strict=True))
    if difference > 5e-5:
        raise SystemExit(f"ONNX Runtime differs by {difference}")
    answers.pop("first images", None)
    return {"same_bits_on_images": {path: count for path, (count, _, _) in answers.items()},
            "largest_difference_of_logits": float(f"{difference:.2g}")}


def _timed(ours: Forward, runtimes: dict, name: str, images, seconds: float, rounds: int) -> dict:
    fast = [path for path in ours.paths if path != "baseline"] or ours.paths
    contenders = {f"{path}, {tasks} thread{'s' * (tasks > 1)}": (lambda path=path, tasks=tasks:
                                                                 ours.rates(path, tasks, seconds))
                  for tasks in (1, 2) for path in fast}
    for tasks, runtime in runtimes.items():
        for batch in BATCHES:
            contenders[f"ONNX Runtime, {tasks} thread{'s' * (tasks > 1)}, batch {batch}"] = (
                lambda runtime=runtime, batch=batch: onnx_rates(runtime, name, images, batch, seconds))
    contenders["ONNX Runtime, 2 sessions of 1 thread, batch 8"] = lambda: onnx_pair(runtimes[1], name, images, 8, seconds)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for contender, run in contenders.items():
            found[contender].append(run())
    table = {contender: {"cpu_ms": round(1000 / max(cpu for _, cpu in each), 3),
                         "cpu_ms_median": round(1000 / statistics.median(cpu for _, cpu in each), 3),
                         "per_second": round(max(wall for wall, _ in each)),
                         "per_second_median": round(statistics.median(wall for wall, _ in each))}
             for contender, each in found.items()}
    # Against the best of its batches: one thread by processor time, two by images a second.
    mine, theirs = f"{fast[0]}, 1 thread", [name for name in table if name.startswith("ONNX Runtime, 1")]
    both, their_both = f"{fast[0]}, 2 threads", [name for name in table if name.startswith("ONNX Runtime, 2")]
    return {"contenders": table, "ratios": {
        "time of one image, one thread, against batch 1": round(
            table[mine]["cpu_ms"] / table["ONNX Runtime, 1 thread, batch 1"]["cpu_ms"], 2),
        "time of one image, one thread, against its best batch": round(
            table[mine]["cpu_ms"] / min(table[name]["cpu_ms"] for name in theirs), 2),
        "images a second, two threads, against its best way with two": round(
            table[both]["per_second"] / max(table[name]["per_second"] for name in their_both), 2)}}


def measure(_folder: Path, runs: int) -> dict:
    """For run.py."""
    from mllp_load import Absent
    program = Path(os.environ.get("IMAGING_GATEWAY_NETWORK_FORWARD",
                                  ROOT / ".build" / "release" / "network-forward"))
    if not program.exists():
        raise Absent(f"NO {program.name}: IMAGING_GATEWAY_BENCHMARKS=1 swift build -c release --product network-forward")
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise Absent(f"NO {', '.join(missing)} in this Python: pip install -r Sources/ImageClassifier/Training/requirements.txt")
    return compare(program, rounds=4 * runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--weights", type=Path, default=MODEL)
    parser.add_argument("--seconds", type=float, default=0.4)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--slow", type=int, default=15, help="images on the paths through the C library; 465 is all")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    import machine
    figures = {"machine": machine.description()} | compare(
        arguments.program, arguments.weights, arguments.seconds, arguments.rounds, arguments.slow)
    text = json.dumps(figures, indent=2)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
