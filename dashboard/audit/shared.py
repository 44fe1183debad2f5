"""The shared keys of a store with all that is known of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from django.db.models import Max

from dashboard import catalog
from dashboard.audit.models import Sighting
from dashboard.audit.unwritten import unwritten_of
from dashboard.catalog import CatalogRow
from dashboard.findings import Look, looks_at
from dashboard.findings.facts import writers_in
from dashboard.journal.models import Answer, Deed, Entry

__all__ = ["MOST", "LastWrite", "SharedKey", "shared_keys", "sightings_of"]

MOST: Final = 5000
"""Shared keys that are audited, by name."""
TRIES: Final = 3
"""How often the database is asked again because more was written down meanwhile."""
WRITING: Final = (Deed.EDIT, Deed.CREATE, Deed.RESTORE)

Known = tuple[CatalogRow, Look | None, Sighting | None]
"""A key as the catalog has it, as it was looked at, as it was seen to change."""


@dataclass(frozen=True, slots=True)
class LastWrite:
    """The last value that a person stored under a key, by its digest."""

    who: str
    at: datetime
    digest: bytes


@dataclass(frozen=True, slots=True)
class SharedKey:
    """One shared key: as the catalog has it, as it was looked at, as it was seen to change.

    `author` is the person who stored the very value that is there now, empty if it is the bot's or
    nobody knows. `is_compared` says whether what a person stored last was compared with what is
    there now, if there is such a person. `writers` are the plugins that reported to write it.
    """

    row: CatalogRow
    look: Look | None
    sighting: Sighting | None
    author: str
    is_compared: bool
    writers: frozenset[str]

    @property
    def name(self) -> str:
        return self.row.stored_key

    @property
    def kind(self) -> str | None:
        return None if self.look is None else self.look.kind

    @property
    def digest(self) -> str:
        """A digest of the value in hex; empty if it was not read, or not since it last changed."""
        seen = seen_now(self.look, self.row)
        return "" if seen is None else seen.digest.hex()

    @property
    def changes(self) -> int | None:
        return None if self.sighting is None else self.sighting.changes

    @property
    def changed_at(self) -> float | None:
        """When it last changed, in seconds since the epoch; the end of the time in which nobody
        watched where it did so then.
        """
        if self.row.changed_at is not None:
            return self.row.changed_at
        last = None if self.sighting is None else self.sighting.changed_until
        return None if last is None else last.timestamp()

    @property
    def missed_from(self) -> datetime | None:
        """Since when nobody watched until `changed_at`; None where its last change was seen."""
        sighting = self.sighting
        if self.row.changed_at is not None or sighting is None or not sighting.is_last_missed:
            return None
        return sighting.missed_from


async def shared_keys(store: str) -> list[SharedKey]:
    """All shared keys of a store, by name. The store itself is not asked."""
    known = await known_now(store)
    writes = await last_writes(store)
    writers = await writers_in(catalog.of(store))
    found = []
    for row, look, sighting in known:
        key = row.stored_key
        write, seen = writes.get(key), seen_now(look, row)
        found.append(
            SharedKey(
                row=row,
                look=look,
                sighting=sighting,
                author=author_of(seen, write),
                is_compared=write is None or seen is not None,
                writers=writers.get(key, frozenset()),
            )
        )
    return found


async def known_now(store: str) -> Sequence[Known]:
    """What is known of each shared key, all of it at the same moment."""
    unwritten = unwritten_of(store)
    for _ in range(TRIES):
        batches = unwritten.batches
        written = await sightings_of(store)
        rows = (await catalog.of(store).apage(None, limit=MOST)).rows
        if unwritten.batches == batches:
            break  # else some is written by now that was not yet when the database was asked
    looks = looks_at(store).of(None)
    keys = [(row, row.stored_key) for row in rows]
    return [(row, looks.get(key), unwritten.up_to_now(key, written.get(key))) for row, key in keys]


async def sightings_of(store: str) -> Mapping[str, Sighting]:
    """The sightings of shared keys, by key."""
    found = Sighting.objects.filter(store=store, is_shared=True)[: 2 * MOST]
    return {sighting.stored_key: sighting async for sighting in found}


async def last_writes(store: str) -> Mapping[str, LastWrite]:
    """The last value that a person stored under each shared key."""
    done = Entry.objects.filter(
        store=store, namespace="", deed__in=WRITING, outcomes__answer=Answer.SAVED
    )
    last = done.values("key_digest").annotate(last=Max("pk")).values("last")
    return {
        entry.stored_key: LastWrite(entry.person_name, entry.at, digest_of(bytes(entry.after)))
        async for entry in Entry.objects.filter(pk__in=last[:MOST]).defer("before")
        if entry.after is not None
    }


def seen_now(look: Look | None, row: CatalogRow) -> Look | None:
    """The look, unless the value has changed after it."""
    if look is None or row.changed_at is None or look.at >= row.changed_at:
        return look
    return None


def author_of(look: Look | None, write: LastWrite | None) -> str:
    if look is None or write is None or look.digest != write.digest:
        return ""
    return write.who


def digest_of(data: bytes) -> bytes:
    """The digest that a look at these bytes has."""
    return blake2b(data, digest_size=8).digest()
