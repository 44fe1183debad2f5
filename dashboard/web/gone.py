"""A key that is gone: the last that is known of what it held, and the way to put that back."""

from typing import Any

from dashboard.access import Verb
from dashboard.history import queries as history
from dashboard.history.models import State, Version
from dashboard.journal import queries
from dashboard.journal.queries import JournalRow
from dashboard.web import links
from dashboard.web.kept import version_url
from dashboard.web.permits import permit
from dashboard.web.restoring import states_of
from dashboard.web.visits import KeyVisit

__all__ = ["way_back"]

LOOKED_THROUGH = 20


async def way_back(visit: KeyVisit) -> dict[str, Any]:
    """Where the key can be put back to what it last held; `way_back` is empty where nobody knows.

    Of people's changes only whoever sees the journal here is told.
    """
    store, key, namespace = visit.store.name, visit.stored_key, visit.ref.namespace
    versions = await history.versions_of(store, key, LOOKED_THROUGH)
    held = next((one for one in versions if one.state == State.HELD), None)
    sees = visit.rights.may(Verb.SEE_JOURNAL, store, namespace)
    rows = await queries.for_key(store, key, LOOKED_THROUGH) if sees else []
    url = entry_url(next((row for row in rows if states_of(row)), None), held)
    if not url and held is not None:
        url = version_url(visit, held.number, "version-restore")
    return {"way_back": url, "returning": permit(visit, Verb.CREATE, namespace)}


def entry_url(row: JournalRow | None, held: Version | None) -> str:
    """The last change by a person, if nothing is known that came later and it tells of bytes."""
    if row is None or (held is not None and held.at > row.at):
        return ""
    last = next((one for one in reversed(states_of(row)) if one.data is not None), None)
    return "" if last is None else links.url("restore", str(row.id), state=last.name)
