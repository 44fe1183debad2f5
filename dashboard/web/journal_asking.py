"""The journal's filter form: what was asked, as filters, as fields, and as part of an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from dashboard import stores
from dashboard.access import Verb
from dashboard.journal.filters import PENDING, Filters
from dashboard.journal.models import Answer, Deed
from dashboard.web import wording
from dashboard.web.visits import Visit
from storage_core.keys import key_to_bytes

__all__ = ["Asked", "asked_of", "choices_for"]

FIELDS: Final = ("person", "store", "plugin", "key", "deed", "answer", "since", "until")
MOST_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked of the journal.

    `typed` has every field as it was typed, `query` only those that say something, and `errors` a
    sentence for each that cannot be understood.
    """

    filters: Filters
    typed: dict[str, str]
    query: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)


def asked_of(given: Mapping[str, str]) -> Asked:
    """The filters in the parameters of an address, or in a form."""
    typed = {name: given.get(name, "").strip()[:MOST_CHARACTERS] for name in FIELDS}
    errors: dict[str, str] = {}
    since = day_of(typed, "since", errors)
    until = day_of(typed, "until", errors)
    filters = Filters(
        person=typed["person"],
        store=typed["store"],
        namespace=typed["plugin"],
        key=key_to_bytes(typed["key"]),
        deed=typed["deed"],
        answer=typed["answer"] if typed["answer"] in {*Answer, PENDING} else "",
        since=since,
        until=until and until + timedelta(days=1),
    )
    query = {name: text for name, text in typed.items() if text}
    return Asked(filters, {n: wording.visible(text) for n, text in typed.items()}, query, errors)


def day_of(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> datetime | None:
    """The beginning of a day in UTC."""
    if not typed[name]:
        return None
    try:
        day = date.fromisoformat(typed[name])
        return datetime.combine(day, time(), UTC)
    except ValueError:
        errors[name] = "Write a day as 2026-11-24."
        return None


def choices_for(visit: Visit) -> dict[str, list[dict[str, Any]]]:
    """What the form's lists offer this person."""
    seen = [
        store.name
        for store in stores.all_stores()
        if visit.rights.may_somewhere(Verb.SEE_JOURNAL, store.name)
    ]
    answers = [(answer.value, answer.label) for answer in Answer] + [(PENDING, "under way")]
    return {
        "store": [{"value": name, "label": name} for name in seen],
        "deed": [{"value": deed.value, "label": deed.label} for deed in Deed],
        "answer": [{"value": value, "label": label} for value, label in answers],
    }
