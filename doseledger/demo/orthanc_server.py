"""
A real Orthanc with the plugin, for the demo.

It checks who calls: passwords on HTTP; AE titles and the caller's address on DICOM. That matters, because
Orthanc binds every address of the machine.
"""

import os
import time
from dataclasses import dataclass

from doseledger.demo.child import Child
from doseledger.demo.doors import Door, basic
from doseledger.demo.feed import CALLED_AE_TITLE
from doseledger.demo.hospital import SCANNERS
from doseledger.demo.place import ORTHANC, DemoError, Place
from doseledger.demo.service import ORTHANC_SERVICE_USER
from doseledger.plugin_config import CONFIGURATION_FILE_NAME, Modality, OrthancSite, write_plugin_config

PERSON = "demo"  # the login that is printed
STABLE_AGE_S = 2  # sites wait a minute; who watches a demo does not
_START_S = 60.0
_LOOK_S = 0.1
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Orthanc:
    """The running Orthanc; ``door`` is that of the person who looks at the demo."""

    child: Child
    door: Door


def start_orthanc(place: Place, *, ingest_token: str, launch_token: str) -> Orthanc:
    """
    Write what ``doseledger plugin-config`` writes, start Orthanc with it, and return when it answers.

    Raises:
        DemoError: it ended, or did not answer in time.
    """
    site = OrthancSite(
        service_url=f"http://127.0.0.1:{place.api_port}",
        users={PERSON: place.secret("orthanc-person"), ORTHANC_SERVICE_USER: place.secret("orthanc-service")},
        modalities={one.ae_title.lower(): Modality(aet=one.ae_title, host="127.0.0.1", port=104) for one in SCANNERS},
        name="DoseLedger demo",
        aet=CALLED_AE_TITLE,
        http_port=place.orthanc_http_port,
        dicom_port=place.orthanc_dicom_port,
        stable_age_s=STABLE_AGE_S,
    )
    write_plugin_config(place.orthanc_folder, site, ingest_token=ingest_token, launch_token=launch_token)
    return run_orthanc(place)


def run_orthanc(place: Place) -> Orthanc:
    """
    Start Orthanc with the configuration that its folder has, and return when it answers.

    Raises:
        DemoError: it ended, or did not answer in time.
    """
    command = [str(ORTHANC), str(place.orthanc_folder / CONFIGURATION_FILE_NAME)]
    # TCP_NODELAY is DCMTK's switch; without it each C-STORE on loopback waits for a delayed acknowledgement.
    child = Child("Orthanc", command, log=place.folder / "orthanc.log", environ={**os.environ, "TCP_NODELAY": "1"})
    door = Door(port=place.orthanc_http_port, authorization=basic(PERSON, place.secret("orthanc-person")))
    try:
        _wait_until_it_answers(child, door)
    except BaseException:
        child.stop()
        raise
    return Orthanc(child=child, door=door)


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
