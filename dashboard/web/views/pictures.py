"""A store, or one list of its keys, in pictures: sizes, activity, expiry and age."""

from collections.abc import Sequence
from operator import add
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks
from dashboard.catalog import NamespaceRow
from dashboard.catalog.chronicle import HOURS, MINUTE, MINUTES
from dashboard.catalog.survey import LARGEST, SectionSurvey
from dashboard.findings import leftovers_in
from dashboard.web import links, wording
from dashboard.web.drawing import (
    Area,
    Rest,
    age_labels,
    chart_of,
    expiry_labels,
    lines_of,
    maps_of,
)
from dashboard.web.expired import left_in
from dashboard.web.notices import notices_of
from dashboard.web.places import places_of
from dashboard.web.responding import respond
from dashboard.web.sight import namespaces_seen, shared_seen
from dashboard.web.topics import store_topics
from dashboard.web.visits import StoreVisit, enter_namespace, enter_store, no_plugin
from dashboard.web.wording import moment

__all__ = ["pictures"]

BUSIEST = 12
MOST_STARTS = 3000
"""Keys after which there are no more pictures: the list goes on."""
MINUTE_NAMES = [f"{MINUTES - 1 - n} min ago" for n in range(MINUTES - 1)] + ["this minute"]
HOUR_NAMES = [f"{HOURS - 1 - n} h ago" for n in range(HOURS - 1)] + ["this hour"]


@require_safe
async def pictures(request: HttpRequest, store: str) -> HttpResponse:
    """The whole store; with `ns` the keys of a plugin, an empty `ns` being the shared keys."""
    asked = links.asked_all(request).get("ns")
    start = start_in(links.asked(request, "start")[:9])
    if asked is None:
        visit = await enter_store(request, store)
        context = await store_context(visit, start)
    else:
        visit = await enter_namespace(request, store, asked or None)
        context = await namespace_context(visit, asked or None, start)
    context |= visit.context() | {
        "notes": notices_of(request),
        "places": places_of(visit, here="pictures"),
        "store": store,
        "here": links.url("pictures", store, ns=asked, start=start or None),
        "first_url": links.url("pictures", store, ns=asked),
        "store_url": links.url("pictures", store),
    }
    return respond(request, "pictures.html", context, parts=("pictures",))


async def store_context(visit: StoreVisit, start: int) -> dict[str, Any]:
    """All plugins and the shared keys, as far as this person sees them."""
    rows: dict[str | None, NamespaceRow] = {row.namespace: row for row in namespaces_seen(visit)}
    if shared := shared_seen(visit):
        rows[None] = shared
    every = [area_of(visit, namespace, row) for namespace, row in rows.items()]
    every.sort(key=lambda area: -area.amount)
    start = min(start, max(len(every) - 1, 0))
    areas = every[start:]
    surveys = await visit.catalog.asurvey()
    seen = [surveys[namespace] for namespace in rows if namespace in surveys]
    return {
        "title": visit.store.name,
        "is_store": True,
        "topic": visit.topics(
            *store_topics(visit, visit.store.name, marks.store_topic(visit.store.name))
        ),
        "summary": wording.plural(len(every), "list of keys", "lists of keys"),
        "head": "Plugin",
        "areas": areas,
        "after": larger_ones(start, "list"),
        "maps": maps_of(areas, rest_of(visit, None, start, "lists")),
        "busiest": busiest(visit, list(rows)),
        **over_time(visit, list(rows)),
        **spread(seen, sum(left_in(visit, namespace) for namespace in places_left(visit))),
    }


def area_of(visit: StoreVisit, namespace: str | None, row: NamespaceRow) -> Area:
    name, module = name_of(namespace)
    return Area(
        name=name,
        detail=wording.plural(row.keys, "key"),
        url=links.url("pictures", visit.store.name, ns=namespace or ""),
        amount=row.size,
        busy=sum(visit.catalog.chronicle.minutes([namespace], visit.now)),
        place=module,
    )


def larger_ones(start: int, one: str) -> str:
    """What a picture that does not begin with the largest comes after."""
    if not start:
        return ""
    return f"The {wording.plural(start, one)} before these {'is' if start == 1 else 'are'} larger."


def rest_of(
    visit: StoreVisit, ns: str | None, start: int, name: str, number: int = 0, amount: int = 0
) -> Rest:
    """What comes after a picture that begins at `start`; beyond the last one, the list has it."""
    store = visit.store.name

    def url_from(shown: int) -> str:
        if ns is not None and start + shown > MOST_STARTS:
            return links.namespace_url(store, ns or None, sort="size", desc=1)
        return links.url("pictures", store, ns=ns, start=start + shown)

    return Rest(name, url_from, number, amount)


def start_in(asked: str) -> int:
    """How many areas come before those of a picture."""
    return min(int(asked), MOST_STARTS) if asked.isascii() and asked.isdigit() else 0


def name_of(namespace: str | None) -> tuple[str, str]:
    return ("Shared keys", "") if namespace is None else wording.plugin_name(namespace)


async def namespace_context(visit: StoreVisit, namespace: str | None, start: int) -> dict[str, Any]:
    """The largest keys of one list, and how all of its keys are spread."""
    survey = (await visit.catalog.asurvey()).get(namespace)
    if survey is None:
        raise no_plugin(visit.store.name, namespace)
    title = name_of(namespace)[0]
    start = min(start, max(survey.keys - 1, 0))
    page = await visit.catalog.apage(namespace, sort="size", descending=True, limit=start + LARGEST)
    areas = [
        Area(
            name=wording.key_name(row.ref.key),
            detail="",
            url=links.key_url(visit.store.name, row.stored_key),
            amount=row.size or 0,
            busy=int(row.changed_at is not None and visit.now - row.changed_at < 3600),
        )
        for row in page.rows[start:]
    ]
    others = page.total - start - len(areas)
    left = survey.size - sum(row.size or 0 for row in page.rows)
    rest = rest_of(visit, namespace or "", start, "keys", others, max(left, 0))
    return {
        "title": title,
        "is_store": False,
        "topic": visit.topics(marks.namespace_topic(visit.store.name, namespace)),
        "summary": f"{wording.plural(survey.keys, 'key')}, {wording.size(survey.size)}",
        "head": "Key",
        "areas": areas,
        "after": larger_ones(start, "key"),
        "maps": maps_of(areas, rest),
        "keys_url": links.namespace_url(visit.store.name, namespace),
        **over_time(visit, [namespace]),
        **spread([survey], left_in(visit, namespace)),
    }


def over_time(visit: StoreVisit, namespaces: list[str | None]) -> dict[str, Any]:
    """Changes in the last hour and in the last two days."""
    chronicle = visit.catalog.chronicle
    minutes = chronicle.minutes(namespaces, visit.now)
    hours = chronicle.hours(namespaces, visit.now)
    known = chronicle.spans_known(MINUTE, MINUTES, visit.now)
    minutes_known = [number >= MINUTES - known for number in range(MINUTES)]
    return {
        "began": moment(chronicle.began, now=visit.now),
        "charts": [
            chart_of("minutes", "The last hour, by minute", minutes, MINUTE_NAMES, minutes_known),
            chart_of(
                "hours",
                "The last two days, by hour",
                hours,
                HOUR_NAMES,
                chronicle.hours_known(visit.now),
            ),
        ],
    }


def busiest(visit: StoreVisit, namespaces: list[str | None]) -> list[dict[str, Any]]:
    """The plugins that change most, each with its last hour."""
    chronicle, now = visit.catalog.chronicle, visit.now
    counts = {one: chronicle.minutes([one], now) for one in chronicle.known(namespaces)}
    most = sorted(counts, key=lambda one: -sum(counts[one]))[:BUSIEST]
    return [
        {
            "title": name_of(one)[0],
            "module": name_of(one)[1],
            "url": links.url("pictures", visit.store.name, ns=one or ""),
            "chart": chart_of(links.mark_of(one or ""), "", counts[one], MINUTE_NAMES),
            "hour": wording.count(sum(counts[one])),
            "days": wording.count(sum(chronicle.hours([one], now))),
        }
        for one in most
        if sum(counts[one])
    ]


def places_left(visit: StoreVisit) -> list[str | None]:
    """Where something has expired and is still stored, as far as this person sees it."""
    return [place for place in leftovers_in(visit.store.name).found if visit.sees(place)]


def spread(surveys: Sequence[SectionSurvey], left: int) -> dict[str, Any]:
    """When keys expire, and when they were last seen changing.

    `left` have expired and are still stored, although no survey knows of them.
    """
    labels = expiry_labels(), age_labels()
    expiries, ages = [0] * len(labels[0]), [0] * len(labels[1])
    for survey in surveys:
        expiries = list(map(add, expiries, survey.expiries))
        ages = list(map(add, ages, survey.ages))
    expiries[0] += left
    return {
        "expiries": lines_of(expiries, labels[0]),
        "ages": lines_of(ages, labels[1]),
    }
