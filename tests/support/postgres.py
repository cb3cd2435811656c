"""
A private PostgreSQL for tests, and databases on it.

DOSELEDGER_TEST_POSTGRES chooses its programs: ``system15`` (Debian's PostgreSQL 15) or ``embedded``
(those of the wheel). Unset, it is ``system15`` where that is installed. One server per session, and so
per xdist worker; one database per test, cloned from a migrated template.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.embedded.binaries import wheel_bin_dir
from db.embedded.runner import Runner, choose_runner
from db.migrate import upgrade
from db.session import make_engine

_SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")
TEMPLATE = "doseledger_template"
# What is lost when the machine dies does not matter to a test.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server for tests."""

    port: int
    password: str

    def url(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run a statement that needs no database and no transaction, such as CREATE DATABASE."""
        connection = psycopg2.connect(self.url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chosen_bin_dir() -> Path:
    """Return the folder of the programs that DOSELEDGER_TEST_POSTGRES asks for."""
    choice = os.environ.get("DOSELEDGER_TEST_POSTGRES") or ("system15" if _SYSTEM_15.exists() else "embedded")
    return {"system15": _SYSTEM_15, "embedded": wheel_bin_dir()}[choice]


@contextmanager
def running_server(bin_dir: Path) -> Iterator[PostgresServer]:
    """Start a throw-away server, stop it at the end, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="doseledger-test-"))
    runner = choose_runner(bin_dir)
    server = PostgresServer(port=free_port(), password=secrets.token_urlsafe(16))
    try:
        _initialise(runner, folder, server.password)
        settings = _FAST | {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(server.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = runner.start("postgres", "-D", str(folder / "data"), *options, log=log)
        try:
            _await_answer(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(folder)


def _initialise(runner: Runner, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    if runner.way == "account":  # no user namespaces here: another account runs the server and needs the folder
        os.chown(folder, runner.uid, runner.gid)
    made = runner.run(
        "initdb", "-D", str(folder / "data"), "-U", "postgres", "--pwfile", str(secret), "--auth=scram-sha-256",
        "-E", "UTF8", "--no-locale", "--no-sync",
    )  # fmt: skip
    assert made.returncode == 0, made.stdout


def _await_answer(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(server.url("postgres")).close()
        except psycopg2.OperationalError:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Yield a private server whose template database has all tables."""
    with running_server(chosen_bin_dir()) as server:
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        engine = make_engine(server.url(TEMPLATE))
        try:
            upgrade(engine)
        finally:
            engine.dispose()
        yield server


@contextmanager
def database(server: PostgresServer, template: str = TEMPLATE) -> Iterator[str]:
    """Yield the URL of a fresh database, which is gone afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Yield the URL of a fresh database with all tables and no rows."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Yield the URL of a fresh database without any table."""
    with database(postgres_server, "template0") as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine on the fresh database with all tables."""
    made = make_engine(database_url, pool_size=2)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session on the fresh database; the test says whether to commit."""
    with Session(engine, expire_on_commit=False) as made:
        yield made
