"""Telling the team's webhook of changes of watched keys: names, and values only where allowed.

The message has the form of Slack's incoming webhooks, `{"text": …}`. A watch is told of once a
minute at most, and a store's messages are some seconds apart; what happens meanwhile is told
together. Whoever may no longer see a key posts nothing about it. What the webhook did not take is
told later, together with what came since; the tries become rarer. What waits for that when the
process ends is told by the next one: the sightings say how often a key was seen changing, and each
watch how much of that was told. A message that was on its way just then is not sent again.
"""

import asyncio
import json
import logging
import time
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from dashboard.access import Rights, Verb, rights_of
from dashboard.audit.messages import MOST_NAMED, News, glimpses_of, message_of
from dashboard.audit.models import Sighting, Watch
from dashboard.audit.unwritten import Seen
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of

__all__ = ["Poster", "send"]

log = logging.getLogger(__name__)

SPACING: Final = 10.0
"""Seconds between two messages about one store."""
AGAIN: Final = timedelta(seconds=60)
"""Between two messages about one watch."""
MOST_WAITING: Final = 1000
PATIENCE: Final = 5.0
LONGEST_WAIT: Final = 600.0
"""Seconds between two tries, however often the webhook did not answer."""
FORGOTTEN: Final = timedelta(days=7)
"""After that it is not told at all."""


@dataclass(slots=True)
class Due:
    """What is told in one message, and what is for `later`. `sees` are the keys whose values may be
    seen by who posts.
    """

    news: dict[str, News] = field(default_factory=dict)
    later: dict[str, News] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    watches: list[Watch] = field(default_factory=list)
    sees: set[str] = field(default_factory=set)


async def send(text: str) -> None:
    """Post a message. Raises OSError if it is not taken."""
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
        settings.CUBBYHOLE_WEBHOOK_URL, body, {"Content-Type": "application/json"}
    )

    def post() -> None:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
                pass
        except HTTPException as error:  # what answers speaks no HTTP
            raise OSError(str(error)) from error

    await asyncio.to_thread(post)


class Poster:
    """Posts the changes of one store's watched keys."""

    def __init__(
        self,
        store_name: str,
        *,
        send: Callable[[str], Awaitable[None]] = send,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store_name = store_name
        self.send = send
        self.clock = clock
        self.waiting: dict[str, News] = {}
        self.failures = 0
        self.not_before = clock()
        self.is_recalled = False

    def hear(self, batch: Mapping[str, Seen]) -> None:
        """Remember what changed (what the witness calls)."""
        for key, seen in batch.items():
            news = self.waiting.get(key)
            if news is not None:
                news.go_on(seen)
            elif len(self.waiting) < MOST_WAITING:
                self.waiting[key] = News(seen.count, seen.last, seen.is_gone, seen.total)

    async def run(self) -> None:
        """Post now and again until cancelled."""
        while True:
            await asyncio.sleep(SPACING)
            if not settings.CUBBYHOLE_WEBHOOK_URL:
                self.waiting.clear()
                continue
            if self.clock() >= self.not_before:
                await self.try_to_post()

    async def recall(self) -> None:
        """Take in what an earlier process could not tell any more."""
        if self.is_recalled:
            return
        posting = Watch.objects.filter(store=self.store_name, posts=True).order_by("pk")
        watches = [watch async for watch in posting[:MOST_WAITING]]
        since = timezone.now() - FORGOTTEN
        rows = Sighting.objects.filter(
            store=self.store_name, key_digest__in=[watch.key_digest for watch in watches]
        )
        seen = {row.key_digest: row async for row in rows}
        found: dict[str, News] = {}
        for watch in watches:
            news = news_left(watch, seen.get(watch.key_digest), since)
            if news is not None:
                known = found.setdefault(watch.stored_key, news)
                known.count = max(known.count, news.count)
        for key, news in found.items():
            # What this process has heard is counted in those, but for what came a moment ago.
            heard = self.waiting.pop(key, None)
            if heard is not None and heard.total > news.total:
                news.go_on(replace(heard, count=heard.total - news.total))
        self.wait_on(found)
        self.is_recalled = True

    async def try_to_post(self) -> None:
        """Post what is due. If that fails, the next try has to wait, longer each time."""
        try:
            await self.recall()
            await self.post()
        except (DatabaseError, OSError) as error:
            # Without the address: whoever has it can post.
            log.warning("The webhook was not told of %s: %s", self.store_name, type(error))
            self.failures = min(self.failures + 1, 10)
            self.not_before = self.clock() + min(SPACING * 2**self.failures, LONGEST_WAIT)
        else:
            self.failures = 0

    async def post(self) -> None:
        """Post what is due, in one message. What could not be told waits on."""
        waiting, self.waiting = self.waiting, {}
        due = Due()
        try:
            await self.sort(waiting, due)
        except Exception:
            self.wait_on(waiting)
            await release(due.watches)
            raise
        self.wait_on(due.later)
        if not due.news:
            return
        try:
            glimpses = await glimpses_of(self.store_name, [*due.news][:MOST_NAMED], due.sees)
            await self.send(message_of(self.store_name, due.news, due.names, glimpses))
        except Exception:
            self.wait_on({key: due.news[key] for key in due.news if key not in due.later})
            await release(due.watches)
            raise
        failing = [watch.pk for watch in due.watches if watch.failing_since is not None]
        if failing:
            await Watch.objects.filter(pk__in=failing).aupdate(failing_since=None)

    async def sort(self, waiting: Mapping[str, News], due: Due) -> None:
        """Find what is due by now, and what has to wait its minute."""
        for watch in await self.watches_of(waiting):
            key = watch.stored_key
            news = waiting[key]
            rights = await rights_to(watch)
            if rights is None or is_told(watch, news):
                continue
            if await claim(watch, news.total):
                due.news[key] = news
                due.names.setdefault(key, []).append(watch.person.get_username())
                due.watches.append(watch)
                if rights.may(Verb.SEE_VALUES, watch.store, watch.ref.namespace):
                    due.sees.add(key)
            else:  # its minute is not over
                due.later[key] = news

    def wait_on(self, older: Mapping[str, News]) -> None:
        """Put news back that were not told, before what has come since."""
        newer, self.waiting = self.waiting, {}
        for key, news in [*older.items(), *newer.items()]:
            if (known := self.waiting.get(key)) is None:
                if len(self.waiting) < MOST_WAITING:
                    self.waiting[key] = replace(news)
            else:
                known.go_on(news)

    async def watches_of(self, keys: Mapping[str, News]) -> Sequence[Watch]:
        digests = [digest_of_key(key) for key in keys]
        posting = Watch.objects.filter(store=self.store_name, key_digest__in=digests, posts=True)
        return [watch async for watch in posting.select_related("person").order_by("pk")]


async def rights_to(watch: Watch) -> Rights | None:
    """The rights of the person who watches; None if they may no longer know of the key."""
    if not watch.person.is_active:
        return None
    rights = await rights_of(watch.person)
    return rights if rights.may(Verb.SEE_NAMES, watch.store, watch.ref.namespace) else None


def is_told(watch: Watch, news: News) -> bool:
    """Whether it was told of already, by this process or another one. A change of the last moments
    before that was perhaps not counted yet: then it is not told.
    """
    if watch.posted_at is None or watch.posted_at < moment_of(news.last):
        return False
    return watch.posted_changes is None or watch.posted_changes >= news.total


def news_left(watch: Watch, sighting: Sighting | None, since: datetime) -> News | None:
    """What a watch was not told of, by what was seen of its key; None for nothing."""
    last = None if sighting is None else sighting.changed_until
    if sighting is None or last is None or last <= max(watch.since, since):
        return None
    count = max(sighting.changes - (watch.posted_changes or sighting.changes - 1), 1)
    is_gone = sighting.removed_at is not None
    news = News(count, last.timestamp(), is_gone, sighting.changes)
    return None if is_told(watch, news) else news


async def claim(watch: Watch, changes: int) -> bool:
    """Be the one process that tells of a watch now, of so many changes counted in all."""
    now = timezone.now()
    free = Q(posted_at=None) | Q(posted_at__lt=now - AGAIN)
    told = {"posted_at": now, "posted_changes": changes or None}
    return bool(await Watch.objects.filter(free, pk=watch.pk).aupdate(**told))


async def release(watches: Sequence[Watch]) -> None:
    """Nothing was told after all: let these watches be told of again, and say since when."""
    now = timezone.now()
    for watch in watches:
        since = watch.failing_since or now
        await Watch.objects.filter(pk=watch.pk).aupdate(
            posted_at=watch.posted_at, posted_changes=watch.posted_changes, failing_since=since
        )
