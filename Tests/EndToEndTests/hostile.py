"""A peer that answers as it likes: a server on loopback whose every answer is written byte by byte by the test."""

import http.client
import socket
import threading

from processes import free_port


class HostilePeer:
    """`script(method, path, body, connection)` writes whatever it wants and returns True, or returns None: then the
    partner behind `target_port` answers, as it would without us."""

    def __init__(self, target_port: int):
        self.target_port = target_port
        self.port = free_port()
        self.script = lambda method, path, body, connection: None
        self.paths: list[str] = []
        self._server = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self):
        self._server.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket):
        try:
            with connection, connection.makefile("rb") as reader:
                method, path, _ = reader.readline().decode("latin-1").split(" ", 2)
                headers = {}
                while (line := reader.readline().strip()):
                    name, _, value = line.decode("latin-1").partition(":")
                    headers[name.strip().lower()] = value.strip()
                body = reader.read(int(headers.get("content-length", 0)))
                self.paths.append(path)
                if not self.script(method, path, body, connection):
                    self._pass_on(method, path, headers, body, connection)
        except (OSError, ValueError):
            pass  # the gateway hung up, as it should

    def _pass_on(self, method, path, headers, body, connection):
        upstream = http.client.HTTPConnection("127.0.0.1", self.target_port, timeout=30)
        kept = {name: value for name, value in headers.items() if name not in ("connection", "content-length")}
        upstream.request(method, path, body or None, kept)
        received = upstream.getresponse()
        content = received.read()
        fields = {name: value for name, value in received.getheaders()
                  if name.lower() not in ("connection", "content-length", "transfer-encoding", "keep-alive")}
        connection.sendall(answer(received.status, content, headers=fields))
        upstream.close()


def answer(status: int, body: bytes = b"", kind: str | None = None, headers: dict[str, str] | None = None) -> bytes:
    """A whole HTTP/1.1 answer with a true length."""
    lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines + ["", ""]).encode("latin-1") + body


def multipart(*parts: bytes) -> bytes:
    """A whole WADO-RS answer with these DICOM files."""
    body = b"".join(b"--edge\r\nContent-Type: application/dicom\r\n\r\n" + part + b"\r\n" for part in parts)
    return answer(200, body + b"--edge--\r\n", 'multipart/related; type="application/dicom"; boundary=edge')
