"""What the dashboard asks of stored values: see `asking`."""

from dashboard.reading.asking import (
    Mask,
    as_json,
    ask,
    ask_aside,
    asked,
    check_write,
    hides,
    make,
    outline,
    run,
)
from dashboard.reading.previewing import preview, previews
from dashboard.reading.workers import Answer, Worker

__all__ = [
    "Answer",
    "Mask",
    "Worker",
    "as_json",
    "ask",
    "ask_aside",
    "asked",
    "check_write",
    "hides",
    "make",
    "outline",
    "preview",
    "previews",
    "run",
]
