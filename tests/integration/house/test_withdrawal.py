"""Our dose SR and the device's: ours stands in only while there is none."""

from dataclasses import replace

import pytest

from dose_core.own import OUR_MANUFACTURER
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import DORA_THORAX, Study
from doseledger.demo.house import expect
from doseledger.demo.service import QUIET_TIME_S
from doseledger.demo.slices import images
from tests.support.living_house import LivingHouse
from tests.support.until import until

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]

_MINUTE_S = 60.0


def makers_of_dose_srs(house: LivingHouse, study: Study) -> list[str]:
    """Return who made the dose SRs that the archive has of a study."""
    query = {"StudyInstanceUID": study.study_instance_uid, "Modality": "SR"}
    found = expect(house.doors.orthanc.door, "POST", "/tools/find", {"Level": "Series", "Query": query, "Expand": True})
    return sorted(series["MainDicomTags"].get("Manufacturer", "") for series in found)


def test_ours_is_withdrawn_within_a_minute_when_the_device_sends_one_after_all(house: LivingHouse) -> None:
    study = replace(DORA_THORAX, key="ours first", accession_number="W-1")
    scanner = house.doors.modality(study.scanner)
    scanner.store(images(study))
    until(
        lambda: makers_of_dose_srs(house, study) == [OUR_MANUFACTURER],
        within_s=QUIET_TIME_S + _MINUTE_S,
        what="our dose SR",
    )

    scanner.store([dose_report(study)])

    until(
        lambda: makers_of_dose_srs(house, study) == [study.scanner.manufacturer],
        within_s=_MINUTE_S,
        what="the withdrawal of ours",
    )
    exam = house.doors.exam(study)
    assert exam["dlp_basis"] == "stated_total"
    assert exam["dlp_mgy_cm"] == pytest.approx(study.dlp_mgy_cm)


def test_none_of_ours_is_written_where_the_device_sent_one_before(house: LivingHouse) -> None:
    study = replace(DORA_THORAX, key="device first", accession_number="W-2")
    scanner = house.doors.modality(study.scanner)
    scanner.store([dose_report(study)])
    scanner.store(images(study))
    house.wait_until_delivered()
    # A study that comes later and gets its dose SR shows that the worker has passed over this one.
    later = replace(DORA_THORAX, key="later", accession_number="W-3")
    scanner.store(images(later))

    until(
        lambda: makers_of_dose_srs(house, later) == [OUR_MANUFACTURER],
        within_s=QUIET_TIME_S + _MINUTE_S,
        what="the dose SR of the later study",
    )

    assert makers_of_dose_srs(house, study) == [study.scanner.manufacturer]
