"""Code that a value carries: classes and functions of the bot's own script, as dill writes them.

They are shown by name and are read-only. They are no harmless constructors: `safety` does not know
these shapes, and treats the calls that make them like any other call.
"""

import builtins
from collections.abc import Callable
from typing import Final

from storage_core.values.names import (
    CREATE_TYPE,
    LOAD_TYPE,
    arguments,
    name_of,
    printable,
    text_of,
)
from storage_core.values.shape import ARG, NAMED, Part, Shape
from storage_core.values.tree import Call, Node, Seq, resolve

__all__ = ["OWN_SCRIPT", "SHAPES", "defines"]

OWN_SCRIPT: Final = "defined in the bot's script"
_FUNCTION: Final = "dill._dill._create_function"
_MODULE: Final = "dill._dill._import_module"
_MAKERS: Final = (
    CREATE_TYPE
    | LOAD_TYPE
    | {
        _FUNCTION,
        _MODULE,
        "dill._dill._create_code",
        "dill._dill._create_cell",
        "dill._dill._create_namedtuple",
        "dill._dill._get_attr",
        "builtins.getattr",
    }
)
_SETTERS: Final = frozenset(("builtins.setattr", "dill._dill._setattr", "dill._dill._setitems"))
_METHODS: Final = frozenset(("builtins.MethodType", "types.MethodType"))


def defines(call: Call) -> bool:
    """Whether a call is one of those by which dill defines what the value carries.

    Setting an attribute is one only on what was defined so.
    """
    name = name_of(call.callee)
    if name in _MAKERS:
        return True
    args = arguments(call) or []
    first = resolve(args[0]) if args and name in _SETTERS else None
    return isinstance(first, Call) and name_of(first.callee) in _MAKERS - {"builtins.getattr"}


def _named(kind: str, name: str | None, *notes: str) -> Shape | None:
    if name is None:
        return None
    text = f"<{kind} {printable(name.removeprefix('builtins.'))}>"
    return Shape(kind, "name", text, typeable=False, notes=notes)


def _class(call: Call) -> Shape | None:
    return _named("class", name_of(call), OWN_SCRIPT)


def _is_filled(call: Call) -> bool:
    """Whether something is put into what was loaded, which must not be out of sight."""
    return bool(call.states or call.items or call.entries or call.members)


def _loaded(call: Call) -> Shape | None:
    if _is_filled(call):
        return None
    return _named("class", name_of(call))


def _function(call: Call) -> Shape | None:
    args = arguments(call) or []
    name = text_of(args[2]) if len(args) > 2 else None
    return _named("function", name or _code_name(args[0] if args else None), OWN_SCRIPT)


def _code_name(node: Node | None) -> str | None:
    """The name in a code object: its first argument that is an identifier, before the file."""
    code = resolve(node) if node is not None else None
    texts = [text_of(arg) for arg in arguments(code) or []] if isinstance(code, Call) else []
    return next((text for text in texts if text), None)


def _module(call: Call) -> Shape | None:
    args = arguments(call) or []
    if _is_filled(call):
        return None
    return _named("module", text_of(args[0]) if len(args) == 1 else None)


def _method(call: Call) -> Shape | None:
    """A bound method: the object that it is bound to is its one child."""
    args = arguments(call) or []
    if len(args) != 2:
        return None
    function = resolve(args[0])
    name = name_of(function)
    if name is None and isinstance(function, Call):
        shape = _function(function)
        name = (shape.text or "")[1:-1].removeprefix("function ") if shape is not None else None
    return Shape(
        "method",
        "object",
        parts=(Part(ARG, args, resolve(call.args), first=1),),
        opening=f"<method {printable(name or 'unknown')} of ",
        closing=">",
        typeable=False,
    )


_PARTIAL: Final = ("func", "args", "keywords", "attributes")


def _partial(call: Call) -> Shape | None:
    """A `functools.partial`, with the names that its parts have in Python."""
    args, state = arguments(call) or [], resolve(call.states[0]) if call.states else None
    if not isinstance(state, Seq) or len(state.items) != len(_PARTIAL) or len(args) != 1:
        return None
    if len(call.states) != 1 or call.items or call.entries or call.members:
        return None
    function = resolve(state.items[0])
    if function is not resolve(args[0]) and name_of(function) != name_of(args[0]):
        return None
    parts = (Part(NAMED, state.items, state, _PARTIAL),)
    return Shape("functools.partial", "object", parts=parts, opening="<functools.partial",
                 closing=">", typeable=False, is_object=True)  # fmt: skip


def builtin_text(name: str) -> str | None:
    """How a name of Python's own is shown: as the class, function or constant that it is."""
    found = getattr(builtins, name, None) if "." not in name else None
    if name in ("Ellipsis", "NotImplemented"):
        return name
    if isinstance(found, type):
        return f"<class {name}>"
    return f"<function {name}>" if callable(found) else None


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    **dict.fromkeys(CREATE_TYPE, _class),
    **dict.fromkeys(LOAD_TYPE, _loaded),
    **dict.fromkeys(_METHODS, _method),
    "functools.partial": _partial,
    "builtins.PartialType": _partial,
    _FUNCTION: _function,
    _MODULE: _module,
}
