"""The right control for a value's type: typed notation to form fields, and back.

Typed notation is what the core reads (`'text'`, `42`, `datetime("2026-11-24T09:00:00+00:00")`). A
control shows only the part that a person wants to change, and keeps the rest as it was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage_core.exceptions import RefusedEdit

__all__ = ["Control", "control_of", "typed_text"]

# Characters that a text field would drop or change: those go as typed notation instead.
NOT_FOR_FIELDS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOMENT = re.compile(
    r'(?P<head>(?:datetime|date|time)\(")'
    r"(?P<day>\d{4}-\d\d-\d\d)?T?(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,3}(?:000)?)?)?)?"
    r'(?P<tail>(?:[+-]\d\d:\d\d(?::\d\d)?)?".*\))',
    re.DOTALL,
)
NUMBER = re.compile(
    r"[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?|0[xob][\da-f_]+|float\(.*\)",
    re.IGNORECASE,
)
NO_NUMBER = "This is a number: write digits, such as 42 or 3.5, with a point and without spaces."
PICKERS = {"datetime": "datetime-local", "date": "date", "time": "time"}
LONG = 60  # characters; a longer text gets a field of several lines


@dataclass(frozen=True, slots=True)
class Control:
    """A form field: `name` says which, `text` is what it starts with.

    `head` and `tail` are the typed notation around what a picker shows; `is_long` asks for several
    lines; `type` is the value's type as people read it.
    """

    name: str
    text: str
    type: str
    head: str = ""
    tail: str = ""
    input_type: str = "text"
    is_long: bool = False

    @property
    def is_tall(self) -> bool:
        """Whether it takes several lines."""
        return self.is_long or self.name == "source"


def control_of(row: Mapping[str, Any], *, as_source: bool = False) -> Control:
    """The control for a row of an outline; typed notation where no other keeps the value exact."""
    kind, typed = row["kind"], row["edit_text"] or ""
    if row["group"] == "masked" and not as_source and row["control"] in ("text", "number"):
        return Control(row["control"], "", kind)
    name = "source" if as_source else row["control"]
    if name == "text" and row["raw"] is not None and not NOT_FOR_FIELDS.search(row["raw"]):
        raw = row["raw"]
        return Control("text", raw, kind, is_long="\n" in raw or len(raw) > LONG)
    if name == "bool":
        return Control("bool", typed, kind)
    if name == "number":
        return Control("number", typed, kind)
    if name in PICKERS:
        found = MOMENT.fullmatch(typed)
        if found and found["head"] == f'{name}("':
            shown = "T".join(part for part in (found["day"], found["clock"]) if part)
            return Control(name, shown, kind, found["head"], found["tail"], PICKERS[name])
    return Control("source", typed, kind, is_long="\n" in typed or len(typed) > LONG)


def typed_text(posted: Mapping[str, str]) -> str:
    """What the form's field says, in typed notation.

    Raises RefusedEdit for a number that is none.
    """
    name, text = posted.get("control", "source"), posted.get("text", "")
    text = text.replace("\r\n", "\n")  # what browsers make of a line's end
    if name == "text":
        return repr(text)
    if name in PICKERS:
        return f"{posted.get('head', '')}{text}{posted.get('tail', '')}"
    if name == "number" and not NUMBER.fullmatch(text.strip()):
        raise RefusedEdit(NO_NUMBER)
    return text.strip() if name in {"number", "bool"} else text


def posted_control(posted: Mapping[str, str], kind: str) -> Control:
    """The control as it was posted, so that nothing that was typed is lost."""
    name, text = posted.get("control", "source"), posted.get("text", "").replace("\r\n", "\n")
    return Control(
        name if name in {"text", "bool", "number", *PICKERS} else "source",
        text,
        kind,
        posted.get("head", ""),
        posted.get("tail", ""),
        PICKERS.get(name, "text"),
        is_long="\n" in text or len(text) > LONG,
    )
