"""What one person may do at this moment: the only place that decides."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from dashboard.access.models import Grant
from dashboard.access.roles import ROLES, Verb

__all__ = ["NO_RIGHTS", "Rights", "rights_of", "rights_of_request"]


@dataclass(frozen=True, slots=True)
class Rights:
    """The verbs that a person's grants add up to."""

    roles: frozenset[str]
    verbs: frozenset[Verb]

    def may(self, verb: Verb, store: str, namespace: str | None = None) -> bool:  # noqa: ARG002 - grants cover all stores so far
        """Whether `verb` is allowed on this namespace of the store (None: its shared keys)."""
        return verb in self.verbs

    def require(self, verb: Verb, store: str, namespace: str | None = None) -> None:
        """Pass, or raise what the person may know.

        Raises Http404 where even the names are not theirs to see, and PermissionDenied with a
        sentence where they may look but not do this.
        """
        if not self.may(Verb.SEE_NAMES, store, namespace):
            raise Http404
        if not self.may(verb, store, namespace):
            raise PermissionDenied(self.why_not(verb))

    def why_not(self, verb: Verb) -> str:
        """The sentence for a person who lacks `verb`: what is missing and who can give it."""
        able = " or ".join(role.label.lower() for role in ROLES.values() if verb in role.verbs)
        return f"You may not {verb}. An admin can give you the role: {able}."


NO_RIGHTS = Rights(frozenset(), frozenset())


async def rights_of(user: AbstractBaseUser | AnonymousUser) -> Rights:
    """The rights of a person as the database has them now; none for one who is disabled."""
    if not user.is_authenticated or not user.is_active:
        return NO_RIGHTS
    names = [grant.role async for grant in Grant.objects.filter(person_id=user.pk)]
    roles = [ROLES[name] for name in names if name in ROLES]
    return Rights(
        frozenset(role.name for role in roles),
        frozenset(verb for role in roles for verb in role.verbs),
    )


async def rights_of_request(request: HttpRequest) -> Rights:
    """The rights of whoever sent this request, asked once per request."""
    known: Rights | None = getattr(request, "cubbyhole_rights", None)
    if known is None:
        known = await rights_of(await request.auser())
        request.cubbyhole_rights = known  # type: ignore[attr-defined]  # a request carries what is asked of it
    return known
