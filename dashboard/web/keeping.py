"""What pages say of kept history: whether it is kept of a place, how much, and who may say so."""

from dataclasses import dataclass
from typing import Any, Final

from dashboard.access import Verb
from dashboard.history.book import book_of
from dashboard.history.marking import Bounds
from dashboard.history.models import HistoryMark
from dashboard.history.places import Scope
from dashboard.web import links, wording
from dashboard.web.permits import Permit, permit
from dashboard.web.visits import StoreVisit
from dashboard.web.wording import Moment, moment

__all__ = [
    "FIELDS",
    "Field",
    "Keeping",
    "bounds_in",
    "bounds_of",
    "keeping_of",
    "kept_in_words",
    "mark_url",
    "name_of",
]


@dataclass(frozen=True, slots=True)
class Keeping:
    """History of a place. `through` names the wider mark that covers a single key.

    `url` leads to the form that changes it, `permit` says who may.
    """

    is_kept: bool
    through: str
    since: Moment | None
    who: str
    kept: str
    bounds: str
    url: str
    permit: Permit


def keeping_of(visit: StoreVisit, scope: Scope) -> Keeping:
    """What is known of a place without asking the database."""
    store, book = visit.store.name, book_of(visit.store.name)
    own = book.at(scope)
    mark = own if own is not None or scope.key is None else book.of(scope.key)
    wider = Scope(scope.namespace)
    return Keeping(
        is_kept=mark is not None,
        through=name_of(wider) if mark is not None and own is None else "",
        since=moment(mark.since, now=visit.now) if mark else None,
        who=wording.visible(mark.person_name) if mark else "",
        kept=kept_in_words(mark) if mark else "",
        bounds=bounds_of(Bounds.of(mark)) if mark else "",
        url=mark_url(store, scope if mark is None or own is not None else wider),
        permit=permit(visit, Verb.KEEP_HISTORY, scope.namespace),
    )


def mark_url(store: str, scope: Scope, **more: str) -> str:
    """The address of the form for a place."""
    if scope.key is not None:
        return links.key_url(store, scope.key, "history-mark", **more)
    return links.url("history-mark", store, ns=scope.namespace, **more)


def name_of(scope: Scope) -> str:
    """A place as people say it."""
    if scope.key is not None:
        return wording.key_name(scope.key)
    return "the shared keys" if scope.namespace is None else wording.plugin_name(scope.namespace)[0]


def kept_in_words(mark: HistoryMark) -> str:
    """`1,204 versions, 2.8 MB`"""
    versions = wording.plural(mark.versions_kept, "version")
    return f"{versions}, {wording.size(max(mark.octets_kept, 0))}"


def bounds_of(bounds: Bounds) -> str:
    """The bounds as a sentence's end."""
    octets, largest = wording.size(bounds.octets), wording.size(bounds.largest)
    return (
        f"the last {wording.plural(bounds.versions, 'version')} of each key, each for"
        f" {wording.plural(bounds.days, 'day')} after another came, {octets} in all, no value"
        f" above {largest}"
    )


@dataclass(frozen=True, slots=True)
class Field:
    """A bound as a field of the form: numbers from `least` to `most`, in units of `unit`."""

    name: str
    title: str
    said: str
    unit: int
    least: int
    most: int


FIELDS: Final = (
    Field("versions", "Versions of each key", "versions", 1, 2, 1000),
    Field("days", "How long, once another came", "days", 1, 1, 3650),
    Field("octets", "In all, at most", "MB", 1_000_000, 1, 4096),
    Field("largest", "Values no larger than", "kB", 1000, 1, 4096),
)


def bounds_in(posted: Any) -> tuple[Bounds, dict[str, str]]:
    """The bounds that were typed, and what is wrong with them by field."""
    usual = Bounds.usual()
    given: dict[str, int] = {}
    errors: dict[str, str] = {}
    for field in FIELDS:
        text = posted.get(field.name, "").strip().replace(",", "")
        given[field.name] = getattr(usual, field.name)
        if not text.isdecimal() or not field.least <= int(text[:12]) <= field.most:
            errors[field.name] = f"Give a whole number from {field.least:,} to {field.most:,}."
        else:
            given[field.name] = int(text) * field.unit
    return Bounds(**given), errors
