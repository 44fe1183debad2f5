"""One thing about a store that is worth a person's look."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal

from storage_core.keys import key_to_bytes

__all__ = ["GROWN", "Evidence", "Finding", "Severity", "Step", "has_grown", "magnitude"]

GROWN: Final = 1.1
"""How many times what was judged an amount has to be for it to be another matter."""


class Severity(IntEnum):
    """The order in which findings are shown, and no more."""

    NOTE = 1
    CARE = 2
    URGENT = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that speaks for a finding; about one key where `stored_key` is given.

    `tells_of` is another namespace that it names: for those only who may know of that one.
    """

    text: str
    stored_key: str | None = None
    tells_of: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done: `to` says which page helps, `target` which key or namespace it is about.

    `keys` is the list of a namespace (target None: the shared keys), `overdue` that of its entries
    that have expired; `advice` leads nowhere.
    """

    title: str
    to: Literal["key", "keys", "overdue", "audit", "pictures", "advice"]
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding. `code` says of what kind, `subject` (a key, a namespace, a name) about what.

    `namespace` is whose it is, for the rights (None: the shared keys). `basis` and
    `amount` are what a dismissal is about: when the one changes or the other grows clearly, the
    finding comes back. `former` is what dismissals of older versions were about, where it was
    something else. With `needs_values` it tells something that only those may know who may see
    values. Names in texts are raw: pages make them visible.
    """

    code: str
    subject: str
    namespace: str | None
    severity: Severity
    title: str
    meaning: str
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[Step, ...] = ()
    basis: tuple[str, ...] = ()
    amount: int | None = None
    former: tuple[str, ...] | None = None
    needs_values: bool = False

    @property
    def name(self) -> str:
        """A short digest that names the finding in a store, whatever its evidence."""
        return digest_of((self.code, self.subject))

    @property
    def digest(self) -> str:
        """The name of the evidence as it is now."""
        return digest_of(self.basis)

    @property
    def former_digest(self) -> str | None:
        """What a dismissal of an older version says of this evidence."""
        return None if self.former is None else digest_of(self.former)


def digest_of(texts: Iterable[str]) -> str:
    raw = b"\0".join(key_to_bytes(text) for text in texts)
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def has_grown(judged: int, now: int) -> bool:
    """Whether an amount is clearly more than what a person judged."""
    return now > judged * GROWN


def magnitude(number: int) -> str:
    """A number so coarse that it changes only when it doubles: what dismissals were once about."""
    return f"2^{max(number, 1).bit_length()}"
