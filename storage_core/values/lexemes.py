"""Numbers and texts as people type them: what each stands for, and where it ends.

What is refused is a RefusedEdit with line and column.
"""

import math
import re
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.machine import MAX_DIGITS

__all__ = ["NAME", "STRING", "number_at", "refused", "skip", "strings_at"]

_SPACE = re.compile(r"(?:[ \t\r\n\f]|#[^\n]*)*")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(
    r"(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*)?[jJ]?)(?![0-9A-Za-z_.])"
)
STRING = re.compile(
    r"([bB]?[rR]?|[rR][bB]|[uU])"
    r"('''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(\r\n|[\n\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.|\Z)",
    re.DOTALL,
)
_SIMPLE: Final = {
    "\n": "", "\r\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f",
    "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


def skip(text: str, pos: int) -> int:
    """Where what stands behind spaces, line ends and comments begins."""
    match = _SPACE.match(text, pos)
    return match.end() if match else pos


def refused(text: str, at: int, message: str) -> RefusedEdit:
    """An error that says where in the text it is."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return RefusedEdit(f"line {line}, column {column}: {message}", line=line, column=column)


def strings_at(text: str, pos: int) -> tuple[str | bytes, int]:
    """One or more adjacent string literals, which are one value, as in Python."""
    texts: list[str] = []
    raws: list[bytes] = []
    while match := STRING.match(text, pos):
        prefix = match[1].lower()
        if "b" in prefix:
            raws.append(_bytes_literal(text, match, pos))
        else:
            texts.append(_unescape(text, match, pos, "r" in prefix, limit=0x10FFFF))
        end = match.end()
        pos = skip(text, end)
    if texts and raws:
        raise refused(text, pos, "text and bytes cannot be joined")
    return ("".join(texts) if texts else b"".join(raws)), end


def _bytes_literal(text: str, match: re.Match[str], pos: int) -> bytes:
    letters = _unescape(text, match, pos, "r" in match[1].lower(), limit=0xFF)
    if not match[2].isascii():
        raise refused(text, pos, "bytes take ASCII and escapes such as \\xff only")
    return letters.encode("latin-1")


def _unescape(text: str, match: re.Match[str], pos: int, raw: bool, limit: int) -> str:
    quotes = 3 if match[2][:3] in ("'''", '"""') else 1
    body = match[2][quotes:-quotes]
    if raw or "\\" not in body:
        return body

    def replace(found: re.Match[str]) -> str:
        code = found[1]
        if code in _SIMPLE:
            return _SIMPLE[code]
        digits, base = (code, 8) if "0" <= code[:1] <= "7" else (code[1:], 16)
        wide = code[:1] in ("u", "U")
        if (
            digits
            and len(code) > 0
            and (len(code) > 1 or base == 8)
            and not (wide and limit == 0xFF)
        ):
            number = int(digits, base)
            if number <= limit:
                return chr(number)
        where = pos + len(match[1]) + quotes + found.start()
        raise refused(text, where, f"{found[0]!r} is no escape that can be used here")

    return _ESCAPE.sub(replace, body)


def number_at(text: str, pos: int) -> tuple[int | float | complex, int]:
    """A number with its sign; `3+4j` is one too."""
    value, end = _one_number(text, pos)
    if isinstance(value, complex):
        return value, end
    after = skip(text, end)
    if text[after : after + 1] in ("+", "-") and text[after : after + 1]:
        imaginary, end = _one_number(text, after)
        if not isinstance(imaginary, complex):
            raise refused(text, after, "nothing is computed here; type the result")
        if isinstance(value, int) and value.bit_length() > 1000:
            raise refused(text, pos, "this number is too large")
        real = -0.0 if value == 0 and text[pos] == "-" else float(value)
        return complex(real, imaginary.imag), end
    return value, end


def _one_number(text: str, pos: int) -> tuple[int | float | complex, int]:
    sign = text[pos : pos + 1]
    start = skip(text, pos + 1) if sign in "+-" else pos
    match = _NUMBER.match(text, start)
    if match is None:
        raise refused(text, start, "this is no number")
    digits = match[0].replace("_", "").lower()
    if len(digits) > MAX_DIGITS and digits[:2] not in ("0x", "0o", "0b"):
        raise refused(text, start, f"more than {MAX_DIGITS} digits")
    value: int | float | complex
    if digits[:2] in ("0x", "0o", "0b"):
        value = int(digits, 0)
    elif digits.endswith("j"):
        value = complex(0.0, _finite(text, digits[:-1], start))
    elif digits.isdigit():
        if digits.startswith("0") and digits.strip("0"):
            raise refused(text, start, "a number does not begin with 0")
        value = int(digits)
    else:
        value = _finite(text, digits, start)
    return (_negative(value) if sign == "-" else value), match.end()


def _finite(text: str, digits: str, at: int) -> float:
    """A float that can hold the number: Python would make `1e400` infinite without a word."""
    value = float(digits)
    if math.isinf(value):
        said = "this number is too large for a float; infinity is typed as float('inf')"
        raise refused(text, at, said)
    return value


def _negative(value: complex) -> int | float | complex:
    if isinstance(value, complex):
        return complex(0.0, -value.imag)
    return -value
