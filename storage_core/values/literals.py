"""Typed text to a tree: Python literals and the known constructors, nothing else.

The parser has its own stack and bounds, so that no text can make it recurse or compute; the tree
that it gives has the shape that a pickler would write. Errors are RefusedEdit with line and column.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from storage_core.exceptions import RefusedEdit
from storage_core.values.brackets import CLOSERS, CONSTRUCTORS, MAX_LEVELS, Bracket, Brackets
from storage_core.values.lexemes import NAME, STRING, number_at, refused, skip, strings_at
from storage_core.values.tree import Atom, Call, Global, Node, Seq

__all__ = ["MAX_LENGTH", "MAX_LEVELS", "parse", "parse_prefix"]

MAX_LENGTH: Final = 4 * 1024 * 1024
MAX_NODES: Final = 500_000
_WHY_NOT: Final = {
    "defaultdict": ": it holds what the bot calls for a missing key. Type it in the place of one "
    "with the same factory, or type a dict",
    "numpy": ": the bot would import numpy. Type a number alone in the place of one of numpy's",
    "re": ": the bot would compile it. Only the bot can store another pattern; type a text",
    "functools": ": it names what the bot calls",
}
_WORDS: Final = {"None": None, "True": True, "False": False}


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
    end = skip(text, end)
    if end < len(text):
        raise refused(text, end, "one value is complete here; what follows it has no place")
    return node


def parse_prefix(text: str, start: int) -> tuple[Node, int]:
    """The value that begins at `start`, and where it ends. It may be one that is only looked for:
    names are not judged."""
    return _Parser(text, None).run(start)


class _Parser:
    def __init__(self, text: str, known: Collection[str] | None) -> None:
        self.text = text
        self.brackets = Brackets(text, known)
        self.began = 0
        """Where the value begins that was read last."""

    def run(self, pos: int) -> tuple[Node, int]:
        """Alternate between a value and what follows it, until the outermost value is complete."""
        for _ in range(MAX_NODES):
            pos = skip(self.text, pos)
            node, pos = self.value(pos)
            while node is not None:
                if not self.brackets.open:
                    return node, pos
                node, pos = self.follow(node, skip(self.text, pos))
        raise refused(self.text, pos, f"more than {MAX_NODES:,} values")

    def value(self, pos: int) -> _Token:
        """A value at `pos`: a literal, an opened bracket, or the end of an open one."""
        text = self.text
        self.began = pos
        bracket = self.brackets.innermost
        char = text[pos : pos + 1]
        if bracket is not None and char == bracket.closer and not bracket.demands_value:
            return self.close(pos + 1)
        if char in CLOSERS and char:
            return self.open(Bracket(char, pos), pos + 1)
        if STRING.match(text, pos):
            value, end = strings_at(text, pos)
            return _Token(Atom(value), end)
        if char in "+-.0123456789" and char:
            number, end = number_at(text, pos)
            node = _complex_node(number) if isinstance(number, complex) else Atom(number)
            return _Token(node, end)
        name = NAME.match(text, pos)
        if name:
            return self.word(name[0], pos)
        raise refused(text, pos, self.complaint(char))

    def complaint(self, char: str) -> str:
        if not char:
            bracket = self.brackets.innermost
            return "no value is here" if bracket is None else f"'{bracket.closer}' is missing"
        if char == "<":
            return "an object can be read but not typed"
        if char in "'\"":
            return "this text has no closing quote"
        return f"{char!r} begins no value"

    def open(self, bracket: Bracket, pos: int) -> _Token:
        self.brackets.enter(bracket)
        return _Token(None, pos)

    def close(self, pos: int) -> _Token:
        node, self.began = self.brackets.close()
        return _Token(node, pos)

    def word(self, name: str, pos: int) -> _Token:
        end = pos + len(name)
        if name in _WORDS:
            return _Token(Atom(_WORDS[name]), end)
        after = skip(self.text, end)
        bracket = self.brackets.innermost
        sign = self.text[after : after + 1]
        if sign == "=" and bracket is not None and bracket.function and not bracket.keyword:
            if name in bracket.names:
                raise refused(self.text, pos, f"{name} is given twice")
            bracket.keyword = name
            return _Token(None, after + 1)
        if name in CONSTRUCTORS and sign == "(":
            return self.open(Bracket("(", pos, name), after + 1)
        if name in CONSTRUCTORS:
            raise refused(self.text, pos, f"{name} needs its value in brackets")
        hint = "; a text needs quotes" if sign not in ("(", ".") else ""
        hint = _WHY_NOT.get(name, hint)
        raise refused(self.text, pos, f"{name!r} cannot be typed here{hint}")

    def follow(self, node: Node, pos: int) -> _Token:
        """What stands after a complete value inside a bracket: comma, colon or the end."""
        bracket = self.brackets.open[-1]
        char = self.text[pos : pos + 1]
        if char == ":" and bracket.opener == "{" and bracket.key is None:
            self.brackets.put_key(node, self.began, pos)
            return _Token(None, pos + 1)
        self.brackets.put(node, self.began, pos)
        if char == ",":
            bracket.comma = True
            return _Token(None, pos + 1)
        if char == bracket.closer:
            return self.close(pos + 1)
        expected = f"',' or '{bracket.closer}'"
        if not char:
            raise refused(self.text, pos, f"'{bracket.closer}' is missing")
        raise refused(self.text, pos, f"{expected} was expected, not {char!r}")


def _complex_node(value: complex) -> Node:
    args = Seq("tuple", [Atom(value.real), Atom(value.imag)])
    return Call("call", Global("builtins", "complex"), args)
