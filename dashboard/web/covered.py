"""What the page of a value says of its masks, and its bytes as far as they may be shown."""

from typing import Any, Final

from dashboard import reading
from dashboard.access import Verb
from dashboard.web import links
from dashboard.web.opened import hex_lines
from dashboard.web.permits import permits_of
from dashboard.web.revealing import revealed_until
from dashboard.web.visits import KeyVisit
from dashboard.web.wording import moment

__all__ = ["COVERED", "advice_on", "hex_of", "masks_of"]

BYTES_COVERED: Final = "Parts of this value are masked, and its bytes would show them."
COVERED: Final = f"{BYTES_COVERED} Reveal the value first."


def advice_on(visit: KeyVisit) -> str:
    """What to do where a mask is in the way: for who may not reveal, whom to ask."""
    namespace = visit.ref.namespace
    if visit.rights.may(Verb.REVEAL, visit.store.name, namespace):
        return "Reveal the value first."
    return visit.rights.why_not(Verb.REVEAL)


async def hex_of(visit: KeyVisit, data: bytes) -> dict[str, Any]:
    """The stored bytes as hex, or why they cannot be shown."""
    if await reading.hides(data, mask=visit.mask):
        return {"hex": [], "hex_refusal": f"{BYTES_COVERED} {advice_on(visit)}"}
    return {"hex": hex_lines(data), "hex_refusal": ""}


async def masks_of(visit: KeyVisit) -> dict[str, Any]:
    """What is said of masks where there are some: who can see through them, and until when."""
    store, key = visit.store.name, visit.stored_key
    permit = permits_of(visit, visit.ref.namespace)["reveal"]
    until = await revealed_until(visit.request, visit.rights, store, key)
    return {
        "reveal": permit,
        "reveal_url": links.key_url(store, key, "key-reveal"),
        "revealed": moment(until, now=visit.now, ahead=True),
    }
