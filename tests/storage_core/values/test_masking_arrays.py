"""What is secret in an array of numpy is masked, by its fields and by what it holds."""

import json
import pickle

import dill
import pytest

from storage_core.values import read
from storage_core.values.masking import MASK
from storage_core.values.passages import passages
from tests.storage_core.values.masked import HUNTER, RULES, TOKEN, everything

NUMPY = {
    "texts": lambda np: np.array(["a", TOKEN]),
    "one text": lambda np: np.str_(TOKEN),
    "other order": lambda np: np.array([TOKEN], dtype=">U40"),
    "bytes": lambda np: np.array([b"x" * 26, TOKEN.encode()]),
    "far down": lambda np: np.array(["a"] * 500 + [TOKEN]),
    "side by side": lambda np: np.array(["x" * len(TOKEN), TOKEN]),
    "a field": lambda np: np.array([("u", HUNTER)], dtype=[("user", "U9"), ("password", "U20")]),
    "a record": lambda np: np.array([(HUNTER,)], dtype=[("password", "U20")])[0],
    "a field in a field": lambda np: np.array(
        [((HUNTER,),)], dtype=[("login", [("password", "U20")])]
    ),
    "many in a field": lambda np: np.array([([HUNTER],)], dtype=[("password", "U20", (1,))]),
    "json": lambda np: np.array([json.dumps({"password": HUNTER})]),
    "objects": lambda np: np.array([TOKEN, {"password": HUNTER}], dtype=object),
}


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("dumps", [pickle.dumps, dill.dumps])
@pytest.mark.parametrize("kind", NUMPY)
def test_no_answer_about_an_array_tells_a_secret(kind, dumps, protocol):
    numpy = pytest.importorskip("numpy")
    data = dumps({"a": NUMPY[kind](numpy), "n": 1}, protocol)
    told = everything(data, RULES)
    for secret in (HUNTER, TOKEN, *(text.encode(f"utf-{width}-{end}").decode("latin-1")
                                    for text in (HUNTER, TOKEN) for width in (16, 32)
                                    for end in ("le", "be"))):  # fmt: skip
        assert secret not in told
        assert json.dumps(repr(secret.encode("latin-1"))[2:-1])[1:-1] not in told
    assert MASK in told
    assert read(data, RULES).hides
    assert not passages(read(data, RULES).root, "xoxb-12345")


def test_an_array_without_a_secret_is_shown():
    numpy = pytest.importorskip("numpy")
    fields = numpy.array([("u", 3)], dtype=[("user", "U9"), ("posts", "i4")])
    value = read(pickle.dumps([numpy.array(["a token of love"]), fields]), RULES)
    assert not value.hides
    assert "a token of love" in value.to_text()
