"""Versions of a key, written down as the keeper does it."""

import time

from asgiref.sync import sync_to_async

from dashboard.history import marking
from dashboard.history.marking import Bounds
from dashboard.history.models import HistoryMark, State
from dashboard.history.places import Scope
from dashboard.history.writing import Reading, write

__all__ = ["USUAL", "kept_version", "kept_versions", "marked"]

USUAL = Bounds(versions=50, octets=1_000_000, largest=10_000, days=90)


async def marked(scope: Scope) -> HistoryMark:
    return await marking.begin("prod", scope, USUAL, "lea")


async def kept_version(key: str, data: bytes | None, **more) -> None:
    """Mark a key, and keep one version of it; None for one that says that it is gone."""
    await kept_versions(key, data, **more)


async def kept_versions(key: str, *values: bytes | None, ago: float = 60.0, **more) -> None:
    """Keep several versions, some seconds apart, the first one `ago` seconds old."""
    mark = await marked(Scope.of_key(key))
    for place, data in enumerate(values):
        at = time.time() - ago + 2 * place
        state = State.GONE if data is None else State.HELD
        reading = Reading(mark, key, at, at, state, data, **more)
        await sync_to_async(write)("prod", [reading])
