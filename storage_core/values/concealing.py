"""Taking what is secret out of a tree before anything is made of it.

What is not in the tree cannot be shown: neither in rows nor in texts, JSON, differences or hits,
nor by code that is still to be written. So a masked value is not one that every reader has to treat
with care, but another tree: freshly read, with a `Masked` leaf wherever the rules find a secret.
Edits are made on the tree as it was read (see `Value.edit`).
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from storage_core.values.called import Pairs, held, name_of_child, spelled
from storage_core.values.clues import Clues, clues_in
from storage_core.values.foreign import Foreign
from storage_core.values.judging import BY_CONTENT, TELLING, Judge
from storage_core.values.known.arrays import element_types
from storage_core.values.masking import (
    BY_NAME,
    Masking,
    folded,
)
from storage_core.values.masks import TEXTS, Masks
from storage_core.values.names import text_of
from storage_core.values.shape import PAIRED, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.slots import Slot, all_of, children_of
from storage_core.values.tokens import EVERY_KIND, kind_in_raw, kinds_in, letters_of, token_format
from storage_core.values.tree import (
    Atom,
    Call,
    Map,
    Masked,
    Node,
    Program,
    Reference,
    Seq,
    children,
    resolve,
)

__all__ = ["Concealed", "conceal"]

_UNORDERED: Final = ("set", "frozenset")
_AT_ONCE: Final = 512
_TARGET: Final = attrgetter("target")
_MOST_PAIRED: Final = 32
"""Entries of a dict up to which one may be the name of another."""


class Concealed(NamedTuple):
    """What is left of a tree. `holders` are the ids of containers with something masked in them.

    `hides` says whether the stored bytes hold anything that the rules mask, shown or not.
    """

    root: Node
    holders: set[int]
    hides: bool


def conceal(program: Program, root: Node, foreign: Foreign | None, masking: Masking) -> Concealed:
    """Take what is secret out of a program's tree, and out of what it does unseen. Linear.

    The nodes themselves are changed, so the program must be one that nobody else reads.
    """
    data = program.data
    is_partly_read = foreign is None and program.end < len(data)
    # Where texts are written with escapes, a quick look finds less than there is.
    is_told_otherwise = foreign is not None or is_partly_read
    is_escaped = program.escaped or (is_told_otherwise and b"\\" in data)
    letters = letters_of(data)
    found = kinds_in(data, letters)
    kinds = EVERY_KIND if is_escaped else found
    names = is_escaped or masking.may_name(data, letters)
    masks_all = masking.is_secret(masking.name, held(root))
    if not (names or kinds or masks_all):
        return Concealed(root, set(), hides=False)
    is_clear = not is_told_otherwise and not is_escaped
    clues = clues_in(program, masking, names=names, kinds=kinds) if is_clear else None
    work = _Concealer(masking, clues, names=names, kinds=kinds)
    shown = [root]
    if masks_all:
        work.masks.put(Slot(shown, 0), BY_NAME)
    elif foreign is not None and foreign.kind == "binary" and masking.may_tell(data):
        work.masks.put(Slot(shown, 0), BY_CONTENT)
    else:
        work.run([Slot(shown, 0)])
    work.run(all_of(program.hidden))
    work.masks.put_on_the_same(program, shown, clues.again if clues is not None else None)
    work.masks.forget(program)
    if foreign is None and program.root is not None:
        program.root = shown[0]
    hides = work.masks.count > 0 or bool(found) or (is_partly_read and masking.may_tell(data))
    return Concealed(shown[0], work.masks.holders, hides)


class _Concealer:
    """One walk over a tree."""

    def __init__(
        self, masking: Masking, clues: Clues | None, *, names: bool, kinds: Sequence[int]
    ) -> None:
        """`names` says whether there can be any secret names, `kinds` which kinds of tokens.
        Without `clues` everything is looked at."""
        self.clues = clues
        self.names = names
        self.kinds = kinds
        self.judge = Judge(masking, names=names, kinds=kinds)
        self.harmless: set[tuple[Node, ...] | None] = set()
        """The keys of dicts at which need not be looked again."""
        self.pairs = Pairs(self.judge)
        self.types: dict[int, bool] = {}
        """For numpy's types of elements, whether a name in one says secret."""
        self.masks = Masks()
        self.seen: set[int] = set()

    def run(self, slots: list[Slot]) -> None:
        """Mask what is secret in these places and below them."""
        work, seen, clues = slots, self.seen, self.clues
        while work:
            slot = work.pop()
            node = slot[0][slot[1]]
            plain = node.target if type(node) is Reference else node
            if type(plain) is Masked or id(plain) in seen:
                continue
            if type(plain) is Atom:
                if why := self.judge.why_text(plain.value):
                    self.masks.put(slot, why)
                continue
            if clues is not None and type(plain) in (Map, Seq) and not clues.are_in(plain):
                continue
            seen.add(id(plain))
            if type(plain) is Map:
                self.look_at_entries(slot, plain.items, work)
            elif type(plain) is Seq:
                is_pair = len(plain.items) == 2 and plain.kind not in _UNORDERED
                self.look_at_items(slot, plain.items, work, is_pair=is_pair and self.names)
            else:
                self.look_at_parts(slot, shape_of(plain), work)

    # `look_at_entries` and `look_at_items` do for dicts and lists, of which most values are made,
    # what `look_at_parts` does for everything.

    def look_at_entries(self, slot: Slot, nodes: list[Node], work: list[Slot]) -> None:
        may_be_paired = self.names and len(nodes) <= 2 * _MOST_PAIRED
        paired = self.pairs.secret_in(nodes) if may_be_paired else ()
        for start, stop in self.runs(nodes, 2):
            some = nodes[start:stop]
            is_harmless = self.has_harmless_keys(some[::2])
            for position in range(start + 1, start + len(some), 2):
                here = Slot(nodes, position, slot)
                if position in paired:
                    self.masks.put_named(here)
                elif is_harmless or not self.look_at_names(here):
                    self.look_at_child(here, work)

    def look_at_child(self, slot: Slot, work: list[Slot]) -> None:
        """Mask a text that is a secret by itself; what is no leaf is work for later."""
        plain = resolve(slot.node)
        if type(plain) is not Atom:
            work.append(slot)
        elif (
            type(plain.value) in TEXTS
            and len(plain.value) >= TELLING  # type: ignore[arg-type]  # a text or bytes
            and (why := self.judge.why_text(plain.value))
        ):
            self.masks.put(slot, why)

    def runs(self, nodes: list[Node], width: int) -> Iterable[tuple[int, int]]:
        """From where to where a dict or list has to be looked at; `width` nodes are an entry."""
        if self.clues is not None and len(nodes) > 2 * _MOST_PAIRED:
            return self.clues.runs(nodes, width)
        return [(start, start + _AT_ONCE) for start in range(0, len(nodes), _AT_ONCE)]

    def has_harmless_keys(self, keys: list[Node]) -> bool:
        """Whether a quick look at some keys is enough: then none of them says or is a secret."""
        try:
            same = tuple(map(_TARGET, keys))  # of many dicts that are alike the keys are, too
        except AttributeError:
            same = None
        if same in self.harmless:
            return True
        try:
            text = "\0".join([resolve(key).value for key in keys])  # type: ignore[attr-defined]  # caught
        except (AttributeError, TypeError):
            return False  # a key that is no text
        is_harmless = not (self.names and self.judge.may_be.search(folded(text))) and not (
            self.kinds and token_format(text, self.kinds)
        )
        if is_harmless and same is not None:
            self.harmless.add(same)
        return is_harmless

    def look_at_names(self, slot: Slot) -> bool:
        """Mask what stands under a key that says secret, and the key if it is one itself.

        Whether the first was so.
        """
        name = spelled(slot.nodes[slot.position - 1])
        is_secret = self.names and self.judge.is_secret(name, held(slot.node))
        if is_secret:
            self.masks.put_named(slot)
        if self.kinds:
            self.look_at_key(slot._replace(position=slot.position - 1))
        return is_secret

    def look_at_items(
        self, slot: Slot, nodes: list[Node], work: list[Slot], *, is_pair: bool
    ) -> None:
        for start, stop in self.runs(nodes, 1):
            for position, node in enumerate(nodes[start:stop], start):
                if is_pair and position:
                    name = text_of(nodes[0])
                    if name is not None and self.judge.is_secret(name, held(node)):
                        self.masks.put_named(Slot(nodes, position, slot))
                        continue
                self.look_at_child(Slot(nodes, position, slot), work)

    def look_at_parts(self, slot: Slot, shape: Shape, work: list[Slot]) -> None:
        if self.look_at_elements(slot, shape):
            return
        named = [
            (child, name_of_child(child) if self.names else None)
            for child in children_of(slot, shape)
        ]
        paired: list[Node] = []
        if self.names and shape.count <= _MOST_PAIRED:
            flat = [node for child, name in named for node in (Atom(name), child.slot.node)]
            paired = [flat[place] for place in self.pairs.secret_in(flat)]
        for child, name in named:
            plain = resolve(child.slot.node)
            is_paired = any(child.slot.node is one for one in paired)
            if is_paired or (name is not None and self.judge.is_secret(name, held(plain))):
                self.masks.put_named(child.slot)
            elif type(plain) is not Atom:
                work.append(child.slot)
            elif type(plain.value) in TEXTS and (why := self.judge.why_text(plain.value)):
                self.masks.put(child.slot, why)
            if child.part.style in PAIRED and self.kinds:
                self.look_at_key(child.slot._replace(position=child.slot.position - 1))
        if shape.text is not None and (why := self.judge.why_text(shape.text)):
            self.masks.put(slot, why)

    def look_at_elements(self, slot: Slot, shape: Shape) -> bool:
        """Mask what is decoded from bytes of its own, such as an array, if anything in it is
        secret: as a whole, since it is shown as one text. Whether it was so."""
        plain = resolve(slot.node)
        if self.names and isinstance(plain, Call):
            for element in element_types(plain):
                if id(element) not in self.types:
                    self.types[id(element)] = self.says_secret(element)
                if self.types[id(element)]:
                    self.masks.put_named(slot)
                    return True
        if shape.exact is None:
            return False
        noun = kind_in_raw(shape.exact) if self.kinds else None
        told = shape.exact.replace(b"\0", b"").decode("latin-1") if self.names else ""
        if noun or self.judge.tells(told) or (shape.text and self.judge.tells(shape.text)):
            self.masks.put(slot, f"looks like {noun}" if noun else BY_CONTENT)
            return True
        return False

    def says_secret(self, element: Node) -> bool:
        """Whether a name in one of numpy's types of elements says secret."""
        work, met = [element], set[int]()
        while work:
            plain = resolve(work.pop())
            name = text_of(plain)
            if name is not None:
                if self.judge.is_secret(name):
                    return True
            elif id(plain) not in met:
                met.add(id(plain))
                work.extend(children(plain))
        return False

    def look_at_key(self, slot: Slot) -> None:
        """A key is masked as a whole, since its text is what tells it from the others."""
        noun = token_format(spelled(slot.node), self.kinds)
        if noun:
            self.masks.put(slot, f"looks like {noun}")
