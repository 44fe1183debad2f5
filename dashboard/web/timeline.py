"""What became of a key, in one list: people's changes from the journal, and the bot's.

Where history is kept, the bot's changes are versions that can be looked at and restored; for the
time before, and for keys without it, the watcher knows when they were, not what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.access import Verb
from dashboard.audit.models import Sighting
from dashboard.audit.trail import APART, Span, spans_of
from dashboard.history import queries as history
from dashboard.history.book import book_of
from dashboard.history.models import Version
from dashboard.journal import queries
from dashboard.journal.models import Answer
from dashboard.journal.queries import JournalRow
from dashboard.keyed import digest_of_key
from dashboard.web import wording
from dashboard.web.kept import authors_of, line_of_version, links_of
from dashboard.web.views.journal import line_of
from dashboard.web.visits import KeyVisit
from dashboard.web.wording import moment

__all__ = ["LINES", "Timeline", "timeline_of", "timelines_of", "told_apart"]

LINES: Final = 20
LOOKED_THROUGH: Final = 200
ECHO: Final = 3.0
"""Seconds in which a person's change comes back through the store's feed, like one of the bot's."""
ROUNDED: Final = 0.001
"""Seconds by which a moment that is written down may be too early."""
JUST_NOW: Final = 0.5


@dataclass(frozen=True, slots=True)
class Timeline:
    """The lines, newest first. `seen` says since when the key is known and how often it was seen
    changing, `watching` since when the watcher has missed nothing.
    """

    lines: Sequence[dict[str, Any]]
    has_more: bool
    seen: dict[str, Any] | None
    watching: wording.Moment | None
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is written down of a key: newest first. The journal is read for everybody, for what
    people wrote must not be told as the bot's.
    """

    rows: Sequence[JournalRow]
    versions: Sequence[Version]
    sighting: Sighting | None


async def timeline_of(visit: KeyVisit, *, limit: int = LINES) -> Timeline:
    """The last lines; people's only for those who see the journal here."""
    store, key = visit.store.name, visit.stored_key
    rows = await queries.for_key(store, key, limit=limit + 1)
    versions = await history.versions_of(store, key, limit + 1)
    sighting = await Sighting.objects.filter(store=store, key_digest=digest_of_key(key)).afirst()
    return told(visit, Known(rows, versions, sighting), limit)


async def timelines_of(visits: Sequence[KeyVisit], *, limit: int) -> list[Timeline]:
    """The timeline of each of many keys, from as many questions as there are to one."""
    keys = [(visit.store.name, visit.stored_key) for visit in visits]
    rows = await queries.for_keys(keys, limit + 1)
    versions = await history.versions_of_each(keys, limit + 1)
    sightings = {
        (one.store, one.stored_key): one
        async for one in Sighting.objects.filter(queries.any_of(keys))
    }
    return [
        told(visit, Known(rows[key], versions[key], sightings.get(key)), limit)
        for visit, key in zip(visits, keys, strict=True)
    ]


def told(visit: KeyVisit, known: Known, limit: int) -> Timeline:
    """The lines that this person may see."""
    store, key = visit.store.name, visit.stored_key
    sees_people = visit.rights.may(Verb.SEE_JOURNAL, store, visit.ref.namespace)
    rows, versions, sighting = known.rows, known.versions, known.sighting
    authors = authors_of(versions, rows)
    by_row = {row.id: versions_numbered(versions)[number] for number, row in authors.items()}
    lines = [(row.at.timestamp(), of_person(visit, row, by_row)) for row in rows if sees_people]
    for place, version in enumerate(versions):
        before = versions[place + 1] if place + 1 < len(versions) else None
        if version.number not in authors or not sees_people:
            by_person = version.number in authors
            line = line_of_version(visit, version, before, by_person=by_person)
            lines.append((version.at.timestamp(), line))
    since = versions[-1].at.timestamp() if versions else None
    spans = told_apart(spans_seen(visit, sighting), rows)
    lines += [(span.last, bot_line(visit, span)) for span in spans if is_before(span, since)]
    if sighting is not None and sighting.missed_until is not None:
        until = sighting.missed_until.timestamp()
        if since is None or until < since - JUST_NOW:
            lines.append((until, missed_line(visit, sighting)))
    lines.sort(key=lambda line: line[0], reverse=True)
    return Timeline(
        lines=[line for _, line in lines[:limit]],
        has_more=len(lines) > limit,
        seen=seen_of(visit, sighting),
        watching=moment(visit.catalog.progress.finished_at, now=visit.now),
        is_kept=book_of(store).of(key) is not None,
    )


def versions_numbered(versions: Sequence[Version]) -> dict[int, Version]:
    return {version.number: version for version in versions}


def of_person(visit: KeyVisit, row: JournalRow, left: dict[int, Version]) -> dict[str, Any]:
    """A line of the journal, with the version that the change left if that is kept."""
    line = line_of(visit, row)
    line["said"] = f"{line['who']} {line['deed']} it"
    version = left.get(row.id)
    return line | links_of(visit, version) if version is not None else line


def is_before(span: Span, since: float | None) -> bool:
    return since is None or span.last < since - JUST_NOW


def spans_seen(visit: KeyVisit, sighting: Sighting | None) -> list[Span]:
    """What is written down of the key's changes, and those of the last moments that are not yet."""
    spans = spans_of(sighting.trail) if sighting is not None else []
    until = spans[-1].last if spans else 0.0
    recent = visit.catalog.recent(LOOKED_THROUGH)
    fresh = [one for one in recent if one.stored_key == visit.stored_key and one.at > until + 0.001]
    return [*spans, *(Span(one.at, one.at, 1, one.verb == "removed") for one in fresh)]


def told_apart(spans: Iterable[Span], rows: Iterable[JournalRow]) -> list[Span]:
    """The changes that are the bot's own, those of one kind that follow each other as one."""
    done = (Answer.SAVED, Answer.UNKNOWN, None)
    by_people = [row.at.timestamp() for row in rows if row.is_change and row.answer in done]
    echoing = sorted(by_people)
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.last):
        bots = without_echoes(span, echoing)
        if bots is None:
            continue
        last = found[-1] if found else None
        is_next = last is not None and last.is_gone == bots.is_gone
        is_near = last is not None and bots.first - last.last < APART
        between = [at for at in by_people if last and last.last < at < bots.last]
        if last and is_next and is_near and not between:
            last.last, last.count = bots.last, last.count + bots.count
        else:
            found.append(bots)
    return found


def without_echoes(span: Span, echoing: list[float]) -> Span | None:
    """What is the bot's of a span; None for nothing. Whose echo it holds is no longer `echoing`.

    The echo of a change is the first that was seen after it. Where its moment is not known any more
    (it was in the midst of many), one is taken off the count, and no moment.
    """
    moments, count, until = span.moments, span.count, span.last
    knows_all = len(moments) == span.count
    for at in list(echoing):
        echo = next((one for one in moments if at - ROUNDED <= one < at + ECHO), None)
        is_within = at <= span.last and span.first < at + ECHO and not knows_all
        if count and (echo is not None or is_within):
            echoing.remove(at)
            count -= 1
        if echo is not None:
            moments.remove(echo)
            until = min(until, at)
    if not count:
        return None
    last = moments[-1] if moments else max(span.first, until)
    return Span(moments[0] if moments else span.first, last, count, span.is_gone)


def bot_line(visit: KeyVisit, span: Span) -> dict[str, Any]:
    """Changes of the bot as a line beside those of people."""
    deed = "removed it, or it expired" if span.is_gone else "wrote it"
    spread = wording.duration(span.last - span.first)
    return {
        "at": moment(span.last, now=visit.now),
        "said": f"The bot {deed}",
        "state": "seen",
        "answer": f"{span.count:,} times in {spread}" if span.count > 1 else "",
    }


def missed_line(visit: KeyVisit, sighting: Sighting) -> dict[str, Any]:
    """What nobody saw: only when nobody watched is known."""
    went = sighting.removed_at is not None and sighting.removed_at == sighting.missed_until
    return {
        "at": moment(sighting.missed_until, now=visit.now),
        "said": f"It {'went away' if went else 'changed'} while nobody watched",
        "state": "seen",
        "since": moment(sighting.missed_from, now=visit.now),
    }


def seen_of(visit: KeyVisit, sighting: Sighting | None) -> dict[str, Any] | None:
    """Since when the key is known, and how often it was seen changing; None if it never was."""
    if sighting is None or not sighting.changes:
        return None
    return {
        "first": moment(sighting.first_seen, now=visit.now),
        "changes": wording.plural(sighting.changes, "change"),
    }
