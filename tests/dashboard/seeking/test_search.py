"""A text is looked for in all values that the person may see, and in no others."""

import math
import os
import pickle
import tempfile
from pathlib import Path

import pytest

from dashboard import seeking
from dashboard.catalog import CatalogRow
from dashboard.seeking import pace
from dashboard.seeking import search as searching
from storage_core.keys import KeyRef
from tests.waiting import until

KARMA, STANDUP = "acme.Karma", "acme.Standup"
CANARY = Path(tempfile.gettempdir()) / f"cubbyhole-seeking-{os.getpid()}"
VALUES = {
    f"{KARMA}:U1": {"name": "Mina", "points": 17},
    f"{KARMA}:U2": {"name": "Jon", "points": 4},
    f"{STANDUP}:today": ["Mina is on leave"],
    "rota": {"mina": "Tue"},
}


class Runs:
    def __reduce__(self):
        return os.system, (f"touch {CANARY}",)


def has_run():
    return CANARY.exists()


async def test_it_finds_strings_names_and_numbers_in_all_namespaces(scene):
    await scene.write(VALUES)
    search = await scene.found("mina")
    assert [(hit.stored_key, hit.path, hit.text, hit.is_name) for hit in search.hits] == [
        ("rota", "['mina']", "mina", True),
        (f"{KARMA}:U1", "['name']", "Mina", False),
        (f"{STANDUP}:today", "[0]", "Mina", False),
    ]
    assert (search.state, search.looked, search.total) == ("done", 4, 4)
    assert [hit.path for hit in (await scene.found("17")).hits] == ["['points']"]


async def test_it_looks_in_one_namespace_or_the_shared_keys_only(scene):
    await scene.write(VALUES)
    keys = {
        where: [hit.stored_key for hit in (await scene.found("mina", **asked)).hits]
        for where, asked in {
            "plugin": {"namespace": KARMA, "is_whole_store": False},
            "shared": {"is_whole_store": False},
        }.items()
    }
    assert keys == {"plugin": [f"{KARMA}:U1"], "shared": ["rota"]}


async def test_what_the_person_may_not_see_is_not_looked_at_nor_counted(scene):
    await scene.write(VALUES)
    scene.may(KARMA)
    search = await scene.found("mina")
    assert [hit.stored_key for hit in search.hits] == [f"{KARMA}:U1"]
    assert (search.looked, search.total) == (2, 2)


async def test_a_right_that_is_lost_meanwhile_takes_its_hits_with_it(scene, monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 1)
    await scene.write({f"{KARMA}:a": "x"} | {f"{STANDUP}:{n}": "x" for n in range(50)})
    scene.storage.most = 3
    search = scene.search("x")
    await until(lambda: len(search.hits) > 2)
    scene.may(STANDUP)
    scene.now += searching.RIGHTS_KEPT
    scene.storage.most = math.inf
    await until(lambda: not search.is_running)
    assert {hit.namespace for hit in search.hits} == {STANDUP}
    assert len(search.hits) == 50


async def test_without_any_right_left_it_ends(scene, monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 1)
    await scene.write({f"{KARMA}:{n}": "x" for n in range(50)})
    scene.storage.most = 1
    search = scene.search("x")
    await until(lambda: search.hits)
    scene.may()
    scene.now += searching.RIGHTS_KEPT
    scene.storage.most = math.inf
    await until(lambda: not search.is_running)
    assert search.hits == []
    assert search.looked < 50


async def test_many_small_values_are_asked_for_together(scene):
    await scene.write({f"{KARMA}:{n:04}": n for n in range(2000)})
    search = await scene.found("1999")
    assert [hit.stored_key for hit in search.hits] == [f"{KARMA}:1999"]
    assert max(scene.storage.questions) <= pace.MOST
    assert len(scene.storage.questions) < 100


async def test_it_stops_at_so_many_hits(scene, monkeypatch):
    monkeypatch.setattr(searching, "MOST_HITS", 30)
    await scene.write({f"{KARMA}:{n:03}": "x" for n in range(300)})
    search = await scene.found("x")
    assert (search.state, len(search.hits)) == ("full", 30)
    assert search.looked < 300


async def test_a_value_with_many_places_gives_the_first_of_them(scene):
    await scene.write({f"{KARMA}:a": ["x"] * 100, f"{KARMA}:b": "x"})
    search = await scene.found("x")
    assert [hit.stored_key[-1] for hit in search.hits] == ["a"] * searching.MOST_IN_VALUE + ["b"]
    assert search.cut == 1


async def test_what_is_too_large_is_not_read_and_counted(scene, monkeypatch):
    monkeypatch.setattr(searching, "LARGEST", 1000)
    await scene.write({f"{KARMA}:large": "x" * 2000, f"{KARMA}:small": "x"})
    search = await scene.found("x")
    assert [hit.stored_key for hit in search.hits] == [f"{KARMA}:small"]
    assert (search.too_large, search.looked) == (1, 2)


async def test_what_is_masked_is_not_found(scene):
    await scene.write({f"{KARMA}:bot": {"api_key": "hidden-word", "note": "plain-word"}})
    assert [hit.path for hit in (await scene.found("word")).hits] == ["['note']"]


async def test_no_value_runs_anything(scene):
    await scene.write({f"{KARMA}:evil": pickle.dumps([Runs(), "needle"])})
    assert len((await scene.found("needle")).hits) == 1
    assert not has_run()


async def test_a_store_that_is_down_is_waited_for(scene):
    await scene.write(VALUES)
    scene.storage.is_down = True
    search = scene.search("mina")
    await until(lambda: search.trouble)
    assert search.trouble == "The connection was refused."
    scene.storage.is_down = False
    await until(lambda: not search.is_running)
    assert (search.trouble, len(search.hits)) == ("", 3)


async def test_it_ends_when_nobody_looks_at_it(scene):
    await scene.write(VALUES)
    scene.storage.is_down = True
    search = scene.search("mina")
    await until(lambda: search.trouble)
    scene.now = searching.PATIENCE - 1
    search.look()
    scene.now += searching.PATIENCE
    await until(lambda: len(scene.storage.questions) > 1)
    assert search.is_running
    scene.now += 1
    await until(lambda: not search.is_running)
    assert search.state == "left"


async def test_it_begins_when_the_keys_are_known(scene):
    scene.catalog.report(state="scanning")
    await scene.write(VALUES)
    search = scene.search("mina")
    await until(lambda: search.total == 4)
    assert search.looked == 0
    scene.catalog.report(state="ready")
    await until(lambda: not search.is_running)
    assert len(search.hits) == 3


async def test_a_backend_that_breaks_ends_it_in_words(scene, caplog, monkeypatch):
    async def broken(_keys):
        raise RuntimeError("a bug of theirs")

    await scene.write(VALUES)
    monkeypatch.setattr(scene.storage, "fetch", broken)
    assert (await scene.found("mina")).state == "failed"
    assert "a bug of theirs" in caplog.text


def test_fewer_values_are_asked_for_where_the_store_is_slow():
    batches = pace.Batches()
    rows = [CatalogRow(KeyRef(None, str(n)), str(n), 10, None, None, None) for n in range(100)]
    assert [len(batch) for batch in batches.of(rows)] == [50, 50]
    batches.note(1.0)
    assert [len(batch) for batch in batches.of(rows)] == [25] * 4
    for _ in range(5):
        batches.note(0.001)
    assert [len(batch) for batch in batches.of(rows)] == [100]


@pytest.mark.parametrize(
    ("size", "batches"), [(pace.BYTES // 2, [2, 2]), (2 * pace.BYTES, [1] * 4)]
)
def test_a_batch_has_so_many_bytes_at_most(size, batches):
    rows = [CatalogRow(KeyRef(None, str(n)), str(n), size, None, None, None) for n in range(4)]
    assert [len(batch) for batch in pace.Batches().of(rows)] == batches


def test_the_speed_is_that_of_the_last_seconds():
    speed = pace.Speed()
    assert speed.rate == 0.0
    for second in range(30):
        speed.note(second, 100 * second if second < 15 else 1500 + 10 * second)
    assert speed.rate == pytest.approx(10.0)


def test_a_question_is_about_the_whole_store_or_one_list():
    assert seeking.Question("prod", "x").is_about(KARMA)
    assert not seeking.Question("prod", "x", None, is_whole_store=False).is_about(KARMA)
