"""What can be asked about stored bytes, as JSON: one table for the worker and for small values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from storage_core.exceptions import RefusedEdit, StorageError
from storage_core.values.diff import differences
from storage_core.values.edit import Edit, create, fresh
from storage_core.values.masking import Masking
from storage_core.values.merge import merge
from storage_core.values.passages import passages
from storage_core.values.safety import check_programs, imports_brought_in
from storage_core.values.sharing import Sharing
from storage_core.values.typed_json import from_json
from storage_core.values.value import Value, read

__all__ = ["ANSWERS", "UNMASKED", "Answer", "answer"]

Answer = tuple[Any, list[bytes]]
"""A JSON-able result, and bytes that belong to it."""
Fields = Mapping[str, Any]
Read = Callable[[bytes, Masking | None], Value]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about stored bytes, with the rules of masking for each of them."""

    fields: Fields
    blobs: Sequence[bytes]
    masks: Sequence[Masking | None]
    read: Read

    def values(self) -> Iterator[Value]:
        """All values, as they may be shown."""
        return map(self.read, self.blobs, self.masks)

    @property
    def value(self) -> Value:
        """The first, as it may be shown."""
        return self.read(self.blobs[0], self.mask)

    @property
    def mask(self) -> Masking | None:
        """The rules for the first, and for all that are about the same key."""
        return self.masks[0]


def answer(request: Fields, blobs: Sequence[bytes], read: Read = read) -> Answer:
    """Answer a request: `{"ask": name, …its fields}` about the stored bytes in `blobs`.

    The field `mask` has the rules of masking (`Masking.as_dict`, or null for none), as a list where
    each of the blobs has its own. Bytes that an answer brings back have what is masked. Raises
    StorageError (RefusedEdit, UnreadableValue) as the functions behind it do, and RefusedEdit for
    what cannot be asked. `read` is `values.read`, or one that remembers what it read.
    """
    function = ANSWERS.get(str(request.get("ask")))
    if function is None:
        raise RefusedEdit(f"{request.get('ask')!r} cannot be asked about a value")
    fields = {name: value for name, value in request.items() if name not in ("ask", "mask")}
    try:
        return function(Question(fields, blobs, _masks(request.get("mask"), len(blobs)), read))
    except (KeyError, IndexError, TypeError) as error:
        if isinstance(error, StorageError):
            raise
        raise RefusedEdit(f"a request about a value lacks something: {error}") from error


def _masks(given: Any, count: int) -> list[Masking | None]:
    each = given if isinstance(given, list) else [given] * max(count, 1)
    if len(each) < count:
        raise IndexError("rules of masking for each value")
    return [None if one is None else Masking.from_dict(one) for one in each]


def facts_of(value: Value) -> dict[str, Any]:
    """What a page says about a value as a whole."""
    return {
        "kind": value.kind,
        "summary": value.summary,
        "is_pickle": value.is_pickle,
        "can_edit": value.can_edit,
        "refusal": value.refusal,
        "imports": list(value.imports),
        "findings": [{"code": one.code, "text": one.text} for one in value.findings],
        "hides": value.hides,
    }


def _facts(asked: Question) -> Answer:
    return facts_of(asked.value), []


def _outline(asked: Question) -> Answer:
    return asked.value.outline(**asked.fields).as_dict(), []


def _preview(asked: Question) -> Answer:
    previews = [
        {"kind": value.kind, "summary": value.summary, "text": value.preview(**asked.fields)}
        for value in asked.values()
    ]
    return previews, []


def _find(asked: Question) -> Answer:
    return [row.as_dict() for row in asked.value.find(**asked.fields)], []


def _find_in(asked: Question) -> Answer:
    """The passages of each value that hold a text; what cannot be read says why instead."""
    found: list[dict[str, Any]] = []
    for blob, mask in zip(asked.blobs, asked.masks, strict=False):
        try:
            hits = passages(asked.read(blob, mask).root, **asked.fields)
        except StorageError as error:
            found.append({"hits": [], "error": str(error)})
        else:
            found.append({"hits": [hit._asdict() for hit in hits], "error": None})
    return found, []


def _text(asked: Question) -> Answer:
    return asked.value.to_text(**asked.fields), []


def _json(asked: Question) -> Answer:
    return asked.value.to_json(), []


def _findings(asked: Question) -> Answer:
    return [{"code": one.code, "text": one.text} for one in asked.value.findings], []


def _hides(asked: Question) -> Answer:
    """Whether any of the values holds something masked, so that its bytes are not to be shown."""
    return any(value.hides for value in asked.values()), []


def _diff(asked: Question) -> Answer:
    before, after = (asked.read(blob, asked.mask) for blob in (asked.blobs[0], asked.blobs[1]))
    sharing = Sharing(before, after)
    found = differences(before, after)
    return [{**one.as_dict(), "sharing": sharing.said_of(one.path)} for one in found], []


def _merge(asked: Question) -> Answer:
    keep: Mapping[str, bool] | None = asked.fields.get("keep")
    blobs = asked.blobs
    result = merge(blobs[0], blobs[1], blobs[2], asked.mask, keep, asked.read)
    return result.as_dict(), [] if result.merged is None else [result.merged]


def _edit(asked: Question) -> Answer:
    return None, [asked.value.edit(**asked.fields)]


def _apply(asked: Question) -> Answer:
    return None, [asked.value.apply(Edit.from_dict(asked.fields))]


def _create(asked: Question) -> Answer:
    if "json" in asked.fields:
        return None, [fresh(from_json(asked.fields["json"]))]
    return None, [create(asked.fields["text"])]


def _check_write(asked: Question) -> Answer:
    """The blobs are what the store holds (left out for a new key) and what is to be written."""
    before = asked.read(asked.blobs[0], None).program if len(asked.blobs) > 1 else None
    after = asked.read(asked.blobs[-1], None).program
    check_programs(before, after, **asked.fields)
    return list(imports_brought_in(before, after)), []


ANSWERS: Final[dict[str, Callable[[Question], Answer]]] = {
    "facts": _facts,
    "outline": _outline,
    "preview": _preview,
    "find": _find,
    "find_in": _find_in,
    "text": _text,
    "json": _json,
    "findings": _findings,
    "hides": _hides,
    "edit": _edit,
    "apply": _apply,
    "create": _create,
    "diff": _diff,
    "merge": _merge,
    "check_write": _check_write,
}
UNMASKED: Final = frozenset({"create", "check_write"})
"""What tells nothing of a value that is stored. To all else the rules of masking belong."""
