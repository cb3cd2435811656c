"""Tests of db.embedded on the real PostgreSQL of the wheel."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from db.embedded import EmbeddedPostgres, url_of_running
from db.embedded.binaries import checked_bin_dir, wheel_bin_dir
from db.embedded.errors import (
    BinariesMissingError,
    DataFolderInUseError,
    DataFolderUnusableError,
    DiskFullError,
    NotRunningError,
    PortTakenError,
    SecretMissingError,
)
from db.embedded.runner import Runner, account_runner, choose_runner
from tests.support.postgres import free_port
from tests.support.processes import command_lines_in, eventually, kill_at_once, processes_in

_ROOT = Path(__file__).parents[3]
_SUPERVISOR = _ROOT / "tests/support/supervise_postgres.py"
_WRITER = _ROOT / "tests/support/write_rows.py"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused as root, and mount")

Ask = Callable[[str, str], list[tuple[object, ...]]]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder yet to be made, with a space in its path, which only its owner can enter (as pytest makes it)."""
    return tmp_path / "data folder"


@pytest.fixture
def supervisor(data_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own that runs the embedded PostgreSQL in the data folder, and first prints its URL."""
    command = [sys.executable, str(_SUPERVISOR), str(data_dir), str(free_port())]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        yield process
        kill_at_once(process.pid, *processes_in(data_dir / "postgres"))


@pytest.fixture
def ask() -> Ask:
    """Run one statement on the database at the URL and return its rows."""

    def _ask(url: str, statement: str) -> list[tuple[object, ...]]:
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return _ask


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for one cluster and little more."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "none", str(mounted)], check=True)
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


@pytest.fixture
def closed_bin_dir(tmp_path: Path) -> Path:
    """PostgreSQL's programs in a folder that only its owner can enter."""
    source = wheel_bin_dir()
    package = source.parents[1]
    target = tmp_path / "closed clone"
    target.mkdir(mode=0o700)
    shutil.copytree(source.parent, target / package.name / source.parent.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), target / f"{package.name}.libs")
    return target / package.name / source.parent.name / "bin"


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every account can enter."""
    made = Path(tempfile.mkdtemp(prefix="doseledger-public-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


class TestStart:
    def test_gives_a_database_of_our_own_that_the_next_start_finds_again(self, data_dir: Path, ask: Ask) -> None:
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
            owner = ask(server.url, "SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user")
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            assert ask(server.url, "SELECT answer FROM kept") == [(42,)]
        assert owner == [("doseledger", False)]

    def test_writes_durably_and_listens_on_loopback_only(self, data_dir: Path, ask: Ask) -> None:
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            names = ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses")
            assert [ask(server.url, f"SHOW {name}")[0][0] for name in names] == ["on", "on", "on", "127.0.0.1"]

    def test_asks_for_the_password(self, data_dir: Path) -> None:
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            stated = urlsplit(server.url)
            for user in ("doseledger", "postgres"):
                with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
                    psycopg2.connect(host="127.0.0.1", port=stated.port, user=user, dbname="doseledger")
                with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
                    psycopg2.connect(host="127.0.0.1", port=stated.port, user=user, password="guess", dbname="postgres")

    def test_keeps_the_passwords_to_the_owner_and_to_the_folder(self, data_dir: Path) -> None:
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            secrets = sorted(data_dir.glob("*password*"))
            assert len(secrets) == 2
            assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
            assert data_dir.stat().st_mode & 0o777 == 0o700
            command_lines = command_lines_in(data_dir / "postgres")
            assert command_lines
            for path in secrets:
                assert not any(path.read_bytes() in line for line in command_lines)
            assert (data_dir / "postgres-password").read_text(encoding="ascii") in server.url

    def test_is_refused_outside_the_main_thread(self, data_dir: Path) -> None:
        """The kernel would stop the server together with that thread."""
        caught: list[BaseException] = []

        def start() -> None:
            try:
                EmbeddedPostgres(data_dir, port=free_port()).start()
            except RuntimeError as error:
                caught.append(error)

        thread = threading.Thread(target=start)
        thread.start()
        thread.join()

        assert "main thread" in str(caught[0])


class TestDataFolder:
    def test_that_is_in_use_is_refused_and_left_alone(self, data_dir: Path, ask: Ask) -> None:
        with EmbeddedPostgres(data_dir, port=free_port()) as first:
            with pytest.raises(DataFolderInUseError, match="in use by another DoseLedger"):
                EmbeddedPostgres(data_dir, port=free_port()).start()
            assert ask(first.url, "SELECT 1") == [(1,)]

    def test_that_is_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("no folder", encoding="ascii")
        with pytest.raises(DataFolderUnusableError, match="cannot be used"):
            EmbeddedPostgres(tmp_path / "file", port=free_port()).start()

    def test_without_its_password_file_is_refused(self, data_dir: Path) -> None:
        EmbeddedPostgres(data_dir, port=free_port()).__enter__().stop()
        (data_dir / "postgres-superuser-password").unlink()
        with pytest.raises(SecretMissingError, match="put it back"):
            EmbeddedPostgres(data_dir, port=free_port()).start()

    def test_tells_another_process_where_its_database_is(self, data_dir: Path) -> None:
        with pytest.raises(NotRunningError, match="not running"):
            url_of_running(data_dir)
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            assert url_of_running(data_dir) == server.url
        with pytest.raises(NotRunningError):
            url_of_running(data_dir)

    @needs_root
    def test_on_a_full_disk_is_refused_and_loses_nothing(self, small_disk: Path, ask: Ask) -> None:
        data_dir = small_disk / "data"
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        subprocess.run(
            ["dd", "if=/dev/zero", f"of={small_disk / 'ballast'}", "bs=1M"], check=False, capture_output=True
        )

        with pytest.raises(DiskFullError, match="is full"):
            EmbeddedPostgres(data_dir, port=free_port()).start()

        (small_disk / "ballast").unlink()
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            assert ask(server.url, "SELECT answer FROM kept") == [(42,)]

    @needs_root
    @pytest.mark.parametrize(
        "ballast_mb", [pytest.param(165, id="while initdb runs"), pytest.param(160, id="while the database is made")]
    )
    def test_that_fills_the_disk_while_it_is_made_is_made_at_the_next_start(
        self, small_disk: Path, ballast_mb: int, ask: Ask
    ) -> None:
        data_dir = small_disk / "data"
        ballast = small_disk / "ballast"
        command = ["dd", "if=/dev/zero", f"of={ballast}", "bs=1M", f"count={ballast_mb}"]
        subprocess.run(command, check=True, capture_output=True)
        with pytest.raises(DiskFullError, match="is full"):
            EmbeddedPostgres(data_dir, port=free_port()).start()
        ballast.unlink()
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            assert ask(server.url, "SELECT 1") == [(1,)]


class TestPort:
    def test_that_is_taken_is_named(self, data_dir: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(PortTakenError, match=f"port {port} on 127.0.0.1 is taken"):
                EmbeddedPostgres(data_dir, port=port).start()


class TestBinaries:
    def test_that_are_missing_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(BinariesMissingError, match="make setup"):
            checked_bin_dir(tmp_path)


@needs_root
class TestStartedAsRoot:
    def test_runs_without_privileges_from_a_clone_that_only_root_can_enter(
        self, data_dir: Path, closed_bin_dir: Path, ask: Ask
    ) -> None:
        runner = choose_runner(closed_bin_dir)
        if runner.way != "namespace":
            pytest.skip("this machine lets no process enter a user namespace")
        with EmbeddedPostgres(data_dir, port=free_port(), runner=runner) as server:
            assert ask(server.url, "SELECT 1") == [(1,)]
            assert _capabilities(data_dir / "postgres") == {"0000000000000000"}

    def test_becomes_another_account_where_namespaces_are_closed(
        self, data_dir: Path, closed_bin_dir: Path, public_folder: Path, ask: Ask
    ) -> None:
        runner = account_runner(closed_bin_dir, copies=public_folder)
        assert runner.bin_dir.is_relative_to(public_folder)
        with EmbeddedPostgres(data_dir, port=free_port(), runner=runner) as server:
            ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
            assert _capabilities(data_dir / "postgres") == {"0000000000000000"}
            owners = {Path(f"/proc/{pid}").stat().st_uid for pid in processes_in(data_dir / "postgres")}
            assert owners == {runner.uid}

    def test_may_change_the_way_from_one_start_to_the_next(self, data_dir: Path, ask: Ask) -> None:
        bin_dir = wheel_bin_dir()
        ways: list[Runner] = [choose_runner(bin_dir), account_runner(bin_dir), choose_runner(bin_dir)]
        for number, runner in enumerate(ways):
            with EmbeddedPostgres(data_dir, port=free_port(), runner=runner) as server:
                ask(server.url, f"CREATE TABLE kept_{number} ()")


class TestKillNine:
    def test_of_every_process_keeps_each_acknowledged_row(
        self, data_dir: Path, supervisor: "subprocess.Popen[str]", ask: Ask
    ) -> None:
        url = _line(supervisor)
        with subprocess.Popen([sys.executable, str(_WRITER), url], stdout=subprocess.PIPE, text=True) as writer:
            acknowledged = [int(_line(writer)) for _ in range(300)]

            kill_at_once(supervisor.pid, *processes_in(data_dir / "postgres"))
            assert writer.stdout
            acknowledged += [int(line) for line in writer.stdout]  # what it was told before it saw the end

        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            found = {row[0] for row in ask(server.url, "SELECT number FROM written")}
        assert set(acknowledged) <= found

    def test_of_the_supervisor_takes_the_server_along(
        self, data_dir: Path, supervisor: "subprocess.Popen[str]"
    ) -> None:
        assert _line(supervisor)
        assert processes_in(data_dir / "postgres")

        kill_at_once(supervisor.pid)

        assert eventually(lambda: not processes_in(data_dir / "postgres"))

    def test_of_the_main_server_process_is_noticed_and_mended_by_a_restart(self, data_dir: Path, ask: Ask) -> None:
        server = EmbeddedPostgres(data_dir, port=free_port())
        ask(server.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster = int((data_dir / "postgres/postmaster.pid").read_text(encoding="utf-8").splitlines()[0])

        kill_at_once(postmaster)

        assert eventually(lambda: not server.is_alive())
        server.stop()
        with server:
            assert ask(server.url, "SELECT answer FROM kept") == [(42,)]


class TestServerLeftBehind:
    """By a supervisor that is gone; letting go of the lock is all that such a one leaves undone."""

    def test_is_stopped_before_ours_starts(self, data_dir: Path, ask: Ask) -> None:
        lost = EmbeddedPostgres(data_dir, port=free_port())
        ask(lost.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
        lost._folder.unlock()

        with EmbeddedPostgres(data_dir, port=free_port()) as ours:
            assert not lost.is_alive()
            assert ask(ours.url, "SELECT answer FROM kept") == [(42,)]

    def test_with_a_pid_that_now_is_another_programs_does_not_block_ours(self, data_dir: Path) -> None:
        lost = EmbeddedPostgres(data_dir, port=free_port())
        lost.start()
        pid_file = data_dir / "postgres/postmaster.pid"
        lines = pid_file.read_text(encoding="utf-8").splitlines()
        kill_at_once(*processes_in(data_dir / "postgres"))
        assert eventually(lambda: not lost.is_alive())
        lost.stop()
        with subprocess.Popen(["sleep", "60"]) as other:
            pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n", encoding="utf-8")
            with EmbeddedPostgres(data_dir, port=free_port()) as ours:
                assert ours.is_alive()
            assert other.poll() is None
            other.kill()


class TestLog:
    def test_holds_no_value_of_a_statement(self, data_dir: Path, ask: Ask) -> None:
        with EmbeddedPostgres(data_dir, port=free_port()) as server:
            ask(server.url, "CREATE TABLE person (name text PRIMARY KEY CHECK (name <> 'x'), born date)")
            ask(server.url, "INSERT INTO person VALUES ('PLANTED^PATIENT')")
            for statement in (
                "INSERT INTO person VALUES ('PLANTED^PATIENT')",
                "SELECT 'PLANTED^PATIENT'::int",
                "SELECT PLANTED^PATIENT",
                "INSERT INTO person VALUES ('x', 'PLANTED^PATIENT')",
                "DO $$ BEGIN RAISE WARNING 'PLANTED^PATIENT'; RAISE EXCEPTION 'PLANTED^PATIENT'; END $$",
            ):
                with pytest.raises(psycopg2.Error):
                    ask(server.url, statement)
        logs = [data_dir / "postgres-start.log", *(data_dir / "postgres/log").iterdir()]
        written = "".join(path.read_text(encoding="utf-8") for path in logs)
        assert "database system is ready" in written
        assert "PLANTED" not in written
        assert {path.stat().st_mode & 0o777 for path in (data_dir / "postgres/log").iterdir()} == {0o600}


def _capabilities(cluster: Path) -> set[str]:
    """Return the effective capabilities of all processes that work in the cluster."""
    statuses = [Path(f"/proc/{pid}/status").read_text(encoding="utf-8") for pid in processes_in(cluster)]
    return {line.split()[1] for status in statuses for line in status.splitlines() if line.startswith("CapEff")}


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()
