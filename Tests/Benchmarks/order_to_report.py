"""From the acknowledgement of an order to its report in the EHR, with Orthanc and sekmet-fhir as partners."""

import datetime
import statistics
import time
from pathlib import Path

import orders
import yaml
from exams import Registry
from gateway import Gateway
from hospital import Hospital
from machine import Meter
from radiographs import official_test_images

ORDERS = 20


def measure(folder: Path, runs: int) -> dict:
    images = official_test_images()
    registry = Registry(20261121, images)
    hospital = Hospital(folder / "partners")
    figures = {"orders": ORDERS, "runs_each": runs, "radiographs": "official test images" if images else "drawn"}
    try:
        for settle in ("0s", "1s"):
            for workers in (1, 2):
                found = [_burst(hospital, registry, folder / f"settle-{settle}-{workers}-{run}", settle, workers)
                         for run in range(runs)]
                figures[f"settle_{settle}_workers_{workers}"] = min(found, key=lambda figure: figure["median_s"])
        figures["one_at_a_time_settle_0s"] = _one_at_a_time(hospital, registry, folder / "one-at-a-time")
    finally:
        hospital.close()
    return figures


def _burst(hospital: Hospital, registry: Registry, folder: Path, settle: str, workers: int) -> dict:
    """All orders at once."""
    exams = registry.several(ORDERS)
    hospital.prepare(*exams)
    gateway = _gateway(hospital, folder, settle, workers)
    try:
        meters = {"gateway": gateway.process, "orthanc": hospital.orthanc.process, "sekmet": hospital.sekmet.process}
        meters = {name: Meter(process.child.pid) for name, process in meters.items()}
        before = {name: meter.cpu_seconds() for name, meter in meters.items()}
        acknowledged = {exam.serial: _send(gateway, exam) for exam in exams}
        gateway.wait_for(delivered=ORDERS, timeout=240)
        cpu = {name: meter.cpu_seconds() - before[name] for name, meter in meters.items()}
    finally:
        gateway.close()
    delays = [_taken(hospital, exam) - acknowledged[exam.serial] for exam in exams]
    return {"median_s": round(statistics.median(delays), 3), "worst_s": round(max(delays), 3),
            "cpu_ms_per_order": {name: round(value * 1000 / ORDERS) for name, value in cpu.items()}}


def _one_at_a_time(hospital: Hospital, registry: Registry, folder: Path) -> dict:
    """Each order after the report of the one before: the delay without a queue."""
    gateway = _gateway(hospital, folder, "0s", 2)
    delays = []
    try:
        for number in range(1, ORDERS + 1):
            exam = registry.exam()
            hospital.prepare(exam)
            acknowledged = _send(gateway, exam)
            gateway.wait_for(delivered=number, timeout=60)
            delays.append(_taken(hospital, exam) - acknowledged)
    finally:
        gateway.close()
    return {"median_s": round(statistics.median(delays), 3), "worst_s": round(max(delays), 3)}


def _gateway(hospital: Hospital, folder: Path, settle: str, workers: int) -> Gateway:
    gateway = Gateway(folder, hospital.archive_base, hospital.ehr_base, limits={"workers": workers})
    gateway.settings["archives"][0]["settleTime"] = settle
    gateway.config.write_text(yaml.safe_dump(gateway.settings))
    return gateway.start()


def _send(gateway: Gateway, exam) -> float:
    answer = orders.send(gateway.mllp_port, orders.orm(exam))
    if orders.code_of(answer) != "AA":
        raise AssertionError(f"not accepted: {answer}")
    return time.time()


def _taken(hospital: Hospital, exam) -> float:
    """When the EHR took the one report of the exam, by its own clock (the same machine's)."""
    [report] = hospital.reports_by_order(exam)
    return datetime.datetime.fromisoformat(report["meta"]["lastUpdated"].replace("Z", "+00:00")).timestamp()
