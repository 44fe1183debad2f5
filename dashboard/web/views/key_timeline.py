"""All that is known of what became of a key."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import Verb
from dashboard.web import links
from dashboard.web.responding import respond
from dashboard.web.timeline import timeline_of
from dashboard.web.views.key import frame_of, history_of
from dashboard.web.visits import enter_key

__all__ = ["key_timeline"]

MOST = 200


@require_safe
async def key_timeline(request: HttpRequest, store: str) -> HttpResponse:
    """The timeline as a page of its own, with more lines than fit below the value."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    context = visit.context() | frame_of(visit) | await history_of(visit)
    context |= {
        "history": await timeline_of(visit, limit=MOST),
        "here": links.key_url(store, visit.stored_key, "key-timeline"),
        "is_page": True,
        "most": MOST,
    }
    return respond(request, "key_timeline.html", context, parts=("history",))
