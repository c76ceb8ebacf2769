"""The program itself: how big, how soon ready, how much it holds while idle."""

import socket
import subprocess
import time
from pathlib import Path

from gateway import Gateway, binary
from machine import Meter, best, run


def measure(folder: Path, runs: int) -> dict:
    from accept import lonely_gateway  # accept and audit_log time starts with this module

    stripped = folder / "stripped"
    subprocess.run(["strip", "-s", "-o", str(stripped), str(binary())], check=True)
    resources = sum(path.stat().st_size for bundle in binary().parent.glob("imaging-gateway_*.resources")
                    for path in bundle.rglob("*") if path.is_file())
    gateway = lonely_gateway(folder / "gateway")
    first = start_seconds(gateway)
    again = [start_seconds(gateway) for _ in range(runs)]
    gateway.start()
    try:
        time.sleep(5)
        meter = Meter(gateway.process.child.pid)
        cpu = meter.cpu_seconds()
        time.sleep(10)
        idle = {"rss_mib": meter.resident_mib(), "peak_rss_mib": meter.peak_mib(), "threads": meter.status("Threads"),
                "cpu_percent_of_one_core": round((meter.cpu_seconds() - cpu) * 10, 2)}
    finally:
        gateway.close()
    help_ = best([run(str(binary()), "--help", folder=folder) for _ in range(runs)])
    return {"binary_mib": round(binary().stat().st_size / 2**20, 1), "runs_each": runs,
            "binary_stripped_mib": round(stripped.stat().st_size / 2**20, 1),
            "resources_mib": round(resources / 2**20, 2),
            "first_start_with_new_store_s": round(first, 3), "start_s": round(min(again), 3), "idle": idle,
            "help_wall_s": round(help_.wall, 3)}


def start_seconds(gateway: Gateway) -> float:
    """From the start of the process to the first positive answer of /health/ready; the process is ended afterwards."""
    began = time.monotonic()
    process = subprocess.Popen([str(binary()), "serve", "--config", str(gateway.config)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=gateway.folder)
    try:
        while not _ready(gateway.admin_port):
            if process.poll() is not None or time.monotonic() - began > 60:
                raise RuntimeError("serve did not become ready")
            time.sleep(0.002)
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait(20)


def _ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
