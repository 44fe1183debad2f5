"""What a form carries so that a save can be exact and a conflict can be shown.

The bytes that were read travel with the form up to `CARRIED`; of a larger value, and of one with
masked parts, only the digest does, and the server keeps the bytes for this person and key. Bytes
that the server made itself (a merge, say) are signed, so that a form can only bring back what was
made for this person and key.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard import reading
from dashboard.keyed import digest_of_key
from dashboard.web.models import KeptDraft
from dashboard.web.visits import KeyVisit

__all__ = [
    "CARRIED",
    "Base",
    "Carried",
    "base_of",
    "carry",
    "carry_for_merging",
    "digest_of",
    "kept_base",
    "name_of_draft",
    "seal",
    "unseal",
]

CARRIED = 256 * 1024
SALT = "dashboard.web.drafts"
KEPT_FOR: Final = timedelta(days=1)
MOST_KEPT: Final = 16
"""Of one person. A form needs one, and two more while both sides of a conflict are shown."""
LARGEST_KEPT: Final = 4 * 1024 * 1024
"""Bytes: what can be edited at all."""
KEPT: Final = "kept:"


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
    travels = await may_travel(visit, data)
    return Carried(base64.b64encode(data).decode("ascii") if travels else "", digest_of(data))


async def carry_for_merging(visit: KeyVisit, data: bytes) -> Carried:
    """As `carry`; what must not travel is kept, for what the bot writes meanwhile."""
    carried = await carry(visit, data)
    if not carried.base and data:
        await keep(visit, data, carried.digest)
    return carried


async def may_travel(visit: KeyVisit, data: bytes) -> bool:
    return len(data) <= CARRIED and not await reading.hides(data, mask=visit.mask)


async def keep(visit: KeyVisit, data: bytes, digest: str) -> None:
    """Keep bytes for this person's forms for this key, as far as the database takes them."""
    if len(data) > LARGEST_KEPT:
        return
    now = timezone.now()
    try:
        await KeptDraft.objects.aupdate_or_create(
            **place_of(visit), digest=digest, defaults={"data": data, "at": now}
        )
        await KeptDraft.objects.filter(at__lt=now - KEPT_FOR).adelete()
        own = KeptDraft.objects.filter(person=visit.user).order_by("-at").values_list("pk")
        old = [pk async for (pk,) in own[MOST_KEPT : 2 * MOST_KEPT]]
        await KeptDraft.objects.filter(pk__in=old).adelete()
    except DatabaseError:
        # Without it a conflict is shown without a common origin; the journal says what is wrong.
        return


async def kept_base(visit: KeyVisit, digest: str) -> bytes | None:
    """The bytes that were kept under this name for this person and key; None if they are gone."""
    since = timezone.now() - KEPT_FOR
    row = await KeptDraft.objects.filter(**place_of(visit), digest=digest, at__gte=since).afirst()
    return None if row is None else bytes(row.data)


def place_of(visit: KeyVisit) -> dict[str, Any]:
    key_digest = digest_of_key(visit.stored_key)
    return {"person": visit.user, "store": visit.store.name, "key_digest": key_digest}


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


async def seal(visit: KeyVisit, data: bytes) -> str:
    """Bytes of ours as a form field, or the name under which they are kept."""
    if await may_travel(visit, data):
        return signer(visit).sign(base64.b64encode(data).decode("ascii"))
    name = name_of_draft(data)
    await keep(visit, data, name)
    return signer(visit).sign(f"{KEPT}{name}")


async def unseal(visit: KeyVisit, text: str) -> bytes | None:
    """The bytes again; None if they were not made for this person and key."""
    try:
        said = signer(visit).unsign(text)
        if said.startswith(KEPT):
            return await kept_base(visit, said.removeprefix(KEPT))
        return base64.b64decode(said)
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
