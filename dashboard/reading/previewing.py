"""One line of text for each of many values, as lists show them."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from dashboard.reading.asking import Mask, ask
from storage_core.values import Masking

__all__ = ["Told", "preview", "previews"]

REMEMBERED_SIZE: Final = 4096
"""Bytes of a value whose preview is remembered."""
MOST_REMEMBERED: Final = 2000


class Told:
    """What was told of the last small values: a few MB at most.

    Each is known by its bytes and by all else that it was asked with.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, str], dict[str, str]] = OrderedDict()

    def get(self, asked: tuple[bytes, str]) -> dict[str, str] | None:
        if asked in self._kept:
            self._kept.move_to_end(asked)
        return self._kept.get(asked)

    def put(self, asked: tuple[bytes, str], preview: dict[str, str]) -> None:
        if len(asked[0]) <= REMEMBERED_SIZE:
            self._kept[asked] = preview
            if len(self._kept) > MOST_REMEMBERED:
                self._kept.popitem(last=False)


told = Told()


async def previews(
    values: Sequence[bytes], *, mask: Mask | Sequence[Mask], **limits: int
) -> list[dict[str, str]]:
    """Kind, summary and one line of text for each value.

    What was told of small values is remembered: a list is got again at each change, which most
    often is one row's.
    """
    masks = [mask] * len(values) if mask is None or isinstance(mask, Masking) else mask
    asked = [(value, repr((one, limits))) for value, one in zip(values, masks, strict=True)]
    found = [told.get(each) for each in asked]
    unknown = [place for place, known in enumerate(found) if known is None]
    if unknown:
        rules = [masks[place] for place in unknown]
        answer = await ask("preview", *(values[place] for place in unknown), mask=rules, **limits)
        for place, preview in zip(unknown, answer.result, strict=True):
            found[place] = preview
            told.put(asked[place], preview)
    return [known or {} for known in found]


async def preview(data: bytes, *, mask: Mask, **limits: int) -> str:
    """One line of text for a value."""
    (found,) = await previews([data], mask=mask, **limits)
    return found["text"]
