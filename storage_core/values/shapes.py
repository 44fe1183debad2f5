"""`shape_of`: any node as a person would expect it."""

from collections.abc import Callable
from typing import Final

from storage_core.values.known import (
    arrays,
    code,
    containers,
    exceptions,
    identifiers,
    numbers,
    octets,
    times,
)
from storage_core.values.known.code import OWN_SCRIPT
from storage_core.values.masking import MASK
from storage_core.values.names import (
    arguments,
    class_of,
    is_by_value,
    name_of,
    namedtuple_fields,
    own_code,
    printable,
    text_of,
)
from storage_core.values.notation_text import atom_group, atom_kind, atom_text
from storage_core.values.shape import (
    ARG,
    ENTRY,
    FIELD,
    INDEX,
    MEMBER,
    NAMED,
    STATE,
    Part,
    Shape,
)
from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Map,
    Masked,
    Node,
    Opaque,
    Seq,
    resolve,
)

__all__ = ["editable_states", "known_shape", "shape_of"]

KNOWN: Final[dict[str, Callable[[Call], Shape | None]]] = {
    **octets.SHAPES,
    **numbers.SHAPES,
    **identifiers.SHAPES,
    **times.SHAPES,
    **containers.SHAPES,
    **arrays.KNOWN,
}
SHOWN: Final[dict[str, Callable[[Call], Shape | None]]] = {
    **code.SHAPES,
    **arrays.SHOWN,
    **containers.SHOWN,
}
_OPEN: Final = ("types.SimpleNamespace", "argparse.Namespace")
"""Python's own classes that are made to hold whatever fields one likes."""
_BRACKETS: Final = {"list": ("[", "]"), "tuple": ("(", ")"), "unfinished": ("<unfinished ", ">")}
_BUILTINS: Final = ("builtins", "__builtin__")
_LOADERS: Final = ("unknown", "dill.", "importlib.", "builtins.getattr", "builtins.__import__")
_PYDANTIC: Final = "__pydantic_fields_set__"
_PYDANTIC_EXTRAS: Final = ("__pydantic_extra__", "__pydantic_private__")


def shape_of(node: Node) -> Shape:  # noqa: PLR0911 - one for each class of node
    """The shape of a node, or of what it refers to. Constant work, save for objects' arguments."""
    node = resolve(node)
    if isinstance(node, Atom):
        value = node.value
        if type(value) is bytearray:
            return Shape("bytearray", "bytes", f"bytearray({bytes(value)!r})")
        return Shape(atom_kind(value), atom_group(value), atom_text(value))
    if isinstance(node, Map):
        return Shape(
            "dict", "container", parts=(Part(ENTRY, node.items, node),), opening="{", closing="}"
        )
    if isinstance(node, Seq):
        return _seq_shape(node)
    if isinstance(node, Call):
        return known_shape(node) or _shown_shape(node) or _object_shape(node)
    if isinstance(node, Global):
        own = code.builtin_text(node.name or "") if node.module in _BUILTINS else None
        text = own or f"<{printable(node.dotted)}>"
        return Shape("reference", "name", text, typeable=False)
    if isinstance(node, Opaque):
        return _opaque_shape(node)
    if isinstance(node, Masked):
        return _masked_shape(node)
    raise TypeError(type(node))


def known_shape(call: Call) -> Shape | None:
    """The shape of a known constructor that was given what it is known to take; else None."""
    name = name_of(class_of(call) or call.callee)
    if name is not None and exceptions.holds_anything(name, call):
        return _object_shape(call)
    make = KNOWN.get(name) if name is not None else None
    if make is None or call.kwargs is not None:
        return None
    shape = make(call)
    if shape is None or not shape.is_leaf:
        return shape
    if call.items or call.entries or call.members or (call.states and shape.kind != "UUID"):
        return None
    return shape


def _shown_shape(call: Call) -> Shape | None:
    """The shape of a call that is shown as what it makes, but of which nothing is known to be
    harmless: code, arrays, a ChainMap. For `safety` these are calls like any other."""
    name = name_of(class_of(call) or call.callee)
    make = SHOWN.get(name) if name is not None else None
    return make(call) if make is not None else None


def _seq_shape(node: Seq) -> Shape:
    if node.kind in ("set", "frozenset"):
        return containers.set_shape(node.kind, (Part(MEMBER, node.items, node),))
    opening, closing = _BRACKETS[node.kind]
    if node.kind == "tuple" and len(node.items) == 1:
        closing = ",)"
    return Shape(
        node.kind,
        "container",
        parts=(Part(INDEX, node.items, node),),
        opening=opening,
        closing=closing,
        typeable=node.kind != "unfinished",
    )


def _opaque_shape(node: Opaque) -> Shape:
    if node.inner is None:
        return Shape(node.kind, "note", f"<{node.text}>", typeable=False)
    holder = [node.inner]
    return Shape(
        node.kind,
        "note",
        parts=(Part(ARG, holder, node),),
        opening=f"<{node.kind} ",
        closing=">",
        typeable=False,
    )


def _masked_shape(node: Masked) -> Shape:
    """Eight dots, whatever is masked: not even its length is told."""
    notes = (f"masked: {node.why}",)
    return Shape(node.kind, "masked", MASK, typeable=node.typeable, notes=notes)


def _object_shape(call: Call) -> Shape:
    """An object of a class that we need not know: its name and all that is in it."""
    cls = class_of(call)
    args = arguments(call)
    first = 0
    if cls is not None and call.how == "call" and args is not None:
        first = _first_own_argument(call, args)
    name = (name_of(cls if cls is not None else call.callee) or "unknown").removeprefix("builtins.")
    name = printable(name)
    callee = cls if cls is not None else call.callee
    parts: list[Part] = []
    if args is None:
        parts.append(Part(ARG, [call.args], call))
    elif len(args) > first:
        names = namedtuple_fields(callee) or ()
        style = NAMED if len(names) == len(args) - first else ARG
        parts.append(Part(style, args, resolve(call.args), names, first))
    kwargs = resolve(call.kwargs) if call.kwargs is not None else None
    if isinstance(kwargs, Map) and kwargs.items:
        parts.append(Part(FIELD, kwargs.items, kwargs))
    for style, nodes in ((INDEX, call.items), (ENTRY, call.entries), (MEMBER, call.members)):
        if nodes:
            parts.append(Part(style, nodes, call))
    fields = None
    is_closed = _is_closed(name_of(callee))
    for state in call.states:
        for part in _state_parts(call, state):
            part.fixed = part.fixed or (is_closed and part.style == FIELD)
            parts.append(part)
            if fields is None and isinstance(part.owner, Map) and not part.fixed:
                fields = part.owner
    notes = (OWN_SCRIPT,) if is_by_value(callee) else ()
    return Shape(
        name,
        "object",
        parts=tuple(parts),
        opening=f"<{name}",
        closing=">",
        typeable=False,
        is_object=True,
        notes=notes,
        fields_in=fields,
    )


def _is_closed(name: str | None) -> bool:
    """Whether a class never looks at other fields than those that it has: Python's own ones."""
    return name is not None and not own_code(name) and name not in _OPEN


def _first_own_argument(call: Call, args: list[Node]) -> int:
    """Where in a call by `copyreg` the instance's own arguments start: behind class and base."""
    if name_of(call.callee) == "copyreg.__newobj__":
        return 1
    base = name_of(args[1]) if len(args) == 3 else None
    return 3 if base == "builtins.object" else 2


def editable_states(call: Call) -> list[Map]:
    """The dicts of fields of an object: its state if that is a dict, or `(None | dict, dict)`.

    What a loader gives (a module, a function, an attribute) is no object of its own: setting its
    fields would change the bot itself.
    """
    found: list[Map] = []
    if (name_of(call.callee) or "unknown").startswith(_LOADERS):
        return found
    for state in call.states:
        node = resolve(state)
        if isinstance(node, Map):
            found.append(node)
            inner = _pydantic_fields(node)
            if inner is not None:
                found.append(inner)
        elif isinstance(node, Seq) and _is_slots_state(node):
            found += [dict_ for item in node.items if isinstance(dict_ := resolve(item), Map)]
    return found


def _is_slots_state(node: Seq) -> bool:
    if node.kind != "tuple" or len(node.items) != 2:
        return False
    first, second = map(resolve, node.items)
    empty = isinstance(first, Atom) and first.value is None
    return isinstance(second, Map) and (empty or isinstance(first, Map))


def _pydantic_fields(state: Map) -> Map | None:
    names = [text_of(key) for key in state.items[:16:2]]
    if _PYDANTIC not in names or "__dict__" not in names:
        return None
    fields = resolve(state.items[names.index("__dict__") * 2 + 1])
    return fields if isinstance(fields, Map) else None


def _pydantic_extras(state: Map) -> list[Part]:
    """What else a pydantic model holds: extra and private fields."""
    found = []
    for key, value in zip(state.items[::2], state.items[1::2], strict=True):
        fields = resolve(value)
        if text_of(key) in _PYDANTIC_EXTRAS and isinstance(fields, Map) and fields.items:
            found.append(Part(FIELD, fields.items, fields))
    return found


def _state_parts(call: Call, state: Node) -> list[Part]:
    node = resolve(state)
    if isinstance(node, Map):
        inner = _pydantic_fields(node)
        if inner is not None:
            return [Part(FIELD, inner.items, inner), *_pydantic_extras(node)]
        return [Part(FIELD, node.items, node)]
    if isinstance(node, Seq) and _is_slots_state(node):
        slots = resolve(node.items[1])
        dicts = [dict_ for item in node.items if isinstance(dict_ := resolve(item), Map)]
        return [Part(FIELD, one.items, one, fixed=one is slots) for one in dicts]
    index = call.states.index(state)
    if len(call.states) == 1:
        return [Part(STATE, call.states, call)]
    return [Part(STATE, call.states[index : index + 1], call)]
