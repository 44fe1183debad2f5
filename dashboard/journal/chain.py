"""The seals that tie each entry of the journal to the one before it.

A seal is an HMAC-SHA256 over the entry's fields and the previous entry's seal, with a key derived
from the secret key. Whoever can write to the database but does not have that key cannot alter,
remove, add or reorder entries without `verify` finding it. The head (last index and seal) is kept
too, in the database and in a file outside it (see `head`): what is missing at the end is found by
the file, whatever became of the database.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard.journal.head import Head, keep_outside, kept_outside
from dashboard.journal.models import ChainHead, Deed, Entry, Kind

__all__ = ["Fault", "append", "lock", "prune", "verify"]

SALT: Final = "dashboard.journal.chain"
UNSEALED: Final = frozenset({"seal"})
UNSEALED_ONCE: Final = frozenset({"id", "seal"})
"""The first seals did not hold the number by which outcomes name their intent."""
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the journal is not as it was written."""

    index: int
    what: str


@transaction.atomic
def append(entry: Entry) -> Entry:
    """Add `entry` at the end, sealed. It is committed when this returns."""
    head = lock()
    entry.index = head.index + 1
    entry.previous_seal = head.seal
    entry.save()  # only then has it the number that its seal holds
    entry.seal = seal_of(entry)
    Entry.objects.filter(pk=entry.pk).update(seal=entry.seal)
    ChainHead.objects.filter(pk=1).update(index=entry.index, seal=entry.seal)
    newest = Head(entry.index, entry.seal)
    transaction.on_commit(lambda: keep_outside(newest))
    return entry


def lock() -> ChainHead:
    """The head, so that nobody else adds an entry before this transaction has ended."""
    ChainHead.objects.get_or_create(pk=1)
    return ChainHead.objects.select_for_update().get(pk=1)


def seal_of(
    entry: Entry, secret: str | bytes | None = None, unsealed: frozenset[str] = UNSEALED
) -> str:
    """The seal that belongs to the fields of `entry`."""
    mac = salted_hmac(SALT, b"", secret=secret, algorithm="sha256")
    for field in Entry._meta.concrete_fields:  # noqa: SLF001 - the documented name of Django's API
        if field.name not in unsealed:
            for part in (field.attname.encode(), plain(getattr(entry, field.attname))):
                mac.update(len(part).to_bytes(8, "big"))
                mac.update(part)
    return mac.hexdigest()


def plain(value: object) -> bytes:
    """A field as bytes that come out the same from any database."""
    match value:
        case bytes() | memoryview():
            return b"b" + bytes(value)
        case datetime():
            return b"t" + value.astimezone(UTC).isoformat(timespec="microseconds").encode()
        case models.Choices():
            return b"s" + str(value.value).encode("utf-8", "surrogatepass")
        case str():
            return b"s" + value.encode("utf-8", "surrogatepass")
        case _:
            return b"r" + repr(value).encode()


def is_sealed(entry: Entry) -> bool:
    """Whether the seal fits, under today's secret key or one of its predecessors."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(
        hmac.compare_digest(seal_of(entry, key, unsealed), entry.seal)
        for key in keys
        for unsealed in (UNSEALED, UNSEALED_ONCE)
    )


def verify(*known: Head) -> Iterator[Fault]:
    """Every fault of the chain, from its oldest entry to its head.

    `known` are heads of earlier times: the journal has to go on from each.
    """
    expected_index, expected_seal = start_of_chain()
    last_number = 0
    for entry in Entry.objects.order_by("index").iterator(BATCH):
        if entry.index != expected_index:
            yield Fault(
                expected_index, f"missing: the next entry there is has number {entry.index}"
            )
        elif entry.previous_seal != expected_seal:
            yield Fault(entry.index, "not the one that followed: the entry before it is another")
        elif entry.pk <= last_number:
            yield Fault(entry.index, "moved: its number is not after that of the entry before it")
        if not is_sealed(entry):
            yield Fault(entry.index, "altered: its seal does not fit what it says")
        expected_index, expected_seal, last_number = entry.index + 1, entry.seal, entry.pk
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    if (head.index, head.seal) != (expected_index - 1, expected_seal):
        yield Fault(expected_index, f"missing: the journal's head is entry {head.index}")
    outside = kept_outside()
    for one in (*known, *([outside] if outside else [])):
        yield from faults_after(one, expected_index - 1)


def faults_after(known: Head, last: int) -> Iterator[Fault]:
    """Whether the journal, which ends at the entry `last`, goes on from an earlier head.

    Nothing can be said of a head whose entry was pruned since.
    """
    if known.index > last:
        yield Fault(last + 1, f"missing: the journal went on to entry {known.index} once")
    else:
        entry = Entry.objects.filter(index=known.index).first()
        if entry is not None and entry.seal != known.seal:
            yield Fault(known.index, "another than once: the journal was begun anew before it")


def start_of_chain() -> tuple[int, str]:
    """Index and previous seal that the oldest entry has to have."""
    pruning = Entry.objects.filter(kind=Kind.PRUNING).order_by("-index").first()
    if pruning is None or not is_sealed(pruning):
        return 1, ""
    index, _, seal = pruning.note.partition(" ")
    return int(index) + 1, seal


@transaction.atomic
def prune(before: datetime) -> int:
    """Remove the entries that are older than `before`, and record that; return how many.

    Only a whole beginning of the chain goes, up to the first entry that something later is about.
    """
    first_kept = Entry.objects.filter(at__gte=before).order_by("index").first()
    old = (
        Entry.objects.all()
        if first_kept is None
        else Entry.objects.filter(index__lt=first_kept.index)
    )
    needed = Entry.objects.exclude(pk__in=old.values("pk")).filter(about__in=old.values("pk"))
    if (earliest := needed.aggregate(found=models.Min("about__index"))["found"]) is not None:
        old = old.filter(index__lt=earliest)
    last = old.order_by("-index").first()
    if last is None:
        return 0
    note = f"{last.index} {last.seal}"
    append(Entry(at=timezone.now(), kind=Kind.PRUNING, deed=Deed.PRUNE, note=note))
    removed = Entry.objects.filter(index__lte=last.index)
    count = removed.count()
    removed._raw_delete(removed.db)  # noqa: SLF001 - `Entry.delete` refuses, which is meant for all others
    return count
