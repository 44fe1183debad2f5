"""A person's own page: who they are here, and their password."""

from asgiref.sync import sync_to_async
from django.contrib.auth import aupdate_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb, recently_proved
from dashboard.access.places import EVERYWHERE
from dashboard.access.sessions import came_by_link
from dashboard.web.notices import notices_of, tell
from dashboard.web.responding import respond
from dashboard.web.visits import Visit, enter

__all__ = ["account", "may_choose_password"]

TOO_LONG_AGO = "You came by your link too long ago to choose a password with it: get a new link."


@require_http_methods(["GET", "HEAD", "POST"])
async def account(request: HttpRequest) -> HttpResponse:
    """Anybody who is signed in, about themselves."""
    visit = await enter(request)
    errors: list[str] = []
    if request.method == "POST":
        errors = await change_password(visit)
        if not errors:
            tell(request, "Your password is changed.")
            return redirect("account")
    context = visit.context() | {
        "notes": notices_of(request),
        "errors": errors,
        "has_password": visit.user.has_usable_password(),
        "may_choose": await may_choose_password(visit),
        "grants": [
            {
                "role": one.role.label,
                "verbs": ", ".join(verb for verb in Verb if verb in one.role.verbs),
                "store": "all stores" if one.place.store == EVERYWHERE else one.place.store,
                "where": {EVERYWHERE: "", "shared": "shared keys only"}.get(
                    one.place.where, one.place.where
                ),
            }
            for one in visit.rights.allowances
        ],
    }
    return respond(request, "account.html", context, status=422 if errors else 200)


async def may_choose_password(visit: Visit) -> bool:
    """Whether this session is enough for a first password: the link that began it is the proof."""
    return await came_by_link(visit.request) or await recently_proved(visit.request)


@sensitive_variables()
async def change_password(visit: Visit) -> list[str]:
    """Set the new password, or say in sentences what is wrong with it."""
    posted, user = visit.request.POST, visit.user
    if user.has_usable_password():
        if not await user.acheck_password(posted.get("old", "")):
            return ["Your present password is not this one."]
    elif not await may_choose_password(visit):
        # Whoever finds the page open must not be able to make it theirs.
        return [TOO_LONG_AGO]
    new = posted.get("new", "")
    if new != posted.get("again", ""):
        return ["The two new passwords differ."]
    try:
        await sync_to_async(validate_password)(new, user)
    except ValidationError as error:
        return list(error.messages)
    await sync_to_async(user.set_password)(new)
    await user.asave(update_fields=["password"])
    await aupdate_session_auth_hash(visit.request, user)
    return []
