"""A receiver of HL7 v2 made of python-hl7: what the EHR's side of an outgoing connection is."""

import asyncio
import ssl
import threading

import hl7
import hl7.mllp
from processes import free_port, wait_until


class Receiver:
    """`answer(message, number)` decides what goes back: a code of table 0008, a whole `hl7.Message`, or None for
    silence. `received` holds every message in the order it came."""

    def __init__(self, answer=lambda message, number: "AA", tls: ssl.SSLContext | None = None, port: int | None = None):
        self.answer, self.tls = answer, tls
        self.port = port or free_port()
        self.received: list[hl7.Message] = []
        self.raw: list[str] = []
        self.connections = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._writers: set = set()
        self.up()

    def up(self):
        """Listens; again after `down`."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise AssertionError("the receiver does not listen")

    def down(self):
        """Ends the listener and every connection."""
        if self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        self._thread = None

    def wait(self, count: int, timeout: float = 60) -> list[hl7.Message]:
        """Waits until `count` messages have come."""
        wait_until(lambda: len(self.received) >= count, timeout, f"{count} messages at the receiver")
        return self.received

    async def _run(self, ready: threading.Event):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await hl7.mllp.start_hl7_server(
            self._serve, "127.0.0.1", self.port, encoding="utf-8", limit=32 << 20, ssl=self.tls)
        ready.set()
        await self._end.wait()
        server.close()
        for writer in list(self._writers):
            writer.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        self._writers.add(writer)
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                self.received.append(message)
                self.raw.append(str(message))
                answer = self.answer(message, len(self.received))
                if answer is None:
                    continue
                writer.writemessage(message.create_ack(answer) if isinstance(answer, str) else answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


def foreign(message: hl7.Message) -> hl7.Message:
    """A positive acknowledgment of some other message."""
    answer = message.create_ack("AA")
    answer.segment("MSA")[2] = "SOMEBODYELSES"
    return answer
