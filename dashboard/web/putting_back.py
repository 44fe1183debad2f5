"""Putting a key back to an earlier state: what would change is looked at first, then it is done.

The state comes from the journal, or from the history that is kept of the bot's writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from dashboard import operations, reading
from dashboard.access import Verb
from dashboard.web import editing, links, notices, wording
from dashboard.web.drafts import base_of, carry
from dashboard.web.notices import Notice, tell
from dashboard.web.opened import Opened, open_value
from dashboard.web.responding import respond, send_to
from dashboard.web.restoring import State, endings_for, expiry_for
from dashboard.web.saving import Verdict, carried_out, reason_of
from dashboard.web.views.key import answer_key, frame_of
from dashboard.web.visits import KeyVisit, enter_stored_key
from storage_core.exceptions import StorageError

__all__ = ["Earlier", "put_back"]

SHOWN = 2000  # characters of a value that would come or go as a whole


@dataclass(frozen=True, slots=True)
class Earlier:
    """A state to go back to, and where it comes from.

    The page says `lead`, a link to `url` with the words `title`, and `tail`; the journal `source`.
    """

    state: State
    lead: str
    title: str
    tail: str
    url: str
    action_url: str
    source: str

    @property
    def words(self) -> Mapping[str, str]:
        """What the page says of it."""
        words = {"lead": self.lead, "title": self.title, "tail": self.tail}
        return words | {"url": self.url, "at": f"{self.state.at:%Y-%m-%d %H:%M} UTC"}


async def put_back(request: HttpRequest, visit: KeyVisit, earlier: Earlier) -> HttpResponse:
    """The question, and what is done after it, for somebody who may do what it takes."""
    opened = await open_value(visit)
    if opened.state not in {"here", "missing"}:
        return await answer_key(visit, opened)
    verb = verb_for(earlier.state, opened)
    visit = await enter_stored_key(request, visit.store.name, visit.stored_key, verb)
    if request.method != "POST":
        return await asking(visit, earlier, opened)
    return await posted(visit, earlier, opened)


def verb_for(state: State, opened: Opened) -> Verb:
    """What it takes to come from what is there to the state."""
    if state.data is None:
        return Verb.DELETE
    return Verb.EDIT if opened.state == "here" else Verb.CREATE


async def posted(visit: KeyVisit, earlier: Earlier, opened: Opened) -> HttpResponse:
    """Restore over exactly what was shown, or show what is there now."""
    state = earlier.state
    present = opened.stored.data if opened.stored else None
    seen = visit.request.POST.get("digest", "")
    base = base_of(visit.request.POST, present).data if seen else None
    if base != present:
        changed = notices.careful(
            "The value changed meanwhile.", "Look at what would change now before you restore it."
        )
        return await asking(visit, earlier, opened, changed, status=409)
    choice = visit.request.POST.get("ending", "remaining")
    if any(one.name == choice and one.why for one in endings_for(state, opened.stored, visit.now)):
        passed = notices.careful("That moment has passed.", "Choose another way to expire.")
        return await asking(visit, earlier, opened, passed, status=422)
    verdict = await carried_out(
        operations.restore(
            visit.person,
            visit.store.name,
            visit.stored_key,
            present,
            state.data,
            expires=expiry_for(state, choice, opened.stored, visit.now),
            reason=reason_of(visit),
            source=earlier.source,
        )
    )
    return await told(visit, earlier, opened, verdict)


async def told(visit: KeyVisit, earlier: Earlier, opened: Opened, verdict: Verdict) -> HttpResponse:
    """On to the key if it is done, else the form again with what became of it."""
    if verdict.word == "saved":
        name = wording.key_name(visit.ref.key)
        was_there = earlier.state.data is not None
        tell(visit.request, f"{name} is {'as it was' if was_there else 'removed again'}.")
        store = visit.store.name
        home = links.home_of(store, visit.stored_key)
        return send_to(visit.request, links.key_url(store, visit.stored_key) if was_there else home)
    now = Opened("here", verdict.current) if verdict.current else opened
    if verdict.word == "gone":
        now = Opened("missing")
    return await asking(visit, earlier, now, verdict.notice, status=verdict.status)


async def asking(
    visit: KeyVisit,
    earlier: Earlier,
    opened: Opened,
    notice: Notice | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The question, with what would change."""
    present = opened.stored.data if opened.stored else None
    chosen = visit.request.POST.get("ending", "")
    endings = endings_for(earlier.state, opened.stored, visit.now)
    possible = [one.name for one in endings if not one.why]
    context = (
        visit.context()
        | frame_of(visit)
        | await change_of(visit, present, earlier.state.data)
        | {
            "notice": notice,
            "earlier": earlier.words,
            "carried": await carry(visit, present) if present is not None else None,
            "is_here": present is not None,
            "endings": endings,
            "ending": chosen if chosen in possible else next(iter(possible), ""),
            "reason": reason_of(visit),
            "action_url": earlier.action_url,
        }
    )
    return respond(visit.request, "restore.html", context, part="form", status=status)


async def change_of(visit: KeyVisit, present: bytes | None, wanted: bytes | None) -> dict[str, Any]:
    """What would change, what the bot would import for it, and whether this person may do that."""
    said: dict[str, Any] = {"goes": wanted is None, "comes": present is None}
    try:
        if present is not None and wanted is not None:
            said["differences"] = await editing.differences(present, wanted, visit.mask)
        elif (whole := present if wanted is None else wanted) is not None:
            said["whole"] = wording.visible(
                await reading.preview(whole, mask=visit.mask, limit=SHOWN)
            )
        if wanted is not None:
            images = [wanted] if present is None else [present, wanted]
            found, _ = await reading.make("check_write", *images, allow_imports=True)
            said["imports"] = [wording.visible(name) for name in found]
    except StorageError as error:
        said["refusal"] = wording.sentence(str(error))
    said["is_same"] = present == wanted
    is_allowed = visit.rights.may(Verb.BRING_IN, visit.store.name, visit.ref.namespace)
    said["cannot"] = (
        visit.rights.why_not(Verb.BRING_IN) if said.get("imports") and not is_allowed else ""
    )
    return said
