"""Deleting a key, after a look at what goes."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard import operations, reading
from dashboard.access import Verb
from dashboard.web import links, notices, wording
from dashboard.web.drafts import base_of, carry
from dashboard.web.notices import Notice, tell
from dashboard.web.opened import Opened, open_value
from dashboard.web.responding import respond, send_to
from dashboard.web.saving import carried_out, reason_of
from dashboard.web.views.key import answer_key, frame_of, missing
from dashboard.web.visits import KeyVisit, enter_key
from storage_core.exceptions import StorageError

__all__ = ["key_delete"]


@require_http_methods(["GET", "HEAD", "POST"])
async def key_delete(request: HttpRequest, store: str) -> HttpResponse:
    """Ask first; then delete exactly what was shown."""
    visit = await enter_key(request, store, Verb.DELETE)
    opened = await open_value(visit)
    if opened.state == "missing":
        raise missing(visit)
    if opened.state != "here":
        return await answer_key(visit, opened)
    if request.method != "POST":
        return await asking(visit, opened)
    base = base_of(request.POST, opened.data)
    if base.data is None:
        changed = notices.careful(
            "The value changed meanwhile.", "Look at it again before you delete it."
        )
        return await asking(visit, opened, changed, status=409)
    verdict = await carried_out(
        operations.delete(visit.person, store, visit.stored_key, base.data, reason_of(visit))
    )
    if verdict.word == "saved":
        tell(request, f"{wording.key_name(visit.ref.key)} is deleted.")
        return send_to(request, links.home_of(store, visit.stored_key))
    if verdict.word == "gone":
        tell(request, f"{wording.key_name(visit.ref.key)} had gone by itself.")
        return send_to(request, links.home_of(store, visit.stored_key))
    now = Opened("here", verdict.current) if verdict.current else opened
    return await asking(visit, now, verdict.notice, status=verdict.status)


async def asking(
    visit: KeyVisit, opened: Opened, notice: Notice | None = None, *, status: int = 200
) -> HttpResponse:
    """The question, with what would be deleted."""
    try:
        preview = await reading.preview(opened.data, mask=visit.mask)
    except StorageError as error:  # what cannot be read can be deleted all the same
        preview = str(error)
    context = (
        visit.context()
        | frame_of(visit)
        | {
            "notice": notice,
            "carried": await carry(visit, opened.data),
            "preview": wording.visible(preview),
            "size": wording.size(len(opened.data)),
            "reason": reason_of(visit),
            "action_url": links.key_url(visit.store.name, visit.stored_key, "key-delete"),
        }
    )
    return respond(visit.request, "key_delete.html", context, part="form", status=status)
