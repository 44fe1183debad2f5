"""What a form carries so that a save can be exact and a conflict can be shown.

The bytes that were read travel with the form up to `CARRIED`; of a larger value only the digest
does, and a conflict is then shown without a common origin. Bytes that the server made itself (a
merge, say) are signed, so that a form can only bring back what was made for this person and key.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing

from dashboard.web.visits import KeyVisit

__all__ = ["CARRIED", "Base", "Carried", "base_of", "carry", "digest_of", "seal", "unseal"]

CARRIED = 256 * 1024
SALT = "dashboard.web.drafts"


@dataclass(frozen=True, slots=True)
class Carried:
    """The form fields for one value: base64 (empty when it is too large) and SHA-256."""

    base: str
    digest: str


@dataclass(frozen=True, slots=True)
class Base:
    """What the person saw. `data` is None when it was too large to carry and is gone by now."""

    data: bytes | None
    digest: str


def digest_of(data: bytes) -> str:
    """The name of some bytes: SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def carry(data: bytes) -> Carried:
    """The form fields that bring `data` back."""
    small = len(data) <= CARRIED
    return Carried(base64.b64encode(data).decode("ascii") if small else "", digest_of(data))


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
