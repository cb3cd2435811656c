"""
A real Orthanc with the plugin, for the demo.

It checks who calls: passwords on HTTP; AE titles and the caller's address on DICOM. That matters, because
Orthanc binds every address of the machine.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doseledger.demo.child import Child
from doseledger.demo.doors import Door, basic
from doseledger.demo.feed import CALLED_AE_TITLE
from doseledger.demo.hospital import SCANNERS
from doseledger.demo.place import ORTHANC, ORTHANC_PLUGINS, DemoError, Place
from doseledger.demo.service import ORTHANC_SERVICE_USER

PERSON = "demo"  # the login that is printed
_START_S = 60.0
_LOOK_S = 0.1
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Orthanc:
    """The running Orthanc; ``door`` is that of the person who looks at the demo."""

    child: Child
    door: Door


def start_orthanc(place: Place, generated: Path) -> Orthanc:
    """
    Start Orthanc with the generated plugin and return when it answers.

    Args:
        place: where it lives.
        generated: folder that ``doseledger plugin-config`` has written.

    Raises:
        DemoError: it ended, or did not answer in time.
    """
    configuration = json.loads((generated / "orthanc.json").read_text(encoding="utf-8"))
    path = place.orthanc_folder / "orthanc.json"
    path.write_text(json.dumps(configuration | _configuration(place), indent=1), encoding="utf-8")
    path.chmod(0o600)  # it holds passwords
    # TCP_NODELAY is DCMTK's switch; without it each C-STORE on loopback waits for a delayed acknowledgement.
    environ = {**os.environ, "TCP_NODELAY": "1"}
    child = Child("Orthanc", [str(ORTHANC), str(path)], log=place.folder / "orthanc.log", environ=environ)
    door = Door(port=place.orthanc_http_port, authorization=basic(PERSON, place.secret("orthanc-person")))
    try:
        _wait_until_it_answers(child, door)
    except BaseException:
        child.stop()
        raise
    return Orthanc(child=child, door=door)


def _configuration(place: Place) -> dict[str, Any]:
    return {
        "Name": "DoseLedger demo",
        "StorageDirectory": str(place.orthanc_folder / "storage"),
        "IndexDirectory": str(place.orthanc_folder / "storage"),
        "HttpPort": place.orthanc_http_port,
        "DicomPort": place.orthanc_dicom_port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {
            PERSON: place.secret("orthanc-person"),
            ORTHANC_SERVICE_USER: place.secret("orthanc-service"),
        },
        "DicomAet": CALLED_AE_TITLE,
        "DicomCheckCalledAet": True,
        "DicomCheckModalityHost": True,
        "DicomAlwaysAllowStore": False,
        "DicomAlwaysAllowEcho": False,
        "DicomAlwaysAllowFind": False,
        "DicomAlwaysAllowGet": False,
        "DicomModalities": {
            scanner.ae_title.lower(): {"AET": scanner.ae_title, "Host": "127.0.0.1", "Port": 104}
            for scanner in SCANNERS
        },
        "StableAge": 2,
        "Plugins": [
            str(ORTHANC_PLUGINS / name)
            for name in ("libOrthancPython.so", "libOrthancDicomWeb.so", "libModalityWorklists.so")
        ],
        "Worklists": {"Enable": True, "Database": str(_made(place.orthanc_folder / "worklists"))},
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait_until_it_answers(child: Child, door: Door) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        child.check()
        try:
            if door.call("GET", "/system").status == _OK:
                return
        except OSError:
            pass  # not listening yet
        time.sleep(_LOOK_S)
    msg = f"Orthanc did not answer within {_START_S:.0f} s; its log is {child.log}"
    raise DemoError(msg)
