"""The one table: how it is reached, how entries are written in it, and what its errors mean.

Attributes, as Slack Machine 0.40.1 writes them: `sm-key` (prefix, colon, stored key), `sm-value`
(base64 text) and `sm-expire` (seconds since the epoch, a whole number). DynamoDB removes expired
items within days, and serves them until then.
"""

import base64
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any, Final, NamedTuple

import aioboto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
)

from storage_core.exceptions import StoreUnavailable, UnsupportedByBackend

__all__ = ["AnswerLost", "ConditionFailed", "Item", "Table"]

CAREFUL: Final = Config(
    connect_timeout=5,
    read_timeout=10,
    retries={"total_max_attempts": 1},  # a write that is repeated unasked may undo another's
)
NEVER_SENT: Final = (
    EndpointConnectionError,
    ConnectTimeoutError,
    NoCredentialsError,
    NoRegionError,
)


class AnswerLost(StoreUnavailable):
    """A request was sent and no answer came: it may or may not have been done."""


class Item(NamedTuple):
    """One entry as it is stored, the expired ones included."""

    key: str
    data: bytes
    expires_at: int | None

    def is_live(self, now: float) -> bool:
        return self.expires_at is None or self.expires_at > now


class Table:
    """One DynamoDB table, with the settings that Slack Machine has for it."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.name = str(settings.get("DYNAMODB_TABLE_NAME", "slack-machine-state"))
        self._prefix = f"{settings.get('DYNAMODB_KEY_PREFIX', 'SM')}:"
        self._settings = settings
        self._stack: AsyncExitStack | None = None
        self._client: Any = None

    @property
    def prefix(self) -> str:
        return self._prefix

    async def open(self) -> None:
        if self._client is not None:
            return
        stack = AsyncExitStack()
        try:
            self._client = await self._make_client(stack)
            if self._settings.get("DYNAMODB_CREATE_TABLE", False):
                await self._create()
            await self.call("describe_table", TableName=self.name)
        except BaseException:
            self._client = None
            await stack.aclose()
            raise
        self._stack = stack

    async def close(self) -> None:
        stack, self._stack, self._client = self._stack, None, None
        if stack is not None:
            await stack.aclose()

    async def call(self, operation: str, **arguments: Any) -> Any:
        """One request. ClientError of a failed condition passes through.

        Raises StoreUnavailable; as AnswerLost, if it may have been done.
        """
        if self._client is None:
            raise StoreUnavailable("The DynamoDB store has not been opened, or was closed.")
        try:
            return await getattr(self._client, operation)(**arguments)
        except NEVER_SENT as error:
            raise StoreUnavailable(f"DynamoDB cannot be reached: {type(error).__name__}.") from None
        except HTTPClientError:
            raise AnswerLost("DynamoDB did not answer. Whether it was done is unknown.") from None
        except ClientError as error:
            raise _understood(error) from None
        except BotoCoreError as error:
            raise StoreUnavailable(f"DynamoDB cannot be used: {type(error).__name__}.") from None

    def name_of(self, key: str) -> dict[str, Any]:
        """The key as DynamoDB has it."""
        name = self._prefix + key
        try:
            name.encode()
        except UnicodeEncodeError:
            raise UnsupportedByBackend("DynamoDB keys are text; this one is not.") from None
        return {"S": name}

    def item(self, fields: Mapping[str, Any]) -> Item:
        """An entry from the fields that DynamoDB gave."""
        expires = fields.get("sm-expire", {}).get("N")
        data = base64.b64decode(fields["sm-value"]["S"])
        key = fields["sm-key"]["S"].removeprefix(self._prefix)
        return Item(key, data, None if expires is None else int(float(expires)))

    async def _make_client(self, stack: AsyncExitStack) -> Any:
        given = self._settings.get("DYNAMODB_CLIENT")
        if given is not None:  # Slack Machine takes a resource here
            return getattr(getattr(given, "meta", None), "client", None) or given
        arguments = {"config": CAREFUL}
        for setting, name in (
            ("DYNAMODB_ENDPOINT_URL", "endpoint_url"),
            ("DYNAMODB_REGION", "region_name"),
        ):
            if self._settings.get(setting):
                arguments[name] = self._settings[setting]
        try:
            opening = aioboto3.Session().client("dynamodb", **arguments)
            return await stack.enter_async_context(opening)
        except (BotoCoreError, ValueError) as error:
            raise StoreUnavailable(f"DynamoDB cannot be used: {error}") from None

    async def _create(self) -> None:
        with suppress(TableExists):
            await self.call(
                "create_table",
                TableName=self.name,
                KeySchema=[{"AttributeName": "sm-key", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "sm-key", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            await self._client.get_waiter("table_exists").wait(TableName=self.name)
            await self.call(
                "update_time_to_live",
                TableName=self.name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": "sm-expire"},
            )


class TableExists(StoreUnavailable):
    """The table is there already."""


class ConditionFailed(StoreUnavailable):
    """The entry was not what the request expected; nothing was written."""


def _understood(error: ClientError) -> StoreUnavailable:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "ConditionalCheckFailedException":
        return ConditionFailed("The entry is not what was expected.")
    if code == "ResourceInUseException":
        return TableExists("The table is there already.")
    if code == "ResourceNotFoundException":
        return StoreUnavailable("DynamoDB has no such table.")
    if status >= 500:
        return AnswerLost("DynamoDB failed. Whether the change was made is unknown.")
    return StoreUnavailable(f"DynamoDB refused: {code}.")
