"""Slack Machine's Redis keys: a prefix, then the stored key."""

try:
    import redis as _redis  # noqa: F401 - only to say in a sentence that it is missing
except ImportError as error:
    raise ImportError(
        "The Redis backend needs redis-py: install the extra, as in `pip install cubbyhole[redis]`."
    ) from error

from storage_core.backends.redis.storage import RedisStorage

__all__ = ["RedisStorage"]
