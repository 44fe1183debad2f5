"""The one gate that every write of a person goes through, and what it makes read-only.

Support staff with an edit form must not become able to run code in the bot. So a new value may
import nothing that the old one did not import (save the constructors that we write ourselves, in
exactly the form in which we write them), it may call nothing more, and what is handed to a call
stays as it is. The exceptions are constructors that only hold data, and `cls.__new__` of the bot's
own classes. A state may change where it is a dict of fields, or `(None | dict, dict)` as objects
with slots have it.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.closed import why_closed
from storage_core.values.loading import faults_of
from storage_core.values.names import LOAD_TYPE, is_plain_new, name_of
from storage_core.values.reader import read_program
from storage_core.values.shapes import editable_states, known_shape
from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Map,
    Node,
    Opaque,
    Program,
    Seq,
    children,
    resolve,
)

__all__ = [
    "WRITTEN_BY_US",
    "check_programs",
    "check_write",
    "frozen",
    "imports",
    "imports_brought_in",
    "new_imports",
]

WRITTEN_BY_US: Final = frozenset(
    f"{module}.{name}"
    for module, names in {
        "datetime": "datetime date time timedelta timezone",
        "zoneinfo": "ZoneInfo",
        "decimal": "Decimal",
        "fractions": "Fraction",
        "uuid": "UUID",
        "pathlib": "PosixPath PurePosixPath WindowsPath PureWindowsPath",
        "ipaddress": "IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface",
        "builtins": "complex bytearray range slice getattr",
        "collections": "OrderedDict Counter deque",
    }.items()
    for name in names.split()
)
"""What typed content may import; each is checked in the form in which we write it as well."""
_ZONE: Final = "zoneinfo.ZoneInfo._unpickle"
_STEPS_PER_BYTE: Final = 10
_STEPS: Final = 200_000


def every_node(program: Program, *, with_atoms: bool = True) -> Iterator[Node]:
    """Each node once: of the value, of what is hidden, and of the memo.

    Most nodes are atoms; whoever does not need those of containers is twice as fast without.
    """
    work: list[Node] = [*program.hidden, *program.memo.values()]
    if program.root is not None:
        work.append(program.root)
    seen: set[int] = set()
    while work:
        node = resolve(work.pop())
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if type(node) is Atom:
            continue
        inner = children(node)
        work.extend(inner if with_atoms else [one for one in inner if type(one) is not Atom])


def imports(program: Program) -> tuple[str, ...]:
    """What the bot imports while it reads the value: dotted names, in order of appearance."""
    found: dict[str, None] = {}
    for node in program.globals:
        found[node.dotted if isinstance(node, Global) else _label(node)] = None
    if found:
        for node in program.calls:
            if name_of(node.callee) in _NAMING:
                name = name_of(node) or _module_named(node)
                if name:
                    found[name] = None
    return tuple(found)


_NAMING: Final = LOAD_TYPE | {"builtins.getattr", "dill._dill._import_module"}


def _module_named(call: Call) -> str | None:
    args = resolve(call.args)
    first = resolve(args.items[0]) if isinstance(args, Seq) and args.items else None
    return first.value if isinstance(first, Atom) and isinstance(first.value, str) else None


def _label(node: Node) -> str:
    return node.text if isinstance(node, Opaque) else "?"


def frozen(program: Program) -> dict[int, str]:
    """The nodes that a person may not change, by id, each with the reason. Linear."""
    if not program.globals and not program.hidden:
        return {}
    roots: list[tuple[Node, str]] = []
    for call in program.calls:
        roots += _frozen_by(call)
    for note in program.opaques:
        if note.inner is not None:
            roots.append((note.inner, f"it is part of a {note.kind}"))
    reasons: dict[int, str] = {}
    while roots:
        node, reason = roots.pop()
        node = resolve(node)
        if isinstance(node, Atom) or id(node) in reasons:
            continue
        reasons[id(node)] = reason
        roots.extend((child, reason) for child in children(node))
        if isinstance(node, Call):
            reasons[id(resolve(node.args))] = reason
    return reasons


def _frozen_by(call: Call) -> list[tuple[Node, str]]:
    """The parts of a call that stay as they are."""
    shape = known_shape(call)
    if shape is not None:
        if shape.kind == "defaultdict":
            return [(call.args, "the bot calls it for missing keys")]
        return []
    editable = editable_states(call)
    closed = [state for state in call.states if not _is_editable(state, editable)]
    roots = [(state, why_closed(call, state)) for state in closed]
    if not is_plain_new(call):
        name = name_of(call.callee) or "something"
        reason = f"the bot hands it to {name}"
        held = [call.callee, call.args, *call.items, *call.entries, *call.members]
        if call.kwargs is not None:
            held.append(call.kwargs)
        roots += [(node, reason) for node in held]
    elif isinstance(resolve(call.callee), Call):
        roots.append((call.callee, "it is the code of a class"))
    return roots


def _is_editable(state: Node, dicts: list[Map]) -> bool:
    node = resolve(state)
    if isinstance(node, Map):
        return any(node is one for one in dicts)
    if not isinstance(node, Seq):
        return False
    return any(resolve(item) is one for item in node.items for one in dicts)


def new_imports(before: bytes | None, after: bytes) -> tuple[str, ...]:
    """What the bot would import for `after` and does not import for `before`."""
    old = read_program(before) if before is not None else None
    return imports_brought_in(old, read_program(after))


def imports_brought_in(old: Program | None, new: Program) -> tuple[str, ...]:
    """`new_imports` for programs that have been read already."""
    known = set(imports(old)) if old is not None else set()
    return tuple(name for name in imports(new) if name not in known)


def check_write(
    before: bytes | None, after: bytes, *, allow_imports: bool = False, was_stored: bool = False
) -> None:
    """Raise RefusedEdit if writing `after` over `before` could make the bot run something new.

    `before` is what the store holds now, None for a new key. `allow_imports` is for people with
    the separate right to bring in values with new imports: then only what cannot be read at all is
    refused, since a broken program runs up to where it breaks. `was_stored` is for bytes that the
    store held before: a bot may know a time zone that is unknown here.
    """
    new = read_program(after)
    old = read_program(before) if before is not None else None
    check_programs(old, new, allow_imports=allow_imports, was_stored=was_stored)


def check_programs(
    old: Program | None, new: Program, *, allow_imports: bool = False, was_stored: bool = False
) -> None:
    """`check_write` for programs that have been read already."""
    if new.error:
        raise RefusedEdit(f"this cannot be written, because the bot could not read it: {new.error}")
    _check_loading(old, new, any_python=allow_imports or was_stored)
    if allow_imports:
        return
    known = {_dotted(node) for node in old.globals} if old is not None else set()
    for node in new.globals:
        if _dotted(node) not in known and _dotted(node) not in WRITTEN_BY_US:
            raise RefusedEdit(
                f"this would make the bot import {_dotted(node)}, which it does not now"
            )
    extra = set(new.odd) - set(old.odd if old is not None else ())
    if extra:
        raise RefusedEdit(f"this would bring in {min(extra)}")
    allowed = _effects(old) if old is not None else Counter()
    surplus = _effects(new) - allowed
    if surplus:
        name = min(surplus).partition("\0")[0]
        raise RefusedEdit(f"this would change what the bot calls: {name}")


def _check_loading(old: Program | None, new: Program, *, any_python: bool) -> None:
    """Nothing may come in that the bot could not read; what it has stored itself stays."""
    faults = faults_of(new, any_python=any_python)
    if faults and old is not None:
        faults -= faults_of(old, any_python=any_python)
    if faults:
        raise RefusedEdit(f"this would bring in {min(faults)}")


def _dotted(node: Node) -> str:
    return node.dotted if isinstance(node, Global) else _label(node)


def _effects(program: Program) -> Counter[str]:
    """What reading the value makes the bot do, each with a digest of what it is done with."""
    found: Counter[str] = Counter()
    if not program.globals and not program.odd and not program.persistent:
        return found
    budget = [_STEPS + _STEPS_PER_BYTE * len(program.data)]
    for call in program.calls:
        effect = _effect(call, budget)
        if effect:
            found[effect] += 1
    for note in program.opaques:
        if note.inner is not None:
            found[f"{note.kind}\0{_digest([note.inner], budget)}"] += 1
    return found


def _effect(call: Call, budget: list[int]) -> str:
    """A name and digest for a call; empty for one that only holds data in a form that we know."""
    shape = known_shape(call)
    states = "".join("f" if isinstance(resolve(state), Map) else "s" for state in call.states)
    if shape is not None:
        if shape.kind != "defaultdict":
            return ""
        return f"defaultdict\0{_digest([call.args], budget)}"
    if name_of(call) == _ZONE:
        return ""
    editable = editable_states(call)
    closed = [state for state in call.states if not _is_editable(state, editable)]
    name = name_of(call.callee) or "something"
    if is_plain_new(call):
        name = f"{call.how} {name}"
        return f"{name}\0{states}{_digest([call.callee, *closed], budget)}"
    held = [call.callee, call.args, *call.items, *call.entries, *call.members, *closed]
    if call.kwargs is not None:
        held.append(call.kwargs)
    return f"{name}\0{states}{_digest(held, budget)}"


def _digest(nodes: list[Node], budget: list[int]) -> str:
    """A digest of trees as the bot sees them: references followed, each object once."""
    seen: dict[int, int] = {}
    state = blake2b(digest_size=16)
    work = list(reversed(nodes))
    while work:
        node = resolve(work.pop())
        budget[0] -= 1
        if budget[0] < 0:
            raise RefusedEdit("this value is too entangled to be sure that an edit is harmless")
        if isinstance(node, Atom):
            state.update(
                f"{type(node.value).__name__}{_bytes_like(node.value)}\0".encode(
                    "utf-8", "surrogatepass"
                )
            )
            continue
        if id(node) in seen:
            state.update(b"seen %d\0" % seen[id(node)])
            continue
        seen[id(node)] = len(seen)
        below = children(node)
        state.update(f"{_sort_of(node)} {len(below)}\0".encode("utf-8", "surrogatepass"))
        work.extend(reversed(below))
    return state.hexdigest()


def _bytes_like(value: object) -> str:
    return hex(value) if type(value) is int else repr(value)


def _sort_of(node: Node) -> str:
    if isinstance(node, Global):
        return f"global {node.dotted}"
    if isinstance(node, Seq):
        return node.kind
    if isinstance(node, Call):
        sizes = f"{len(node.items)} {len(node.entries)} {len(node.members)} {len(node.states)}"
        return f"call {node.how} {sizes}"
    if isinstance(node, Opaque):
        return f"opaque {node.kind} {node.text}"
    return "dict"
