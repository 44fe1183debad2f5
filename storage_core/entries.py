"""Small frozen facts about what a store holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

__all__ = [
    "KEEP",
    "NEVER",
    "NO_SIZE",
    "Columns",
    "EntryInfo",
    "Expiry",
    "Keep",
    "Outcome",
    "StoredValue",
]

NO_SIZE: Final = -1
"""Stands in a column for the size of an entry that is not there, or that nobody has asked for."""
NEVER: Final = math.inf
"""Stands in a column for the expiry of an entry without one."""


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """One stored key with what is known about it.

    `size` is the value's length in bytes as the bot wrote it, and None while nobody has asked the
    store; then `expires_at` says nothing either. `expires_at` is seconds since the epoch, None for
    an entry without expiry. `note` says in a sentence why there is no value to read, as when the
    key holds a Redis hash; then `size` is 0.
    """

    key: str
    size: int | None = None
    expires_at: float | None = None
    note: str | None = None

    @property
    def is_described(self) -> bool:
        return self.size is not None


@dataclass(frozen=True, slots=True)
class Columns:
    """Many entries at once, as columns: for a million of them, an object each costs too much.

    `keys` are the bytes of stored keys, each with `prefix` before it: the store's own, which is no
    part of a stored key and is empty or ends in a colon. Cutting it off a million names takes as
    long as reading them, so who splits them anyway may do both at once. `sizes` and `expires_at`
    are as in `EntryInfo`, with `NO_SIZE` and `NEVER`; both are empty where nothing but the names is
    known.
    """

    keys: Sequence[bytes]
    sizes: Sequence[int] = ()
    expires_at: Sequence[float] = ()
    prefix: bytes = b""

    @property
    def stored_keys(self) -> Sequence[bytes]:
        """The keys without the prefix."""
        start = len(self.prefix)
        return [key[start:] for key in self.keys] if start else self.keys


@dataclass(frozen=True, slots=True)
class StoredValue:
    """The bytes of one entry and the moment when it expires, read together.

    With a `note` there are no bytes to read, and it says why in a sentence: the key holds a Redis
    hash, for example, which no bot wrote through its storage.
    """

    key: str
    data: bytes
    expires_at: float | None = None
    note: str | None = None


class Keep(Enum):
    """The one value of `KEEP`: an edit that says nothing about expiry keeps it."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
"""Keep the expiry that the entry has, atomically in the store."""

Expiry = float | None | Literal[Keep.KEEP]
"""Seconds from now (positive), None for never, or `KEEP`."""


class Outcome(Enum):
    """The four answers of a compare-and-set."""

    SAVED = "saved"
    """The store now holds what was asked."""
    CHANGED = "changed"
    """The store holds other bytes than were expected; nothing was written."""
    GONE = "gone"
    """The key was deleted or has expired meanwhile; nothing was written."""
    UNKNOWN = "unknown"
    """No answer came: it may or may not have been written. Read back; never repeat silently."""
