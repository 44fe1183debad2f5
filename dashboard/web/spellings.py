"""How people write a Decimal, a UUID, a length of time …, and the typed notation of the same.

The typed notation is `Decimal("1.20")`; in a field of that kind a person writes `1.20`.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from storage_core.exceptions import RefusedEdit
from storage_core.values.literals import parse_prefix
from storage_core.values.names import text_of

__all__ = ["SPELLED", "spelled", "written"]

SAMPLES: Final = {
    "Decimal": "a decimal number, such as 1.20, with a point and without spaces",
    "Fraction": "a fraction, such as 8/13; what stands under the line is not 0",
    "UUID": "a UUID: 32 digits from 0 to f, such as 1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    "Path": "a path, such as /srv/bot/notes.txt",
    "PurePosixPath": "a path, such as /srv/bot/notes.txt",
    "WindowsPath": "a path, such as C:\\bot\\notes.txt",
    "PureWindowsPath": "a path, such as C:\\bot\\notes.txt",
    "IPv4Address": "an address, such as 192.0.2.7",
    "IPv6Address": "an address, such as 2001:db8::7",
    "IPv4Network": "a network, such as 192.0.2.0/24",
    "IPv6Network": "a network, such as 2001:db8::/32",
    "IPv4Interface": "an address in its network, such as 192.0.2.7/24",
    "IPv6Interface": "an address in its network, such as 2001:db8::7/32",
    "timedelta": "a length of time, such as 1 d 02:30:00, or 90 min; a minus counts for all of it",
}
SPELLED: Final = frozenset(SAMPLES)
"""The kinds that have a field of their own, in which their text is written as it is."""
_DECIMAL = re.compile(
    r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|s?nan\d*)",
    re.ASCII | re.IGNORECASE,
)
_FRACTION = re.compile(r"([+-]?\d+)(?:\s*/\s*(0*[1-9]\d*))?", re.ASCII)
_LENGTH = re.compile(
    r"(?P<sign>[+-]?)\s*(?:(?P<weeks>\d{1,9})\s*w(?:eeks?)?[\s,]*)?"
    r"(?:(?P<days>\d{1,9})\s*d(?:ays?)?[\s,]*)?"
    r"(?:(?P<clock_h>\d{1,9}):(?P<clock_m>[0-5]?\d)(?::(?P<clock_s>[0-5]?\d)(?:\.(?P<micro>\d{1,6}))?)?"
    r"|(?:(?P<hours>\d{1,9})\s*h(?:ours?)?[\s,]*)?(?:(?P<minutes>\d{1,9})\s*m(?:in(?:utes?)?)?[\s,]*)?"
    r"(?:(?P<seconds>\d{1,9})\s*s(?:ec(?:onds?)?)?)?)",
    re.ASCII,
)
_AS_PYTHON = re.compile(r"-?\d{1,9} days?, \d{1,2}:\d\d:\d\d(?:\.\d{1,6})?", re.ASCII)
"""What Python itself writes: its minus counts for the days only."""


def written(kind: str, typed: str) -> str | None:
    """What stands in the field for a value of this kind; None if its notation is another."""
    head = f'{kind}("'
    if kind not in SPELLED or not typed.startswith(head) or not typed.endswith('")'):
        return None
    node, end = parse_prefix(typed, len(head) - 1)
    text = text_of(node)
    if text is None or end != len(typed) - 1:
        return None
    return length_written(text) if kind == "timedelta" else text


def length_written(text: str) -> str:
    """`-1 day, 23:00:00` as people would say it: `-01:00:00`."""
    length = length_of(text)
    sign, length = ("-", -length) if length < timedelta(0) else ("", length)
    minutes, seconds = divmod(length.seconds, 60)
    days = f"{length.days} d " if length.days else ""
    micro = f".{length.microseconds:06}" if length.microseconds else ""
    return f"{sign}{days}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{micro}"


def spelled(kind: str, text: str) -> str:
    """The typed notation of what a person wrote. Raises RefusedEdit, in words about its kind."""
    try:
        plain = READERS[kind](text.strip()) if kind in READERS else text
    except (ValueError, OverflowError) as error:
        raise RefusedEdit(f"This is {SAMPLES[kind]}.") from error
    return f"{kind}({plain!r})"


def decimal_of(text: str) -> str:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    is_word = text.lower().lstrip("+-").startswith(("i", "n", "s"))
    return text.lower().replace("nan", "NaN") if is_word else text


def fraction_of(text: str) -> str:
    match = _FRACTION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return f"{match[1]}/{match[2]}" if match[2] else match[1]


def length_of(text: str) -> timedelta:
    """A length of time, however it is written. Raises ValueError and OverflowError."""
    is_python = _AS_PYTHON.fullmatch(text) is not None
    match = _LENGTH.fullmatch(text)
    if match is None or not text.strip("+- "):
        raise ValueError(text)
    number = {name: int(found or 0) for name, found in match.groupdict().items() if name != "sign"}
    clock = timedelta(
        hours=number["clock_h"] + number["hours"],
        minutes=number["clock_m"] + number["minutes"],
        seconds=number["clock_s"] + number["seconds"],
        microseconds=int((match["micro"] or "").ljust(6, "0")),
    )
    days = timedelta(weeks=number["weeks"], days=number["days"])
    if match["sign"] != "-":
        return days + clock
    return clock - days if is_python else -(days + clock)


def address_reader(kind: str) -> Callable[[str], str]:
    """What reads an address or a network of this kind."""
    make: Callable[[str], object] = getattr(ipaddress, kind)
    return lambda text: str(make(text))


READERS: Final[dict[str, Callable[[str], str]]] = {
    "Decimal": decimal_of,
    "Fraction": fraction_of,
    "UUID": lambda text: str(UUID(text)),
    "timedelta": lambda text: str(length_of(text)),
    **{kind: address_reader(kind) for kind in SPELLED if kind.startswith("IPv")},
}
