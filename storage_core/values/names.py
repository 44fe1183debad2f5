"""What a call calls, by name; and what of it a person may change.

A name is only ever compared as a whole: `uuid` + `os.system` is `uuid.os.system`, which is on no
list.
"""

import sys
from typing import Final

from storage_core.values.tree import Atom, Call, Global, Map, Node, Seq, resolve

__all__ = [
    "arguments",
    "class_of",
    "is_by_value",
    "is_plain_new",
    "name_of",
    "own_code",
    "plain_values",
    "printable",
    "text_of",
]

LOAD_TYPE: Final = frozenset({"dill._dill._load_type", "dill.dill._load_type"})
CREATE_TYPE: Final = frozenset({"dill._dill._create_type", "dill.dill._create_type"})
CREATE_NAMEDTUPLE: Final = frozenset({"dill._dill._create_namedtuple"})
RECONSTRUCTOR: Final = "copyreg._reconstructor"
NEWOBJ: Final = "copyreg.__newobj__"
_TOO_DEEP: Final = 8

_NOT_THE_BOTS_OWN: Final = sys.stdlib_module_names | {"dill", "django", "builtins", "__builtin__"}


def text_of(node: Node | None) -> str | None:
    """The text of a str node, also through a reference; None for anything else."""
    plain = resolve(node) if node is not None else None
    return plain.value if isinstance(plain, Atom) and type(plain.value) is str else None


def arguments(call: Call) -> list[Node] | None:
    """The positional arguments in the tree itself; None if they are no plain tuple."""
    args = resolve(call.args)
    return args.items if isinstance(args, Seq) and args.kind == "tuple" else None


def plain_values(call: Call) -> list[object] | None:
    """The arguments' values, if all are None, bool, int, float, str or bytes."""
    args = arguments(call)
    if args is None or call.kwargs is not None:
        return None
    values = []
    for arg in args:
        plain = resolve(arg)
        if not isinstance(plain, Atom):
            return None
        values.append(plain.value)
    return values


def name_of(node: Node, depth: int = 0) -> str | None:  # noqa: PLR0911 - one for each form
    """The dotted name of what is called, as a person would write it; None if it has none."""
    node = resolve(node)
    if isinstance(node, Global):
        return None if node.module is None or node.name is None else node.dotted
    if not isinstance(node, Call) or depth > _TOO_DEEP:
        return None
    called = name_of(node.callee, depth + 1)
    args = arguments(node) or []
    if called in LOAD_TYPE and len(args) == 1:
        loaded = text_of(args[0])
        return f"builtins.{loaded}" if loaded and loaded.isidentifier() else None
    if called == "builtins.getattr" and len(args) in (2, 3):
        owner, attribute = name_of(args[0], depth + 1), text_of(args[1])
        return f"{owner}.{attribute}" if owner and attribute and attribute.isidentifier() else None
    if called in CREATE_NAMEDTUPLE and len(args) == 3:
        name, module = text_of(args[0]), text_of(args[2])
        return f"{module}.{name}" if name and module else None
    if called in CREATE_TYPE and len(args) == 4:
        return _created_name(args)
    return None


def _created_name(args: list[Node]) -> str | None:
    """The name of a class that the value carries: `_create_type(type, name, bases, dict)`."""
    name, body = text_of(args[1]), resolve(args[3])
    module = None
    if isinstance(body, Map):
        for key, value in zip(body.items[::2], body.items[1::2], strict=True):
            if text_of(key) == "__module__":
                module = text_of(value)
    return f"{module or '__main__'}.{name}" if name else None


def class_of(call: Call) -> Node | None:
    """The class of which a call makes a plain instance by `cls.__new__`; None for other calls."""
    if call.how == "new":
        return call.callee
    args = arguments(call)
    if call.how == "call" and args and name_of(call.callee) in (RECONSTRUCTOR, NEWOBJ):
        return args[0]
    return None


def is_by_value(node: Node) -> bool:
    """Whether the value carries the code of this class with it (a class of the bot's script)."""
    node = resolve(node)
    if not isinstance(node, Call):
        return False
    return name_of(node.callee) in CREATE_TYPE


def printable(name: str) -> str:
    """A name as it can stand on a page: what is no letter of it escaped as in Python."""
    return name if name.isprintable() else repr(name)[1:-1]


def own_code(name: str) -> bool:
    """Whether a dotted name is neither Python's own nor dill's nor Django's."""
    return name.partition(".")[0] not in _NOT_THE_BOTS_OWN


def is_plain_new(call: Call) -> bool:
    """Whether the call is no more than `cls.__new__` of a class of the bot's own code."""
    cls = class_of(call)
    if cls is None:
        return False
    plain = resolve(cls)
    if not (isinstance(plain, Global) or is_by_value(plain) or _is_namedtuple(plain)):
        return False
    name = name_of(cls)
    if call.how == "call" and name_of(call.callee) == RECONSTRUCTOR:
        args = arguments(call) or []
        if len(args) != 3 or not (name_of(args[1]) or "").startswith("builtins."):
            return False
    return name is not None and own_code(name)


def _is_namedtuple(node: Node) -> bool:
    return isinstance(node, Call) and name_of(node.callee) in CREATE_NAMEDTUPLE


def namedtuple_fields(cls: Node) -> list[str] | None:
    """The field names of a namedtuple class that dill wrote by value."""
    cls = resolve(cls)
    if not isinstance(cls, Call) or not _is_namedtuple(cls):
        return None
    args = arguments(cls) or []
    fields = resolve(args[1]) if len(args) == 3 else None
    if not isinstance(fields, Seq):
        return None
    names = [text_of(item) for item in fields.items]
    known = [name for name in names if name is not None and name.isidentifier()]
    return known if len(known) == len(names) else None
