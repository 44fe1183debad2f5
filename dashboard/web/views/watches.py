"""A person's own list of keys, and what has happened to them."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard import catalog, marks, stores
from dashboard.access import Verb
from dashboard.audit.models import Watch
from dashboard.audit.watches import Watched, mark_seen, watched_by
from dashboard.masking import masking_for
from dashboard.web import links, notices, wording
from dashboard.web.notices import notices_of
from dashboard.web.responding import respond, send_to
from dashboard.web.timeline import timelines_of
from dashboard.web.visits import KeyVisit, Visit, enter
from dashboard.web.wording import Moment, moment

__all__ = ["watches"]

LAST: Final = 3
"""Changes of each key that are told on the list."""
MOST_TOLD: Final = 50
"""Keys whose changes are told, those that changed last."""


@require_http_methods(["GET", "HEAD", "POST"])
async def watches(request: HttpRequest) -> HttpResponse:
    """The watched keys, what changed last first; a POST says that they have been seen."""
    visit = await enter(request)
    if request.method == "POST":
        await mark_seen(visit.user)
        notices.tell(request, "All of it is marked as seen.")
        return send_to(request, links.url("watches"))
    there = {store.name for store in stores.all_stores()}
    mine = await watched_by(visit.user)
    shown = [one for one in mine if one.watch.store in there and sees(visit, one)]
    rows = [row_of(visit, one) for one in shown]
    changes = await last_changes(visit, shown[:MOST_TOLD])
    for row, one in zip(rows, shown, strict=True):
        row.update(changes.get(one.watch.pk, {}))
    context = visit.context() | {
        "notes": notices_of(request),
        "is_watches": True,
        "rows": rows,
        "news": wording.count(sum(row["is_news"] for row in rows)),
        "has_news": any(row["is_news"] for row in rows),
        "failing": failing_since(visit, mine),
        "here": links.url("watches"),
        "topic": visit.topics(*{one.watch.store: topic_of(one) for one in mine}.values()),
    }
    return respond(request, "watches.html", context, parts=("watches",))


def failing_since(visit: Visit, mine: Sequence[Watched]) -> Moment | None:
    """Since when the team's webhook takes nothing of this list, if it does not."""
    since = [one.watch.failing_since for one in mine if one.watch.posts]
    first = min((at for at in since if at is not None), default=None)
    return moment(first, now=visit.now) if settings.CUBBYHOLE_WEBHOOK_URL else None


def topic_of(one: Watched) -> str:
    return marks.namespace_topic(one.watch.store, one.watch.ref.namespace)


def sees(visit: Visit, one: Watched) -> bool:
    """A watch of what a person may no longer see is as if it were not there."""
    return visit.rights.may(Verb.SEE_NAMES, one.watch.store, one.watch.ref.namespace)


async def last_changes(visit: Visit, shown: Sequence[Watched]) -> dict[int, dict[str, Any]]:
    """Who changed each key last and when, and where all of it is told, by watch; nothing of it to
    those who may not see values.
    """
    watches = [
        one.watch
        for one in shown
        if visit.rights.may(Verb.SEE_VALUES, one.watch.store, one.watch.ref.namespace)
    ]
    timelines = await timelines_of([visit_to(visit, one) for one in watches], limit=LAST)
    return {
        watch.pk: {
            "lines": told.lines,
            "timeline_url": links.key_url(watch.store, watch.stored_key, "key-timeline"),
        }
        for watch, told in zip(watches, timelines, strict=True)
        if told.lines
    }


def visit_to(visit: Visit, watch: Watch) -> KeyVisit:
    """The same visit, as if it was of the page of this key."""
    return KeyVisit(
        visit.request,
        visit.user,
        visit.rights,
        visit.now,
        store=stores.get(watch.store),
        ref=watch.ref,
        mask=masking_for(watch.store, watch.stored_key),
    )


def row_of(visit: Visit, one: Watched) -> dict[str, Any]:
    """One watched key, prepared."""
    watch, sighting = one.watch, one.sighting
    ref, store = watch.ref, watch.store
    row = catalog.of(store).row(watch.stored_key)
    last = row.changed_at if row and row.changed_at else None
    is_missed = last is None and sighting is not None and sighting.is_last_missed
    return {
        "mark": links.mark_of(f"{store}:{watch.stored_key}"),
        "name": wording.key_name(ref.key),
        "url": links.key_url(store, watch.stored_key),
        "store": store,
        "place": "shared" if ref.namespace is None else wording.plugin_name(ref.namespace)[0],
        "is_gone": row is None,
        "changed": moment(last or (sighting.changed_until if sighting else None), now=visit.now),
        "missed_from": moment(sighting.missed_from, now=visit.now)
        if sighting and is_missed
        else None,
        "changes": wording.count(sighting.changes) if sighting else "–",
        "size": wording.size(row.size) if row else "–",
        "posts": watch.posts,
        "is_news": one.is_news,
        "watch_url": links.key_url(store, watch.stored_key, "key-watch"),
    }
