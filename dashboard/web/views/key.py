"""One value: what it is, its tree, and what people did to it."""

import asyncio
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks, reading
from dashboard.access import Verb
from dashboard.history.places import Scope
from dashboard.web import links, wording
from dashboard.web.covered import hex_of, masks_of
from dashboard.web.crumbs import crumbs_of
from dashboard.web.drafts import digest_of
from dashboard.web.found import worth_a_look
from dashboard.web.gone import way_back
from dashboard.web.keeping import keeping_of
from dashboard.web.notices import notices_of, tell
from dashboard.web.opened import Opened, open_value
from dashboard.web.permits import permits_of
from dashboard.web.places import places_of
from dashboard.web.responding import is_partial, respond, send_to
from dashboard.web.saving import Verdict
from dashboard.web.timeline import timeline_of
from dashboard.web.trees import level_of, tree_of
from dashboard.web.views.namespace import list_context
from dashboard.web.visits import KeyVisit, NotHere, enter_key
from dashboard.web.wording import moment
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError

__all__ = [
    "answer_key",
    "answer_saved",
    "frame_of",
    "key",
    "key_find",
    "key_tree",
    "missing",
]

PARTS = ("value", "history", "hex")
DEPTH, WINDOW = 3, 200
MOST_FOUND = 100
LONGEST_NAME = 200
"""Characters of a key's name that head a page; a longer one can be unfolded."""


@require_safe
async def key(request: HttpRequest, store: str) -> HttpResponse:
    """The value that `key` names, or with `path` a part of it."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    if is_partial(request) and request.headers.get("HX-Target") == "history":
        here = links.key_url(store, visit.stored_key)
        context = visit.context() | {"here": here} | await history_of(visit)
        return respond(request, "key.html", context, part="history")
    opened = await open_value(visit)
    if opened.state == "missing" and not is_partial(request):
        if not (await timeline_of(visit, limit=1)).lines:
            raise missing(visit)
        return await answer_key(visit, opened, status=404)
    return await answer_key(visit, opened, path=links.asked(request, "path"))


def missing(visit: KeyVisit) -> NotHere:
    """404: the key is not there."""
    name = wording.key_name(visit.stored_key)
    place = wording.plugin_name(visit.ref.namespace)[0] if visit.ref.namespace else "Shared keys"
    back = links.home_of(visit.store.name, visit.stored_key)
    if visit.ref.namespace and visit.catalog.namespace(visit.ref.namespace) is None:
        back, place = links.url("store", visit.store.name), visit.store.name
    return NotHere(f"the key “{name}” in {visit.store.name}", back, place)


async def answer_key(
    visit: KeyVisit, opened: Opened, *, path: str = "", status: int = 200
) -> HttpResponse:
    """The value's page, or its part, as it is now. A key that is gone has one as long as anything
    is known of what became of it.
    """
    context = visit.context()
    if is_partial(visit.request):
        context |= await key_context(visit, opened, path)
    else:
        namespace = visit.ref.namespace
        # A large value is read by another process: meanwhile the rest is prepared.
        prepared, listed = await asyncio.gather(
            key_context(visit, opened, path),
            list_context(visit, namespace, opened=visit.stored_key),
        )
        context |= prepared
        context["places"] = places_of(visit, namespace, is_shared=namespace is None)
        context["list"] = listed
        context["opened"] = True
    return respond(visit.request, "key.html", context, parts=PARTS, part="value", status=status)


async def key_context(visit: KeyVisit, opened: Opened, path: str) -> dict[str, Any]:
    """Everything about one value, prepared."""
    store, stored_key = visit.store.name, visit.stored_key
    value, history = await asyncio.gather(value_context(visit, opened, path), history_of(visit))
    return frame_of(visit) | {
        "state": opened.state,
        "why": opened.why,
        "stored_key": visit.stored_key,
        "path": wording.visible(path),
        "crumbs": await crumbs_of(visit, opened, path),
        "notices": notices_of(visit.request),
        "topic": visit.topics(marks.key_topic(store, stored_key)),
        "here": links.key_url(store, stored_key, path=path or None),
        "hex_url": links.key_url(store, stored_key, "key-hex"),
        "find_url": links.key_url(store, stored_key, "key-find"),
        "download_url": links.key_url(store, stored_key, "key-download"),
        "shows_hex": links.asked(visit.request, "raw") == "1",
        **history,
        **value,
    }


async def history_of(visit: KeyVisit) -> dict[str, Any]:
    """What became of the key, and what the part of the page that says so needs."""
    store, stored_key = visit.store.name, visit.stored_key
    return {
        "history": await timeline_of(visit),
        "history_topic": visit.topics(
            marks.place_journal_topic(store, visit.ref.namespace),
            marks.versions_topic(store, stored_key),
        ),
        "timeline_url": links.key_url(store, stored_key, "key-timeline"),
        "keeping": keeping_of(visit, Scope.of_key(stored_key)),
    }


async def answer_saved(visit: KeyVisit, verdict: Verdict) -> HttpResponse:
    """After a save: the value as it is now. With htmx it replaces the value where the form was."""
    if not is_partial(visit.request):
        tell(visit.request, verdict.notice.title)
        return send_to(visit.request, links.key_url(visit.store.name, visit.stored_key))
    context = visit.context() | await key_context(visit, await open_value(visit), "")
    context["notices"] = [verdict.notice]
    response = respond(visit.request, "key.html", context, part="value")
    response["HX-Retarget"] = "#value"
    response["HX-Reswap"] = "outerHTML"
    return response


def frame_of(visit: KeyVisit) -> dict[str, Any]:
    """What every page about one key says above its content."""
    namespace = visit.ref.namespace
    title, module = ("Shared keys", "") if namespace is None else wording.plugin_name(namespace)
    row = visit.catalog.row(visit.stored_key)
    name = wording.key_name(visit.ref.key)
    return {
        "store": visit.store.name,
        "store_url": links.url("store", visit.store.name),
        "key_name": name,
        "key_short": wording.cut(name, LONGEST_NAME),
        "key_length": wording.plural(len(name), "character"),
        "key_url": links.key_url(visit.store.name, visit.stored_key),
        "plugin": title,
        "plugin_full": wording.visible(namespace or ""),
        "module": module,
        "plugin_url": links.namespace_url(visit.store.name, namespace),
        "changed": moment(row.changed_at, now=visit.now) if row else None,
        "permits": permits_of(visit, namespace),
    }


async def value_context(visit: KeyVisit, opened: Opened, path: str) -> dict[str, Any]:
    """What can be said of a value that is here: its facts and its tree."""
    stored = opened.stored
    if opened.state == "missing":
        lost = missing(visit)
        return await way_back(visit) | {"home": {"url": lost.back, "title": lost.back_title}}
    if opened.state != "here" or stored is None:
        return {}
    permit = permits_of(visit, visit.ref.namespace)["edit"]
    window = "outline", {"path": path, "depth": DEPTH, "limit": WINDOW}
    try:
        async with reading.asked(stored.data, window, ("facts", {}), mask=visit.mask) as answers:
            outline = (await answers.next()).result
            # Made while a worker finds out the rest.
            lines = tree_of(visit, outline, permit, path).html
            masks = await masks_of(visit)
            facts = (await answers.next()).result
    except StorageError as error:
        return without_tree(visit, stored, wording.sentence(str(error)))
    if facts["kind"] == "unreadable":
        return without_tree(visit, stored, wording.sentence(facts["findings"][0]["text"]))
    return measures_of(visit, stored) | {
        "lines": lines,
        "whole": whole_text_of(outline["rows"][0]) if outline["rows"] else "",
        "summary": wording.visible(facts["summary"]),
        "is_pickle": facts["is_pickle"],
        "findings": worth_a_look(facts),
        "imports": [wording.visible(name) for name in facts["imports"]],
        "deeds": deeds_of(visit, facts["refusal"] or refusal_of_whole(outline, path)),
        "cannot": wording.sentence(facts["refusal"] or ""),
        **(await hex_of(visit, stored.data) if links.asked(visit.request, "raw") == "1" else {}),
        **masks,
        "is_masked": facts["hides"],
    }


def without_tree(visit: KeyVisit, stored: StoredValue, refusal: str) -> dict[str, Any]:
    """What can be said and done where the value itself cannot be shown."""
    return measures_of(visit, stored) | {
        "refusal": refusal,
        "summary": "cannot be shown",
        "deeds": deeds_of(visit, refusal),
    }


def measures_of(visit: KeyVisit, stored: StoredValue) -> dict[str, Any]:
    """How large the value is and how long it stays, whatever it may be."""
    ends = moment(stored.expires_at, now=visit.now, ahead=True)
    return {
        "digest": digest_of(stored.data),
        "size": wording.size(len(stored.data)),
        "octets": wording.plural(len(stored.data), "byte"),
        "expires": ends,
        "left": wording.duration(stored.expires_at - visit.now)
        if stored.expires_at and ends
        else "",
    }


def whole_text_of(row: dict[str, Any]) -> str:
    """The text of a leaf of which its line shows only the beginning; empty for all others."""
    return wording.visible_lines(row["raw"] or row["edit_text"] or "") if row["truncated"] else ""


def refusal_of_whole(outline: dict[str, Any], path: str) -> str:
    """Why the whole value cannot be typed; empty if it can, or if only a part is shown."""
    row = outline["rows"][0]
    return "" if path else row["refusal"] or row["text_refusal"] or ""


def deeds_of(visit: KeyVisit, cannot: str) -> list[dict[str, str]]:
    """What can be done with the whole value; each with the reason where it cannot."""
    permits = permits_of(visit, visit.ref.namespace)

    def address(name: str, **more: str) -> str:
        return links.key_url(visit.store.name, visit.stored_key, name, **more)

    return [
        {
            "title": "Source",
            "icon": "code",
            "url": address("key-edit", as_="source"),
            "why": permits["edit"].why or wording.sentence(cannot),
            "why_url": permits["edit"].why_url,
        },
        {
            "title": "Expiry",
            "icon": "timer",
            "url": address("key-expiry"),
            "why": permits["expire"].why,
            "why_url": permits["expire"].why_url,
        },
        {"title": "Watch", "icon": "bell", "url": address("key-watch"), "why": ""},
        {
            "title": "Delete",
            "icon": "trash-2",
            "url": address("key-delete"),
            "why": permits["delete"].why,
            "why_url": permits["delete"].why_url,
            "tone": "danger",
        },
    ]


@require_safe
async def key_tree(request: HttpRequest, store: str) -> HttpResponse:
    """More of the tree: the children of the part at `path`, from `offset` on."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    opened = await open_value(visit)
    if opened.state != "here":
        raise missing(visit)
    path = links.asked(request, "path")
    offset = links.asked(request, "offset")
    if not is_partial(request):
        return await answer_key(visit, opened, path=path)
    try:
        outline = await reading.outline(
            opened.data,
            path,
            mask=visit.mask,
            depth=DEPTH,
            limit=WINDOW,
            offset=int(offset) if offset.isdecimal() else 0,
        )
    except StorageError as error:
        raise NotHere(f"{path}: {error}", links.key_url(store, visit.stored_key), "") from error
    permit = permits_of(visit, visit.ref.namespace)["edit"]
    level = level_of(links.asked(request, "level"))
    lines = tree_of(visit, outline, permit, path, only_children=True, level=level).html
    return respond(request, "key.html", {"lines": lines}, part="nodes")


@require_safe
async def key_find(request: HttpRequest, store: str) -> HttpResponse:
    """The parts of the value in which a text occurs."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    opened = await open_value(visit)
    if opened.state != "here":
        raise missing(visit)
    text = links.asked(request, "q").strip()
    permit = permits_of(visit, visit.ref.namespace)["edit"]
    rows: list[dict[str, Any]] = []
    refusal = ""
    if text:
        try:
            rows, _ = await reading.ask(
                "find", opened.data, mask=visit.mask, text=text, limit=MOST_FOUND
            )
        except StorageError as error:
            refusal = wording.sentence(str(error))
    context = (
        visit.context()
        | frame_of(visit)
        | {
            "search": wording.visible(text),
            "refusal": refusal,
            "found": tree_of(visit, {"rows": rows}, permit).nodes,
            "is_cut": len(rows) >= MOST_FOUND,
        }
    )
    return respond(request, "key_find.html", context, part="hits")
