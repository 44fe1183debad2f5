"""The rows of a list of keys, with the table that they make.

When a key changes, everybody who has its list open gets the list again in the same moment. Nearly
all that this costs is the same for all of them, so those of the same rights share it. Whether
somebody may see the list has been asked before, of each; what is theirs alone, such as the topics
that they may watch, stands around the table.
"""

import asyncio
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.template.loader import get_template
from django.utils.safestring import SafeString

from dashboard.catalog import Page
from dashboard.catalog.paging import PageRequest
from dashboard.rounds import Rounds
from dashboard.web.filters import KeyFilters
from dashboard.web.listing import Column, KeyRow, columns_of, rows_of
from dashboard.web.narrowing import list_page
from dashboard.web.visits import StoreVisit

__all__ = ["Listed", "listed", "listed_for_all"]


class Listed(NamedTuple):
    """A page of a list. `table` is empty where the template makes it from the rest."""

    page: Page
    columns: list[Column]
    keys: list[KeyRow]
    table: SafeString


tables: WeakKeyDictionary[asyncio.AbstractEventLoop, Rounds[Listed]] = WeakKeyDictionary()


async def listed(
    visit: StoreVisit,
    namespace: str | None,
    filters: KeyFilters,
    request: PageRequest,
    *,
    opened: str | None = None,
) -> Listed:
    """A page of a list, `opened` being the key that is shown beside it."""
    page = await list_page(visit, namespace, filters, request)
    columns = columns_of(
        visit.store.name,
        namespace,
        request.sort,
        descending=request.descending,
        query=filters.query,
    )
    keys = await rows_of(visit, page.rows, opened=opened)
    return Listed(page, columns, keys, SafeString())


async def listed_for_all(
    visit: StoreVisit, namespace: str | None, filters: KeyFilters, request: PageRequest
) -> Listed:
    """As `listed`, with its table, for all who ask in this moment and have the same rights."""

    async def work() -> Listed:
        found = await listed(visit, namespace, filters, request)
        return found._replace(table=table_of(found)) if found.keys else found

    here = tables.setdefault(asyncio.get_running_loop(), Rounds("the table of a list"))
    same = (visit.store.name, namespace, filters, request, visit.rights)
    return await asyncio.shield(here.join(same, work))


def table_of(found: Listed) -> SafeString:
    template = get_template("components/key_table.html")
    return SafeString(template.render({"columns": found.columns, "keys": found.keys}))
