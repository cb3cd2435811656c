"""The data folder: who holds it, where its parts lie, and its passwords."""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.embedded.errors import (
    DataFolderInUseError,
    DataFolderUnusableError,
    DiskFullError,
    SecretMissingError,
    ServerFailedError,
)

_NEARLY_FULL_BYTES = 32 * 1024 * 1024  # two segments of the write-ahead log: less, and PostgreSQL may stop at once


class DataFolder:
    """
    A folder that holds one cluster. ``lock`` makes it ours until ``unlock`` or the end of the process.

    Raises (every method): ``DiskFullError``, ``DataFolderUnusableError``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.cluster = self.path / "postgres"
        self.start_log = self.path / "postgres-start.log"
        self._lock_fd: int | None = None

    def lock(self) -> None:
        """
        Make the folder if it is missing, and take it.

        Raises:
            DataFolderInUseError: another living process has it.
        """
        with self.problems_named():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock_fd = os.open(self.path / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Held by the open file, so the kernel lets go of it even after kill -9.
            fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock_fd)
            raise DataFolderInUseError(self.path) from None
        self._lock_fd = lock_fd

    def unlock(self) -> None:
        """Let go of the folder."""
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

    def superuser_password(self) -> str:
        """
        Return the password of PostgreSQL's superuser, made at the first start.

        Raises:
            SecretMissingError: there is a cluster already, but no password file.
        """
        path = self.path / "postgres-superuser-password"
        if self.cluster.exists() and not path.exists():
            raise SecretMissingError(path)
        return self._secret(path)

    def password(self) -> str:
        """Return the password of DoseLedger's own role, made when it is missing."""
        return self._secret(self.path / "postgres-password")

    def failure(self, what: str, told: str) -> DiskFullError | ServerFailedError:
        """Return the error for a PostgreSQL program that failed, from what it told."""
        # On a full disk it may not even have been able to tell.
        if "No space left on device" in told or self._is_full():
            return DiskFullError(self.path)
        return ServerFailedError(what, self.start_log)

    def check_room(self) -> None:
        """Raise ``DiskFullError`` if a server would soon stop for want of room."""
        if self._is_full():
            raise DiskFullError(self.path)

    def _is_full(self) -> bool:
        return shutil.disk_usage(self.path).free < _NEARLY_FULL_BYTES

    @contextmanager
    def problems_named(self) -> Iterator[None]:
        """Turn an operating system's refusal within the block into one of our errors."""
        try:
            yield
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise DiskFullError(self.path) from error
            reason = f"{error.strerror or type(error).__name__}: {error.filename or self.path}"
            raise DataFolderUnusableError(self.path, reason) from error

    def _secret(self, path: Path) -> str:
        with self.problems_named():
            if not path.exists():
                write_private(path, secrets.token_urlsafe(32).encode("ascii"))
            return path.read_text(encoding="ascii")


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only we may read; it is there as a whole, durably, or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames within the folder survive the loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
