"""What about a value is worth a person's look."""

from dataclasses import dataclass
from typing import Final

from storage_core.values.foreign import Foreign
from storage_core.values.known.code import OWN_SCRIPT, defines
from storage_core.values.names import arguments, is_by_value, name_of, printable
from storage_core.values.notation import spell
from storage_core.values.paths import shadowed
from storage_core.values.safety import every_node, frozen
from storage_core.values.shapes import known_shape, shape_of
from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Map,
    Node,
    Opaque,
    Program,
    Reference,
    Seq,
    children,
    resolve,
)

__all__ = ["Finding", "findings_of"]

_MAX_LISTED: Final = 20
_WALK: Final = 100_000


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable, for programs; `text` is a sentence."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


def findings_of(program: Program, foreign: Foreign | None) -> tuple[Finding, ...]:
    """All findings of a value, those that matter most first. Linear in the value."""
    if foreign is not None:
        return (Finding("not-a-pickle", f"This is {foreign.note}. A bot cannot read it."),)
    found: list[Finding] = []
    if program.error:
        where = f"at byte {program.error_at:,} of {len(program.data):,}"
        text = f"This value could not be read to its end: {program.error}, {where}."
        found.append(Finding("unreadable", text))
    found += _hidden(program)
    found += [Finding("odd", f"This value has {text}.") for text in program.odd[:_MAX_LISTED]]
    trailing = len(program.data) - program.end
    if trailing and not program.error:
        text = f"{_bytes(trailing)} after the end of the value: the bot ignores them."
        found.append(Finding("trailing-bytes", text))
    found += _inside(program)
    return tuple(found)


def _bytes(count: int) -> str:
    return "1 byte follows" if count == 1 else f"{count:,} bytes follow"


def _hidden(program: Program) -> list[Finding]:
    """Calls whose results are thrown away, and data that is built and dropped."""
    if program.error:
        return []
    found: list[Finding] = []
    dropped = 0
    for node in program.hidden:
        call = _call_in(node)
        if call is None:
            dropped += not isinstance(node, (Call, Reference))
        elif len(found) < _MAX_LISTED:
            text = f"Reading this value also makes the bot call this, unseen: {_short(call)}"
            found.append(Finding("hidden-call", text))
    if dropped:
        text = "The bytes hold data that is not part of the value: removed, or left over."
        found.append(Finding("removed-data", text))
    return found


def _short(call: Call) -> str:
    """A call with what it is given, classes by their names."""
    args = [name_of(arg) or spell(arg, 100) for arg in arguments(call) or ()]
    return f"{name_of(call.callee) or spell(call.callee, 100)}({', '.join(args)})"


def _call_in(node: Node) -> Call | None:
    """The first call in a hidden node that neither holds data only nor defines code.

    What is seen again is not followed: it is part of the value, or hidden elsewhere.
    """
    work, steps = [node], 0
    while work and steps < _WALK:
        steps += 1
        one = work.pop()
        if isinstance(one, Call) and known_shape(one) is None and not defines(one):
            return one
        work.extend(children(one))
    return None


def _inside(program: Program) -> list[Finding]:
    found: list[Finding] = []
    by_value: dict[str, None] = {}
    inert = frozen(program)
    for node in every_node(program, with_atoms=False):
        if isinstance(node, Call) and is_by_value(node) and (name := name_of(node)):
            by_value[printable(name)] = None
        if isinstance(node, Opaque) and len(found) < _MAX_LISTED:
            found.append(
                Finding("opaque", f"It has a part that only the bot knows: {spell(node, 200)}")
            )
        if isinstance(node, Global) and (node.module is None or node.name is None):
            text = "It imports something whose name is computed while reading."
            found.append(Finding("computed-import", text))
        if len(found) < _MAX_LISTED and id(node) not in inert and children(node):
            found += _twice(node)
    found += [
        Finding("by-value", f"The class {name} is {OWN_SCRIPT}, and stored with its code.")
        for name in by_value
    ]
    return found


def _twice(node: Node) -> list[Finding]:
    """Keys that a container has twice: the bot sees the last."""
    if type(node) is Seq or (type(node) is Map and _has_different_texts(node)):
        return []
    shape = shape_of(node)
    if shape.kind != "dict" and not shape.is_object:
        return []
    found = []
    for number in sorted(shadowed(shape))[:_MAX_LISTED]:
        key = shape.place(number).key
        if key is not None:
            text = f"The key {spell(key, 100)} is there twice: the bot sees the last one only."
            found.append(Finding("duplicate-key", text))
    return found


def _has_different_texts(node: Map) -> bool:
    """Whether all keys are texts and no two of them equal, which is quickly told of most dicts."""
    keys = [key.value for key in map(resolve, node.items[::2]) if type(key) is Atom]
    return (
        2 * len(keys) == len(node.items)
        and all(type(key) is str for key in keys)
        and len(set(keys)) == len(keys)
    )
