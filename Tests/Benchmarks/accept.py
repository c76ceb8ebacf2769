"""Orders in: how many a second are stored and then acknowledged, and whether the store holds what was acknowledged."""

from pathlib import Path

from gateway import Gateway
from machine import Meter, sync_milliseconds
from mllp_load import CHEST, OTHER_MODALITY, LoadGenerator, missing
from processes import free_port

CONNECTIONS = (1, 8, 32)


def lonely_gateway(folder: Path, **settings) -> Gateway:
    """A gateway whose archive and EHR are not there, as in an outage: it must take orders all the same."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    return Gateway(folder, f"{nowhere}/dicom-web", f"{nowhere}/fhir", **settings)


def measure(folder: Path, runs: int) -> dict:
    generator = LoadGenerator(folder)
    figures = {"fdatasync_ms": sync_milliseconds(folder), "runs_each": runs}
    for name, kind in (("other_modality", OTHER_MODALITY), ("chest", CHEST)):
        for connections in CONNECTIONS:
            found = [_once(generator, folder / f"{name}-{connections}-{run}", kind, connections) for run in range(runs)]
            figures[f"{name}_{connections}_connections"] = max(found, key=lambda figure: figure["per_second"]) | {
                "per_second_of_all_runs": sorted(figure["per_second"] for figure in found),
                "acknowledged_of_all_runs": sum(figure["acknowledged"] for figure in found),
                "missing_of_all_runs": sum(figure["missing"] for figure in found)}
    return figures


def _once(generator: LoadGenerator, folder: Path, kind: dict[str, str], connections: int) -> dict:
    gateway = lonely_gateway(folder).start()
    try:
        meter = Meter(gateway.process.child.pid)
        before = meter.cpu_seconds()
        load, acknowledged = generator.run(gateway.mllp_port, kind, connections=connections, prefix="L")
        cpu, peak = meter.cpu_seconds() - before, meter.peak_mib()
    finally:
        gateway.close()  # SIGKILL: what was acknowledged must be there without a clean end
    bad = ("rejected", "mismatch", "bad_ack", "timeouts", "unanswered")
    return {"per_second": load["per_second"],
            "latency_ms": {name: round(load["lat_ms"][name], 2) for name in ("p50", "p95", "p99", "max")},
            "cpu_ms_per_order": round(cpu * 1000 / max(1, len(acknowledged)), 3), "peak_rss_mib": peak,
            "message_bytes": load["message_bytes"], "acknowledged": len(acknowledged),
            "refused_or_unanswered": sum(load[name] for name in bad),
            "missing": missing(gateway, acknowledged)}
