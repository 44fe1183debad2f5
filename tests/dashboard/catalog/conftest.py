"""Catalogs with small chunks, so that a few keys make many of them."""

import pytest

from dashboard.catalog import Catalog, order
from storage_core.entries import EntryInfo


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """The sizes of chunks are tuned for a million keys; the seams between them are what breaks."""
    monkeypatch.setattr(order, "CHUNK", 4)
    monkeypatch.setattr(order, "LIMIT", 8)
    monkeypatch.setattr(order, "STEP", 3)


@pytest.fixture
def catalog():
    """An empty catalog whose clock stands at 1000."""
    return Catalog(clock=lambda: 1000.0)


@pytest.fixture
def write(catalog):
    """Write a key into the catalog as the watcher does after a change."""

    def write(stored_key, size=1, expires_at=None, at=1000.0):
        return catalog.apply([(stored_key, at, EntryInfo(stored_key, size, expires_at))])

    return write


@pytest.fixture
def remove(catalog):
    """Take a key out of the catalog as the watcher does after a change."""
    return lambda stored_key, at=1000.0: catalog.apply([(stored_key, at, None)])
