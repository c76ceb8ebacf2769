"""The weights file: safetensors in one byte order, format `imaging-gateway/model/1`.

Everything that decides a score, a decision or a refusal is in this one file, so that its SHA-256 names the model.
"""

import hashlib
import json
import pathlib

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

FORMAT = "imaging-gateway/model/1"
LICENCE = "CC-BY-4.0"
ATTRIBUTION = ("Trained on: Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest "
               "X-Ray Images for Classification. Mendeley Data, DOI 10.17632/rscbjbr9sj, CC BY 4.0; "
               "Kermany et al., Cell 172(5), 2018, DOI 10.1016/j.cell.2018.02.010.")


def text(value) -> str:
    """Metadata values are strings; structures are compact JSON, numbers the shortest that reads back the same."""
    if isinstance(value, str):
        return value
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    return json.dumps(value, separators=(",", ":"), sort_keys=False)


def ordered(content: bytes) -> bytes:
    """The same file with its header in one order: the library writes the metadata in another order each time, and the
    file's SHA-256 is the model's name."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + length])
    line = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    line += b" " * (-len(line) % 8)
    return len(line).to_bytes(8, "little") + line + content[8 + length:]


def write(folder: pathlib.Path, tensors: dict, metadata: dict) -> str:
    """Writes `weights.safetensors` and its hash into an existing `model.json` (or a new one); returns the hash."""
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise SystemExit(f"{name}: not finite")
    content = ordered(save({name: np.ascontiguousarray(tensor, dtype=np.float32)
                            for name, tensor in sorted(tensors.items())},
                           {name: text(value) for name, value in metadata.items()}))
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.safetensors").write_bytes(content)
    path = folder / "model.json"
    description = json.loads(path.read_text()) if path.exists() else {"id": folder.name}
    description["weightsSHA256"] = digest
    path.write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")
    return digest


def read(folder: pathlib.Path) -> tuple[dict, dict]:
    """(tensors, metadata) of a model folder."""
    with safe_open(folder / "weights.safetensors", "numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()
