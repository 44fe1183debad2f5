"""The form that gives a role, and what such a grant would open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard import catalog, stores
from dashboard.access import ROLES, Place, Role
from dashboard.access.grants import place_named
from dashboard.access.models import Grant
from dashboard.access.people import Refused
from dashboard.access.places import EVERYWHERE, SHARED
from dashboard.web import links, wording

__all__ = ["Opens", "form_of", "grant_line", "opens_of", "place_of", "role_of"]

MOST_ROWS: Final = 40
MOST_SUGGESTED: Final = 200


@dataclass(frozen=True, slots=True)
class Opens:
    """What a grant would open at this moment: a line for each plugin, and the sums in words."""

    role: str
    verbs: list[str]
    summary: str
    rows: list[dict[str, str]]
    more: str
    will_grow: str


def store_names() -> list[str]:
    return [store.name for store in stores.all_stores()]


def place_of(posted: Mapping[str, str]) -> Place:
    """The place that the form names. Raises Refused."""
    return place_named(
        posted.get("store", EVERYWHERE), posted.get("where", "").strip(), store_names()
    )


def role_of(posted: Mapping[str, str]) -> Role:
    """The role that the form names. Raises Refused."""
    role = ROLES.get(posted.get("role", ""))
    if role is None:
        raise Refused("Choose a role.")
    return role


def form_of(posted: Mapping[str, str], *, none: bool = False) -> dict[str, Any]:
    """The form's fields, filled in as they were posted; `none` offers to give no role at all."""
    suggested = {SHARED}
    for name in store_names():
        for row in catalog.of(name).namespaces()[:MOST_SUGGESTED]:
            suggested |= {row.namespace, f"{row.namespace.rpartition('.')[0]}.*"}
    return {
        "roles": [{"value": r.name, "label": r.label, "about": r.about} for r in ROLES.values()],
        "stores": store_names(),
        "suggested": sorted(suggested)[:MOST_SUGGESTED],
        "role": posted.get("role", "" if none else "reader"),
        "store": posted.get("store", EVERYWHERE),
        "where": wording.visible(posted.get("where", "")),
        "none": none,
        "preview_url": links.url("grants"),
    }


def opens_of(role: Role, place: Place) -> Opens:
    """The plugins and shared keys that a grant covers now, with their counts."""
    rows: list[dict[str, str]] = []
    keys = 0
    for name in store_names():
        known = catalog.of(name)
        found = [(row.namespace, row) for row in known.namespaces()]
        shared = known.namespace(None)
        for namespace, row in [*([(None, shared)] if shared else []), *found]:
            if place.covers(name, namespace):
                keys += row.keys
                rows.append(row_of(name, namespace, row.keys))
    count = f"{wording.plural(keys, 'key')} in {wording.plural(len(rows), 'place')} now"
    more = len(rows) - MOST_ROWS
    return Opens(
        role=role.label,
        verbs=[verb.value for verb in type(next(iter(role.verbs))) if verb in role.verbs],
        summary=count if rows else "Nothing that is there now",
        rows=rows[:MOST_ROWS],
        more=f"and {wording.plural(more, 'more place')}" if more > 0 else "",
        will_grow=growth_of(place),
    )


def row_of(store: str, namespace: str | None, keys: int) -> dict[str, str]:
    title, module = ("Shared keys", "") if namespace is None else wording.plugin_name(namespace)
    return {
        "store": store,
        "title": title,
        "module": module,
        "keys": wording.plural(keys, "key"),
        "url": links.namespace_url(store, namespace),
    }


def growth_of(place: Place) -> str:
    """What a grant will open later, by itself."""
    if place.store == EVERYWHERE and place.is_whole_store:
        return "It also opens every store and plugin that is added later."
    if place.is_whole_store or place.where.endswith(".*"):
        return "It also opens plugins that appear there later."
    return ""


def grant_line(grant: Grant) -> dict[str, Any]:
    """A grant, prepared."""
    role = ROLES.get(grant.role)
    where = {EVERYWHERE: "all keys", SHARED: "the shared keys"}.get(grant.where, grant.where)
    return {
        "number": grant.pk,
        "role": role.label if role else grant.role,
        "about": role.about if role else "a role that does not exist any more",
        "store": "all stores" if grant.store == EVERYWHERE else grant.store,
        "where": wording.visible(where),
    }
