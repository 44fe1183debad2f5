"""Taking what is secret out of a tree before anything is made of it.

What is not in the tree cannot be shown: neither in rows nor in texts, JSON, differences or hits,
nor by code that is still to be written. So a masked value is not one that every reader has to treat
with care, but another tree: freshly read, with a `Masked` leaf wherever the rules find a secret.
Edits are made on the tree as it was read (see `Value.edit`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from storage_core.values.foreign import Foreign
from storage_core.values.masking import BY_NAME, EVERY_KIND, Masking, kinds_in, token_format
from storage_core.values.names import text_of
from storage_core.values.notation import spell
from storage_core.values.paths import field_name
from storage_core.values.shape import ARG, ENTRY, FIELD, INDEX, NAMED, PAIRED, Part, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.structure import is_held
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

TELLING: Final = 8
"""Characters from which on a text that is stored under a secret name is masked elsewhere too."""
BY_SHARING: Final = "the same is stored where the name says secret"
BY_CONTENT: Final = "a name in it says secret"
_KEY_TEXT: Final = 2000
_TEXTS: Final = (str, bytes, bytearray)
_UNORDERED: Final = ("set", "frozenset")
_NEST = re.compile(r"""(?:(?:bytearray\()?b["'])?\s*(\\x80|[\x80{\[])""")
"""How JSON, a Python literal or a pickle begins that is stored as a text or as bytes."""
_INNER_NAME = re.compile(r"""["']([^"'\\\n]{1,100})["']\s{0,4}:""")


class Concealed(NamedTuple):
    """What is left of a tree. `holders` are the ids of containers with something masked in them.

    `hides` says whether the stored bytes hold anything that the rules mask, shown or not.
    """

    root: Node
    holders: set[int]
    hides: bool


class _Slot(NamedTuple):
    """A place in the tree that can be filled with another node.

    `instead` is the place of the container, where the child's own place is none that can be filled.
    """

    nodes: list[Node]
    position: int
    above: "_Slot | None" = None
    instead: "_Slot | None" = None

    @property
    def node(self) -> Node:
        return self.nodes[self.position]


def conceal(program: Program, root: Node, foreign: Foreign | None, masking: Masking) -> Concealed:
    """Take what is secret out of a program's tree, and out of what it does unseen. Linear.

    The nodes themselves are changed, so the program must be one that nobody else reads.
    """
    data = program.data
    is_partly_read = foreign is None and program.end < len(data)
    # Where texts are written with escapes, a quick look finds less than there is.
    is_told_otherwise = program.escaped or foreign is not None or is_partly_read
    is_escaped = is_told_otherwise and b"\\" in data
    found = kinds_in(data)
    kinds = EVERY_KIND if is_escaped else found
    names = is_escaped or masking.may_name(data)
    if not (names or kinds or masking.masks_all):
        return Concealed(root, set(), hides=False)
    work = _Concealer(masking, names=names, kinds=kinds)
    shown = [root]
    if masking.masks_all:
        work.mask(_Slot(shown, 0), BY_NAME)
    elif foreign is not None and foreign.kind == "binary" and names:
        work.mask(_Slot(shown, 0), BY_CONTENT)
    else:
        work.run([_Slot(shown, 0)])
    work.run(_all_of(program.hidden))
    work.mask_the_same(program, shown)
    work.forget_masked(program)
    if foreign is None and program.root is not None:
        program.root = shown[0]
    hides = work.count > 0 or bool(found) or (is_partly_read and names)
    return Concealed(shown[0], work.holders, hides)


class _Concealer:
    """One walk over a tree."""

    def __init__(self, masking: Masking, *, names: bool, kinds: Sequence[int]) -> None:
        """`names` says whether there can be any secret names, `kinds` which kinds of tokens."""
        self.masking = masking
        self.names = names
        self.kinds = kinds
        self.verdicts: dict[str, bool] = {}
        self.count = 0
        self.holders: set[int] = set()
        self.seen: set[int] = set()
        self.masked: list[Masked] = []
        self.secret: set[int] = set()
        """The ids of things that are secret in one of their places."""

    def run(self, slots: list[_Slot]) -> None:
        """Mask what is secret in these places and below them."""
        work = slots
        while work:
            slot = work.pop()
            plain = resolve(slot.node)
            if isinstance(plain, Masked) or id(plain) in self.seen:
                continue
            if type(plain) is Atom:
                if why := self.why_text(plain.value):
                    self.mask(slot, why)
                continue
            self.seen.add(id(plain))
            if type(plain) is Map:
                self.look_at_entries(slot, plain.items, work)
            elif type(plain) is Seq:
                is_pair = len(plain.items) == 2 and plain.kind not in _UNORDERED
                self.look_at_items(slot, plain.items, work, is_pair=is_pair and self.names)
            else:
                self.look_at_parts(slot, shape_of(plain), work)

    # `look_at_entries` and `look_at_items` do for dicts and lists, of which most values are made,
    # what `look_at_parts` does for everything.

    def look_at_entries(self, slot: _Slot, nodes: list[Node], work: list[_Slot]) -> None:
        names, kinds, verdicts = self.names, self.kinds, self.verdicts
        for position in range(1, len(nodes), 2):
            if names:
                key = nodes[position - 1]
                if type(key) is Reference:
                    key = key.target
                if type(key) is not Atom or type(name := key.value) is not str:
                    name = _spelled(key)
                verdict = verdicts.get(name)
                if self.is_secret(name) if verdict is None else verdict:
                    self.mask_named(_Slot(nodes, position, slot))
            node = nodes[position]
            plain = node.target if type(node) is Reference else node
            if type(plain) is not Atom:
                work.append(_Slot(nodes, position, slot))
            elif (
                type(plain.value) in _TEXTS
                and len(plain.value) >= TELLING  # type: ignore[arg-type]  # a text or bytes
                and (why := self.why_text(plain.value))
            ):
                self.mask(_Slot(nodes, position, slot), why)
            if kinds:
                self.look_at_key(_Slot(nodes, position - 1, slot))

    def look_at_items(
        self, slot: _Slot, nodes: list[Node], work: list[_Slot], *, is_pair: bool
    ) -> None:
        for position, node in enumerate(nodes):
            plain = node.target if type(node) is Reference else node
            if is_pair and position:
                name = text_of(nodes[0])
                if name is not None and self.is_secret(name):
                    self.mask_named(_Slot(nodes, position, slot))
                    continue
            if type(plain) is not Atom:
                work.append(_Slot(nodes, position, slot))
            elif (
                type(plain.value) in _TEXTS
                and len(plain.value) >= TELLING  # type: ignore[arg-type]  # a text or bytes
                and (why := self.why_text(plain.value))
            ):
                self.mask(_Slot(nodes, position, slot), why)

    def look_at_parts(self, slot: _Slot, shape: Shape, work: list[_Slot]) -> None:
        for child in _slots_of(slot, shape):
            plain = resolve(child.slot.node)
            name = _name_of(child.part, child.number, child.slot.position) if self.names else None
            if name is not None and self.is_secret(name):
                self.mask_named(child.slot)
            elif type(plain) is not Atom:
                work.append(child.slot)
            elif type(plain.value) in _TEXTS and (why := self.why_text(plain.value)):
                self.mask(child.slot, why)
            if child.part.style in PAIRED and self.kinds:
                self.look_at_key(child.slot._replace(position=child.slot.position - 1))
        if shape.text is not None and (why := self.why_text(shape.text)):
            self.mask(slot, why)

    def is_secret(self, name: str) -> bool:
        verdict = self.verdicts.get(name)
        if verdict is None:
            verdict = self.verdicts[name] = self.masking.is_secret(name)
        return verdict

    def look_at_key(self, slot: _Slot) -> None:
        """A key is masked as a whole, since its text is what tells it from the others."""
        text = text_of(slot.node)
        noun = token_format(spell(slot.node, _KEY_TEXT) if text is None else text, self.kinds)
        if noun:
            self.mask(slot, f"looks like {noun}")

    def why_text(self, value: object) -> str | None:
        """Why a text or bytes are secret by what they hold; None if they are not."""
        text = value if isinstance(value, str) else _text(value)
        if len(text) < TELLING:
            return None
        if self.kinds and (noun := token_format(text, self.kinds)):
            return f"looks like {noun}"
        nest = _NEST.match(text) if self.names else None
        if nest is None:
            return None
        if nest[1] in "{[":
            is_secret = any(map(self.is_secret, _INNER_NAME.findall(text)))
        else:
            is_secret = self.masking.may_name(text.encode("utf-8", "replace"))
        return BY_CONTENT if is_secret else None

    def mask(self, slot: _Slot, why: str) -> None:
        """Put a mask in a place, or in that of the container where it must go as a whole."""
        while slot.instead is not None:
            slot = slot.instead
        inner = slot.node
        if isinstance(inner, Masked):
            return
        shape = shape_of(inner)
        masked = Masked(inner, shape.kind, why, typeable=shape.typeable)
        slot.nodes[slot.position] = masked
        self.masked.append(masked)
        self.count += 1
        above = slot.above
        while above is not None and id(resolve(above.node)) not in self.holders:
            self.holders.add(id(resolve(above.node)))
            above = above.above

    def mask_named(self, slot: _Slot) -> None:
        """Mask what stands under a secret name, and remember it for its other places."""
        top = resolve(slot.node)
        if _is_telling(top) and not _is_above(top, slot):
            self.secret.add(id(top))
        work, met = [top] if type(top) is not Atom else [], set[int]()
        while work:
            plain = resolve(work.pop())
            if type(plain) is Atom:
                if _is_telling(plain):
                    self.secret.add(id(plain))
            elif id(plain) not in met:
                met.add(id(plain))
                work.extend(plain.items[1::2] if isinstance(plain, Map) else children(plain))
        self.mask(slot, BY_NAME)

    # --- the very same thing in another place

    def mask_the_same(self, program: Program, shown: list[Node]) -> None:
        """Mask what is secret in one place wherever else it stands.

        Then every container that holds something masked is known as such in all of its places.
        """
        if not self.holders:
            return
        again = {id(one.target) for one in program.gets}
        self.secret &= again
        if not self.secret and self.holders.isdisjoint(again):
            return
        uses = _uses([_Slot(shown, 0), *_all_of(program.hidden)], again)
        for slot in uses if self.secret else ():
            if id(resolve(slot.node)) in self.secret:
                self.mask(slot, BY_SHARING)
        is_news = True
        while is_news:
            before = len(self.holders)
            for slot in uses:
                above: _Slot | None = slot
                while above is not None and id(resolve(slot.node)) in self.holders:
                    self.holders.add(id(resolve(above.node)))
                    above = above.above
            is_news = len(self.holders) > before

    def forget_masked(self, program: Program) -> None:
        """Leave nothing in the program that leads to what is masked."""
        program.memo = {}
        if not self.masked:
            return
        inside: set[int] = set()
        work: list[Node] = [one.inner for one in self.masked]
        while work:
            plain = resolve(work.pop())
            if isinstance(plain, Masked):
                plain = plain.inner
            if type(plain) is not Atom and id(plain) not in inside:
                inside.add(id(plain))
                work.extend(children(plain))
        program.calls = [one for one in program.calls if id(one) not in inside]
        program.opaques = [one for one in program.opaques if id(one) not in inside]
        program.tables = [one for one in program.tables if id(one) not in inside]


class _Child(NamedTuple):
    slot: _Slot
    part: Part
    number: int
    """Counted within the part."""


def _slots_of(slot: _Slot, shape: Shape) -> Iterator[_Child]:
    """The places of all children of what stands in a place."""
    for part in shape.parts:
        instead = None if is_held(part) else slot
        width = 2 if part.style in PAIRED else 1
        last = range(part.first + width - 1, part.first + part.count * width, width)
        for index, position in enumerate(last):
            yield _Child(_Slot(part.nodes, position, slot, instead), part, index)


def _all_of(nodes: list[Node]) -> list[_Slot]:
    return [_Slot(nodes, index) for index in range(len(nodes))]


def _uses(slots: list[_Slot], shared: set[int]) -> list[_Slot]:
    """Where those things stand whose ids are `shared`, as far as they tell anything."""
    found: list[_Slot] = []
    seen: set[int] = set()
    work = slots
    while work:
        slot = work.pop()
        plain = resolve(slot.node)
        if isinstance(plain, Masked) or id(plain) in seen:
            continue
        seen.add(id(plain))
        for child in _slots_of(slot, shape_of(plain)):
            inner = resolve(child.slot.node)
            if id(inner) in shared and _is_telling(inner):
                found.append(child.slot)
            if type(inner) is not Atom:
                work.append(child.slot)
    return found


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, (bytes, bytearray)) else ""


def _is_telling(plain: Node) -> bool:
    """Whether a thing is so much of its own that it tells something wherever it stands."""
    if isinstance(plain, Atom):
        return isinstance(plain.value, _TEXTS) and len(plain.value) >= TELLING
    return isinstance(plain, (Seq, Map, Call))


def _is_above(plain: Node, slot: _Slot) -> bool:
    above = slot.above
    while above is not None:
        if resolve(above.node) is plain:
            return True
        above = above.above
    return False


def _spelled(key: Node) -> str:
    text = text_of(key)
    return spell(key, _KEY_TEXT) if text is None else text


def _name_of(part: Part, index: int, position: int) -> str | None:
    """What a child is called, if anything says so."""
    style = part.style
    if style in (FIELD, NAMED):
        return field_name(Place(part, index))
    if style == ENTRY:
        return _spelled(part.nodes[position - 1])
    # `('token', …)`, and `setattr(bot, 'token', …)`
    if index and (style == ARG or (style == INDEX and part.count == 2)):
        return text_of(part.nodes[position - 1])
    return None
