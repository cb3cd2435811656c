"""Tests of dose_services.password_hashing: how passwords are kept, and how many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from dose_services.password_hashing import (
    HashingBusyError,
    PasswordHashing,
    PasswordRefusedError,
    check_password,
)
from tests.support.until import until

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class HeldHasher(PasswordHasher):
    """Makes a hash only when it is let go."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.begun.release()
        assert self.go.wait(10)
        return super().hash(password, salt=salt)


def test_are_made_as_rfc_9106_recommends() -> None:
    made = extract_parameters(PasswordHashing().hash("four invented words together"))

    # RFC 9106, 4: the second recommended option.
    assert (made.type, made.time_cost, made.parallelism, made.memory_cost) == (Type.ID, 3, 4, 64 * 1024)
    assert (made.salt_len, made.hash_len) == (16, 32)


def test_are_told_from_all_others() -> None:
    hashing = PasswordHashing(hasher=QUICK)
    kept = hashing.hash("four invented words together")

    assert hashing.verify(kept, "four invented words together")
    assert not hashing.verify(kept, "four invented words togethe")
    assert not hashing.verify(kept, "")


def test_are_the_same_whether_an_accent_is_typed_with_its_letter_or_after_it() -> None:
    hashing = PasswordHashing(hasher=QUICK)

    assert hashing.verify(hashing.hash("caf\u00e9 au lait sans sucre"), "cafe\u0301 au lait sans sucre")


def test_are_nobodys_where_none_is_kept() -> None:
    hashing = PasswordHashing(hasher=QUICK)

    assert not hashing.verify(None, "nobody's password")
    assert not hashing.verify("no hash", "four invented words together")


def test_cost_as_much_where_none_is_kept() -> None:
    """Whoever tries logins learns nothing from the time: a hash is made and compared each time."""
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002 - as argon2 names it
            compared.append(str(hash))
            return super().verify(hash, password)

    hashing = PasswordHashing(hasher=Counting(time_cost=1, memory_cost=8, parallelism=1))
    kept = hashing.hash("four invented words together")
    hashing.verify(kept, "x")
    hashing.verify(None, "x")

    assert [extract_parameters(one) for one in compared] == [extract_parameters(kept)] * 2


def test_no_more_are_made_at_once_than_allowed_and_who_comes_beyond_is_sent_away() -> None:
    hasher = HeldHasher()
    hashing = PasswordHashing(hasher=hasher, at_once=2, waiting=1)
    with ThreadPoolExecutor(3) as people:
        made = [people.submit(hashing.hash, "four invented words together") for _ in range(3)]
        for _ in range(2):
            assert hasher.begun.acquire(timeout=10)
        assert not hasher.begun.acquire(blocking=False)
        until(lambda: hashing.inside == 3, within_s=10, what="the one who waits")
        with pytest.raises(HashingBusyError):
            hashing.hash("four invented words together")
        hasher.go.set()

        assert all(one.result(10).startswith("$argon2id$") for one in made)


def test_who_waits_too_long_is_sent_away() -> None:
    hasher = HeldHasher()
    hashing = PasswordHashing(hasher=hasher, at_once=1, waiting=1, longest_wait_s=0.01)
    with ThreadPoolExecutor(1) as people:
        held = people.submit(hashing.hash, "four invented words together")
        assert hasher.begun.acquire(timeout=10)
        with pytest.raises(HashingBusyError):
            hashing.hash("four invented words together")
        hasher.go.set()
        held.result(10)


@pytest.mark.parametrize(
    "password",
    ["", "fourteen signs", "x" * 257, "a" * 20, "ab" * 10, "ada.lovelaceada.lovelace", "DoseLedgerDoseLedger"],
)
def test_are_refused_if_too_short_too_long_or_too_easily_guessed(password: str) -> None:
    with pytest.raises(PasswordRefusedError):
        check_password(password, login="ada.lovelace")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "fifteen letters", "пятнадцать букв тут", "x1" * 3 + "yz7!k" * 50]
)
def test_need_no_kinds_of_characters(password: str) -> None:
    check_password(password, login="ada")
