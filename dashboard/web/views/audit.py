"""The shared keys under audit: what is known of each, and what changed since the last review."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks
from dashboard.access import Verb
from dashboard.audit.watches import watched_in
from dashboard.web import links, wording
from dashboard.web.auditing import Asked, audit_of, context_of
from dashboard.web.notices import notices_of
from dashboard.web.permits import why_url
from dashboard.web.places import places_of
from dashboard.web.responding import respond
from dashboard.web.visits import StoreVisit, enter_namespace
from dashboard.web.wording import moment

__all__ = ["audit", "deeds_of"]

MOST_ROWS = 300


@require_safe
async def audit(request: HttpRequest, store: str) -> HttpResponse:
    """The shared keys that the filters let through."""
    visit = await enter_namespace(request, store, None)
    asked = Asked.of(links.asked_all(request))
    found = await audit_of(visit, asked, await watched_in(visit.user, store), limit=MOST_ROWS)
    context = visit.context() | {
        "notes": notices_of(request),
        "places": places_of(visit, here="audit"),
        "store": store,
        "label": wording.visible(visit.store.label),
        "topic": visit.topics(
            marks.namespace_topic(store, None), marks.place_journal_topic(store, None)
        ),
        "here": links.url("audit", store, **asked.query),
        "all_url": links.url("audit", store),
        "asked": asked,
        "search": wording.visible(asked.text),
        "audit": found,
        "review": context_of(found, visit),
        "printed": moment(visit.now, now=visit.now),
        "sum": f"{found.count:,} of {wording.plural(len(found.keys), 'shared key')}",
        "most": wording.count(len(found.rows)) if found.count > len(found.rows) else "",
        **deeds_of(visit, asked),
    }
    return respond(request, "audit.html", context, parts=("audit",))


def deeds_of(visit: StoreVisit, asked: Asked) -> dict[str, Any]:
    """What this person can do here, with the reason where they cannot."""
    store = visit.store.name
    deeds = {}
    for name, verb in (("sign_off", Verb.REVIEW), ("export", Verb.EXPORT)):
        may = visit.rights.may(verb, store, None)
        deeds[name] = {
            "why": "" if may else visit.rights.why_not(verb),
            "why_url": "" if may else why_url(verb, store, None),
        }
    return {
        "deeds": deeds,
        "review_url": links.url("audit-review", store),
        "export_url": links.url("audit-export", store, **asked.query),
    }
