"""A bot process, shared by all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.storage_core.values.bot_process import BotProcess


@pytest.fixture(scope="session")
def bot() -> Iterator[BotProcess]:
    process = BotProcess()
    yield process
    process.close()
