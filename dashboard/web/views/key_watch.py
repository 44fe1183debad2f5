"""Watching one key, or no more."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.audit.watches import unwatch, watch, watch_of
from dashboard.web import links, notices
from dashboard.web.responding import respond, send_to
from dashboard.web.views.key import frame_of
from dashboard.web.visits import enter_key

__all__ = ["key_watch"]


@require_http_methods(["GET", "HEAD", "POST"])
async def key_watch(request: HttpRequest, store: str) -> HttpResponse:
    """The form, and what is asked with it: `do` is `watch` or `stop`."""
    visit = await enter_key(request, store, Verb.SEE_NAMES)
    can_post = bool(settings.CUBBYHOLE_WEBHOOK_URL)
    if request.method == "POST":
        if request.POST.get("do") == "stop":
            await unwatch(visit.user, store, visit.stored_key)
            notices.tell(request, "You watch it no more.")
        else:
            posts = can_post and request.POST.get("posts") == "1"
            await watch(visit.user, store, visit.stored_key, posts=posts)
            notices.tell(request, "You watch it. What happens to it is on your list of watches.")
        return send_to(request, back_of(request, links.key_url(store, visit.stored_key)))
    mine = await watch_of(visit.user, store, visit.stored_key)
    context = (
        visit.context()
        | frame_of(visit)
        | {
            "watched": mine,
            "can_post": can_post,
            "posts_values": settings.CUBBYHOLE_WEBHOOK_VALUES,
            "watches_url": links.url("watches"),
            "action_url": links.key_url(store, visit.stored_key, "key-watch"),
        }
    )
    return respond(request, "key_watch.html", context, part="form")


def back_of(request: HttpRequest, key_url: str) -> str:
    """Where the button was pressed: on the own list, or on the key's page."""
    return links.url("watches") if request.POST.get("back") == "watches" else key_url
