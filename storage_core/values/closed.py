"""Why the state of an object stays as it is, in words for people who do not program."""

from storage_core.values.names import class_of, is_plain_new, name_of
from storage_core.values.tree import Call, Map, Node, Seq, resolve

__all__ = ["why_closed"]


def why_closed(call: Call, state: Node) -> str:
    """Why nothing in `state`, which `call` is given and which is no dict of fields, may change.

    A class that takes its fields without names, as a dataclass that is frozen and has slots does,
    may do with them what it likes: which of them is which, it alone knows.
    """
    plain = resolve(state)
    if not is_plain_new(call) or isinstance(plain, Map):
        return f"it is handed to {name_of(call.callee) or 'something'} as a whole"
    cls = class_of(call)
    its_class = f"the class {name_of(cls)}" if cls is not None and name_of(cls) else "its class"
    if isinstance(plain, Seq) and plain.kind in {"list", "tuple"}:
        return (
            f"{its_class} takes its fields as one {plain.kind}, without their names, so only the "
            "bot can change them"
        )
    return f"{its_class} takes this as a whole, so only the bot can change it"
