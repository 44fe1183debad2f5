"""What became of the shared keys while nobody watched: it is found by comparing, and counted once.

What each of them held is written down as it is looked at in passing. After a time in which no web
process watched, the first look at each is compared with that; keys that came or went meanwhile are
found as soon as all keys are known. When it was, nobody knows but from when to when nobody watched.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.audit.models import Sighting
from dashboard.catalog import Catalog, CatalogRow
from dashboard.findings import Look, Looks
from dashboard.findings.vigils import last_before
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from storage_core.keys import key_to_bytes

__all__ = ["Absence", "Missed"]

TOGETHER: Final = 200
"""Keys of one step; what is left waits for the next."""
MOST: Final = 5000
"""Shared keys that are compared."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A change that nobody saw, `until` some moment in seconds since the epoch; `changes` are those
    that are counted by now.
    """

    stored_key: str
    until: float
    is_gone: bool
    changes: int


@dataclass(slots=True)
class Return:
    """The end of an absence: nobody watched from `since` until `at`. `before` are the sightings as
    they were then, of which the keys in `left` are still to be compared.
    """

    since: float
    at: float
    before: dict[str, Sighting]
    left: list[str] = field(default_factory=list)


class Absence:
    """Compares the shared keys of one store with what they were before nobody watched."""

    def __init__(self, store_name: str, catalog: Catalog, looks: Looks) -> None:
        self.store_name = store_name
        self.catalog = catalog
        self.looks = looks
        self.end: Return | None = None
        self.is_over = False
        # The last look at each key that was written down.
        self.noted: dict[str, Look] = {}

    async def step(self, waiting: Collection[str]) -> list[Missed]:
        """Compare some keys, and write down what they are now. Those `waiting` were seen to change
        and are left alone.
        """
        if not self.is_over and self.catalog.progress.state == "ready":
            self.end = await self.look_back()
            self.is_over = True
        if not self.is_over:
            return []
        if self.is_comparing:
            return await self.came_and_went(waiting)
        return await self.look_on(waiting)

    @property
    def is_comparing(self) -> bool:
        """Whether some keys are still to be told new: until then none is written down as known."""
        return self.end is not None and bool(self.end.left)

    async def look_back(self) -> Return | None:
        """The absence that has ended; None if nobody watched before."""
        since = await last_before(self.store_name, self.catalog.chronicle.began)
        if since is None:
            return None
        shared = Sighting.objects.filter(store=self.store_name, is_shared=True)
        before = {row.stored_key: row async for row in shared[: 2 * MOST]}
        rows = (await self.catalog.apage(None, limit=MOST)).rows
        there = {row.stored_key for row in rows}
        # Where there are more than are introduced, one without a sighting need not be new.
        new = there - before.keys() if before and len(rows) < MOST else set()
        gone = [key for key, row in before.items() if row.removed_at is None and key not in there]
        back = [key for key, row in before.items() if row.removed_at and key in there]
        at = self.catalog.progress.finished_at or self.catalog.clock()
        return Return(since, at, before, [*gone, *back, *sorted(new)])

    # --- which keys there are

    async def came_and_went(self, waiting: Collection[str]) -> list[Missed]:
        """Those that came or went while nobody watched, some of them."""
        end, found = self.end, []
        if end is None:
            return []
        some, end.left = end.left[:TOGETHER], end.left[TOGETHER:]
        for key in some:
            row = self.catalog.row(key)
            if key not in waiting and not (row and row.changed_at):
                found.append(await self.write_came_or_went(end, key, row))
        return [one for one in found if one is not None]

    async def write_came_or_went(
        self, end: Return, key: str, row: CatalogRow | None
    ) -> Missed | None:
        before = end.before.get(key)
        removed_at = moment_of(end.at) if row is None else None
        if before is not None:
            return await self.write(end, before, is_gone=row is None, removed_at=removed_at)
        span = {"missed_from": moment_of(end.since), "missed_until": moment_of(end.at)}
        _, is_new = await Sighting.objects.aget_or_create(
            store=self.store_name,
            key_digest=digest_of_key(key),
            defaults={
                "key": key_to_bytes(key),
                "is_shared": True,
                "first_seen": moment_of(end.at),
                "changes": 1,
                **span,
            },
        )
        return Missed(key, end.at, is_gone=False, changes=1) if is_new else None

    # --- what they hold

    async def look_on(self, waiting: Collection[str]) -> list[Missed]:
        """Compare what was looked at since, and write down what it is."""
        looks = self.looks.of(None)
        news = [(key, look) for key, look in looks.items() if self.noted.get(key) is not look]
        found, plain = [], []
        for key, look in news[:TOGETHER]:
            missed = None if key in waiting else await self.compare(key, look)
            if missed is not None:
                found.append(missed)
            else:
                plain.append((key, look))
            self.noted[key] = look
        if plain:
            await self.note(plain)
        if len(self.noted) > len(looks):
            self.noted = {key: look for key, look in self.noted.items() if key in looks}
        return found

    async def compare(self, key: str, look: Look) -> Missed | None:
        """Compare the first look at a key since the absence; another says nothing of that."""
        before = self.end.before.pop(key, None) if self.end is not None else None
        row = self.catalog.row(key)
        if self.end is None or before is None or row is None or row.changed_at is not None:
            return None
        if before.removed_at is not None or not is_known(before) or not is_other(before, look):
            return None
        return await self.write(self.end, before, is_gone=False, **held(look))

    async def note(self, looks: Sequence[tuple[str, Look]]) -> None:
        """Write down what some keys hold."""
        await Sighting.objects.abulk_create(
            [
                Sighting(
                    store=self.store_name,
                    key_digest=digest_of_key(key),
                    key=key_to_bytes(key),
                    is_shared=True,
                    first_seen=moment_of(look.at),
                    **held(look),
                )
                for key, look in looks
            ],
            update_conflicts=True,
            unique_fields=["store", "key_digest"],
            update_fields=["digest", "size", "looked_at"],
        )

    async def write(
        self, end: Return, before: Sighting, *, is_gone: bool, **held: Any
    ) -> Missed | None:
        """Write down a change, unless another process did so: it is counted once."""
        known = [one for one in (before.looked_at, before.last_changed) if one is not None]
        since = max([moment_of(end.since), *known])
        until = max(moment_of(end.at), since)
        same = Sighting.objects.filter(
            pk=before.pk, digest=before.digest, changes=before.changes, removed_at=before.removed_at
        )
        changes = before.changes + 1
        said = {"removed_at": None, "missed_from": since, "missed_until": until, **held}
        if not await same.aupdate(changes=changes, **said):
            return None
        return Missed(before.stored_key, until.timestamp(), is_gone, changes)


def held(look: Look) -> dict[str, Any]:
    """What a look says of a value, as a sighting has it."""
    return {"digest": look.digest.hex(), "size": look.size, "looked_at": moment_of(look.at)}


def is_known(before: Sighting) -> bool:
    """Whether what a key held was looked at after it last changed."""
    if before.looked_at is None:
        return False
    return before.last_changed is None or before.looked_at >= before.last_changed


def is_other(before: Sighting, look: Look) -> bool:
    """Whether a value is not what it was; where it was not read, its size tells."""
    if before.digest and look.digest:
        return before.digest != look.digest.hex()
    return before.size != look.size
