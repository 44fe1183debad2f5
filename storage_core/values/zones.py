"""Names of time zones: only those that this system's database or `tzdata` has can be typed.

A bot that reads a name which its own database lacks fails, and with it everything in the value.
"""

import zoneinfo
from difflib import get_close_matches
from functools import cache
from typing import Final

__all__ = ["is_known", "of_places", "refusal_of"]

_CLOSE: Final = 3
_CONTINENTS: Final = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/",
    "Europe/", "Indian/", "Pacific/",
)  # fmt: skip


@cache
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def _by_lower() -> dict[str, str]:
    return {name.lower(): name for name in sorted(_names())}


def is_known(name: str) -> bool:
    """Whether a zone is called exactly so; capitals count, as they do for a bot on Linux."""
    return name in _names()


def of_places() -> list[str]:
    """The names of zones that are called after a place, as people look for them."""
    return sorted(name for name in _names() if name.startswith(_CONTINENTS))


def refusal_of(name: str) -> str:
    """Why a name cannot be typed, with those that are close to it."""
    if not _names():
        return (
            "no database of time zones is installed here, so that no name can be checked; "
            "install the package tzdata, or type an offset such as +01:00"
        )
    known = _by_lower()
    lower = name.lower()
    last = lower.rpartition("/")[2]
    inside = [one for one in known if last and one.rpartition("/")[2] == last]
    close = [lower] if lower in known else inside[:_CLOSE]
    close = close or get_close_matches(lower, known, _CLOSE, 0.7)
    hint = f"; close to it: {', '.join(known[one] for one in close)}" if close else ""
    return f"there is no time zone {name!r}{hint}"
