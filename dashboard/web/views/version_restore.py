"""Putting a key back to a version that the bot wrote."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.history.models import State as Kept
from dashboard.web.kept import version_url
from dashboard.web.putting_back import Earlier, put_back
from dashboard.web.restoring import State
from dashboard.web.views.key_version import version_asked
from dashboard.web.visits import NotHere, enter_key

__all__ = ["version_restore"]


@require_http_methods(["GET", "HEAD", "POST"])
async def version_restore(request: HttpRequest, store: str) -> HttpResponse:
    """The question what would change, and after it the change, as for a state of the journal."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    version = await version_asked(visit)
    page = version_url(visit, version.number)
    if version.data is None and version.state != Kept.GONE:
        raise NotHere("bytes of this version: none are kept", page, "The version")
    data = None if version.data is None else bytes(version.data)
    state = State("version", "Restore this version", data, version.expires_at, version.seen_at)
    earlier = Earlier(
        state,
        lead="As it was in",
        title=f"version {version.number}",
        tail=" of its kept history",
        url=page,
        action_url=version_url(visit, version.number, "version-restore"),
        source=f"Version {version.number} of the kept history, seen {version.at:%F %T} UTC.",
    )
    return await put_back(request, visit, earlier)
