"""Search for keys that start with a text: a range of the sorted keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from dashboard.catalog.searching import SEPARATOR, Needle

__all__ = ["Prefix"]


@dataclass(frozen=True, slots=True)
class Prefix(Needle):
    """Keys of one section that start with `start`; `inside` is of no account."""

    @classmethod
    def of(cls, start: bytes) -> Self:
        """What makes a key start with this."""
        return cls(b"", start)

    @classmethod
    def in_stored_keys(cls, text: bytes, namespace: bytes | None) -> Needle | None:
        """What makes a key's own name start with `text`, or its stored key where that has a colon.

        Without one, a text such as `acme` would find all keys of all plugins below it. None if all
        keys of the namespace match.
        """
        if namespace is not None and b":" in text:
            head = namespace + b":"
            if text.startswith(head):
                rest = text[len(head) :]
                return cls.of(rest) if rest else None
        return cls.of(text) if text else None

    @property
    def beginning(self) -> bytes:
        """What the keys start with."""
        return self.start or b""

    def is_before(self, key: bytes) -> bool:
        """Whether all keys that match come before a key in the order of keys."""
        return key > self.beginning and not key.startswith(self.beginning)

    def matches(self, key: bytes) -> bool:
        return key.startswith(self.beginning)

    def among(self, rows: Sequence[int], keys: Sequence[bytes]) -> list[int]:
        beginning = self.beginning
        return [row for row in rows if keys[row].startswith(beginning)]

    def may_be_in(self, text: bytes) -> bool:
        return text.startswith(self.beginning) or SEPARATOR + self.beginning in text
