"""
Passwords by Argon2id, a few at a time.

A hash takes 64 MiB and a good part of a second of a processor on purpose. So that nobody can take the machine by
trying to sign in, only some are made at once, some more wait a little, and whoever comes beyond them is sent away.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from dose_core.errors import DoseError

MIN_PASSWORD = 15  # NIST SP 800-63B-4 (2025), passwords: where they are the only factor
MAX_PASSWORD = 256  # ours; SP 800-63B wants 64 or more to be possible
_FEWEST_SIGNS = 5  # ours: "aaaaaaaaaaaaaaa" and "121212121212121" are no passwords
_AT_ONCE = 2  # ours: of four lanes each, all of a small machine with 8 processors for some tenths of a second
_WAITING = 8
_LONGEST_WAIT_S = 5.0


class HashingBusyError(DoseError):
    """Too many people sign in at once; try again in a moment."""


class PasswordRefusedError(DoseError):
    """This cannot be a password; the text says why."""


class PasswordHashing:
    """
    Makes and checks hashes; one for each process.

    The parameters are those of RFC 9106, 4, for machines that have other things to do with their memory: Argon2id,
    three passes, four lanes, 64 MiB.
    """

    def __init__(
        self,
        *,
        hasher: PasswordHasher | None = None,
        at_once: int = _AT_ONCE,
        waiting: int = _WAITING,
        longest_wait_s: float = _LONGEST_WAIT_S,
    ) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._places = threading.BoundedSemaphore(at_once)
        self._room = at_once + waiting
        self._inside = 0
        self._counting = threading.Lock()
        self._longest_wait_s = longest_wait_s
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """
        Return the hash of a password, with its parameters and a salt of its own.

        Raises:
            HashingBusyError: too many are at it.
        """
        with self._place():
            return self._hasher.hash(_normal(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """
        Tell whether this is the password; where none is kept, that takes the same time, and it never is.

        Raises:
            HashingBusyError: too many are at it.
        """
        with self._place():
            if self._nobodys is None:
                self._nobodys = self._hasher.hash("nobody's password")
            try:
                self._hasher.verify(kept or self._nobodys, _normal(password)[: 4 * MAX_PASSWORD])
            except (VerificationError, InvalidHashError):
                return False
            return kept is not None

    @property
    def inside(self) -> int:
        """How many people are at it now, or wait for it."""
        return self._inside

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._counting:
            if self._inside >= self._room:
                raise HashingBusyError("too many people sign in now; try again in a moment")
            self._inside += 1
        try:
            if not self._places.acquire(timeout=self._longest_wait_s):
                raise HashingBusyError("too many people sign in now; try again in a moment")
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._counting:
                self._inside -= 1


def check_password(password: str, *, login: str) -> None:
    """
    Refuse what is no password; there are no rules about kinds of characters.

    Raises:
        PasswordRefusedError: it is too short, too long, or too easily guessed.
    """
    length = len(_normal(password))
    if length < MIN_PASSWORD:
        msg = f"a password has {MIN_PASSWORD} characters or more; several words do well"
        raise PasswordRefusedError(msg)
    if length > MAX_PASSWORD:
        msg = f"a password has {MAX_PASSWORD} characters at most"
        raise PasswordRefusedError(msg)
    small = _normal(password).casefold()
    rest = small.replace(login.casefold(), "").replace("doseledger", "")
    if len(set(rest)) < _FEWEST_SIGNS:
        raise PasswordRefusedError("this is too easily guessed: it repeats few characters, the login or our name")


def _normal(password: str) -> str:
    """Return a password in one form, whether a keyboard sends an accent with its letter or after it."""
    return unicodedata.normalize("NFC", password)
