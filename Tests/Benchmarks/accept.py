"""Orders in: how many a second are stored and then acknowledged, and whether the store holds what was acknowledged.

Beside each, in the same run, a receiver of python-hl7 that stores nothing and one append with fdatasync per message,
one after the other: what the machine gives at this moment."""

import socket
import sys
from pathlib import Path

from gateway import Gateway
from machine import Meter, sync_milliseconds
from mllp_load import CHEST, OTHER_MODALITY, LoadGenerator, missing
from processes import Process, free_port

CONNECTIONS = (1, 8, 64)
HERE = Path(__file__).resolve().parent
BAD = ("rejected", "mismatch", "bad_ack", "timeouts", "unanswered")


def lonely_gateway(folder: Path, **settings) -> Gateway:
    """A gateway whose archive and EHR are not there, as in an outage: it must take orders all the same."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    limits = {"mllpConnectionsPerAddress": 100} | settings.pop("limits", {})
    return Gateway(folder, f"{nowhere}/dicom-web", f"{nowhere}/fhir", limits=limits, **settings)


def measure(folder: Path, runs: int) -> dict:
    generator = LoadGenerator(folder)
    figures = {"fdatasync_ms": sync_milliseconds(folder), "runs_each": runs}
    for connections in CONNECTIONS:
        # One after the other in each round, so that a busy moment meets all of them alike.
        found: dict[str, list[dict]] = {"other_modality": [], "chest": [], "python_hl7": []}
        for run in range(runs):
            for name, kind in (("other_modality", OTHER_MODALITY), ("chest", CHEST)):
                found[name].append(_once(generator, folder / f"{name}-{connections}-{run}", kind, connections))
            found["python_hl7"].append(_python_hl7(generator, folder, connections))
        for name, each in found.items():
            figures[f"{name}_{connections}_connections"] = max(each, key=lambda figure: figure["per_second"]) | {
                "per_second_of_all_runs": sorted(figure["per_second"] for figure in each),
                "acknowledged_of_all_runs": sum(figure["acknowledged"] for figure in each),
                "missing_of_all_runs": sum(figure.get("missing", 0) for figure in each)}
    return figures


def _once(generator: LoadGenerator, folder: Path, kind: dict[str, str], connections: int) -> dict:
    gateway = lonely_gateway(folder).start()
    try:
        figure, acknowledged = _load(generator, gateway.process, gateway.mllp_port, kind, connections)
    finally:
        gateway.close()  # SIGKILL: what was acknowledged must be there without a clean end
    return figure | {"missing": missing(gateway, acknowledged)}


def _python_hl7(generator: LoadGenerator, folder: Path, connections: int) -> dict:
    port = free_port()
    receiver = Process("python-hl7", [sys.executable, str(HERE / "python_hl7_receiver.py"), str(port)], folder)
    try:
        receiver.wait_ready(lambda: _listens(port))
        return _load(generator, receiver, port, OTHER_MODALITY, connections)[0]
    finally:
        receiver.kill()


def _load(
    generator: LoadGenerator, process: Process, port: int, kind: dict[str, str], connections: int
) -> tuple[dict, list[str]]:
    meter = Meter(process.child.pid)
    before, written = meter.cpu_seconds(), meter.written_bytes()
    load, acknowledged = generator.run(port, kind, connections=connections, prefix="L")
    cpu, written, peak = meter.cpu_seconds() - before, meter.written_bytes() - written, meter.peak_mib()
    return {"per_second": load["per_second"],
            "latency_ms": {name: round(load["lat_ms"][name], 2) for name in ("p50", "p95", "p99", "max")},
            "cpu_ms_per_order": round(cpu * 1000 / max(1, len(acknowledged)), 3), "peak_rss_mib": peak,
            "written_kib_per_order": round(written / 1024 / max(1, len(acknowledged)), 1),
            "message_bytes": load["message_bytes"], "acknowledged": len(acknowledged),
            "refused_or_unanswered": sum(load[name] for name in BAD)}, acknowledged


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
