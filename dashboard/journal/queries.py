"""Reading the journal: what a person sees of it, newest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from dashboard.journal.models import Answer, Deed, Entry, Kind, digest_of_key
from storage_core.keys import KeyRef

__all__ = ["JournalRow", "for_key", "latest", "pending"]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the journal. `answer` is None while nothing is known of the outcome.

    The images `before` and `after` are left out of long lists, where `has_images` is False.
    """

    id: int
    at: datetime
    who: str
    deed: Deed
    reason: str
    store: str
    stored_key: str
    answer: Answer | None
    note: str
    before: bytes | None
    after: bytes | None
    has_images: bool

    @property
    def ref(self) -> KeyRef:
        return KeyRef.parse(self.stored_key)


def intents() -> QuerySet[Entry]:
    """Intents with the last word on each."""
    last = Entry.objects.filter(about=OuterRef("pk")).order_by("-index")
    return (
        Entry.objects.filter(kind=Kind.INTENT)
        .annotate(
            last_answer=Subquery(last.values("answer")[:1]),
            last_note=Subquery(last.values("note")[:1]),
        )
        .order_by("-index")
    )


def row_of(intent: Entry, *, with_images: bool) -> JournalRow:
    answer: str | None = intent.last_answer  # type: ignore[attr-defined]  # annotated by `intents`
    return JournalRow(
        id=intent.pk,
        at=intent.at,
        who=intent.person_name,
        deed=Deed(intent.deed),
        reason=intent.reason,
        store=intent.store,
        stored_key=intent.stored_key,
        answer=Answer(answer) if answer else None,
        note=intent.last_note or "",  # type: ignore[attr-defined]  # annotated by `intents`
        before=bytes(intent.before) if with_images and intent.before is not None else None,
        after=bytes(intent.after) if with_images and intent.after is not None else None,
        has_images=with_images,
    )


async def for_key(store: str, stored_key: str, limit: int = 50) -> list[JournalRow]:
    """What people did to one key, with the bytes before and after."""
    of_key = intents().filter(store=store, key_digest=digest_of_key(stored_key))
    return [row_of(intent, with_images=True) async for intent in of_key[:limit]]


async def latest(
    limit: int = 50, *, before: int | None = None, stores: list[str] | None = None
) -> list[JournalRow]:
    """The newest lines of these stores (None: of all); older ones than line `before` if given."""
    found = intents().defer("before", "after")
    if stores is not None:
        found = found.filter(store__in=stores)
    if before is not None:
        found = found.filter(pk__lt=before)
    return [row_of(intent, with_images=False) async for intent in found[:limit]]


async def pending(older_than: timedelta) -> list[Entry]:
    """Intents without an outcome, oldest first."""
    waiting = Entry.objects.filter(kind=Kind.INTENT, outcomes=None)
    waiting = waiting.filter(at__lt=timezone.now() - older_than).order_by("index")
    return [intent async for intent in waiting]
