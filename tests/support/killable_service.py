"""``doseledger up`` on a folder of its own, whose processes a test may kill one by one and start again."""

import random
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from doseledger.demo.doors import Door, bearer
from doseledger.demo.place import Place
from doseledger.demo.service import Service, start_service
from tests.support.ports import free_base
from tests.support.processes import family, kill_at_once, started_at
from tests.support.until import until

_END_S = 60.0
_LEFT = (
    "SELECT (SELECT count(*) FROM evidence WHERE read_status = 'pending') + (SELECT count(*) FROM outbox) + "
    "(SELECT count(*) FROM imaging_order WHERE due_at IS NOT NULL)"
)


@dataclass
class KillableService:
    """The running service. ``starts`` counts how often all of it had to be started."""

    place: Place
    service: Service
    starts: int = 1
    _seen: dict[int, int | None] = field(default_factory=dict)  # processes, and when each was started
    _tokens: dict[tuple[str | None, tuple[str, ...]], str] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether ``doseledger up`` lives, which starts again what dies below it."""
        return self.service.child.is_running

    @property
    def database_url(self) -> str:
        """The URL of its database."""
        running = (self.place.service_folder / "running.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(running)["database_url"])

    def door(self, *scopes: str, user: str | None = None) -> Door:
        """Return the way in for a program, or for a user, who may do this; a token is issued once."""
        if (user, scopes) not in self._tokens:
            self._tokens[user, scopes] = self._issue_token(scopes, user)
        return Door(port=self.place.api_port, authorization=bearer(self._tokens[user, scopes]))

    def is_settled(self) -> bool:
        """Tell whether all that was handed in is read, and the worker has done what follows from it."""
        with closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(_LEFT)
            return cursor.fetchall() == [(0,)]

    def anyone(self) -> Door:
        """Return the way in without a token."""
        return Door(port=self.place.api_port)

    def start_again(self) -> None:
        """Start all of it when nothing of it lives any more, as a service manager does."""
        until(
            lambda: not any(started and started_at(pid) == started for pid, started in self._seen.items()),
            within_s=_END_S,
            what="the end of all processes",
        )
        self._seen.clear()
        self.service = start_service(self.place)
        self.starts += 1

    def stop(self) -> None:
        """Stop all of it."""
        self.service.child.stop()

    def kill(self, what: str, drawn: random.Random) -> int:
        """
        Kill at once, and return how many processes that were.

        ``what`` is ``api``, ``worker``, ``postgres`` (its first process), ``backend`` (one of its others),
        ``supervisor`` or ``everything``.
        """
        self._seen |= {pid: started_at(pid) for pid in family(self.service.child.pid)}
        victims = self.processes_of(what)
        if what == "backend":
            victims = {drawn.choice(sorted(victims))} if victims else set()
        kill_at_once(*victims)
        return len(victims)

    def processes_of(self, what: str) -> set[int]:
        """Return the living processes of one of the names above; for ``backend`` all of them."""
        whole = family(self.service.child.pid)
        if what == "everything":
            return whole
        if what == "supervisor":
            return {self.service.child.pid} & whole
        postgres = self._postgres()
        if what == "postgres":
            return postgres
        if what == "backend":
            return set().union(*(family(pid) for pid in postgres)) - postgres
        return {pid for pid in whole if _command_line(pid)[-2:] == ["doseledger", what]}

    def _issue_token(self, scopes: tuple[str, ...], user: str | None) -> str:
        if user is None:
            return self.service.issue_token(f"test-{'-'.join(scopes)}", *scopes)
        options = [option for scope in scopes for option in ("--scope", scope)]
        return self.service.command("token", "issue", "--user", user, *options).splitlines()[-1].strip()

    def _postgres(self) -> set[int]:
        """Return the first process of PostgreSQL, if it lives."""
        with suppress(OSError, ValueError, IndexError):
            pid_file = self.place.service_folder / "postgres/postmaster.pid"
            pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
            if Path(f"/proc/{pid}/cwd").samefile(pid_file.parent):
                return {pid}
        return set()


@contextmanager
def lonely_place(*, disk_mb: int | None = None) -> Iterator[Place]:
    """
    Yield a folder and ports for one service after another, and take away at the end all that they wrote.

    With ``disk_mb`` the data folder is a file system of this size, which only root can mount.
    """
    folder = Path(tempfile.mkdtemp(prefix="doseledger-lonely-"))
    place = Place(folder=folder, port_base=free_base(5))
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, folder)
        if disk_mb is not None:
            ends.enter_context(_mounted(place.service_folder, f"{disk_mb}m"))
        yield place


@contextmanager
def killable_service(place: Place) -> Iterator[KillableService]:
    """Start a service there, without an archive, and stop it at the end."""
    made = KillableService(place=place, service=start_service(place))
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def _mounted(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _command_line(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").rstrip("\0").split("\0")
    return []
