"""What a chat bot remembers: stored by the bot, read and corrected with care by others.

This package knows no web framework. Bots use `PluginStorage` over a backend; a dashboard or a
terminal opens the same store with `open_storage`.
"""

from storage_core.abc import BrowsableStorage, MachineBaseStorage
from storage_core.opening import open_storage
from storage_core.plugin_storage import PluginStorage

__all__ = ["BrowsableStorage", "MachineBaseStorage", "PluginStorage", "open_storage"]
