"""What can be wrong with a backup or its restoration."""

from pathlib import Path

from dose_core.errors import DoseError


class BackupError(DoseError):
    """Root of these errors."""


class BackupTargetError(BackupError):
    """The backup cannot be written there."""

    def __init__(self, target: Path, reason: str) -> None:
        super().__init__(f"no backup was written to {target} ({reason}): choose another file, or make room")


class DatabaseNotMigratedError(BackupError):
    """The database has no tables of ours."""

    def __init__(self) -> None:
        super().__init__("the database has no DoseLedger tables: run `doseledger db upgrade` first")


class BackupUnreadableError(BackupError):
    """The file is no backup of ours, or it was damaged."""

    def __init__(self, source: Path, reason: str) -> None:
        super().__init__(f"{source} cannot be restored ({reason}); nothing was changed: use another backup")


class BackupFromNewerReleaseError(BackupError):
    """The backup was made by a release that knows tables which we do not."""

    def __init__(self, source: Path, revision: str) -> None:
        super().__init__(f"{source} was made by a newer release (revision {revision}): restore it with that release")


class DatabaseNotEmptyError(BackupError):
    """The database holds rows, which a restoration would mix with those of the backup."""

    def __init__(self, table: str) -> None:
        super().__init__(f"the database is not empty (table {table} holds rows): restore into a new database")


class RestoreFailedError(BackupError):
    """The database did not take the rows, or holds something else than the backup afterwards."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"table {table} could not be restored ({reason}); the database was left empty")
