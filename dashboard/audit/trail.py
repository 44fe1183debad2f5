"""The last changes of one key as spans of time, so that a busy key does not push out an idle one's.

In the database a trail is a JSON list of `[first, last, count, is_gone]`, oldest first: moments in
seconds since the epoch, the number of changes seen in between, and 1 where the key was then gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["KEPT", "Span", "as_json", "extended", "spans_of"]

KEPT: Final = 12
"""Spans of a key that are kept."""
APART: Final = 60.0
"""Seconds without a change after which another span begins."""

Json = list[list[float]]


@dataclass(slots=True)
class Span:
    """Changes of one kind that follow each other: writes, or removals."""

    first: float
    last: float
    count: int
    is_gone: bool


def spans_of(trail: Json) -> list[Span]:
    """The spans of a trail, oldest first."""
    return [Span(first, last, int(count), bool(gone)) for first, last, count, gone in trail]


def as_json(spans: Iterable[Span]) -> Json:
    return [[round(s.first, 3), round(s.last, 3), s.count, int(s.is_gone)] for s in spans]


def extended(trail: Json, seen: Sequence[Span], new: int) -> Json:
    """A trail with what was seen added. Of that, `new` changes were not counted before: several
    processes see the same ones.
    """
    spans = spans_of(trail)
    for span in newest(seen, new):
        last = spans[-1] if spans else None
        if last and last.is_gone == span.is_gone and span.first - last.last < APART:
            last.last, last.count = max(last.last, span.last), last.count + span.count
        else:
            spans.append(span)
    return as_json(spans[-KEPT:])


def newest(seen: Sequence[Span], count: int) -> list[Span]:
    """The last `count` changes of these spans."""
    found: list[Span] = []
    for span in reversed(seen):
        if count <= 0:
            break
        part = min(span.count, count)
        first = span.first if part == span.count else span.last
        found.insert(0, Span(first, span.last, part, span.is_gone))
        count -= part
    return found
