"""What a change feed tells: names of keys, and honest gaps."""

from dataclasses import dataclass

__all__ = ["Change", "Gap"]


@dataclass(frozen=True, slots=True)
class Change:
    """A key that was written, deleted or has expired.

    The feed gives the name only: ask the store what is true now. `at` is the moment when the feed
    saw it, in seconds since the epoch.
    """

    key: str
    at: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Changes may have been missed before this point: whoever follows the feed scans again."""

    reason: str
    at: float
