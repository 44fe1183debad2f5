"""Putting a key back to what it was before, or after, an entry of the journal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.web import links
from dashboard.web.putting_back import Earlier, put_back
from dashboard.web.restoring import state_called
from dashboard.web.views.journal_entry import line_at
from dashboard.web.visits import NotHere, enter, enter_stored_key

__all__ = ["restore"]


@require_http_methods(["GET", "HEAD", "POST"])
async def restore(request: HttpRequest, number: int) -> HttpResponse:
    """The state before an entry of the journal, or with `state=after` the one that it left."""
    row = await line_at(await enter(request), number)
    visit = await enter_stored_key(request, row.store, row.stored_key, Verb.SEE_VALUES)
    state = state_called(row, links.asked(request, "state", "before"))
    entry_url = links.url("journal-entry", str(number))
    if state is None:
        raise NotHere(f"a state to restore in entry {number}", entry_url, "The entry")
    earlier = Earlier(
        state,
        lead=f"As it was {state.name}",
        title=f"entry {row.id}",
        tail=" of the journal",
        url=entry_url,
        action_url=links.url("restore", str(row.id), state=state.name),
        source=f"The state {state.name} entry {row.id}.",
    )
    return await put_back(request, visit, earlier)
