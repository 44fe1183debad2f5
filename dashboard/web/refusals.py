"""Putting on record what a person tried and was refused, wherever the refusal came from.

The gate asks this of every form that a view answers with 403, or with 404 because it is about a
place that is not this person's to know. Whether such a place exists is not told: both look alike.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest

from dashboard import operations, stores
from dashboard.access import NotAllowed, Verb
from dashboard.journal.models import Answer, Deed, Entry
from dashboard.web import links
from dashboard.web.on_record import put_on_record
from dashboard.web.visits import Visit, WhileLooking, arrive
from storage_core.keys import KeyRef

__all__ = ["note_refusal"]

DEEDS: Final[Mapping[str, Deed]] = {
    "key-edit": Deed.EDIT,
    "key-shape": Deed.EDIT,
    "key-expiry": Deed.EXPIRE,
    "key-delete": Deed.DELETE,
    "key-create": Deed.CREATE,
    "restore": Deed.RESTORE,
    "version-restore": Deed.RESTORE,
    "key-reveal": Deed.REVEAL,
    "key-download": Deed.EXPORT,
    "version-download": Deed.EXPORT,
    "journal-export": Deed.EXPORT,
    "audit-export": Deed.EXPORT,
    "audit-review": Deed.REVIEW,
    "finding-dismiss": Deed.DISMISS,
    "finding-return": Deed.DISMISS,
    "history-mark": Deed.HISTORY,
    "people": Deed.RIGHTS,
    "person": Deed.RIGHTS,
    "groups": Deed.RIGHTS,
    "group": Deed.RIGHTS,
    "grants": Deed.RIGHTS,
    "account": Deed.RIGHTS,
    "look-as": Deed.LOOK_AS,
}
"""What somebody set out to do who sent a form to an address, by its name."""
CHANGES: Final = frozenset({Deed.EDIT, Deed.CREATE, Deed.DELETE, Deed.EXPIRE, Deed.RESTORE})


async def note_refusal(request: HttpRequest, error: Exception) -> None:
    """Write down that this form was refused, if it was to do something that goes on record.

    Raises JournalUnavailable.
    """
    match = request.resolver_match
    deed = DEEDS.get(match.url_name or "") if match is not None else None
    if match is None or deed is None or (isinstance(error, NotAllowed) and error.is_on_record):
        return
    visit = await arrive(request)
    store, namespace, key = await aim_of(request, match.kwargs)
    if isinstance(error, Http404) and not is_hidden(visit, store, namespace):
        return
    why = f"looking as {visit.looking}" if isinstance(error, WhileLooking) else "not allowed"
    if deed in CHANGES:
        if key is not None:
            await operations.note_refusal(visit.person, store, key, deed, why)
        return
    await put_on_record(
        visit,
        deed,
        f"Refused: {why}.",
        store=store,
        namespace=namespace or "",
        stored_key=key,
        answer=Answer.REFUSED,
    )


async def aim_of(
    request: HttpRequest, given: Mapping[str, Any]
) -> tuple[str, str | None, str | None]:
    """The store, the namespace and the key that a form is about, as far as it is about one."""
    asked = links.asked_all(request)
    store, key, namespace = given.get("store", ""), asked.get("key"), asked.get("ns")
    if "number" in given and not store:
        entry = await Entry.objects.filter(pk=given["number"]).exclude(key_digest="").afirst()
        if entry is not None and request.path.startswith(links.url("journal")):
            store, key = entry.store, entry.stored_key
    elif key is None and "name" in request.POST:
        key = KeyRef(namespace, request.POST["name"]).stored_key
    if key is not None:
        namespace = KeyRef.parse(key).namespace
    return store, namespace, key


def is_hidden(visit: Visit, store: str, namespace: str | None) -> bool:
    """Whether a place was refused because even its names are not this person's to see."""
    is_store = any(one.name == store for one in stores.all_stores())
    return is_store and not visit.rights.may(Verb.SEE_NAMES, store, namespace)
