"""A scan of the store compared with the picture of it: how a gap in the feed is made up for.

The picture goes on being shown and kept meanwhile. Nothing is made beside it but a mark for each
row, for a second picture would take as much memory again as the first.
"""

from array import array
from collections.abc import Callable, Iterable
from itertools import repeat

from dashboard.catalog.facts import Seen
from dashboard.catalog.gathering import COLON, Gathered
from dashboard.catalog.index import Index, place_of
from dashboard.catalog.order import FREE
from dashboard.catalog.section import LARGEST, UNKNOWN, Section
from dashboard.catalog.slices import Work
from storage_core.entries import NEVER, NO_SIZE, Columns, EntryInfo
from storage_core.keys import KeyRef, key_from_bytes, key_to_bytes, namespace_of

__all__ = ["Revision"]

STEP = 256
"""Keys looked up between two pauses."""
LONG_STEP = 4096
"""Marks or keys gone through between two pauses."""
MARK = 1
PASSES = 8
"""How many times the keys are gone through: fewer passes need more names at a time."""
LEAST = 20_000
"""Names that are gathered in any case."""


class Revision:
    """What the store says now beside what an index says, from `at`, in seconds since the epoch.

    First all that a scan gives is looked at. Where that is with sizes (`look_at`), what it did not
    name is forgotten then (`gone`). Where it is but names (`unknown`), every row is compared with
    what the store says of it (`compare`). A key that the feed named, and that was therefore asked
    for meanwhile, is left alone: what is known of it is newer.

    A value that was replaced by another of the same size and expiry cannot be seen here.
    """

    def __init__(
        self, index: Index, at: float, is_waiting: Callable[[str], bool] = lambda _: False
    ) -> None:
        """`is_waiting` says whether the feed has named a key that is to be asked for."""
        self.index = index
        self.at = at
        self.is_waiting = is_waiting
        self.marks = {name: bytearray(len(one.keys)) for name, one in index.sections.items()}
        self.heads = {key_to_bytes(name): name for name in self.marks if name is not None}
        self.gathered = Gathered()
        self.keys = index.totals().keys
        self.newer: set[str] = set()
        # Namespaces that the scan has named, or the feed.
        self.touched: set[str | None] = set()

    def note(self, stored_keys: Iterable[str]) -> None:
        """The store is being asked for these keys, because the feed named them."""
        for key in stored_keys:
            self.newer.add(key)
            self.touched.add(namespace_of(key))

    def is_left(self, stored_key: str) -> bool:
        """Whether a key is left to the feed, which has named it."""
        return stored_key in self.newer or self.is_waiting(stored_key)

    # --- what the scan names

    @property
    def has_many(self) -> bool:
        """Whether so many names are gathered that it is time to look for the unknown ones."""
        return self.gathered.count >= max(LEAST, self.keys // PASSES)

    def unknown(self) -> Work[list[str]]:
        """The names that were gathered and that the picture does not have.

        To go through all the keys for them a few times takes a tenth of what it takes to look up
        each name.
        """
        found: list[str] = []
        for namespace, names in self.gathered.take():
            self.touched.add(namespace)
            left = set(names)
            section = self.index.sections.get(namespace)
            if section is not None:
                yield from remove_known(section, left)
            found += [KeyRef(namespace, key_from_bytes(name)).stored_key for name in left]
            yield
        return [key for key in found if not self.is_left(key)]

    def look_at(self, page: Columns) -> Work[list[EntryInfo]]:
        """The entries of a page with sizes that the picture does not have, or has in another way.

        Where a size is not known, those that are new.
        """
        found: list[EntryInfo] = []
        sizes, moments = page.sizes or repeat(NO_SIZE), page.expires_at or repeat(NEVER)
        for count, (key, size, at) in enumerate(
            zip(page.stored_keys, sizes, moments, strict=False), start=1
        ):
            place = self.mark(key)
            if place is None or (size != NO_SIZE and differs(*place, size, at)):
                found.append(described(key_from_bytes(key), size, at))
            if count % STEP == 0:
                yield
        return [entry for entry in found if not self.is_left(entry.key)]

    def mark(self, stored_key: bytes) -> tuple[Section, int] | None:
        """Mark a key as named. Gives its place in the picture, if it is there."""
        head, colon, key = stored_key.partition(COLON)
        namespace = self.heads.get(head) if colon else None
        if namespace is None:
            namespace, key = place_of(key_from_bytes(stored_key))
        self.touched.add(namespace)
        section = self.index.sections.get(namespace)
        row = None if section is None else section.find(key)
        if section is None or row is None:
            return None
        marks = self.marks.get(namespace)
        if marks is not None and row < len(marks):
            marks[row] = MARK
        return section, row

    # --- what it did not name

    def is_gone(self, namespace: str | None) -> bool:
        """Whether nothing is left of a namespace, nor has come back."""
        return namespace not in self.touched

    def gone(self, namespace: str | None) -> Work[list[str]]:
        """The keys of a namespace that the scan did not name."""
        keys: list[str] = []
        marks = self.marks[namespace]
        for start in range(0, len(marks), LONG_STEP):
            section = self.index.sections.get(namespace)
            if section is not None:
                keys += unmarked(section, start, marks[start : start + LONG_STEP])
            yield
        return keys

    # --- what is said of the rest

    def compare(self, section: Section, start: int, answers: Columns) -> list[Seen]:
        """The rows from `start` on that are not as answered, if they have these keys still."""
        found: list[Seen] = []
        for place in differing(section, start, answers):
            row = start + place
            if section.keys[row] is not answers.keys[place] or section.keys[row] is FREE:
                continue
            entry = described(
                section.stored_key(row), answers.sizes[place], answers.expires_at[place]
            )
            found.append((entry.key, self.at, entry if entry.is_described else None))
        return found

    # --- what of that is written down

    def current(self, seen: Iterable[Seen]) -> list[Seen]:
        """What of this is a change to be applied now: nothing newer is known of the key, and it is
        not merely that its size gets known, which is written down here.
        """
        changes: list[Seen] = []
        for stored_key, at, entry in seen:
            if self.is_left(stored_key):
                continue
            if entry is not None and self.is_first_described(stored_key):
                self.index.put(entry)
            else:
                changes.append((stored_key, at, entry))
        return changes

    def mark_all(self, stored_keys: Iterable[str]) -> None:
        """Mark keys that were written down: a row which was free may be theirs now."""
        for key in stored_keys:
            self.mark(key_to_bytes(key))

    def is_first_described(self, stored_key: str) -> bool:
        place = self.index.find(stored_key)
        return place is not None and place[0].sizes[place[1]] == UNKNOWN


def described(stored_key: str, size: int, expires: float) -> EntryInfo:
    """What two columns say of a key."""
    if size == NO_SIZE:
        return EntryInfo(stored_key)
    return EntryInfo(stored_key, size, None if expires == NEVER else expires)


def remove_known(section: Section, names: set[bytes]) -> Work[None]:
    """Take out the names that are keys of a section."""
    may_be_free = FREE in names  # which is equal to a key that may not be there
    for start in range(0, len(section.keys), LONG_STEP):
        names.difference_update(section.keys[start : start + LONG_STEP])
        yield
    if may_be_free and section.find(FREE) is None:
        names.add(FREE)


def unmarked(section: Section, start: int, marks: bytearray) -> list[str]:
    """The stored keys of rows that have no mark."""
    if len(marks) == marks.count(MARK):
        return []
    rows = [row for row, mark in enumerate(marks, start) if mark != MARK]
    there = len(section.keys)
    return [
        section.stored_key(row) for row in rows if row < there and section.keys[row] is not FREE
    ]


def differing(section: Section, start: int, answers: Columns) -> list[int]:
    """Which rows from `start` on are other than the answers, counted from there."""
    sizes, expires_at = answers.sizes, answers.expires_at
    end = start + len(sizes)
    known = section.sizes[start:end]
    # What is not there is one of them even where no size was known either.
    found = {place for place, size in enumerate(sizes) if size == NO_SIZE}
    if max(sizes) > LARGEST or known != array("i", sizes):
        pairs = enumerate(zip(known, sizes, strict=False))
        found.update([place for place, (was, size) in pairs if was != min(size, LARGEST)])
    if section.expires is not None or min(expires_at) != NEVER:
        moments = repeat(NEVER) if section.expires is None else section.expires[start:end]
        both = enumerate(zip(moments, expires_at, strict=False))
        found.update([place for place, (was, at) in both if is_other_moment(was, at)])
    return sorted(found)


def differs(section: Section, row: int, size: int, expires: float) -> bool:
    """Whether a row is other than the store says."""
    return section.sizes[row] != min(size, LARGEST) or is_other_moment(section.expiry(row), expires)


def is_other_moment(was: float, now: float) -> bool:
    """Whether two expiries are more apart than the same one is in two answers of the store."""
    return was != now and abs(was - now) >= 1.0
