"""The marks of a store as this process knows them, so that asking whether a key is marked is cheap.

It is asked for every change of the bot, and by every page of a list.
"""

import asyncio
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from dashboard.history.models import HistoryMark
from dashboard.history.places import Scope
from storage_core.keys import namespace_of

__all__ = ["Book", "book_of", "forget_books"]


class Book:
    """The marks of one store, some seconds old at most."""

    def __init__(self, store: str) -> None:
        self.store = store
        self.marks: dict[int, HistoryMark] = {}
        self.by_key: dict[str, HistoryMark] = {}
        self.by_namespace: dict[str | None, HistoryMark] = {}

    async def load(self) -> None:
        """Look into the database."""
        found = HistoryMark.objects.filter(store=self.store, ended_at=None).order_by("pk")
        self.put([mark async for mark in found])

    def put(self, marks: Sequence[HistoryMark]) -> None:
        self.marks = {mark.pk: mark for mark in marks}
        keys = [(mark.stored_key, mark) for mark in marks]
        self.by_key = {key: mark for key, mark in keys if key is not None}
        self.by_namespace = {mark.key_namespace: mark for key, mark in keys if key is None}

    def of(self, stored_key: str) -> HistoryMark | None:
        """The mark that a key is kept under: its own, else that of its namespace."""
        if not self.marks:
            return None
        own = self.by_key.get(stored_key)
        return own if own is not None else self.by_namespace.get(namespace_of(stored_key))

    def at(self, scope: Scope) -> HistoryMark | None:
        """The mark on exactly this place."""
        if scope.key is not None:
            return self.by_key.get(scope.key)
        return self.by_namespace.get(scope.namespace)


books: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Book]] = WeakKeyDictionary()


def book_of(store: str) -> Book:
    """The marks of a store in the running event loop."""
    known = books.setdefault(asyncio.get_running_loop(), {})
    return known.setdefault(store, Book(store))


def forget_books() -> None:
    """Throw away what the running event loop knows."""
    books.pop(asyncio.get_running_loop(), None)
