"""The people who can sign in: who they are, and adding one."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from dashboard.access import Place, Role, grants
from dashboard.access.people import Refused, issue_link, new_person
from dashboard.web import links, wording
from dashboard.web.administering import change_rights, enter_admin
from dashboard.web.granting import Opens, form_of, grant_line, opens_of, place_of, role_of
from dashboard.web.notices import notices_of
from dashboard.web.responding import respond
from dashboard.web.visits import Visit
from dashboard.web.wording import moment

__all__ = ["people", "person_line"]


@require_http_methods(["GET", "HEAD", "POST"])
async def people(request: HttpRequest) -> HttpResponse:
    """An admin; adding a person shows the link that lets them in, once."""
    visit = await enter_admin(request)
    if request.method != "POST":
        return await page(visit)
    posted = request.POST
    name = posted.get("name", "").strip()
    try:
        role = role_of(posted) if posted.get("role") else None
        place = place_of(posted)
        if posted.get("do") == "preview":
            return await page(visit, opens=opens_of(role, place) if role else None)
        secret = await add(visit, name, role, place)
    except Refused as error:
        return await page(visit, error=str(error), status=422)
    address = request.build_absolute_uri(reverse("sign-in-link", args=[secret]))
    return await page(visit, added={"name": wording.visible(name), "link": address})


@sensitive_variables()
async def add(visit: Visit, name: str, role: Role | None, place: Place) -> str:
    """A new person with a role at a place, on record; gives the secret of their link."""
    made: list[str] = []

    def work() -> str:
        person = new_person(name)
        said = f"Added {person}"
        if role is not None:
            said += f" as {grants.said(grants.give(person, role.name, place))}"
        made.append(issue_link(person))
        return f"{said}."

    await change_rights(visit, work)
    return made[0]


async def page(
    visit: Visit,
    *,
    error: str = "",
    opens: Opens | None = None,
    added: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everybody, and the form for one more."""
    posted = {} if added else visit.request.POST.dict()
    context = visit.context() | {
        "notes": notices_of(visit.request),
        "section": "people",
        "people": [line async for line in lines_of(visit)],
        "error": error,
        "added": added,
        "name": wording.visible(posted.get("name", "")),
        "grant_form": form_of(posted, none=True),
        "opens": opens,
    }
    return respond(visit.request, "people.html", context, status=status)


async def lines_of(visit: Visit) -> Any:
    """Everybody by name, those who are disabled last."""
    known = User.objects.order_by("-is_active", "username").prefetch_related(
        "grants", "groups__grants"
    )
    async for person in known:
        yield await sync_to_async(person_line)(visit, person)


def person_line(visit: Visit, person: User) -> dict[str, Any]:
    """A person with what they hold, prepared."""
    held = [grant_line(grant) for grant in person.grants.all()]
    return {
        "name": wording.visible(person.username),
        "url": links.url("person", str(person.pk)),
        "is_active": person.is_active,
        "is_you": person.pk == visit.user.pk,
        "last": moment(person.last_login, now=visit.now),
        "grants": held,
        "groups": [
            {"name": wording.visible(group.name), "url": links.url("group", str(group.pk))}
            for group in person.groups.all()
        ],
        "waits": not person.has_usable_password(),
    }
