"""Catalogs with small chunks, so that a few keys make many of them."""

import pytest

from dashboard.catalog import Catalog, duplicates, order
from storage_core.entries import NEVER, Columns, EntryInfo
from storage_core.keys import key_to_bytes


def columns(entries):
    """Sizes and expiries by stored key, as a store's scan gives them that knows both."""
    return Columns(
        [key_to_bytes(str(key)) for key in entries],
        [size for size, _ in entries.values()],
        [NEVER if expires_at is None else expires_at for _, expires_at in entries.values()],
    )


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """The sizes of chunks are tuned for a million keys; the seams between them are what breaks."""
    monkeypatch.setattr(order, "CHUNK", 4)
    monkeypatch.setattr(order, "LIMIT", 8)
    monkeypatch.setattr(order, "STEP", 3)
    monkeypatch.setattr(order, "ROOMY", 3)
    monkeypatch.setattr(order, "SAMPLES", 2)
    monkeypatch.setattr(duplicates, "MANY", 10)


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
