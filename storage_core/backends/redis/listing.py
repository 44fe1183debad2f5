"""Every key under a prefix, while the server goes on serving others."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from storage_core.backends.redis.pipe import Pipe, unless_error

__all__ = ["described", "escaped", "fetched", "scanned"]


async def scanned(pipe: Pipe, prefix: bytes, batch: int) -> AsyncGenerator[Sequence[bytes], None]:
    """The names of keys that start with `prefix`, in batches, on a connection of its own.

    The next SCAN is under way while the last reply is worked on. Around a thousand keys at once
    keep other clients' waiting short.

    Raises StoreUnavailable if the server is lost.
    """
    wire = await pipe.wire()
    command: tuple[Any, ...] = ("MATCH", escaped(prefix) + b"*", "COUNT", batch)
    try:
        reply = wire.ask("SCAN", 0, *command)
        while True:
            cursor, names = unless_error(await reply)
            if cursor != b"0":
                reply = wire.ask("SCAN", cursor, *command)
            if names:
                yield names
            if cursor == b"0":
                return
    finally:
        if not reply.done():
            reply.cancel()
        await wire.close()


def described(names: Sequence[bytes]) -> bytes:
    """The commands that ask for the length and expiry of each key, as Redis reads them."""
    return b"".join(
        [
            b"*2\r\n$6\r\nSTRLEN\r\n$%d\r\n%b\r\n*2\r\n$4\r\nPTTL\r\n$%d\r\n%b\r\n"
            % (length := len(name), name, length, name)
            for name in names
        ]
    )


def fetched(names: Sequence[bytes]) -> bytes:
    """The commands that ask for the value and expiry of each key, as Redis reads them.

    Each key has a transaction of its own, between whose parts nothing comes.
    """
    return b"".join(
        [
            b"*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n"
            b"*2\r\n$4\r\nPTTL\r\n$%d\r\n%b\r\n*1\r\n$4\r\nEXEC\r\n"
            % (length := len(name), name, length, name)
            for name in names
        ]
    )


def escaped(text: bytes) -> bytes:
    """`text` as a pattern that matches itself only."""
    return b"".join(b"\\" + bytes([c]) if c in b"*?[]\\^-" else bytes([c]) for c in text)
