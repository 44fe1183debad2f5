"""Typed text to a tree: Python literals and the known constructors, nothing else.

The parser has its own stack and bounds, so that no text can make it recurse or compute; the tree
that it gives has the shape that a pickler would write. Errors are RefusedEdit with line and column.
"""

import math
import re
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from storage_core.exceptions import RefusedEdit
from storage_core.values import zones
from storage_core.values.equality import key_token
from storage_core.values.known import containers, plain, times
from storage_core.values.loading import Hashing
from storage_core.values.machine import MAX_DIGITS
from storage_core.values.names import text_of
from storage_core.values.notation import spell
from storage_core.values.tree import Atom, Call, Global, Map, Node, Seq

__all__ = ["MAX_LENGTH", "MAX_LEVELS", "parse", "parse_prefix"]

MAX_LENGTH: Final = 4 * 1024 * 1024
MAX_LEVELS: Final = 500
MAX_NODES: Final = 500_000
CONSTRUCTORS: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    **plain.TYPED,
    **times.TYPED,
    **containers.TYPED,
}
_SPACE = re.compile(r"(?:[ \t\r\n\f]|#[^\n]*)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(
    r"(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*)?[jJ]?)(?![0-9A-Za-z_.])"
)
_STRING = re.compile(
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
_WHY_NOT: Final = {
    "defaultdict": ": it holds what the bot calls for a missing key. Type it in the place of one "
    "with the same factory, or type a dict",
    "numpy": ": the bot would import numpy. Type a number alone in the place of one of numpy's",
    "re": ": the bot would compile it. Only the bot can store another pattern; type a text",
    "functools": ": it names what the bot calls",
}
_WORDS: Final = {"None": None, "True": True, "False": False}
_SETS: Final = ("set", "frozenset")
_PAIRS: Final = "OrderedDict"
_CLOSERS: Final = {"[": "]", "(": ")", "{": "}"}


class _Frame:
    """An open bracket, with what stands in it so far."""

    __slots__ = ("at", "closer", "comma", "function", "items", "key", "keyword", "names", "opener",
                 "taken")  # fmt: skip

    def __init__(self, opener: str, at: int, function: str = "") -> None:
        self.opener = opener
        self.closer = _CLOSERS[opener]
        self.at = at
        self.function = function
        self.items: list[Node] = []
        self.names: dict[str, Node] = {}
        self.keyword = ""
        self.key: Node | None = None
        """The key before a colon, while its value is read."""
        self.comma = False
        self.taken: set[str] = set()
        """The tokens of the keys or members so far."""


class _Token(NamedTuple):
    node: Node | None
    """None where a bracket was opened."""
    end: int


def parse(text: str, known: Collection[str] = ()) -> Node:
    """The tree of a whole text. Raises RefusedEdit with line and column.

    `known` are names that cannot be judged here but stand in the value already, so that the bot
    can read them: time zones, and `WindowsPath`.
    """
    if len(text) > MAX_LENGTH:
        raise RefusedEdit(f"this text is longer than {MAX_LENGTH // 1024 // 1024} MiB")
    node, end = _Parser(text, known).run(0)
    end = _skip(text, end)
    if end < len(text):
        raise _error(text, end, "one value is complete here; what follows it has no place")
    return node


def parse_prefix(text: str, start: int) -> tuple[Node, int]:
    """The value that begins at `start`, and where it ends. It may be one that is only looked for:
    names are not judged."""
    return _Parser(text, None).run(start)


def _skip(text: str, pos: int) -> int:
    match = _SPACE.match(text, pos)
    return match.end() if match else pos


def _error(text: str, at: int, message: str) -> RefusedEdit:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return RefusedEdit(f"line {line}, column {column}: {message}", line=line, column=column)


class _Parser:
    def __init__(self, text: str, known: Collection[str] | None) -> None:
        self.text = text
        self.known = known
        """Names that may be typed though they are unknown here; None for all."""
        self.frames: list[_Frame] = []
        self.began = 0
        """Where the value begins that was read last."""
        self.places: dict[int, int] = {}
        """Where the keys or members begin that are given to a constructor, by id."""
        self.hashing = Hashing()
        self.kept: list[Node] = []
        """What was looked at, so that no other node gets its id."""

    def run(self, pos: int) -> tuple[Node, int]:
        """Alternate between a value and what follows it, until the outermost value is complete."""
        for _ in range(MAX_NODES):
            pos = _skip(self.text, pos)
            node, pos = self.value(pos)
            while node is not None:
                if not self.frames:
                    return node, pos
                node, pos = self.follow(node, _skip(self.text, pos))
        raise _error(self.text, pos, f"more than {MAX_NODES:,} values")

    def value(self, pos: int) -> _Token:
        """A value at `pos`: a literal, an opened bracket, or the end of an open one."""
        text = self.text
        self.began = pos
        frame = self.frames[-1] if self.frames else None
        char = text[pos : pos + 1]
        if frame is not None and char == frame.closer and not frame.keyword and frame.key is None:
            return _Token(self.close(), pos + 1)
        if char in _CLOSERS and char:
            return self.open(_Frame(char, pos), pos + 1)
        string = _STRING.match(text, pos)
        if string:
            return self.strings(pos)
        if char in "+-.0123456789" and char:
            return self.number(pos)
        name = _NAME.match(text, pos)
        if name:
            return self.word(name[0], pos)
        raise _error(text, pos, self.complaint(char))

    def complaint(self, char: str) -> str:
        if not char:
            return f"'{self.frames[-1].closer}' is missing" if self.frames else "no value is here"
        if char == "<":
            return "an object can be read but not typed"
        if char in "'\"":
            return "this text has no closing quote"
        return f"{char!r} begins no value"

    def open(self, frame: _Frame, pos: int) -> _Token:
        if len(self.frames) >= MAX_LEVELS:
            raise _error(self.text, frame.at, f"more than {MAX_LEVELS} levels")
        self.frames.append(frame)
        return _Token(None, pos)

    def strings(self, pos: int) -> _Token:
        """One or more adjacent string literals, which are one value, as in Python."""
        texts: list[str] = []
        raws: list[bytes] = []
        while match := _STRING.match(self.text, pos):
            prefix = match[1].lower()
            if "b" in prefix:
                raws.append(self.bytes_literal(match, pos))
            else:
                texts.append(self.unescape(match, pos, "r" in prefix, limit=0x10FFFF))
            end = match.end()
            pos = _skip(self.text, end)
        if texts and raws:
            raise _error(self.text, pos, "text and bytes cannot be joined")
        return _Token(Atom("".join(texts) if texts else b"".join(raws)), end)

    def bytes_literal(self, match: re.Match[str], pos: int) -> bytes:
        text = self.unescape(match, pos, "r" in match[1].lower(), limit=0xFF)
        if not match[2].isascii():
            raise _error(self.text, pos, "bytes take ASCII and escapes such as \\xff only")
        return text.encode("latin-1")

    def unescape(self, match: re.Match[str], pos: int, raw: bool, limit: int) -> str:
        quotes = 3 if match[2][:3] in ("'''", '"""') else 1
        body = match[2][quotes:-quotes]
        if raw or "\\" not in body:
            return body

        def replace(found: re.Match[str]) -> str:
            code = found[1]
            if code in _SIMPLE:
                return _SIMPLE[code]
            digits, base = (code, 8) if code[:1].isdigit() else (code[1:], 16)
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
            raise _error(self.text, where, f"{found[0]!r} is no escape that can be used here")

        return _ESCAPE.sub(replace, body)

    def number(self, pos: int) -> _Token:
        """A number with its sign; `3+4j` is one too."""
        value, end = self.one_number(pos)
        if isinstance(value, complex):
            return _Token(_complex_node(value), end)
        after = _skip(self.text, end)
        if self.text[after : after + 1] in ("+", "-") and self.text[after : after + 1]:
            imaginary, end = self.one_number(after)
            if not isinstance(imaginary, complex):
                raise _error(self.text, after, "nothing is computed here; type the result")
            if isinstance(value, int) and value.bit_length() > 1000:
                raise _error(self.text, pos, "this number is too large")
            real = -0.0 if value == 0 and self.text[pos] == "-" else float(value)
            return _Token(_complex_node(complex(real, imaginary.imag)), end)
        return _Token(Atom(value), end)

    def one_number(self, pos: int) -> tuple[int | float | complex, int]:
        sign = self.text[pos : pos + 1]
        start = _skip(self.text, pos + 1) if sign in "+-" else pos
        match = _NUMBER.match(self.text, start)
        if match is None:
            raise _error(self.text, start, "this is no number")
        digits = match[0].replace("_", "").lower()
        if len(digits) > MAX_DIGITS and digits[:2] not in ("0x", "0o", "0b"):
            raise _error(self.text, start, f"more than {MAX_DIGITS} digits")
        value: int | float | complex
        if digits[:2] in ("0x", "0o", "0b"):
            value = int(digits, 0)
        elif digits.endswith("j"):
            value = complex(0.0, self.finite(digits[:-1], start))
        elif digits.isdigit():
            if digits.startswith("0") and digits.strip("0"):
                raise _error(self.text, start, "a number does not begin with 0")
            value = int(digits)
        else:
            value = self.finite(digits, start)
        return (_negative(value) if sign == "-" else value), match.end()

    def finite(self, digits: str, at: int) -> float:
        """A float that can hold the number: Python would make `1e400` infinite without a word."""
        value = float(digits)
        if math.isinf(value):
            said = "this number is too large for a float; infinity is typed as float('inf')"
            raise _error(self.text, at, said)
        return value

    def word(self, name: str, pos: int) -> _Token:
        end = pos + len(name)
        if name in _WORDS:
            return _Token(Atom(_WORDS[name]), end)
        after = _skip(self.text, end)
        frame = self.frames[-1] if self.frames else None
        sign = self.text[after : after + 1]
        if sign == "=" and frame is not None and frame.function and not frame.keyword:
            if name in frame.names:
                raise _error(self.text, pos, f"{name} is given twice")
            frame.keyword = name
            return _Token(None, after + 1)
        if name in CONSTRUCTORS and sign == "(":
            return self.open(_Frame("(", pos, name), after + 1)
        if name in CONSTRUCTORS:
            raise _error(self.text, pos, f"{name} needs its value in brackets")
        hint = "; a text needs quotes" if sign not in ("(", ".") else ""
        hint = _WHY_NOT.get(name, hint)
        raise _error(self.text, pos, f"{name!r} cannot be typed here{hint}")

    def follow(self, node: Node, pos: int) -> _Token:
        """What stands after a complete value inside a bracket: comma, colon or the end."""
        frame = self.frames[-1]
        char = self.text[pos : pos + 1]
        if char == ":" and frame.opener == "{" and frame.key is None:
            if frame.items and not frame.names:
                raise _error(self.text, pos, "a set has no keys")
            self.demand_key(frame, node, self.began)
            frame.names[":"] = node
            frame.key = node
            return _Token(None, pos + 1)
        self.put(frame, node, pos)
        if char == ",":
            frame.comma = True
            return _Token(None, pos + 1)
        if char == frame.closer:
            return _Token(self.close(), pos + 1)
        expected = f"',' or '{frame.closer}'"
        if not char:
            raise _error(self.text, pos, f"'{frame.closer}' is missing")
        raise _error(self.text, pos, f"{expected} was expected, not {char!r}")

    def put(self, frame: _Frame, node: Node, pos: int) -> None:
        if frame.function:
            if frame.keyword:
                frame.names[frame.keyword] = node
                frame.keyword = ""
            elif frame.names:
                raise _error(self.text, pos, "a value without a name stands behind one with a name")
            else:
                frame.items.append(node)
        elif frame.key is not None:
            frame.items += [frame.key, node]
            frame.key = None
        elif frame.names:
            raise _error(self.text, pos, "':' and a value are missing")
        else:
            if frame.opener == "{":
                self.demand_key(frame, node, self.began)
            elif self.gives_keys(frame):
                self.places[id(node)] = self.began
            frame.items.append(node)

    def gives_keys(self, frame: _Frame) -> bool:
        """Whether what stands in a bracket becomes the members of a set, or the key of a pair."""
        above = [one.function for one in self.frames[-3:-1]]
        if above and above[-1] in _SETS:
            return True
        return len(above) > 1 and above[0] == _PAIRS and not frame.items

    def demand_key(self, frame: _Frame, key: Node, at: int) -> None:
        """A key or member can be hashed, and is typed once: the bot would keep the last only."""
        obstacle = "" if isinstance(key, Atom) else self.hashing.obstacle(key)
        if obstacle:
            article = "an" if obstacle[:1].lower() in "aeio" else "a"
            said = f"{article} {obstacle} cannot be a key or a member of a set, nor be in one"
            raise _error(self.text, at, said)
        token = key_token(key)
        if token in frame.taken:
            said = f"{spell(key, 60)} is there already, or something that the bot takes for equal"
            raise _error(self.text, at, said)
        frame.taken.add(token)
        if not isinstance(key, Atom):
            self.kept.append(key)

    def close(self) -> Node:
        frame = self.frames.pop()
        self.began = frame.at
        if frame.function:
            return self.made(frame)
        if frame.opener == "[":
            return Seq("list", frame.items)
        if frame.opener == "(":
            if len(frame.items) == 1 and not frame.comma:
                return frame.items[0]
            return Seq("tuple", frame.items)
        if frame.names or not frame.items:
            return Map(frame.items)
        return Seq("set", frame.items)

    def made(self, frame: _Frame) -> Node:
        """What a constructor makes of its arguments."""
        self.demand_known(frame)
        try:
            node = CONSTRUCTORS[frame.function](frame.items, frame.names)
        except (ValueError, OverflowError, TypeError) as error:
            message = f"{frame.function}: {error}"
            raise _error(self.text, frame.at, message) from None
        keys: list[Node] = []
        if isinstance(node, Seq) and frame.function in _SETS:
            keys = node.items
        elif isinstance(node, Call) and frame.function == _PAIRS:
            keys = node.entries[::2]
        frame.taken.clear()
        for key in keys:
            self.demand_key(frame, key, self.places.get(id(key), frame.at))
        self.began = frame.at
        return node

    def demand_known(self, frame: _Frame) -> None:
        """A time zone exists, and a path is one that the bot's system has."""
        if self.known is None:
            return
        given = frame.names.get("zone") if frame.function != "ZoneInfo" else None
        if frame.function == "ZoneInfo" and frame.items:
            given = frame.items[0]
        name = text_of(given)
        if name is not None and name not in self.known and not zones.is_known(name):
            raise _error(self.text, frame.at, f"{frame.function}: {zones.refusal_of(name)}")
        if frame.function == "WindowsPath" and frame.function not in self.known:
            said = "WindowsPath: only a bot on Windows can read it; type PureWindowsPath instead"
            raise _error(self.text, frame.at, said)


def _negative(value: complex) -> int | float | complex:
    if isinstance(value, complex):
        return complex(0.0, -value.imag)
    return -value


def _complex_node(value: complex) -> Node:
    args = Seq("tuple", [Atom(value.real), Atom(value.imag)])
    return Call("call", Global("builtins", "complex"), args)
