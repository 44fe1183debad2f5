"""Slack Machine's DynamoDB table."""

try:
    import aioboto3 as _aioboto3  # noqa: F401 - only to say in a sentence that it is missing
except ImportError as error:
    raise ImportError(
        "The DynamoDB backend needs aioboto3: install the extra, as in "
        "`pip install cubbyhole[dynamodb]`."
    ) from error

from storage_core.backends.dynamodb.storage import DynamoDBStorage

__all__ = ["DynamoDBStorage"]
