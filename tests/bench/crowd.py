"""A crowd of sockets that only listen, read by one thread that does little else."""

import select
import socket
import time
from collections.abc import Sequence
from typing import Final

__all__ = ["Crowd"]

REST: Final = 0.4
"""Seconds of silence after which nothing more is expected, longer than any coalescing."""
PATIENCE: Final = 10.0


class Crowd:
    """Sockets to one address of `host`, such as `127.0.0.1:8000`."""

    def __init__(
        self,
        host: str,
        path: str,
        headers: Sequence[str] = (),
        *,
        say: str = "",
        greetings: int = 0,
    ) -> None:
        """Each socket says `say` when it is open, and is greeted by so many messages before."""
        self.host = host
        self.say = masked(say.encode()) if say else b""
        self.greetings = greetings
        self.request = "\r\n".join(
            [
                f"GET {path} HTTP/1.1",
                f"Host: {host}",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                *headers,
                "\r\n",
            ]
        ).encode()
        self.sockets: dict[int, socket.socket] = {}
        self.poll = select.epoll()

    def join(self, count: int) -> None:
        """Add so many sockets."""
        name, port = self.host.split(":")
        for _ in range(count):
            one = socket.create_connection((name, int(port)), timeout=PATIENCE)
            one.sendall(self.request)
            heard = b""
            while b"\r\n\r\n" not in heard:
                heard += one.recv(4096)
            assert b" 101 " in heard.partition(b"\r\n")[0], heard
            heard = heard.partition(b"\r\n\r\n")[2]
            while frames_in(heard) < self.greetings:
                heard += one.recv(4096)
            one.sendall(self.say)
            one.setblocking(False)
            self.sockets[one.fileno()] = one
            self.poll.register(one, select.EPOLLIN)

    def settle(self) -> None:
        """Read and forget whatever still comes."""
        while ready := self.poll.poll(REST):
            for number, _ in ready:
                self.sockets[number].recv(65536)

    def hear(self) -> list[float]:
        """Wait until everybody has heard something; the moments when they did."""
        moments: dict[int, float] = {}
        deadline = time.perf_counter() + PATIENCE
        while len(moments) < len(self.sockets) and time.perf_counter() < deadline:
            for number, _ in self.poll.poll(1):
                self.sockets[number].recv(65536)
                moments.setdefault(number, time.perf_counter())
        return list(moments.values())

    def leave(self) -> None:
        for one in self.sockets.values():
            one.close()
        self.poll.close()


def masked(text: bytes) -> bytes:
    """A text frame as clients send it, with a mask that changes nothing."""
    size = len(text)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + text


def frames_in(data: bytes) -> int:
    """How many whole short frames these bytes are, as servers send them."""
    count, at = 0, 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        at += 2 + data[at + 1]
        count += 1
    return count
