"""Telling the team's webhook of changes of watched keys: names, never values.

The message has the form of Slack's incoming webhooks, `{"text": …}`. A watch is told of once a
minute at most, and a store's messages are some seconds apart; what happens meanwhile is told
together. Whoever may no longer see a key posts nothing about it.
"""

import asyncio
import json
import logging
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.error import URLError

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from dashboard.access import Verb, rights_of
from dashboard.audit.models import Watch
from dashboard.audit.sightings import Seen, moment_of
from dashboard.journal.models import digest_of_key

__all__ = ["Poster", "message_of", "send"]

log = logging.getLogger(__name__)

SPACING: Final = 10.0
"""Seconds between two messages about one store."""
AGAIN: Final = timedelta(seconds=60)
"""Between two messages about one watch."""
MOST_WAITING: Final = 1000
MOST_NAMED: Final = 20
LONGEST_NAME: Final = 200
PATIENCE: Final = 5.0


@dataclass(slots=True)
class News:
    """Changes of one key that were not told yet; `last` is in seconds since the epoch."""

    count: int
    last: float
    is_gone: bool


async def send(text: str) -> None:
    """Post a message. Raises OSError if it is not taken."""
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
        settings.CUBBYHOLE_WEBHOOK_URL, body, {"Content-Type": "application/json"}
    )

    def post() -> None:
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
            pass

    await asyncio.to_thread(post)


class Poster:
    """Posts the changes of one store's watched keys."""

    def __init__(self, store_name: str, *, send: Callable[[str], Awaitable[None]] = send) -> None:
        self.store_name = store_name
        self.send = send
        self.waiting: dict[str, News] = {}

    def hear(self, batch: Mapping[str, Seen]) -> None:
        """Remember what changed (what the witness calls)."""
        for key, seen in batch.items():
            news = self.waiting.get(key)
            if news is not None:
                news.count += seen.count
                news.last, news.is_gone = seen.last, seen.is_gone
            elif len(self.waiting) < MOST_WAITING:
                self.waiting[key] = News(seen.count, seen.last, seen.is_gone)

    async def run(self) -> None:
        """Post now and again until cancelled."""
        while True:
            await asyncio.sleep(SPACING)
            if not settings.CUBBYHOLE_WEBHOOK_URL:
                self.waiting.clear()
                continue
            try:
                await self.post()
            except (DatabaseError, OSError, URLError) as error:
                # Without the address: whoever has it can post.
                log.warning("The webhook was not told of %s: %s", self.store_name, type(error))

    async def post(self) -> None:
        """Post what is due, in one message."""
        waiting, self.waiting = self.waiting, {}
        due: dict[str, News] = {}
        names: dict[str, list[str]] = {}
        for watch in await self.watches_of(waiting):
            news = waiting[watch.stored_key]
            if not await may_know(watch) or is_told(watch, news):
                continue
            if await claim(watch):
                due[watch.stored_key] = news
                names.setdefault(watch.stored_key, []).append(watch.person.get_username())
            else:  # its minute is not over
                self.waiting[watch.stored_key] = news
        if due:
            await self.send(message_of(self.store_name, due, names))

    async def watches_of(self, keys: Mapping[str, News]) -> Sequence[Watch]:
        digests = [digest_of_key(key) for key in keys]
        posting = Watch.objects.filter(store=self.store_name, key_digest__in=digests, posts=True)
        return [watch async for watch in posting.select_related("person")]


async def may_know(watch: Watch) -> bool:
    """Whether the person who watches may still know of the key."""
    if not watch.person.is_active:
        return False
    rights = await rights_of(watch.person)
    return rights.may(Verb.SEE_NAMES, watch.store, watch.ref.namespace)


def is_told(watch: Watch, news: News) -> bool:
    """Whether another process has told of it already."""
    return watch.posted_at is not None and watch.posted_at >= moment_of(news.last)


async def claim(watch: Watch) -> bool:
    """Be the one process that tells of a watch now."""
    now = timezone.now()
    free = Q(posted_at=None) | Q(posted_at__lt=now - AGAIN)
    return bool(await Watch.objects.filter(free, pk=watch.pk).aupdate(posted_at=now))


def message_of(store: str, due: Mapping[str, News], names: Mapping[str, Sequence[str]]) -> str:
    """The text of a message, in Slack's notation."""
    lines = []
    for key, news in list(due.items())[:MOST_NAMED]:
        times = "changed" if news.count == 1 else f"changed {news.count:,} times"
        what = "is gone" if news.is_gone else times
        lines.append(f"• `{escaped(key)}` {what} (watched by {escaped(', '.join(names[key]))})")
    if len(due) > MOST_NAMED:
        lines.append(f"• and {len(due) - MOST_NAMED:,} more")
    return "\n".join([f"Watched keys in *{escaped(store)}*:", *lines])


def escaped(name: str) -> str:
    """A name that Slack takes for text: no mention, no link, no mark-up."""
    plain = name.encode("utf-8", "backslashreplace").decode()
    plain = "".join(letter if letter.isprintable() else "�" for letter in plain)
    plain = plain[:LONGEST_NAME].replace("`", "'")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
