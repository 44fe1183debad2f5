"""The menu of one part of a value: what can be done with it."""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import reading
from dashboard.access import Verb
from dashboard.web import links, wording
from dashboard.web.opened import Opened, open_value, row_at
from dashboard.web.permits import permits_of
from dashboard.web.responding import respond
from dashboard.web.trees import address_of, menu_of
from dashboard.web.views.key import frame_of, missing
from dashboard.web.visits import KeyVisit, enter_key
from storage_core.exceptions import StorageError

__all__ = ["key_menu"]

MOST_COPIED: Final = 64 * 1024
"""Characters: what is copied travels with the menu."""
CHANGED_ON_THE_WAY: Final = re.compile("[\0\r]")
"""Characters that a page does not bring over as they are."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What is to be copied; empty where nothing can be."""

    text: str = ""
    is_too_long: bool = False


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
        "copied": await copied_of(visit, opened, row),
        "menu": menu_of(visit, row) if permit.allowed else [],
        "refusal": wording.sentence(permit.why or row["refusal"] or ""),
        "focus_url": address_of(visit, "key", path),
    }
    return respond(request, "key_menu.html", context, part="menu")


async def copied_of(visit: KeyVisit, opened: Opened, row: dict[str, Any]) -> Copied:
    """What "Copy value" copies: a text as it is, all else in typed notation.

    What is masked stays masked in it.
    """
    if row["group"] == "masked":
        return Copied()
    raw = row["raw"]
    if raw is not None and not CHANGED_ON_THE_WAY.search(raw):
        return Copied(raw) if len(raw) <= MOST_COPIED else Copied(is_too_long=True)
    try:
        text: str = (
            await reading.ask(
                "text", opened.data, mask=visit.mask, path=row["path"], limit=MOST_COPIED + 1
            )
        ).result
    except StorageError:
        return Copied()
    return Copied(is_too_long=True) if len(text) > MOST_COPIED else Copied(wording.visible(text))
