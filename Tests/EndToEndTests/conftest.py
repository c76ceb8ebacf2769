"""One hospital for the whole run; for each test a gateway with an empty data folder."""

import itertools
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import pytest

from exams import Registry
from gateway import Gateway
from hospital import Hospital
from radiographs import ROOT, official_test_images

SEED = int(os.environ.get("IMAGING_GATEWAY_SEED", "20261121"))
_numbers = itertools.count(1)
_figures: dict = {}
RESULTS = Path(os.environ.get("IMAGING_GATEWAY_RESULTS", ROOT / ".build-e2e"))


def pytest_report_header():
    images = official_test_images()
    source = f"{len(images)} official test radiographs" if images else "NO ../shared: drawn images only"
    return [f"end-to-end: {source}; seed {SEED}; figures in {RESULTS.name}/"]


@pytest.fixture(scope="session")
def workplace():
    """A folder that only we can read; kept when IMAGING_GATEWAY_KEEP is set."""
    folder = Path(tempfile.mkdtemp(prefix="imaging-gateway-e2e-"))
    yield folder
    if os.environ.get("IMAGING_GATEWAY_KEEP"):
        print(f"\nkept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def registry():
    images = official_test_images()
    if not images:
        warnings.warn("../shared is absent: the flow runs on drawn images, the classifier's figures are not shown")
    return Registry(SEED, images)


@pytest.fixture(scope="session")
def whole_hospital(workplace):
    hospital = Hospital(workplace / "partners")
    yield hospital
    hospital.close()


@pytest.fixture
def hospital(whole_hospital):
    whole_hospital.reset()
    yield whole_hospital
    whole_hospital.reset()


@pytest.fixture
def make_gateway(hospital, workplace, request):
    """Makes gateways that are ended with the test; each has a folder of its own. A failed test shows their state."""
    made = []

    def make(**settings) -> Gateway:
        folder = workplace / f"{next(_numbers):03d}-{request.node.originalname[:60]}"
        gateway = Gateway(folder, hospital.archive_base, hospital.ehr_base, **settings)
        made.append(gateway)
        return gateway

    yield make
    failed = getattr(request.node, "rep_call", None) is not None and request.node.rep_call.failed
    for gateway in made:
        if failed:
            print(gateway.diagnosis())
        gateway.close()


@pytest.fixture
def gateway(make_gateway):
    """A running gateway with an empty data folder."""
    return make_gateway().start()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    setattr(item, f"rep_{outcome.get_result().when}", outcome.get_result())


@pytest.fixture(scope="session")
def figures():
    """Measured values, for the summary and `figures.json`."""
    return _figures


def pytest_sessionfinish(session):
    """A worker's figures go to the process that writes the summary."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = json.dumps(_figures)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    _figures.update(json.loads(getattr(node, "workeroutput", {}).get("figures", "{}")))


def pytest_terminal_summary(terminalreporter):
    if not _figures:
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "figures.json").write_text(json.dumps(_figures, indent=2, sort_keys=True) + "\n")
    terminalreporter.section("measured")
    for name, value in sorted(_figures.items()):
        terminalreporter.write_line(f"{name}: {json.dumps(value)}")
