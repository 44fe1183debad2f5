"""Kinds and drifts that last: what a value was before is seen but once, and outlives the process.

Every web process sees the same drifts and writes the same row. The moment of a drift is that of
the process that wrote it first: a dismissal is about it. Only the newest ones are kept.
"""

from itertools import islice
from typing import Any, Final

from django.utils import timezone

from dashboard.chores import again_and_again
from dashboard.findings.looks import Drift, Looks
from dashboard.findings.models import DriftSeen, KindSeen
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from storage_core.keys import key_to_bytes

__all__ = ["Drifts"]

FLUSH: Final = 2.0
"""Seconds between two batches."""
TOGETHER: Final = 200
MOST_KEPT: Final = 5000
"""Drifts of a store that are kept; the oldest go."""
KINDS_TOGETHER: Final = 1000
MOST_KINDS: Final = 20_000
"""Kinds of values of a store that are kept; those seen least lately go."""
LONGEST_KIND: Final = 200
SAME: Final = 60.0
"""Seconds within which two processes notice the same drift."""


class Drifts:
    """Keeps the drifts of one store: recalls them at the start, and writes down new ones."""

    def __init__(self, store_name: str, looks: Looks) -> None:
        self.store_name = store_name
        self.looks = looks
        self.is_recalled = False

    async def run(self) -> None:
        """Recall once, then write batch after batch until cancelled."""
        complaint = f"Drifts of {self.store_name} could not be kept."
        await again_and_again(self.step, FLUSH, complaint)

    async def step(self) -> None:
        if not self.is_recalled:
            await self.recall()
            self.is_recalled = True
        await self.flush()

    async def recall(self) -> None:
        """Give the looks what was seen before this process began; drop what is too much."""
        rows = DriftSeen.objects.filter(store=self.store_name).order_by("-at", "-pk")
        kept = [row async for row in rows[:MOST_KEPT]]
        self.looks.recall({row.stored_key: Drift(row.kind, row.at.timestamp()) for row in kept})
        if len(kept) == MOST_KEPT:
            await rows.exclude(pk__in=rows.values("pk")[:MOST_KEPT]).adelete()
        await self.recall_kinds()

    async def recall_kinds(self) -> None:
        """Give the looks what values were when they were last seen; drop what is too much."""
        rows = KindSeen.objects.filter(store=self.store_name).order_by("-at", "-pk")
        kept = [row async for row in rows[:MOST_KINDS]]
        self.looks.recall_kinds(
            {row.stored_key: row.kind for row in kept},
            {row.stored_key: row.first_size for row in kept if row.first_size is not None},
        )
        if len(kept) == MOST_KINDS:
            await rows.exclude(pk__in=rows.values("pk")[:MOST_KINDS]).adelete()

    async def flush(self) -> None:
        """Write down the news, a batch of them. If that fails, they wait."""
        for key, drift in list(islice(self.looks.news.items(), TOGETHER)):
            one: dict[str, Any] = {"store": self.store_name, "key_digest": digest_of_key(key)}
            if drift is None:
                await DriftSeen.objects.filter(**one).adelete()
            else:
                await self.write(key, drift, one)
            if self.looks.news.get(key) is drift:  # else there is newer news by now
                del self.looks.news[key]
        await self.flush_kinds()

    async def flush_kinds(self) -> None:
        """Write down what values have become, a batch of them. If that fails, they wait."""
        batch = dict(islice(self.looks.new_kinds.items(), KINDS_TOGETHER))
        if not batch:
            return
        gone = [digest_of_key(key) for key, kind in batch.items() if kind is None]
        await KindSeen.objects.filter(store=self.store_name, key_digest__in=gone).adelete()
        now = timezone.now()
        rows = [
            KindSeen(
                store=self.store_name,
                key_digest=digest_of_key(key),
                key=key_to_bytes(key),
                kind=kind[:LONGEST_KIND],
                first_size=self.looks.first_sizes.get(key),
                at=now,
            )
            for key, kind in batch.items()
            if kind is not None
        ]
        await KindSeen.objects.abulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["store", "key_digest"],
            update_fields=["kind", "at", "first_size"],
        )
        for key, kind in batch.items():
            if self.looks.new_kinds.get(key) is kind:  # else it is another one by now
                del self.looks.new_kinds[key]

    async def write(self, key: str, drift: Drift, one: dict[str, Any]) -> None:
        """Write down a drift, unless another process did so already."""
        before, at = drift.before[:LONGEST_KIND], moment_of(drift.at)
        said = {"key": key_to_bytes(key), "kind": before, "at": at}
        row, is_new = await DriftSeen.objects.aget_or_create(**one, defaults=said)
        if is_new:
            return
        apart = drift.at - row.at.timestamp()
        if row.kind == before and abs(apart) < SAME:
            self.looks.agree(key, drift, row.at.timestamp())
        elif apart > 0:
            await DriftSeen.objects.filter(pk=row.pk).aupdate(**said)
