"""How names, sizes, counts and moments are said to people."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = [
    "Moment",
    "ago",
    "count",
    "cut",
    "duration",
    "key_name",
    "left",
    "moment",
    "plugin_name",
    "plural",
    "sentence",
    "size",
    "visible",
    "visible_lines",
]

# What would not show, would break the page's encoding, or would reorder the text around it:
# control characters, lone surrogates, direction marks, invisible separators. Joiners stay: they
# belong to emoji and to several scripts.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
# Of a name, besides: spaces at its ends and next to another, which a page would not show, and those
# that look like an ordinary one.
UNTOLD = re.compile(r"\A\s+|\s+\Z|(?<=\s)\s+|[^\S ]+")
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
UNITS = ("kB", "MB", "GB", "TB")
MINUTE, HOUR, DAY = 60, 3600, 86400


def visible(text: str) -> str:
    """`text` with every character that would not show spelled out, as Python spells it."""
    return UNSEEN.sub(spelled, text)


def visible_lines(text: str) -> str:
    """As `visible`, for a text that is shown over several lines."""
    return "\n".join(visible(line) for line in text.split("\n"))


def key_name(name: str) -> str:
    """The name of a key for a list or a heading: never blank, and told from every other name of
    which it differs by spaces alone.
    """
    if not name:
        return "(empty name)"
    is_plain = name.isprintable() and name.strip() == name and "  " not in name
    return name if is_plain else visible(UNTOLD.sub(spelled, name))


def spelled(found: re.Match[str]) -> str:
    return "".join(spelled_one(character) for character in found[0])


def spelled_one(character: str) -> str:
    code = ord(character)
    if character in SHORT:
        return SHORT[character]
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8, kept by surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def sentence(text: str) -> str:
    """What the core says, visible and with a capital letter."""
    return visible(text[:1].upper() + text[1:])


def count(number: int) -> str:
    """41208 as `41,208`."""
    return f"{number:,}"


def cut(text: str, longest: int) -> str:
    """`text` with no more than about `longest` characters, and an ellipsis where more were."""
    return text if len(text) <= longest else f"{text[: longest - 20]}…"


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 key`, `41,208 keys`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(octets: int | None) -> str:
    """Bytes in the unit that gives two or three digits, counted in thousands: `1.2 kB`."""
    if octets is None:
        return "–"
    if octets < 1000:
        return f"{octets} B"
    scaled = float(octets)
    unit = ""
    for unit in UNITS:  # noqa: B007 - the last unit is used for whatever is larger
        scaled /= 1000
        if scaled < 999.5:
            break
    return f"{scaled:.1f} {unit}" if scaled < 9.95 else f"{scaled:,.0f} {unit}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `13 h 04 min`."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE:02d} s"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    return f"{plural(whole // DAY, 'day')} {whole % DAY // HOUR} h"


def ago(seconds: float) -> str:
    """How long ago, in one unit: `2 s ago`."""
    whole = max(0, int(seconds))
    if whole < 1:
        return "now"
    if whole < MINUTE:
        return f"{whole} s ago"
    if whole < HOUR:
        return f"{whole // MINUTE} min ago"
    if whole < DAY:
        return f"{whole // HOUR} h ago"
    return f"{plural(whole // DAY, 'day')} ago"


def left(seconds: float) -> str:
    """The time that is left, in one unit, for a column: `13 h`; or since when it is over."""
    if seconds <= 0:
        return "expired" if seconds > -MINUTE else f"expired {ago(-seconds)}"
    if seconds < 1:
        return "under 1 s"
    if round(seconds) < MINUTE:
        return f"{round(seconds)} s"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min"
    if seconds < 2 * DAY:
        return f"{round(seconds / HOUR)} h"
    return plural(round(seconds / DAY), "day")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for a `<time>` element: the script keeps `text` true while the page is open."""

    iso: str
    exact: str
    text: str


def moment(
    at: float | datetime | None, *, now: float | None = None, ahead: bool = False
) -> Moment | None:
    """A moment as people say it; `ahead` for one that is to come (seconds since the epoch)."""
    if at is None:
        return None
    stamp = at.timestamp() if isinstance(at, datetime) else at
    now = time.time() if now is None else now
    try:
        when = datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, OSError, ValueError):  # a bot may set an expiry of a million years
        return Moment("", "later than the calendar goes", "far ahead")
    text = left(stamp - now) if ahead else ago(now - stamp)
    exact = when.isoformat(" ", "seconds")[:19]  # half of what `strftime` takes, for each row
    return Moment(when.isoformat(), f"{exact} UTC", text)


def plugin_name(namespace: str) -> tuple[str, str]:
    """A namespace as people say it: the class name, and the dotted module before it."""
    module, _, name = namespace.rpartition(".")
    return visible(name or namespace), visible(module)
