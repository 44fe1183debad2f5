"""Reading kept versions, newest first. Lists leave the bytes where they are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from dashboard.history.models import Version
from dashboard.journal.queries import any_of
from dashboard.keyed import digest_of_key

__all__ = ["Neighbours", "neighbours_of", "version_of", "versions_of", "versions_of_each"]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The versions on both sides of one, with their bytes; None at an end."""

    earlier: Version | None
    later: Version | None


async def versions_of(
    store: str, stored_key: str, limit: int, *, before: datetime | None = None
) -> Sequence[Version]:
    """The newest versions of a key, without their bytes; older ones than `before` if given."""
    found = of_key(store, stored_key)
    if before is not None:
        found = found.filter(at__lt=before)
    return [version async for version in found.defer("data").order_by("-number")[:limit]]


async def versions_of_each(
    keys: Collection[tuple[str, str]], limit: int
) -> Mapping[tuple[str, str], list[Version]]:
    """The newest versions of each of many stored keys of many stores, in one question."""
    newest = Version.objects.filter(any_of(keys), mark__ended_at=None).annotate(
        place=Window(RowNumber(), [F("store"), F("key_digest")], F("number").desc())
    )
    found: dict[tuple[str, str], list[Version]] = {one: [] for one in keys}
    async for version in newest.filter(place__lte=limit).defer("data").order_by("-number"):
        found[version.store, version.stored_key].append(version)
    return found


async def version_of(store: str, stored_key: str, number: int) -> Version | None:
    """One version with its bytes; None if it is not kept (any more)."""
    return await of_key(store, stored_key).filter(number=number).afirst()


async def neighbours_of(version: Version) -> Neighbours:
    """The nearest versions before and after one."""
    beside = of_key(version.store, version.stored_key)
    return Neighbours(
        await beside.filter(number__lt=version.number).order_by("-number").afirst(),
        await beside.filter(number__gt=version.number).order_by("number").afirst(),
    )


def of_key(store: str, stored_key: str) -> QuerySet[Version]:
    shown = Version.objects.filter(store=store, key_digest=digest_of_key(stored_key))
    return shown.filter(mark__ended_at=None)
