"""The quick look that tells of most values that there is nothing to mask in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_core.values.masking import Masking
from storage_core.values.tokens import FORMATS, kinds_in, letters_of

HEADS = [head for one in FORMATS for head in one.heads]
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")


@given(st.binary(max_size=60), st.sampled_from(HEADS), st.binary(max_size=60))
def test_it_finds_the_head_of_every_token_whatever_stands_around_it(before, head, after):
    word = head.encode("ascii")
    assert letters_of(word) in letters_of(before + word + after)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("token", ["ATCTT3" + "x" * 24, "ya29." + "a" * 16, "GR1348941" + "b" * 12])
def test_it_finds_tokens_that_begin_with_digits_in_every_encoding(token, encoding):
    assert kinds_in(b"\x8c\x10" + token.encode(encoding) + b"\x94.")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_it_finds_a_name_in_any_case_and_encoding(encoding):
    assert Masking().may_name(b"\x8c\x08" + "mYPassWord".encode(encoding) + b"\x94K\x01.")


def test_it_does_not_read_two_texts_as_one():
    assert not Masking().may_name(b"\x80\x04\x8c\x03sto\x8c\x05tpbox.")  # o, t and p in a row
