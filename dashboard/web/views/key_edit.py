"""Editing a part of a value in place, or as typed text: look at the change, then save it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.web import editing, links, wording
from dashboard.web.changing import Change, opening, propose
from dashboard.web.controls import Control, control_of, posted_control, typed_text
from dashboard.web.opened import Opened, open_value, row_at
from dashboard.web.responding import respond
from dashboard.web.saving import Verdict
from dashboard.web.views.key import answer_key, answer_saved, frame_of, missing
from dashboard.web.visits import KeyVisit, enter_key

__all__ = ["key_edit"]

SOURCE = "source"


@require_http_methods(["GET", "HEAD", "POST"])
async def key_edit(request: HttpRequest, store: str) -> HttpResponse:
    """The form for the part at `path`; with `as_=source` always as typed text."""
    visit = await enter_key(request, store, Verb.EDIT)
    opened = await open_value(visit)
    path = links.asked(request, "path")
    if request.method == "POST":
        return await posted(visit, opened, path)
    if opened.state == "missing":
        raise missing(visit)
    if opened.state != "here":
        return await answer_key(visit, opened)
    row = await row_at(visit, opened, path)
    refusal = "" if row["can_edit"] else row["refusal"] or "This part cannot be edited."
    refusal = refusal or row["text_refusal"] or ""
    control = control_of(row, as_source=links.asked(request, "as_") == SOURCE)
    change = await opening(visit, opened.data, refusal=refusal)
    return form(visit, path, control, change, is_masked=row["group"] == "masked")


async def posted(visit: KeyVisit, opened: Opened, path: str) -> HttpResponse:
    """One step of the form."""
    fields = visit.request.POST

    async def make(base: bytes) -> bytes:
        text = typed_text(fields)
        return await editing.edited(
            base, path, text, visit.mask, change_type=bool(fields.get("change_type"))
        )

    step = await propose(visit, opened, make)
    if isinstance(step, Verdict):
        return await answer_saved(visit, step)
    control = posted_control(fields, fields.get("type", ""))
    return form(visit, path, control, step, is_masked="is_masked" in fields)


def form(
    visit: KeyVisit, path: str, control: Control, change: Change, *, is_masked: bool
) -> HttpResponse:
    """The form at its present step; `is_masked`: it replaces something unseen."""
    is_source = control.name == SOURCE
    context = (
        visit.context()
        | frame_of(visit)
        | {
            "path": wording.visible(path),
            "label": wording.visible(path) or "the whole value",
            "control": control,
            "change": change,
            "carried": change.carried,
            "notice": change.notice,
            "reason": change.reason,
            "is_source": is_source,
            "is_masked": is_masked,
            "changes_type": bool(visit.request.POST.get("change_type")),
            "mark": links.mark_of(path),
            "action_url": links.key_url(visit.store.name, visit.stored_key, "key-edit", path=path),
            "source_url": links.key_url(
                visit.store.name, visit.stored_key, "key-edit", path=path, as_=SOURCE
            ),
        }
    )
    return respond(visit.request, "key_edit.html", context, part="form", status=change.status)
