"""What a process costs, as Linux tells it."""

import os
import time
from pathlib import Path

__all__ = ["computing", "resident"]


def resident() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def computing() -> float:
    """Seconds that this process has computed, in all its threads."""
    return time.process_time()
