"""Areas in proportion to numbers, as nearly square as can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import squarify  # type: ignore[import-untyped]  # the package has no types

__all__ = ["Tile", "treemap"]

SEEN: Final = 1e-6
"""The part of the whole below which an amount has no tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One rectangle; `number` says for which of the given amounts."""

    number: int
    x: float
    y: float
    width: float
    height: float


def treemap(amounts: Sequence[float], width: float, height: float) -> list[Tile]:
    """A tile for each amount that can be seen, the largest first, together filling the plane."""
    least = SEEN * sum(amounts)
    order = sorted(range(len(amounts)), key=lambda number: -amounts[number])
    order = [number for number in order if amounts[number] > least]
    if not order:
        return []
    sizes = squarify.normalize_sizes([amounts[number] for number in order], width, height)
    return [
        Tile(
            number,
            round(rect["x"], 2),
            round(rect["y"], 2),
            round(rect["dx"], 2),
            round(rect["dy"], 2),
        )
        for number, rect in zip(order, squarify.squarify(sizes, 0, 0, width, height), strict=True)
    ]
