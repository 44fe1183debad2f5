"""A way to a Redis server that loses questions or answers of saves when it is told to."""

import random
import socket
import threading
from contextlib import suppress
from typing import Final

__all__ = ["Way"]

SAVE: Final = b"EVAL"


class Way:
    """Passes bytes on between whoever connects to its `port` and `target`.

    While `loses`, it breaks off a connection on which a save is sent: half of the time before the
    server has it, else after, so that only the answer is lost.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.loses = False
        self.lost = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        threading.Thread(target=self.pass_on, args=(server, client), daemon=True).start()
        self.pass_on(client, server, breaks=True)

    def pass_on(self, source: socket.socket, to: socket.socket, *, breaks: bool = False) -> None:
        """Until either end is closed; then both are."""
        with suppress(OSError):
            while data := source.recv(65536):
                if breaks and self.loses and SAVE in data:
                    self.lost += 1
                    if random.random() < 0.5:
                        to.sendall(data)
                    break
                to.sendall(data)
        for end in (source, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
