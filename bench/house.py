"""
One DoseLedger for a bench: the embedded PostgreSQL and one service process, on loopback, with the CPU time of both.

DoseLedger's own settings are in force (the database is durable); nothing is tuned for a bench.
"""

import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg2

from bench.store import cpu_s
from db.embedded import EmbeddedPostgres
from db.embedded.folder import DataFolder
from db.migrate import upgrade
from db.session import make_engine, unit_of_work
from dose_services import tokens
from dose_services.roles import Scope
from dose_services.tokens import TokenSettings
from doseledger.demo.child import Child

FOLDER = "DOSELEDGER_BENCH_DIR"
TIMEZONE, AUTHORITY = "Europe/Berlin", "INVENTED"
_START_S = 60.0
# What is lost when the machine dies is built again; without a log for replicas, COPY into an empty table needs none.
_CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "autovacuum": "off",
    "maintenance_work_mem": "512MB",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A running embedded PostgreSQL with all tables."""

    folder: Path
    port: int
    url: str

    def ask(self, query: str, values: Sequence[object] | Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Return what a statement answers to the superuser; each is a transaction and a connection of its own."""
        connection = self.connect()
        try:
            return answer_of(connection, query, values)
        finally:
            connection.close()

    def connect(self) -> Any:  # noqa: ANN401 - psycopg2's stubs do not name what connect returns
        """Return a superuser's connection to DoseLedger's database that commits each statement."""
        password = DataFolder(self.folder).superuser_password()
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="postgres", password=password, dbname="doseledger"
        )
        connection.autocommit = True
        return connection

    def log(self) -> str:
        """Return what the server has written to its log."""
        files = sorted((self.folder / "postgres" / "log").glob("*.log"))
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


def answer_of(
    connection: Any,  # noqa: ANN401 - psycopg2's stubs do not name what connect returns
    query: str,
    values: Sequence[object] | Mapping[str, object] | None = None,
) -> list[tuple[Any, ...]]:
    """Return what a statement answers on a connection."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall()) if cursor.description else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """CPU time in seconds: of a process of ours, of the backends that serve it, and of all that PostgreSQL runs."""

    service: float
    backends: dict[int, float]
    postgres: float

    def since(self, before: "Cpu") -> "Cpu":
        """
        Return what was spent since then.

        Raises:
            RuntimeError: a backend ended meanwhile and took its account along.
        """
        if not before.backends.keys() <= self.backends.keys():
            raise RuntimeError("a backend of the service ended while it was measured")
        spent = {pid: total - before.backends.get(pid, 0.0) for pid, total in self.backends.items()}
        return Cpu(service=self.service - before.service, backends=spent, postgres=self.postgres - before.postgres)

    @property
    def both(self) -> float:
        """The process and its backends."""
        return self.service + sum(self.backends.values())


class Service:
    """One ``doseledger api`` on a database."""

    def __init__(self, database: Database, port: int, settings: Mapping[str, str]) -> None:
        self.database = database
        self.port = port
        self._secret = secrets.token_urlsafe(48)
        self._public_url = self.address = f"http://127.0.0.1:{port}"
        environ = environment(
            database,
            TOKEN_SECRET=self._secret,
            PUBLIC_URL=self._public_url,
            API_PORT=str(port),
            **settings,
        )
        command = [sys.executable, "-m", "doseledger", "api"]
        self.child = Child("the service", command, log=database.folder / f"service-{port}.log", environ=environ)

    def await_answer(self) -> None:
        """Return when it is ready."""
        deadline = time.monotonic() + _START_S
        while True:
            self.child.check()
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:  # noqa: PLR2004 - HTTP
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise RuntimeError("the service did not answer in time")
            time.sleep(0.1)

    def token(self, scope: Scope) -> str:
        """Return a bearer token for a program."""
        settings = TokenSettings(secret=self._secret.encode(), issuer=self._public_url, audience=self._public_url)
        engine = make_engine(self.database.url)
        try:
            with unit_of_work(engine) as session:
                now = datetime.now(UTC)  # noqa: TID251 - a bench is an edge
                issued = tokens.issue(
                    session, settings, scopes=[scope], subject="bench", valid_for=timedelta(days=1), now=now
                )
        finally:
            engine.dispose()
        return issued[1]

    def cpu(self) -> Cpu:
        """Return the CPU time spent so far."""
        return cpu_of(self.database, self.child.pid)


def environment(of: Database, **settings: str) -> dict[str, str]:
    """Return what a process of ours on this database sees of its environment; settings by name."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DOSELEDGER_")}
    own = {"DATABASE_URL": of.url, "SITE_TIMEZONE": TIMEZONE, "DEFAULT_AUTHORITY": AUTHORITY, **settings}
    return environ | {f"DOSELEDGER_{name}": value for name, value in own.items()}


def cpu_of(database: Database, pid: int) -> Cpu:
    """Return the CPU time that a process of ours and PostgreSQL have spent so far; no other may be connected."""
    found = database.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'doseledger'")
    every = database.ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    return Cpu(
        service=cpu_s(pid),
        backends={backend: cpu_s(backend) for (backend,) in found},
        postgres=sum(_cpu_s_if_alive(other) for (other,) in every),
    )


def _cpu_s_if_alive(pid: int) -> float:
    """Return the CPU time of one of PostgreSQL's own workers, which come and go; 0 if it has gone."""
    try:
        return cpu_s(pid)
    except OSError:
        return 0.0


@contextmanager
def database(folder: Path, *, is_careless: bool = False) -> Iterator[Database]:
    """Run the database of a folder, made if there is none, with all tables; a careless one cares for no crash."""
    port = free_port()
    with EmbeddedPostgres(folder, port=port, overrides=_CARELESS if is_careless else {}) as server:
        engine = make_engine(server.url)
        upgrade(engine)
        engine.dispose()
        yield Database(folder=folder, port=port, url=server.url)


@contextmanager
def service(of: Database, **settings: str) -> Iterator[Service]:
    """Run one service process on a database; settings by name."""
    made = Service(of, free_port(), settings)
    try:
        made.await_answer()
        yield made
    finally:
        made.child.stop()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
