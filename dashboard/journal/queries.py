"""Reading the journal: what a person sees of it, newest first."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from dashboard.journal.filters import Filters
from dashboard.journal.models import Answer, Deed, Entry, Kind
from dashboard.keyed import digest_of_key
from storage_core.keys import KeyRef

__all__ = [
    "FOUND_LATER",
    "JournalRow",
    "Unsettled",
    "Word",
    "any_of",
    "each",
    "for_key",
    "for_keys",
    "latest",
    "line",
    "unsettled",
    "words_on",
]

FOUND_LATER = "Found later:"
"""How a word begins that somebody else than the author's process said, by what the store holds."""
THERE = "not done: the key was there already"
LINES = (Kind.INTENT, Kind.NOTED, Kind.PRUNING)
BATCH = 200


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the journal. `answer` is None while nothing is known of the outcome.

    The images `before` and `after` are left out of long lists, where `has_images` is False.
    Moments of expiry are seconds since the epoch; `keeps_expiry` says that the change left it.
    `stored_key` is None for what is about no single key. `is_new` says that no key was to be there.
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
    namespace: str = ""
    address: str = ""
    has_key: bool = True
    is_change: bool = True
    keeps_expiry: bool = True
    before_expires_at: float | None = None
    after_expires_at: float | None = None
    is_new: bool = False

    def said_of(self, answer: Answer) -> str:
        """An answer in words. What has changed where a key was to be made is that it was there."""
        return THERE if answer is Answer.CHANGED and self.is_new else answer.label

    @property
    def ref(self) -> KeyRef:
        return KeyRef.parse(self.stored_key)


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that was said of what became of a change."""

    at: datetime
    answer: Answer
    note: str


def lines() -> QuerySet[Entry]:
    """What people did, with the last word on each."""
    last = Entry.objects.filter(about=OuterRef("pk")).order_by("-index")
    return (
        Entry.objects.filter(kind__in=LINES)
        .annotate(
            last_answer=Subquery(last.values("answer")[:1]),
            last_note=Subquery(last.values("note")[:1]),
            is_new=Q(before__isnull=True),
        )
        .order_by("-index")
    )


def row_of(entry: Entry, *, with_images: bool) -> JournalRow:
    answer: str | None = entry.last_answer  # type: ignore[attr-defined]  # annotated by `lines`
    said: str = entry.last_note or ""  # type: ignore[attr-defined]  # annotated by `lines`
    is_change = entry.kind == Kind.INTENT
    return JournalRow(
        id=entry.pk,
        at=entry.at,
        who=entry.person_name,
        deed=Deed.PRUNE if entry.kind == Kind.PRUNING else Deed(entry.deed),
        reason=entry.reason,
        store=entry.store,
        stored_key=entry.stored_key,
        answer=answer_of(answer if is_change else entry.answer or Answer.SAVED),
        note=note_of(entry, said),
        before=bytes(entry.before) if with_images and entry.before is not None else None,
        after=bytes(entry.after) if with_images and entry.after is not None else None,
        has_images=with_images,
        namespace=entry.namespace,
        address=entry.address or "",
        has_key=bool(entry.key_digest),
        is_change=is_change,
        keeps_expiry=entry.keeps_expiry,
        before_expires_at=entry.before_expires_at,
        after_expires_at=entry.after_expires_at,
        is_new=is_change and entry.is_new,  # type: ignore[attr-defined]  # annotated by `lines`
    )


def answer_of(answer: str | None) -> Answer | None:
    return Answer(answer) if answer else None


def note_of(entry: Entry, said: str) -> str:
    """What became of it, after what the entry itself says."""
    if entry.kind == Kind.PRUNING:
        return f"Entries up to number {entry.note.partition(' ')[0]} were removed."
    return " ".join(filter(None, (entry.note, said)))


async def for_key(store: str, stored_key: str, limit: int = 50) -> list[JournalRow]:
    """What people did to one key, with the bytes before and after."""
    of_key = lines().filter(store=store, key_digest=digest_of_key(stored_key))
    return [row_of(entry, with_images=True) async for entry in of_key[:limit]]


async def for_keys(
    keys: Collection[tuple[str, str]], limit: int
) -> Mapping[tuple[str, str], list[JournalRow]]:
    """As `for_key` for many stored keys of many stores, in one question."""
    ranked = Entry.objects.filter(any_of(keys), kind__in=LINES).annotate(
        place=Window(RowNumber(), [F("store"), F("key_digest")], F("index").desc())
    )
    newest = lines().filter(pk__in=ranked.filter(place__lte=limit).values("pk"))
    found: dict[tuple[str, str], list[JournalRow]] = {one: [] for one in keys}
    async for entry in newest:
        found[entry.store, entry.stored_key].append(row_of(entry, with_images=True))
    return found


def any_of(keys: Iterable[tuple[str, str]]) -> Q:
    """A condition on rows that are about one of these stored keys of stores."""
    digests: dict[str, list[str]] = {}
    for store, key in keys:
        digests.setdefault(store, []).append(digest_of_key(key))
    one_of = [Q(store=store, key_digest__in=some) for store, some in digests.items()]
    return reduce(or_, one_of, Q(pk__in=()))


async def latest(
    limit: int = 50,
    *,
    before: int | None = None,
    stores: list[str] | None = None,
    visible: Q | None = None,
    filters: Filters | None = None,
) -> list[JournalRow]:
    """The newest lines of these stores (None: of all); older ones than line `before` if given.

    `visible` is a condition on store and namespace: what the person who asks may see.
    """
    found = lines().defer("before", "after")
    if stores is not None:
        found = found.filter(store__in=stores)
    if visible is not None:
        found = found.filter(visible)
    if filters is not None:
        found = found.filter(filters.condition())
    if before is not None:
        found = found.filter(pk__lt=before)
    return [row_of(entry, with_images=False) async for entry in found[:limit]]


async def each(visible: Q, filters: Filters) -> AsyncIterator[JournalRow]:
    """Every line, newest first, in small pages: no cursor stays open while they are sent."""
    before: int | None = None
    while page := await latest(BATCH, before=before, visible=visible, filters=filters):
        for row in page:
            yield row
        before = page[-1].id


async def line(number: int, visible: Q) -> JournalRow | None:
    """One line with its images; None if it is not there or not to be seen."""
    found = [row async for row in lines().filter(visible, pk=number)]
    return row_of(found[0], with_images=True) if found else None


async def words_on(number: int) -> list[Word]:
    """All that was said of what became of a change, oldest first."""
    said = Entry.objects.filter(about=number, kind=Kind.OUTCOME).order_by("index")
    return [Word(entry.at, Answer(entry.answer), entry.note) async for entry in said]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An intent of which nobody knows what became, and the index of the last word on it, or 0."""

    intent: Entry
    last_word: int


async def unsettled(abandoned_before: datetime) -> list[Unsettled]:
    """What is to be settled, oldest first.

    That are intents from before that moment without an outcome, and those of which it was said only
    that their outcome is unknown, unless the store has been looked at since.
    """
    silent = Entry.objects.filter(kind=Kind.INTENT, outcomes=None, at__lt=abandoned_before)
    found = [Unsettled(intent, 0) async for intent in silent]
    later = Entry.objects.filter(about=OuterRef("about"), index__gt=OuterRef("index"))
    doubtful = Entry.objects.filter(kind=Kind.OUTCOME, answer=Answer.UNKNOWN)
    doubtful = doubtful.exclude(Q(note__startswith=FOUND_LATER) | Exists(later))
    words = [word async for word in doubtful.select_related("about")]
    found += [Unsettled(word.about, word.index) for word in words if word.about is not None]
    return sorted(found, key=lambda each: each.intent.index)
