"""`imaging-gateway classify`: the official test images as DX, and large images as detectors make them."""

import shutil
import subprocess
from pathlib import Path

import numpy
from PIL import Image

from exams import Registry
from gateway import binary
from machine import Finished, best, run
from mllp_load import Absent
from radiographs import dicom, grey_pixels, official_test_images

COPIES = 10


def measure(folder: Path, runs: int) -> dict:
    figures = {"runs_each": runs}
    try:
        figures |= _official(folder, runs)
    except Absent as reason:
        figures["skipped"] = str(reason)
    return figures | {"large": _large(folder, runs)}


def _official(folder: Path, runs: int) -> dict:
    images = official_test_images()
    if not images:
        raise Absent("NO ../shared: the official test images are not classified")
    registry = Registry(seed=465, images=[])
    files = []
    for path, label in images:
        files.append(folder / f"{path.stem}.dcm")
        files[-1].write_bytes(dicom(registry.exam(image=path, label=label)))
    alone, every = _classify(folder, files[:1], runs), _classify(folder, files, runs)
    marginal = (every.wall - alone.wall) / (len(files) - 1)
    return {"images": len(files), "wall_s": round(every.wall, 2), "cpu_s": round(every.cpu, 2),
            "images_per_second": round(1 / marginal, 1), "cpu_ms_per_image": _marginal_cpu(every, alone, len(files)),
            "one_image_with_start_s": round(alone.wall, 3), "peak_rss_mib": every.peak_mib,
            "peak_rss_one_image_mib": alone.peak_mib}


def large_image(exam, rows: int, columns: int, **changes) -> bytes:
    """The exam's radiograph blown up to the size of a detector: 12 bits stored in 16."""
    picture = Image.fromarray(grey_pixels(exam)).resize((columns, rows), Image.Resampling.BICUBIC)
    pixels = (numpy.asarray(picture).astype(numpy.uint16) << 4).astype("<u2")
    return dicom(exam, Rows=rows, Columns=columns, BitsAllocated=16, BitsStored=12, HighBit=11, WindowCenter="2048",
                 WindowWidth="4096", PixelData=pixels.tobytes(), **changes)


def _large(folder: Path, runs: int) -> dict:
    registry = Registry(1, official_test_images())
    exam = registry.exam()
    small, native = folder / "small.dcm", folder / "2500x2000.dcm"
    small.write_bytes(dicom(exam))
    native.write_bytes(large_image(exam, 2500, 2000))
    kinds = {"native": native}
    for name, flag in {"jpeg_lossless": "+e1", "jpeg_extended_12_bit": "+ee"}.items():
        if shutil.which("dcmcjpeg"):
            kinds[name] = folder / f"{name}.dcm"
            subprocess.run(["dcmcjpeg", flag, str(native), str(kinds[name])], check=True)
    base = _classify(folder, [small], runs)
    figures = {"rows_columns": "2500x2000", "peak_rss_small_image_mib": base.peak_mib}
    for name, file in kinds.items():
        copies = [folder / f"{name}-{number}.dcm" for number in range(COPIES + 1)]
        for copy in copies:
            shutil.copy(file, copy)
        one, all_ = _classify(folder, copies[:1], runs), _classify(folder, copies, runs)
        figures[name] = {"file_mib": round(file.stat().st_size / 2**20, 1),
                         "wall_ms_per_image": round((all_.wall - one.wall) * 1000 / COPIES, 1),
                         "cpu_ms_per_image": _marginal_cpu(all_, one, COPIES + 1),
                         "peak_rss_mib": one.peak_mib, "extra_mib": round(one.peak_mib - base.peak_mib, 1),
                         "peak_rss_of_11_mib": all_.peak_mib}
    return figures


def _marginal_cpu(many: Finished, one: Finished, count: int) -> float:
    """Milliseconds of CPU for each further image."""
    return round((many.cpu - one.cpu) * 1000 / (count - 1), 2)


def _classify(folder: Path, files: list[Path], runs: int) -> Finished:
    found = [run(str(binary()), "classify", "--json", *map(str, files), folder=folder) for _ in range(runs)]
    for each in found:
        if each.code != 0 or len(each.output.splitlines()) != len(files):
            raise RuntimeError(f"classify ended with {each.code}: {each.output[-500:]}")
    return best(found)
