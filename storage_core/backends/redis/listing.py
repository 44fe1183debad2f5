"""Every key under a prefix, while the server goes on serving others."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from storage_core.backends.redis.pipe import LOST, Pipe, answer, connected
from storage_core.exceptions import StoreUnavailable

__all__ = ["escaped", "scanned"]


async def scanned(pipe: Pipe, prefix: bytes, batch: int) -> AsyncGenerator[Sequence[bytes], None]:
    """The names of keys that start with `prefix`, in batches, on a connection of its own.

    The next SCAN is under way while the last reply is worked on. Around a thousand keys at once
    keep other clients' waiting short.
    """
    connection = await connected(pipe.make_connection())
    command: tuple[Any, ...] = ("MATCH", escaped(prefix) + b"*", "COUNT", batch)
    try:
        await connection.send_command("SCAN", 0, *command)
        while True:
            cursor, names = await answer(connection)
            if cursor != b"0":
                await connection.send_command("SCAN", cursor, *command)
            if names:
                yield names
            if cursor == b"0":
                return
    except StoreUnavailable:  # which is an OSError as well
        raise
    except LOST:
        raise StoreUnavailable("The Redis server was lost while its keys were listed.") from None
    finally:
        await connection.disconnect(nowait=True)


def escaped(text: bytes) -> bytes:
    """`text` as a pattern that matches itself only."""
    return b"".join(b"\\" + bytes([c]) if c in b"*?[]\\^-" else bytes([c]) for c in text)
