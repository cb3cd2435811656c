"""``doseledger up``: the whole service on one machine, in the foreground."""

import errno
import json
import os
import secrets
import socket
import stat
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from db import migrate
from db.embedded import EmbeddedPostgres
from db.embedded.errors import DiskFullError
from db.reach import reached
from dose_core.errors import DoseError
from doseledger.prefix import PREFIX
from doseledger.settings import Settings, SettingsError, database_url
from doseledger.supervisor import Supervisor

_START_S = 90.0
_LOOK_FOR_ROOM_S = 2.0


class CannotStartError(DoseError):
    """Something on this machine stands in the way; the text says what and what to do."""


def up(data_dir: Path, port_base: int) -> None:
    """
    Run database, service, HL7 listener and worker until SIGTERM or Ctrl-C.

    Ports: service ``port_base``, HL7 ``+ 1``, database ``+ 2``. The database is the embedded one in
    ``data_dir`` unless ``DOSELEDGER_DATABASE_URL`` names another. Prints one JSON line when all answer.

    Raises:
        DoseError: a setting, a port, the data folder or a process stands in the way.
    """
    folder = _private_folder(data_dir)
    _check_free(port_base, port_base + 1)
    own = {
        "api_port": port_base,
        "hl7_port": port_base + 1,
        "public_url": f"http://127.0.0.1:{port_base}",
        "token_secret": _kept_secret(folder / "token_secret"),
    }
    # Tell what is wrong before anything starts.
    Settings.load(extra={**own, "database_url": "postgresql://not-known-yet"})
    with _database(folder, port_base + 2) as (url, revive):
        settings = Settings.load(extra={**own, "database_url": url})
        _write_running(settings, folder / "running.toml")
        with reached(url) as engine:
            migrate.upgrade(engine)
        children = Supervisor(_environment_of(settings))
        children.stop_on_signals()
        try:
            for name in ("api", "hl7", "worker"):
                children.start(name, [name])
            children.wait_until(lambda: _is_ready(settings), timeout_s=_START_S, what="the service")
            children.wait_until(
                lambda: _listens(settings.hl7_host, settings.hl7_port), timeout_s=_START_S, what="the HL7 listener"
            )
            if not children.stopping:
                _tell_ready(settings, folder)
            children.watch(revive)
        finally:
            children.stop()


def _is_ready(settings: Settings) -> bool:
    if settings.api_tls_certificate is not None:  # it is for the name that browsers use, which may lead elsewhere
        return _listens(settings.api_host, settings.api_port)
    return _answers(f"http://{settings.api_host}:{settings.api_port}/health/ready")


def _tell_ready(settings: Settings, folder: Path) -> None:
    line = {
        "ready": True,
        "api": settings.public_url,
        "hl7": f"{settings.hl7_host}:{settings.hl7_port}",
        "data_dir": str(folder),
        "pid": os.getpid(),
    }
    print(json.dumps(line), flush=True)


@contextmanager
def _database(folder: Path, port: int) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the database's URL and what keeps it alive: nothing of ours, if the settings name a server."""
    try:
        given = database_url()
    except SettingsError:
        given = None
    if given:
        yield given, lambda: None
        return
    with EmbeddedPostgres(folder, port=port) as server:
        yield server.url, _reviver(server, folder)


def _reviver(server: EmbeddedPostgres, folder: Path) -> Callable[[], None]:
    """
    Return what starts the server again when it has ended.

    On a full disk PostgreSQL ends when it can write no log; room is waited for, so that making it is
    all that a person has to do. Whatever else keeps the server from starting ends us.
    """
    waits = False
    next_look = 0.0

    def revive() -> None:
        nonlocal waits, next_look
        if server.is_alive() or time.monotonic() < next_look:
            return
        server.stop()
        try:
            server.start()
        except DiskFullError:
            if not waits:
                _say(f"the disk that holds {folder} is full: make room there, and the database starts again by itself")
            waits, next_look = True, time.monotonic() + _LOOK_FOR_ROOM_S
            return
        if waits:
            _say("there is room again, and the database runs")
        waits = False

    return revive


def _say(text: str) -> None:
    print(f"doseledger: {text}", file=sys.stderr, flush=True)


def _environment_of(settings: Settings) -> dict[str, str]:
    """Return what the children see: this environment, with every setting spelt out."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return environ | {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.plain().items()}


def _write_running(settings: Settings, path: Path) -> None:
    """Write the settings that run, for commands beside us: ``doseledger --config DATA_DIR/running.toml ...``."""
    lines = (f"{name} = {json.dumps(value)}" for name, value in settings.plain().items())  # JSON strings are TOML's
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _private_folder(data_dir: Path) -> Path:
    folder = data_dir.expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"the data folder {folder} cannot be made: {error.strerror}; name another with --data-dir"
        raise CannotStartError(msg) from error
    found = folder.stat()
    if found.st_uid not in _trusted_owners() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        msg = (
            f"others may write to the data folder {folder}, and so could choose its secrets; "
            f"make it yours alone (chown, chmod 700) or name another with --data-dir"
        )
        raise CannotStartError(msg)
    return folder


def _trusted_owners() -> set[int]:
    """Return whose folder we may use: our own; as root by sudo, also that of the person who called."""
    return {os.geteuid()} | ({int(os.environ.get("SUDO_UID", "0"))} if os.geteuid() == 0 else set())


def _kept_secret(path: Path) -> str:
    """Return the secret in this file, drawn once when the data folder is new."""
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        msg = f"{path} cannot be written or read: {error.strerror}"
        raise CannotStartError(msg) from error


def _check_free(*ports: int) -> None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                why = "is taken by another program" if error.errno == errno.EADDRINUSE else str(error.strerror)
                msg = f"port {port} {why}; choose other ports with --port-base"
                raise CannotStartError(msg) from error


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own http address
            return bool(answer.status == 200)  # noqa: PLR2004  OK
    except (urllib.error.URLError, OSError):
        return False


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False
