"""A catalog that is filled by hand, and what is found in it."""

import pytest

from dashboard.catalog import Catalog
from dashboard.findings.facts import facts_of
from dashboard.findings.looks import Look, Looks
from dashboard.findings.plugins import Plugins
from dashboard.findings.report import findings_in
from storage_core.entries import EntryInfo

NOON = 1_800_000_000.0


class Scene:
    """A store at a moment, with what was seen of its values."""

    def __init__(self):
        self.now = NOON
        self.catalog = Catalog(clock=lambda: self.now)
        self.looks = Looks()

    def write(self, *keys, size=10, expires_at=None):
        self.catalog.apply([(key, self.now, EntryInfo(key, size, expires_at)) for key in keys])

    def remove(self, key):
        self.catalog.apply([(key, self.now, None)])

    def look(self, key, kind="dict", *, size=10, **seen):
        if self.catalog.row(key) is None:
            self.write(key, size=size)
        return self.looks.keep(key, Look(self.now, size, size, kind, **seen))

    async def find(self, code, plugins=None):
        """The findings of one kind."""
        known = None if plugins is None else Plugins(tuple(plugins))
        facts = await facts_of(self.catalog, self.looks, known)
        return [finding for finding in findings_in(facts) if finding.code == code]


@pytest.fixture
def scene():
    return Scene()
