"""Who may what: every address, socket and command, in one table. What is not here is a mistake.

The places are about one plugin of the store `prod`; `test_declared` walks the table with every
kind of person and every method.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.access import Verb
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP

__all__ = ["COMMANDS", "PAGES", "SOCKETS", "Page"]

Who = Literal["anybody", "signed in", "admin"] | Verb


@dataclass(frozen=True)
class Page:
    """`who` may send the `methods`: a verb is needed at `place`, the others hold everywhere.

    Of a `store` a part will do, and `anywhere` is any part of any store. `given` are parameters of
    the address. `answer` is the status where it is not one of those that tell of success.
    """

    methods: str
    who: Who
    place: Literal["", "anywhere", "store", "plugin", "shared"] = ""
    given: tuple[tuple[str, str], ...] = ()
    answer: int | None = None


LOOK, ASK, SEND = "GET HEAD", "GET HEAD POST", "POST"
KEY = ("key", DAILY)
PART = ("path", "['team']")
VERSION = ("number", "1")


def of_key(methods: str, verb: Verb, *given: tuple[str, str]) -> Page:
    return Page(methods, verb, "plugin", (KEY, *given))


PAGES: Mapping[str, Page] = {
    "healthz": Page(LOOK, "anybody"),
    "readyz": Page(LOOK, "anybody"),
    "sign-in": Page(ASK, "anybody"),
    "sign-in-link": Page(LOOK, "anybody", answer=403),  # the secret in the address is wrong
    "sign-out": Page(SEND, "signed in"),
    "overview": Page(LOOK, "signed in"),
    "account": Page(ASK, "signed in"),
    "confirm": Page(ASK, "signed in"),
    "why": Page(
        LOOK,
        Verb.SEE_NAMES,
        "plugin",
        (("verb", "edit"), ("store", "prod"), ("ns", STANDUP)),
    ),
    "help-index": Page(LOOK, "signed in"),
    "help-topic": Page(LOOK, "signed in"),
    "people": Page(ASK, "admin"),
    "person": Page(ASK, "admin"),
    "groups": Page(ASK, "admin"),
    "group": Page(ASK, "admin"),
    "grants": Page(LOOK, "admin"),
    "look-as": Page(SEND, "admin"),
    "journal": Page(LOOK, "signed in"),
    "journal-export": Page(SEND, Verb.EXPORT, "anywhere"),
    "journal-entry": Page(LOOK, Verb.SEE_JOURNAL, "plugin"),
    "restore": Page(ASK, Verb.EDIT, "plugin"),
    "store": Page(LOOK, Verb.SEE_NAMES, "store"),
    "findings": Page(LOOK, Verb.SEE_NAMES, "store"),
    "finding-dismiss": Page(ASK, Verb.REVIEW, "plugin"),
    "finding-return": Page(SEND, Verb.REVIEW, "plugin"),
    "pictures": Page(LOOK, Verb.SEE_NAMES, "store"),
    "value-search": Page(ASK, Verb.SEE_VALUES, "store"),
    "audit": Page(LOOK, Verb.SEE_NAMES, "shared"),
    "audit-review": Page(ASK, Verb.REVIEW, "shared"),
    "audit-export": Page(SEND, Verb.EXPORT, "shared"),
    "watches": Page(ASK, "signed in"),
    "history": Page(LOOK, Verb.SEE_NAMES, "store"),
    "history-mark": Page(ASK, Verb.KEEP_HISTORY, "plugin", (("ns", STANDUP),)),
    "namespace": Page(LOOK, Verb.SEE_NAMES, "plugin", (("ns", STANDUP),)),
    "shared": Page(LOOK, Verb.SEE_NAMES, "shared"),
    "key": of_key(LOOK, Verb.SEE_VALUES),
    "key-tree": of_key(LOOK, Verb.SEE_VALUES),
    "key-menu": of_key(LOOK, Verb.SEE_VALUES),
    "key-find": of_key(LOOK, Verb.SEE_VALUES),
    "key-hex": of_key(LOOK, Verb.SEE_VALUES),
    "key-download": of_key(SEND, Verb.EXPORT),
    "key-edit": of_key(ASK, Verb.EDIT, PART),
    "key-shape": of_key(ASK, Verb.EDIT, PART, ("do", "remove")),
    "key-expiry": of_key(ASK, Verb.EXPIRE),
    "key-delete": of_key(ASK, Verb.DELETE),
    "key-reveal": of_key(SEND, Verb.REVEAL),
    "key-watch": of_key(ASK, Verb.SEE_NAMES),
    "key-timeline": of_key(LOOK, Verb.SEE_VALUES),
    "key-version": of_key(LOOK, Verb.SEE_VALUES, VERSION),
    "version-download": of_key(SEND, Verb.EXPORT, VERSION),
    "version-restore": of_key(ASK, Verb.EDIT, VERSION),
    "key-create": Page(ASK, Verb.CREATE, "plugin", (("ns", STANDUP),)),
}

SOCKETS: Mapping[str, Who] = {"live/": "signed in"}
"""What a socket may then watch is asked for each topic (see tests/dashboard/live)."""

COMMANDS = frozenset(
    ("bench", "person", "prune_journal", "screenshots", "test", "up", "verify_journal"),
)
"""For whoever has a shell on the server: no command can be sent from a page."""

# The kinds of people: the roles on all of `prod`, and those who hold less.
ELSEWHERE, NARROW = ("maintainer", "locked", "*"), ("maintainer", "prod", KARMA)
