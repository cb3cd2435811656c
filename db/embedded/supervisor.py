"""An own PostgreSQL in the data folder, as long as its supervisor lives."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import psycopg2

from db.embedded.binaries import wheel_bin_dir
from db.embedded.cluster import make_cluster, reachable
from db.embedded.database import connect_as_superuser, make_database, url_of
from db.embedded.errors import DiskFullError, NotRunningError, PortTakenError
from db.embedded.folder import DataFolder
from db.embedded.leftover import end_leftover
from db.embedded.runner import Runner, choose_runner
from db.embedded.settings import server_arguments

_START_S = 300.0  # recovery after a crash replays what was acknowledged; that may take minutes
_STOP_S = 60.0


class EmbeddedPostgres:
    """
    A cluster in ``data_dir/postgres`` and its server on 127.0.0.1.

    The role ``doseledger`` owns the database ``doseledger`` and is no superuser. The server is told to
    stop (SIGINT) when the supervisor stops or dies, whichever way it dies.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int,
        runner: Runner | None = None,
        overrides: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """
        Choose the folder and the port; nothing is touched before ``start``.

        ``overrides`` are settings that outrank ours, for a server whose data may be lost.
        """
        self._folder = DataFolder(data_dir)
        self._port = port
        self._runner = runner
        self._overrides = overrides
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the database; it holds the password."""
        return url_of(self._folder, self._port)

    def start(self) -> str:
        """
        Start the server, making the cluster, the role and the database at the first time; return the URL.

        Raises:
            DataFolderInUseError: another living supervisor has the folder.
            DataFolderUnusableError: the folder cannot be made, read or written.
            DiskFullError: there is no room left.
            PortTakenError: something else listens there.
            BinariesMissingError: the wheel is not installed.
            NoUnprivilegedWayError: we are root and cannot stop being it.
            SecretMissingError: the cluster's password file is gone.
            ServerFailedError: PostgreSQL ended or did not answer; its log says why.
        """
        if threading.current_thread() is not threading.main_thread():
            # The kernel stops the server with the *thread* that started it (PR_SET_PDEATHSIG).
            raise RuntimeError("start the embedded PostgreSQL from the main thread")
        runner = self._runner or choose_runner(wheel_bin_dir())
        self._folder.lock()
        try:
            end_leftover(self._folder.cluster)
            self._check_port()
            self._folder.check_room()
            with self._folder.problems_named():
                make_cluster(self._folder, runner)
                self._start_server(runner)
            self._await_answer()
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server after its running statements were cancelled, and let go of the folder."""
        if self._process is not None:
            for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, at once
                self._process.send_signal(request)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_STOP_S)
                    break
            self._process = None
        self._folder.unlock()

    def is_alive(self) -> bool:
        """Tell whether the server's main process runs."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
            try:
                probe.bind(("127.0.0.1", self._port))
            except OSError:
                raise PortTakenError(self._port) from None

    def _start_server(self, runner: Runner) -> None:
        cluster = self._folder.cluster
        cluster_fd = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with self._folder.start_log.open("wb") as log:
                self._process = runner.start(
                    "postgres",
                    *("-D", reachable(cluster, cluster_fd, runner)),
                    *server_arguments(self._port, self._overrides),
                    log=log,
                    pass_fds=(cluster_fd,),
                )
        finally:
            os.close(cluster_fd)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                connect_as_superuser(self._folder, self._port).close()
            except psycopg2.OperationalError as error:
                told = self._folder.start_log.read_text(encoding="utf-8", errors="replace")
                if not self.is_alive():
                    if "could not bind" in told:
                        raise PortTakenError(self._port) from error
                    raise self._folder.failure("it ended", told) from error
                if time.monotonic() > deadline:
                    raise self._folder.failure("no answer in time", told) from error
                time.sleep(0.02)
            else:
                return

    def _make_database(self) -> None:
        try:
            make_database(self._folder, self._port)
        except psycopg2.errors.DiskFull as error:
            raise DiskFullError(self._folder.path) from error
        except psycopg2.Error as error:
            raise self._folder.failure("its database could not be made", "") from error


def url_of_running(data_dir: Path) -> str:
    """
    Return the URL of the database that another process runs in the folder.

    Raises:
        NotRunningError: no server runs there.
    """
    folder = DataFolder(data_dir)
    try:
        # Lines 4 and 8 of postmaster.pid (src/include/utils/pidfile.h): the port, and the server's state.
        lines = (folder.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid, port, state = int(lines[0]), int(lines[3]), lines[7].strip()
        is_ours = Path(f"/proc/{pid}/cwd").samefile(folder.cluster)
    except (OSError, IndexError, ValueError):
        raise NotRunningError(data_dir) from None
    if state != "ready" or not is_ours:
        raise NotRunningError(data_dir)
    return url_of(folder, port)
