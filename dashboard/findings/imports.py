"""Which imports of values are everyday, and which are worth a look.

A list of names is no verdict: what is not on the list of powerful names is not therefore harmless.
"""

from typing import Final

__all__ = ["is_powerful", "is_usual", "listed"]

PLAIN: Final = frozenset({"datetime", "zoneinfo", "decimal", "fractions", "uuid", "ipaddress"})
HOLDING: Final = frozenset({"pathlib", "collections", "enum", "re", "array", "numbers"})
MAKING: Final = frozenset({"copyreg", "copy_reg", "_codecs"})
USUAL: Final = PLAIN | HOLDING | MAKING
"""Modules whose names stand for data."""
SCALARS: Final = frozenset({"bool", "int", "float", "complex", "str", "NoneType", "object", "type"})
CONTAINERS: Final = frozenset({"list", "tuple", "dict", "set", "frozenset", "range", "slice"})
USUAL_BUILTINS: Final = SCALARS | CONTAINERS | {"bytes", "bytearray", "Exception", "getattr"}
"""What `getattr` gives is listed by its own name."""
DILL: Final = frozenset({"_load_type", "_create_namedtuple", "_create_array", "_create_type"})

PROCESSES: Final = frozenset({"os", "posix", "nt", "subprocess", "pty", "signal", "platform"})
SIDE_BY_SIDE: Final = frozenset({"multiprocessing", "threading", "asyncio", "timeit"})
LOADING: Final = frozenset({"sys", "importlib", "runpy", "code", "codeop", "pip", "pdb", "ctypes"})
READING: Final = frozenset({"pickle", "_pickle", "marshal", "shutil"})
CALLING: Final = frozenset({"builtins", "__builtin__", "operator", "functools", "types"})
NETWORK: Final = frozenset({"socket", "http", "urllib", "imaplib", "webbrowser", "commands"})
POWERFUL: Final = PROCESSES | SIDE_BY_SIDE | LOADING | READING | CALLING | NETWORK
"""Modules with which a value can make the bot do nearly anything."""


def module_of(name: str) -> str:
    return name.partition(".")[0]


def is_usual(name: str) -> bool:
    """Whether plain data is made with this name."""
    module, _, rest = name.partition(".")
    if module in ("builtins", "__builtin__"):
        return rest in USUAL_BUILTINS or rest.endswith(("Error", "Warning"))
    if module == "dill":
        return rest.rpartition(".")[2] in DILL
    return module in USUAL


def is_powerful(name: str) -> bool:
    """Whether with this name a value could make the bot do nearly anything."""
    return module_of(name) in POWERFUL and not is_usual(name)


def listed(names: list[str], most: int) -> str:
    """`sys, types and 9 more`."""
    more = len(names) - most
    if more > 0:
        return f"{', '.join(names[:most])} and {more:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
