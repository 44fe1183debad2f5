"""Reading the journal: what a person sees of it, newest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from dashboard.journal.models import Answer, Deed, Intent, Outcome, digest_of_key
from storage_core.keys import KeyRef

__all__ = ["JournalRow", "for_key", "latest", "pending"]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the journal. `answer` is None while nothing is known of the outcome."""

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

    @property
    def ref(self) -> KeyRef:
        return KeyRef.parse(self.stored_key)


def rows() -> QuerySet[Intent]:
    last = Outcome.objects.filter(intent=OuterRef("pk")).order_by("-pk")
    return Intent.objects.annotate(
        last_answer=Subquery(last.values("answer")[:1]), last_note=Subquery(last.values("note")[:1])
    ).order_by("-pk")


def row_of(intent: Intent, *, with_images: bool) -> JournalRow:
    answer: str | None = intent.last_answer  # type: ignore[attr-defined]  # annotated by `rows`
    return JournalRow(
        id=intent.pk,
        at=intent.at,
        who=intent.person_name,
        deed=Deed(intent.deed),
        reason=intent.reason,
        store=intent.store,
        stored_key=intent.stored_key,
        answer=Answer(answer) if answer else None,
        note=intent.last_note or "",  # type: ignore[attr-defined]  # annotated by `rows`
        before=bytes(intent.before) if with_images and intent.before is not None else None,
        after=bytes(intent.after) if with_images and intent.after is not None else None,
    )


async def for_key(store: str, stored_key: str, limit: int = 50) -> list[JournalRow]:
    """What people did to one key."""
    of_key = rows().filter(store=store, key_digest=digest_of_key(stored_key))
    return [row_of(intent, with_images=True) async for intent in of_key[:limit]]


async def latest(
    limit: int = 50, *, before: int | None = None, stores: list[str] | None = None
) -> list[JournalRow]:
    """The newest lines; older ones than line `before` on the next page."""
    found = rows()
    if stores is not None:
        found = found.filter(store__in=stores)
    if before is not None:
        found = found.filter(pk__lt=before)
    # The images are left out of a list: they can be megabytes each.
    found = found.defer("before", "after")
    return [row_of(intent, with_images=False) async for intent in found[:limit]]


async def pending(older_than: timedelta) -> list[Intent]:
    """Intents without an outcome, oldest first."""
    waiting = Intent.objects.filter(outcomes=None, at__lt=timezone.now() - older_than)
    return [intent async for intent in waiting.order_by("pk")]
