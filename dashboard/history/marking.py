"""Setting, changing and taking away marks. Whoever calls has put it on record before."""

from dataclasses import asdict, dataclass
from typing import Self

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from dashboard import marks
from dashboard.history.book import book_of
from dashboard.history.models import HistoryMark, Version
from dashboard.history.places import Scope
from dashboard.history.writing import count_anew, forget_some
from dashboard.keyed import digest_of_key
from storage_core.keys import key_to_bytes

__all__ = ["Bounds", "Kept", "begin", "clear", "end", "kept_under", "tell"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept: `versions` of each key, `octets` in all, none of a value larger than
    `largest` (both bytes), each for `days` after another took its place.
    """

    versions: int
    octets: int
    largest: int
    days: int

    @classmethod
    def usual(cls) -> Self:
        """What the settings say."""
        return cls(
            settings.CUBBYHOLE_HISTORY_VERSIONS,
            settings.CUBBYHOLE_HISTORY_MB * 1_000_000,
            settings.CUBBYHOLE_HISTORY_LARGEST_KB * 1000,
            settings.CUBBYHOLE_HISTORY_DAYS,
        )

    @classmethod
    def of(cls, mark: HistoryMark) -> Self:
        return cls(mark.versions, mark.octets, mark.largest, mark.days)


@dataclass(frozen=True, slots=True)
class Kept:
    """How much there is under a mark, counted."""

    versions: int
    keys: int
    octets: int


async def begin(store: str, scope: Scope, bounds: Bounds, who: str) -> HistoryMark:
    """Keep the history of a place from now on, or change its bounds."""
    mark = await sync_to_async(put)(store, scope, bounds, who)
    await tell(store)
    return mark


@transaction.atomic
def put(store: str, scope: Scope, bounds: Bounds, who: str) -> HistoryMark:
    """The mark on a place. What a wider one kept of a single key is from now on its own."""
    mark, is_new = HistoryMark.objects.update_or_create(
        store=store,
        place_digest=scope.digest,
        ended_at=None,
        defaults=asdict(bounds),
        create_defaults={
            **asdict(bounds),
            "namespace": scope.namespace or "",
            "key": None if scope.key is None else key_to_bytes(scope.key),
            "since": timezone.now(),
            "person_name": who,
        },
    )
    if is_new and scope.key is not None:
        hand_over(store, scope.key, mark)
    return mark


def hand_over(store: str, key: str, to: HistoryMark) -> None:
    """Let the versions of a key be those of another mark."""
    versions = Version.objects.filter(store=store, key_digest=digest_of_key(key))
    before = HistoryMark.objects.filter(kept__in=versions).distinct()
    counted = [*before, to]
    versions.update(mark=to)
    for mark in counted:
        count_anew(mark)


async def end(mark: HistoryMark) -> int:
    """Keep no history of a place any longer, and delete what was kept; gives how many versions.

    What a wider mark covers as well goes on being kept, as its own. If the process ends meanwhile,
    another one deletes the rest.
    """
    await sync_to_async(close)(mark)
    await tell(mark.store)
    return await clear(mark)


@transaction.atomic
def close(mark: HistoryMark) -> None:
    HistoryMark.objects.filter(pk=mark.pk, ended_at=None).update(ended_at=timezone.now())
    key = mark.stored_key
    if key is None:
        return
    wider = Scope(mark.key_namespace).digest
    covering = HistoryMark.objects.filter(store=mark.store, place_digest=wider, ended_at=None)
    for one in covering:
        hand_over(mark.store, key, one)


async def clear(mark: HistoryMark) -> int:
    """Delete the versions of a mark that has ended, and the mark; gives how many there were."""
    count = 0
    while some := await sync_to_async(forget_some)(mark, mark.kept.all()):
        count += some
    await HistoryMark.objects.filter(pk=mark.pk).adelete()
    return count


async def kept_under(mark: HistoryMark) -> Kept:
    """How much there is under a mark at this moment."""
    sums = await mark.kept.aaggregate(count=Count("pk"), keys=Count("key_digest", distinct=True))
    fresh = await HistoryMark.objects.filter(pk=mark.pk).values_list("octets_kept").afirst()
    return Kept(sums["count"], sums["keys"], fresh[0] if fresh else 0)


async def tell(store: str) -> None:
    """Let this process know of changed marks at once, and the others soon."""
    await book_of(store).load()
    await marks.announce(marks.history_topic(store))
