"""What names something else: UUIDs, paths, addresses, and patterns of texts."""

import ipaddress
from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final
from uuid import UUID

from storage_core.values.known.calls import call_of, is_short, one_text
from storage_core.values.names import RECONSTRUCTOR, arguments, name_of, plain_values, text_of
from storage_core.values.notation_text import quoted
from storage_core.values.shape import Shape
from storage_core.values.tree import Atom, Call, Global, Map, Node, Seq, resolve

__all__ = ["SHAPES", "TYPED"]

_PATHS: Final = {
    "PosixPath": ("Path", PurePosixPath),
    "PurePosixPath": ("PurePosixPath", PurePosixPath),
    "WindowsPath": ("WindowsPath", PureWindowsPath),
    "PureWindowsPath": ("PureWindowsPath", PureWindowsPath),
}
_ADDRESSES: Final[dict[str, Callable[[object], object]]] = {
    "IPv4Address": ipaddress.IPv4Address,
    "IPv6Address": ipaddress.IPv6Address,
    "IPv4Network": ipaddress.IPv4Network,
    "IPv6Network": ipaddress.IPv6Network,
    "IPv4Interface": ipaddress.IPv4Interface,
    "IPv6Interface": ipaddress.IPv6Interface,
}


def _is_bare_new(call: Call) -> bool:
    """`cls.__new__(cls)` as protocol 2 writes it, or `_reconstructor(cls, object, None)`."""
    args = arguments(call)
    if call.how == "new" or args is None:
        return args == []
    if name_of(call.callee) != RECONSTRUCTOR or len(args) != 3:
        return False
    last = resolve(args[2])
    is_object = name_of(args[1]) == "builtins.object"
    return is_object and isinstance(last, Atom) and last.value is None


def _uuid(call: Call) -> Shape | None:
    state = resolve(call.states[0]) if len(call.states) == 1 else None
    if not isinstance(state, Map) or not _is_bare_new(call):
        return None
    found: dict[str, object] = {}
    for key, value in zip(state.items[::2], state.items[1::2], strict=True):
        name, plain = text_of(key), resolve(value)
        if name is None or name in found:
            return None
        found[name] = plain.value if isinstance(plain, Atom) else None
    number = found.get("int")
    if (
        type(number) is not int
        or not 0 <= number < 1 << 128
        or not {"int", "is_safe"} >= set(found)
    ):
        return None
    return Shape("UUID", "name", f'UUID("{UUID(int=number)}")')


def _path(call: Call) -> Shape | None:
    values = plain_values(call)
    shown, make = _PATHS[(name_of(call.callee) or "").rpartition(".")[2]]
    if values is None or not all(isinstance(v, str) for v in values):
        return None
    path = make(*values)  # type: ignore[arg-type]  # texts, checked above
    return Shape(shown, "name", f"{shown}({quoted(str(path))})")


def _address(call: Call) -> Shape | None:
    values = plain_values(call)
    name = (name_of(call.callee) or "").rpartition(".")[2]
    try:
        if values is not None and len(values) == 1 and type(values[0]) in (int, str):
            return Shape(name, "name", f'{name}("{_ADDRESSES[name](values[0])}")')
    except ValueError:
        pass
    return None


def _pattern(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 2 or not is_short(values[1]):
        return None
    if not isinstance(values[0], (str, bytes)):
        return None
    flags = f", {values[1]}" if values[1] not in (0, 32) else ""
    return Shape("Pattern", "name", f"re.compile({values[0]!r}{flags})", typeable=False)


def _typed_uuid(args: list[Node], names: dict[str, Node]) -> Node:
    number = UUID(one_text(args, names)).int
    node = Call("new", Global("uuid", "UUID"), Seq("tuple", []))
    node.states.append(Map([Atom("int"), Atom(number)]))
    return node


def _typed_path(name: str) -> Callable[[list[Node], dict[str, Node]], Node]:
    class_name, make = next((n, m) for n, (shown, m) in _PATHS.items() if shown == name)

    def build(args: list[Node], names: dict[str, Node]) -> Node:
        return call_of("pathlib", class_name, *make(one_text(args, names)).parts)

    return build


def _typed_address(name: str) -> Callable[[list[Node], dict[str, Node]], Node]:
    def build(args: list[Node], names: dict[str, Node]) -> Node:
        address = _ADDRESSES[name](one_text(args, names))
        is_number = name.endswith("Address") and "%" not in str(address)  # a scope is text only
        plain = int(address) if is_number else str(address)  # type: ignore[call-overload]  # an address
        return call_of("ipaddress", name, plain)

    return build


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    "uuid.UUID": _uuid,
    "re._compile": _pattern,
    **{f"ipaddress.{name}": _address for name in _ADDRESSES},
    **{f"pathlib.{name}": _path for name in _PATHS},
    **{f"pathlib._local.{name}": _path for name in _PATHS},
}
TYPED: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    "UUID": _typed_uuid,
    **{name: _typed_address(name) for name in _ADDRESSES},
    **{shown: _typed_path(shown) for shown, _ in _PATHS.values()},
}
