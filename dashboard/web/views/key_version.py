"""A version of a key that is kept: what it was, what changed with it, and what changed since."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from dashboard import reading
from dashboard.access import Verb
from dashboard.history import queries as history
from dashboard.history.models import State, Version
from dashboard.history.queries import Neighbours
from dashboard.journal import queries
from dashboard.journal.models import Answer
from dashboard.journal.queries import JournalRow
from dashboard.web import links, wording
from dashboard.web.comparing import change_between
from dashboard.web.covered import masks_of
from dashboard.web.kept import authors_of, links_of, said_of, version_url
from dashboard.web.opened import open_value
from dashboard.web.responding import respond
from dashboard.web.taking_along import as_file
from dashboard.web.views.key import frame_of
from dashboard.web.visits import KeyVisit, NotHere, enter_key
from dashboard.web.wording import moment
from storage_core.exceptions import StorageError

__all__ = ["key_version", "version_asked", "version_download"]

SHOWN: Final = 20_000  # characters of the value
ENTRIES: Final = 50
"""Lines of the journal among which the author of a version is looked for."""


async def version_asked(visit: KeyVisit) -> Version:
    """The version that the address names. Raises NotHere."""
    number = links.asked(visit.request, "number")
    store, key = visit.store.name, visit.stored_key
    known = number.isdecimal() and len(number) < 18
    version = await history.version_of(store, key, int(number)) if known else None
    if version is None:
        back = links.key_url(store, key, "key-timeline")
        raise NotHere("a version that is not kept (any more)", back, "What became of the key")
    return version


@require_safe
async def key_version(request: HttpRequest, store: str) -> HttpResponse:
    """One version, beside the one before it and beside what is stored now."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    version = await version_asked(visit)
    beside = await history.neighbours_of(version)
    rows = await queries.for_key(store, visit.stored_key, limit=ENTRIES)
    sees_people = visit.rights.may(Verb.SEE_JOURNAL, store, visit.ref.namespace)
    versions = [version, *([beside.earlier] if beside.earlier else [])]
    author = authors_of(versions, rows).get(version.number)
    told = said_of(version, beside.earlier, by_person=author is not None)
    by_name = author is not None and sees_people
    context = visit.context() | frame_of(visit) | links_of(visit, version)
    context |= {
        "said": f"{wording.visible(author.who)} {author.deed.label} it"
        if author is not None and by_name
        else told.said,
        "entry_url": links.url("journal-entry", str(author.id)) if author and by_name else "",
        "detail": told.detail,
        "facts": facts_of(visit, version),
        "change": await change_with(visit, version, beside, author, rows if sees_people else []),
        "since": await change_since(visit, version),
        "earlier_url": version_url(visit, beside.earlier.number) if beside.earlier else "",
        "later_url": version_url(visit, beside.later.number) if beside.later else "",
        "timeline_url": links.key_url(store, visit.stored_key, "key-timeline"),
        **await value_of(visit, version),
    }
    return respond(request, "key_version.html", context)


def facts_of(visit: KeyVisit, version: Version) -> list[dict[str, Any]]:
    """What is known of it beside its bytes."""
    until = moment(version.until, now=visit.now)
    facts = [{"title": "Seen", "at": moment(version.at, now=visit.now)}]
    if until is not None and version.until is not None:
        held = wording.duration((version.until - version.at).total_seconds())
        facts.append({"title": "Until", "at": until, "text": f"it held for {held}"})
    elif version.state != State.GONE:
        facts.append({"title": "Until", "text": "it holds now"})
    if version.state != State.GONE:
        facts.append({"title": "Size", "text": wording.plural(version.size, "byte")})
        facts.append({"title": "Expiry", "text": expiry_of(version)})
    return facts


def expiry_of(version: Version) -> str:
    """When it was to expire, seen from then."""
    ends = moment(version.expires_at)
    if ends is None or version.expires_at is None:
        return "never"
    left = wording.duration(version.expires_at - version.seen_at.timestamp())
    return f"{left} later, {ends.exact}"


async def value_of(visit: KeyVisit, version: Version) -> dict[str, Any]:
    """The value as text, masked as it is where it is stored."""
    if version.data is None:
        why = "" if version.state == State.GONE else NOT_KEPT[State(version.state)]
        return {"refusal": why, "is_gone": version.state == State.GONE}
    data = bytes(version.data)
    found: dict[str, Any] = {
        "download_url": version_url(visit, version.number, "version-download"),
        **await masks_of(visit),
        "is_masked": await reading.hides(data, mask=visit.mask),
    }
    try:
        text = await reading.preview(data, mask=visit.mask, limit=SHOWN)
    except StorageError as error:
        return found | {"refusal": wording.sentence(str(error))}
    return found | {"whole": wording.visible(text)}


NOT_KEPT: Final = {
    State.LARGE: "It was too large to be kept, so nobody can tell what it was.",
    State.OTHER: "The key held something that is no value.",
}


async def change_with(
    visit: KeyVisit,
    version: Version,
    beside: Neighbours,
    author: JournalRow | None,
    rows: list[JournalRow],
) -> dict[str, Any]:
    """What changed against the state before: another version, or else one of the journal's."""
    before = beside.earlier
    if before is not None:
        return await compared(visit, before, version)
    if author is not None and author in rows:
        return await against(visit, author.before, version)
    done = (row for row in rows if row.is_change and row.answer is Answer.SAVED)
    last = next((row for row in done if row.at < version.at), None)
    if last is None:
        return {"is_first": True}
    return await against(visit, last.after, version)


async def against(visit: KeyVisit, before: bytes | None, version: Version) -> dict[str, Any]:
    """The change from the journal's bytes to a version."""
    if version.data is None and version.state != State.GONE:
        return {"refusal": NOT_KEPT[State(version.state)]}
    after = None if version.data is None else bytes(version.data)
    return await change_between(before, after, visit.mask)


async def compared(visit: KeyVisit, before: Version, after: Version) -> dict[str, Any]:
    """The change between two versions."""
    if before.data is None and before.state != State.GONE:
        return {
            "refusal": f"The version before it cannot be shown. {NOT_KEPT[State(before.state)]}"
        }
    return await against(visit, None if before.data is None else bytes(before.data), after)


async def change_since(visit: KeyVisit, version: Version) -> dict[str, Any] | None:
    """What is stored now against the version; None where that is not known."""
    opened = await open_value(visit)
    if opened.state not in {"here", "missing"} or (
        version.data is None and version.state != State.GONE
    ):
        return None
    present = None if opened.stored is None else opened.stored.data
    held = None if version.data is None else bytes(version.data)
    if present == held:
        return {"is_same": True}
    return await change_between(held, present, visit.mask)


@require_POST
async def version_download(request: HttpRequest, store: str) -> HttpResponse:
    """The bytes of a version as a file, under the rules that hold for those that are stored."""
    visit = await enter_key(request, store, Verb.EXPORT)
    version = await version_asked(visit)
    if version.data is None:
        back = version_url(visit, version.number)
        raise NotHere("bytes of this version: none are kept", back, "The version")
    name = f"{links.mark_of(visit.stored_key)}-{version.number}"
    said = f"The bytes of version {version.number}, as a file."
    return await as_file(visit, bytes(version.data), name, said)
