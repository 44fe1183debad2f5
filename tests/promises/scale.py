"""How long the tests of this folder try."""

import os
from typing import Final

__all__ = ["TIMES"]

TIMES: Final = int(os.environ.get("CUBBYHOLE_PROMISES", "1"))
"""Of the ordinary run: 10 is a run that is ten times as long."""
