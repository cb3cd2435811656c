"""A real Orthanc with the generated plugin, and a recording server in the place of the service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.orthanc import RealOrthanc
from tests.support.plugin_site import orthanc_with_plugin
from tests.support.recording_service import RecordingService


@pytest.fixture
def service() -> Iterator[RecordingService]:
    with RecordingService() as running:
        yield running


@pytest.fixture
def orthanc(tmp_path: Path, service: RecordingService) -> Iterator[RealOrthanc]:
    with orthanc_with_plugin(tmp_path, service.url) as running:
        yield running
