"""The audit log: how fast leaves are appended by a running gateway, and how fast a long log is verified offline."""

from pathlib import Path

from accept import lonely_gateway
from gateway import binary
from machine import Meter, best, run
from mllp_load import OTHER_MODALITY, LoadGenerator, database
from start_up import start_seconds

LEAVES = 100_000


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
            "start_on_this_folder_s": round(restart, 3)}
