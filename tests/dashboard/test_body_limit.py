"""A request cannot fill the disk."""

import pytest

from dashboard.body_limit import BodyLimit


async def reading_all(scope, receive, send):
    """An application that reads the body to its end, as Django does, and tells its length."""
    length, is_complete = 0, False
    while not is_complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        is_complete = not message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


async def answer_to(parts, headers=()):
    """Status and body that come back for a body in these parts, and how many of them were read."""
    waiting, sent = list(parts), []

    async def receive():
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": list(headers)}
    await BodyLimit(reading_all, largest=100)(scope, receive, send)
    return sent[0]["status"], sent[1]["body"], len(parts) - len(waiting)


async def test_a_body_within_the_limit_passes():
    assert await answer_to([b"x" * 60, b"x" * 40]) == (200, b"100", 2)


async def test_a_body_that_says_it_is_too_large_is_not_read_at_all():
    status, body, read = await answer_to([b"x"], [(b"content-length", b"101")])
    assert (status, read) == (413, 0)
    assert b"Nothing was changed" in body


async def test_a_body_of_unknown_length_is_cut_off_where_it_passes_the_limit():
    status, _, read = await answer_to([b"x" * 60] * 10)
    assert (status, read) == (413, 2)


@pytest.mark.parametrize("declared", [b"abc", b"-5", b""])
async def test_a_length_that_is_none_does_not_lift_the_limit(declared):
    status, _, _ = await answer_to([b"x" * 101], [(b"content-length", declared)])
    assert status == 413
