"""What can be wrong with an embedded PostgreSQL; each text is one sentence that says what to do."""

from pathlib import Path

from dose_core.errors import DoseError


class EmbeddedPostgresError(DoseError):
    """Root of these errors."""


class BinariesMissingError(EmbeddedPostgresError):
    """The programs of PostgreSQL are not where they should be."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"no PostgreSQL programs in {folder}: run `make setup`, or set DOSELEDGER_DATABASE_URL to a server of yours"
        )


class DataFolderInUseError(EmbeddedPostgresError):
    """Another living supervisor holds the data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"the data folder {data_dir} is in use by another DoseLedger: stop it, or choose another folder"
        )


class DataFolderUnusableError(EmbeddedPostgresError):
    """The data folder cannot be made, read or written."""

    def __init__(self, data_dir: Path, reason: str) -> None:
        super().__init__(
            f"the data folder {data_dir} cannot be used ({reason}): correct that, or choose another folder"
        )


class DiskFullError(EmbeddedPostgresError):
    """There is no room left where the data folder lies."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"the disk that holds {data_dir} is full: make room, then start again; nothing is lost")


class PortTakenError(EmbeddedPostgresError):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} on 127.0.0.1 is taken: stop what listens there, or choose another port")


class NoUnprivilegedWayError(EmbeddedPostgresError):
    """PostgreSQL refuses to run as root, and no way out of root was open."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(
            f"PostgreSQL does not run as root and no unprivileged way is open here ({'; '.join(reasons)}): "
            "start DoseLedger as an ordinary account"
        )


class SecretMissingError(EmbeddedPostgresError):
    """There is a cluster, but its password file is gone."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the password file {path} is missing although there is a database: put it back from your backup"
        )


class ServerFailedError(EmbeddedPostgresError):
    """PostgreSQL ended, or did not answer in time, for a reason of its own."""

    def __init__(self, reason: str, log: Path) -> None:
        super().__init__(f"PostgreSQL did not start ({reason}): see {log}")


class NotRunningError(EmbeddedPostgresError):
    """Nobody runs the data folder's database."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"the database in {data_dir} is not running: start it with `doseledger up --data-dir {data_dir}`"
        )
