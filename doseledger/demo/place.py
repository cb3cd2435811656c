"""Where the demo lives on this machine: its folder, its ports, its secrets, and what must be there before it starts."""

import os
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from dose_core.errors import DoseError

ORTHANC = Path("/usr/sbin/Orthanc")
ORTHANC_PLUGINS = Path("/usr/share/orthanc/plugins")
_NEEDED_PLUGINS = ("libOrthancPython.so", "libOrthancDicomWeb.so", "libModalityWorklists.so")
_NEEDED_MB = 500  # an empty cluster, its write-ahead log and the demo's objects, with room to stay up
_PRIVATE = 0o700


class DemoError(DoseError):
    """Something on this machine stands in the demo's way; the text says what and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder of the demo's own, and consecutive ports."""

    folder: Path
    port_base: int

    @property
    def api_port(self) -> int:
        """Port of the service; ``doseledger up`` takes the next two for HL7 and the database."""
        return self.port_base

    @property
    def orthanc_http_port(self) -> int:
        """Port of Orthanc's web page and REST API."""
        return self.port_base + 3

    @property
    def orthanc_dicom_port(self) -> int:
        """Port that scanners send to."""
        return self.port_base + 4

    @property
    def service_folder(self) -> Path:
        """Data folder of ``doseledger up``."""
        return self.folder / "service"

    @property
    def orthanc_folder(self) -> Path:
        """Configuration, plugin and storage of Orthanc."""
        return self.folder / "orthanc"

    def secret(self, name: str) -> str:
        """Return the secret of this name, drawn when it is first asked for and kept in the folder."""
        path = self.folder / f"{name}.secret"
        if not path.exists():
            self.write_private(path.name, secrets.token_urlsafe(12))
        return path.read_text(encoding="ascii").strip()

    def write_private(self, name: str, text: str) -> Path:
        """Write a file that only this account can read, and return its path."""
        path = self.folder / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        return path


def prepare(folder: Path, port_base: int) -> Place:
    """
    Return the demo's place, its folder made, everything it needs looked at.

    Raises:
        DemoError: Orthanc is missing, a port is taken, or the folder cannot be written or has no room.
    """
    _find_orthanc()
    place = Place(folder=folder.expanduser().absolute(), port_base=port_base)
    try:
        place.folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        place.folder.chmod(_PRIVATE)
        free_mb = shutil.disk_usage(place.folder).free // 2**20
    except OSError as error:
        msg = f"the folder {place.folder} cannot be made or written ({error.strerror}); name another by DEMO_DIR"
        raise DemoError(msg) from error
    if free_mb < _NEEDED_MB:
        msg = f"the disk of {place.folder} is too full: {free_mb} MB are free, {_NEEDED_MB} MB are needed"
        raise DemoError(msg)
    for port in range(port_base, port_base + 5):
        _check_free(port)
    return place


def _find_orthanc() -> None:
    missing = [str(ORTHANC)] if not ORTHANC.exists() else []
    missing += [name for name in _NEEDED_PLUGINS if not (ORTHANC_PLUGINS / name).exists()]
    if missing:
        msg = f"Orthanc is not complete on this machine ({', '.join(missing)}); `make demo` installs it"
        raise DemoError(msg)


def _check_free(port: int) -> None:
    # Orthanc binds every address, so a listener on any of them is in the way.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            msg = f"port {port} is taken by another program; move the demo, for example with PORT_BASE=19000"
            raise DemoError(msg) from error
