"""Random values × random edits × protocols, judged by a bot. `fuzz` makes more of them."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage_core.values.fuzz import run


@given(r=st.randoms(use_true_random=True))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_bot_finds_each_edit_and_nothing_else(bot, r):
    assert run(bot, r, Counter()) == []
