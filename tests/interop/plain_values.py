"""Values that any bot stores, for both sides to compare: this file imports neither."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

__all__ = ["VALUES"]

VALUES: dict[str, Any] = {
    "none": None,
    "text": "naïve 💡",
    "number": 42,
    "big": 2**80,
    "float": 1.5,
    "bytes": b"\x00\xff",
    "list": [1, [2, [3]]],
    "dict": {"votes": {"anna": 3, 7: True}, "open": False},
    "set": {1, 2, 3},
    "moment": dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC),
    "price": Decimal("1.10"),
    "id": UUID("12345678123456781234567812345678"),
}
