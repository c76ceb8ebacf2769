"""What the machine is, and what a process takes of it: read from /proc, so that a busy machine shows as such."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def description() -> dict:
    """The machine in words and the load that others put on it right now."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")), "?")
    return {"cpus": len(os.sched_getaffinity(0)), "model": model, "load_1_5_15": list(os.getloadavg()),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)}


def revision(root: Path) -> str:
    """The commit, with a mark when the working tree differs from it."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True).stdout.strip()
    return (git("rev-parse", "--short=12", "HEAD") or "no git") + ("+changes" if git("status", "--porcelain") else "")


def sync_milliseconds(folder: Path, times: int = 200) -> dict:
    """What one small append with fdatasync costs here: the floor of everything that is stored before it is answered."""
    file, costs = folder / "fdatasync.probe", []
    with open(file, "wb", buffering=0) as probe:
        for _ in range(times):
            probe.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            costs.append((time.perf_counter() - began) * 1000)
    file.unlink()
    costs.sort()
    return {"median": round(costs[times // 2], 3), "p95": round(costs[times * 95 // 100], 3)}


class Meter:
    """CPU time and memory of one running process."""

    def __init__(self, pid: int):
        self.folder = Path(f"/proc/{pid}")

    def cpu_seconds(self) -> float:
        fields = (self.folder / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def written_bytes(self) -> int:
        """What the process made the system write to disk."""
        for line in (self.folder / "io").read_text().splitlines():
            if line.startswith("write_bytes:"):
                return int(line.split()[1])
        return 0

    def status(self, name: str) -> int:
        """A number of /proc/PID/status, such as `Threads`."""
        for line in (self.folder / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        return 0  # a process that has just ended has no memory any more

    def resident_mib(self) -> float:
        return round(self.status("VmRSS") / 1024, 1)

    def peak_mib(self) -> float:
        """The highest resident size since the start or `forget_peak`."""
        return round(self.status("VmHWM") / 1024, 1)

    def forget_peak(self):
        (self.folder / "clear_refs").write_text("5")


@dataclass
class Finished:
    """A command that ran to its end."""

    output: str
    code: int
    wall: float
    cpu: float
    peak_mib: float


def run(*command: str, folder: Path) -> Finished:
    """Runs a command with its output in a file and says what it took."""
    out = folder / "command.out"
    with open(out, "wb") as stdout:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.STDOUT, cwd=folder)
    meter, peak, ended = Meter(child.pid), 0.0, 0
    while not ended:
        # the peak of wait4 would count our own memory, which the child has between fork and exec
        peak = meter.peak_mib() or peak
        time.sleep(0.003)
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    return Finished(out.read_text(errors="replace"), child.returncode, wall, usage.ru_utime + usage.ru_stime, peak)


def best(runs: list[Finished]) -> Finished:
    """The run that was disturbed least."""
    return min(runs, key=lambda run: run.wall)
