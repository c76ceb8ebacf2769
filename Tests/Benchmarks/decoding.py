"""What it costs that codecs run in a child process: each frame decoded in the measuring process and in a child."""

import json
import subprocess
from pathlib import Path

from gateway import binary
from mllp_load import Absent
from radiographs import ROOT, shared

FRAMES = 199  # as many as one child gets after its first
FILES = {
    "JPEG baseline": "chest_pa_adult_jpegbaseline_mono2_8bit.dcm", "JPEG lossless": "hip_cr_jpegll_mono2_10bit.dcm",
    "JPEG-LS": "chest_pa_cr_jpegls_mono1_15bit.dcm", "JPEG 2000": "extremity_cr_j2k_mono1_10bit.dcm",
    "RLE": "extremity_cr_rle_mono1_10bit.dcm", "JPEG-LS, 64 × 64": "MR_small_jpeg_ls_lossless.dcm",
}


def measure(folder: Path, runs: int) -> dict:
    samples = shared() and shared() / "data" / "dicom-samples"
    program = binary().parent / "decode-frames"
    if not samples:
        raise Absent("NO ../shared: there are no samples")
    if not program.exists():
        raise Absent(f"no {program}: IMAGING_GATEWAY_BENCHMARKS=1 swift build -c release --product decode-frames")
    return {"files": {name: _best(program, samples / file, runs) for name, file in FILES.items()}}


def _best(program: Path, file: Path, runs: int) -> dict:
    """The least of several runs, figure by figure."""
    figures = [json.loads(subprocess.run([program, binary(), file, str(FRAMES)], cwd=ROOT, check=True,
                                         capture_output=True, timeout=1200).stdout) for _ in range(runs)]
    best = figures[0]
    for part in ("inProcess", "inChild", "start"):
        best[part] = {key: min(run[part][key] for run in figures) for key in best[part]}
    return best | {"ratio": round(best["inChild"]["cpuMs"] / best["inProcess"]["cpuMs"], 2)}
