"""The configured stores, and what of them is open in the running event loop."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from storage_core import BrowsableStorage, MachineBaseStorage, open_storage
from storage_core.exceptions import InvalidStoreURL, StoreUnavailable

__all__ = [
    "RESERVED",
    "Status",
    "Store",
    "StoreConfig",
    "UnknownStore",
    "all_stores",
    "close_all",
    "configured",
    "get",
    "open_all",
]

NAME = re.compile("[a-z0-9][a-z0-9_-]*")
RESERVED = frozenset(
    {
        "account",
        "healthz",
        "help",
        "journal",
        "live",
        "people",
        "readyz",
        "sign-in",
        "sign-out",
        "static",
        "watches",
    }
)
"""First parts of addresses of our own, which no store can have."""
OPENING_SECONDS = 3.0
"""How long opening waits for a store that does not answer; its watcher goes on trying."""


class UnknownStore(LookupError):
    """No store of that name is configured."""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """One store as it was configured."""

    name: str
    url: str
    read_only: bool

    @classmethod
    def parse(cls, name: str, url: str) -> Self:
        """Raises ImproperlyConfigured for a name that cannot be part of an address."""
        if not NAME.fullmatch(name):
            raise ImproperlyConfigured(
                f"A store cannot be called {name!r}: use small letters, digits, - and _."
            )
        if name in RESERVED:
            raise ImproperlyConfigured(
                f"A store cannot be called {name!r}: that address is one of the dashboard's own."
            )
        return cls(name, url, dict(parse_qsl(url.partition("?")[2])).get("mode") == "ro")

    @property
    def label(self) -> str:
        """What and where the store is, without secrets: `Redis · localhost:6379/0`."""
        scheme, _, rest = self.url.partition(":")
        if scheme == "class":
            return f"{rest.partition('?')[0].rpartition('.')[2]} · a backend of your own"
        parts = urlsplit(self.url)
        kind, place = KINDS.get(scheme, scheme.capitalize()), place_of(scheme, parts)
        return f"{kind} · {place}" if place else kind


KINDS: Mapping[str, str] = {
    "sqlite": "SQLite",
    "redis": "Redis",
    "rediss": "Redis with TLS",
    "unix": "Redis",
    "redis+sentinel": "Redis Sentinel",
    "redis+cluster": "Redis Cluster",
    "dynamodb": "DynamoDB",
    "memory": "Memory",
}


def place_of(scheme: str, parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    if scheme in ("sqlite", "unix"):
        return unquote(parts.path).rpartition("/")[2]
    if scheme in ("redis", "rediss"):
        host = host or "localhost"
        return f"{host if ':' in host else host + ':6379'}{parts.path.rstrip('/') or '/0'}"
    return unquote(host + parts.path).strip("/")


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a store answers. `since` is seconds since the epoch, `reason` is for people."""

    state: Literal["opening", "up", "down"]
    since: float
    reason: str = ""


class Store:
    """One configured store, with its backend in this event loop."""

    def __init__(self, config: StoreConfig) -> None:
        """Raises InvalidStoreURL if the URL names no backend."""
        self.name = config.name
        self.label = config.label
        self.read_only = config.read_only
        self.backend: MachineBaseStorage = open_storage(config.url, create=False)
        self.status = Status("opening", time.time())
        self.is_open = False

    def __repr__(self) -> str:
        return f"<Store {self.name}: {self.label}>"

    @property
    def browsable(self) -> BrowsableStorage | None:
        """The backend if it can be listed and changed with care."""
        return self.backend if isinstance(self.backend, BrowsableStorage) else None

    @property
    def feed(self) -> str:
        """How changes are noticed, in words; empty if they are not."""
        return self.browsable.feed if self.browsable is not None else ""

    async def open(self) -> None:
        """Open the backend; again after it failed. Raises StoreUnavailable."""
        if not self.is_open:
            try:
                async with asyncio.timeout(OPENING_SECONDS):
                    await self.backend.init()
            except TimeoutError:
                raise StoreUnavailable("The store does not answer.") from None
            self.is_open = True

    async def close(self) -> None:
        await self.backend.close()
        self.is_open = False

    def is_up(self) -> None:
        """The store has answered."""
        if self.status.state != "up":
            self.status = Status("up", time.time())

    def is_down(self, reason: str) -> None:
        """The store does not answer. The moment when that began is kept."""
        since = self.status.since if self.status.state == "down" else time.time()
        self.status = Status("down", since, reason)


opened: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Store]] = WeakKeyDictionary()


def configured() -> list[StoreConfig]:
    """The stores of the settings. Raises ImproperlyConfigured for an impossible name."""
    return [StoreConfig.parse(name, url) for name, url in settings.CUBBYHOLE_STORES.items()]


def here() -> dict[str, Store]:
    """The stores of the running event loop. Raises ImproperlyConfigured for one that cannot be."""
    loop = asyncio.get_running_loop()
    if loop not in opened:
        opened[loop] = {config.name: make(config) for config in configured()}
    return opened[loop]


def make(config: StoreConfig) -> Store:
    try:
        return Store(config)
    except InvalidStoreURL as error:
        raise ImproperlyConfigured(f"The store {config.name} cannot be opened: {error}") from error


def get(name: str) -> Store:
    """The store called `name`. Raises UnknownStore."""
    try:
        return here()[name]
    except KeyError:
        raise UnknownStore(name) from None


def all_stores() -> list[Store]:
    """All stores in the order in which they were configured."""
    return list(here().values())


async def open_all() -> None:
    """Open every store; one that cannot be reached is down, which is no error."""
    await asyncio.gather(*(open_or_note(store) for store in all_stores()))


async def open_or_note(store: Store) -> None:
    try:
        await store.open()
    except StoreUnavailable as error:
        store.is_down(str(error))


async def close_all() -> None:
    """Close what is open in this event loop, and forget it."""
    for store in opened.pop(asyncio.get_running_loop(), {}).values():
        await store.close()
