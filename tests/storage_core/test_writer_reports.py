"""A plugin that says which shared keys it writes."""

from typing import Any

import pytest

from storage_core import BrowsableStorage, MachineBaseStorage, PluginStorage
from storage_core.keys import WRITERS, report_of, reported

KARMA = "acme.plugins.karma.Karma"
REPORT = f"{WRITERS}:{KARMA}:team"


class CountingStorage(MachineBaseStorage):
    """Remembers what was stored, and refuses reports if it is told to."""

    refuses_reports = False

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.stored: list[str] = []

    async def get(self, key: str) -> bytes | None:
        return None

    async def set(self, key: str, value: bytes, expires: int | None = None) -> None:
        if self.refuses_reports and key.startswith(WRITERS):
            raise RuntimeError("No.")
        self.stored.append(key)

    async def delete(self, key: str) -> None:
        pass

    async def has(self, key: str) -> bool:
        return key in self.stored

    async def size(self) -> int:
        return 0


@pytest.fixture
def counting() -> CountingStorage:
    return CountingStorage({})


async def test_a_plugin_reports_a_shared_key_the_first_time_it_writes_it(
    counting: CountingStorage,
) -> None:
    storage = PluginStorage(KARMA, counting, reports_writer=True)
    for _ in range(3):
        await storage.set("team", 1, shared=True)
    assert counting.stored == ["team", REPORT, "team", "team"]


async def test_its_own_keys_are_nobodys_business(counting: CountingStorage) -> None:
    storage = PluginStorage(KARMA, counting, reports_writer=True)
    await storage.set("team", 1)
    assert counting.stored == [f"{KARMA}:team"]


async def test_nothing_is_reported_unless_it_is_asked_for(counting: CountingStorage) -> None:
    await PluginStorage(KARMA, counting).set("team", 1, shared=True)
    assert counting.stored == ["team"]


async def test_what_is_stored_is_stored_although_the_report_is_refused(
    counting: CountingStorage,
) -> None:
    counting.refuses_reports = True
    await PluginStorage(KARMA, counting, reports_writer=True).set("team", 1, shared=True)
    assert counting.stored == ["team"]


async def test_a_report_is_told_by_its_name_over_every_backend(backend: BrowsableStorage) -> None:
    storage = PluginStorage(KARMA, backend, reports_writer=True)
    await storage.set("rbac:role:admin", 1, shared=True)
    keys = [entry.key async for entries in backend.scan() for entry in entries]
    assert [reported(key) for key in sorted(keys)] == [(KARMA, "rbac:role:admin"), None]


@pytest.mark.parametrize("key", ["team", "a.b:c", "a.B:rbac:x", "caf\udce9", ""])
def test_a_report_gives_back_the_plugin_and_the_key(key: str) -> None:
    assert reported(report_of(KARMA, key)) == (KARMA, key)


@pytest.mark.parametrize("key", ["team", f"{KARMA}:team", f"{WRITERS}:team", f"{WRITERS}:"])
def test_other_keys_are_no_reports(key: str) -> None:
    assert reported(key) is None
