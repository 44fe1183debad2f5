"""One person: what they may do, their groups, their link, and whether they may come at all."""

from collections.abc import Callable, Mapping

from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from dashboard.access import grants, people
from dashboard.access.models import Grant
from dashboard.access.people import Refused
from dashboard.access.sessions import end_sessions
from dashboard.web import links, wording
from dashboard.web.administering import change_rights, enter_admin
from dashboard.web.granting import Opens, form_of, opens_of, place_of, role_of
from dashboard.web.notices import notices_of, tell
from dashboard.web.responding import respond, send_to
from dashboard.web.views.people import person_line
from dashboard.web.visits import NotHere, Visit

__all__ = ["person"]

Posted = Mapping[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
async def person(request: HttpRequest, number: int) -> HttpResponse:
    """An admin, about somebody."""
    visit = await enter_admin(request)
    whom = await User.objects.filter(pk=number).afirst()
    if whom is None:
        raise NotHere(f"person {number}", links.url("people"), "People")
    posted = request.POST
    if request.method != "POST":
        return await page(visit, whom)
    try:
        if posted.get("do") == "preview":
            return await page(visit, whom, opens=opens_of(role_of(posted), place_of(posted)))
        if posted.get("do") == "link":
            return await page(visit, whom, link=await new_link(visit, whom))
        deed = DEEDS.get(posted.get("do", ""), unknown)
        tell(request, await change_rights(visit, deed(visit, whom, posted)))
    except Refused as error:
        return await page(visit, whom, error=str(error), status=422)
    return send_to(request, links.url("person", str(number)))


@sensitive_variables()
async def new_link(visit: Visit, whom: User) -> str:
    """The address that signs this person in, once."""
    made: list[str] = []

    def work() -> str:
        if not whom.is_active:
            raise Refused(f"{whom} is disabled, and a link would not let them in.")
        made.append(people.issue_link(whom))
        return f"Made a new sign-in link for {whom}."

    await change_rights(visit, work)
    return visit.request.build_absolute_uri(reverse("sign-in-link", args=made))


Deed = Callable[[Visit, User, Posted], Callable[[], str]]
"""Takes what was posted and gives the work, which says what it did. Both raise Refused."""


def unknown(_: Visit, __: User, ___: Posted) -> Callable[[], str]:
    raise Refused("There is no such thing to do with a person.")


def give(_: Visit, whom: User, posted: Posted) -> Callable[[], str]:
    role, place = role_of(posted), place_of(posted)
    return lambda: f"Gave {whom} {grants.said(grants.give(whom, role.name, place))}."


def take(_: Visit, whom: User, posted: Posted) -> Callable[[], str]:
    def work() -> str:
        grant = Grant.objects.filter(person=whom, pk=number_in(posted, "grant")).first()
        if grant is None:
            raise Refused("This role was taken away already.")
        said = grants.said(grant)
        grants.take(grant)
        return f"Took {said} from {whom}."

    return work


def group_in(posted: Posted) -> Group:
    group = Group.objects.filter(pk=number_in(posted, "group")).first()
    if group is None:
        raise Refused("This group is not there any more.")
    return group


def number_in(posted: Posted, name: str) -> int:
    text = posted.get(name, "")
    return int(text) if text.isdecimal() else 0


def join(_: Visit, whom: User, posted: Posted) -> Callable[[], str]:
    def work() -> str:
        group = group_in(posted)
        grants.join(group, whom)
        return f"Put {whom} into the group {group}."

    return work


def leave(_: Visit, whom: User, posted: Posted) -> Callable[[], str]:
    def work() -> str:
        group = group_in(posted)
        grants.leave(group, whom)
        return f"Took {whom} out of the group {group}."

    return work


def disable(visit: Visit, whom: User, _: Posted) -> Callable[[], str]:
    def work() -> str:
        if whom.pk == visit.user.pk:
            raise Refused("You cannot disable yourself.")
        people.disable(whom)
        end_sessions(whom)
        return f"Disabled {whom}."

    return work


def enable(_: Visit, whom: User, __: Posted) -> Callable[[], str]:
    def work() -> str:
        people.enable(whom)
        return f"Let {whom} in again."

    return work


def sign_out(visit: Visit, whom: User, _: Posted) -> Callable[[], str]:
    is_self = whom.pk == visit.user.pk
    this_one = visit.request.session.session_key if is_self else None

    def work() -> str:
        ended = wording.plural(end_sessions(whom, but=this_one), "session")
        return f"Signed {whom} out everywhere{' else' if is_self else ''}: {ended}."

    return work


DEEDS: dict[str, Deed] = {
    "give": give,
    "take": take,
    "join": join,
    "leave": leave,
    "disable": disable,
    "enable": enable,
    "sign-out": sign_out,
}


async def page(
    visit: Visit,
    whom: User,
    *,
    error: str = "",
    opens: Opens | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    """Everything about one person."""
    line = await sync_to_async(person_line)(visit, whom)
    inherited = await sync_to_async(inherited_by)(whom)
    others = Group.objects.exclude(user=whom).order_by("name")
    context = visit.context() | {
        "notes": notices_of(visit.request),
        "section": "people",
        "person": line,
        "numbers": [group.pk async for group in whom.groups.all()],
        "inherited": inherited,
        "others": [{"number": one.pk, "name": wording.visible(one.name)} async for one in others],
        "error": error,
        "link": link,
        "opens": opens,
        "grant_form": form_of(visit.request.POST.dict()),
        "action_url": links.url("person", str(whom.pk)),
        "journal_url": links.url("journal", person=whom.username),
    }
    return respond(visit.request, "person.html", context, status=status)


def inherited_by(whom: User) -> list[dict[str, object]]:
    """The groups a person is in, with what each gives them."""
    return [
        {
            "number": group.pk,
            "name": wording.visible(group.name),
            "url": links.url("group", str(group.pk)),
            "grants": [grants.said(grant) for grant in group.grants.all()],
        }
        for group in whom.groups.prefetch_related("grants").order_by("name")
    ]
