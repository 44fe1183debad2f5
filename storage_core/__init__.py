"""What a chat bot remembers: stored by the bot, read and corrected with care by others.

This package knows no web framework. Bots use `PluginStorage` over a backend; a dashboard or a
terminal opens the same store with `open_storage`.
"""

from typing import TYPE_CHECKING, Any

from storage_core.abc import BrowsableStorage, MachineBaseStorage
from storage_core.opening import open_storage

if TYPE_CHECKING:
    from storage_core.plugin_storage import PluginStorage

__all__ = ["BrowsableStorage", "MachineBaseStorage", "PluginStorage", "open_storage"]


def __getattr__(name: str) -> Any:
    """`PluginStorage` comes when asked for, so that what unpickles stays out of dashboards."""
    if name == "PluginStorage":
        from storage_core.plugin_storage import PluginStorage  # noqa: PLC0415 - the point of this

        return PluginStorage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
