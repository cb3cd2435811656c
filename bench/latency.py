"""
``latency``: from the answer to a C-STORE to the dose being visible by REST, for CT dose reports.

Everything is real and on loopback: Orthanc with the plugin, the service on its embedded database. Each
report is a study of its own of one patient who has no other; it counts as visible when that patient's
history, asked for by REST with a token, holds it.
"""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from pydicom.uid import ExplicitVRLittleEndian, XRayRadiationDoseSRStorage
from pynetdicom import AE
from pynetdicom.association import Association

from doseledger.demo.doors import Door, bearer
from doseledger.demo.dose_report import dose_report
from doseledger.demo.feed import CALLED_AE_TITLE
from doseledger.demo.hospital import ANNA, ANNA_FOLLOW_UP, AUTHORITY, Person, Study
from doseledger.demo.orthanc_server import start_orthanc
from doseledger.demo.place import prepare
from doseledger.demo.service import start_service

_PORT_BASE = 18_760
COUNT = 100
WARM_UP = 5
_POLL_S = 0.004
_SUCCESS = 0x0000  # PS3.7, C
_GIVE_UP_S = 30.0


def run() -> dict[str, Any]:
    """Return the figures, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="doseledger bench ") as folder, ExitStack() as ends:
        place = prepare(Path(folder), _PORT_BASE)
        service = start_service(place)
        ends.callback(service.child.stop)
        ingest, launch, read = (service.issue_token("bench", scope) for scope in ("ingest", "launch", "read"))
        ends.callback(start_orthanc(place, ingest_token=ingest, launch_token=launch).child.stop)
        scanner = _association(place.orthanc_dicom_port)
        ends.callback(scanner.release)
        door = Door(port=place.api_port, authorization=bearer(read))
        waits_ms = [_wait_ms(scanner, door, _study(number)) for number in range(WARM_UP + COUNT)][WARM_UP:]
    ordered = sorted(waits_ms)
    return {
        "reports": COUNT,
        "median_ms": round(median(ordered), 1),
        "p99_ms": round(ordered[int(0.99 * (COUNT - 1))], 1),
        "slowest_ms": round(ordered[-1], 1),
    }


def _study(number: int) -> Study:
    person = Person(identifier=f"BENCH-{number}", name=ANNA.name, birth_date=ANNA.birth_date, sex=ANNA.sex)
    return replace(ANNA_FOLLOW_UP, key=f"bench {number}", person=person, accession_number=f"BENCH-{number}")


def _association(port: int) -> Association:
    entity = AE(ae_title=ANNA_FOLLOW_UP.scanner.ae_title)
    entity.add_requested_context(XRayRadiationDoseSRStorage, ExplicitVRLittleEndian)
    association = entity.associate("127.0.0.1", port, ae_title=CALLED_AE_TITLE)
    if not association.is_established:
        raise RuntimeError("Orthanc refused the association")
    return association


def _wait_ms(scanner: Association, service: Door, study: Study) -> float:
    report = dose_report(study)
    status = scanner.send_c_store(report)
    if status.Status != _SUCCESS:
        raise RuntimeError("Orthanc refused the report")
    started = time.perf_counter()
    while time.perf_counter() - started < _GIVE_UP_S:
        if _is_visible(service, study):
            return (time.perf_counter() - started) * 1000
        time.sleep(_POLL_S)
    msg = f"{study.study_instance_uid} was not visible within {_GIVE_UP_S:.0f} s"
    raise RuntimeError(msg)


def _is_visible(service: Door, study: Study) -> bool:
    wanted = {"identifiers": [{"value": study.person.identifier, "authority": AUTHORITY}]}
    found = service.call("POST", "/api/v1/patients/search", wanted).json()
    if not found or not found["patients"]:
        return False
    exams = service.call("GET", f"/api/v1/patients/{found['patients'][0]['id']}/exams").json()
    return any(exam["dlp_mgy_cm"] is not None for exam in exams["exams"])
