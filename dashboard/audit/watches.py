"""Keys that a person wants to hear of: their own list."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from dashboard.audit.models import Sighting, Watch
from dashboard.keyed import digest_of_key
from storage_core.keys import key_to_bytes

__all__ = ["Watched", "mark_seen", "unwatch", "watch", "watch_of", "watched_by", "watched_in"]


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch with what was last seen of its key; None if it was never seen changing."""

    watch: Watch
    sighting: Sighting | None

    @property
    def is_news(self) -> bool:
        """Whether it changed since the person last said that they had seen the list."""
        last = None if self.sighting is None else self.sighting.changed_until
        return last is not None and last > self.watch.seen_at


async def watch(user: User, store: str, stored_key: str, *, posts: bool) -> Watch:
    """Begin to watch a key, or change whether its changes are posted."""
    now = timezone.now()
    found, _ = await Watch.objects.aupdate_or_create(
        person=user,
        store=store,
        key_digest=digest_of_key(stored_key),
        defaults={"posts": posts},
        create_defaults={
            "posts": posts,
            "key": key_to_bytes(stored_key),
            "since": now,
            "seen_at": now,
        },
    )
    return found


async def unwatch(user: User, store: str, stored_key: str) -> None:
    """Watch a key no more."""
    await Watch.objects.filter(
        person=user, store=store, key_digest=digest_of_key(stored_key)
    ).adelete()


async def watch_of(user: User, store: str, stored_key: str) -> Watch | None:
    """This person's watch of a key, if they watch it."""
    return await Watch.objects.filter(
        person=user, store=store, key_digest=digest_of_key(stored_key)
    ).afirst()


async def watched_in(user: User, store: str) -> frozenset[str]:
    """The keys of a store that this person watches."""
    mine = Watch.objects.filter(person=user, store=store)
    return frozenset([one.stored_key async for one in mine])


async def watched_by(user: User) -> Sequence[Watched]:
    """A person's own list, what changed last first."""
    watches = [one async for one in Watch.objects.filter(person=user)]
    digests = [one.key_digest for one in watches]
    sightings = {
        (one.store, one.key_digest): one
        async for one in Sighting.objects.filter(key_digest__in=digests)
    }
    found = [Watched(one, sightings.get((one.store, one.key_digest))) for one in watches]
    return sorted(found, key=last_moment, reverse=True)


def last_moment(one: Watched) -> float:
    last = None if one.sighting is None else one.sighting.changed_until
    return one.watch.since.timestamp() if last is None else last.timestamp()


async def mark_seen(user: User) -> None:
    """The person has seen their list as it is now."""
    await Watch.objects.filter(person=user).aupdate(seen_at=timezone.now())
