"""The DynamoDB backend: conditions where a change must be atomic, scans where names are needed."""

import base64
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from storage_core.abc import BrowsableStorage
from storage_core.backends.dynamodb.table import AnswerLost, ConditionFailed, Item, Table
from storage_core.changes import Change, Gap
from storage_core.entries import KEEP, EntryInfo, Expiry, Outcome, StoredValue
from storage_core.exceptions import StoreUnavailable
from storage_core.expiry import lifetime
from storage_core.polling import SHORTEST_PAUSE_SECONDS, PolledFeed, fingerprint

__all__ = ["DynamoDBStorage"]

NAMES: Final = {"#k": "sm-key", "#v": "sm-value", "#e": "sm-expire"}
LIVE: Final = "(attribute_not_exists(#e) OR #e > :now)"
MOST_TOGETHER: Final = 100
MOST_TRIES: Final = 10


class DynamoDBStorage(BrowsableStorage):
    """Entries as items of one table, in Slack Machine's own format.

    Settings, as in Slack Machine: `DYNAMODB_TABLE_NAME`, `DYNAMODB_KEY_PREFIX`,
    `DYNAMODB_ENDPOINT_URL`, `DYNAMODB_CREATE_TABLE`, `DYNAMODB_CLIENT`; beyond it,
    `DYNAMODB_REGION`, and `DYNAMODB_POLL_SECONDS`, the shortest pause between two looks of the feed
    at the table. Expiries are whole seconds here, rounded up.
    """

    feed = "by looking at the whole table again and again"

    def __init__(
        self, settings: Mapping[str, Any], *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(settings)
        self._table = Table(settings)
        self._clock = clock
        self._feeds: set[PolledFeed] = set()

    async def init(self) -> None:
        await self._table.open()

    async def close(self) -> None:
        await self._table.close()

    async def get(self, key: str) -> bytes | None:
        item = await self._item(key)
        return None if item is None else item.data

    async def set(self, key: str, value: bytes, expires: float | None = None) -> None:
        moment = self._moment(lifetime(expires))
        item = {"sm-key": self._table.name_of(key), "sm-value": _text(value)}
        if moment is not None:
            item["sm-expire"] = _number(moment)
        await self._call("put_item", Item=item)

    async def delete(self, key: str) -> None:
        await self._call("delete_item", Key={"sm-key": self._table.name_of(key)})

    async def has(self, key: str) -> bool:
        return await self._item(key) is not None

    async def size(self) -> int:
        return int((await self._call("describe_table"))["Table"]["TableSizeBytes"])

    async def scan(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        async with aclosing(self._pages(batch)) as pages:
            async for items in pages:
                self._tell_feeds(items)
                yield [EntryInfo(item.key, len(item.data), item.expires_at) for item in items]

    async def describe(self, keys: Sequence[str]) -> Sequence[EntryInfo | None]:
        found = await self._items(keys)
        return [
            item and EntryInfo(item.key, len(item.data), item.expires_at)
            for item in map(found.get, keys)
        ]

    async def fetch(self, keys: Sequence[str]) -> Sequence[StoredValue | None]:
        found = await self._items(keys)
        return [
            item and StoredValue(item.key, item.data, item.expires_at)
            for item in map(found.get, keys)
        ]

    async def compare_and_set(
        self, key: str, expected: bytes | None, new: bytes | None, *, expires: Expiry = KEEP
    ) -> Outcome:
        moment = KEEP if expires is KEEP else self._moment(lifetime(expires))
        try:
            if expected is None:
                await self._create(key, new, None if moment is KEEP else moment)
            else:
                await self._replace(key, expected, new, moment)
        except ConditionFailed:
            return await self._why_not(key, expected, new, expires)
        except AnswerLost:
            return Outcome.UNKNOWN
        return Outcome.SAVED

    async def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        pause = float(self.settings.get("DYNAMODB_POLL_SECONDS", SHORTEST_PAUSE_SECONDS))
        feed = PolledFeed(self._fingerprints, self._clock, shortest_pause=pause)
        self._feeds.add(feed)
        try:
            async with aclosing(feed.changes()) as changes:
                async for news in changes:
                    yield news
        finally:
            self._feeds.discard(feed)

    async def _create(self, key: str, new: bytes | None, moment: int | None) -> None:
        if new is None:  # nothing is there and nothing shall be
            if await self._item(key) is not None:
                raise ConditionFailed("The entry is there.")
            return
        item = {"sm-key": self._table.name_of(key), "sm-value": _text(new)}
        if moment is not None:
            item["sm-expire"] = _number(moment)
        await self._call(
            "put_item",
            Item=item,
            ConditionExpression="attribute_not_exists(#k) OR #e <= :now",
            ExpressionAttributeNames={"#k": NAMES["#k"], "#e": NAMES["#e"]},
            ExpressionAttributeValues={":now": self._now()},
        )

    async def _replace(self, key: str, expected: bytes, new: bytes | None, moment: Any) -> None:
        names = {"#v": NAMES["#v"], "#e": NAMES["#e"]}
        values = {":old": _text(expected), ":now": self._now()}
        condition = {"Key": {"sm-key": self._table.name_of(key)}, "ExpressionAttributeNames": names}
        if new is None:
            condition["ConditionExpression"] = f"#v = :old AND {LIVE}"
            await self._call("delete_item", **condition, ExpressionAttributeValues=values)
            return
        values[":new"] = _text(new)
        update = "SET #v = :new"
        if moment is None:
            update += " REMOVE #e"
        elif moment is not KEEP:
            update += ", #e = :moment"
            values[":moment"] = _number(moment)
        condition["ConditionExpression"] = f"#v IN (:old, :new) AND {LIVE}"
        await self._call(
            "update_item", **condition, UpdateExpression=update, ExpressionAttributeValues=values
        )

    async def _why_not(
        self, key: str, expected: bytes | None, new: bytes | None, expires: Expiry
    ) -> Outcome:
        """What a failed condition means, from what is there now. Nothing was written."""
        item = await self._item(key)
        if item is None:
            return Outcome.GONE if expected is not None else Outcome.CHANGED
        if new is None or item.data != new:
            return Outcome.CHANGED
        if expires is KEEP:
            return Outcome.SAVED
        return await self.compare_and_set(key, new, new, expires=expires)

    async def _item(self, key: str) -> Item | None:
        if not _is_text(key):
            return None
        name = {"sm-key": self._table.name_of(key)}
        fields = (await self._call("get_item", Key=name, ConsistentRead=True)).get("Item")
        item = None if fields is None else self._table.item(fields)
        return item if item is not None and item.is_live(self._clock()) else None

    async def _items(self, keys: Sequence[str]) -> Mapping[str, Item]:
        found: dict[str, Item] = {}
        possible = [key for key in keys if _is_text(key)]
        for start in range(0, len(possible), MOST_TOGETHER):
            for item in await self._batch(frozenset(possible[start : start + MOST_TOGETHER])):
                if item.is_live(self._clock()):
                    found[item.key] = item
        self._tell_feeds(list(found.values()))
        return found

    async def _batch(self, keys: frozenset[str]) -> Sequence[Item]:
        """Up to a hundred items; DynamoDB may give some now and some when asked again."""
        names = [{"sm-key": self._table.name_of(key)} for key in keys]
        wanted: Any = {self._table.name: {"Keys": names, "ConsistentRead": True}}
        items: list[Item] = []
        for _ in range(MOST_TRIES):
            if not wanted:
                return items
            reply = await self._table.call("batch_get_item", RequestItems=wanted)
            items += map(self._table.item, reply["Responses"].get(self._table.name, ()))
            wanted = reply.get("UnprocessedKeys")
        if wanted:
            raise StoreUnavailable("DynamoDB is too busy to answer.")
        return items

    async def _pages(self, batch: int) -> AsyncGenerator[list[Item], None]:
        arguments: dict[str, Any] = {
            "FilterExpression": "begins_with(#k, :prefix)",
            "ExpressionAttributeNames": {"#k": NAMES["#k"]},
            "ExpressionAttributeValues": {":prefix": {"S": self._table.prefix}},
            "ConsistentRead": True,
            "Limit": batch,
        }
        while True:
            reply = await self._call("scan", **arguments)
            items = map(self._table.item, reply["Items"])
            yield [item for item in items if item.is_live(self._clock())]
            if "LastEvaluatedKey" not in reply:
                return
            arguments["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    async def _fingerprints(self) -> AsyncGenerator[Mapping[str, bytes], None]:
        async with aclosing(self._pages(1000)) as pages:
            async for items in pages:
                yield {item.key: fingerprint(item.data, item.expires_at) for item in items}

    def _tell_feeds(self, items: Sequence[Item]) -> None:
        for feed in self._feeds:
            for item in items:
                feed.served(item.key, fingerprint(item.data, item.expires_at))

    async def _call(self, operation: str, **arguments: Any) -> Any:
        return await self._table.call(operation, TableName=self._table.name, **arguments)

    def _moment(self, seconds: float | None) -> int | None:
        return None if seconds is None else math.ceil(self._clock() + seconds)

    def _now(self) -> dict[str, str]:
        return {"N": repr(self._clock())}


def _is_text(key: str) -> bool:
    """Whether DynamoDB can have such a key: they are text there, never other bytes."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(data: bytes) -> dict[str, str]:
    return {"S": base64.b64encode(data).decode()}


def _number(moment: int) -> dict[str, str]:
    return {"N": str(moment)}
