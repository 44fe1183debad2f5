"""What can be asked on the command line, and its help."""

import argparse
from typing import Final

__all__ = ["parser"]

EXIT_CODES: Final = """\
exit codes:
  0    done; for diff: no difference
  1    no such key, or the value changed meanwhile; for diff: they differ
  2    the command or what was typed is refused, and nothing was written
  3    the store does not answer, or it is unknown whether the change was made
  4    for get and show: the value cannot be read to its end; what there is of it is printed
  141  whoever read what is printed went away, as `head` does

A store is named by its URL, such as sqlite:///srv/bot/state.db or redis://host/0?prefix=SM; with
?mode=ro nothing in it can be changed. A value is typed as in Python: 42, "text", [1, 2],
{"open": True}, datetime("2026-11-24T09:00:00+00:00"); with --json as typed JSON. `-` reads it, or
a stored value, from standard input.

A key is given as `ls` prints it, in quotes for the shell; after `--` if it begins with a dash.
What does not show in it is spelled as in Python (\\n, \\x1b; \\udcff for a byte that is no UTF-8),
and then a backslash is doubled. A key that is there exactly as given comes first; a new one is the
exact text.

Secrets are shown: whoever can run this can read the store itself. With --mask, `get`, `show` and
`diff` mask what the dashboard masks unless its admin says otherwise.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    whole = argparse.ArgumentParser(
        prog="python -m storage_core",
        description="Look into what a bot has stored, and correct it. No stored value is run.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_reading(commands)
    _add_changing(commands)
    _add_files(commands)
    return whole


def _add(commands: argparse._SubParsersAction, name: str, text: str) -> argparse.ArgumentParser:  # type: ignore[type-arg] # argparse hides the type
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--json", action="store_true", help="typed JSON instead of typed text")
    return command


def _add_reading(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg] # as above
    ls = _add(commands, "ls", "List the stored keys, one a line.")
    ls.add_argument("url", metavar="URL")
    ls.add_argument("--namespace", metavar="NS", help="only the keys of this plugin")
    ls.add_argument("--shared", action="store_true", help="only keys without a namespace")
    ls.add_argument("--long", action="store_true", help="with size in bytes and expiry")
    get = _add(commands, "get", "Print one value.")
    _add_key(get)
    how = get.add_mutually_exclusive_group()
    how.add_argument("--raw", action="store_true", help="the stored bytes as they are")
    _add_mask(how)


def _add_changing(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg] # as above
    put = _add(commands, "set", "Store a value. What is there keeps its expiry unless you say so.")
    _add_key(put)
    put.add_argument("literal", metavar="LITERAL")
    put.add_argument("--expires", metavar="N", type=float, help="seconds from now")
    put.add_argument("--never-expires", action="store_true", help="remove the expiry")
    edit = _add(commands, "edit", "Replace one part of a value; the rest stays byte for byte.")
    _add_key(edit)
    edit.add_argument("path", metavar="PATH", help="""such as ["votes"][0].user; "" is all of it""")
    edit.add_argument("literal", metavar="LITERAL")
    edit.add_argument("--change-type", action="store_true", help="the part may change its type")
    _add_key(_add(commands, "delete", "Delete one key."))


def _add_files(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg] # as above
    show = _add(commands, "show", "Print the value in a file that holds stored bytes.")
    show.add_argument("file", metavar="FILE|-")
    _add_mask(show)
    diff = _add(commands, "diff", "Compare the values in two such files, path by path.")
    diff.add_argument("before", metavar="FILE|-")
    diff.add_argument("after", metavar="FILE|-")
    _add_mask(diff)


def _add_key(command: argparse.ArgumentParser) -> None:
    command.add_argument("url", metavar="URL")
    command.add_argument("key", metavar="KEY", help="stored key, as `ls` prints it")


def _add_mask(command: argparse._ActionsContainer) -> None:
    command.add_argument("--mask", action="store_true", help="mask what looks secret")
