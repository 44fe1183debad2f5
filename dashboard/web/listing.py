"""Rows of a list of keys, prepared for the template, with previews of what is small."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.access import Verb
from dashboard.catalog import CatalogRow
from dashboard.web import links, wording
from dashboard.web.kinds import with_kinds
from dashboard.web.places import FRESH
from dashboard.web.previewing import previewed
from dashboard.web.visits import StoreVisit
from dashboard.web.wording import Moment, moment

__all__ = ["Column", "KeyRow", "columns_of", "rows_of"]

PREVIEWED = 4096  # bytes; a larger value is read when it is opened
GONE = "Expired: its value is not shown any more."
# `<acme.models.Ticket title=…>`: the class's own name tells more in a line than its module does.
MODULE = re.compile(r"^<(?:\w+\.)+(?=\w)")


class KeyRow(NamedTuple):
    """One key as a list shows it. `place` names its plugin where the list mixes several."""

    mark: str
    url: str
    name: str
    place: str
    preview: str
    size: str
    expires: Moment | None
    changed: Moment | None
    is_fresh: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; `sorted` is what `aria-sort` says, `url` the link that sorts by it."""

    name: str
    title: str
    is_number: bool
    sorted: str
    url: str


COLUMNS = (("key", "Key"), ("size", "Size"), ("expires", "Expires"), ("changed", "Changed"))


def columns_of(
    store: str,
    namespace: str | None,
    sort: str,
    *,
    descending: bool,
    query: Mapping[str, str | None],
) -> list[Column]:
    """The heads of a list that can be sorted. Pressing the sorted column turns it round.

    `query` is what else the list's address says: its search and filters.
    """
    heads = []
    for name, title in COLUMNS:
        is_sorted = name == sort
        turned = not descending if is_sorted else name in {"size", "changed"}
        address = links.namespace_url(
            store, namespace, **query, sort=name, desc=1 if turned else None
        )
        state = ("descending" if descending else "ascending") if is_sorted else ""
        heads.append(Column(name, title, name != "key", state, address))
    return heads


def plain_columns() -> list[Column]:
    """The heads of a list in the order in which it was found."""
    return [Column(name, title, name != "key", "", "") for name, title in COLUMNS]


async def rows_of(
    visit: StoreVisit,
    rows: Sequence[CatalogRow],
    *,
    opened: str | None = None,
    with_places: bool = False,
) -> list[KeyRow]:
    """The rows as the page shows them."""
    previews = await previews_of(visit, rows)
    rows = with_kinds(visit, rows)
    return [
        KeyRow(
            mark=links.mark_of(row.stored_key),
            url=links.key_url(visit.store.name, row.stored_key),
            name=wording.key_name(row.ref.key),
            place=place_name(row) if with_places else "",
            preview=previews.get(row.stored_key) or without_preview(row, visit.now),
            size=wording.size(row.size),
            expires=moment(row.expires_at, now=visit.now, ahead=True),
            changed=moment(row.changed_at, now=visit.now),
            is_fresh=row.changed_at is not None and visit.now - row.changed_at < FRESH,
            is_open=row.stored_key == opened,
        )
        for row in rows
    ]


def without_preview(row: CatalogRow, now: float) -> str:
    """What a row says in the place of its value. A store gives out nothing that has expired."""
    if row.expires_at is not None and row.expires_at <= now:
        return GONE
    return wording.visible(row.kind or "")


def place_name(row: CatalogRow) -> str:
    return "shared" if row.ref.namespace is None else wording.plugin_name(row.ref.namespace)[0]


async def previews_of(visit: StoreVisit, rows: Sequence[CatalogRow]) -> dict[str, str]:
    """One line of each small value that this person may see, without waiting long.

    A list is worth showing without them: a store that does not answer leaves them empty.
    """
    storage = visit.store.browsable
    wanted = [
        row.stored_key
        for row in rows
        if row.size is not None
        and row.size <= PREVIEWED
        and visit.rights.may(Verb.SEE_VALUES, visit.store.name, row.ref.namespace)
    ]
    if storage is None or not wanted or visit.store.status.state != "up":
        return {}
    found, read = await previewed(visit.store, storage, wanted)
    return {
        value.key: wording.visible(value.note or MODULE.sub("<", preview["text"]))
        for value, preview in zip(found, read, strict=True)
    }
