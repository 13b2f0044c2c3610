"""Asks one address over and over, on a few connections that stay open, for a fixed time."""

import re
import selectors
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATIENCE = 60


class BadAnswer(Exception):
    """The server gave something other than what is being measured."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Measured:
    """How long each of the requests took, how long all of them together, and how much work."""

    seconds: float = 0.0
    processor: float = 0.0
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """In milliseconds: ``share`` of the requests were no slower."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def work(self) -> float:
        """Milliseconds of a core that one request took the server; 0 where that is not known."""
        return 1000 * self.processor / len(self.times)

    @property
    def p99(self) -> float:
        return self.percentile(0.99)

    def add(self, other: "Measured") -> None:
        self.seconds += other.seconds
        self.processor += other.processor
        self.times += other.times


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One request, on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
        connection.sendall(_request(port, path, headers or {}))
        data = b""
        while (end := _end(data)) is None or len(data) < end:
            part = connection.recv(1 << 20)
            if not part:
                raise BadAnswer(f"{path}: the server closed the connection")
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines[1:])
    return Answer(
        int(lines[0].split()[1]),
        {name.lower(): value.strip() for name, _, value in fields},
        body,
    )


def measure(
    port: int,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    seconds: float,
    connections: int,
) -> Measured:
    """Keep every connection busy with one request at a time for about ``seconds``.

    Raises:
        BadAnswer: an answer has another status than ``status``.
    """
    request = _request(port, path, headers or {})
    expected = b"HTTP/1.1 %d " % status
    now = time.perf_counter
    times: list[float] = []
    with selectors.DefaultSelector() as waiting:
        peers = [_Peer(port) for _ in range(connections)]
        try:
            for peer in peers:
                waiting.register(peer.socket, selectors.EVENT_READ, peer)
            start = now()
            stop = start + seconds
            for peer in peers:
                peer.send(request, now())
            busy = len(peers)
            while busy:
                for peer in _ready(waiting, stop):
                    if not peer.take():
                        continue
                    if not peer.data.startswith(expected):
                        raise BadAnswer(f"{path}: {bytes(peer.data[:40])!r} instead of {status}")
                    moment = now()
                    times.append(moment - peer.sent)
                    if moment < stop:
                        peer.send(request, moment)
                    else:
                        busy -= 1
            return Measured(now() - start, times=times)
        finally:
            for peer in peers:
                peer.socket.close()


class _Peer:
    """One connection with one answer under way."""

    __slots__ = ("data", "end", "sent", "socket")
    data: bytes
    end: int | None
    sent: float

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes, at: float) -> None:
        self.data, self.end, self.sent = b"", None, at
        self.socket.sendall(request)

    def take(self) -> bool:
        """Read what is there; whether that completes the answer."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise BadAnswer("the server closed a connection")
        self.data = self.data + part if self.data else part
        if self.end is None:
            self.end = _end(self.data)
        return self.end is not None and len(self.data) >= self.end


def _ready(waiting: selectors.BaseSelector, stop: float) -> Iterable[_Peer]:
    events = waiting.select(timeout=_PATIENCE)
    if not events:
        raise BadAnswer(f"no answer within {_PATIENCE} seconds")
    return [key.data for key, _mask in events]


def _request(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    fields = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "gzip, br", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


def _end(data: bytes) -> int | None:
    """Where an answer ends; None while its head is not complete."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    if data.startswith((b"HTTP/1.1 304 ", b"HTTP/1.1 204 ")):
        return head + 4
    length = _LENGTH.search(data, 0, head + 2)
    if not length:
        raise BadAnswer("an answer does not say how long it is")
    return head + 4 + int(length[1])
