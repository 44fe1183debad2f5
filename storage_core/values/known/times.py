"""The datetime family, with zones and fold.

Formats (CPython `Modules/_datetimemodule.c`, `datetime_getstate` and its siblings): a datetime is
ten bytes, year (2, big-endian), month with `fold` as its top bit, day, hour, minute, second,
microsecond (3); a date its first four; a time its last six, with `fold` as the hour's top bit. The
zone is a second argument.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from storage_core.values import zones
from storage_core.values.known.octets import bytes_of
from storage_core.values.names import arguments, name_of, plain_values, text_of
from storage_core.values.notation_text import quoted
from storage_core.values.shape import Shape
from storage_core.values.tree import Atom, Call, Global, Node, Seq, resolve

__all__ = ["SHAPES", "TYPED", "moment_of", "zone_key", "zone_text"]

_UNPICKLE_ZONE: Final = "zoneinfo.ZoneInfo._unpickle"
_DELTA = re.compile(
    r"(?:(?P<days>[+-]?\d{1,9}) days?(?:, )?)?"
    r"(?:(?P<sign>[+-]?)(?P<h>\d{1,9}):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d)(?:\.(?P<us>\d{1,6}))?)?\Z"
)
_ZONE_KEY = re.compile(r"[A-Za-z0-9_+\-/]{1,100}\Z")


def _delta_of(node: Node) -> timedelta | None:
    node = resolve(node)
    if not isinstance(node, Call) or name_of(node.callee) != "datetime.timedelta":
        return None
    values = plain_values(node)
    if values is None or len(values) != 3 or any(type(value) is not int for value in values):
        return None
    try:
        return timedelta(*values)  # type: ignore[arg-type]  # three ints, checked above
    except OverflowError:
        return None


def _fixed_zone(node: Node) -> timezone | None:
    """A `timezone(timedelta)` or `timezone(timedelta, name)`."""
    node = resolve(node)
    if not isinstance(node, Call) or name_of(node.callee) != "datetime.timezone":
        return None
    args = arguments(node) or []
    offset = _delta_of(args[0]) if args else None
    try:
        if offset is not None and len(args) == 1:
            return timezone(offset)
        if offset is not None and len(args) == 2 and (name := text_of(args[1])) is not None:
            return timezone(offset, name)
    except ValueError:
        pass
    return None


def zone_key(node: Node) -> str | None:
    """The key of a `ZoneInfo`, as pickle and dill write it."""
    node = resolve(node)
    if not isinstance(node, Call) or name_of(node.callee) != _UNPICKLE_ZONE:
        return None
    values = plain_values(node)
    if values is None or len(values) != 2 or type(values[1]) not in (bool, int):
        return None
    key = values[0]
    return key if isinstance(key, str) and _ZONE_KEY.match(key) else None


def zone_text(node: Node, naive: datetime | time) -> tuple[str, str] | None:
    """A zone as what follows the ISO text inside and outside of the quotes; None if unknown."""
    key = zone_key(node)
    if key is not None:
        return "", f", zone={quoted(key)}"
    fixed = _fixed_zone(node)
    if fixed is None:
        return None
    plain = timezone(fixed.utcoffset(None))
    offset = naive.replace(tzinfo=plain).isoformat()[len(naive.isoformat()) :]
    name = fixed.tzname(None)
    return offset, "" if name == plain.tzname(None) else f", tzname={quoted(name)}"


def _with_zone(call: Call, kind: str, naive: datetime | time, args: list[Node]) -> Shape | None:
    fold = ", fold=1" if naive.fold else ""
    iso = naive.isoformat()
    if len(args) == 1:
        return Shape(kind, "time", f'{kind}("{iso}"{fold})')
    if len(args) != 2 or call.kwargs is not None:
        return None
    zone = zone_text(args[1], naive)
    if zone is not None:
        return Shape(kind, "time", f'{kind}("{iso}{zone[0]}"{zone[1]}{fold})')
    other = resolve(args[1])
    name = name_of(other.callee) if isinstance(other, Call) else None
    note = f"in a time zone of {name}, which an edit keeps" if name else "in an unknown time zone"
    return Shape(kind, "time", f'{kind}("{iso}"{fold})', notes=(note,))


def _naive_datetime(raw: bytes) -> datetime:
    return datetime(  # noqa: DTZ001 - its zone is a second argument
        raw[0] << 8 | raw[1], raw[2] & 0x7F, raw[3], raw[4], raw[5], raw[6],
        int.from_bytes(raw[7:], "big"), fold=raw[2] >> 7,
    )  # fmt: skip


def _naive_time(raw: bytes) -> time:
    micro = int.from_bytes(raw[3:], "big")
    return time(raw[0] & 0x7F, raw[1], raw[2], micro, fold=raw[0] >> 7)


def _naive(call: Call) -> datetime | time | None:
    """What a datetime or time says without its zone; None if it is neither."""
    args = arguments(call) or []
    raw = bytes_of(args[0]) if args else None
    try:
        if raw is not None and len(raw) == 10:
            return _naive_datetime(raw)
        if raw is not None and len(raw) == 6:
            return _naive_time(raw)
    except ValueError:
        pass
    return None


def _datetime(call: Call) -> Shape | None:
    naive = _naive(call)
    if not isinstance(naive, datetime):
        return None
    return _with_zone(call, "datetime", naive, arguments(call) or [])


def _time(call: Call) -> Shape | None:
    naive = _naive(call)
    if not isinstance(naive, time):
        return None
    return _with_zone(call, "time", naive, arguments(call) or [])


def moment_of(call: Call) -> datetime | time | None:
    """A datetime or time with its zone, if that is an offset or one that is known here."""
    naive = _naive(call)
    args = arguments(call) or []
    if naive is None or len(args) < 2:
        return naive
    fixed, key = _fixed_zone(args[1]), zone_key(args[1])
    if fixed is not None:
        return naive.replace(tzinfo=fixed)
    if key is not None and zones.is_known(key):
        return naive.replace(tzinfo=ZoneInfo(key))
    return None


def _date(call: Call) -> Shape | None:
    args = arguments(call) or []
    raw = bytes_of(args[0]) if len(args) == 1 else None
    if raw is None or len(raw) != 4:
        return None
    try:
        day = date(raw[0] << 8 | raw[1], raw[2], raw[3])
    except ValueError:
        return None
    return Shape("date", "time", f'date("{day.isoformat()}")')


def _timedelta(call: Call) -> Shape | None:
    delta = _delta_of(call)
    return None if delta is None else Shape("timedelta", "time", f'timedelta("{delta}")')


def _timezone(call: Call) -> Shape | None:
    fixed = _fixed_zone(call)
    if fixed is None:
        return None
    offset = fixed.utcoffset(None)
    name = fixed.tzname(None)
    named = "" if name == timezone(offset).tzname(None) else f", {quoted(name)}"
    return Shape("timezone", "time", f'timezone(timedelta("{offset}"){named})')


def _zoneinfo(call: Call) -> Shape | None:
    key = zone_key(call)
    return None if key is None else Shape("ZoneInfo", "time", f"ZoneInfo({quoted(key)})")


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    "datetime.datetime": _datetime,
    "datetime.date": _date,
    "datetime.time": _time,
    "datetime.timedelta": _timedelta,
    "datetime.timezone": _timezone,
    _UNPICKLE_ZONE: _zoneinfo,
}


def call(module: str, name: str, *args: Node) -> Call:
    """The node of `module.name(*args)`."""
    return Call("call", Global(module, name), Seq("tuple", list(args)))


def _one_text(args: list[Node], names: dict[str, Node], allowed: frozenset[str]) -> str:
    text = text_of(args[0]) if len(args) == 1 else None
    if text is None or not allowed.issuperset(names):
        raise ValueError("takes one text in quotes")
    if len(text) > 100:
        raise ValueError("takes a shorter text")
    return text


_FINER: Final = re.compile(r"[.,]\d{7}")


def _demand_whole_microseconds(text: str) -> None:
    """Python would cut what is finer, without a word."""
    if _FINER.search(text):
        raise ValueError("takes at most six decimals of a second")


_WITH_ZONE: Final = frozenset({"zone", "fold", "tzname"})


def _fold(names: dict[str, Node]) -> int:
    node = names.get("fold", Atom(0))
    value = node.value if isinstance(node, Atom) else None
    if type(value) is not int or value not in (0, 1):
        raise ValueError("takes fold=0 or fold=1")
    return value


def _typed_zone(offset: timedelta | None, names: dict[str, Node]) -> list[Node]:
    if "zone" in names:
        key = text_of(names["zone"])
        if key is None or not _ZONE_KEY.match(key):
            raise ValueError('takes the name of a time zone, such as zone="Europe/Berlin"')
        if offset is not None:
            raise ValueError("takes an offset or a zone, not both")
        if "tzname" in names:
            raise ValueError("takes tzname only with an offset")
        return [_typed_zoneinfo([names["zone"]], {})]
    if offset is None:
        if "tzname" in names:
            raise ValueError("takes tzname only with an offset")
        return []
    name = [Atom(text_of(names["tzname"]))] if "tzname" in names else []
    if name and name[0].value is None:
        raise ValueError("takes a text as tzname")
    return [call("datetime", "timezone", _delta_node(offset), *name)]


def _delta_node(delta: timedelta) -> Node:
    values = (delta.days, delta.seconds, delta.microseconds)
    return call("datetime", "timedelta", *map(Atom, values))


def _state(naive: datetime | time) -> object:
    """The bytes that Python itself would store: `__reduce_ex__` gives (class, (bytes,))."""
    return naive.__reduce_ex__(4)[1][0]


def _typed_datetime(args: list[Node], names: dict[str, Node]) -> Node:
    text = _one_text(args, names, _WITH_ZONE)
    _demand_whole_microseconds(text)
    when = datetime.fromisoformat(text)
    zone = _typed_zone(when.utcoffset(), names)
    naive = when.replace(tzinfo=None, fold=_fold(names))
    return call("datetime", "datetime", Atom(_state(naive)), *zone)  # (class, (state,))


def _typed_time(args: list[Node], names: dict[str, Node]) -> Node:
    text = _one_text(args, names, _WITH_ZONE)
    _demand_whole_microseconds(text)
    when = time.fromisoformat(text)
    zone = _typed_zone(when.utcoffset(), names)
    naive = when.replace(tzinfo=None, fold=_fold(names))
    return call("datetime", "time", Atom(_state(naive)), *zone)


def _typed_date(args: list[Node], names: dict[str, Node]) -> Node:
    day = date.fromisoformat(_one_text(args, names, frozenset()))
    return call(
        "datetime", "date", Atom(bytes((day.year >> 8, day.year & 255, day.month, day.day)))
    )


def _typed_timedelta(args: list[Node], names: dict[str, Node]) -> Node:
    match = _DELTA.match(_one_text(args, names, frozenset()).strip())
    if match is None or not match[0]:
        raise ValueError('takes days and time, such as timedelta("3 days, 4:00:00")')
    micro = int((match["us"] or "0").ljust(6, "0"))
    clock = timedelta(
        hours=int(match["h"] or 0), minutes=int(match["m"] or 0), seconds=int(match["s"] or 0),
        microseconds=micro,
    )  # fmt: skip
    days = timedelta(days=int(match["days"] or 0))
    return _delta_node(days - clock if match["sign"] == "-" else days + clock)


def _typed_timezone(args: list[Node], names: dict[str, Node]) -> Node:
    offset = _delta_of(args[0]) if args else None
    if offset is None or len(args) > 2 or names or (len(args) == 2 and text_of(args[1]) is None):
        raise ValueError('takes a timedelta, such as timezone(timedelta("1:00:00"))')
    timezone(offset)
    return call("datetime", "timezone", *args)


def _typed_zoneinfo(args: list[Node], names: dict[str, Node]) -> Node:
    key = _one_text(args, names, frozenset())
    if not _ZONE_KEY.match(key):
        raise ValueError('takes the name of a time zone, such as "Europe/Berlin"')
    maker = call("builtins", "getattr", Global("zoneinfo", "ZoneInfo"), Atom("_unpickle"))
    return Call("call", maker, Seq("tuple", [Atom(key), Atom(1)]))


TYPED: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    "datetime": _typed_datetime,
    "date": _typed_date,
    "time": _typed_time,
    "timedelta": _typed_timedelta,
    "timezone": _typed_timezone,
    "ZoneInfo": _typed_zoneinfo,
}
