"""Groups of people, who hold roles together."""

from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import grants
from dashboard.access.people import Refused
from dashboard.web import links, wording
from dashboard.web.administering import change_rights, enter_admin
from dashboard.web.notices import notices_of, tell
from dashboard.web.responding import respond, send_to

__all__ = ["groups"]


@require_http_methods(["GET", "HEAD", "POST"])
async def groups(request: HttpRequest) -> HttpResponse:
    """An admin; a new group has no members and gives nothing yet."""
    visit = await enter_admin(request)
    error = ""
    name = request.POST.get("name", "").strip()
    if request.method == "POST":
        try:
            said = await change_rights(visit, lambda: f"Made the group {grants.new_group(name)}.")
        except Refused as refused:
            error = str(refused)
        else:
            tell(request, said)
            made = await Group.objects.aget(name=name)
            return send_to(request, links.url("group", str(made.pk)))
    context = visit.context() | {
        "notes": notices_of(request),
        "section": "groups",
        "groups": await sync_to_async(lines)(),
        "error": error,
        "name": wording.visible(name),
    }
    return respond(request, "groups.html", context, status=422 if error else 200)


def lines() -> list[dict[str, object]]:
    """Every group with its members and what it gives them."""
    return [
        {
            "name": wording.visible(group.name),
            "url": links.url("group", str(group.pk)),
            "members": [wording.visible(one.username) for one in group.user_set.all()],
            "grants": [grants.said(grant) for grant in group.grants.all()],
        }
        for group in Group.objects.order_by("name").prefetch_related("user_set", "grants")
    ]
