"""A bot process, shared by all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.storage_core.values.bot_process import LIBRARY_BOT, BotProcess


@pytest.fixture(scope="session")
def bot() -> Iterator[BotProcess]:
    process = BotProcess()
    yield process
    process.close()


@pytest.fixture(scope="session")
def library_bot() -> Iterator[BotProcess]:
    """A bot whose plugins store what numpy, pydantic and attrs make."""
    process = BotProcess(script=LIBRARY_BOT)
    yield process
    process.close()
