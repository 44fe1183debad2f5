"""Reading values without holding the event loop.

The work itself is `storage_core.values.requests`. A small value is answered in place; a large one
by a worker process, since pure Python holds the interpreter. Workers get bytes and give JSON over
a pipe, so no pickle passes between processes, and one that overruns is killed and replaced.
"""

import asyncio
import json
import struct
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

from storage_core.exceptions import RefusedEdit, UnreadableValue
from storage_core.values import requests

__all__ = ["ask", "check_write", "run"]

INLINE_LIMIT = 64 * 1024  # bytes; above, reading takes long enough to be felt by others
WORKERS = 2
PATIENCE = 5.0  # seconds
