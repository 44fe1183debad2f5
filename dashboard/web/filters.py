"""What a list of keys is narrowed by: as its address says it, as the catalog wants it, in words."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from dashboard.catalog.filtering import Filter, Span
from dashboard.web import wording
from dashboard.web.kinds import keys_of_kind, kinds_in
from dashboard.web.visits import StoreVisit

__all__ = ["KeyFilters", "filters_view"]

HOUR, DAY = 3600.0, 86_400.0
SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(?:([kmg]?)i?b?)", re.IGNORECASE)
UNITS: Final = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
START: Final = "^"
"""A search that begins with it is for names that start with what follows."""
EXPIRES: Final = {
    "never": "No expiry",
    "hour": "Expires within an hour",
    "day": "Expires within a day",
    "overdue": "Expired but stored",
}
CHANGED: Final = {
    "minute": "Changed in the last minute",
    "hour": "Changed in the last hour",
    "day": "Changed in the last day",
    "not-hour": "Not seen changing for an hour",
    "not-day": "Not seen changing for a day",
}


@dataclass(frozen=True, slots=True)
class KeyFilters:
    """The parameters of a list: `q` is the text as it was typed, the others narrow the list."""

    q: str = ""
    starts: str = ""
    kind: str = ""
    larger: str = ""
    smaller: str = ""
    expires: str = ""
    changed: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """The filters of an address; what it says that there is not is left out."""
        return cls(
            q=asked.get("q", "").strip(),
            starts="1" if asked.get("starts") == "1" else "",
            kind=asked.get("kind", "").strip(),
            larger=asked.get("larger", "").strip(),
            smaller=asked.get("smaller", "").strip(),
            expires=asked.get("expires", "") if asked.get("expires") in EXPIRES else "",
            changed=asked.get("changed", "") if asked.get("changed") in CHANGED else "",
        )

    @property
    def text(self) -> str:
        """What to look for in names."""
        return self.q.removeprefix(START)

    @property
    def is_start(self) -> bool:
        """Whether names are to start with the text rather than to contain it."""
        return bool(self.text) and (self.starts == "1" or self.q.startswith(START))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but names decides."""
        return bool(self.kind or self.larger or self.smaller or self.expires or self.changed)

    @property
    def query(self) -> dict[str, str | None]:
        """The parameters for an address of the same list."""
        return {
            "q": self.q or None,
            "starts": self.starts or None,
            "kind": self.kind or None,
            "larger": self.larger or None,
            "smaller": self.smaller or None,
            "expires": self.expires or None,
            "changed": self.changed or None,
        }

    @property
    def errors(self) -> list[str]:
        """What was not understood, in sentences."""
        return [
            f"“{wording.visible(text)}” is no size. Write it as 500, 10 kB or 1.5 MB."
            for text in (self.larger, self.smaller)
            if text and octets_of(text) is None
        ]

    async def only(self, visit: StoreVisit, namespaces: Iterable[str | None]) -> Filter | None:
        """The filter for the catalog; None where names alone decide."""
        if not self.is_narrowed:
            return None
        now = visit.now
        among = await keys_of_kind(visit, self.kind, namespaces) if self.kind else None
        return Filter(
            size=self.size_span(),
            expires={
                "never": Span(math.inf, math.inf),
                "hour": Span(now, now + HOUR),
                "day": Span(now, now + DAY),
                "overdue": Span(high=now),
            }.get(self.expires),
            changed={
                "minute": Span(low=now - 60),
                "hour": Span(low=now - HOUR),
                "day": Span(low=now - DAY),
                "not-hour": Span(high=now - HOUR),
                "not-day": Span(high=now - DAY),
            }.get(self.changed),
            among=among,
        )

    def size_span(self) -> Span | None:
        low, high = octets_of(self.larger), octets_of(self.smaller)
        if low is None and high is None:
            return None
        return Span(
            low=0 if low is None else math.floor(low) + 1,
            high=math.inf if high is None else math.ceil(high) - 1,
        )

    def chips(self) -> list[tuple[str, Self]]:
        """Each thing that narrows the list in words, and the filters without it."""
        chips: list[tuple[str, Self]] = []
        if self.is_start:
            label = f"Starts with “{wording.visible(self.text)}”"
            chips.append((label, replace(self, q=self.text, starts="")))
        if self.kind:
            chips.append((f"Kind: {wording.visible(self.kind)}", replace(self, kind="")))
        if self.larger:
            label = f"Larger than {wording.visible(self.larger)}"
            chips.append((label, replace(self, larger="")))
        if self.smaller:
            label = f"Smaller than {wording.visible(self.smaller)}"
            chips.append((label, replace(self, smaller="")))
        if self.expires:
            chips.append((EXPIRES[self.expires], replace(self, expires="")))
        if self.changed:
            chips.append((CHANGED[self.changed], replace(self, changed="")))
        return chips

    @property
    def cleared(self) -> Self:
        """The same search without anything that narrows it."""
        return type(self)(q=self.q, starts=self.starts)


def octets_of(text: str) -> float | None:
    """`10 kB` in bytes; None for text that is no size."""
    found = SIZE.fullmatch(text.strip())
    return float(found[1]) * UNITS[found[2].lower()] if found else None


async def filters_view(
    visit: StoreVisit, filters: KeyFilters, namespaces: list[str | None], keys: int
) -> dict[str, Any]:
    """The form of the filters; `keys` is how many keys the list has without them."""
    kinds = await kinds_in(visit, namespaces)
    known = wording.count(kinds.known)
    return {
        "asked": filters,
        "q": wording.visible(filters.q),
        "kind": wording.visible(filters.kind),
        "is_open": bool(filters.errors),
        "is_narrowed": filters.is_narrowed,
        "count": sum(1 for _ in filters.chips()),
        "errors": filters.errors,
        # A kind that is not known any more still stands in the list as long as it is asked for.
        "kinds": [
            {"value": kind, "label": f"{wording.visible(kind)} ({count:,})"}
            for kind, count in kinds.counts
        ]
        + (
            [{"value": filters.kind, "label": wording.visible(filters.kind)}]
            if filters.kind and filters.kind not in dict(kinds.counts)
            else []
        ),
        "kinds_known": f"Kinds are known of {known} of {wording.plural(keys, 'value')}."
        if kinds.known < keys
        else "",
        "expiries": [{"value": value, "label": label} for value, label in EXPIRES.items()],
        "changes": [{"value": value, "label": label} for value, label in CHANGED.items()],
    }
