"""The last changes of one key as spans of time, so that a busy key does not push out an idle one's.

In the database a trail is a JSON list of `[first, last, count, is_gone, *late]`, oldest first:
moments in seconds since the epoch, the number of changes seen in between, 1 where the key was then
gone, and the moments of the last changes before the last, as far as they are known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["KEPT", "Span", "as_json", "extended", "spans_of"]

KEPT: Final = 12
"""Spans of a key that are kept."""
APART: Final = 60.0
"""Seconds without a change after which another span begins."""
LATE: Final = 3
"""Moments of a span that are kept beside its first and its last: what a person's change leaves in a
span of the bot's is known by its moment.
"""

Json = list[list[float]]


@dataclass(slots=True)
class Span:
    """Changes of one kind that follow each other: writes, or removals.

    `late` are the moments of the last changes before the last, at most `LATE`, oldest first. (Not a
    list: a burst makes thousands of spans, whose empty lists the garbage collector went through.)
    """

    first: float
    last: float
    count: int
    is_gone: bool
    late: tuple[float, ...] = field(default=(), compare=False)

    @property
    def moments(self) -> list[float]:
        """The moments that are known of these changes, oldest first."""
        alone = [] if self.count == 1 or self.first in self.late else [self.first]
        return [*alone, *self.late, self.last]

    def go_on(self, later: "Span") -> None:
        """Take in changes of the same kind that followed."""
        self.late = (*self.moments, *later.moments[:-1])[-LATE:]
        self.last, self.count = max(self.last, later.last), self.count + later.count


def spans_of(trail: Json) -> list[Span]:
    """The spans of a trail, oldest first."""
    return [
        Span(first, last, int(count), bool(gone), tuple(late))
        for first, last, count, gone, *late in trail
    ]


def as_json(spans: Iterable[Span]) -> Json:
    return [
        [
            *(round(s.first, 3), round(s.last, 3), s.count, int(s.is_gone)),
            *(round(moment, 3) for moment in s.late),
        ]
        for s in spans
    ]


def extended(trail: Json, seen: Sequence[Span], new: int) -> Json:
    """A trail with what was seen added. Of that, `new` changes were not counted before: several
    processes see the same ones.
    """
    spans = spans_of(trail)
    for span in newest(seen, new):
        last = spans[-1] if spans else None
        if last and last.is_gone == span.is_gone and span.first - last.last < APART:
            last.go_on(span)
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
        late = span.late[-(part - 1) :] if part > 1 else ()
        whole = part == span.count
        first = span.first if whole else late[0] if late else span.last
        found.insert(0, Span(first, span.last, part, span.is_gone, late))
        count -= part
    return found
