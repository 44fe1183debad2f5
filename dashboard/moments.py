"""Points in time as the database has them, made of seconds since the epoch, as clocks tell them."""

from datetime import UTC, datetime

__all__ = ["moment_of"]


def moment_of(at: float) -> datetime:
    """That moment, in UTC."""
    return datetime.fromtimestamp(at, UTC)
