"""The exceptions that Python itself has: they only hold what they are given."""

import builtins
from typing import Final

from storage_core.values.tree import Call, Map, Seq, resolve

__all__ = ["EXCEPTIONS", "holds_anything"]

EXCEPTIONS: Final = frozenset(
    f"builtins.{name}"
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)
_CHOOSY: Final = frozenset(
    f"builtins.{name}"
    for name in (
        *("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError", "SyntaxError"),
        *("IndentationError", "TabError", "BaseExceptionGroup", "ExceptionGroup"),
        "BlockingIOError",
    )
)
"""They look at what they are given: what was changed in it, the bot might fail to read."""


def holds_anything(name: str, call: Call) -> bool:
    """Whether a call makes an exception that takes any arguments, and nothing but fields later."""
    if name not in EXCEPTIONS or name in _CHOOSY or call.how != "call":
        return False
    args = resolve(call.args)
    if not isinstance(args, Seq) or args.kind != "tuple" or call.kwargs is not None:
        return False
    if call.items or call.entries or call.members:
        return False
    return all(isinstance(resolve(state), Map) for state in call.states)
