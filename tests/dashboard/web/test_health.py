"""What supervisors and load balancers ask."""

import pytest
from django.db import DatabaseError
from django.test import AsyncClient

from dashboard import stores
from dashboard.web.views import health
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_process_that_answers_is_alive_for_anyone():
    response = await AsyncClient().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


async def test_a_dashboard_whose_parts_all_answer_is_ready(prod):
    await until(lambda: {store.status.state for store in stores.all_stores()} == {"up"})
    response = await AsyncClient().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": True,
        "channel_layer": True,
        "stores": {"up": 2},
    }


async def test_a_store_that_is_down_makes_it_unready_without_naming_the_store(prod, monkeypatch):
    monkeypatch.setattr(type(prod), "is_up", lambda _: None)  # its pulse is felt all the time
    prod.is_down("It does not answer.")
    response = await AsyncClient().get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert b"prod" not in response.content


async def test_a_database_that_does_not_answer_makes_it_unready(prod, monkeypatch):
    async def gone(*_):
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(health.Session.objects.all().__class__, "aexists", gone)
    response = await AsyncClient().get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, False)
