"""Kept versions of a key as pages tell of them: who wrote each, and what can be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dashboard.access import Verb
from dashboard.history.models import State, Version
from dashboard.history.writing import digest_of
from dashboard.journal.models import Answer
from dashboard.journal.queries import JournalRow
from dashboard.web import links, wording
from dashboard.web.permits import permit
from dashboard.web.visits import KeyVisit
from dashboard.web.wording import moment

__all__ = ["authors_of", "line_of_version", "links_of", "said_of", "version_url"]

EARLY: Final = timedelta(seconds=2)
"""How much two clocks may differ."""
EXPIRED: Final = 3.0
"""Seconds within which a key that is gone has gone because it expired."""


def version_url(visit: KeyVisit, number: int, name: str = "key-version") -> str:
    return links.key_url(visit.store.name, visit.stored_key, name, number=number)


def authors_of(versions: Sequence[Version], rows: Sequence[JournalRow]) -> Mapping[int, JournalRow]:
    """Which of these versions (newest first) a person's change left, by their numbers."""
    done = [row for row in rows if row.is_change and row.answer in (Answer.SAVED, Answer.UNKNOWN)]
    found: dict[int, JournalRow] = {}
    for place, version in enumerate(versions):
        earlier = versions[place + 1] if place + 1 < len(versions) else version
        left = [row for row in done if earlier.at - EARLY <= row.at <= version.at + EARLY]
        row = next((row for row in left if is_left_by(version, row)), None)
        if row is not None:
            found[version.number] = row
            done.remove(row)
    return found


def is_left_by(version: Version, row: JournalRow) -> bool:
    if row.after is None or version.state == State.GONE:
        return row.after is None and version.state == State.GONE
    if version.state == State.HELD:
        return digest_of(row.after) == version.digest
    return len(row.after) == version.size


@dataclass(frozen=True, slots=True)
class Told:
    """A version in words."""

    said: str
    detail: str


def said_of(version: Version, before: Version | None, *, by_person: bool = False) -> Told:
    """Who did what. Nobody knows who it was where nobody watched."""
    missed = f"{wording.plural(version.missed, 'change')} before it" if version.missed else ""
    detail = f"{missed} {'was' if version.missed == 1 else 'were'} not kept" if missed else ""
    if by_person:
        return Told("A person changed it", detail)
    if version.is_found:
        if before is None:
            return Told("What it held when its history began", "")
        gone = "It went away" if version.state == State.GONE else "It changed"
        return Told(f"{gone} while nobody watched", "found later; what was in between is not known")
    if version.state == State.GONE:
        return Told("It expired" if has_expired(version, before) else "The bot removed it", detail)
    if version.state == State.OTHER:
        return Told("The bot stored something that is no value", detail)
    return Told("The bot wrote it", detail)


def has_expired(version: Version, before: Version | None) -> bool:
    ends = None if before is None else before.expires_at
    return ends is not None and version.at.timestamp() >= ends - EXPIRED


def links_of(visit: KeyVisit, version: Version) -> dict[str, Any]:
    """What a line offers: a look at the version, and to restore it if it is not what holds."""
    may = permit(visit, Verb.EDIT, visit.ref.namespace).allowed
    can = may and version.state == State.HELD and version.until is not None
    large = " not kept: too large" if version.state == State.LARGE else ""
    return {
        "size": "" if version.state == State.GONE else f"{wording.size(version.size)}{large}",
        "look_url": version_url(visit, version.number),
        "restore_url": version_url(visit, version.number, "version-restore") if can else "",
        "is_newest": version.until is None and version.state != State.GONE,
        "number": version.number,
    }


def line_of_version(
    visit: KeyVisit, version: Version, before: Version | None, *, by_person: bool
) -> dict[str, Any]:
    """A version as a line of the timeline."""
    told = said_of(version, before, by_person=by_person)
    return {
        "at": moment(version.at, now=visit.now),
        "said": told.said,
        "detail": told.detail,
        "state": "seen",
        **links_of(visit, version),
    }
