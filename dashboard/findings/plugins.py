"""Which plugins a bot is configured with, where somebody told us."""

from dataclasses import dataclass

from django.conf import settings

__all__ = ["Plugins", "plugins_of"]


@dataclass(frozen=True, slots=True)
class Plugins:
    """The entries of a bot's PLUGINS: a class, or a module whose plugin classes are all taken."""

    entries: tuple[str, ...]

    def has(self, namespace: str) -> bool:
        """Whether a namespace belongs to a plugin of the bot."""
        return namespace in self.entries or namespace.rpartition(".")[0] in self.entries


def plugins_of(store: str) -> Plugins | None:
    """The plugins of the bot of a store; None if nobody told us."""
    entries = settings.CUBBYHOLE_PLUGINS.get(store)
    return None if entries is None else Plugins(tuple(entries))
