"""Two states of a value beside each other: what changed, or what came or went as a whole."""

from typing import Any

from dashboard import reading
from dashboard.reading import Mask
from dashboard.web import editing, wording
from storage_core.exceptions import StorageError

__all__ = ["change_between"]

SHOWN = 2000  # characters of a value that came or went as a whole


async def change_between(before: bytes | None, after: bytes | None, mask: Mask) -> dict[str, Any]:
    """The change by path; None stands for a key that was not there."""
    whole = after if before is None else before if after is None else None
    try:
        if before is not None and after is not None:
            found = await editing.differences(before, after, mask)
            return {"differences": found, "is_same": before == after}
        if whole is not None:
            text = await reading.preview(whole, mask=mask, limit=SHOWN)
            return {"whole": wording.visible(text), "has_come": before is None}
    except StorageError as error:
        return {"refusal": wording.sentence(str(error))}
    return {}
