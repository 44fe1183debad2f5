"""What this person can do in this place, and the sentence that says why not."""

from dataclasses import dataclass

from dashboard.access import Verb
from dashboard.web import links
from dashboard.web.visits import StoreVisit

__all__ = ["Permit", "permit", "permits_of", "why_url"]


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether something can be done here; `why` is empty when it can.

    `why_url` leads to the page that says which grant is missing and who can give it.
    """

    allowed: bool
    why: str = ""
    why_url: str = ""


def why_url(verb: Verb, store: str, namespace: str | None) -> str:
    """The address of the explanation; `namespace` is None for the shared keys."""
    return links.url("why", verb=verb.name.lower(), store=store, ns=namespace)


NAMES = {
    "edit": Verb.EDIT,
    "create": Verb.CREATE,
    "delete": Verb.DELETE,
    "expire": Verb.EXPIRE,
    "see_values": Verb.SEE_VALUES,
    "reveal": Verb.REVEAL,
    "export": Verb.EXPORT,
    "keep_history": Verb.KEEP_HISTORY,
}
CHANGE_NO_STORE = frozenset({Verb.SEE_VALUES, Verb.REVEAL, Verb.EXPORT, Verb.KEEP_HISTORY})


def permits_of(visit: StoreVisit, namespace: str | None) -> dict[str, Permit]:
    """A permit for each kind of action. The server asks again when the action comes."""
    return {name: permit(visit, verb, namespace) for name, verb in NAMES.items()}


def permit(visit: StoreVisit, verb: Verb, namespace: str | None) -> Permit:
    store = visit.store
    if not visit.rights.may(verb, store.name, namespace):
        return Permit(False, visit.rights.why_not(verb), why_url(verb, store.name, namespace))
    if verb in CHANGE_NO_STORE:
        return Permit(True)
    if store.read_only:
        return Permit(False, f"{store.name} was opened read-only, so nobody can change it here.")
    if store.browsable is None:
        return Permit(False, f"The backend of {store.name} cannot compare before it writes.")
    return Permit(True)
