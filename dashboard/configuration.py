"""What the environment says, checked before anything starts."""

import multiprocessing
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

__all__ = [
    "MaskWords",
    "allowed_hosts",
    "channel_layers",
    "parse_masks",
    "parse_plugins",
    "parse_stores",
    "refuse_several_processes",
    "secret_key",
    "webhook_url",
    "yes_or_no",
]

SHORTEST_SECRET = 32  # characters
IN_MEMORY_LAYER = "channels.layers.InMemoryChannelLayer"


def parse_stores(text: str) -> dict[str, str]:
    """`name=url,name=url` as a mapping. A comma inside a URL is written `%2C`.

    Raises ImproperlyConfigured for a part without a name or a name given twice.
    """
    stores: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, separator, url = part.partition("=")
        if not separator or not name or not url:
            msg = f"CUBBYHOLE_STORES has {part!r}: write name=url,name=url."
            raise ImproperlyConfigured(msg)
        if name in stores:
            msg = f"CUBBYHOLE_STORES names the store {name!r} twice."
            raise ImproperlyConfigured(msg)
        stores[name] = url
    return stores


def parse_plugins(text: str) -> dict[str, tuple[str, ...]]:
    """`store=dotted.path+dotted.path,…` as a mapping: the bot's PLUGINS of each store.

    Raises ImproperlyConfigured for a part without a store, or an entry that is no dotted name.
    """
    plugins: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        store, separator, entries = part.partition("=")
        names = tuple(name.strip() for name in entries.split("+") if name.strip())
        if not separator or not store or not all(is_dotted(name) for name in names):
            msg = f"CUBBYHOLE_PLUGINS has {part!r}: write store=dotted.path+dotted.path,store=…"
            raise ImproperlyConfigured(msg)
        plugins[store] = names
    return plugins


@dataclass(frozen=True, slots=True)
class MaskWords:
    """Words of names that are masked besides the usual ones, and those that are not, and where.

    `store` and `where` are as in a grant: `*` for all, `shared`, a plugin, or `acme.plugins.*`.
    """

    words: tuple[str, ...]
    spared: tuple[str, ...]
    store: str = "*"
    where: str = "*"


def parse_masks(text: str) -> tuple[MaskWords, ...]:
    """`word,-word,store=word+-word,store/plugin=word`: a word with `-` in front is not masked.

    Raises ImproperlyConfigured for a part without a word, or for what is no place.
    """
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        place, separator, listed = part.rpartition("=")
        store, _, where = place.partition("/")
        words = [word.strip() for word in listed.split("+")]
        is_place = where in ("", "*") or is_dotted(where.removesuffix(".*"))
        if not is_place or bool(store) != bool(separator) or not all(map(has_letter, words)):
            msg = (
                f"CUBBYHOLE_MASK has {part!r}: write word,-word,store=word+word,store/plugin=word."
            )
            raise ImproperlyConfigured(msg)
        masked = tuple(word for word in words if not word.startswith("-"))
        spared = tuple(word[1:] for word in words if word.startswith("-"))
        found.append(MaskWords(masked, spared, store or "*", where or "*"))
    return tuple(found)


def has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


def is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def webhook_url(text: str) -> str:
    """Where changes of watched keys are posted to; empty for nowhere.

    Raises ImproperlyConfigured for what is no address that can be posted to.
    """
    if text and not text.startswith(("https://", "http://")):
        raise ImproperlyConfigured("CUBBYHOLE_WEBHOOK_URL has to start with https:// or http://.")
    return text


def yes_or_no(name: str, text: str) -> bool:
    """A setting that is `yes` or `no`. Raises ImproperlyConfigured for anything else."""
    if text not in ("yes", "no"):
        raise ImproperlyConfigured(f"{name} has to be yes or no.")
    return text == "yes"


def whole_number(text: str) -> int:
    """A setting that is a number from 0 on. Raises ImproperlyConfigured for anything else."""
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{text!r} is given where a whole number has to be.")
    return int(text)


def secret_key(data: Path) -> str:
    """The signing key: from the environment, else made once and kept in the data folder."""
    given = os.environ.get("CUBBYHOLE_SECRET_KEY")
    if given is not None:
        if len(given) < SHORTEST_SECRET or given.startswith("django-insecure"):
            raise ImproperlyConfigured(
                "CUBBYHOLE_SECRET_KEY is too weak:"
                f" give {SHORTEST_SECRET} or more random characters."
            )
        return given
    file = data / "secret_key"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(48))
    return file.read_text(encoding="ascii")


def allowed_hosts(text: str) -> list[str]:
    """The host names, separated by commas.

    Raises ImproperlyConfigured for `*`: any site could then pose as the dashboard's own.
    """
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if "*" in hosts or not hosts:
        raise ImproperlyConfigured(
            "CUBBYHOLE_ALLOWED_HOSTS has to name the hosts that the dashboard is reached by."
        )
    return hosts


def refuse_several_processes(layers: Mapping[str, Mapping[str, object]]) -> None:
    """Raise ImproperlyConfigured if this is one of several web processes that cannot talk.

    uvicorn starts its workers through `multiprocessing`, and a single one not.
    """
    is_one_of_several = multiprocessing.parent_process() is not None
    if is_one_of_several and layers["default"]["BACKEND"] == IN_MEMORY_LAYER:
        raise ImproperlyConfigured(
            "Several web processes need CUBBYHOLE_CHANNEL_LAYER_URL: without it, what a person does"
            " in one is not seen in the others. Name a Redis there, or run one process."
        )


def channel_layers(url: str) -> Mapping[str, Mapping[str, object]]:
    """The layer that carries marks between web processes; in memory when there is only one."""
    if not url:
        return {"default": {"BACKEND": IN_MEMORY_LAYER}}
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(
            "CUBBYHOLE_CHANNEL_LAYER_URL has to start with redis:// or rediss://."
        )
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [url], "prefix": "cubbyhole"},
        }
    }
