"""What about a value is worth a person's look."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from storage_core.values import opcodes as op
from storage_core.values.foreign import Foreign
from storage_core.values.known.code import OWN_SCRIPT, defines
from storage_core.values.names import is_by_value, name_of, printable
from storage_core.values.notation import spell
from storage_core.values.paths import has_different_texts, shadowed
from storage_core.values.safety import frozen
from storage_core.values.shapes import known_shape, shape_of
from storage_core.values.telling import is_told, told
from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Map,
    Node,
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
        found.append(Finding("unreadable", _unread(program)))
    found += _hidden(program)
    found += [Finding("odd", f"This value has {text}.") for text in program.odd[:_MAX_LISTED]]
    trailing = len(program.data) - program.end
    if trailing and not program.error:
        text = f"{_bytes(trailing)} after the end of the value: the bot ignores them."
        found.append(Finding("trailing-bytes", text))
    found += _inside(program)
    return tuple(found)


def _unread(program: Program) -> str:
    read, whole = len(program.data), program.length
    if whole > read:
        return (
            f"This value has {whole:,} bytes. Only the first {read // 1024 // 1024} MiB are read "
            "and shown here, and nothing of it can be edited. The stored bytes are complete."
        )
    where = f"at byte {program.error_at:,} of {whole:,}"
    return f"This value could not be read to its end: {program.error}, {where}."


def _bytes(count: int) -> str:
    return "1 byte follows" if count == 1 else f"{count:,} bytes follow"


def _hidden(program: Program) -> list[Finding]:
    """Calls whose results are thrown away, and data that is built and dropped."""
    if program.error:
        return []
    found: list[Finding] = []
    dropped = 0
    for node in _thrown_away(program):
        call = _call_in(node)
        if call is None:
            dropped += not isinstance(node, (Call, Reference))
        elif len(found) < _MAX_LISTED:
            text = f"Reading this value also makes the bot call this, unseen: {told(call)}"
            found.append(Finding("hidden-call", text))
    if dropped:
        text = "The bytes hold data that is not part of the value: removed, or left over."
        found.append(Finding("removed-data", text))
    return found


def _thrown_away(program: Program) -> list[Node]:
    """What is built and not part of the value.

    A tuple that is in itself is built twice: its items are thrown away, and the tuple that was made
    of them meanwhile is taken from the memo. So they are part of the value.
    """
    gets = program.gets if program.hidden else []
    twice = [get.target for get in gets if _takes_a_tuple_again(program, get)]
    if not twice:
        return program.hidden
    atoms = Counter(
        _told_apart(item)
        for node in twice
        for item in map(resolve, children(node))
        if isinstance(item, Atom)
    )
    parts: set[Node] = set()
    work = [] if program.root is None else [program.root]
    while work:
        node = resolve(work.pop())
        if node not in parts:
            parts.add(node)
            work.extend(children(node))
    thrown_away = []
    for node in program.hidden:
        if isinstance(node, Atom) and atoms[_told_apart(node)]:
            atoms[_told_apart(node)] -= 1
        elif resolve(node) not in parts:
            thrown_away.append(node)
    return thrown_away


def _takes_a_tuple_again(program: Program, get: Reference) -> bool:
    """Whether a tuple is taken from the memo right after something was thrown away."""
    target = get.target
    is_tuple = isinstance(target, Seq) and target.kind == "tuple"
    return is_tuple and program.data[get.start - 1] in (op.POP, op.POP_MARK)


def _told_apart(atom: Atom) -> tuple[type, str]:
    return type(atom.value), repr(atom.value)


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
    found = [
        Finding("opaque", f"It has a part that only the bot knows: {spell(node, 200)}")
        for node in program.opaques[:_MAX_LISTED]
    ]
    for node in program.globals:
        if isinstance(node, Global) and (node.module is None or node.name is None):
            text = "It imports something whose name is computed while reading."
            found.append(Finding("computed-import", text))
    found += _called(program)
    inert = frozen(program)
    for holder in _suspects(program):
        if len(found) >= _MAX_LISTED:
            break
        found += _twice(holder) if id(holder) not in inert else ()
    by_value = {
        printable(name): None
        for call in program.calls
        if is_by_value(call) and (name := name_of(call))
    }
    found += [
        Finding("by-value", f"The class {name} is {OWN_SCRIPT}, and stored with its code.")
        for name in by_value
    ]
    return found


def _called(program: Program) -> list[Finding]:
    """The calls in the value itself; those whose results are thrown away are found apart."""
    thrown_away = [] if program.error is not None else _thrown_away(program)
    unseen = {id(call) for node in thrown_away if (call := _call_in(node)) is not None}
    calls = [call for call in program.calls if is_told(call) and id(call) not in unseen]
    found = [
        Finding("call", f"When the bot reads this value, it calls {told(call)}.")
        for call in calls[:_MAX_LISTED]
    ]
    if len(calls) > len(found):
        found.append(Finding("call", f"It makes {len(calls) - len(found):,} more such calls."))
    return found


def _suspects(program: Program) -> Iterator[Node]:
    """What may have a key twice."""
    harmless: set[tuple[Node, ...]] = set()
    for holder in program.tables:
        if type(holder) is not Map:
            continue
        keys = holder.items[::2]
        try:
            # Of many dicts that are alike the keys are, too.
            same = tuple([key.target for key in keys])  # type: ignore[attr-defined]  # caught
        except AttributeError:
            if not has_different_texts(keys):
                yield holder
            continue
        if same not in harmless:
            if has_different_texts(keys):
                harmless.add(same)
            else:
                yield holder
    yield from program.calls


def _twice(node: Node) -> list[Finding]:
    """Keys that a container has twice: the bot sees the last."""
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
