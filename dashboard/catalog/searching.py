"""Substring search over all keys: every chunk of keys joined to one text, searched by `bytes.find`.

The texts are made when first searched and dropped when a key of their chunk comes or goes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.catalog.order import Chunk, Order
from dashboard.catalog.slices import Work

__all__ = ["Matching", "Needle", "text_of"]

SEPARATOR = b"\n"


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for in the keys of one section.

    A key matches that contains `inside`, or that starts with `start`.
    """

    inside: bytes
    start: bytes | None = None

    @classmethod
    def in_stored_keys(cls, text: bytes, namespace: bytes | None) -> "Needle | None":
        """What makes a stored key of the namespace contain `text`; None if all of them do."""
        if namespace is None:
            return cls(text) if text else None
        head = namespace + b":"
        if text in head:
            return None
        # A namespace has no colon, so only the first one can be that between namespace and key.
        before, colon, rest = text.partition(b":")
        return cls(text, rest if colon and head.endswith(before + colon) else None)

    def matches(self, key: bytes) -> bool:
        if self.inside in key:
            return True
        return self.start is not None and key.startswith(self.start)

    def among(self, rows: Sequence[int], keys: Sequence[bytes]) -> list[int]:
        """The rows whose keys match."""
        inside, start = self.inside, self.start
        if start is None:
            return [row for row in rows if inside in keys[row]]
        return [row for row in rows if inside in keys[row] or keys[row].startswith(start)]

    def may_be_in(self, text: bytes) -> bool:
        """Whether a joined text can hold a match. Wrong only by saying yes."""
        if self.inside in text:
            return True
        if self.start is None:
            return False
        return text.startswith(self.start) or SEPARATOR + self.start in text


def text_of(chunk: Chunk, keys: Sequence[bytes]) -> bytes:
    """The keys of a chunk joined. A key may hold the separator: then a match may lie across two
    keys, which a look at the keys themselves sorts out.
    """
    if chunk.text is None:
        chunk.text = SEPARATOR.join([keys[row] for row in chunk.rows])
    return chunk.text


class Matching(Order):
    """The rows that match a needle, in the order of a value.

    They are first gathered along the order of keys: keys below `reach` have been looked at (None:
    all have). Then it catches up with new rows as every order does.
    """

    __slots__ = ("keys", "needle", "reach")

    def __init__(self, value: Callable[[int], Any], keys: Sequence[bytes], needle: Needle) -> None:
        super().__init__(value)
        self.keys = keys
        self.needle = needle
        self.reach: bytes | None = b""

    def holds(self, row: int) -> bool:
        if row >= self.seen:
            return False
        key = self.keys[row]
        return (self.reach is None or key < self.reach) and self.needle.matches(key)

    def belonging(self, rows: Sequence[int], keys: Sequence[bytes]) -> list[int]:
        return self.needle.among(super().belonging(rows, keys), keys)

    def gather(self, by_key: Order) -> Work[None]:
        """Take in the matching rows that the order of keys has."""
        if self.reach == b"":
            self.seen = by_key.seen
        while self.reach is not None:
            # Chunks may have been split or dropped meanwhile, so go on at a key, not a number.
            at = by_key.place(self.reach) if self.reach else 0
            if at < len(by_key.chunks):
                chunk = by_key.chunks[at]
                if self.needle.may_be_in(text_of(chunk, self.keys)):
                    found = self.needle.among(chunk.rows, self.keys)
                    self.deal([row for row in found if row < self.seen])
            self.reach = by_key.bounds[at] if at < len(by_key.bounds) else None
            yield
            yield from self.split_full()
