"""Who is here and what they opened: the first line of every view.

A visit answers with 404 for what is not this person's to know, and with 403 and a sentence for what
they may not do.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from dashboard import catalog, marks, stores
from dashboard.access import ROLES, Rights, Verb, rights_of_request
from dashboard.access.places import EVERYWHERE
from dashboard.access.rights import looking_of
from dashboard.catalog import Catalog
from dashboard.operations import Person
from dashboard.reading import Mask
from dashboard.stores import Store, UnknownStore
from dashboard.web import links
from dashboard.web.revealing import mask_for
from storage_core.keys import KeyRef

__all__ = [
    "KeyVisit",
    "NotHere",
    "StoreVisit",
    "Visit",
    "WhileLooking",
    "arrive",
    "enter",
    "enter_key",
    "enter_namespace",
    "enter_store",
    "enter_stored_key",
    "no_plugin",
]

ONLY_LOOKS: Final = frozenset({"look-as", "value-search", "confirm"})
"""The addresses whose forms change nothing."""
NOTHING_IS_DONE: Final = (
    "meanwhile nothing is changed, revealed or taken along. Stop looking, then do it as yourself."
)


class NotHere(Http404):
    """A 404 that says what was looked for and where to go on.

    `back` is an address of ours, `back_title` its name.
    """

    def __init__(self, looked_for: str, back: str, back_title: str) -> None:
        super().__init__(looked_for)
        self.looked_for = looked_for
        self.back = back
        self.back_title = back_title


class WhileLooking(PermissionDenied):
    """Somebody looks at the dashboard as another role, and does not do anything meanwhile."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's request, with the rights of this moment."""

    request: HttpRequest
    user: User
    rights: Rights
    now: float = field(default_factory=time.time)

    @property
    def name(self) -> str:
        return self.user.get_username()

    @property
    def role(self) -> str:
        """The most that this person is, as a word."""
        held = [role.label for role in ROLES.values() if role.name in self.rights.roles]
        return held[-1] if held else "No role yet"

    @property
    def looking(self) -> str:
        """As whom an admin looks at the dashboard, in words; empty for as themselves."""
        looking = looking_of(self.request)
        if looking is None:
            return ""
        role, place = looking
        store = "" if place.store == EVERYWHERE else f" in {place.store}"
        return f"{role.label}{store}{'' if place.is_whole_store else f', {place.where}'}"

    @property
    def person(self) -> Person:
        """This person, for an operation."""
        return Person(self.user, self.rights, self.request.META.get("REMOTE_ADDR") or None)

    def topics(self, *topics: str) -> str:
        """Topics for `data-topic`, signed so that they are good for this person only."""
        return " ".join(marks.signed_topic(self.user, topic) for topic in topics)

    def context(self) -> dict[str, Any]:
        """What every page needs."""
        return {"visit": self, "now": self.now}


@dataclass(frozen=True, slots=True)
class StoreVisit(Visit):
    """A visit to one store."""

    store: Store = field(kw_only=True)

    @property
    def catalog(self) -> Catalog:
        return catalog.of(self.store.name)

    def sees(self, namespace: str | None) -> bool:
        """Whether the names of these keys are this person's to see."""
        return self.rights.may(Verb.SEE_NAMES, self.store.name, namespace)

    @property
    def sees_all(self) -> bool:
        return self.rights.may_everywhere(Verb.SEE_NAMES, self.store.name)


@dataclass(frozen=True, slots=True)
class KeyVisit(StoreVisit):
    """A visit to one key of a store; whether it is there is another question."""

    ref: KeyRef = field(kw_only=True)
    mask: Mask = field(kw_only=True)
    """What of the value this person may not see; every question about it says so."""

    @property
    def stored_key(self) -> str:
        return self.ref.stored_key


async def enter(request: HttpRequest) -> Visit:
    """Anybody who is signed in. Raises WhileLooking for a form of an admin who only looks."""
    visit = await arrive(request)
    if visit.looking and request.method == "POST" and name_of(request) not in ONLY_LOOKS:
        raise WhileLooking(f"You look at the dashboard as {visit.looking}: {NOTHING_IS_DONE}")
    return visit


def name_of(request: HttpRequest) -> str | None:
    return request.resolver_match.url_name if request.resolver_match is not None else None


async def arrive(request: HttpRequest) -> Visit:
    """As `enter`, for what answers whoever was turned away."""
    user = await request.auser()
    rights = await rights_of_request(request)
    if not isinstance(user, User):
        raise Http404
    return Visit(request, user, rights)


async def enter_store(request: HttpRequest, name: str) -> StoreVisit:
    """Somebody who may see at least some of this store."""
    visit = await enter(request)
    try:
        store = stores.get(name)
        visit.rights.require_somewhere(Verb.SEE_NAMES, name)
    except (UnknownStore, Http404) as error:
        raise NotHere(f"the store {name}", links.url("overview"), "All stores") from error
    return StoreVisit(request, visit.user, visit.rights, visit.now, store=store)


async def enter_namespace(
    request: HttpRequest, name: str, namespace: str | None, verb: Verb = Verb.SEE_NAMES
) -> StoreVisit:
    """Somebody who may do `verb` with the keys of `namespace` (None: the shared ones)."""
    visit = await enter_store(request, name)
    try:
        visit.rights.require(verb, name, namespace)
    except Http404 as error:
        raise no_plugin(name, namespace) from error
    return visit


async def enter_key(request: HttpRequest, name: str, verb: Verb) -> KeyVisit:
    """Somebody who may do `verb` with the key that the address names."""
    asked = links.asked_all(request)
    visit = await enter_stored_key(request, name, asked.get("key", ""), verb)
    if "key" not in asked:  # an empty name is a name
        raise NotHere("a key, but the address names none", links.url("store", name), name)
    return visit


async def enter_stored_key(
    request: HttpRequest, name: str, stored_key: str, verb: Verb
) -> KeyVisit:
    """Somebody who may do `verb` with this key."""
    ref = KeyRef.parse(stored_key)
    place = await enter_namespace(request, name, ref.namespace)
    mask = await mask_for(request, place.rights, name, stored_key)
    visit = KeyVisit(
        request, place.user, place.rights, place.now, store=place.store, ref=ref, mask=mask
    )
    place.rights.require(verb, name, ref.namespace)
    return visit


def no_plugin(store: str, namespace: str | None) -> NotHere:
    """404 for a list of keys; the same whether it is not there or not theirs to see."""
    what = "shared keys" if namespace is None else f"the plugin {namespace or 'without a name'}"
    return NotHere(f"{what} in {store}", links.url("store", store), store)
