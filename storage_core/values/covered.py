"""That an edit shows nothing that was masked before it."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.meaning import Meanings
from storage_core.values.tree import Atom, Masked, Node, children, resolve

__all__ = ["WOULD_SHOW", "WOULD_TELL", "demand_covered", "demand_untold"]

WOULD_SHOW: Final = "This would show something that is masked."
WOULD_TELL: Final = (
    "Some keys or members beside this are masked. What is added or changed here has to be another "
    "than they are, and so they could be guessed."
)


def demand_covered(before: Node, gone: Node | None, after: Node) -> None:
    """Raise RefusedEdit if something that was masked in `before` is no longer in `after`.

    Without this, renaming a field or moving the word in front of a secret would show it. `gone` is
    what the edit itself takes away. What was typed makes no difference, so nothing can be guessed.
    """
    meanings = Meanings()
    kept = _masked_in(before, meanings)
    if gone is not None:
        kept -= _masked_in(gone, meanings)
    if kept - _masked_in(after, meanings):
        raise RefusedEdit(WOULD_SHOW)


def demand_untold(compared: Iterable[Node], holders: Collection[int]) -> None:
    """Raise RefusedEdit where a new key or member would be compared with one that is masked.

    `holders` are the ids of containers with something masked in them. What was typed makes no
    difference: the answer to a right guess is that to a wrong one.
    """
    for plain in map(resolve, compared):
        if isinstance(plain, Masked) or id(plain) in holders:
            raise RefusedEdit(WOULD_TELL)


def _masked_in(root: Node, meanings: Meanings) -> Counter[bytes]:
    """The digests of what is masked in a tree."""
    found: Counter[bytes] = Counter()
    work, seen = [root], set[int]()
    while work:
        plain = resolve(work.pop())
        if isinstance(plain, Masked):
            found[meanings.of(plain)] += 1
        elif type(plain) is not Atom and id(plain) not in seen:
            seen.add(id(plain))
            work.extend(children(plain))
    return found
