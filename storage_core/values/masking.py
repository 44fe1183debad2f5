"""What in a value is secret: by its name, or because it looks like a token of a known kind.

These are the rules; `concealing` takes what they name out of a tree. A name is split into words
(`slack_bot-token`, `slackBotToken` and `Slack bot token` are the same three), and only whole words
count: a `tokenizer` is no token, a `secretary` no secret.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

__all__ = [
    "BY_NAME",
    "EVERY_KIND",
    "MASK",
    "SECRET_WORDS",
    "Masking",
    "kinds_in",
    "token_format",
    "words_of",
]

MASK: Final = "••••••••"
"""What stands on a page in the place of what is masked, however long that is."""
BY_NAME: Final = "its name says secret"
SECRET_WORDS: Final = (
    *("token", "password", "passwd", "passphrase", "pwd", "secret", "credential"),
    *("api key", "private key", "access key", "signing key", "encryption key", "ssh key"),
    *("auth key", "webhook url", "authorization", "bearer"),
)
"""Each also matches with an `s` behind it, and written as one word (`apikey`)."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_REMEMBERED: Final = 200
"""Characters of a name up to which its verdict is kept."""


class Format(NamedTuple):
    """A kind of token: what it is called, literals of which every one has one, and how it begins.

    Patterns are as short as is enough to tell, so that work is linear in the text.
    """

    noun: str
    heads: tuple[str, ...]
    pattern: str


FORMATS: Final = (
    Format("a Slack token", ("xox", "xapp-"), r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8}"),
    Format("a Slack webhook", ("hooks.slack.com",), r"hooks\.slack(?:-gov)?\.com/\w{1,20}/\S{4}"),
    Format(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{16}",
    ),
    Format("a GitLab token", ("glpat-",), r"glpat-[\w-]{12}"),
    Format("an AWS access key", ("AKIA", "ASIA"), r"A[KS]IA[A-Z0-9]{12}"),
    Format("a Google API key", ("AIza",), r"AIza[\w-]{20}"),
    Format(
        "a Stripe key",
        ("sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"),
        r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{8}",
    ),
    Format("a JSON web token", ("eyJ",), r"eyJ[\w-]{8,300}\.[\w-]{2}"),
    Format("a private key", ("PRIVATE KEY",), r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY"),
    Format("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{16}"),
    Format("a SendGrid key", ("SG.",), r"SG\.[\w-]{16,64}\.[\w-]{16}"),
    Format("an address with a password in it", ("://",), r"[a-z0-9+.-]{0,20}://[^\s/:@?#]{1,100}:[^\s/@?#]{1,200}@"),
    Format("an authorization header", ("earer ",), r"[Bb]earer [\w+/=.~-]{20}"),
)  # fmt: skip
EVERY_KIND: Final = range(len(FORMATS))
_SHORTEST: Final = 12
_IN_TEXT: Final = [
    (one, re.compile(rf"(?<![A-Za-z0-9])(?:{one.pattern})", re.ASCII)) for one in FORMATS
]
_IN_BYTES: Final = [
    (
        [head.encode("ascii") for head in one.heads],
        # One character may be four bytes.
        re.compile(re.sub(r"\{1,([12])00\}", r"{1,\g<1>000}", one.pattern).encode("ascii")),
    )
    for one in FORMATS
]


def token_format(text: str, kinds: Sequence[int]) -> str | None:
    """The kind of token that a text is or holds, with its article; None if it holds none.

    `kinds` are those to look for, as `kinds_in` gives them.
    """
    if len(text) < _SHORTEST:
        return None
    for kind in kinds:
        one, pattern = _IN_TEXT[kind]
        for head in one.heads:
            if head in text and pattern.search(text):
                return one.noun
    return None


def kinds_in(data: bytes) -> list[int]:
    """The kinds of tokens that stored bytes hold, wherever they stand, by number.

    What stands before one does not count: in a pickle that may be a length.
    """
    found = []
    for kind, (heads, pattern) in enumerate(_IN_BYTES):
        for head in heads:
            if head in data and pattern.search(data):
                found.append(kind)
                break
    return found


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in snake, kebab, camel or any other case; digits only separate them."""
    return tuple(_WORD.findall(_HUMP.sub("_", name).casefold()))


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

    @property
    def masks_all(self) -> bool:
        """Whether the value is secret as a whole, because its own name says so."""
        return self.is_secret(self.name)

    def is_secret(self, name: str) -> bool:
        """Whether what is called `name` is secret, and all that is in it."""
        if len(name) > _REMEMBERED:
            return _is_secret(name, self.words, self.spared)
        return _verdict(name, self.words, self.spared)

    @property
    def hint(self) -> re.Pattern[str]:
        """What is in every secret name, once its case is folded: a quick look."""
        return _phrases((*SECRET_WORDS, *self.words)).hint

    def may_name(self, data: bytes) -> bool:
        """Whether stored bytes can hold a secret name at all: a quick look, never wrongly False.

        Not for bytes in which texts may be escaped.
        """
        if not all(map(str.isascii, self.words)) or _FOLDS.search(data):
            return True
        text = data.lower()
        for run in _runs_in_bytes(self.words):
            for word in run:
                if word not in text:
                    break
            else:
                return True
        return False


class _Phrases(NamedTuple):
    """Runs of words, as they can stand in a name, and the words that they begin with."""

    runs: frozenset[tuple[str, ...]]
    starts: frozenset[str]
    longest: int
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


_FOLDING: Final = (
    "\u00df\u0130\u0149\u017f\u01f0\u1e96\u1e97\u1e98\u1e99\u1e9a\u1e9e\u212a"
    "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
)
_FOLDS: Final = re.compile("|".join(_FOLDING).encode("utf-8"))
"""Letters that are ASCII when their case is folded: `toKen` with the sign of Kelvin is `token`."""


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
    shortest = [one for one in starts if not any(two != one and two in one for two in starts)]
    hint = re.compile("|".join(map(re.escape, shortest)) or r"(?!)")
    return _Phrases(frozenset(runs), starts, max(map(len, runs), default=0), hint)


def _is_secret(name: str, more: tuple[str, ...], spared: tuple[str, ...]) -> bool:
    words = words_of(name)
    found = _phrases((*SECRET_WORDS, *more)).places(words)
    if not found or not spared:
        return bool(found)
    harmless = [set(place) for place in _phrases(spared).places(words)]
    return any(not any(set(place) <= one for one in harmless) for place in found)


_verdict = lru_cache(maxsize=16_384)(_is_secret)
