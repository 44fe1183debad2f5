"""Every role that was given, to whom and where; and what a role at a place would open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import ROLES, Verb
from dashboard.access.models import Grant
from dashboard.access.people import Refused
from dashboard.web import links, wording
from dashboard.web.administering import enter_admin
from dashboard.web.granting import form_of, grant_line, opens_of, place_of, role_of
from dashboard.web.notices import notices_of
from dashboard.web.responding import respond

__all__ = ["grants"]


@require_safe
async def grants(request: HttpRequest) -> HttpResponse:
    """An admin; with `role`, `store` and `where` it shows what such a grant opens."""
    visit = await enter_admin(request)
    asked = links.asked_all(request)
    opens, error = None, ""
    if asked.get("role"):
        try:
            opens = opens_of(role_of(asked), place_of(asked))
        except Refused as refused:
            error = str(refused)
    given = Grant.objects.select_related("person", "group").order_by("store", "where", "role")
    context = visit.context() | {
        "notes": notices_of(request),
        "section": "grants",
        "grants": [line_of(grant) async for grant in given],
        "grant_form": form_of(asked),
        "opens": opens,
        "error": error,
        "roles": list(ROLES.values()),
        "matrix": [
            {"verb": verb.value, "may": [verb in role.verbs for role in ROLES.values()]}
            for verb in Verb
        ],
    }
    return respond(request, "grants.html", context, parts=("opens",))


def line_of(grant: Grant) -> dict[str, Any]:
    """A grant and who holds it."""
    if grant.person is not None:
        whom, url = grant.person.username, links.url("person", str(grant.person.pk))
    elif grant.group is not None:
        whom, url = grant.group.name, links.url("group", str(grant.group.pk))
    else:
        raise LookupError("A grant is for a person or a group.")
    return grant_line(grant) | {
        "whom": wording.visible(whom),
        "url": url,
        "is_group": grant.group is not None,
    }
