"""Rows in the order of a value, kept while rows come and go.

A list of chunks of row numbers: each chunk holds the rows from its lower bound up to the next
chunk's. Within a chunk the rows are sorted when somebody first looks at it, so building an order
costs little more than dealing the rows out. A row costs four bytes.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dashboard.catalog.slices import Work

__all__ = ["FREE", "Chunk", "Order"]

FREE = b"free"
"""The one object that stands for no key, told by identity: a key may have the same bytes."""
CHUNK = 2048
"""Rows in a chunk after it was split: sorting one takes about a millisecond."""
LIMIT = 2 * CHUNK
"""Rows that a chunk may have before it is split."""
ROOMY = CHUNK * 3 // 4
"""Rows that a chunk has on average when an order is made for many rows at once."""
SAMPLES = 8
"""Rows looked at for each chunk to find bounds that part the rows evenly."""
STEP = 512
"""Rows dealt out between two yields."""


class Chunk:
    """Neighbouring rows. `text` is kept for the search by whoever made it, until rows change."""

    __slots__ = ("is_sorted", "rows", "text")

    def __init__(self, rows: "array[int]", *, is_sorted: bool) -> None:
        self.rows = rows
        self.is_sorted = is_sorted
        self.text: bytes | None = None


class Order:
    """Row numbers sorted by `value(row)`, which is different for every row.

    Rows below `seen` are in it. The value of a row may change only between `remove` and `add`.
    Where two rows have the same value, because a scan gave a key twice, either may come first.
    """

    __slots__ = ("bounds", "chunks", "is_full", "seen", "value")

    def __init__(self, value: Callable[[int], Any]) -> None:
        self.value = value
        self.chunks = [Chunk(array("I"), is_sorted=True)]
        # The lowest value of each chunk but the first.
        self.bounds: list[Any] = []
        self.seen = 0
        self.is_full = False

    def __len__(self) -> int:
        return sum(len(chunk.rows) for chunk in self.chunks)

    def holds(self, row: int) -> bool:
        """Whether a row, if it is not free, is in this order."""
        return row < self.seen

    def catch_up(self, keys: Sequence[bytes]) -> Work[None]:
        """Take in the rows from `seen` on, without those that are free."""
        if self.seen == 0 and len(self.chunks) == 1 and len(keys) > LIMIT:
            self.lay_out(len(keys))
        while self.seen < len(keys):
            end = min(self.seen + STEP, len(keys))
            self.deal(self.belonging(range(self.seen, end), keys))
            self.seen = end
            yield
            yield from self.split_full()

    def lay_out(self, rows: int) -> None:
        """Make empty chunks for so many rows, with bounds from a sample of them: then each row is
        dealt out once, instead of moving with every split.
        """
        count = rows // ROOMY + 1
        sample = sorted({self.value(row) for row in range(0, rows, rows // (count * SAMPLES) or 1)})
        self.bounds = sample[SAMPLES::SAMPLES]
        self.chunks = [Chunk(array("I"), is_sorted=True) for _ in range(len(self.bounds) + 1)]

    def belonging(self, rows: Sequence[int], keys: Sequence[bytes]) -> list[int]:
        """Which of some rows are to be in this order."""
        return [row for row in rows if keys[row] is not FREE]

    def deal(self, rows: Sequence[int]) -> None:
        """Put rows into their chunks without sorting."""
        value, bounds, chunks = self.value, self.bounds, self.chunks
        for row in rows:
            chunk = chunks[bisect_right(bounds, value(row))]
            chunk.rows.append(row)
            chunk.is_sorted = False
            chunk.text = None
            if len(chunk.rows) >= LIMIT:
                self.is_full = True

    def split_full(self) -> Work[None]:
        """Split the chunks that have got too many rows."""
        at = 0
        while self.is_full:
            while at < len(self.chunks) and len(self.chunks[at].rows) < LIMIT:
                at += 1
            if at < len(self.chunks):
                self.split(at)
                yield
            elif all(len(chunk.rows) < LIMIT for chunk in self.chunks):
                self.is_full = False
            else:  # others made one full behind us, during a pause
                at = 0

    def add(self, row: int) -> None:
        """Take in one row, keeping a sorted chunk sorted."""
        value = self.value(row)
        at = bisect_right(self.bounds, value)
        chunk = self.chunks[at]
        if chunk.is_sorted:
            chunk.rows.insert(bisect_left(chunk.rows, value, key=self.value), row)
        else:
            chunk.rows.append(row)
        chunk.text = None
        if len(chunk.rows) >= LIMIT:
            self.split(at)

    def remove(self, row: int) -> None:
        """Take out a row that is in it."""
        at = bisect_right(self.bounds, self.value(row))
        spot = self.spot_of(row, at)
        if spot is None:  # the other row with the same value took the bound
            at, spot = self.search_all(row)
        chunk = self.chunks[at]
        del chunk.rows[spot]
        chunk.text = None
        if not chunk.rows and len(self.chunks) > 1:
            del self.chunks[at]
            del self.bounds[max(at - 1, 0)]

    def spot_of(self, row: int, at: int) -> int | None:
        rows = self.settle(at)
        spot = bisect_left(rows, self.value(row), key=self.value)
        if spot < len(rows) and rows[spot] == row:
            return spot
        return rows.index(row) if row in rows else None

    def search_all(self, row: int) -> tuple[int, int]:
        for at in range(len(self.chunks)):
            spot = self.spot_of(row, at)
            if spot is not None:
                return at, spot
        raise KeyError(row)

    def settle(self, at: int) -> "array[int]":
        """The rows of a chunk, sorted."""
        chunk = self.chunks[at]
        if not chunk.is_sorted:
            chunk.rows = array("I", sorted(chunk.rows, key=self.value))
            chunk.is_sorted = True
        return chunk.rows

    def split(self, at: int) -> None:
        """Replace a chunk by sorted ones of at most `CHUNK` rows: some milliseconds of work."""
        rows = self.settle(at)
        parts = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
        self.chunks[at : at + 1] = [Chunk(part, is_sorted=True) for part in parts]
        self.bounds[at:at] = [self.value(part[0]) for part in parts[1:]]

    def place(self, value: Any) -> int:
        """The number of the first chunk at or above a lower bound that a chunk had."""
        return bisect_left(self.bounds, value) + 1

    def find(self, value: Any) -> int | None:
        """The row that has this value."""
        at = bisect_right(self.bounds, value)
        rows = self.settle(at)
        spot = bisect_left(rows, value, key=self.value)
        if spot < len(rows) and self.value(rows[spot]) == value:
            return rows[spot]
        return None

    def above(self, value: Any | None, *, inclusive: bool = False) -> Iterator[int]:
        """The rows above a value, upwards; all of them for None. Not across changes."""
        at = 0 if value is None else bisect_right(self.bounds, value)
        rows = self.settle(at)
        bisect = bisect_left if inclusive else bisect_right
        start = 0 if value is None else bisect(rows, value, key=self.value)
        while True:
            yield from rows[start:]
            at += 1
            if at == len(self.chunks):
                return
            rows, start = self.settle(at), 0

    def between(self, low: Any | None, high: Any | None) -> "Work[array[int]]":
        """The rows from one value up to another, which is left out; None: no bound."""
        rows = array("I")
        at = 0 if low is None else bisect_right(self.bounds, low)
        while True:
            part = self.settle(at)
            start = 0 if low is None else bisect_left(part, low, key=self.value)
            end = len(part) if high is None else bisect_left(part, high, key=self.value)
            rows += part[start:end]
            if at == len(self.bounds) or (high is not None and self.bounds[at] >= high):
                return rows
            at += 1
            yield

    def below(self, value: Any | None) -> Iterator[int]:
        """The rows below a value, downwards; all of them for None. Not across changes."""
        at = len(self.chunks) - 1 if value is None else bisect_right(self.bounds, value)
        rows = self.settle(at)
        end = len(rows) if value is None else bisect_left(rows, value, key=self.value)
        while True:
            yield from reversed(rows[:end])
            at -= 1
            if at < 0:
                return
            rows = self.settle(at)
            end = len(rows)
