"""Writing versions down, and keeping a mark's history within its bounds, oldest first."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum

from dashboard.history.models import HistoryMark, State, Version
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from storage_core.keys import key_to_bytes

__all__ = ["Reading", "count_anew", "digest_of", "forget_some", "too_old", "write"]

ROW: Final = 200
"""About what a version takes besides its key and its bytes."""
SAME: Final = 1.5
"""Seconds within which two moments of expiry are the same: stores keep whole seconds."""
TOGETHER: Final = 500
"""Versions deleted in one transaction."""
LEFT: Final = 0.9
"""What part of its bytes a mark is brought down to when it has too many."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a marked key held: `at` is when it was seen changing, `read_at` when it was read.

    Moments are seconds since the epoch. `data` is None unless the state is `held`; then `size` says
    how large it is, as far as it is known. `count` are the changes that were seen since the reading
    before. `is_found`: nobody saw it change.
    """

    mark: HistoryMark
    key: str
    at: float
    read_at: float
    state: State
    data: bytes | None = None
    size: int = 0
    expires_at: float | None = None
    count: int = 1
    is_found: bool = False


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@transaction.atomic
def write(store: str, readings: Sequence[Reading]) -> list[str]:
    """Add what is new of these readings, each of another key; gives the keys that it is of.

    What a key held before is looked up within the transaction, so that of two processes which saw
    the same change only one adds it.
    """
    marks = living({reading.mark.pk for reading in readings})
    digests = {reading.key: digest_of_key(reading.key) for reading in readings}
    newest = newest_of(store, list(digests.values()))
    new: list[Version] = []
    for reading in readings:
        last = newest.get(digests[reading.key])
        if reading.mark.pk not in marks:
            continue
        if is_same(last, reading):
            note_again(last, reading)
        elif last is not None or reading.state is not State.GONE:
            new.append(version_of(store, digests[reading.key], last, reading))
    for version in new:
        before = newest.get(version.key_digest)
        if before is not None:
            Version.objects.filter(pk=before.pk).update(until=version.at)
    Version.objects.bulk_create(new)
    for pk, mark in marks.items():
        keep_within(mark, [version for version in new if version.mark_id == pk])
    return [version.stored_key for version in new]


def living(numbers: set[int]) -> dict[int, HistoryMark]:
    """These marks as they are now, without those that have ended; locked where that can be."""
    found = HistoryMark.objects.select_for_update().filter(pk__in=numbers, ended_at=None)
    return {mark.pk: mark for mark in found.order_by("pk")}


def newest_of(store: str, digests: Sequence[str]) -> Mapping[str, Version]:
    found = Version.objects.filter(store=store, key_digest__in=digests, until=None)
    with_marks = found.defer("data").select_related("mark")
    return {version.key_digest: version for version in with_marks}


def is_same(last: Version | None, reading: Reading) -> bool:
    """Whether the newest version says what was read."""
    if last is None or last.state != reading.state or last.mark.ended_at is not None:
        return False
    if reading.data is not None:
        return last.digest == digest_of(reading.data)
    return reading.state is State.GONE or (reading.is_found and last.size == reading.size)


def note_again(last: Version | None, reading: Reading) -> None:
    """The same value with another expiry is no version of its own: the last moment counts."""
    if last is None or reading.state is not State.HELD:
        return
    was, now = last.expires_at, reading.expires_at
    if was is not now and (was is None or now is None or abs(was - now) >= SAME):
        again = {"expires_at": now, "seen_at": moment_of(reading.read_at)}
        Version.objects.filter(pk=last.pk).update(**again)


def version_of(store: str, digest: str, last: Version | None, reading: Reading) -> Version:
    at, key = moment_of(reading.at), key_to_bytes(reading.key)
    kept = 0 if reading.data is None else len(reading.data)
    return Version(
        mark_id=reading.mark.pk,
        store=store,
        key_digest=digest,
        key=key,
        number=1 if last is None else last.number + 1,
        at=at if last is None else max(at, last.at),
        seen_at=moment_of(reading.read_at),
        state=reading.state,
        data=reading.data,
        size=reading.size if reading.data is None else kept,
        octets=kept + len(key) + ROW,
        digest="" if reading.data is None else digest_of(reading.data),
        expires_at=reading.expires_at,
        missed=0 if last is None else max(reading.count - 1, 0),
        is_found=reading.is_found,
    )


# --- within bounds


def keep_within(mark: HistoryMark, new: Sequence[Version]) -> None:
    """Take out what is too much after these versions were added."""
    if not new:
        return
    note_kept(mark, len(new), sum(version.octets for version in new))
    for version in new:
        if version.number > mark.versions:
            last_out = version.number - mark.versions
            old = Version.objects.filter(store=mark.store, key_digest=version.key_digest)
            take_out(mark, old.filter(number__lte=last_out))
    total = HistoryMark.objects.values_list("octets_kept", flat=True).get(pk=mark.pk)
    if total > mark.octets:
        shrink(mark, total - int(mark.octets * LEFT))


def note_kept(mark: HistoryMark, versions: int, octets: int) -> None:
    HistoryMark.objects.filter(pk=mark.pk).update(
        versions_kept=F("versions_kept") + versions, octets_kept=F("octets_kept") + octets
    )


def take_out(mark: HistoryMark, old: QuerySet[Version]) -> int:
    """Delete versions of a mark, and give the bytes that this frees."""
    sums = old.aggregate(count=Count("pk"), octets=Sum("octets"))
    if not sums["count"]:
        return 0
    old._raw_delete(old.db)  # noqa: SLF001 - without loading the bytes of what goes
    octets = int(sums["octets"])  # PostgreSQL sums large integers as decimals
    note_kept(mark, -sums["count"], -octets)
    return octets


def shrink(mark: HistoryMark, octets: int) -> None:
    """Free so many bytes: first what was replaced longest ago, then what holds longest."""
    while octets > 0:
        order = F("until").asc(nulls_last=True)
        oldest = mark.kept.order_by(order, "at", "pk").values_list("pk", "octets")[:TOGETHER]
        going: list[int] = []
        for pk, size in oldest:
            if octets <= 0:
                break
            going.append(pk)
            octets -= size
        if not going:
            return
        take_out(mark, Version.objects.filter(pk__in=going))


def too_old(mark: HistoryMark, now: float) -> QuerySet[Version]:
    """What was replaced, or has been gone, for longer than the mark says.

    The version that holds is kept however old it is: it is what the next change replaces.
    """
    bound = moment_of(now) - timedelta(days=mark.days)
    old = Q(until__lt=bound) | Q(until=None, at__lt=bound, state=State.GONE)
    return mark.kept.filter(old)


@transaction.atomic
def forget_some(mark: HistoryMark, versions: QuerySet[Version]) -> int:
    """Delete some of these versions and give how many: all at once would keep others waiting."""
    going = list(versions.order_by("pk").values_list("pk", flat=True)[:TOGETHER])
    take_out(mark, Version.objects.filter(pk__in=going))
    return len(going)


@transaction.atomic
def count_anew(mark: HistoryMark) -> None:
    """Make the sums of a mark those of its versions."""
    HistoryMark.objects.select_for_update().filter(pk=mark.pk).first()
    sums = mark.kept.aggregate(count=Count("pk"), octets=Sum("octets"))
    HistoryMark.objects.filter(pk=mark.pk).update(
        versions_kept=sums["count"], octets_kept=int(sums["octets"] or 0)
    )
