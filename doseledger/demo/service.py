"""The service of the demo: ``doseledger up`` as a child, and the commands that an administrator would type."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from doseledger.demo.child import Child
from doseledger.demo.hospital import AUTHORITY, CT_SILENT, TIMEZONE
from doseledger.demo.place import DemoError, Place

QUIET_TIME_S = 8  # a site waits a day before it writes a dose SR; who watches a demo does not
ORTHANC_SERVICE_USER = "doseledger"
_START_S = 120.0
_COMMAND_S = 60.0
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running service and how to reach it."""

    place: Place
    child: Child
    hl7_port: int

    def command(self, *arguments: str) -> str:
        """
        Return what ``doseledger ARGUMENTS`` prints, run beside the running service.

        Raises:
            DemoError: the command failed; the text holds its own words.
        """
        settings = str(self.place.service_folder / "running.toml")
        command = [sys.executable, "-m", "doseledger", "--config", settings, *arguments]
        done = subprocess.run(
            command, env=_foreign_environment(), capture_output=True, text=True, timeout=_COMMAND_S, check=False
        )
        if done.returncode != 0:
            msg = f"`doseledger {arguments[0]} {arguments[1]}` failed: {done.stderr.strip()}"
            raise DemoError(msg)
        return done.stdout.strip()

    def issue_token(self, subject: str, *scopes: str) -> str:
        """Return a new token for a program; it is printed last, on a line of its own."""
        options = [option for scope in scopes for option in ("--scope", scope)]
        return self.command("token", "issue", "--subject", subject, *options).splitlines()[-1].strip()

    def add_user(self, login: str, role: str, *, orthanc_user: str) -> None:
        """Make a person known; one who is known already stays."""
        if login not in self.command("user", "list"):
            self.command("user", "add", login, "--role", role, "--orthanc-user", orthanc_user)

    def mark_silent_scanner(self) -> None:
        """Say that the third scanner sends no dose report."""
        self.command(
            *("device", "add", "--sends-no-rdsr"),
            *("--manufacturer", CT_SILENT.manufacturer, "--model", CT_SILENT.model),
            *("--serial-number", CT_SILENT.serial_number, "--station-name", CT_SILENT.ae_title),
            *("--institution", "Demonstration Hospital"),
        )


def start_service(place: Place) -> Service:
    """
    Start the service and return when all of it answers.

    Raises:
        DemoError: it ended, or did not answer in time.
    """
    command = [
        *(sys.executable, "-m", "doseledger", "up"),
        *("--data-dir", str(place.service_folder), "--port-base", str(place.api_port)),
    ]
    child = Child("the service", command, log=place.folder / "service.log", environ=_environment(place))
    try:
        ready = _wait_until_ready(child)
    except BaseException:
        child.stop()
        raise
    return Service(place=place, child=child, hl7_port=int(str(ready["hl7"]).rpartition(":")[2]))


def _foreign_environment() -> dict[str, str]:
    """Return this environment without settings of another installation, which must not reach the demo."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DOSELEDGER_")}


def _environment(place: Place) -> dict[str, str]:
    return _foreign_environment() | {
        "DOSELEDGER_SITE_TIMEZONE": TIMEZONE,
        "DOSELEDGER_DEFAULT_AUTHORITY": AUTHORITY,
        "DOSELEDGER_QUIET_TIME_S": str(QUIET_TIME_S),
        "DOSELEDGER_FRAME_ANCESTORS": f"http://127.0.0.1:{place.orthanc_http_port}",
        "DOSELEDGER_ORTHANC_URL": f"http://127.0.0.1:{place.orthanc_http_port}",
        "DOSELEDGER_ORTHANC_USER": ORTHANC_SERVICE_USER,
        "DOSELEDGER_ORTHANC_PASSWORD": place.secret("orthanc-service"),
    }


def _wait_until_ready(child: Child) -> dict[str, object]:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        ready = next(filter(None, map(_ready_line, child.output.splitlines())), None)
        if ready is not None:
            return ready
        child.check()
        time.sleep(_LOOK_S)
    msg = f"the service did not answer within {_START_S:.0f} s; its log is {child.log}"
    raise DemoError(msg)


def _ready_line(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        content: dict[str, object] = json.loads(line)
    except ValueError:
        return None
    return content if content.get("ready") is True else None
