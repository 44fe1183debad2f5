"""How long an entry lives: one rule for every backend."""

import math
from datetime import timedelta

from storage_core.exceptions import InvalidExpiry

__all__ = ["lifetime"]

LONGEST = 100 * 365.25 * 24 * 3600
"""Seconds. Longer than any bot lives, and safely inside what every backend can count."""


def lifetime(expires: float | timedelta | None) -> float | None:
    """Seconds to live as a positive number, whole ones as int; None for never.

    Raises InvalidExpiry for zero, a negative number, NaN, infinity, a bool, or what is no number.
    Zero has no sense that two backends shared: it meant never on one and at once on another.
    """
    if expires is None:
        return None
    seconds = expires.total_seconds() if isinstance(expires, timedelta) else expires
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise InvalidExpiry(f"An expiry is a number of seconds, not {type(seconds).__name__}.")
    if not math.isfinite(seconds) or seconds <= 0:
        raise InvalidExpiry(f"An expiry must be a positive number of seconds, not {seconds}.")
    if seconds > LONGEST:
        raise InvalidExpiry("An expiry of more than a hundred years: leave it out for never.")
    return int(seconds) if seconds == int(seconds) else float(seconds)
