"""A store whose changes are written down, without waiting for the clock."""

import pytest
from asgiref.sync import sync_to_async

from dashboard import catalog as catalogs
from dashboard.access import people
from dashboard.audit import unwritten
from dashboard.audit.sightings import Witness
from storage_core.entries import EntryInfo

NOON = 1_800_000_000.0


class Scene:
    """A catalog that is filled by hand, with a witness of it."""

    def __init__(self, catalog):
        self.now = NOON
        self.catalog = catalog
        self.told = []
        self.unwritten = unwritten.unwritten_of("prod")
        self.witness = self.another(self.unwritten)

    def another(self, unwritten=None):
        """The witness of another process."""
        return Witness(
            "prod",
            self.catalog,
            self.told.append,
            unwritten=unwritten,
            clock=lambda: self.now,
        )

    def write(self, *keys, size=10):
        self.now += 1
        self.catalog.apply([(key, self.now, EntryInfo(key, size)) for key in keys])

    def remove(self, key):
        self.now += 1
        self.catalog.apply([(key, self.now, None)])


@pytest.fixture
async def scene(transactional_db):
    catalog = catalogs.of("prod")
    yield Scene(catalog)
    catalogs.forget_all()
    unwritten.forget_all()


@pytest.fixture
async def mina(transactional_db):
    return await sync_to_async(people.add_person)("mina", "admin")
