"""Bars beside each other, the highest as high as the plane."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bar", "bars", "share_of", "top_of"]

STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar that stands on the bottom of the plane."""

    number: int
    x: float
    y: float
    width: float
    height: float


def bars(
    counts: Sequence[int], width: float, height: float, *, top: int = 0, gap: float = 0.25
) -> list[Bar]:
    """A bar for each count above nothing. `top` is the count that reaches up to the top.

    `gap` is the part of each place that is left free. What is little is still seen: a bar is at
    least a fiftieth of the plane high.
    """
    highest = max([top, *counts], default=0)
    if not highest:
        return []
    place = width / len(counts)
    found = []
    for number, count in enumerate(counts):
        if count > 0:
            high = max(height * count / highest, height / 50)
            x, wide = number * place + place * gap / 2, place * (1 - gap)
            found.append(
                Bar(number, round(x, 2), round(height - high, 2), round(wide, 2), round(high, 2))
            )
    return found


def top_of(counts: Sequence[int]) -> int:
    """A round number that none of the counts exceeds: 1, 2, 5, 10, 20, 50 …"""
    highest, power = max(counts, default=0), 1
    while True:
        for step in STEPS:
            if highest <= step * power:
                return step * power
        power *= 10


def share_of(count: int, highest: int) -> float:
    """A count as hundredths of the highest one; what is little is still seen."""
    return 0.0 if not count or not highest else round(max(100 * count / highest, 0.8), 2)
