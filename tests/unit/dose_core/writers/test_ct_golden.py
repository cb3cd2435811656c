"""CT dose SRs as DCMTK prints them, against trees that were read once and kept."""

from pathlib import Path
from uuid import UUID

import pytest
from pydicom.dataset import Dataset

from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.document import uids_of
from dose_core.writers.part10 import to_part10
from tests.builders.ct_exam import EVENT_UID, image_event, image_exam, localizer, source_study, whole
from tests.builders.written import header, issue
from tests.builders.written_ct import full_ct
from tests.support.dciodvfy import dsrdump

_DATA = Path(__file__).parents[3] / "data"


def of_image_headers() -> Dataset:
    """Return the report on a localizer and two spirals with different phantoms, known from image headers only."""
    head = image_event(f"{EVENT_UID}.2", dlp_mgy_cm=33.0, ctdi_vol_mgy=3.3, phantom_diameter_mm=160)
    return write_ct_rdsr(whole(image_exam(localizer(), image_event(), head)), source_study(), issue(KIND))


def of_device_report() -> Dataset:
    """Return the report on an exam that states all it can."""
    return write_ct_rdsr(full_ct(), header(), issue(KIND))


@pytest.mark.parametrize("name", ["of_image_headers", "of_device_report"])
def test_the_tree_is_as_it_was(name: str, tmp_path: Path) -> None:
    """What image headers add up to was published before; a registry must go on reading it as it did."""
    report = {"of_image_headers": of_image_headers, "of_device_report": of_device_report}[name]()
    golden = (_DATA / f"ct_rdsr_{name}.txt").read_text(encoding="utf-8")

    printed = dsrdump(to_part10(report), tmp_path, "+Pl", "+Pc")
    assert printed.partition("\nW: ")[0].rstrip("\n") == golden.rstrip("\n")


def test_published_reports_keep_their_uids() -> None:
    """The UIDs that revision 1 of this exam had in the release before."""
    uids = uids_of(KIND, UUID(int=7), 1)

    assert uids.sop_instance_uid == "2.25.164390610192491749755004368206100668296"
    assert uids.series_instance_uid == "2.25.218156495063883087746709688656559353421"
