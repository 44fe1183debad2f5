"""A store by its URL: `open_storage("redis://host/0?prefix=SM")`.

| URL | store |
|---|---|
| `sqlite:///srv/bot/state.db` | the file, made if it is missing unless `create=0` |
| `redis://host/0`, `rediss://`, `unix:///run/redis.sock` | keys of one Redis database |
| `redis+sentinel://host:26379,host/mymaster/0` | the primary that Sentinel names |
| `redis+cluster://host:6379` | all primaries of a Cluster |
| `dynamodb://slack-machine-state?region=eu-central-1` | one DynamoDB table |
| `memory://`, `memory://name` | this process; with a name, shared within it |
| `class:dotted.path.Backend?SETTING=value` | any backend with Slack Machine's contract |

Every one of them takes `mode=ro`, which makes each change a ReadOnlyStore error.
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from storage_core.abc import MachineBaseStorage
from storage_core.exceptions import InvalidStoreURL
from storage_core.read_only import read_only
from storage_core.third_party import adopt

__all__ = ["open_storage"]

Settings = dict[str, Any]
Options = dict[str, str]

BACKENDS: Final = {
    "memory": "storage_core.backends.memory.MemoryStorage",
    "sqlite": "storage_core.backends.sqlite.SQLiteStorage",
    "redis": "storage_core.backends.redis.RedisStorage",
    "dynamodb": "storage_core.backends.dynamodb.DynamoDBStorage",
}
TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})


def open_storage(url: str, *, create: bool = True) -> MachineBaseStorage:
    """The backend that `url` names. Await it, or use `async with`, before the first question.

    With `create=False` an SQLite file that is missing is not made, but StoreUnavailable; the URL's
    own `create=` goes before that.

    Raises InvalidStoreURL, without repeating the URL's secrets, if there is no such backend or it
    cannot use the settings.
    """
    scheme, colon, rest = url.partition(":")
    if not colon:
        raise InvalidStoreURL("A store URL starts with its kind, as in sqlite:///path or redis://.")
    if scheme == "class":
        dotted_path, _, query = rest.partition("?")
        options = _options(query)
        is_read_only = _take_read_only(options)
        backend = _construct(dotted_path, options)
    else:
        read = READERS.get(scheme)
        if read is None:
            raise InvalidStoreURL(f"No kind of store is called {scheme[:40]!r}.")
        parts = _split(url)
        options = _options(parts.query)
        is_read_only = _take_read_only(options)
        if scheme == "sqlite":
            options.setdefault("create", "1" if create else "0")
        kind, settings = read(parts, options)
        if options:
            unknown = ", ".join(sorted(options))
            raise InvalidStoreURL(f"A {scheme} store has no setting {unknown}.")
        if is_read_only and kind == "sqlite":
            settings["SQLITE_CREATE"] = False
        backend = _construct(BACKENDS[kind], settings)
    return read_only(backend) if is_read_only else backend


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise InvalidStoreURL("The store URL cannot be read: is a bracket or port wrong?") from None


def _options(query: str) -> Options:
    return dict(parse_qsl(query, keep_blank_values=True))


def _take_read_only(options: Options) -> bool:
    mode = options.pop("mode", "rw")
    if mode not in ("ro", "rw"):
        raise InvalidStoreURL("The mode of a store is ro or rw.")
    return mode == "ro"


def _take_switch(options: Options, name: str) -> bool:
    word = options.pop(name, "0").lower()
    if word not in TRUE | FALSE:
        raise InvalidStoreURL(f"The setting {name} is 1 or 0.")
    return word in TRUE


def _rename(options: Options, names: Mapping[str, str]) -> Settings:
    """The options by Slack Machine's names, taken out of `options`."""
    return {setting: options.pop(name) for name, setting in names.items() if name in options}


def _memory(parts: SplitResult, options: Options) -> tuple[str, Settings]:
    del options
    name = unquote(parts.netloc + parts.path).strip("/")
    return "memory", {"MEMORY_NAME": name} if name else {}


def _sqlite(parts: SplitResult, options: Options) -> tuple[str, Settings]:
    path = unquote(parts.netloc + parts.path)
    if not path or path == "/":
        raise InvalidStoreURL("An SQLite store names its file, as in sqlite:///srv/bot/state.db.")
    create = _take_switch(options, "create")
    settings = _rename(options, {"synchronous": "SQLITE_SYNCHRONOUS"})
    return "sqlite", {**settings, "SQLITE_PATH": _sqlite_path(path), "SQLITE_CREATE": create}


def _sqlite_path(path: str) -> str:
    """The file that is meant: `/srv/x` may be that, or `srv/x` from here, as others write it.

    What is there decides; if neither is, whichever directory is there.
    """
    absolute = re.sub("^/+", "/", path)
    relative = absolute.removeprefix("/")
    if path.startswith("//") or not path.startswith("/"):
        return absolute
    for file in (absolute, relative):
        if Path(file).exists():
            return file
    directory = Path(absolute).parent
    is_at_the_root = directory == directory.parent  # nobody keeps a bot's memory there
    if is_at_the_root or (not directory.is_dir() and Path(relative).parent.is_dir()):
        return relative
    return absolute


def _redis(parts: SplitResult, options: Options) -> tuple[str, Settings]:
    names = {"prefix": "REDIS_KEY_PREFIX", "max_connections": "REDIS_MAX_CONNECTIONS"}
    settings = _rename(options, names)
    if "REDIS_MAX_CONNECTIONS" in settings:
        settings["REDIS_MAX_CONNECTIONS"] = _number("max_connections", settings)
    # redis-py's own words for TLS and sign-in stay in the URL that it gets.
    own = [name for name in options if name.startswith("ssl_") or name in REDIS_WORDS]
    kept = urlencode({name: options.pop(name) for name in own})
    settings["REDIS_URL"] = parts._replace(query=kept).geturl()
    return "redis", settings


def _number(name: str, settings: Settings) -> int:
    text = settings["REDIS_MAX_CONNECTIONS"]
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise InvalidStoreURL(f"The setting {name} is a positive number.")
    return int(text)


def _dynamodb(parts: SplitResult, options: Options) -> tuple[str, Settings]:
    names = {
        "prefix": "DYNAMODB_KEY_PREFIX",
        "region": "DYNAMODB_REGION",
        "endpoint": "DYNAMODB_ENDPOINT_URL",
        "poll": "DYNAMODB_POLL_SECONDS",
    }
    settings = _rename(options, names)
    if _take_switch(options, "create"):
        settings["DYNAMODB_CREATE_TABLE"] = True
    table = unquote(parts.netloc + parts.path).strip("/")
    if table:
        settings["DYNAMODB_TABLE_NAME"] = table
    return "dynamodb", settings


REDIS_WORDS: Final = frozenset({"db", "username", "password", "client_name"})
READERS: Final[Mapping[str, Callable[[SplitResult, Options], tuple[str, Settings]]]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "redis": _redis,
    "rediss": _redis,
    "unix": _redis,
    "redis+sentinel": _redis,
    "redis+cluster": _redis,
    "dynamodb": _dynamodb,
}


def _construct(dotted_path: str, settings: Mapping[str, Any]) -> MachineBaseStorage:
    module_name, _, class_name = dotted_path.rpartition(".")
    try:
        found = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidStoreURL(f"The backend {dotted_path} cannot be used: {error}") from error
    return adopt(found, settings)
