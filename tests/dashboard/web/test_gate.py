"""The gate that every request passes."""

from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.web import links
from tests.dashboard.web.conftest import KARMA


async def test_a_page_asks_the_database_once_who_is_there(prod, cast):
    capture = CaptureQueriesContext(connection)
    await sync_to_async(capture.__enter__)()
    answer = await cast["admin"].get(links.namespace_url("prod", KARMA))
    await sync_to_async(capture.__exit__)(None, None, None)

    assert answer.status_code == 200
    asked = [query["sql"] for query in await sync_to_async(list)(capture)]
    assert len([sql for sql in asked if 'FROM "auth_user"' in sql]) == 1, asked
