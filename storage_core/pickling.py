"""The bot's side of a value: bytes that Slack Machine's `dill` wrote, or can read.

Only a bot may use this module. Loading a pickle runs what its bytes say, so nothing of the
dashboard imports it: there, values are read by `storage_core.values`.
"""

import io
import pickle
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import dill  # type: ignore[import-untyped] # it ships no types

__all__ = ["dumps", "loads"]

PROTOCOL: Final = 4
"""What `dill` writes by default."""

SMALL: Final = 4096
"""Bytes of a value whose pickler is used again."""

SAME_IN_PICKLE: Final = frozenset({date, datetime, time, timedelta, Decimal, UUID})
"""Classes whose instances `pickle` and `dill` write as the same bytes."""


NAMES_OF_SAME: Final = frozenset({(cls.__module__, cls.__name__) for cls in SAME_IN_PICKLE})


class _NeedsDillError(Exception):
    """The value holds something that `dill` writes in its own way."""


class _PlainPickler(pickle.Pickler):
    """The C pickler, stopping at the first object that is no plain data.

    Exact instances of the builtin containers and scalars never come to `reducer_override`.
    """

    __slots__ = ("buffer",)

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        super().__init__(self.buffer, PROTOCOL)

    def reducer_override(self, obj: Any) -> Any:
        if type(obj) in SAME_IN_PICKLE or (type(obj) is type and obj in SAME_IN_PICKLE):
            return NotImplemented
        raise _NeedsDillError


class _PlainUnpickler(pickle.Unpickler):
    """The C unpickler, stopping at the first name that is none of these classes: up to there, it
    has done nothing that could not be done again.
    """

    __slots__ = ()

    def find_class(self, *name: str) -> Any:
        if name in NAMES_OF_SAME:
            return super().find_class(*name)
        raise _NeedsDillError


spare: Final[list[_PlainPickler]] = []
"""Picklers at rest: to make one takes longer than a small value does. Taking one out and putting it
back are safe in any thread, and while another one is at work.
"""


def dumps(value: Any) -> bytes:
    """The bytes of `value`. Plain data takes the C pickler, everything else `dill`."""
    try:
        pickler = spare.pop()
    except IndexError:
        pickler = _PlainPickler()
    try:
        pickler.dump(value)
    except _NeedsDillError:
        return dill.dumps(value, protocol=PROTOCOL)  # type: ignore[no-any-return] # dill is untyped
    data = pickler.buffer.getvalue()
    if len(data) <= SMALL:  # what a large one needed it would keep, and clear each time
        pickler.clear_memo()
        pickler.buffer.seek(0)
        pickler.buffer.truncate()
        spare.append(pickler)
    return data


def loads(data: bytes) -> Any:
    """The value of bytes that a bot stored. Runs what they say: never use it outside a bot."""
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except _NeedsDillError:
        return dill.loads(data)
