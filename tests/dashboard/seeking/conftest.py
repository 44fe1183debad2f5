"""A store in memory with its catalog, and a person whose rights can be taken away."""

import math
import pickle
import secrets

import pytest

from dashboard.access import ROLES, Place, Rights
from dashboard.access.rights import Allowance
from dashboard.catalog import Catalog
from dashboard.seeking import Question, Search
from dashboard.seeking.searches import Searches
from dashboard.stores import Store, StoreConfig
from storage_core.backends.memory import MemoryStorage
from storage_core.entries import EntryInfo
from storage_core.exceptions import StoreUnavailable
from tests.waiting import until

ME = 7


class Storage(MemoryStorage):
    """A store that can be down, and that counts what is asked of it."""

    is_down = False
    questions: list[int]
    most = math.inf
    """Questions that are answered; further ones wait until it is raised."""

    async def fetch(self, keys):
        self.questions.append(len(keys))
        await until(lambda: len(self.questions) <= self.most)
        if self.is_down:
            raise StoreUnavailable("The connection was refused.")
        return await super().fetch(keys)


class Scene:
    """One store, its catalog as the watcher keeps it, and one person who searches."""

    def __init__(self):
        self.store = Store(StoreConfig("prod", f"memory://{secrets.token_hex(8)}", False))
        self.storage = self.store.backend = Storage({})
        self.storage.questions = []
        self.catalog = Catalog()
        self.catalog.report(state="ready")
        self.searches = Searches()
        self.may("*")
        self.now = 0.0

    def may(self, *places):
        reader = ROLES["reader"]
        self.rights = Rights(tuple(Allowance(reader, Place("prod", where)) for where in places))

    async def write(self, values):
        for key, value in values.items():
            data = value if isinstance(value, bytes) else pickle.dumps(value, 4)
            await self.storage.set(key, data)
            self.catalog.apply([(key, 0.0, EntryInfo(key, len(data)))])

    def search(self, text, **where):
        """Start looking for a text."""

        async def rights_now():
            return self.rights

        question = Question("prod", text, **where)
        search = Search(question, self.store, self.catalog, rights_now, clock=lambda: self.now)
        self.searches.start(ME, search)
        return search

    async def found(self, text, **where):
        """A search that has ended."""
        search = self.search(text, **where)
        await until(lambda: not search.is_running)
        return search


@pytest.fixture
async def scene():
    scene = Scene()
    await scene.storage.init()
    yield scene
    await scene.searches.close()
