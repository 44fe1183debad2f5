"""Slack Machine's SQLite file: one table, shared with a bot that knows nothing of us."""

from storage_core.backends.sqlite.storage import SQLiteStorage

__all__ = ["SQLiteStorage"]
