"""One value, read from the store: its bytes, or why it cannot be shown."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from dashboard import reading
from dashboard.web import links, wording
from dashboard.web.visits import KeyVisit, NotHere
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError, StoreUnavailable

__all__ = ["Opened", "hex_lines", "open_value", "row_at"]

State = Literal["here", "missing", "down", "unreadable"]
PATIENCE = 2.0  # seconds; the watcher goes on asking, and the page comes by itself
HEX_SHOWN = 4096  # bytes; the rest is in the download


@dataclass(frozen=True, slots=True)
class Opened:
    """What the store said about a key.

    `here`: `stored` holds it. `missing`: it is not there (any more). `down`: the store does not
    answer, `why` says how. `unreadable`: the key holds something that is no value.
    """

    state: State
    stored: StoredValue | None = None
    why: str = ""

    @property
    def data(self) -> bytes:
        """The bytes of a value that is here."""
        if self.stored is None:
            raise LookupError("There is no value to read.")
        return self.stored.data


async def open_value(visit: KeyVisit) -> Opened:
    """Ask the store for the key of this visit; a person waits no longer than `PATIENCE`."""
    try:
        async with asyncio.timeout(PATIENCE):
            stored = await ask_store(visit)
    except TimeoutError:
        return Opened("down", why=f"{visit.store.name} does not answer: is it locked or busy?")
    except StoreUnavailable as error:
        # The watcher knows better than a connection that was never opened.
        why = visit.store.status.reason or str(error)
        return Opened("down", why=wording.visible(why))
    except StorageError as error:
        return Opened("unreadable", why=wording.visible(str(error)))
    if stored is None:
        return Opened("missing")
    if stored.note:
        return Opened("unreadable", stored, wording.visible(stored.note))
    return Opened("here", stored)


async def ask_store(visit: KeyVisit) -> StoredValue | None:
    if visit.store.browsable is not None:
        (stored,) = await visit.store.browsable.fetch([visit.stored_key])
        return stored
    data = await visit.store.backend.get(visit.stored_key)
    return None if data is None else StoredValue(visit.stored_key, data)


async def row_at(visit: KeyVisit, opened: Opened, path: str) -> dict[str, Any]:
    """The row of the part at `path`. Raises NotHere for a path that leads nowhere."""
    try:
        outline = await reading.outline(opened.data, path, mask=visit.mask, depth=0, limit=1)
    except StorageError as error:
        back = links.key_url(visit.store.name, visit.stored_key)
        looked_for = f"the part {path} of this value"
        raise NotHere(looked_for, back, "The whole value") from error
    row: dict[str, Any] = outline["rows"][0]
    return row


def hex_lines(data: bytes) -> list[str]:
    """The first bytes as people read them: offset, hex, and what is ASCII."""
    lines = []
    for start in range(0, min(len(data), HEX_SHOWN), 16):
        chunk = data[start : start + 16]
        text = "".join(chr(octet) if 0x20 <= octet < 0x7F else "·" for octet in chunk)
        lines.append(f"{start:06x}  {chunk.hex(' '):<47}  {text}")
    return lines
