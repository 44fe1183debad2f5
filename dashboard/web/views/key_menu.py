"""The menu of one part of a value: what can be done with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import Verb
from dashboard.web import links, wording
from dashboard.web.opened import open_value, row_at
from dashboard.web.permits import permits_of
from dashboard.web.responding import respond
from dashboard.web.trees import address_of, menu_of
from dashboard.web.views.key import frame_of, missing
from dashboard.web.visits import enter_key

__all__ = ["key_menu"]


@require_safe
async def key_menu(request: HttpRequest, store: str) -> HttpResponse:
    """Structural edits, copying, and the part on a page of its own."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    opened = await open_value(visit)
    if opened.state != "here":
        raise missing(visit)
    path = links.asked(request, "path")
    row = await row_at(visit, opened, path)
    permit = permits_of(visit, visit.ref.namespace)["edit"]
    context = visit.context() | frame_of(visit)
    context |= {
        "label": wording.visible(path) or "the value",
        "path": wording.visible(path),
        "copied": wording.visible(copied_of(row)),
        "menu": menu_of(visit, row) if permit.allowed else [],
        "refusal": wording.sentence(permit.why or row["refusal"] or ""),
        "focus_url": address_of(visit, "key", path),
    }
    return respond(request, "key_menu.html", context, part="menu")


def copied_of(row: dict[str, Any]) -> str:
    """What "Copy value" copies: a leaf as it is typed, or as it is shown if it cannot be typed."""
    if not row["is_leaf"] or row["group"] == "masked":
        return ""
    return row["edit_text"] or ("" if row["can_edit"] or row["truncated"] else row["text"])
