"""A small HTTP/1.1 proxy in front of a partner: counts what passes and can spoil it on purpose."""

import asyncio
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Fault:
    """What to do instead of passing an answer on."""

    status: int | None = None  # answer this without asking the partner
    retry_after: int | None = None
    truncate_to: int | None = None  # pass that many bytes of the answer's body, then cut the connection
    lose_answer: bool = False  # let the partner do the work, then cut the connection without an answer
    hold: float = 0  # wait that long before the partner is asked


@dataclass
class Exchange:
    method: str
    path: str
    status: int | None = None
    fault: Fault | None = None
    began: float = field(default_factory=time.time)


class Proxy:
    """Listens on a port of its own in a thread of its own. `fault` is asked once for each request."""

    def __init__(self, target_port: int, port: int):
        self.target_port = target_port
        self.port = port
        self.fault = lambda exchange: None
        self.exchanges: list[Exchange] = []
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()  # asyncio itself keeps weak references only
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.up()

    def up(self):
        """Listen (again)."""
        async def start():
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        if self._server is None:
            asyncio.run_coroutine_threadsafe(start(), self._loop).result(10)

    def down(self):
        """Refuse connections, as a partner that is not running does."""
        async def stop():
            self._server.close()
        if self._server is not None:
            asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
            self._server = None

    def reset(self):
        """No faults, nothing counted, listening."""
        self.fault = lambda exchange: None
        self.exchanges.clear()
        self.up()

    def close(self):
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    # One request a connection: what the client sees is plain, and every fault has a sharp edge.
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._tasks.add(task := asyncio.current_task())
        task.add_done_callback(self._tasks.discard)
        try:
            await self._exchange(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        body = b"".join([part async for part in _body(reader, head)])
        exchange = Exchange(method, path)
        exchange.fault = fault = self.fault(exchange)
        self.exchanges.append(exchange)
        if fault and fault.hold:
            await asyncio.sleep(fault.hold)
        if fault and fault.status:
            exchange.status = fault.status
            retry = f"Retry-After: {fault.retry_after}\r\n" if fault.retry_after is not None else ""
            writer.write(f"HTTP/1.1 {fault.status} Spoiled\r\n{retry}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return await writer.drain()
        upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self.target_port)
        try:
            upstream.write(_with_close(head) + body)
            answer = await upstream_reader.readuntil(b"\r\n\r\n")
            exchange.status = int(answer.split(b" ", 2)[1])
            if fault and fault.lose_answer:
                async for _ in _body(upstream_reader, answer, method):
                    pass
                return
            writer.write(_with_close(answer))
            left = fault.truncate_to if fault else None
            async for chunk in _body(upstream_reader, answer, method):
                writer.write(chunk if left is None else chunk[:left])
                await writer.drain()
                if left is not None:
                    left -= len(chunk)
                    if left <= 0:
                        return
        finally:
            upstream.close()


def _with_close(head: bytes) -> bytes:
    lines = [line for line in head[:-4].split(b"\r\n")
             if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join(lines + [b"Connection: close", b"", b""])


async def _body(reader: asyncio.StreamReader, head: bytes, method: str | None = None):
    """The body that follows `head`, in pieces as they stand on the wire; `method` is given for an answer."""
    headers = {}
    first, *lines = head.split(b"\r\n")
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    if method == "HEAD" or (method and first.split(b" ")[1] in (b"204", b"304")):
        return
    if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
        while True:
            size = await reader.readuntil(b"\r\n")
            length = int(size.split(b";")[0], 16)
            yield size + await reader.readexactly(length + 2)
            if length == 0:
                return
    if b"content-length" in headers:
        left = int(headers[b"content-length"])
        while left > 0:
            chunk = await reader.read(min(left, 65536))
            if not chunk:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(chunk)
            yield chunk
    elif method:  # an answer without a length ends with the connection
        while chunk := await reader.read(65536):
            yield chunk
