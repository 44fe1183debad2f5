"""Reading and changing stored values without running them.

`read(data)` gives a `Value`: what a bot stored, as an inert tree. Nothing that the bytes name is
imported or called, and nothing is unpickled. Edits splice new code into the old bytes, so that all
that was not touched stays byte for byte as the bot wrote it.
"""

from storage_core.values.diff import Difference, diff
from storage_core.values.edit import Edit, create
from storage_core.values.findings import Finding
from storage_core.values.masking import Masking
from storage_core.values.merge import Conflict, Merge, merge
from storage_core.values.outline import Outline, Row
from storage_core.values.safety import check_write, new_imports
from storage_core.values.value import Value, read

__all__ = [
    "Conflict",
    "Difference",
    "Edit",
    "Finding",
    "Masking",
    "Merge",
    "Outline",
    "Row",
    "Value",
    "check_write",
    "create",
    "diff",
    "merge",
    "new_imports",
    "read",
]
