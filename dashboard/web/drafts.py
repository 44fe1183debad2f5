"""What a form carries so that a save can be exact and a conflict can be shown.

The bytes that were read travel with the form up to `CARRIED`; of a larger value, and of one with
masked parts, only the digest does, and a conflict is then shown without a common origin. Bytes that
the server made itself (a merge, say) are signed, so that a form can only bring back what was made
for this person and key.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import salted_hmac

from dashboard import reading
from dashboard.web.visits import KeyVisit

__all__ = [
    "CARRIED",
    "Base",
    "Carried",
    "base_of",
    "carry",
    "digest_of",
    "name_of_draft",
    "seal",
    "unseal",
]

CARRIED = 256 * 1024
SALT = "dashboard.web.drafts"


@dataclass(frozen=True, slots=True)
class Carried:
    """The form fields for one value: base64 (empty where it must not travel), and its digest."""

    base: str
    digest: str


@dataclass(frozen=True, slots=True)
class Base:
    """What the person saw. `data` is None when it was not carried and is gone by now."""

    data: bytes | None
    digest: str


def digest_of(data: bytes) -> str:
    """The name of some bytes. Without our key nobody can tell which bytes have it."""
    return salted_hmac(SALT, data, algorithm="sha256").hexdigest()


def name_of_draft(data: bytes) -> str:
    """The name of bytes that are wanted. It is not `digest_of`, so that nobody can tell by it
    whether they are those that are stored."""
    return salted_hmac(f"{SALT}.draft", data, algorithm="sha256").hexdigest()


async def carry(visit: KeyVisit, data: bytes) -> Carried:
    """The form fields that bring `data` back, as far as this person may have it."""
    travels = len(data) <= CARRIED and not await reading.hides(data, mask=visit.mask)
    return Carried(base64.b64encode(data).decode("ascii") if travels else "", digest_of(data))


def base_of(posted: Mapping[str, str], current: bytes | None) -> Base:
    """What the form was made from: its own bytes, or the store's if the digest is still theirs."""
    digest = posted.get("digest", "")
    if current is not None and digest_of(current) == digest:
        return Base(current, digest)
    try:
        data = base64.b64decode(posted.get("base", ""), validate=True)
    except (binascii.Error, ValueError):
        return Base(None, digest)
    return Base(data if digest_of(data) == digest else None, digest)


def signer(visit: KeyVisit) -> signing.Signer:
    place = f"{SALT}:{visit.user.pk}:{visit.store.name}:{visit.stored_key!r}"
    return signing.Signer(salt=place)


def seal(visit: KeyVisit, data: bytes) -> str:
    """Bytes of ours as a form field."""
    return signer(visit).sign(base64.b64encode(data).decode("ascii"))


def unseal(visit: KeyVisit, text: str) -> bytes | None:
    """The bytes again; None if they were not made for this person and key."""
    try:
        return base64.b64decode(signer(visit).unsign(text))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
