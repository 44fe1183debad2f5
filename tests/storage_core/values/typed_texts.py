"""Texts that a person could type, right and wrong ones, with values at the edges of each type.

`PYTHON` gives the constructors of the notation to a bot, which makes from the same text what it
should have read.
"""

from hypothesis import strategies as st

_SIGNS = st.sampled_from(["", "-", "+"])
_DIGITS = st.sampled_from(["0", "1", "10", "007", "9" * 17, "9" * 30, "1" + "0" * 40])
_YEARS = st.sampled_from(["0001", "1969", "2026", "9999"])
_ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo", "Etc/GMT+12", "Mars/Phobos", "utc"])
_OFFSETS = st.sampled_from(["", "Z", "+00:00", "-23:59", "+23:59:59.999999", "+24:00", "-00:01"])
_CLOCKS = st.sampled_from(["00:00", "23:59:59", "23:59:59.9", "24:00", "12:00:00.1234567", "02:30"])
_DAYS = st.sampled_from(["01-01", "12-31", "02-29", "10-25", "13-01"])
_TEXTS = st.sampled_from(["", "a", "é", "\\x00", "\\ud800", "a/../b", "//x", ".", "c:/x", "\\n"])
_ADDRESSES = st.sampled_from([
    "0.0.0.0", "255.255.255.255", "1.2.3.4/32", "10.0.0.0/8", "10.0.0.1/8", "::", "::1%eth0",
    "fe80::1%2/64", "fe80::%eth0/64", "::ffff:1.2.3.4", "ffff::/16", "1.2.3.4/255.0.0.0",
])  # fmt: skip
_INTS = st.sampled_from(["0", "1", "-1", "2", "255", str(2**31), str(-(2**63)), str(2**99), "None"])


def _called(name, *parts):
    return st.tuples(*parts).map(lambda found: f"{name}({', '.join(filter(None, found))})")


def _quoted(*parts):
    return st.tuples(*parts).map(lambda found: '"' + "".join(found) + '"')


def _named(name, values):
    return st.just("") | values.map(lambda value: f"{name}={value}")


_FOLD = _named("fold", st.sampled_from(["0", "1", "2"]))
_ZONE = _named("zone", _ZONES.map(repr)) | _named("tzname", st.sampled_from(["'CET'", "''"]))
_DATES = _quoted(_YEARS, st.just("-"), _DAYS)
_NUMBERS = st.tuples(_SIGNS, _DIGITS).map("".join)
_EXPONENTS = st.sampled_from(["", "e5", "E-7", "e999999999999999999", "e-1999999999999999999"])
LEAVES = st.one_of(
    st.sampled_from(["None", "True", "False", "1", "1.0", "0", "-0.0", "2", "1e308", "5e-324"]),
    st.sampled_from(["3+4j", "1+0j", "2j", "b'\\xff'", "''", "'a'", "r'\\n'", "0x" + "f" * 40]),
    st.sampled_from(["float('nan')", "float('-inf')", "bytearray(b'ab')", "bytearray()"]),
    _called("Decimal", _quoted(_SIGNS, _DIGITS, st.sampled_from(["", ".", ".50"]), _EXPONENTS)),
    _called("Decimal", st.sampled_from(["'sNaN'", "'NaN123'", "'-inf'", "'-0'", "'0e5'"])),
    _called("Fraction", _quoted(_NUMBERS, st.sampled_from(["", "/0", "/00", "/4", "/007"]))),
    _called("range", _INTS, st.just("") | _INTS, st.just("") | _INTS),
    _called("slice", _INTS, st.just("") | _INTS),
    _called("datetime", _quoted(_YEARS, st.just("-"), _DAYS, st.just("T"), _CLOCKS, _OFFSETS),
            _ZONE, _FOLD),
    _called("time", _quoted(_CLOCKS, _OFFSETS), _ZONE, _FOLD),
    _called("date", _DATES),
    _called("timedelta", st.sampled_from([
        "'999999999 days, 23:59:59.999999'", "'-999999999 days'", "'999999999 days, 99:00:00'",
        "'0:00:00.000001'", "'-1 day, 0:00:01'", "'999999999:00:00'", "'-0:00:01'",
    ])),
    _called("timezone", _called("timedelta", st.sampled_from(["'23:59:59'", "'24:00:00'"])),
            _TEXTS.map(lambda text: f"'{text}'")),
    _called("ZoneInfo", _ZONES.map(repr)),
    _called("UUID", st.sampled_from([f"'{'f' * 32}'", f"'urn:uuid:{'1' * 32}'"])),
    st.sampled_from(["Path", "PurePosixPath", "PureWindowsPath", "WindowsPath"]).flatmap(
        lambda name: _called(name, _quoted(_TEXTS))
    ),
    st.sampled_from([f"IPv{n}{kind}" for n in "46" for kind in ("Address", "Network", "Interface")])
    .flatmap(lambda name: _called(name, _quoted(_ADDRESSES))),
)  # fmt: skip


def _containers(inner):
    items = st.lists(inner, max_size=3).map(", ".join)
    pairs = st.lists(st.tuples(inner, inner).map(": ".join), max_size=3).map(", ".join)
    couples = st.lists(st.tuples(inner, inner).map(lambda two: f"({', '.join(two)})"), max_size=3)
    return st.one_of(
        items.map(lambda text: f"[{text}]"),
        items.map(lambda text: f"({text},)" if text else "()"),
        items.map(lambda text: f"{{{text}}}"),
        items.map(lambda text: f"frozenset([{text}])"),
        items.map(lambda text: f"set([{text}])"),
        pairs.map(lambda text: f"{{{text}}}"),
        pairs.map(lambda text: f"Counter({{{text}}})"),
        couples.map(lambda found: f"OrderedDict([{', '.join(found)}])"),
        st.tuples(items, st.sampled_from(["2", "None", "-1", str(2**70)])).map(
            lambda two: f"deque([{two[0]}], maxlen={two[1]})"
        ),
    )


TEXTS = st.recursive(LEAVES, _containers, max_leaves=8)
PYTHON = r"""
import datetime as dt, ipaddress, zoneinfo, fractions
from pathlib import *

def placed(when, zone=None, fold=0, tzname=None):
    if zone is not None:
        when = when.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    elif tzname is not None:
        when = when.replace(tzinfo=dt.timezone(when.utcoffset(), tzname))
    return when.replace(fold=fold)

def datetime(text, **how):
    return placed(dt.datetime.fromisoformat(text), **how)

def time(text, **how):
    return placed(dt.time.fromisoformat(text), **how)

def date(text):
    return dt.date.fromisoformat(text)

def timedelta(text):
    days, _, clock = text.rpartition(" day")
    clock = clock.removeprefix("s").removeprefix(", ")
    sign = -1 if clock.startswith("-") else 1
    parts = (clock.lstrip("-") or "0:0:0").split(":")
    seconds = dt.timedelta(hours=int(parts[0]), minutes=int(parts[1]))
    whole, _, micro = parts[2].partition(".")
    seconds += dt.timedelta(seconds=int(whole), microseconds=int(micro.ljust(6, "0")))
    return dt.timedelta(int(days or 0)) + sign * seconds

timezone, ZoneInfo = dt.timezone, zoneinfo.ZoneInfo
Fraction = fractions.Fraction
for name in ("Address", "Network", "Interface"):
    for number in "46":
        globals()[f"IPv{number}{name}"] = getattr(ipaddress, f"IPv{number}{name}")

def told(one):
    kind = type(one).__name__
    if isinstance(one, (set, frozenset)):
        return kind, sorted(map(repr, map(told, one)))
    if isinstance(one, dict):
        return kind, [(told(key), told(value)) for key, value in one.items()]
    if isinstance(one, (list, tuple)) or kind == "deque":
        return kind, getattr(one, "maxlen", None), [told(item) for item in one]
    return kind, repr(one)

read = told(v)
"""
"""Statements for a bot: then `told(v)` of what was read is to be that of the text, evaluated."""
