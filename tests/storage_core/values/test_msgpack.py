"""Telling msgpack from other bytes."""

import pytest

from storage_core.values.msgpack import looks_like_msgpack


@pytest.mark.parametrize("data", [
    b"\x81\xa1a\x01",
    b"\x93\xc0\xc3\xcb@\t!\xfbTD-\x18",
    b"\xdc\x00\x01\xd9\x03abc",
    b"\xde\x00\x01\xa1a\xc4\x02\x00\xff",
    b"\x92\xd4\x01\x00\xc7\x02\x05ab",
])  # fmt: skip
def test_a_whole_map_or_array_is_recognised(data):
    assert looks_like_msgpack(data)
    assert not looks_like_msgpack(data[:-1])
    assert not looks_like_msgpack(data + b"\x00")


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\xa1a", b"\x91\xc1", b"\xdd\xff\xff\xff\xff", b"\xff"]
)
def test_other_bytes_are_not(data):
    assert not looks_like_msgpack(data)
