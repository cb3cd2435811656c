"""A real Orthanc as the archive."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dose_worker.orthanc_archive import OrthancArchive
from tests.support.orthanc import PASSWORD, USER, RealOrthanc


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[RealOrthanc]:
    """Yield an Orthanc without our plugin: here it is only the archive."""
    with RealOrthanc(
        folder=tmp_path / "orthanc", configuration={"Plugins": [], "DicomAlwaysAllowFind": True}
    ) as running:
        yield running


@pytest.fixture
def orthanc_archive(orthanc: RealOrthanc) -> Iterator[OrthancArchive]:
    """Yield the adapter on that Orthanc."""
    archive = OrthancArchive(orthanc.url, USER, PASSWORD, timeout_s=20)
    yield archive
    archive.close()
