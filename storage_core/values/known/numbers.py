"""Numbers that are made by a call: complex, Decimal, Fraction, and ranges and slices of them."""

import cmath
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from storage_core.values.known.calls import MAX_SHORT, MAX_TEXT, call_of, is_short, one_text
from storage_core.values.names import name_of, plain_values
from storage_core.values.notation_text import MAX_BITS
from storage_core.values.shape import Shape
from storage_core.values.tree import Atom, Call, Node

__all__ = ["SHAPES", "TYPED"]

_DECIMAL = re.compile(
    r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[iI]nf(?:inity)?|s?NaN\d*)\Z", re.ASCII
)
_FRACTION = re.compile(r"[+-]?\d{1,4000}(?:/\d{1,4000})?\Z", re.ASCII)
_RANGE = re.compile(r"range\((-?\d{1,30}), (-?\d{1,30})(?:, (-?\d{1,30}))?\)\Z", re.ASCII)
_LONG_EXPONENT: Final = 18
_SINGLES: Final = (["Ellipsis"], ["NotImplemented"])
"""What there is one of; dill has the bot evaluate its name."""


def _complex(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 2:
        return None
    real, imaginary = values
    if not isinstance(real, float) or not isinstance(imaginary, float):
        return None
    value = complex(real, imaginary)
    return Shape("complex", "num", repr(value), typeable=cmath.isfinite(value))


def _is_decimal(text: str) -> bool:
    """Whether Decimal can hold it: only exponents of eighteen digits and more may be too large."""
    if len(text) < _LONG_EXPONENT:
        return True
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def _decimal(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 1 or not isinstance(values[0], str):
        return None
    text = values[0]
    if len(text) > MAX_TEXT or not _DECIMAL.match(text) or not _is_decimal(text):
        return None
    return Shape("Decimal", "num", f'Decimal("{text}")')


def _has_bottom(text: str) -> bool:
    """Whether what stands under the line is not zero."""
    return bool((text.partition("/")[2] or "1").strip("0"))


def _fraction(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or not 1 <= len(values) <= 2:
        return None
    if len(values) == 1:
        text = values[0]
        return (
            Shape("Fraction", "num", f'Fraction("{text}")')
            if isinstance(text, str) and _FRACTION.match(text) and _has_bottom(text)
            else None
        )
    if any(type(v) is not int or v.bit_length() > MAX_BITS for v in values) or values[1] == 0:
        return None
    return Shape("Fraction", "num", f'Fraction("{values[0]}/{values[1]}")')


def _range(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or call.how != "call":
        return None
    if name_of(call.callee) != "builtins.range" and values in _SINGLES:
        return Shape(str(values[0]), "word", str(values[0]), typeable=False)
    if name_of(call.callee) == "builtins.range":
        if len(values) != 3 or any(
            type(v) is not int or v.bit_length() > MAX_SHORT for v in values
        ):
            return None
        start, stop, step = values
    else:  # dill has the bot evaluate the text of a range; anything else is no range
        match = _RANGE.match(values[0]) if len(values) == 1 and isinstance(values[0], str) else None
        if match is None:
            return None
        start, stop, step = int(match[1]), int(match[2]), int(match[3] or 1)
    if step == 0:
        return None
    text = f"range({start}, {stop})" if step == 1 else f"range({start}, {stop}, {step})"
    return Shape("range", "num", text)


def _slice(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 3:
        return None
    if any(value is not None and not is_short(value) for value in values):
        return None
    return Shape("slice", "num", f"slice({values[0]!r}, {values[1]!r}, {values[2]!r})")


def _typed_decimal(args: list[Node], names: dict[str, Node]) -> Node:
    text = one_text(args, names)
    if not _DECIMAL.match(text):
        raise ValueError('takes a decimal number, such as Decimal("1.10")')
    if not _is_decimal(text):
        raise ValueError("takes a smaller exponent")
    return call_of("decimal", "Decimal", str(Decimal(text)))


def _typed_fraction(args: list[Node], names: dict[str, Node]) -> Node:
    text = one_text(args, names)
    if not _FRACTION.match(text) or not _has_bottom(text):
        raise ValueError('takes a fraction, such as Fraction("3/4")')
    made = Fraction(text)  # in its lowest terms, as the bot has it
    return call_of("fractions", "Fraction", made.numerator, made.denominator)


def _ints(args: list[Node], names: dict[str, Node], none: bool) -> list[object]:
    values = [arg.value if isinstance(arg, Atom) else "" for arg in args]
    fits = all(type(v) is int or (none and v is None) for v in values)
    if names or not 1 <= len(values) <= 3 or not fits:
        raise ValueError("takes one to three whole numbers")
    if not all(value is None or is_short(value) for value in values):
        raise ValueError(f"takes numbers of up to {MAX_SHORT} bits")
    return values


def _typed_range(args: list[Node], names: dict[str, Node]) -> Node:
    values = _ints(args, names, none=False)
    made = range(*values)  # type: ignore[call-overload]  # ints, checked above
    return call_of("builtins", "range", made.start, made.stop, made.step)


def _typed_slice(args: list[Node], names: dict[str, Node]) -> Node:
    made = slice(*_ints(args, names, none=True))
    return call_of("builtins", "slice", made.start, made.stop, made.step)


def _typed_float(args: list[Node], names: dict[str, Node]) -> Node:
    text = one_text(args, names).strip().lower()
    if text not in ("nan", "inf", "-inf", "+inf", "infinity", "-infinity"):
        raise ValueError("takes 'nan', 'inf' or '-inf'; write other numbers without float()")
    return Atom(float(text))


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    "builtins.complex": _complex,
    "builtins.range": _range,
    "dill._dill._eval_repr": _range,
    "builtins.slice": _slice,
    "decimal.Decimal": _decimal,
    "fractions.Fraction": _fraction,
}
TYPED: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    "float": _typed_float,
    "range": _typed_range,
    "slice": _typed_slice,
    "Decimal": _typed_decimal,
    "Fraction": _typed_fraction,
}
