"""What became of a key: what people did, from the journal, and what the bot did, as far as seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from dashboard.access import Verb
from dashboard.audit.models import Sighting
from dashboard.catalog import RecentChange
from dashboard.journal import queries
from dashboard.journal.models import Answer, digest_of_key
from dashboard.journal.queries import JournalRow
from dashboard.web import wording
from dashboard.web.views.journal import line_of
from dashboard.web.visits import KeyVisit
from dashboard.web.wording import moment

__all__ = ["seen_of", "timeline_of"]

LINES: Final = 20
LOOKED_THROUGH: Final = 200
ECHO: Final = 3.0
"""Seconds in which a person's change comes back through the store's feed, like one of the bot's."""


@dataclass(slots=True)
class Writes:
    """Changes of the bot that follow each other; times are seconds since the epoch."""

    verb: str
    first: float
    last: float
    count: int = 1


async def timeline_of(visit: KeyVisit) -> list[dict[str, Any]]:
    """The lines, newest first: people's only for those who see the journal here."""
    store, key = visit.store.name, visit.stored_key
    sees_people = visit.rights.may(Verb.SEE_JOURNAL, store, visit.ref.namespace)
    # Read for everybody: what people wrote must not be told as the bot's.
    rows = await queries.for_key(store, key, limit=LINES)
    changes = [one for one in visit.catalog.recent(LOOKED_THROUGH) if one.stored_key == key]
    people = [(row.at.timestamp(), line_of(visit, row)) for row in rows if sees_people]
    bots = [(writes.last, bot_line(visit, writes)) for writes in told_apart(changes, rows)]
    lines = sorted([*people, *bots], key=lambda line: line[0], reverse=True)
    return [line for _, line in lines[:LINES]]


def told_apart(changes: Iterable[RecentChange], rows: list[JournalRow]) -> list[Writes]:
    """The changes that are the bot's own, those of one kind between two people's as one."""
    done = (Answer.SAVED, Answer.UNKNOWN, None)
    by_people = [row.at.timestamp() for row in rows if row.is_change and row.answer in done]
    found: list[Writes] = []
    for change in sorted(changes, key=lambda one: one.at):
        if any(0 <= change.at - at < ECHO for at in by_people):
            continue
        last = found[-1] if found else None
        is_next = last is not None and last.verb == change.verb
        if last is not None and is_next and not any(last.last < at < change.at for at in by_people):
            last.last, last.count = change.at, last.count + 1
        else:
            found.append(Writes(change.verb, change.at, change.at))
    return found


def bot_line(visit: KeyVisit, writes: Writes) -> dict[str, Any]:
    """Writes of the bot as a line beside those of people."""
    deed = "wrote" if writes.verb == "written" else "removed, or let expire,"
    spread = wording.duration(writes.last - writes.first)
    return {
        "at": moment(writes.last, now=visit.now),
        "who": "The bot",
        "deed": deed,
        "reason": "",
        "state": "seen",
        "answer": f"{writes.count:,} times in {spread}" if writes.count > 1 else "",
        "note": "",
    }


async def seen_of(visit: KeyVisit) -> dict[str, Any] | None:
    """Since when the key is known, and how often it was seen changing; None if it never was."""
    digest = digest_of_key(visit.stored_key)
    seen = await Sighting.objects.filter(store=visit.store.name, key_digest=digest).afirst()
    if seen is None or not seen.changes:
        return None
    return {
        "first": moment(seen.first_seen, now=visit.now),
        "changes": wording.plural(seen.changes, "change"),
    }
