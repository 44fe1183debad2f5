"""The keys of one namespace in packed columns.

A key is a row number: its name in `keys`, its size in four bytes, and its expiry and last change in
eight each once a key of the namespace has one. Orders hold row numbers and are built when a page
first asks for them.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from dashboard.catalog.facts import CatalogRow, Found, Sort
from dashboard.catalog.order import FREE, Order
from dashboard.catalog.searching import Matching, Needle, text_of
from dashboard.catalog.slices import Work, at_once
from storage_core.entries import NEVER, NO_SIZE
from storage_core.keys import KeyRef, key_from_bytes

__all__ = ["NEVER", "UNKNOWN", "UNSEEN", "Section"]

UNKNOWN = NO_SIZE
"""A size that nobody has asked for."""
UNSEEN = 0.0
"""The last change of a key that was not seen changing."""
LARGEST = 2**31 - 1
KEPT = 6
"""Orders beside that of the keys that are kept up to date; the ones not used for longest go."""


class Section:
    """One namespace (None: the shared keys) of an index."""

    __slots__ = (
        "changed",
        "described",
        "expires",
        "free",
        "keys",
        "namespace",
        "orders",
        "size",
        "sizes",
    )

    def __init__(self, namespace: str | None) -> None:
        self.namespace = namespace
        self.keys: list[bytes] = []
        self.sizes = array("i")
        self.expires: array[float] | None = None
        self.changed: array[float] | None = None
        self.free: list[int] = []
        self.orders: dict[tuple[Sort, Needle | None], Order] = {}
        self.size = 0
        self.described = 0

    def __len__(self) -> int:
        return len(self.keys) - len(self.free)

    # --- one row

    def key(self, row: int) -> bytes:
        key = self.keys[row]
        if key is FREE:
            raise KeyError(row)
        return key

    def stored_key(self, row: int) -> str:
        return self.ref(row).stored_key

    def stored_keys(self) -> Iterator[str]:
        """All stored keys, in no order. Not across changes."""
        return (self.stored_key(row) for row, key in enumerate(self.keys) if key is not FREE)

    def ref(self, row: int) -> KeyRef:
        return KeyRef(self.namespace, key_from_bytes(self.key(row)))

    def expiry(self, row: int) -> float:
        return NEVER if self.expires is None else self.expires[row]

    def change(self, row: int) -> float:
        return UNSEEN if self.changed is None else self.changed[row]

    def row(self, row: int) -> CatalogRow:
        """The facts of a row as pages get them."""
        ref, size, expires = self.ref(row), self.sizes[row], self.expiry(row)
        return CatalogRow(
            ref=ref,
            stored_key=ref.stored_key,
            size=None if size == UNKNOWN else size,
            expires_at=None if expires == NEVER else expires,
            kind=None,
            changed_at=self.change(row) or None,
        )

    # --- writing

    def append(self, key: bytes) -> int:
        """Add a key that is not known to be there already, without looking it up."""
        self.keys.append(key)
        self.sizes.append(UNKNOWN)
        if self.expires is not None:
            self.expires.append(NEVER)
        if self.changed is not None:
            self.changed.append(UNSEEN)
        return len(self.keys) - 1

    def extend(self, keys: Sequence[bytes]) -> int:
        """As `append` for many keys that a scan gave; the row of the first of them."""
        first = len(self.keys)
        self.keys += keys
        self.sizes.extend(array("i", [UNKNOWN]) * len(keys))
        if self.expires is not None:
            self.expires.extend(array("d", [NEVER]) * len(keys))
        if self.changed is not None:
            self.changed.extend(array("d", [UNSEEN]) * len(keys))
        return first

    def fill(
        self, start: int, keys: Sequence[bytes], sizes: Sequence[int], expires: Sequence[float]
    ) -> list[int]:
        """Write down the sizes and expiries of neighbouring rows that had these keys when the
        store was asked. Gives the rows that are not there.

        What has been described meanwhile is left alone, for that is newer.
        """
        end = start + len(keys)
        lowest, highest = min(sizes), max(sizes)
        is_plain = (
            lowest != NO_SIZE
            and highest <= LARGEST
            and all(sort == "key" for sort, _ in self.orders)
            and not self.free
            and self.sizes[start:end].count(UNKNOWN) == len(keys)
        )
        if not (is_plain and self.keys[start:end] == keys):
            return self.fill_each(start, keys, sizes, expires)
        self.sizes[start:end] = array("i", sizes)
        self.size += sum(sizes)
        self.described += len(keys)
        if self.expires is None and min(expires) != NEVER:
            self.expires = array("d", [NEVER]) * len(self.keys)
        if self.expires is not None:
            self.expires[start:end] = array("d", expires)
        return []

    def fill_each(
        self, start: int, keys: Sequence[bytes], sizes: Sequence[int], expires: Sequence[float]
    ) -> list[int]:
        """As `fill`, row by row."""
        gone: list[int] = []
        for row, (key, size, at) in enumerate(zip(keys, sizes, expires, strict=True), start):
            if self.keys[row] is not key or key is FREE or self.sizes[row] != UNKNOWN:
                continue
            if size == NO_SIZE:
                gone.append(row)
            else:
                self.describe(row, size, None if at == NEVER else at)
        return gone

    def describe(self, row: int, size: int, expires_at: float | None) -> None:
        """Write down the size in bytes and the expiry of a row."""
        expires = NEVER if expires_at is None else expires_at
        if self.sizes[row] == size and self.expiry(row) == expires:
            return
        lifted = self.lift(row, "size", "expires")
        if self.sizes[row] == UNKNOWN:
            self.described += 1
        else:
            self.size -= self.sizes[row]
        self.sizes[row] = min(size, LARGEST)
        self.size += self.sizes[row]
        if self.expires is None and expires != NEVER:
            self.expires = array("d", [NEVER]) * len(self.keys)
        if self.expires is not None:
            self.expires[row] = expires
        for order in lifted:
            order.add(row)

    def touch(self, row: int, at: float) -> None:
        """Write down when a row was last seen changing, in seconds since the epoch."""
        lifted = self.lift(row, "changed")
        if self.changed is None:
            self.changed = array("d", [UNSEEN]) * len(self.keys)
        self.changed[row] = at
        for order in lifted:
            order.add(row)

    def put(self, key: bytes) -> tuple[int, bool]:
        """The row of a key, added if it is new, and whether it is."""
        row = self.find(key)
        if row is not None:
            return row, False
        if self.free:
            row = self.free.pop()
            self.keys[row] = key
        else:
            row = self.append(key)
        for order in self.orders.values():
            if row == order.seen:
                order.seen += 1
            if order.holds(row):
                order.add(row)
        return row, True

    def drop(self, row: int) -> None:
        """Forget a row. Its number is used again for another key."""
        self.lift(row, "key", "size", "expires", "changed")
        if self.sizes[row] != UNKNOWN:
            self.described -= 1
            self.size -= self.sizes[row]
        self.sizes[row] = UNKNOWN
        if self.expires is not None:
            self.expires[row] = NEVER
        if self.changed is not None:
            self.changed[row] = UNSEEN
        self.keys[row] = FREE
        self.free.append(row)

    def lift(self, row: int, *sorts: Sort) -> list[Order]:
        """Take a row out of those of its orders that are sorted by what is about to change."""
        if len(self.orders) <= 1 and "key" not in sorts:
            return []  # most often there is but the order of the keys
        lifted = [
            order for (sort, _), order in self.orders.items() if sort in sorts and order.holds(row)
        ]
        for order in lifted:
            order.remove(row)
        return lifted

    # --- looking

    def order(self, sort: Sort, needle: Needle | None = None) -> Work[Order]:
        """The rows in an order, only those that match, built or brought up to date."""
        order = self.orders.pop((sort, needle), None)
        if order is None:
            order = self.new_order(sort, needle)
        self.orders[sort, needle] = order
        if isinstance(order, Matching):
            by_key = yield from self.order("key")
            yield from order.gather(by_key)
        yield from order.catch_up(self.keys)
        return order

    def new_order(self, sort: Sort, needle: Needle | None) -> Order:
        kept = [name for name in self.orders if name != ("key", None)]
        for name in kept[: max(len(kept) - KEPT + 1, 0)]:
            del self.orders[name]
        value = self.value_by(sort)
        return Order(value) if needle is None else Matching(value, self.keys, needle)

    def search(self, needle: Needle | None, at_most: int) -> Work[Found]:
        """The first keys that match (None: all do), and how many there are."""
        order = yield from self.order("key")
        if needle is None:
            first = islice(order.above(None), at_most)
            return Found([self.row(row) for row in first], len(self))
        rows: list[CatalogRow] = []
        total, at = 0, 0
        while at < len(order.chunks):
            chunk = order.chunks[at]
            if needle.may_be_in(text_of(chunk, self.keys)):
                is_wanted = len(rows) < at_most
                found = needle.among(order.settle(at) if is_wanted else chunk.rows, self.keys)
                total += len(found)
                rows += [self.row(row) for row in found[: at_most - len(rows)]]
            if at == len(order.bounds):
                break
            bound = order.bounds[at]
            yield
            at = order.place(bound)
        return Found(rows, total)

    def find(self, key: bytes) -> int | None:
        """The row of a key."""
        order = self.orders.get(("key", None))
        if order is None or order.seen < len(self.keys):
            order = at_once(self.order("key"))
        return order.find(key)

    def value_by(self, sort: Sort) -> Callable[[int], Any]:
        """What rows are compared by. Unknown sizes come first, entries without expiry last."""
        keys = self.keys
        if sort == "key":
            return keys.__getitem__
        if sort == "size":
            sizes = self.sizes
            return lambda row: (sizes[row], keys[row])
        column = self.expiry if sort == "expires" else self.change
        return lambda row: (column(row), keys[row])
