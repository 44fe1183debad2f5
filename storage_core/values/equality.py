"""What a bot takes for the same key: `1`, `1.0` and `True`, `(1,)` and `(1.0,)`.

Nothing is hashed or compared by its own methods: each key gets a token, a text that is equal for
equal keys. Typed keys are of known kinds; an object of an unknown class is told by its notation.
"""

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from hashlib import blake2b
from typing import Final

from storage_core.values.known.times import moment_of
from storage_core.values.names import plain_values
from storage_core.values.notation import spell
from storage_core.values.shape import Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Call, Masked, Node, Seq, resolve

__all__ = ["key_token"]

_HASHED: Final = ("tuple", "frozenset")
_MOST_DIGITS: Final = 5000
"""Decimal exponents up to which a Decimal can be equal to an int or float that is typed."""


def key_token(node: Node) -> str:
    """A text that is equal for keys which the bot takes for equal."""
    plain = resolve(node)
    if type(plain) is Atom:
        return _of_plain(plain.value)
    if not isinstance(plain, Seq):
        return _of_leaf(plain)
    return _of_members(plain)


def _of_members(root: Seq) -> str:
    """The token of a tuple or set: made of those of its members, the innermost first."""
    known: dict[int, str] = {}
    work: list[tuple[Node, bool]] = [(root, False)]
    while work:
        node, is_left = work.pop()
        if id(node) in known:
            continue
        if not isinstance(node, Seq) or node.kind not in _HASHED:
            known[id(node)] = key_token(node) if isinstance(node, Atom) else _of_leaf(node)
            continue
        members = [resolve(item) for item in node.items]
        if not is_left:
            work += [(node, True), *((one, False) for one in members)]
            continue
        tokens: Iterable[str] = (known.get(id(one), "itself") for one in members)
        if node.kind == "frozenset":
            tokens = sorted(set(tokens))
        known[id(node)] = _digest(node.kind, tokens)
    return known[id(root)]


def _digest(kind: str, tokens: Iterable[str]) -> str:
    state = blake2b(kind.encode(), digest_size=16)
    for token in tokens:
        raw = token.encode("utf-8", "surrogatepass")
        state.update(b"%d:%b" % (len(raw), raw))
    return f"{kind[0]}{state.hexdigest()}"


def _of_plain(value: object) -> str:
    if isinstance(value, str):
        return "s" + value
    if isinstance(value, int):
        return f"n{int(value):x}"
    if isinstance(value, float):
        return _of_float(value)
    return "o" + repr(value)


def _of_float(value: float) -> str:
    if not math.isfinite(value):
        return "o" + repr(value)
    return _of_ratio(*value.as_integer_ratio())


def _of_ratio(top: int, bottom: int) -> str:
    return f"n{top:x}" if bottom == 1 else f"n{top:x}/{bottom:x}"


def _of_leaf(node: Node) -> str:
    if isinstance(node, Masked):
        return f"m{id(node)}"  # masked keys look alike and are not
    shape = shape_of(node)
    make = _BY_KIND.get(shape.kind)
    token = make(node, shape) if make is not None and isinstance(node, Call) else None
    if token is not None:
        return token
    text = spell(node)
    return "t" + (text if len(text) <= _SHORT else _digest("text", [text]))


_SHORT: Final = 200


def _of_complex(call: Call, shape: Shape) -> str | None:
    real, imaginary = plain_values(call) or (None, None)
    if imaginary == 0 and isinstance(real, float):
        return _of_float(real)
    return f"c{complex(shape.text or '0') + 0}"  # without a negative zero


def _of_decimal(call: Call, _: Shape) -> str | None:
    (text,) = plain_values(call) or ("",)
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return f"o{float(number)}" if number.is_infinite() else None
    if number == 0:
        return "n0"
    if abs(number.adjusted()) > _MOST_DIGITS:
        sign, digits, exponent = number.as_tuple()
        plain = "".join(map(str, digits)).rstrip("0")
        place = int(exponent) + len(digits) - len(plain)
        return f"d{sign} {plain} {place}"
    return _of_ratio(*number.as_integer_ratio())


def _of_fraction(call: Call, _: Shape) -> str | None:
    values = plain_values(call) or []
    try:
        made = Fraction(*values)  # type: ignore[call-overload]  # what makes no fraction raises
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return _of_ratio(made.numerator, made.denominator)


def _of_range(call: Call, _: Shape) -> str | None:
    values = plain_values(call) or []
    if len(values) != 3 or not all(type(value) is int for value in values):
        return None
    made = range(*values)  # type: ignore[call-overload]  # three ints
    if not made:
        return "r0"
    last = made[-1]
    return f"r{made.start}" if made.start == last else f"r{made.start} {last} {made.step}"


def _of_moment(call: Call, _: Shape) -> str | None:
    """Points in time are equal where they are the same moment, in whatever zone."""
    when = moment_of(call)
    if when is None:
        return None
    offset = when.replace(fold=0).utcoffset() if isinstance(when, datetime) else when.utcoffset()
    kind = type(when).__name__
    if offset is None:
        return f"w{kind} {when.replace(tzinfo=None, fold=0).isoformat()}"
    if isinstance(when, datetime):
        since = when.replace(tzinfo=UTC, fold=0) - datetime(1, 1, 1, tzinfo=UTC) - offset
        return f"w{kind} {since.days} {since.seconds} {since.microseconds}"
    day = timedelta(hours=when.hour, minutes=when.minute, seconds=when.second) - offset
    return f"w{kind} {day.total_seconds()} {when.microsecond}"


def _of_timezone(_: Call, shape: Shape) -> str | None:
    return (shape.text or "").partition('")')[0]  # its name makes no difference


_BY_KIND: Final[dict[str, Callable[[Call, Shape], str | None]]] = {
    "complex": _of_complex,
    "Decimal": _of_decimal,
    "Fraction": _of_fraction,
    "range": _of_range,
    "datetime": _of_moment,
    "time": _of_moment,
    "timezone": _of_timezone,
}
