"""Signing off the shared keys of a store, and what has changed since."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.contrib.auth.models import User
from django.utils import timezone

from dashboard import catalog, marks
from dashboard.audit.models import Review, Sighting
from dashboard.audit.shared import SharedKey, sightings_of
from dashboard.audit.unwritten import unwritten_of
from dashboard.journal.models import Answer, Entry
from storage_core.keys import key_from_bytes, key_to_bytes

__all__ = ["LONGEST_REMARK", "Since", "changes_since", "last_review", "sign_off"]

LONGEST_REMARK: Final = 1000
UNSURE: Final = "?"
"""The digest of a value that changed while the person looked at the page."""

ROUGH: Final = 2.0
"""Seconds by which the same expiry may be told differently."""

Word = Literal["new", "changed", "unsure", "expired", "gone"]
"""`unsure` is a key of which it cannot be told whether its value changed."""


@dataclass(frozen=True, slots=True)
class Since:
    """What became of one key since the last review, and by whom, as far as it is known."""

    stored_key: str
    word: Word
    people: tuple[str, ...]
    by_bot: bool


async def last_review(store: str) -> Review | None:
    """The last review of a store's shared keys."""
    return await Review.objects.filter(store=store).order_by("-at", "-pk").afirst()


async def sign_off(
    user: User, store: str, keys: Sequence[SharedKey], looked_at: float, remark: str = ""
) -> Review:
    """Mark the state of all shared keys as reviewed.

    `looked_at` is when the page was made that the person signs, in seconds since the epoch: what
    changed after it counts as changed since the review.
    """
    review = await Review.objects.acreate(
        store=store,
        at=timezone.now(),
        person=user,
        person_name=user.get_username(),
        remark=remark.strip()[:LONGEST_REMARK],
        state={key_to_bytes(key.name).hex(): state_of(key, looked_at) for key in keys},
    )
    await marks.announce(marks.namespace_topic(store, None))
    return review


def state_of(key: SharedKey, looked_at: float) -> dict[str, Any]:
    is_newer = key.row.changed_at is not None and key.row.changed_at > looked_at
    return {
        "size": key.row.size,
        "expires_at": key.row.expires_at,
        "changes": key.changes,
        "digest": UNSURE if is_newer else key.digest,
    }


async def changes_since(review: Review, keys: Sequence[SharedKey]) -> list[Since]:
    """What is new, changed or gone since a review: new ones and changes first, by name."""
    ready_at = catalog.of(review.store).progress.finished_at
    reviewed_at = review.at.timestamp()
    is_watched = ready_at is not None and ready_at <= reviewed_at
    people = await people_since(review)
    before: dict[str, Any] = {
        key_from_bytes(bytes.fromhex(name)): state for name, state in review.state.items()
    }
    found = []
    for key in keys:
        state = before.pop(key.name, None)
        word: Word | None = "new" if state is None else None
        if state is not None:
            word = verdict(key, state, reviewed_at, is_watched=is_watched)
        if word is not None:
            known = people.get(key.name, Counter())
            count = (key.changes or 0) - ((state or {}).get("changes") or 0)
            by_bot = word != "unsure" and (not known or count > sum(known.values()))
            found.append(Since(key.name, word, tuple(sorted(known)), by_bot))
    sightings = await sightings_of(review.store) if before else {}
    unwritten = unwritten_of(review.store)
    for name in sorted(before):
        known = people.get(name, Counter())
        sighting = unwritten.up_to_now(name, sightings.get(name))
        if not known and has_expired(before[name], sighting):
            found.append(Since(name, "expired", (), by_bot=False))
        else:
            found.append(Since(name, "gone", tuple(sorted(known)), by_bot=not known))
    return found


def verdict(
    key: SharedKey, state: Mapping[str, Any], reviewed_at: float, *, is_watched: bool
) -> Word | None:
    """Whether a key is not what it was. Where its value was not read, size and time tell, if it
    `is_watched` since the review without a break.
    """
    if state["digest"] == UNSURE:
        return "changed"
    is_described = key.row.size is not None
    if is_described and other_expiry(state["expires_at"], key.row.expires_at):
        return "changed"
    if state["digest"] and key.digest:
        return "changed" if state["digest"] != key.digest else None
    is_newer = key.changed_at is not None and key.changed_at > reviewed_at
    if is_newer or (is_described and state["size"] != key.row.size):
        return "changed"
    return None if is_watched else "unsure"


def other_expiry(before: float | None, now: float | None) -> bool:
    """Whether an expiry came, went or moved."""
    if before is None or now is None:
        return before is not now
    return abs(before - now) > ROUGH


def has_expired(state: Mapping[str, Any], sighting: Sighting | None) -> bool:
    """Whether a key that is gone went when its time had come. One that was written in between may
    have had another time by then.
    """
    if state["expires_at"] is None:
        return False
    removed_at = None if sighting is None else sighting.removed_at
    written = 0 if sighting is None else sighting.changes - (state["changes"] or 0)
    went = (removed_at or timezone.now()).timestamp()
    return written <= 1 and went >= state["expires_at"] - ROUGH


async def people_since(review: Review) -> Mapping[str, Counter[str]]:
    """How often which person changed a shared key since a review, by key."""
    done = Entry.objects.filter(
        store=review.store, namespace="", at__gt=review.at, outcomes__answer=Answer.SAVED
    ).defer("before", "after")
    found: dict[str, Counter[str]] = {}
    async for entry in done:
        found.setdefault(entry.stored_key, Counter())[entry.person_name] += 1
    return found
