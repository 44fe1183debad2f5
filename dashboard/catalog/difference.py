"""What has changed between two pictures of a store: how a gap in the feed is made up for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.catalog.facts import Verb
from dashboard.catalog.index import Index
from dashboard.catalog.section import UNKNOWN, UNSEEN, Section
from dashboard.catalog.slices import Work
from storage_core.keys import KeyRef, key_from_bytes

__all__ = ["Difference", "difference"]

STEP = 512


@dataclass(slots=True)
class Difference:
    """What a new scan found changed. Of the single changes only the first are kept."""

    written: int = 0
    removed: int = 0
    changes: list[tuple[str, Verb]] = field(default_factory=list)
    at_most: int = 10_000

    def note(self, stored_key: str, verb: Verb) -> None:
        if verb == "written":
            self.written += 1
        else:
            self.removed += 1
        if len(self.changes) < self.at_most:
            self.changes.append((stored_key, verb))


def difference(old: Index, new: Index, now: float) -> Work[Difference]:
    """Compare two pictures of a store, and carry over into the new one when keys last changed.

    A value that was replaced by another of the same size and expiry cannot be seen here.
    """
    result = Difference()
    for namespace in old.sections.keys() | new.sections.keys():
        before = old.sections.get(namespace) or Section(namespace)
        after = new.sections.get(namespace) or Section(namespace)
        yield from compare(before, after, result, now)
        yield
    return result


def compare(before: Section, after: Section, result: Difference, now: float) -> Work[None]:
    """Go along the order of the old keys, chunk by chunk. Both may be looked at meanwhile, and the
    old one changed.
    """
    old_keys = yield from before.order("key")
    new_keys = yield from after.order("key")
    at, low = 0, None
    while True:
        high = old_keys.bounds[at] if at < len(old_keys.bounds) else None
        new_rows = yield from new_keys.between(low, high)
        # Only now, for the old keys may have changed in that pause.
        at = min(old_keys.place(low), len(old_keys.chunks) - 1) if low is not None else 0
        old_rows = old_keys.settle(at)
        if not is_alike(before, old_rows, after, new_rows):
            yield from compare_rows(before, old_rows, after, new_rows, result, now)
        if high is None:
            return
        yield
        low, at = high, min(old_keys.place(high), len(old_keys.chunks) - 1)


def is_alike(
    before: Section, old_rows: Sequence[int], after: Section, new_rows: Sequence[int]
) -> bool:
    """Whether rows in the order of their keys say the same, and none of them was seen changing."""
    if len(old_rows) != len(new_rows):
        return False
    if [before.keys[row] for row in old_rows] != [after.keys[row] for row in new_rows]:
        return False
    if [before.sizes[row] for row in old_rows] != [after.sizes[row] for row in new_rows]:
        return False
    if before.changed is not None and any(before.changed[row] != UNSEEN for row in old_rows):
        return False
    if before.expires is None and after.expires is None:
        return True
    pairs = zip(map(before.expiry, old_rows), map(after.expiry, new_rows), strict=True)
    return not any(is_other_moment(was, at) for was, at in pairs)


def compare_rows(
    before: Section,
    old_rows: Sequence[int],
    after: Section,
    new_rows: Sequence[int],
    result: Difference,
    now: float,
) -> Work[None]:
    """Row by row, the rows of the same span of keys."""
    left = {before.keys[row]: row for row in old_rows}
    for count, row in enumerate(new_rows, start=1):
        compare_row(before, left.pop(after.keys[row], None), after, row, result, now)
        if count % STEP == 0:
            yield
    for key in left:
        result.note(KeyRef(before.namespace, key_from_bytes(key)).stored_key, "removed")


def compare_row(
    before: Section, old: int | None, after: Section, new: int, result: Difference, now: float
) -> None:
    if old is None or is_rewritten(before, old, after, new):
        after.touch(new, now)
        result.note(after.stored_key(new), "written")
    elif (changed := before.change(old)) != UNSEEN:
        after.touch(new, changed)


def is_rewritten(before: Section, old: int, after: Section, new: int) -> bool:
    if UNKNOWN in (before.sizes[old], after.sizes[new]):
        return False
    if before.sizes[old] != after.sizes[new]:
        return True
    return is_other_moment(before.expiry(old), after.expiry(new))


def is_other_moment(was: float, now: float) -> bool:
    """Whether two expiries are more apart than the same one is in two answers of the store."""
    return was != now and abs(was - now) >= 1.0
