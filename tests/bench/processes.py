"""What a process costs, as Linux tells it."""

import os
import re
import time
from pathlib import Path

__all__ = ["computing", "peak", "resident"]


def resident() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """The most bytes of memory that this process has ever held."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    assert found
    return int(found[1]) * 1024


def computing() -> float:
    """Seconds that this process has computed, in all its threads."""
    return time.process_time()
