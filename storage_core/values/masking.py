"""What in a value is secret by its name; `tokens` tells what looks like a token of a known kind.

These are the rules; `concealing` takes what they name out of a tree. A name is split into words
(`slack_bot-token`, `slackBotToken` and `Slack bot token` are the same three), and only whole words
count: a `tokenizer` is no token, a `secretary` no secret. Words that nobody ends another word with
by chance also count at the end of one (`dbpassword`, `mytoken`). Letters are compared as they are
read: in full width, with an invisible character between them, they are the same.

Some names need a look at what stands under them. `tokens_used: 3`, `max_tokens: 5` and
`has_password: True` measure or tell something about a secret, so a number, yes or no, or nothing is
shown there, while a text is not. `pass` and `pin` are everyday words: the first is masked as the
last word in front of a text (`smtp_pass`, not `pass: 12`), the second in front of 3 to 12 digits
and letters with a digit among them (not `pin: 'C012/1700'`, not `pinned`).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from storage_core.values.tokens import letters_of, narrowed

__all__ = [
    "BY_NAME",
    "FOLDS",
    "IS_NAME",
    "IS_VALUE",
    "MASK",
    "SECRET_WORDS",
    "SOMETHING",
    "Masking",
    "folded",
    "words_of",
]

MASK: Final = "••••••••"
"""What stands on a page in the place of what is masked, however long that is."""
BY_NAME: Final = "its name says secret"
SOMETHING: Final = object()
"""What stands under a name, where that is no plain value."""
SECRET_WORDS: Final = (
    *("token", "password", "passwd", "passphrase", "passcode", "pwd", "secret", "credential"),
    *("api key", "private key", "access key", "signing key", "encryption key", "ssh key"),
    *("auth key", "secret key", "master key", "session key", "hmac key", "pass key"),
    *("webhook url", "authorization", "bearer", "jwt", "otp", "totp", "cookie"),
    *("session id", "sess id", "recovery code", "backup code", "verification code"),
)
"""Each also matches with an `s` behind it, and written as one word (`apikey`)."""
_WEAK: Final = ("pass", "pin")
_ENDINGS: Final = (
    *("password", "passwd", "passphrase", "passcode", "pwd", "token", "secret", "credential"),
    *("apikey", "privatekey", "accesskey", "secretkey", "sessionid", "sessid", "cookie"),
)
"""What counts at the end of a word as well, one or many."""
_MEASURES: Final = frozenset((
    *("used", "count", "counts", "total", "max", "min", "limit", "limits", "num", "number", "n"),
    *("length", "len", "size", "left", "remaining", "budget", "per", "rate", "attempts", "tries"),
    *("is", "has", "had", "needs", "valid", "required", "enabled", "disabled", "set", "version"),
    *("ttl", "age", "expires", "expiry", "expired", "expiration", "at", "on", "changed", "created"),
    *("updated", "days", "hours", "minutes", "seconds", "ms"),
))  # fmt: skip
"""Words beside a secret one that say that something is told of it."""
IS_NAME: Final = frozenset(("name", "key", "field", "variable"))
IS_VALUE: Final = frozenset(("value", "values", "data", "content"))
"""What pairs such as `{'name': 'password', 'value': …}` are made of."""
_PIN: Final = re.compile(r"(?=[^\W_]*\d)[^\W_]{3,12}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_REMEMBERED: Final = 200
"""Characters of a name up to which its verdict is kept."""
Verdict = Literal["no", "all", "no number", "text", "pin"]
"""What is secret under a name."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in snake, kebab, camel or any other case; digits only separate them."""
    return tuple(_WORD.findall(_HUMP.sub("_", _as_read(name)).casefold()))


def folded(text: str) -> str:
    """A text with its letters as they are compared, case apart."""
    return _as_read(text).casefold()


def _as_read(text: str) -> str:
    """In usual letters, and without the characters that nobody sees."""
    if text.isascii():
        return text
    usual = unicodedata.normalize("NFKC", text)
    return "".join(one for one in usual if unicodedata.category(one) != "Cf")


@dataclass(frozen=True, slots=True)
class Masking:
    """The rules for one value. All that they name is masked; without rules nothing is.

    `name` is what the value itself is called: its key within its namespace. `words` are secret
    besides the usual ones. `spared` are not: `token` takes that word off the list, `token_count`
    says that names with these two words in a row are harmless.
    """

    name: str = ""
    words: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "words": list(self.words), "spared": list(self.spared)}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Masking":
        """From JSON. Raises KeyError or TypeError for what `as_dict` did not give."""
        return cls(str(fields["name"]), tuple(fields["words"]), tuple(fields["spared"]))

    def is_secret(self, name: str, value: object = SOMETHING) -> bool:
        """Whether what is called `name` is secret, and all that is in it.

        `value` is what that is, if it is plain: some names say it of some values only.
        """
        if len(name) > _REMEMBERED:
            verdict = _verdict_on(name, self.words, self.spared)
        else:
            verdict = _verdict(name, self.words, self.spared)
        return verdict != "no" and _covers(verdict, value)

    @property
    def hint(self) -> re.Pattern[str]:
        """What is in every secret name, once it is `folded`: a quick look."""
        return _phrases((*SECRET_WORDS, *_WEAK, *self.words)).hint

    @property
    def beginnings(self) -> tuple[bytes, ...] | None:
        """Letters one of which every secret name has, in ASCII and small; None if a word of these
        rules has others."""
        if not all(map(str.isascii, self.words)):
            return None
        beginnings = _phrases((*SECRET_WORDS, *_WEAK, *self.words)).shortest
        return tuple(one.encode("ascii") for one in beginnings)

    def may_be_in_name(self, text: str) -> bool:
        """Whether a name may be secret by a plain text of ASCII in it, or by how that goes on."""
        words = {*words_of(text), *words_of(text.casefold())}
        starts = _phrases((*SECRET_WORDS, *_WEAK, *self.words)).starts
        return not starts.isdisjoint(words) or any(
            word.removesuffix("s").endswith(_ENDINGS) for word in words
        )

    def may_name(self, data: bytes, letters: bytes | None = None) -> bool:
        """Whether stored bytes can hold a secret name at all: a quick look, never wrongly False.

        `letters` are those of the bytes (`tokens.letters_of`), where somebody has them already.

        Not for bytes in which texts may be escaped.
        """
        if not all(map(str.isascii, self.words)) or _may_fold(data):
            return True
        lowered = letters_of(data, lowered=True) if letters is None else letters.lower()
        return _holds_run(lowered, _runs_in_bytes((*_WEAK, *self.words)))

    def may_tell(self, data: bytes) -> bool:
        """Whether bytes that nobody can read hold what says secret. Such bytes may be of any kind,
        so a short word only counts where it stands as the name of something."""
        if not all(map(str.isascii, self.words)):
            return True
        text = narrowed(data).lower()
        return _holds_run(text, _long_runs(self.words)) or _SHORT_NAME.search(text) is not None


def _covers(verdict: Verdict, value: object) -> bool:
    if verdict == "all":
        return True
    is_text = isinstance(value, (str, bytes, bytearray))
    if verdict == "text":
        return is_text
    if verdict == "pin":
        if type(value) is int:
            return 100 <= value < _MOST_PIN
        text = value.decode("latin-1") if isinstance(value, (bytes, bytearray)) else value
        return isinstance(text, str) and _PIN.fullmatch(text) is not None
    return value is not None and not isinstance(value, (bool, int, float))


class _Phrases(NamedTuple):
    """Runs of words, as they can stand in a name, and the words that they begin with."""

    runs: frozenset[tuple[str, ...]]
    starts: frozenset[str]
    longest: int
    shortest: tuple[str, ...]
    """Letters one of which every start has in it."""
    hint: re.Pattern[str]
    """Finds one of the starts in a name."""

    def places(self, words: tuple[str, ...]) -> list[range]:
        """Where in the words of a name one of the runs stands."""
        if self.starts.isdisjoint(words):
            return []
        return [
            range(start, start + length)
            for start in range(len(words))
            for length in range(1, min(self.longest, len(words) - start) + 1)
            if words[start : start + length] in self.runs
        ]


FOLDS: Final = re.compile(
    rb"\xc2[\xaa\xad\xba]|\xc3\x9f|\xc4[\xb0\xb2\xb3\xbf]|\xc5[\x80\x89\xbf]|\xc7[\x80-\xbf]"
    rb"|\xca[\x80-\xbf]|\xcb[\xa1-\xa3]|\xd8[\x80-\x85\x9c]|\xdb\x9d|\xdc\x8f"
    rb"|\xe0(?:\xa2[\x90\x91]|\xa3\xa2)|\xe1(?:\xa0\x8e|[\xb4-\xb6][\x80-\xbf]|\xba[\x96-\x9e])"
    rb"|\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|[\x81\x82\x84\x85\x92\x93\xb1][\x80-\xbf])"
    rb"|\xe3[\x89\x8b\x8d-\x8f][\x80-\xbf]|\xea\x9f[\x80-\xbf]"
    rb"|\xef(?:\xac[\x80-\x86]|\xbb\xbf|\xbc[\xa1-\xba]|\xbd[\x81-\x9a]|\xbf[\xb9-\xbb])"
    rb"|\xf0(?:\x90\x9e|\x91[\x82\x83]|\x93\x90|\x9b\xb2|\x9d[\x85\x90-\x9a]|\x9f[\x84-\x86])"
    rb"|\xf3\xa0[\x80\x81]"
)
"""The UTF-8 of what nobody sees in a text, and of letters that are compared as English ones:
`toKen` with the sign of Kelvin, in full width or in circles is `token`."""
_LEADS: Final = bytes.maketrans(
    bytes(range(256)),
    bytes(0x80 + (code >= 0xC0) * 0x40 if code >= 0x80 else 0 for code in range(256)),
)
"""All that begins a letter of several bytes becomes one byte, and all that goes on with one."""
_MOST_PIN: Final = 10**12
_LONG: Final = 5
_SHORT_NAME: Final = re.compile(
    rb"[\"'\x03\x83\xa3](?:pwd|otp|jwt|pin)(?![a-z])|[\"'\x04\xa4]pass(?![a-z])"
)
"""A short word behind a quote, or its length as pickle and msgpack write it."""


def _may_fold(data: bytes) -> bool:
    return b"\xc0\x80" in data.translate(_LEADS) and FOLDS.search(data) is not None


def _holds_run(text: bytes, runs: list[tuple[bytes, ...]]) -> bool:
    return any(all(word in text for word in run) for run in runs)


@lru_cache(maxsize=64)
def _long_runs(more: tuple[str, ...]) -> list[tuple[bytes, ...]]:
    usual = _runs_in_bytes(())
    return [run for run in usual if len(b"".join(run)) >= _LONG] + _runs_in_bytes(more)[
        len(usual) :
    ]


@lru_cache(maxsize=64)
def _runs_in_bytes(more: tuple[str, ...]) -> list[tuple[bytes, ...]]:
    phrases = map(words_of, (*SECRET_WORDS, *more))
    return [tuple(word.encode("utf-8") for word in phrase) for phrase in phrases]


@lru_cache(maxsize=64)
def _phrases(texts: tuple[str, ...]) -> _Phrases:
    """Phrases as runs of words: each also in the plural, and written as one word."""
    runs = set()
    for text in texts:
        run = words_of(text)
        if run:
            many = (*run[:-1], f"{run[-1]}s")
            runs |= {run, many, ("".join(run),), ("".join(many),)}
    starts = frozenset(run[0] for run in runs)
    shortest = tuple(one for one in starts if not any(two != one and two in one for two in starts))
    hint = re.compile("|".join(map(re.escape, shortest)) or r"(?!)")
    return _Phrases(frozenset(runs), starts, max(map(len, runs), default=0), shortest, hint)


def _verdict_on(name: str, more: tuple[str, ...], spared: tuple[str, ...]) -> Verdict:
    verdict = _verdict_on_words(words_of(name), more, spared)
    if verdict == "no" and not name.isascii():
        # A letter that is written in an unusual way may only look as if a word began there.
        verdict = _verdict_on_words(words_of(folded(name)), more, spared)
    return verdict


def _verdict_on_words(
    words: tuple[str, ...], more: tuple[str, ...], spared: tuple[str, ...]
) -> Verdict:
    harmless = [set(place) for place in _phrases(spared).places(words)] if spared else []

    def found(phrases: tuple[str, ...]) -> list[range]:
        places = _phrases(phrases).places(words)
        return [one for one in places if not any(set(one) <= each for each in harmless)]

    if more and found(more):
        return "all"
    places = found(SECRET_WORDS) + [
        range(number, number + 1)
        for number, word in enumerate(words)
        if word.removesuffix("s").endswith(_endings(spared)) and {number} not in harmless
    ]
    if places:
        inside = {number for place in places for number in place}
        beside = {word for number, word in enumerate(words) if number not in inside}
        is_many = all(words[place[-1]].endswith("s") for place in places)
        return "all" if not is_many and beside.isdisjoint(_MEASURES) else "no number"
    weak = {words[place[0]]: place[0] for place in found(_WEAK)}
    if weak.get("pass") == len(words) - 1:
        return "text"
    if "pin" in weak and words[weak["pin"] + 1 :] in ((), ("code",), ("number",), ("no",)):
        return "pin"
    return "no"


@lru_cache(maxsize=64)
def _endings(spared: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in _ENDINGS if one not in spared and f"{one}s" not in spared)


_verdict = lru_cache(maxsize=16_384)(_verdict_on)
