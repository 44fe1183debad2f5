"""Whether a text says or holds something secret: by a name in it, or as a token of a known kind."""

import re
from collections.abc import Sequence
from typing import Final

from storage_core.values.masking import IS_NAME, IS_VALUE, SOMETHING, Masking, folded
from storage_core.values.tokens import token_format

__all__ = ["BY_CONTENT", "TELLING", "Judge"]

TELLING: Final = 8
"""Characters from which on a text that is stored under a secret name is masked elsewhere too."""
BY_CONTENT: Final = "a name in it says secret"
_NEST = re.compile(r"""(?:(?:bytearray\()?b["'])?\s*(\\x80|[\x80{\[])""")
"""How JSON, a Python literal or a pickle begins that is stored as a text or as bytes."""
_INNER_NAME = re.compile(
    r"""["']([^"'\\\n]{1,100})["']\s{0,4}:\s{0,4}"""
    r"""(?:["']([^"'\n]{0,100})|(-?\d[\w.+-]{0,30})|((?:[Tt]rue|[Ff]alse|null|None)\b))?"""
)
"""A name in such a text, and what stands under it: a text, a number, or a word."""
_MARKS: Final = "\u00ff\u00fe\u00ef\u00bb\u00bf"
"""What may stand before a text to say how it is encoded, a character a byte."""


class Judge:
    """The rules for one value, applied to the texts in it."""

    def __init__(self, masking: Masking, *, names: bool, kinds: Sequence[int]) -> None:
        """`names` says whether there can be any secret names, `kinds` which kinds of tokens."""
        self.masking = masking
        self.names = names
        self.kinds = kinds
        self.may_be = masking.hint
        self.verdicts: dict[str, bool] = {}
        """For names, whether a quick look is not enough."""

    def is_secret(self, name: str, value: object = SOMETHING) -> bool:
        verdict = self.verdicts.get(name)
        if verdict is None:
            verdict = self.verdicts[name] = self.may_be.search(folded(name)) is not None
        return verdict and self.masking.is_secret(name, value)

    def why_text(self, value: object) -> str | None:
        """Why a text or bytes are secret by what they hold; None if they are not."""
        text = value if isinstance(value, str) else _text(value)
        if len(text) < TELLING:
            return None
        if why := self.why_letters(text):
            return why
        # As bytes, a text may have zeros between its letters.
        return self.why_letters(text.replace("\0", "")) if "\0" in text else None

    def why_letters(self, text: str) -> str | None:
        if self.kinds and (noun := token_format(text, self.kinds)):
            return f"looks like {noun}"
        nest = _NEST.match(text.lstrip(_MARKS)) if self.names else None
        if nest is None:
            return None
        if nest[1] in "{[":
            is_secret = self.tells(text)
        else:
            is_secret = self.masking.may_tell(folded(text).encode("utf-8", "replace"))
        return BY_CONTENT if is_secret else None

    def tells(self, text: str) -> bool:
        """Whether there is a secret name in a text that is JSON or the like, or holds some."""
        name_of_pair = ""
        value_of_pair: object = None
        for name, held, number, word in _INNER_NAME.findall(text):
            value = _number(number) if number else None if word else held or SOMETHING
            if self.is_secret(name, value):
                return True
            # `{"name": "password", "value": …}`, in either order
            key = name.casefold()
            if key in IS_NAME and held:
                name_of_pair = held
            elif key in IS_VALUE:
                value_of_pair = value
            else:
                continue
            is_pair = name_of_pair and value_of_pair is not None
            if is_pair and self.is_secret(name_of_pair, value_of_pair):
                return True
        return False


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, (bytes, bytearray)) else ""


def _number(spelled: str) -> object:
    return int(spelled) if spelled.isdecimal() else 0
