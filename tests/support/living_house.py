"""The whole house for tests: real Orthanc with the plugin, the service on its embedded database, all on loopback."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from doseledger.demo.doors import Door, bearer
from doseledger.demo.house import House
from doseledger.demo.orthanc_server import PERSON, run_orthanc, start_orthanc
from doseledger.demo.place import ORTHANC, Place, prepare
from doseledger.demo.service import Service, start_service
from doseledger.plugin_config import CONFIGURATION_FILE_NAME
from tests.support.ports import free_base
from tests.support.until import until


@dataclass
class LivingHouse:
    """A house whose parts a test may stop and start again; the data stay."""

    place: Place
    doors: House
    service: Service = field(repr=False)

    def stop_service(self) -> None:
        """Stop service, HL7 listener, worker and database."""
        self.service.child.stop()

    def start_service(self) -> None:
        """Start them again on the same data."""
        self.service = start_service(self.place)

    def stop_orthanc(self) -> None:
        """Stop Orthanc; what it stored stays."""
        self.doors.orthanc.child.stop()

    def restart_orthanc(self, **configuration: object) -> None:
        """Start Orthanc again with something else in its configuration."""
        self.stop_orthanc()
        path = self.place.orthanc_folder / CONFIGURATION_FILE_NAME
        path.write_text(json.dumps(json.loads(path.read_text()) | configuration))
        self.doors = replace(self.doors, orthanc=run_orthanc(self.place))

    def queue_length(self) -> int:
        """Return how many objects the plugin has yet to deliver."""
        return int(self.doors.orthanc.door.call("GET", "/dose/status").json()["queue"]["length"])

    def wait_until_delivered(self, *, within_s: float = 120.0) -> None:
        """Wait until the plugin has nothing left to deliver."""
        until(lambda: self.queue_length() == 0, within_s=within_s, what="the plugin's queue to run empty")


@contextmanager
def living_house() -> Iterator[LivingHouse]:
    """Yield a house in a folder with a space in its name; skips the test where there is no Orthanc."""
    if not ORTHANC.exists():
        pytest.skip("Orthanc is not installed; `make test` installs it")
    folder = Path(tempfile.mkdtemp(prefix="dose house "))
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        place = prepare(folder, free_base(5))
        service = start_service(place)
        ends.callback(service.child.stop)
        service.add_user(PERSON, "physicist", orthanc_user=PERSON)
        service.mark_silent_scanner()
        tokens = {scope: service.issue_token(f"test-{scope}", scope) for scope in ("ingest", "launch", "read")}
        doors = {scope: Door(port=place.api_port, authorization=bearer(token)) for scope, token in tokens.items()}
        orthanc = start_orthanc(place, ingest_token=tokens["ingest"], launch_token=tokens["launch"])
        living = LivingHouse(
            place=place,
            service=service,
            doors=House(
                place=place,
                orthanc=orthanc,
                reader=doors["read"],
                launcher=doors["launch"],
                ingester=doors["ingest"],
                hl7_port=service.hl7_port,
            ),
        )
        ends.callback(living.stop_orthanc)
        ends.callback(living.stop_service)
        yield living
