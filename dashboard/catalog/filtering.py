"""Which keys are wanted by their size, expiry, last change and kind, rather than by their name."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboard.catalog.section import NEVER, UNSEEN, Section

__all__ = ["Filter", "Span"]


class Span(NamedTuple):
    """Numbers from `low` to `high`, both of them included."""

    low: float = -math.inf
    high: float = math.inf

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int | float) and self.low <= number <= self.high


@dataclass(frozen=True, slots=True)
class Filter:
    """All of what is given must hold.

    `size` is in bytes, and a size that is not known yet is in no span. `expires` and `changed` are
    in seconds since the epoch: an entry without expiry expires at infinity, and a key that was not
    seen changing changed at 0. `among` has the keys that are wanted at all, by namespace (None: the
    shared keys).
    """

    size: Span | None = None
    expires: Span | None = None
    changed: Span | None = None
    among: Mapping[str | None, Set[bytes]] | None = field(default=None, hash=False)

    def may_be_in(self, section: Section) -> bool:
        """Whether a section can hold what is wanted, without looking at its rows."""
        if self.expires is not None and section.expires is None and NEVER not in self.expires:
            return False
        if self.changed is not None and section.changed is None and UNSEEN not in self.changed:
            return False
        return self.among is None or bool(self.among.get(section.namespace))

    def rows(self, rows: Sequence[int], section: Section) -> Sequence[int]:
        """Those of some rows that are wanted."""
        if not self.may_be_in(section):
            return []
        if self.size is not None:
            sizes, low, high = section.sizes, max(self.size.low, 0), self.size.high
            rows = [row for row in rows if low <= sizes[row] <= high]
        if self.expires is not None and section.expires is not None:
            expires, low, high = section.expires, *self.expires
            rows = [row for row in rows if low <= expires[row] <= high]
        if self.changed is not None and section.changed is not None:
            changed, low, high = section.changed, *self.changed
            rows = [row for row in rows if low <= changed[row] <= high]
        if self.among is not None:
            keys, wanted = section.keys, self.among[section.namespace]
            rows = [row for row in rows if keys[row] in wanted]
        return rows
