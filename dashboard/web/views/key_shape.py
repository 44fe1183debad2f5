"""Changing the shape of a value: add to it, remove, rename or move a part."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.web import editing, links, wording
from dashboard.web.changing import Change, opening, propose
from dashboard.web.making import KINDS, SWITCH, made_control, made_text
from dashboard.web.opened import Opened, open_value
from dashboard.web.responding import respond
from dashboard.web.saving import Verdict
from dashboard.web.views.key import answer_key, answer_saved, frame_of, missing
from dashboard.web.visits import KeyVisit, NotHere, enter_key
from storage_core.exceptions import RefusedEdit

__all__ = ["key_shape"]

DEEDS: Final = {
    "add": ("Add under a new key", ("key", "text")),
    "field": ("Add a field", ("key", "text")),
    "append": ("Add at the end", ("text",)),
    "insert": ("Add before a place", ("index", "text")),
    "rename": ("Rename", ("key",)),
    "move": ("Move to another place", ("index",)),
    "remove": ("Remove", ()),
}


@require_http_methods(["GET", "HEAD", "POST"])
async def key_shape(request: HttpRequest, store: str) -> HttpResponse:
    """The form for one deed (`do`) at `path`."""
    visit = await enter_key(request, store, Verb.EDIT)
    opened = await open_value(visit)
    asked = links.asked_all(request)
    path, deed = asked.get("path", ""), asked.get("do", "")
    if deed not in DEEDS:
        back = links.key_url(store, visit.stored_key)
        raise NotHere(f"a way to change a value that is called {deed}", back, "The value")
    if request.method == "POST":
        return await posted(visit, opened, path, deed)
    if opened.state == "missing":
        raise missing(visit)
    if opened.state != "here":
        return await answer_key(visit, opened)
    return form(visit, path, deed, await opening(visit, opened.data))


async def posted(visit: KeyVisit, opened: Opened, path: str, deed: str) -> HttpResponse:
    """One step of the form."""
    typed = visit.request.POST
    if SWITCH in typed:
        return form(visit, path, deed, await opening(visit, opened.data))

    async def make(base: bytes) -> bytes:
        return await editing.reshaped(base, edit_of(typed, path, deed), visit.mask)

    step = await propose(visit, opened, make)
    if isinstance(step, Verdict):
        return await answer_saved(visit, step)
    return form(visit, path, deed, step)


def edit_of(typed: Any, path: str, deed: str) -> dict[str, Any]:
    """The edit that the form describes. Raises RefusedEdit for a place that is no number."""
    fields = DEEDS[deed][1]
    edit: dict[str, Any] = {"action": "add" if deed == "field" else deed, "path": path}
    for name in fields:
        text = typed.get(name, "").replace("\r\n", "\n")
        if name == "text":
            edit[name] = made_text(typed)
        elif name != "index":
            edit[name] = text
        elif text.strip().isdecimal():
            edit[name] = int(text)
        else:
            raise RefusedEdit("The place is a whole number, counted from 0.")
    return edit


def form(visit: KeyVisit, path: str, deed: str, change: Change) -> HttpResponse:
    """The form at its present step."""
    title, fields = DEEDS[deed]
    typed = visit.request.POST
    context = (
        visit.context()
        | frame_of(visit)
        | {
            "title": title,
            "label": wording.visible(path) or "the whole value",
            "fields": fields,
            "deed": deed,
            "typed": {name: typed.get(name, "") for name in ("key", "index")},
            "control": made_control(typed),
            "kinds": KINDS,
            "change": change,
            "carried": change.carried,
            "notice": change.notice,
            "reason": change.reason,
            "action_url": links.key_url(
                visit.store.name, visit.stored_key, "key-shape", path=path, do=deed
            ),
        }
    )
    return respond(visit.request, "key_shape.html", context, part="form", status=change.status)
