"""Resident memory of `serve` against the size of the study: promise 10 says that it stays flat."""

import time
from pathlib import Path

import orders
from classifier import large_image
from exams import Registry
from gateway import Gateway
from hospital import Hospital
from machine import Meter
from radiographs import official_test_images

ROWS = COLUMNS = 3238  # 16 bit: 20.0 MiB
SIZES = (1, 10, 16)


def measure(folder: Path, runs: int) -> dict:
    registry = Registry(16, official_test_images())
    hospital = Hospital(folder / "partners")
    figures = {"instance_mib": round(ROWS * COLUMNS * 2 / 2**20, 1), "workers": 1}
    try:
        for count in SIZES:
            figures[f"instances_{count}"] = _study(hospital, registry, folder / f"instances-{count}", count)
    finally:
        hospital.close()
    return figures


def _study(hospital: Hospital, registry: Registry, folder: Path, count: int) -> dict:
    exam = hospital.register(registry.exam(), study=False)
    for number in range(count):
        uid = exam.instance_uid if number == 0 else registry.uid()
        hospital.orthanc.store([large_image(exam, ROWS, COLUMNS, SOPInstanceUID=uid, InstanceNumber=str(number + 1))])
    gateway = Gateway(folder, hospital.archive_base, hospital.ehr_base, limits={"workers": 1}).start()
    try:
        time.sleep(2)  # idle: the memory of the start has been given back
        meter = Meter(gateway.process.child.pid)
        before, cpu = meter.resident_mib(), meter.cpu_seconds()
        meter.forget_peak()
        began = time.monotonic()
        orders.send(gateway.mllp_port, orders.orm(exam))
        states = gateway.wait_settled(1)
        seconds = time.monotonic() - began
        peak, cpu = meter.peak_mib(), meter.cpu_seconds() - cpu
        time.sleep(2)
        return {"state": max(states, key=states.get), "before_mib": before, "peak_mib": peak,
                "peak_minus_before_mib": round(peak - before, 1), "after_mib": meter.resident_mib(),
                "order_to_end_s": round(seconds, 1), "cpu_s": round(cpu, 2)}
    finally:
        gateway.close()
