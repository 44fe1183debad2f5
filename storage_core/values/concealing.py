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
from storage_core.values.shape import ARG, ENTRY, FIELD, INDEX, NAMED, PAIRED, Part, Place
from storage_core.values.shapes import shape_of
from storage_core.values.structure import is_held
from storage_core.values.tree import (
    Atom,
    Call,
    Map,
    Masked,
    Node,
    Program,
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
    is_escaped = b"\\" in data  # then a quick look finds less than there is
    found = kinds_in(data)
    kinds = EVERY_KIND if is_escaped else found
    names = is_escaped or masking.may_name(data)
    if not (names or kinds or masking.masks_all):
        return Concealed(root, set(), hides=False)
    shared = {id(one.target) for one in program.gets}
    work = _Concealer(masking, shared, names=names, kinds=kinds)
    shown = [root]
    if masking.masks_all:
        work.mask(_Slot(shown, 0), BY_NAME)
    elif foreign is not None and foreign.kind == "binary" and names:
        work.mask(_Slot(shown, 0), BY_CONTENT)
    else:
        work.run([_Slot(shown, 0)])
    work.run([_Slot(program.hidden, index) for index in range(len(program.hidden))])
    work.mask_the_same()
    program.memo = {}  # it leads to what is masked
    if foreign is None and program.root is not None:
        program.root = shown[0]
    is_partly_read = foreign is None and program.end < len(data)
    hides = work.count > 0 or bool(found) or (is_partly_read and names)
    return Concealed(shown[0], work.holders, hides)


class _Concealer:
    """One walk over a tree."""

    def __init__(
        self, masking: Masking, shared: set[int], *, names: bool, kinds: Sequence[int]
    ) -> None:
        """`shared` are the ids of what is used in several places.

        `names` says whether there can be any secret names, `kinds` which kinds of tokens.
        """
        self.masking = masking
        self.shared = shared
        self.names = names
        self.kinds = kinds
        self.verdicts: dict[str, bool] = {}
        self.count = 0
        self.holders: set[int] = set()
        self.seen: set[int] = set()
        self.uses: list[_Slot] = []
        """Where things stand that are used in several places."""
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
            if isinstance(plain, Map):
                work.extend(self.below(slot, Part(ENTRY, plain.items, plain)))
                continue
            shape = shape_of(plain)
            for part in shape.parts:
                work.extend(self.below(slot, part))
            if shape.text is not None and (why := self.why_text(shape.text)):
                self.mask(slot, why)

    def below(self, slot: _Slot, part: Part) -> Iterator[_Slot]:
        """The containers in one run of children; secret children are masked."""
        nodes, shared, names = part.nodes, self.shared, self.names
        instead = None if is_held(part) else slot
        width = 2 if part.style in PAIRED else 1
        last = range(part.first + width - 1, part.first + part.count * width, width)
        for index, position in enumerate(last):
            plain = resolve(nodes[position])
            if id(plain) in shared and _is_telling(plain):
                self.uses.append(_Slot(nodes, position, slot, instead))
            name = _name_of(part, index, position) if names else None
            if name is not None and self.is_secret(name):
                child = _Slot(nodes, position, slot, instead)
                self.note_secret(child)
                self.mask(child, BY_NAME)
            elif type(plain) is not Atom:
                yield _Slot(nodes, position, slot, instead)
            elif type(plain.value) in _TEXTS and (why := self.why_text(plain.value)):
                self.mask(_Slot(nodes, position, slot, instead), why)
            if width == 2 and self.kinds:
                self.look_at_key(_Slot(nodes, position - 1, slot, instead))

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
        slot.nodes[slot.position] = Masked(inner, shape.kind, why, typeable=shape.typeable)
        self.count += 1
        above = slot.above
        while above is not None and id(resolve(above.node)) not in self.holders:
            self.holders.add(id(resolve(above.node)))
            above = above.above

    # --- the very same thing in another place

    def note_secret(self, slot: _Slot) -> None:
        """Remember what is secret here, for the other places that it is used in."""
        top = resolve(slot.node)
        if id(top) in self.shared and _is_telling(top) and not _is_above(top, slot):
            self.secret.add(id(top))
        work, met = ([top] if self.shared else []), set[int]()
        while work:
            plain = resolve(work.pop())
            if type(plain) is Atom:
                if id(plain) in self.shared and _is_telling(plain):
                    self.secret.add(id(plain))
            elif id(plain) not in met:
                met.add(id(plain))
                work.extend(plain.items[1::2] if isinstance(plain, Map) else children(plain))

    def mask_the_same(self) -> None:
        """Mask what is secret in one place wherever else it stands.

        Then every container that holds something masked is known as such in all of its places.
        """
        for slot in self.uses if self.secret else ():
            if id(resolve(slot.node)) in self.secret:
                self.mask(slot, BY_SHARING)
        is_news = bool(self.holders)
        while is_news:
            before = len(self.holders)
            for slot in self.uses:
                above: _Slot | None = slot
                while above is not None and id(resolve(slot.node)) in self.holders:
                    self.holders.add(id(resolve(above.node)))
                    above = above.above
            is_news = len(self.holders) > before


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


def _name_of(part: Part, index: int, position: int) -> str | None:
    """What a child is called, if anything says so."""
    style = part.style
    if style in (FIELD, NAMED):
        return field_name(Place(part, index))
    if style == ENTRY:
        key = part.nodes[position - 1]
        if type(key) is Atom and type(key.value) is str:
            return key.value
        text = text_of(key)
        return spell(key, _KEY_TEXT) if text is None else text
    # `('token', …)`, and `setattr(bot, 'token', …)`
    if index and (style == ARG or (style == INDEX and part.count == 2)):
        return text_of(part.nodes[position - 1])
    return None
