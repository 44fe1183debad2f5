"""Points in time as form fields: what a picker takes, microseconds, the zone, and which of two.

Where clocks go back an hour is there twice; Python's `fold` says which of the two is meant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from storage_core.exceptions import RefusedEdit
from storage_core.values import zones

__all__ = ["PICKERS", "Clock", "clock_of", "posted_clock"]

PICKERS: Final = {"datetime": "datetime-local", "date": "date", "time": "time"}
"""The kinds, and what HTML calls their field."""
_TYPED = re.compile(
    r'(?P<kind>datetime|date|time)\("'
    r"(?P<day>\d{4}-\d\d-\d\d)?T?(?P<clock>\d\d:\d\d:\d\d)?(?:\.(?P<micro>\d{6}))?"
    r'(?P<offset>[+-]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"'
    r'(?:, zone="(?P<zone>[^"\\]+)")?(?P<tzname>, tzname="(?:[^"\\]|\\.)*")?(?P<fold>, fold=1)?\)'
)
_PARTS: Final = {
    "datetime": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII),
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "time": re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII),
}
_SAID: Final = {
    "datetime": "a day and a time, such as 2026-11-24T09:30:00",
    "date": "a day, such as 2026-11-24",
    "time": "a time of day, such as 09:30:00",
}
_OFFSET = re.compile(r"[+-]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)
_SHORT_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the fields of a point in time hold.

    `was` is the zone as the value has it, `name` the notation of its own name (`, tzname="CET"`),
    which stays while the zone does. `keeps` says of a zone that nobody can type that it stays.
    Only what has microseconds has a field for them.
    """

    kind: str
    text: str = ""
    micro: str = ""
    zone: str = ""
    was: str = ""
    name: str = ""
    fold: str = ""
    keeps: str = ""
    has_micro: bool = False

    @property
    def has_zone(self) -> bool:
        """Whether there is a field for the zone."""
        return self.kind != "date" and not self.keeps

    @property
    def zones(self) -> tuple[str, ...]:
        """What the zone's field offers."""
        return offered()

    @property
    def twice(self) -> tuple[str, str] | None:
        """The two offsets of a time that is there twice, the first one first."""
        moments = self.moments()
        if moments is None or moments[0].utcoffset() <= moments[1].utcoffset():  # type: ignore[operator]  # both have a zone
            return None
        bare = len(moments[0].replace(tzinfo=None).isoformat())
        return moments[0].isoformat()[bare:], moments[1].isoformat()[bare:]

    @property
    def asks_which(self) -> bool:
        """Whether there is a choice between the first and the second of two."""
        return self.fold == "1" or self.twice is not None

    def moments(self) -> tuple[datetime, datetime] | None:
        """The two that the same fields can mean."""
        if self.kind != "datetime" or not zones.is_known(self.zone):
            return None
        try:
            first = datetime.fromisoformat(self.text).replace(tzinfo=ZoneInfo(self.zone))
        except ValueError:
            return None
        return first, first.replace(fold=1)

    @property
    def typed(self) -> str:
        """The typed notation. Raises RefusedEdit, in words about the field that is wrong."""
        text = self.text.strip()
        if not _PARTS[self.kind].fullmatch(text):
            raise RefusedEdit(f"This is {_SAID[self.kind]}.")
        if not self.fold and self.twice is not None:
            raise RefusedEdit(f"This time is there twice in {self.zone}: choose which of the two.")
        offset, named = spelled_zone(self.zone.strip())
        name = self.name if self.zone.strip() == self.was else ""
        fold = ", fold=1" if self.fold == "1" else ""
        return f'{self.kind}("{text}{self.fraction(text)}{offset}"{named}{name}{fold})'

    def fraction(self, text: str) -> str:
        """The microseconds behind `text`, which has no seconds where a browser left out zeros."""
        micro = self.micro.strip()
        if not micro or self.kind == "date":
            return ""
        if not micro.isascii() or not micro.isdecimal() or len(micro) > 6 or "." in text:
            raise RefusedEdit("Microseconds are a whole number from 0 to 999999.")
        seconds = "" if text.count(":") == 2 else ":00"
        return f"{seconds}.{int(micro):06}" if int(micro) else ""


@cache
def offered() -> tuple[str, ...]:
    """Names of zones that people use: those of a place, and UTC."""
    return ("UTC", *zones.of_places())


def spelled_zone(zone: str) -> tuple[str, str]:
    """A zone as what stands inside and outside of the quotes. Raises RefusedEdit for an unlikely
    one; whether there is one of this name is judged with the rest of what is typed."""
    if not zone:
        return "", ""
    if zones.is_known(zone):
        return "", f', zone="{zone}"'
    if _OFFSET.fullmatch(zone):
        return zone, ""
    if zone.upper() == "Z":
        return "+00:00", ""
    short = _SHORT_OFFSET.fullmatch(zone)
    if short is not None:
        return f"{short[1]}{int(short[2]):02}:{short[3] or '00'}", ""
    if not re.fullmatch(r"[\w+\-/]{1,100}", zone, re.ASCII):
        raise RefusedEdit("A time zone is a name, such as Europe/Berlin, or an offset, as +01:00.")
    return "", f', zone="{zone}"'


def clock_of(kind: str, typed: str, keeps: str = "") -> Clock | None:
    """The fields for a value in typed notation; None if they would not keep it exact."""
    found = _TYPED.fullmatch(typed)
    if found is None or found["kind"] != kind:
        return None
    parts = (found["day"], found["clock"])
    if [part is not None for part in parts] != [kind != "time", kind != "date"]:
        return None
    zone = found["zone"] or found["offset"] or ""
    return Clock(
        kind,
        "T".join(part for part in parts if part),
        str(int(found["micro"])) if found["micro"] else "",
        zone,
        zone,
        found["tzname"] or "",
        "1" if found["fold"] else "",
        keeps,
        has_micro=bool(found["micro"]),
    )


def posted_clock(kind: str, posted: Mapping[str, str]) -> Clock:
    """The fields as they were posted."""
    names = {"text": "text", "micro": "micro", "zone": "zone", "was": "zone_was"}
    names |= {"name": "zone_name", "fold": "fold", "keeps": "zone_kept"}
    fields = {field: posted.get(name, "") for field, name in names.items()}
    return Clock(kind, **fields, has_micro="micro" in posted)
