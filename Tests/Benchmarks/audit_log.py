"""The audit log: how fast leaves are appended by a running gateway, and how fast a long log and a bundle are verified
offline."""

import sys
import time
from pathlib import Path

import long_log

from accept import lonely_gateway
from exams import Registry
from gateway import binary
from machine import Meter, best, run
from mllp_load import OTHER_MODALITY, LoadGenerator, database
from radiographs import ROOT
from scene import made_log
from start_up import start_seconds

LEAVES = 100_000
# What a gateway of many years has; written in Python, because that is what the format's description is for.
LONG = 1_000_000
BUNDLED = 10_000


def measure(folder: Path, runs: int) -> dict:
    generator = LoadGenerator(folder)
    gateway = lonely_gateway(folder / "log").start()
    try:
        meter = Meter(gateway.process.child.pid)
        before = meter.cpu_seconds()
        load, _ = generator.run(gateway.mllp_port, OTHER_MODALITY, connections=32, prefix="AUDIT", messages=LEAVES)
        appending = {"leaves_per_second": load["per_second"], "seconds": load["seconds"],
                     "cpu_ms_per_leaf_with_its_order": round((meter.cpu_seconds() - before) * 1000 / LEAVES, 3),
                     "rss_after_mib": meter.resident_mib()}
        gateway.stop()
        size = gateway.verify()["size"]
        command = [str(binary()), "audit", "verify", "--config", str(gateway.config), "--json"]
        verifying = best([run(*command, folder=folder) for _ in range(runs)])
        empty = lonely_gateway(folder / "empty").start()
        empty.stop()
        command[-2] = str(empty.config)
        nothing = best([run(*command, folder=folder) for _ in range(runs)])
        bundle = _bundle(gateway, folder, runs)
        restart = min(start_seconds(gateway) for _ in range(runs))
    finally:
        gateway.close()
    return {"leaves": size, "runs_each": runs, "append": appending,
            "database_bytes_per_order": round(database(gateway).stat().st_size / LEAVES),
            "verify": {"wall_s": round(verifying.wall, 2), "cpu_s": round(verifying.cpu, 2),
                       "of_that_start_cpu_s": round(nothing.cpu, 3),
                       "leaves_per_second": round(size / (verifying.wall - nothing.wall)),
                       "leaves_per_cpu_second": round(size / (verifying.cpu - nothing.cpu)),
                       "peak_rss_mib": verifying.peak_mib, "peak_rss_empty_log_mib": nothing.peak_mib},
            "start_on_this_folder_s": round(restart, 3), "bundle": bundle, "long_log": _long_log(folder / "long", runs)}


def _long_log(folder: Path, runs: int) -> dict:
    """A log of a million records with a checkpoint for each thousand, inside and outside."""
    scene = made_log(folder, Registry(1, []))
    began = time.monotonic()
    long_log.lengthen(scene, LONG)
    written = time.monotonic() - began
    command = [str(binary()), "audit", "verify", "--config", str(scene.config), "--json"]
    verifying = best([run(*command, folder=folder) for _ in range(runs)])
    if verifying.code != 0 or f'"size": {LONG}' not in verifying.output:
        raise RuntimeError(f"the long log is not intact: {verifying.output[-800:]}")
    return {"leaves": LONG, "checkpoints_each_place": len(scene.checkpoint_sizes()), "runs": runs,
            "database_mib": round(scene.database.stat().st_size / 2**20), "written_by_python_s": round(written),
            "verify_wall_s": round(verifying.wall, 2), "verify_cpu_s": round(verifying.cpu, 2),
            "leaves_per_second": round(LONG / verifying.wall), "peak_rss_mib": verifying.peak_mib}


def _bundle(gateway, folder: Path, runs: int) -> dict:
    """Export of some thousand records of a long log, and what its auditor needs to check them, by both programs."""
    key = (gateway.checkpoints / "audit-log.vkey").read_text().strip()
    file = folder / "bench.igaudit"
    exporting = run(str(binary()), "audit", "export", "--config", str(gateway.config), "--from", "2020-01-01", "--limit",
                    str(BUNDLED), "--out", str(file), folder=folder)
    if exporting.code != 0:
        raise RuntimeError(f"no bundle: {exporting.output[-500:]}")
    programs = {"audit_verifier": [str(binary().with_name("audit-verifier"))],
                "python_script": [sys.executable, str(ROOT / "docs" / "comply" / "verify_bundle.py")]}
    figures = {"records": BUNDLED, "mib": round(file.stat().st_size / 2**20, 1), "export_wall_s": round(exporting.wall, 2),
               "export_peak_rss_mib": exporting.peak_mib}
    for name, program in programs.items():
        if not Path(program[0]).exists():
            figures[name] = "NOT BUILT: swift build -c release --product audit-verifier"
            continue
        checking = best([run(*program, str(file), "--key", key, folder=folder) for _ in range(runs)])
        if checking.code != 0:
            raise RuntimeError(f"{name}: {checking.output[-500:]}")
        figures[name] = {"wall_s": round(checking.wall, 2), "records_per_second": round(BUNDLED / checking.wall),
                         "peak_rss_mib": checking.peak_mib}
    return figures
