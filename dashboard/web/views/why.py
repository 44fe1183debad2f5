"""«Why can't I?»: which grant is missing for something, and who can give it."""

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import Verb, least_role_for, people
from dashboard.access.places import EVERYWHERE, SHARED
from dashboard.web import links, wording
from dashboard.web.responding import respond
from dashboard.web.visits import NotHere, StoreVisit, enter_namespace

__all__ = ["why"]


@require_safe
async def why(request: HttpRequest) -> HttpResponse:
    """Somebody who may know of the place, about one verb there."""
    asked = links.asked_all(request)
    namespace = asked.get("ns")
    visit = await enter_namespace(request, asked.get("store", ""), namespace)
    verb = next((one for one in Verb if one.name.lower() == asked.get("verb")), None)
    if verb is None:
        raise NotHere("something to do of that name", links.url("overview"), "All stores")
    role = least_role_for(verb)
    title, _ = ("the shared keys", "") if namespace is None else wording.plugin_name(namespace)
    context = visit.context() | {
        "verb": verb.value,
        "place": title,
        "store": visit.store.name,
        "may": visit.rights.may(verb, visit.store.name, namespace),
        "closed": closed_by_store(visit, verb),
        "role": role.label.lower(),
        "about": role.about,
        "where": SHARED if namespace is None else wording.visible(namespace),
        "held": held_by(visit, namespace),
        "admins": [wording.visible(one.username) for one in await sync_to_async(people.admins)()],
        "looking": visit.looking,
        "back": links.namespace_url(visit.store.name, namespace),
    }
    return respond(request, "why.html", context)


def closed_by_store(visit: StoreVisit, verb: Verb) -> str:
    """Why nobody at all can do this here; empty if somebody can."""
    looks = {Verb.SEE_NAMES, Verb.SEE_VALUES, Verb.SEE_JOURNAL, Verb.REVEAL, Verb.EXPORT}
    looks |= {Verb.KEEP_HISTORY}
    if verb in looks or verb is Verb.ADMINISTER:
        return ""
    if visit.store.read_only:
        return "The store was opened read-only when the dashboard was started."
    if visit.store.browsable is None:
        return "The store's backend cannot compare before it writes."
    return ""


def held_by(visit: StoreVisit, namespace: str | None) -> list[dict[str, Any]]:
    """What this person holds in the store, and whether it is about these keys."""
    return [
        {
            "role": one.role.label,
            "about": one.role.about,
            "where": {EVERYWHERE: "all keys", SHARED: "the shared keys"}.get(
                one.place.where, wording.visible(one.place.where)
            ),
            "is_here": one.place.covers(visit.store.name, namespace),
        }
        for one in visit.rights.allowances
        if one.place.is_in(visit.store.name)
    ]
