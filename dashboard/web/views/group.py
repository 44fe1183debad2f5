"""One group: its members, and the roles that they hold by it."""

from collections.abc import Callable, Mapping

from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import grants
from dashboard.access.models import Grant
from dashboard.access.people import Refused
from dashboard.web import links, wording
from dashboard.web.administering import change_rights, enter_admin
from dashboard.web.granting import Opens, form_of, grant_line, opens_of, place_of, role_of
from dashboard.web.notices import notices_of, tell
from dashboard.web.responding import respond, send_to
from dashboard.web.visits import NotHere, Visit

__all__ = ["group"]

Posted = Mapping[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
async def group(request: HttpRequest, number: int) -> HttpResponse:
    """An admin, about a group."""
    visit = await enter_admin(request)
    which = await Group.objects.filter(pk=number).afirst()
    if which is None:
        raise NotHere(f"group {number}", links.url("groups"), "Groups")
    if request.method != "POST":
        return await page(visit, which)
    posted = request.POST
    try:
        if posted.get("do") == "preview":
            return await page(visit, which, opens=opens_of(role_of(posted), place_of(posted)))
        deed = DEEDS.get(posted.get("do", ""), unknown)
        tell(request, await change_rights(visit, deed(which, posted)))
    except Refused as error:
        return await page(visit, which, error=str(error), status=422)
    is_gone = posted.get("do") == "remove"
    return send_to(request, links.url("groups") if is_gone else links.url("group", str(number)))


def unknown(_: Group, __: Posted) -> Callable[[], str]:
    raise Refused("There is no such thing to do with a group.")


def give(which: Group, posted: Posted) -> Callable[[], str]:
    role, place = role_of(posted), place_of(posted)
    return lambda: f"Gave the group {which} {grants.said(grants.give(which, role.name, place))}."


def take(which: Group, posted: Posted) -> Callable[[], str]:
    def work() -> str:
        grant = Grant.objects.filter(group=which, pk=number_in(posted, "grant")).first()
        if grant is None:
            raise Refused("This role was taken away already.")
        said = grants.said(grant)
        grants.take(grant)
        return f"Took {said} from the group {which}."

    return work


def number_in(posted: Posted, name: str) -> int:
    text = posted.get(name, "")
    return int(text) if text.isdecimal() else 0


def member_in(posted: Posted) -> User:
    person = User.objects.filter(pk=number_in(posted, "person")).first()
    if person is None:
        raise Refused("Choose a person.")
    return person


def join(which: Group, posted: Posted) -> Callable[[], str]:
    def work() -> str:
        person = member_in(posted)
        grants.join(which, person)
        return f"Put {person} into the group {which}."

    return work


def leave(which: Group, posted: Posted) -> Callable[[], str]:
    def work() -> str:
        person = member_in(posted)
        grants.leave(which, person)
        return f"Took {person} out of the group {which}."

    return work


def remove(which: Group, _: Posted) -> Callable[[], str]:
    def work() -> str:
        name = which.name
        grants.remove_group(which)
        return f"Removed the group {name}."

    return work


DEEDS: dict[str, Callable[[Group, Posted], Callable[[], str]]] = {
    "give": give,
    "take": take,
    "join": join,
    "leave": leave,
    "remove": remove,
}


async def page(
    visit: Visit,
    which: Group,
    *,
    error: str = "",
    opens: Opens | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything about one group."""
    inside = User.objects.filter(groups=which).order_by("username")
    outside = User.objects.filter(is_active=True).exclude(groups=which).order_by("username")
    context = visit.context() | {
        "notes": notices_of(visit.request),
        "section": "groups",
        "name": wording.visible(which.name),
        "members": [member(one) async for one in inside],
        "others": [member(one) async for one in outside],
        "grants": [grant_line(one) async for one in Grant.objects.filter(group=which)],
        "error": error,
        "opens": opens,
        "grant_form": form_of(visit.request.POST.dict()),
        "action_url": links.url("group", str(which.pk)),
    }
    return await sync_to_async(respond)(visit.request, "group.html", context, status=status)


def member(person: User) -> dict[str, object]:
    return {
        "number": person.pk,
        "name": wording.visible(person.username),
        "url": links.url("person", str(person.pk)),
        "is_active": person.is_active,
    }
