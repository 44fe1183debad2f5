"""How figures are printed: against the peer, with the aim, and the machine's facts once."""

import os
import platform
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Row", "machine", "printed"]


class Row(NamedTuple):
    """One figure of ours beside a peer's or floor's, both in the table's unit.

    `aim` is how many times as fast as the peer it should be, None where that is no question.
    """

    work: str
    peer: float | None
    ours: float
    aim: float | None


def machine() -> str:
    """What the figures were taken on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def printed(title: str, rows: Sequence[Row]) -> None:
    """Print one table in Markdown."""
    print(f"\n### {title}\n\n| work | peer | ours | ratio | aim |\n|---|---|---|---|---|")
    for row in rows:
        peer = "" if row.peer is None else f"{row.peer:,.1f}"
        ratio = "" if row.peer is None else f"{row.peer / row.ours:.2f}×"
        aim = "" if row.aim is None else f"≥ {row.aim:g}×"
        print(f"| {row.work} | {peer} | {row.ours:,.1f} | {ratio} | {aim} |")
