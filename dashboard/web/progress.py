"""How far the first reading of a store is, in words, and what can be said before it is done."""

from dataclasses import dataclass

from dashboard.catalog import NamespaceRow, Progress, Totals
from dashboard.web import wording

__all__ = ["ProgressView", "progress_view", "size_so_far", "sum_of"]

NOT_KNOWN = "–"


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far the reading of a store is; `share` in percent, None while unknown."""

    title: str
    text: str
    share: int | None


def progress_view(progress: Progress) -> ProgressView | None:
    """The progress of the first reading; None when there is nothing to wait for."""
    if progress.state == "waiting":
        return ProgressView("Waiting for the store.", "It has not been read yet.", None)
    if progress.state == "scanning" and not progress.counted:
        text = "None has come yet. The store may be busy; this goes on by itself when it answers."
        return ProgressView("Asking for the names of the keys.", text, None)
    share = None if progress.share is None else round(100 * progress.share)
    if progress.state == "scanning":
        text = f"{wording.plural(progress.counted, 'key')} so far{pace_of(progress)}."
        title, more = "Reading the names of the keys.", "What is known can be used."
        return ProgressView(title, f"{text} {more}", share)
    if progress.state == "describing":
        whole = wording.plural(progress.counted, "key")
        text = f"{wording.count(progress.described)} of {whole}{pace_of(progress)}."
        title, more = "Asking for sizes and expiry.", "Counts are exact; sizes are not complete."
        return ProgressView(title, f"{text} {more}", share)
    return None


def pace_of(progress: Progress) -> str:
    """`, 233,257 a second, about 3 s left`, as far as that is known."""
    rate = f", {progress.rate:,.0f} a second" if progress.rate >= 1 else ""
    left = progress.seconds_left
    return f"{rate}, about {wording.duration(max(left, 1))} left" if rate and left else rate


def size_so_far(size: int, progress: Progress) -> str:
    """A sum of sizes in words. Before any of them is known nothing is said, rather than 0 B."""
    is_known = size or progress.state not in {"waiting", "scanning", "describing"}
    return wording.size(size) if is_known else NOT_KNOWN


def sum_of(totals: Totals | NamespaceRow, progress: Progress) -> str:
    """`1,204 keys · 2.8 MB`, without a size before any is known."""
    keys = wording.plural(totals.keys, "key")
    size = size_so_far(totals.size, progress)
    return keys if size == NOT_KNOWN else f"{keys} · {size}"
