"""Tokens of known kinds, told by how they begin.

The prefixes are those by which their makers let scanners find them. A kind without a prefix of its
own (an AWS secret key, say) cannot be told from any other text and is left to the names.
"""

import re
from collections.abc import Iterator, Sequence
from string import ascii_letters, digits
from typing import Final, NamedTuple

__all__ = ["EVERY_KIND", "kind_in_raw", "kinds_in", "letters_of", "narrowed", "token_format"]


class Format(NamedTuple):
    """A kind of token: what it is called, literals of which every one has one, and how it begins.

    Patterns are as short as is enough to tell, so that work is linear in the text.
    """

    noun: str
    heads: tuple[str, ...]
    pattern: str


FORMATS: Final = (
    Format("a Slack token", ("xox", "xapp-"), r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8}"),
    Format("a Slack webhook", ("hooks.slack.com", "hooks.slack-gov.com"),
           r"hooks\.slack(?:-gov)?\.com/\w{1,20}/\S{4}"),
    Format("a Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/\d{4}"),
    Format(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{16}",
    ),
    Format(
        "a GitLab token",
        ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-",
         "gloas-", "GR1348941"),
        r"(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w.-]{12}|gloas-[0-9a-f]{16}"
        r"|GR1348941[\w-]{12})",
    ),
    Format("a Bitbucket or Atlassian token", ("ATBB", "ATCTT3", "ATATT3"),
           r"(?:ATBB|ATCTT3|ATATT3)[\w=-]{24}"),
    Format("an AWS access key", ("AKIA", "ASIA", "ABIA", "ACCA"),
           r"A(?:KI|SI|BI|CC)A[A-Z0-9]{12}"),
    Format("a Google API key", ("AIza",), r"AIza[\w-]{20}"),
    Format("a Google OAuth secret", ("GOCSPX-", "ya29."), r"(?:GOCSPX-|ya29\.)[\w-]{16}"),
    Format("an Azure storage key", ("AccountKey=",), r"AccountKey=[A-Za-z0-9+/]{20}"),
    Format(
        "a Stripe key",
        ("sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"),
        r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{8}",
    ),
    Format("an OpenAI or Anthropic key", ("sk-",),
           r"sk-(?:(?:proj|svcacct|admin|None|ant|or)-[\w-]{16}|[A-Za-z0-9]{32})"),
    Format("a Groq or xAI key", ("gsk_", "xai-"), r"(?:gsk_|xai-)[A-Za-z0-9]{24}"),
    Format("a Hugging Face token", ("hf_", "api_org_"), r"(?:hf|api_org)_[A-Za-z]{24}"),
    Format("a JSON web token", ("eyJ",), r"eyJ[\w-]{8,300}\.[\w-]{2}"),
    Format("a private key", ("PRIVATE KEY", "PuTTY-User-Key-File-", "AGE-SECRET-KEY-1"),
           r"(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-\d"
           r"|AGE-SECRET-KEY-1[A-Z0-9]{12})"),
    Format("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{16}"),
    Format("a PyPI token", ("pypi-",), r"pypi-[\w-]{16}"),
    Format("a RubyGems token", ("rubygems_",), r"rubygems_[0-9a-f]{16}"),
    Format("a Docker token", ("dckr_pat_", "dckr_oat_"), r"dckr_[po]at_[\w-]{16}"),
    Format("a SendGrid key", ("SG.",), r"SG\.[\w-]{16,64}\.[\w-]{16}"),
    Format("a Telegram bot's token", (":AA",), r"\d{8,10}:AA[\w-]{30}"),
    Format("a DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"do[por]_v1_[0-9a-f]{16}"),
    Format("a Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"),
           r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16}"),
    Format("a Vault token", ("hvs.", "hvb."), r"hv[sb]\.[\w-]{20}"),
    Format("a Grafana token", ("glsa_", "glc_"), r"(?:glsa|glc)_[A-Za-z0-9+/]{24}"),
    Format("a Databricks token", ("dapi",), r"dapi[0-9a-f]{32}"),
    Format("a Notion, Linear, Figma, Postman or New Relic key",
           ("ntn_", "lin_api_", "figd_", "PMAK-", "NRAK-"),
           r"(?:ntn_|lin_api_|figd_|PMAK-|NRAK-)[A-Za-z0-9_-]{20}"),
    Format("a Sentry token", ("sntrys_", "sntryu_"), r"sntry[su]_[A-Za-z0-9+/=_-]{20}"),
    Format("an address with a password in it", ("://",), r"[a-z0-9+.-]{0,20}://[^\s/:@?#]{1,100}:[^\s/@?#]{1,200}@"),
    Format("an authorization header", ("earer ",), r"[Bb]earer [\w+/=.~-]{20}"),
    Format("an authorization header", ("asic ",), r"[Bb]asic [A-Za-z0-9+/]{15}[A-Za-z0-9+/=]"),
)  # fmt: skip
EVERY_KIND: Final = range(len(FORMATS))
_SHORTEST: Final = 12
_IN_TEXT: Final = [
    (one, re.compile(rf"(?<![A-Za-z0-9])(?:{one.pattern})", re.ASCII)) for one in FORMATS
]
_BETWEEN: Final = b"\x8c"
"""SHORT_BINUNICODE: kept, so that texts side by side do not become one."""
_WORTH_PARTING: Final = 4
"""Bytes a part, on average, from which on a set of them is worth its making."""
_MOST_PARTS: Final = 200_000
"""Parts of which a set is made, for the memory that it takes."""
_KEPT: Final = frozenset(ascii_letters).union(*(head for one in FORMATS for head in one.heads))
_NO_LETTERS: Final = bytes(
    code for code in range(256) if code != _BETWEEN[0] and chr(code) not in _KEPT.difference(digits)
)
"""What most of a pickle's own code is made of, and all bytes that no token begins with."""
_AS_THEY_ARE: Final = bytes(range(256))
_LOWERED: Final = _AS_THEY_ARE.lower()


def letters_of(data: bytes, *, lowered: bool = False) -> bytes:
    """English letters and the signs of tokens, in whatever encoding: for a quick look.

    All of them in a row are still in a row, so what is not in these is not in `data`. What
    stands between two texts comes only once, however often it is there: dicts that are alike differ
    in little else than numbers. So these are much less than the pickle, and soon looked through.
    """
    letters = data.translate(_LOWERED if lowered else _AS_THEY_ARE, _NO_LETTERS)
    if 0 < letters.count(_BETWEEN) < min(len(letters) // _WORTH_PARTING, _MOST_PARTS):
        letters = _BETWEEN.join(set(letters.split(_BETWEEN)))
    return letters


_IN_BYTES: Final = [
    (
        [(letters_of(head), head) for head in (text.encode("ascii") for text in one.heads)],
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


def narrowed(data: bytes) -> bytes:
    """Bytes without their zeros: English text in UTF-16 or UTF-32 becomes what it is in ASCII."""
    return data.replace(b"\0", b"") if b"\0" in data else data


def kinds_in(data: bytes, letters: bytes | None = None) -> list[int]:
    """The kinds of tokens that stored bytes hold, wherever they stand, by number.

    `letters` are those of the bytes, where somebody has them already.

    A text may be stored in one, two or four bytes a character, in either order. What stands before
    a token does not count: in a pickle that may be a length.
    """
    letters = letters_of(data) if letters is None else letters
    quick = {kind: heads for kind in EVERY_KIND if (heads := _heads_in(data, letters, kind))}
    if not quick:
        return []
    text = narrowed(data)
    return [kind for kind, heads in quick.items() if _holds(text, heads, kind)]


def kind_in_raw(data: bytes) -> str | None:
    """The kind of token that the bytes of many texts side by side hold, with its article."""
    return next((FORMATS[kind].noun for kind in kinds_in(data)), None)


def _heads_in(data: bytes, letters: bytes, kind: int) -> list[bytes]:
    """How tokens of this kind begin in bytes that have these letters."""
    quick = [head for letter, head in _IN_BYTES[kind][0] if letter in letters]
    return [head for head in quick if any(wide in data for wide in _widths_of(head))]


def _widths_of(head: bytes) -> Iterator[bytes]:
    """English text with one, two or four bytes a character, without what is around it."""
    for zeros in (b"", b"\0", b"\0\0\0"):
        yield zeros.join(map(bytes, zip(head, strict=True)))


def _holds(text: bytes, heads: list[bytes], kind: int) -> bool:
    return any(head in text for head in heads) and _IN_BYTES[kind][1].search(text) is not None
