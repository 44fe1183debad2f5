"""A value that is not there yet: of what kind it is to be, and the control that takes it."""

from collections.abc import Mapping
from typing import Final

from dashboard.web.clocks import PICKERS, Clock
from dashboard.web.controls import Control, posted_control, typed_text

__all__ = ["KINDS", "SWITCH", "made_control", "made_text"]

KINDS: Final = (
    ("source", "List, dict or other"),
    ("text", "Text"),
    ("number", "Number"),
    ("bool", "True or False"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("time", "Time of day"),
    ("timedelta", "Length of time"),
    ("Decimal", "Decimal"),
    ("Fraction", "Fraction"),
    ("UUID", "UUID"),
    ("Path", "Path"),
)
"""What a form offers: the names are those of the controls."""
SWITCH: Final = "switch"
"""The field that asks for another control, and for nothing else yet."""


def made_control(fields: Mapping[str, str]) -> Control:
    """The control of the chosen kind, with what was typed so far where it takes that."""
    control = posted_control(fields, "")
    if SWITCH in fields and control.name in {"bool", *PICKERS}:
        clock = Clock(control.name) if control.name in PICKERS else None
        return Control(control.name, "", "", clock)
    return control


def made_text(fields: Mapping[str, str]) -> str:
    """What was typed, in typed notation. Raises RefusedEdit for what is not of the chosen kind."""
    return typed_text(fields)
