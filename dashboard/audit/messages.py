"""What a message to the team's webhook says: names of keys, and a line of a value where allowed."""

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.conf import settings

from dashboard import catalog, reading, stores
from dashboard.audit.unwritten import Seen
from dashboard.masking import masking_for
from dashboard.moments import moment_of
from storage_core.exceptions import StorageError

__all__ = ["MOST_NAMED", "News", "escaped", "glimpses_of", "message_of"]

log = logging.getLogger(__name__)

MOST_NAMED: Final = 20
LONGEST_NAME: Final = 200
LARGEST_SHOWN: Final = 64 * 1024
"""Bytes of a value of which a line is told."""
STALE: Final = 3600.0
"""Seconds after which what could not be told is told in one line with the like."""


@dataclass(slots=True)
class News:
    """Changes of one key that were not told yet; `last` is in seconds since the epoch, and `total`
    is how many were counted in all.
    """

    count: int
    last: float
    is_gone: bool
    total: int = 0

    def go_on(self, later: "News | Seen") -> None:
        """Take in what came after."""
        self.count += later.count
        self.last, self.is_gone = later.last, later.is_gone
        self.total = max(self.total, later.total)


async def glimpses_of(store: str, keys: Sequence[str], seen: Collection[str]) -> Mapping[str, str]:
    """A line of each value, masked as everywhere, if the settings allow values in messages. Of
    these keys only those that are `seen`; large values and a store that is down have none.
    """
    storage = stores.get(store).browsable if settings.CUBBYHOLE_WEBHOOK_VALUES else None
    if storage is None:
        return {}
    rows = {key: catalog.of(store).row(key) for key in keys if key in seen}
    small = [key for key, row in rows.items() if row and row.size and row.size <= LARGEST_SHOWN]
    try:
        found = await storage.fetch(small)
        return {
            key: await reading.preview(stored.data, mask=masking_for(store, key))
            for key, stored in zip(small, found, strict=True)
            if stored is not None and not stored.note
        }
    except StorageError as error:
        log.info("Values of %s could not be shown in a message: %s", store, error)
        return {}


def message_of(
    store: str,
    due: Mapping[str, News],
    names: Mapping[str, Sequence[str]],
    glimpses: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The text of a message, in Slack's notation. What is old is told in one line."""
    now = time.time()
    stale = [key for key, news in due.items() if news.last < now - STALE]
    recent = {key: news for key, news in due.items() if news.last >= now - STALE}
    lines = []
    for key, news in list(recent.items())[:MOST_NAMED]:
        times = "changed" if news.count == 1 else f"changed {news.count:,} times"
        what = "is gone" if news.is_gone else times
        lines.append(f"• `{escaped(key)}` {what} (watched by {escaped(', '.join(names[key]))})")
        if glimpses.get(key) and not news.is_gone:
            lines[-1] += f": `{escaped(glimpses[key])}`"
    if len(recent) > MOST_NAMED:
        lines.append(f"• and {len(recent) - MOST_NAMED:,} more")
    if stale:
        first = moment_of(min(due[key].last for key in stale))
        named = ", ".join(f"`{escaped(key)}`" for key in stale[:MOST_NAMED])
        more = f" and {len(stale) - MOST_NAMED:,} more" if len(stale) > MOST_NAMED else ""
        lines.append(f"• changed since {first:%Y-%m-%d %H:%M} UTC, told late: {named}{more}")
    return "\n".join([f"Watched keys in *{escaped(store)}*:", *lines])


def escaped(name: str) -> str:
    """A name that Slack takes for text: no mention, no link, no mark-up."""
    plain = name.encode("utf-8", "backslashreplace").decode()
    plain = "".join(letter if letter.isprintable() else "�" for letter in plain)
    plain = plain[:LONGEST_NAME].replace("`", "'")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
