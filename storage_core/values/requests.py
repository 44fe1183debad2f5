"""What can be asked about stored bytes, as JSON: one table for the worker and for small values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from storage_core.exceptions import RefusedEdit, StorageError
from storage_core.values.diff import diff
from storage_core.values.edit import Edit, create, fresh
from storage_core.values.merge import merge
from storage_core.values.passages import passages
from storage_core.values.safety import check_write, new_imports
from storage_core.values.typed_json import from_json
from storage_core.values.value import Value, read

__all__ = ["ANSWERS", "Answer", "answer"]

Answer = tuple[Any, list[bytes]]
"""A JSON-able result, and bytes that belong to it."""
Fields = Mapping[str, Any]


def answer(request: Fields, blobs: Sequence[bytes]) -> Answer:
    """Answer a request: `{"ask": name, …its fields}` about the stored bytes in `blobs`.

    Raises StorageError (RefusedEdit, UnreadableValue) as the functions behind it do, and
    RefusedEdit for what cannot be asked.
    """
    function = ANSWERS.get(str(request.get("ask")))
    if function is None:
        raise RefusedEdit(f"{request.get('ask')!r} cannot be asked about a value")
    fields = {name: value for name, value in request.items() if name != "ask"}
    try:
        return function(fields, blobs)
    except (KeyError, IndexError, TypeError) as error:
        if isinstance(error, StorageError):
            raise
        raise RefusedEdit(f"a request about a value lacks something: {error}") from error


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
    }


def _facts(_fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return facts_of(read(blobs[0])), []


def _page(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    """Facts and outline together, for a page: the bytes are read once."""
    value = read(blobs[0])
    return {**facts_of(value), "outline": value.outline(**fields).as_dict()}, []


def _outline(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return read(blobs[0]).outline(**fields).as_dict(), []


def _preview(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    previews = []
    for blob in blobs:
        value = read(blob)
        previews.append(
            {"kind": value.kind, "summary": value.summary, "text": value.preview(**fields)}
        )
    return previews, []


def _find(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return [row.as_dict() for row in read(blobs[0]).find(**fields)], []


def _find_in(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    """The passages of each value that hold a text; what cannot be read says why instead."""
    found: list[dict[str, Any]] = []
    for blob in blobs:
        try:
            hits = passages(read(blob).root, **fields)
        except StorageError as error:
            found.append({"hits": [], "error": str(error)})
        else:
            found.append({"hits": [hit._asdict() for hit in hits], "error": None})
    return found, []


def _text(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return read(blobs[0]).to_text(**fields), []


def _json(_fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return read(blobs[0]).to_json(), []


def _findings(_fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return [{"code": one.code, "text": one.text} for one in read(blobs[0]).findings], []


def _edit(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return None, [read(blobs[0]).edit(**fields)]


def _apply(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return None, [read(blobs[0]).apply(Edit.from_dict(fields))]


def _create(fields: Fields, _blobs: Sequence[bytes]) -> Answer:
    if "json" in fields:
        return None, [fresh(from_json(fields["json"]))]
    return None, [create(fields["text"])]


def _diff(_fields: Fields, blobs: Sequence[bytes]) -> Answer:
    return [one.as_dict() for one in diff(blobs[0], blobs[1])], []


def _merge(_fields: Fields, blobs: Sequence[bytes]) -> Answer:
    result = merge(blobs[0], blobs[1], blobs[2])
    return result.as_dict(), [] if result.merged is None else [result.merged]


def _check_write(fields: Fields, blobs: Sequence[bytes]) -> Answer:
    """`blobs` are what the store holds (left out for a new key) and what is to be written."""
    before = blobs[0] if len(blobs) > 1 else None
    check_write(before, blobs[-1], **fields)
    return list(new_imports(before, blobs[-1])), []


ANSWERS: Final[dict[str, Callable[[Fields, Sequence[bytes]], Answer]]] = {
    "facts": _facts,
    "page": _page,
    "outline": _outline,
    "preview": _preview,
    "find": _find,
    "find_in": _find_in,
    "text": _text,
    "json": _json,
    "findings": _findings,
    "edit": _edit,
    "apply": _apply,
    "create": _create,
    "diff": _diff,
    "merge": _merge,
    "check_write": _check_write,
}
