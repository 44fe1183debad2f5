"""What one person may do at this moment: the only place that decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest

from dashboard.access.models import Grant
from dashboard.access.places import Place
from dashboard.access.roles import ROLES, Role, Verb, least_role_for

__all__ = ["NO_RIGHTS", "NotAllowed", "Rights", "rights_of", "rights_of_each", "rights_of_request"]


LOOKING = "looking"
"""Where a session keeps as which role, and where, its person looks at the dashboard."""


class NotAllowed(PermissionDenied):
    """What a person lacks where they may look: `namespace` is None for the shared keys.

    `is_on_record` says that whoever raised it has put it into the journal.
    """

    def __init__(self, sentence: str, verb: Verb, store: str, namespace: str | None) -> None:
        super().__init__(sentence)
        self.verb = verb
        self.store = store
        self.namespace = namespace
        self.is_on_record = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """A role, and where it holds."""

    role: Role
    place: Place


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person's grants add up to. Without one, nothing is allowed."""

    allowances: tuple[Allowance, ...] = ()

    def may(self, verb: Verb, store: str, namespace: str | None = None) -> bool:
        """Whether `verb` is allowed on the keys of `namespace` (None: the shared keys)."""
        return any(
            verb in one.role.verbs and one.place.covers(store, namespace) for one in self.allowances
        )

    def may_somewhere(self, verb: Verb, store: str) -> bool:
        """Whether `verb` is allowed on any keys of the store at all."""
        return any(verb in one.role.verbs and one.place.is_in(store) for one in self.allowances)

    def may_everywhere(self, verb: Verb, store: str) -> bool:
        """Whether `verb` is allowed on all keys of the store by one grant."""
        return any(
            verb in one.role.verbs and one.place.is_in(store) and one.place.is_whole_store
            for one in self.allowances
        )

    def rows(self, verb: Verb, *, of_whole_stores: bool = False) -> Q:
        """The rows with the columns `store` and `namespace` about which `verb` is allowed.

        `of_whole_stores` leaves out what is allowed for a part of a store only.
        """
        condition = Q(pk__in=[])
        for one in self.allowances:
            if verb in one.role.verbs and (one.place.is_whole_store or not of_whole_stores):
                condition |= one.place.rows()
        return condition

    @property
    def administers(self) -> bool:
        """Whether the person decides who may do what, which is one right for all stores."""
        return any(
            Verb.ADMINISTER in one.role.verbs and one.place == Place() for one in self.allowances
        )

    def seen_as(self, role: Role, place: Place) -> "Rights":
        """What is left of these rights for somebody who looks as `role` at `place`.

        Only rights that hold everywhere are looked through, so nothing is ever added.
        """
        verbs = frozenset[Verb]().union(
            *(one.role.verbs for one in self.allowances if one.place == Place())
        )
        return Rights((Allowance(replace(role, verbs=role.verbs & verbs), place),))

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(one.role.name for one in self.allowances)

    def require(self, verb: Verb, store: str, namespace: str | None = None) -> None:
        """Pass, or raise what the person may know.

        Raises Http404 where even the names are not theirs to see, and NotAllowed with a sentence
        where they may look but not do this.
        """
        if not self.may(Verb.SEE_NAMES, store, namespace):
            raise Http404
        if not self.may(verb, store, namespace):
            raise NotAllowed(self.why_not(verb), verb, store, namespace)

    def require_somewhere(self, verb: Verb, store: str) -> None:
        """As `require`, for a page about a store of which a part will do."""
        if not self.may_somewhere(Verb.SEE_NAMES, store):
            raise Http404
        if not self.may_somewhere(verb, store):
            raise PermissionDenied(self.why_not(verb))

    def why_not(self, verb: Verb) -> str:
        """The sentence for a person who lacks `verb`: what is missing and who can give it."""
        least = least_role_for(verb).label.lower()
        return f"You may not {verb} here. An admin can give you the role {least}."


NO_RIGHTS = Rights()


async def rights_of(user: AbstractBaseUser | AnonymousUser) -> Rights:
    """The rights of a person as the database has them now; none for one who is disabled."""
    if not user.is_authenticated or not user.is_active:
        return NO_RIGHTS
    # Asked by every page: so not as for several people, which costs twice as much.
    theirs = Grant.objects.filter(Q(person=user.pk) | Q(group__user=user.pk)).order_by("pk")
    rows = theirs.values_list("role", "store", "where")
    return Rights(
        tuple(
            [Allowance(ROLES[role], Place(*place)) async for role, *place in rows if role in ROLES]
        )
    )


def rights_of_each(users: Sequence[AbstractBaseUser]) -> list[Rights]:
    """As `rights_of` for several people, in one query."""
    found: dict[Any, list[Allowance]] = {user.pk: [] for user in users if user.is_active}
    theirs = Grant.objects.filter(Q(person_id__in=found) | Q(group__user__in=found))
    holders = theirs.annotate(holder=Coalesce("person_id", "group__user")).order_by("pk")
    for holder, role, *place in holders.values_list("holder", "role", "store", "where"):
        if role in ROLES:
            found[holder].append(Allowance(ROLES[role], Place(*place)))
    return [Rights(tuple(found.get(user.pk, ()))) for user in users]


async def rights_of_request(request: HttpRequest) -> Rights:
    """The rights that count for this request, asked once.

    They are those of whoever sent it, or what is left of them while an admin looks at the
    dashboard as another role would.
    """
    known: Rights | None = getattr(request, "cubbyhole_rights", None)
    if known is None:
        known = await own_rights_of_request(request)
        looking = looking_of(request)
        if looking is not None and known.administers:
            known = known.seen_as(*looking)
        request.cubbyhole_rights = known  # type: ignore[attr-defined]  # a request carries what is asked of it
    return known


async def own_rights_of_request(request: HttpRequest) -> Rights:
    """The rights of whoever sent this request, however they look at the dashboard."""
    own: Rights | None = getattr(request, "cubbyhole_own_rights", None)
    if own is None:
        user = await request.auser()
        if user.is_authenticated:
            await request.session.aget(LOOKING)  # so that the session is there for `looking_of`
        own = await rights_of(user)
    return own


def looking_of(request: HttpRequest) -> tuple[Role, Place] | None:
    """As which role, and where, an admin looks at the dashboard; None for as themselves."""
    kept = request.session.get(LOOKING) or {}
    role = ROLES.get(kept.get("role", ""))
    return None if role is None else (role, Place(kept["store"], kept["where"]))
