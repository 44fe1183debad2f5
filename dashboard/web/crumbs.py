"""The way to a part of a value: a link to each part that it is in.

It is read from the address alone: it says nothing that the person does not have already, whatever
is masked in the value.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dashboard import reading
from dashboard.web import links, wording
from dashboard.web.opened import Opened
from dashboard.web.visits import KeyVisit
from storage_core.exceptions import RefusedEdit, StorageError
from storage_core.values.paths import enclosing

__all__ = ["Crumb", "crumbs_of"]

LONGEST: Final = 4_000
"""Characters of a path that is taken apart."""

FIRST: Final = 3
LAST: Final = 5
"""Parts that are shown of a longer way, at either end."""

NO_PART = re.compile(r"\.(?:maps|args)(?=\[\s*[+-]?\d)")
"""`.maps[0]` is one step where the value is a ChainMap, and two where it has a field `maps`."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way: its text, and the address of that part; none for the part itself, and
    for the gap in a long way.
    """

    text: str
    url: str = ""


async def crumbs_of(visit: KeyVisit, opened: Opened, path: str) -> list[Crumb]:
    """The way to the part at `path`, the whole value first; empty where the whole is shown, or
    where the path cannot be read.
    """
    if not path or len(path) > LONGEST:
        return []
    try:
        ways = enclosing(path)[::-1]
    except RefusedEdit:
        return []
    ways = [way for way in ways if not is_doubtful(path, way) or await is_there(visit, opened, way)]
    steps = [
        Crumb(wording.visible(inner[len(outer) :]), address_of(visit, inner))
        for outer, inner in pairwise(ways)
    ]
    steps[-1] = Crumb(steps[-1].text)
    if len(steps) > FIRST + LAST:
        steps[FIRST:-LAST] = [Crumb("…")]
    return [Crumb("the whole value", address_of(visit, "")), *steps]


def address_of(visit: KeyVisit, path: str) -> str:
    return links.key_url(visit.store.name, visit.stored_key, path=path or None)


def is_doubtful(path: str, way: str) -> bool:
    """Whether `way`, the beginning of `path`, may name nothing without the step that follows."""
    begin = max(way.rfind(".maps"), way.rfind(".args"))
    found = NO_PART.match(path, begin) if begin >= 0 else None
    return found is not None and found.end() == len(way)


async def is_there(visit: KeyVisit, opened: Opened, path: str) -> bool:
    if opened.state != "here":
        return False
    try:
        await reading.outline(opened.data, path, mask=visit.mask, depth=0, limit=1)
    except StorageError:
        return False
    return True
