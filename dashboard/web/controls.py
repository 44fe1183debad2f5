"""The right control for a value's type: typed notation to form fields, and back.

Typed notation is what the core reads (`'text'`, `42`, `datetime("2026-11-24T09:00:00+00:00")`). A
control shows only the part that a person wants to change, and keeps the rest as it was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.web.clocks import PICKERS, Clock, clock_of, posted_clock
from dashboard.web.spellings import SPELLED, spelled, written
from storage_core.exceptions import RefusedEdit

__all__ = ["PICKERS", "Control", "control_of", "posted_control", "typed_text"]

# Characters that a text field would drop or change: those go as typed notation instead.
NOT_FOR_FIELDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
NUMBER = re.compile(
    r"[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?|0[xob][\da-f_]+|float\(.*\)",
    re.IGNORECASE,
)
NO_FINITE = re.compile(r"float\('(nan|inf|-inf)'\)")
SAID_NO_FINITE = re.compile(r"nan|\+?inf(?:inity)?|(-inf)(?:inity)?", re.IGNORECASE)
NO_NUMBER = "This is a number: write digits, such as 42 or 3.5, with a point and without spaces."
LONG = 60  # characters; a longer text gets a field of several lines


@dataclass(frozen=True, slots=True)
class Control:
    """A form field: `name` says which, `text` is what it starts with.

    `clock` has the further fields of a point in time; `is_long` asks for several lines; `type` is
    the value's type as people read it.
    """

    name: str
    text: str
    type: str
    clock: Clock | None = None
    is_long: bool = False

    @property
    def input_type(self) -> str:
        """What HTML calls the field."""
        return PICKERS.get(self.name, "text")

    @property
    def is_tall(self) -> bool:
        """Whether it takes several lines."""
        return self.is_long or self.name == "source"


def control_of(row: Mapping[str, Any], *, as_source: bool = False) -> Control:
    """The control for a row of an outline; typed notation where no other keeps the value exact."""
    name = "source" if as_source else row["control"]
    kind, typed = row["kind"], row["edit_text"] or ""
    if row["group"] == "masked" and name in {"text", "number", *SPELLED}:
        return Control(name, "", kind)
    text = plain_text(name, row["raw"], typed)
    if name in PICKERS:
        kept = [note for note in row["notes"] if "time zone" in note]
        clock = clock_of(name, typed, *kept[:1])
        if clock is not None:
            return Control(name, clock.text, kind, clock)
    elif text is not None:
        return Control(name, text, kind, is_long=name == "text" and is_long(text))
    return Control("source", typed, kind, is_long=is_long(typed))


def plain_text(name: str, raw: str | None, typed: str) -> str | None:
    """What a field of one text starts with; None where it would not keep the value exact."""
    if name == "bool":
        return typed
    if name == "number":
        found = NO_FINITE.fullmatch(typed)
        return found[1] if found else typed
    text = raw if name == "text" else written(name, typed)
    is_kept = text is not None and not NOT_FOR_FIELDS.search(text)
    return text if is_kept and (name == "text" or not {"\n", "\t"} & set(text or "")) else None


def is_long(text: str) -> bool:
    return "\n" in text or "\t" in text or len(text) > LONG


def typed_text(posted: Mapping[str, str]) -> str:
    """What the form's fields say, in typed notation.

    Raises RefusedEdit for what cannot be of the kind that the control is for, such as a number.
    """
    name, text = posted.get("control", "source"), posted.get("text", "")
    text = text.replace("\r\n", "\n")  # what browsers make of a line's end
    if name == "text":
        return repr(text)
    if name in PICKERS:
        return posted_clock(name, posted).typed
    if name in SPELLED:
        return spelled(name, text)
    if name == "number":
        return number_of(text.strip())
    return text.strip() if name == "bool" else text


def number_of(text: str) -> str:
    """A number in typed notation; `nan` and `inf` as people write them. Raises RefusedEdit."""
    said = SAID_NO_FINITE.fullmatch(text)
    if said:
        return f"float('{said[1] or said[0].lstrip('+')[:3]}')".lower()
    if not NUMBER.fullmatch(text):
        raise RefusedEdit(NO_NUMBER)
    return text


def posted_control(posted: Mapping[str, str], kind: str) -> Control:
    """The control as it was posted, so that nothing that was typed is lost."""
    name, text = posted.get("control", "source"), posted.get("text", "").replace("\r\n", "\n")
    if name in PICKERS:
        return Control(name, text, kind, posted_clock(name, posted))
    if name in SPELLED or name in {"text", "bool", "number"}:
        return Control(name, text, kind, is_long=name == "text" and is_long(text))
    return Control("source", text, kind, is_long=is_long(text))
