"""What the catalog answers: small frozen facts for pages."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from storage_core.entries import EntryInfo
from storage_core.keys import KeyRef

__all__ = [
    "CatalogRow",
    "Found",
    "NamespaceRow",
    "Page",
    "Progress",
    "ProgressState",
    "RecentChange",
    "Seen",
    "Sort",
    "Totals",
    "Verb",
]

Sort = Literal["key", "size", "expires", "changed"]
"""What a page can be sorted by. Equal values are sorted by key."""

ProgressState = Literal["waiting", "scanning", "describing", "ready", "unlisted"]
"""`waiting`: no scan yet. `scanning`: keys are being counted. `describing`: all keys are known,
sizes and expiries are being asked. `ready`: all is known. `unlisted`: the backend cannot scan.
"""

Verb = Literal["written", "removed"]

Seen = tuple[str, float, EntryInfo | None]
"""A stored key, when it changed in seconds since the epoch, and what the store says of it (None: it
is not there).
"""


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """One key. `size` is in bytes and None while unknown; the times are seconds since the epoch.

    `changed_at` is None while the watcher has not seen the key change, `kind` (of the value) while
    nobody has read it.
    """

    ref: KeyRef
    stored_key: str
    size: int | None
    expires_at: float | None
    kind: str | None
    changed_at: float | None


class NamespaceRow(NamedTuple):
    """One namespace with its exact number of keys and the bytes of values as far as described.

    The shared keys of a store are a row with an empty `namespace`.
    """

    namespace: str
    keys: int
    size: int
    changed_at: float | None
    writes_last_minute: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A whole store: `keys` with `shared_keys` among them, `size` in bytes of the `described`."""

    keys: int
    size: int
    shared_keys: int
    namespaces: int
    described: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the catalog is: `described` of the keys `counted`, of which there are `expected`
    at most, if that is known. `rate` is in keys a second, for what is being done now; the times
    are seconds since the epoch.
    """

    state: ProgressState = "waiting"
    counted: int = 0
    described: int = 0
    rate: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    expected: int | None = None

    @property
    def share(self) -> float | None:
        """How much of what is being done now is done, from 0 to 1; None while unknown."""
        if self.state == "describing":
            return self.described / max(1, self.counted)
        if self.state == "scanning" and self.expected is not None:
            return min(self.counted / max(1, self.expected), 1.0)
        return None

    @property
    def seconds_left(self) -> float | None:
        """Until what is being done now is done; None while unknown."""
        whole = self.counted if self.state == "describing" else self.expected
        share = self.share
        if share is None or whole is None or self.rate <= 0:
            return None
        return whole * (1 - share) / self.rate


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a sorted list, its exact `total`, and the cursors of the pages beside it."""

    rows: list[CatalogRow]
    total: int
    next: str | None
    previous: str | None


class Found(NamedTuple):
    """The first rows that a search found, and how many there are in all."""

    rows: list[CatalogRow]
    total: int


class RecentChange(NamedTuple):
    """One change that was seen, `at` in seconds since the epoch."""

    stored_key: str
    at: float
    verb: Verb
