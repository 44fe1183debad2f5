"""Databases of older versions keep what they hold."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE, AFTER = "0011_watch_failing_since", "0012_kind_of_a_drift"


@pytest.mark.django_db(transaction=True)
def test_what_a_value_was_before_it_drifted_is_kept():
    executor = MigrationExecutor(connection)
    old = executor.migrate([("dashboard", BEFORE)]).apps
    old.get_model("dashboard", "DriftSeen").objects.create(
        store="prod", key_digest="d", key=b"team", before="list", at=timezone.now()
    )
    executor.loader.build_graph()
    new = executor.migrate([("dashboard", AFTER)]).apps
    assert new.get_model("dashboard", "DriftSeen").objects.get(key_digest="d").kind == "list"
    executor.loader.build_graph()
    executor.migrate(executor.loader.graph.leaf_nodes())
