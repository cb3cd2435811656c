"""The plugin's parts between two small HTTP servers: one plays Orthanc, one the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orthanc_plugin.catch_up import CatchUp
from orthanc_plugin.clients import orthanc_client, service_client
from orthanc_plugin.delivery import Delivery, PauseError
from orthanc_plugin.intake import Intake
from orthanc_plugin.settings import Settings
from orthanc_plugin.spool import Spool
from tests.support.fake_orthanc_rest import FakeOrthancRest
from tests.support.recording_service import RecordingService

QUIET_S = 1000.0


@dataclass
class House:
    """All that a delivery touches."""

    orthanc: FakeOrthancRest
    service: RecordingService
    spool: Spool
    intake: Intake
    delivery: Delivery
    catch_up: CatchUp

    def deliver(self) -> None:
        """Run rounds until nothing more is due."""
        while self.delivery.round():
            pass

    def deliver_until_pause(self) -> str:
        """Run rounds until the service asks for a pause and return why."""
        with pytest.raises(PauseError) as pause:
            self.deliver()
        return str(pause.value)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        service_url="",
        ingest_token="ingest-token",
        launch_token=None,
        ca_file=None,
        plaintext_reason=None,
        spool_folder=tmp_path / "spool",
        quiet_s=QUIET_S,
        catch_up_s=1000.0,
        identity_header=None,
        identity_secret_header=None,
        identity_secret=None,
        orthanc_authenticates=True,
        orthanc_url="",
        orthanc_certificate=None,
    )


@contextmanager
def running_house(settings: Settings) -> Iterator[House]:
    """Start the two servers and give all that stands between them."""
    with FakeOrthancRest() as orthanc, RecordingService() as service:
        settings = replace(settings, service_url=service.url, orthanc_url=orthanc.url)
        spool = Spool(settings.spool_folder)
        intake = Intake(spool, on_urgent=lambda: None)
        client = orthanc_client(settings, "Bearer of-orthanc")
        catch_up = CatchUp(spool, client, intake)
        to_service = service_client(settings, settings.ingest_token)
        delivery = Delivery(settings, spool, service=to_service, orthanc=client, intake=intake, catch_up=catch_up)
        yield House(orthanc, service, spool, intake, delivery, catch_up)
        to_service.close()
        client.close()
        spool.close()


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with running_house(settings) as running:
        yield running
