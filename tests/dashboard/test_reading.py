"""Values are read without holding the event loop, whatever they are."""

import asyncio
import pickle

import pytest

from dashboard import reading
from dashboard.reading import asking, previewing
from dashboard.reading import workers as processes
from storage_core.exceptions import RefusedEdit, UnreadableValue
from storage_core.values import Masking

LARGE = pickle.dumps([{"name": f"item {n}", "n": n} for n in range(40_000)], protocol=4)


@pytest.fixture
async def workers():
    async with reading.run():
        yield


async def test_a_small_value_needs_no_worker():
    rows = await reading.outline(pickle.dumps({"a": 1}), mask=None)
    assert [row["label"] for row in rows["rows"]] == ["", "'a'"]


async def test_a_large_value_is_read_by_a_worker_and_answers_the_same(workers):
    rows = await reading.outline(LARGE, mask=None, depth=1, limit=3)
    assert rows["count"] == 40_000
    assert [row["text"] for row in rows["rows"]][1] == "2 items"


async def test_an_edit_of_a_large_value_comes_back_as_bytes(workers):
    _, (data,) = await reading.ask("edit", LARGE, mask=None, path="[0]['n']", text="7")
    assert pickle.loads(data)[0] == {"name": "item 0", "n": 7}


async def test_the_event_loop_is_free_while_a_large_value_is_read(workers):
    await reading.outline(LARGE, mask=None, limit=1)
    asking = asyncio.create_task(reading.ask("text", LARGE, mask=None))
    turns = 0
    while not asking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 50


async def test_a_refusal_comes_back_with_its_place_from_either_side(workers):
    for data in (pickle.dumps([1]), LARGE):
        with pytest.raises(RefusedEdit) as caught:
            await reading.ask("edit", data, mask=None, path="[0]", text="{1,\n 2", change_type=True)
        assert (caught.value.line, caught.value.column) == (2, 3)


async def test_a_worker_that_ends_is_replaced(workers):
    await reading.outline(LARGE, mask=None, limit=1)
    pool = asking.pools[asyncio.get_running_loop()]
    for worker in pool._workers:
        if worker._process is not None:
            worker._process.kill()
            await worker._process.wait()
    assert (await reading.outline(LARGE, mask=None, limit=1))["count"] == 40_000


async def test_a_worker_that_overruns_is_killed_and_the_value_refused_in_words(
    workers, monkeypatch
):
    monkeypatch.setattr(processes, "PATIENCE", 0.01)
    with pytest.raises(UnreadableValue, match="takes too long"):
        await reading.ask("text", LARGE, mask=None)
    monkeypatch.undo()
    assert (await reading.outline(LARGE, mask=None, limit=1))["count"] == 40_000


async def test_a_request_that_is_given_up_does_not_spoil_the_next(workers):
    for _ in range(processes.WORKERS):
        task = asyncio.create_task(reading.ask("text", LARGE, mask=None))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await reading.outline(LARGE, mask=None, limit=1))["count"] == 40_000


QUESTIONS = ("outline", {"limit": 1}), ("text", {"path": "['x']"}), ("facts", {})


@pytest.mark.parametrize("data", [pickle.dumps([1, 2]), LARGE], ids=["small", "large"])
async def test_several_questions_are_answered_in_turn_and_a_refusal_ends_none_but_its_own(
    workers, data
):
    async with reading.asked(data, *QUESTIONS, mask=None) as answers:
        assert (await answers.next()).result["rows"][0]["kind"] == "list"
        with pytest.raises(RefusedEdit, match="nothing is at"):
            await answers.next()
        assert (await answers.next()).result["kind"] == "list"


async def test_answers_that_nobody_took_are_not_given_to_the_next_who_asks(workers):
    async with reading.asked(LARGE, *QUESTIONS, mask=None) as answers:
        await answers.next()
    with pytest.raises(RefusedEdit):
        async with reading.asked(LARGE, *QUESTIONS[1:], mask=None) as answers:
            await answers.next()
    assert (await reading.outline(LARGE, mask=None, limit=1))["count"] == 40_000


async def test_who_gives_up_between_two_answers_leaves_none_behind(workers):
    async def ask_and_wait():
        async with reading.asked(LARGE, *QUESTIONS, mask=None) as answers:
            await answers.next()
            has_one.set()
            await asyncio.Event().wait()

    for _ in range(processes.WORKERS):
        has_one = asyncio.Event()
        task = asyncio.create_task(ask_and_wait())
        await has_one.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await reading.outline(LARGE, mask=None, limit=1))["count"] == 40_000


async def test_more_requests_than_workers_wait_for_their_turn(workers):
    answers = await asyncio.gather(*(reading.outline(LARGE, mask=None, limit=1) for _ in range(5)))
    assert {answer["count"] for answer in answers} == {40_000}


async def test_the_next_question_about_a_value_goes_to_the_worker_that_read_it(workers):
    pool = asking.pools[asyncio.get_running_loop()]
    other = LARGE.replace(b"item 1", b"item 2")
    await asyncio.gather(*(reading.outline(one, mask=None, limit=1) for one in (LARGE, other)))
    readers = [worker for worker in pool._workers if worker.has_read([LARGE])]
    await reading.outline(other, mask=None, limit=1)
    await reading.outline(LARGE, mask=None, limit=1)
    assert len(readers) == 1
    assert [worker for worker in pool._workers if worker.has_read([LARGE])] == readers


async def test_who_can_wait_asks_behind_those_who_cannot_and_of_the_one_that_knows(workers):
    asking_first = asyncio.create_task(reading.outline(LARGE, mask=None, limit=1))
    await asyncio.sleep(0)
    facts, _ = await reading.ask_aside("facts", LARGE, mask=None)
    assert asking_first.done()
    assert facts["kind"] == "list"
    assert sum(worker._process is not None for worker in workers_of_this_loop()) == 1


async def test_a_comparison_of_many_levels_is_not_made_on_the_event_loop(workers):
    deep = b"\x80\x04" + b")" + b"\x85" * 12_000 + b"."
    found, _ = await reading.ask("diff", deep, deep.replace(b")", b"N"), mask=None)
    assert len(found) == 1
    assert any(worker._process is not None for worker in workers_of_this_loop())


def workers_of_this_loop():
    return asking.pools[asyncio.get_running_loop()]._workers


async def test_previews_are_the_same_the_second_time_and_as_long_as_was_asked():
    values = [pickle.dumps(value) for value in ("x" * 200, 1, "x" * 200)]
    first = await reading.previews(values, mask=None)
    assert await reading.previews(values[::-1], mask=None) == first[::-1]
    short = await reading.previews(values, mask=None, limit=20)
    assert len(short[0]["text"]) < len(first[0]["text"])


async def test_a_preview_that_is_remembered_is_not_given_under_another_mask():
    value = pickle.dumps({"token": "xoxb-1234"})
    masks = [None, Masking("a"), Masking("a", spared=("token",)), None]
    texts = [(await reading.previews([value], mask=mask))[0]["text"] for mask in masks]
    assert ["xoxb" in text for text in texts] == [True, False, True, True]


@pytest.mark.parametrize("name", ["text", "edit", "preview"])
async def test_nobody_can_forget_to_say_what_is_masked(workers, name):
    with pytest.raises(TypeError, match="rules of masking"):
        await reading.make(name, pickle.dumps(1))
    with pytest.raises(TypeError, match="rules of masking"):
        await reading.Worker().ask(name, [LARGE], {})


async def test_only_so_many_previews_are_remembered(monkeypatch):
    monkeypatch.setattr(previewing, "MOST_REMEMBERED", 3)
    told = previewing.Told()
    for number in range(5):
        told.put((b"%d" % number, ""), {"text": str(number)})
    assert told.get((b"1", "")) is None
    assert told.get((b"4", "")) == {"text": "4"}
    told.put((b"x" * 5000, ""), {"text": "large"})
    assert told.get((b"x" * 5000, "")) is None
