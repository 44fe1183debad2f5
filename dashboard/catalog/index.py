"""All keys of one store, in a section for each namespace."""

from itertools import groupby

from dashboard.catalog.deadlines import Deadlines
from dashboard.catalog.duplicates import drop_duplicates
from dashboard.catalog.facts import CatalogRow, Found, Totals
from dashboard.catalog.gathering import COLON, Gathered
from dashboard.catalog.searching import Needle
from dashboard.catalog.section import Section
from dashboard.catalog.slices import Work
from storage_core.entries import Columns, EntryInfo
from storage_core.keys import SEPARATOR, key_from_bytes, key_to_bytes, namespace_of

__all__ = ["Index"]


STEP = 64
"""Sections that get what was gathered for them between two pauses."""


class Index:
    """The keys of a store. Empty sections are dropped, so every namespace has a key."""

    def __init__(self) -> None:
        self.sections: dict[str | None, Section] = {}
        self.deadlines = Deadlines()
        # Whether somebody has searched lately.
        self.is_searched = False
        # What a scan gave and is in no section yet.
        self.gathered = Gathered()

    def totals(self) -> Totals:
        sections = self.sections.values()
        shared = self.sections.get(None)
        return Totals(
            keys=sum(len(section) for section in sections),
            size=sum(section.size for section in sections),
            shared_keys=0 if shared is None else len(shared),
            namespaces=len(self.sections) - (shared is not None),
            described=sum(section.described for section in sections),
        )

    def section(self, namespace: str | None) -> Section:
        """The section of a namespace, made if it is new."""
        section = self.sections.get(namespace)
        if section is None:
            section = self.sections[namespace] = Section(namespace)
        return section

    def extend(self, entries: Columns) -> None:
        """Add what a scan gave, without looking anything up.

        Names alone are gathered and not yet in their sections, which costs less than putting them
        there a few at a time: `take_gathered` and `settle` do that.
        """
        if entries.sizes:
            self.extend_described(entries)
            return
        self.gathered.add(entries)

    def take_gathered(self) -> Work[None]:
        """Put the names that were gathered into their sections."""
        for count, (namespace, names) in enumerate(self.gathered.take(), start=1):
            self.section(namespace).extend(names)
            if count % STEP == 0:
                yield

    def extend_described(self, entries: Columns) -> None:
        """As `extend`, with sizes and expiries. Quick where neighbours are of one namespace."""
        start = 0
        for namespace, group in groupby(
            entries.stored_keys, lambda key: namespace_of(key_from_bytes(key))
        ):
            cut = 0 if namespace is None else len(key_to_bytes(namespace)) + len(COLON)
            tails = [key[cut:] for key in group]
            end = start + len(tails)
            section = self.section(namespace)
            row = section.extend(tails)
            section.fill(row, tails, entries.sizes[start:end], entries.expires_at[start:end])
            start = end

    def put(self, entry: EntryInfo, changed_at: float | None = None) -> bool:
        """Write down what is known of a key, and whether it is new."""
        namespace, key = place_of(entry.key)
        section = self.section(namespace)
        row, is_new = section.put(key)
        if entry.size is not None:
            section.describe(row, entry.size, entry.expires_at)
            self.deadlines.note(entry.key, entry.expires_at)
        if changed_at is not None:
            section.touch(row, changed_at)
        return is_new

    def discard(self, stored_key: str) -> bool:
        """Forget a key, and whether it was there."""
        found = self.find(stored_key)
        if found is None:
            return False
        self.drop(*found)
        return True

    def drop(self, section: Section, row: int) -> None:
        """Forget a row, and its section if that was the last."""
        section.drop(row)
        if not section and self.sections.get(section.namespace) is section:
            del self.sections[section.namespace]

    def find(self, stored_key: str) -> tuple[Section, int] | None:
        """Where a key is."""
        namespace, key = place_of(stored_key)
        section = self.sections.get(namespace)
        row = None if section is None else section.find(key)
        return None if section is None or row is None else (section, row)

    def in_order(self) -> list[Section]:
        """The sections by namespace, the shared keys last."""
        return sorted(self.sections.values(), key=lambda s: (s.namespace is None, s.namespace))

    def settle(self) -> Work[None]:
        """End a scan: forget what it gave twice, so that counts are exact."""
        yield from self.take_gathered()
        for section in list(self.sections.values()):
            yield from drop_duplicates(section)

    def sort(self) -> Work[None]:
        """Get ready to look keys up, which sorts them."""
        for section in list(self.sections.values()):
            yield from section.order("key")

    def sweep(self, until: float) -> Work[None]:
        """Remember all keys that expire before `until` in `deadlines`."""
        self.deadlines.until = until
        for section in list(self.sections.values()):
            yield from self.deadlines.sweep(section)

    def forget_texts(self) -> Work[None]:
        """Give back the memory that makes a search quick: the next one takes some ms longer."""
        for section in list(self.sections.values()):
            for order in list(section.orders.values()):
                for chunk in order.chunks:
                    chunk.text = None
            yield

    def search(self, text: str, limit: int) -> Work[Found]:
        """The first `limit` stored keys that contain `text`, and how many there are."""
        self.is_searched = True
        rows: list[CatalogRow] = []
        total = 0
        wanted = key_to_bytes(text)
        for section in self.in_order():
            head = None if section.namespace is None else key_to_bytes(section.namespace)
            needle = Needle.in_stored_keys(wanted, head)
            found = yield from section.search(needle, limit - len(rows))
            rows += found.rows
            total += found.total
            yield
        return Found(rows, total)


def place_of(stored_key: str) -> tuple[str | None, bytes]:
    """The namespace of a stored key, and its name in there: `KeyRef.parse` without the object."""
    namespace = namespace_of(stored_key)
    if namespace is None:
        return None, key_to_bytes(stored_key)
    return namespace, key_to_bytes(stored_key[len(namespace) + len(SEPARATOR) :])
