"""An alarm for what must never happen in the web process: unpickling something that names a class.

Nothing here unpickles; should a library or a later change do so, the interpreter's own audit event
(`pickle.find_class`, raised by both of Python's unpicklers before anything is imported) ends it
before harm is done.
"""

import sys

__all__ = ["UnpicklingRefused", "arm"]


class UnpicklingRefused(RuntimeError):
    """Something tried to unpickle in the process that serves the dashboard."""


def arm() -> None:
    """From now on, and for as long as this process lives, refuse to unpickle classes."""
    sys.addaudithook(refuse)


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "pickle.find_class":
        module, name = arguments[:2]
        raise UnpicklingRefused(f"{module}.{name} was about to be unpickled in the web process.")
