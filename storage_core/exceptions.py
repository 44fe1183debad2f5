"""What can go wrong, in words that a support person understands.

Every error of the core derives from `StorageError`. The message is shown to people as it is, so it
says what happened and what to do.
"""

__all__ = [
    "InvalidExpiry",
    "InvalidStoreURL",
    "ReadOnlyStore",
    "RefusedEdit",
    "StorageError",
    "StoreUnavailable",
    "UnreadableValue",
    "UnsupportedByBackend",
]


class StorageError(Exception):
    """The base of all errors that `storage_core` raises on purpose."""


class InvalidExpiry(StorageError, ValueError):
    """An expiry that is not a positive number of seconds."""


class InvalidStoreURL(StorageError, ValueError):
    """A store URL that names no backend, or settings that the backend cannot use."""


class StoreUnavailable(StorageError, ConnectionError):
    """The store does not answer, or not in time. Nothing is known about what it holds now."""


class ReadOnlyStore(StorageError, PermissionError):
    """A change to a store that was opened with `mode=ro`."""


class UnsupportedByBackend(StorageError, NotImplementedError):
    """Something that this backend cannot do, such as listing its keys."""


class UnreadableValue(StorageError, ValueError):
    """Bytes that cannot be read as a value within the budgets."""


class RefusedEdit(StorageError, ValueError):
    """An edit that would not do what the person meant, or that could make the bot run code.

    `line` and `column` (both counted from 1) point into the typed text where that is the cause.
    """

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
