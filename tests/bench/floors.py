"""The least that reading a whole Redis store can cost: one connection, nothing kept."""

import socket
import time
from collections.abc import Iterator
from typing import Any, Final

import hiredis

__all__ = ["Connection", "described", "scanned"]

COUNT: Final = 1000


class Connection:
    """A connection that sends commands and waits for their replies."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = hiredis.Reader()

    def send(self, *commands: tuple[Any, ...]) -> None:
        self.socket.sendall(b"".join(map(hiredis.pack_command, commands)))

    def receive(self) -> Any:
        while (reply := self.reader.gets()) is False:
            self.reader.feed(self.socket.recv(1 << 17))
        return reply

    def ask(self, *command: Any) -> Any:
        self.send(command)
        return self.receive()

    def close(self) -> None:
        self.socket.close()


def pages(connection: Connection) -> Iterator[list[bytes]]:
    """The keys of the store, as SCAN gives them."""
    cursor = b"0"
    while True:
        cursor, keys = connection.ask("SCAN", cursor, "MATCH", "SM:*", "COUNT", COUNT)
        yield keys
        if cursor == b"0":
            return


def scanned(port: int) -> float:
    """Seconds to be told all keys."""
    connection = Connection(port)
    started = time.perf_counter()
    for _ in pages(connection):
        pass
    took = time.perf_counter() - started
    connection.close()
    return took


def described(port: int) -> float:
    """Seconds to be told all keys, and the length and expiry of each in pipelines."""
    connection = Connection(port)
    started = time.perf_counter()
    for keys in pages(connection):
        connection.send(*(words for key in keys for words in (("STRLEN", key), ("PTTL", key))))
        for _ in range(2 * len(keys)):
            connection.receive()
    took = time.perf_counter() - started
    connection.close()
    return took
