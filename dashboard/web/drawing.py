"""Pictures prepared for templates: what each tile and bar is called, and where it leads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final

from dashboard.catalog.survey import AGES, EXPIRIES
from dashboard.pictures import Bar, Tile, bars, share_of, top_of, treemap
from dashboard.web import wording

__all__ = [
    "Area",
    "Chart",
    "Line",
    "Map",
    "Rest",
    "age_labels",
    "chart_of",
    "expiry_labels",
    "lines_of",
    "maps_of",
]

WIDE: Final = (1000, 460, 48)
NARROW: Final = (360, 520, 18)
"""Width, height and the number of areas of the two sizes in which a map is drawn."""
LABELLED: Final = (56, 24)
SIZED: Final = (56, 42)
"""Width and height from which a tile has room for a name, and for a size as well."""
LETTER: Final = 7.6
"""How wide a letter of a label is, about."""
CHART: Final = (600, 96)
BUSY: Final = (1, 60, 600)
"""Changes in the last hour from which a tile is shaded deeper."""


@dataclass(frozen=True, slots=True)
class Area:
    """Something of a size; `busy` is how often it changed in the last hour.

    `place` tells apart what is called the same.
    """

    name: str
    detail: str
    url: str
    amount: int
    busy: int = 0
    place: str = ""

    @property
    def size(self) -> str:
        return wording.size(self.amount)


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """An area with its place; `shade` is 0 to 3, `label` empty where there is no room for one."""

    area: Area
    tile: Tile
    shade: int
    label: str
    is_sized: bool


@dataclass(frozen=True, slots=True)
class Map:
    """One drawing of a treemap. `rest` says what it has no room for, and leads to `rest_url`."""

    name: str
    width: int
    height: int
    tiles: list[DrawnTile]
    rest: str = ""
    rest_url: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is smaller than all areas: how many, called `name` (`keys`), and how many bytes.

    `url_from` gives the address of the picture that begins after so many of the areas.
    """

    name: str
    url_from: Callable[[int], str]
    number: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a chart of which nothing is known."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts over time, oldest first. `top` is what the uppermost line stands for.

    Of its `gaps` nobody knows anything.
    """

    name: str
    title: str
    width: int
    height: int
    bars: list[Bar]
    top: str
    sum: str
    first: str
    last: str
    rows: list[tuple[str, str]]
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a histogram; `share` is its length in hundredths of the longest."""

    label: str
    count: str
    share: float


def maps_of(areas: Sequence[Area], rest: Rest) -> list[Map]:
    """The areas, the largest first, as a treemap: once for a wide page and once for a narrow one.

    What comes after those that have room is not drawn, for it would take the room of all others; a
    link leads to it.
    """
    return [map_of("wide", areas, rest, *WIDE), map_of("narrow", areas, rest, *NARROW)]


def map_of(name: str, areas: Sequence[Area], rest: Rest, width: int, height: int, most: int) -> Map:
    shown = areas[:most]
    tiles = treemap([area.amount for area in shown], width, height)
    drawn_tiles = [drawn(shown[tile.number], tile) for tile in tiles]
    others = len(areas) - len(shown) + rest.number
    if not others:
        return Map(name, width, height, drawn_tiles)
    amount = sum(area.amount for area in areas[most:]) + rest.amount
    said = f"{others:,} more {rest.name}, {wording.size(amount)}"
    return Map(name, width, height, drawn_tiles, said, rest.url_from(len(shown)))


def drawn(area: Area, tile: Tile) -> DrawnTile:
    inner = replace(tile, width=max(tile.width - 2, 0.5), height=max(tile.height - 2, 0.5))
    return DrawnTile(
        area=area,
        tile=inner,
        shade=sum(area.busy >= bound for bound in BUSY),
        label=label_of(area.name, inner),
        is_sized=inner.width >= SIZED[0] and inner.height >= SIZED[1],
    )


def label_of(name: str, tile: Tile) -> str:
    """As much of a name as the tile has room for: how it ends tells it from the others as well as
    how it begins.
    """
    if tile.width < LABELLED[0] or tile.height < LABELLED[1]:
        return ""
    room = int((tile.width - 16) / LETTER)
    if len(name) <= room:
        return name
    kept = room - 2  # the dots are wide
    return f"{name[: kept - kept // 2]}…{name[len(name) - kept // 2 :]}"


def chart_of(
    name: str,
    title: str,
    counts: Sequence[int],
    spans: Sequence[str],
    known: Sequence[bool] = (),
) -> Chart:
    """Counts of changes, one for each span of time; `spans` are their names.

    `known` says which of them are known; all are if it is empty.
    """
    width, height = CHART
    top = top_of(counts)
    rows = [
        (span, wording.count(count)) for span, count in zip(spans, counts, strict=True) if count
    ]
    return Chart(
        name=name,
        title=title,
        width=width,
        height=height,
        bars=bars(counts, width, height, top=top),
        top=wording.count(top),
        sum=wording.plural(sum(counts), "change"),
        first=spans[0],
        last=spans[-1],
        rows=rows[::-1],
        gaps=gaps_of(known, width / len(counts)),
    )


def gaps_of(known: Sequence[bool], width: float) -> list[Gap]:
    """The parts that are not known, each as wide as it can be; `width` is that of one span."""
    gaps, start = [], 0
    for is_known, spans in groupby(known):
        count = len(list(spans))
        if not is_known:
            gaps.append(Gap(round(start * width, 2), round(count * width, 2)))
        start += count
    return gaps


def lines_of(counts: Sequence[int], labels: Sequence[str]) -> list[Line]:
    """A histogram that is a table at the same time."""
    highest = max(counts, default=0)
    return [
        Line(label, wording.count(count), share_of(count, highest))
        for label, count in zip(labels, counts, strict=True)
    ]


def expiry_labels() -> list[str]:
    """What the places of `SectionSurvey.expiries` stand for."""
    spans = [span_name(bound) for bound in EXPIRIES[1:]]
    between = [f"{low} to {high}" for low, high in pairwise(spans)]
    return ["overdue", f"within {spans[0]}", *between, f"after {spans[-1]}", "never"]


def age_labels() -> list[str]:
    """What the places of `SectionSurvey.ages` stand for."""
    spans = [span_name(bound) for bound in AGES]
    between = [f"{low} to {high} ago" for low, high in pairwise(spans)]
    return [f"in the last {spans[0]}", *between, f"over {spans[-1]} ago", "not seen changing"]


def span_name(seconds: float) -> str:
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            number = round(seconds / unit)
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    return f"{seconds:g} s"
