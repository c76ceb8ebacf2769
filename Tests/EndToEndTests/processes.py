"""Child processes on loopback: started by us, ended by their own process id, never by a name."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path


class Unready(Exception):
    """A process did not become ready, or did not end, in the time it was given."""


def _ports():
    """Ports below those that the kernel gives to outgoing connections: nobody else takes one between our asking and our
    listening. Each worker of pytest-xdist has a range of its own, and each run starts somewhere else in it."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
    low, count = 12_000 + 5_000 * worker, 5_000
    start = os.getpid() * 61 % count
    while True:
        for offset in range(count):
            yield low + (start + offset) % count


_next_ports = _ports()


def free_port() -> int:
    """A TCP port that was free a moment ago and is given out once in a run."""
    while True:
        port = next(_next_ports)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(condition, timeout: float, what: str, interval: float = 0.1):
    """The first true value of `condition()`; `Unready` with `what` in words when the time is over."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Unready(f"after {timeout:.0f} s still not: {what}")
        time.sleep(interval)


_LIBC = ctypes.CDLL(None)


def _end_with_parent():
    """In the child: get SIGKILL when the harness ends in whatever way, so that nothing is left running."""
    _LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job has it ignored


class Process:
    """One child with its output in files, so that a full pipe can never stop it."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: dict[str, str] | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.stdout = folder / f"{name}.stdout"
        self.stderr = folder / f"{name}.stderr"
        with open(self.stdout, "ab") as out, open(self.stderr, "ab") as err:
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder,
                preexec_fn=_end_with_parent, env={**os.environ, **(environment or {})})

    @property
    def running(self) -> bool:
        return self.child.poll() is None

    def wait_ready(self, check, timeout: float = 60):
        def ready():
            if not self.running:
                raise Unready(f"{self.name} ended with {self.child.returncode}:\n{self.tail()}")
            try:
                return check()
            except OSError:  # connection refused: not yet
                return False

        try:
            wait_until(ready, timeout, f"{self.name} ready")
        except Unready as error:
            raise Unready(f"{error}\n{self.tail()}") from None

    def tail(self, lines: int = 25) -> str:
        text = self.stdout.read_text(errors="replace") + self.stderr.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def terminate(self, timeout: float = 20) -> int:
        """SIGTERM and the exit code; `Unready` (after SIGKILL) when it does not end in time."""
        if self.running:
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Unready(f"{self.name} did not end {timeout:.0f} s after SIGTERM\n{self.tail()}") from None

    def kill(self):
        """SIGKILL: the process gets no chance to write anything more."""
        if self.running:
            self.child.send_signal(signal.SIGKILL)
        self.child.wait(10)
