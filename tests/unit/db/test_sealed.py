"""Tests of db.sealed: with the key it is what it was, without it nobody reads it."""

import pytest
from cryptography.exceptions import InvalidTag

from db.sealed import ErasedError, new_key, seal, unseal


def test_what_was_sealed_comes_back_with_its_key() -> None:
    key = new_key()

    assert unseal(key, seal(key, b"Beispiel^Eva")) == b"Beispiel^Eva"


def test_the_same_bytes_sealed_twice_look_different() -> None:
    key = new_key()

    assert seal(key, b"Beispiel^Eva") != seal(key, b"Beispiel^Eva")


def test_without_its_key_it_says_that_it_was_erased() -> None:
    with pytest.raises(ErasedError):
        unseal(None, seal(new_key(), b"Beispiel^Eva"))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(InvalidTag):
        unseal(new_key(), seal(new_key(), b"Beispiel^Eva"))
