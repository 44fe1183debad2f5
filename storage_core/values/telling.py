"""Which calls a person should be told of, and how a call is told in one line.

Reading a value makes the bot call what the value names. Of the bot's own code a page lists the
names; a call of what everybody has (`os.system`, `builtins.eval`) is told as such. It is no
verdict: what is not told here is not thereby harmless.
"""

from typing import Final

from storage_core.values.known.code import defines
from storage_core.values.known.exceptions import EXCEPTIONS
from storage_core.values.names import RECONSTRUCTOR, arguments, class_of, name_of, own_code
from storage_core.values.notation import spell
from storage_core.values.shapes import known_shape, shape_of
from storage_core.values.tree import Call

__all__ = ["is_told", "told"]

_MAKE_DATA: Final = EXCEPTIONS | {
    *("builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "builtins.dict"),
    *("builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.object"),
    *("builtins.reversed", "builtins.enumerate", "types.SimpleNamespace", "collections.ChainMap"),
    *("types.MappingProxyType", "builtins.MappingProxyType", "http.HTTPStatus", "re._compile"),
    *("operator.attrgetter", "builtins.AttrGetterType", "operator.itemgetter"),
    *("builtins.ItemGetterType", "functools.partial", "builtins.PartialType", "array.array"),
    *("array._array_reconstructor", "random.Random", "io.BytesIO", "io.StringIO"),
    *("itertools.count", "logging.getLogger", RECONSTRUCTOR),
}
"""What everybody has and what stores nothing but its arguments, or gives a thing by its name."""


def is_told(call: Call) -> bool:
    """Whether a call is of something that everybody has and that may do more than hold data."""
    if class_of(call) is not None or known_shape(call) is not None or defines(call):
        return False
    name = name_of(call.callee)
    if name is None:
        return True
    if own_code(name) or name in _MAKE_DATA:
        return False
    return shape_of(call).kind == name.removeprefix("builtins.")  # not shown as what it makes


def told(call: Call) -> str:
    """A call with what it is given, classes by their names."""
    args = [name_of(arg) or spell(arg, 100) for arg in arguments(call) or ()]
    return f"{name_of(call.callee) or spell(call.callee, 100)}({', '.join(args)})"
