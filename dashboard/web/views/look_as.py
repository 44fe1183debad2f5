"""Looking at the dashboard as another role would, which never gives more rights than one has."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dashboard.access import Verb
from dashboard.access.people import Refused
from dashboard.access.rights import LOOKING, own_rights_of_request
from dashboard.journal.models import Deed
from dashboard.web import links
from dashboard.web.granting import place_of, role_of
from dashboard.web.notices import tell
from dashboard.web.on_record import put_on_record
from dashboard.web.responding import send_to
from dashboard.web.visits import enter

__all__ = ["look_as"]


@require_POST
async def look_as(request: HttpRequest) -> HttpResponse:
    """An admin, by their own rights; `do=stop` is for whoever looks."""
    visit = await enter(request)
    if request.POST.get("do") == "stop":
        await request.session.apop(LOOKING, None)
        return send_to(request, links.url("overview"))
    own = await own_rights_of_request(request)
    if not own.administers:
        raise PermissionDenied(own.why_not(Verb.ADMINISTER))
    try:
        role, place = role_of(request.POST), place_of(request.POST)
    except Refused as error:
        tell(request, str(error))
        return send_to(request, links.url("grants"))
    where = "" if place.is_whole_store else f", {place.where}"
    store = "all stores" if place.store == "*" else place.store
    await put_on_record(visit, Deed.LOOK_AS, f"As {role.name} on {store}{where}.")
    kept = {"role": role.name, "store": place.store, "where": place.where}
    await request.session.aset(LOOKING, kept)
    return send_to(request, links.url("overview"))
