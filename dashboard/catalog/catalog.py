"""A process's index of the keys in one store, as pages ask it. Only the watcher writes it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Unpack

from dashboard.catalog.activity import Activity
from dashboard.catalog.chronicle import Chronicle
from dashboard.catalog.facts import (
    CatalogRow,
    Found,
    NamespaceRow,
    Page,
    Progress,
    RecentChange,
    Seen,
    Totals,
    Verb,
)
from dashboard.catalog.filtering import Filter
from dashboard.catalog.index import Index
from dashboard.catalog.listing import StoreRequest, section_page, store_page
from dashboard.catalog.paging import Asked, PageRequest, page_of
from dashboard.catalog.prefixes import Prefix
from dashboard.catalog.searching import Needle
from dashboard.catalog.section import Section
from dashboard.catalog.slices import Work, at_once, in_slices
from dashboard.catalog.survey import SectionSurvey, Surveyor
from storage_core.keys import namespace_of

__all__ = ["Catalog"]

EMPTY = Page([], 0, None, None)
TOLD = 100
"""Keys that are told of one by one when a whole namespace goes."""

Listener = Callable[[Sequence[RecentChange]], None]
"""Who is told of changes: cheap and never raising, for it is called at the rate of the bot."""


class Catalog:
    """Names, sizes and expiries of all keys of a store, never values.

    What can take long at a million keys comes twice: `page` and `search` answer at once, `apage`
    and `asearch` give way to the event loop while they work. Views use the latter.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.index = Index()
        self.activity = Activity()
        self.chronicle = Chronicle(clock())
        self.surveyor = Surveyor()
        self.progress = Progress()
        self.listeners: list[Listener] = []

    # --- pages

    def totals(self) -> Totals:
        """Exact counts over the whole store."""
        return self.index.totals()

    def namespaces(self) -> list[NamespaceRow]:
        """Every namespace with its exact counts, sorted by name, without the shared keys."""
        now = self.clock()
        sections = self.index.sections
        return [self.summary(sections[ns], now) for ns in sorted(filter(None, sections))]

    def namespace(self, namespace: str | None) -> NamespaceRow | None:
        """One namespace, or the shared keys for None; None if it has no keys."""
        section = self.index.sections.get(namespace)
        return None if section is None else self.summary(section, self.clock())

    def summary(self, section: Section, now: float) -> NamespaceRow:
        namespace = section.namespace
        return NamespaceRow(
            namespace or "",
            len(section),
            section.size,
            self.activity.changed_at(namespace),
            self.activity.last_minute(namespace, now),
        )

    def row(self, stored_key: str) -> CatalogRow | None:
        """One key; None if it is not there."""
        found = self.index.find(stored_key)
        return None if found is None else found[0].row(found[1])

    def page(self, namespace: str | None, **asked: Unpack[Asked]) -> Page:
        """Keys of a namespace (None: the shared keys), all or those that contain a text."""
        return at_once(self.page_work(namespace, PageRequest.of(**asked)))

    async def apage(self, namespace: str | None, **asked: Unpack[Asked]) -> Page:
        """As `page`, without holding the event loop."""
        return await in_slices(self.page_work(namespace, PageRequest.of(**asked)))

    def page_work(self, namespace: str | None, ask: PageRequest) -> Work[Page]:
        section = self.index.sections.get(namespace)
        if section is None:
            return EMPTY
        return (yield from page_of(section, ask))

    async def afiltered(
        self,
        namespace: str | None,
        request: PageRequest,
        *,
        starts: bool = False,
        only: Filter | None = None,
    ) -> Page:
        """As `apage`, of those keys that `only` leaves, or whose names start with the text."""
        section = self.index.sections.get(namespace)
        if section is None:
            return EMPTY
        make = Prefix.of if starts else Needle
        needle = make(request.search) if request.search else None
        return await in_slices(section_page(section, request, needle, only))

    async def alisted(self, request: StoreRequest) -> Page:
        """A page of the keys of the whole store, by namespace and name, the shared ones last."""
        return await in_slices(store_page(self.index, request))

    def search(self, text: str, *, limit: int = 50) -> Found:
        """The first stored keys that contain `text`, by namespace, and the exact total."""
        return at_once(self.index.search(text, limit))

    async def asearch(self, text: str, *, limit: int = 50) -> Found:
        """As `search`, without holding the event loop."""
        return await in_slices(self.index.search(text, limit))

    def recent(self, limit: int = 20) -> list[RecentChange]:
        """The last changes that were seen, the newest first."""
        changes = self.activity.recent
        return [changes[-n] for n in range(1, min(limit, len(changes)) + 1)]

    async def asurvey(self) -> dict[str | None, SectionSurvey]:
        """What each namespace is like as a whole, some seconds old where that is costly."""
        return await in_slices(self.surveyor.survey(self.index, self.activity.last, self.clock()))

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of all changes from now on, as they are written down."""
        self.listeners.append(listener)

    # --- the watcher

    def report(self, **changed: object) -> None:
        """Say how far the work is: fields of `Progress`."""
        self.progress = replace(self.progress, **changed)  # type: ignore[arg-type]  # the fields are checked at run time

    def apply(self, seen: Iterable[Seen]) -> list[RecentChange]:
        """Write down keys that the feed named, with what the store then said (None: not there).

        Gives what is a change for whoever looks: a key that was unknown and is not there is none.
        """
        changes: list[RecentChange] = []
        for stored_key, at, entry in seen:
            if entry is not None:
                self.index.put(entry, at)
                changes.append(RecentChange(stored_key, at, "written"))
            elif self.index.discard(stored_key):
                changes.append(RecentChange(stored_key, at, "removed"))
        self.note(changes)
        return changes

    def begin(self) -> Index:
        """Throw away what was known, and give the empty picture that takes its place."""
        self.index = Index()
        return self.index

    def drop(self, section: Section, at: float) -> None:
        """Forget a whole namespace of which nothing is left. The first keys of it are told of."""
        del self.index.sections[section.namespace]
        self.count(section.namespace, at, "removed", len(section))
        first = islice(section.stored_keys(), TOLD)
        self.tell([RecentChange(key, at, "removed") for key in first])

    def note(self, changes: Sequence[RecentChange]) -> None:
        """Remember what happened, and tell whoever listens."""
        alike: dict[tuple[str | None, int, Verb], list[float]] = {}
        for stored_key, at, verb in changes:
            alike.setdefault((namespace_of(stored_key), int(at), verb), []).append(at)
        for (namespace, _, verb), moments in alike.items():
            self.count(namespace, moments[-1], verb, len(moments))
        self.tell(changes)

    def count(self, namespace: str | None, at: float, verb: Verb, number: int) -> None:
        """So many changes of one kind were seen in one second."""
        self.activity.note(namespace, at, verb, number)
        history = self.chronicle.note(namespace, at, verb, number)
        if not history.is_measured(at):
            section = self.index.sections.get(namespace)
            keys, size = (len(section), section.size) if section else (0, 0)
            history.measure(at, keys, size)

    def tell(self, changes: Sequence[RecentChange]) -> None:
        """Remember changes one by one, and tell whoever listens."""
        self.activity.recent.extend(changes)
        if changes:
            for listener in self.listeners:
                listener(changes)
