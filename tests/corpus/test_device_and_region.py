"""Which machine and which region, told from objects of real devices."""

import pytest

from dose_core.ledger.device_identity import devices_among, identity_keys, is_strong
from dose_core.ledger.region import Region
from dose_core.ledger.regions import RegionStated, region_of
from dose_core.model import CtReport, DoseReport, ProjectionReport
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, needs_corpus

pytestmark = [needs_corpus, pytest.mark.real_dicom]


def read(name: str) -> DoseReport:
    return read_dose((CORPUS / name).read_bytes())


def device_count(*names: str) -> int:
    reports = [read(name) for name in names]
    keys = [identity_keys(r.device, site="", study_instance_uid=r.study_instance_uid) for r in reports]
    assert all(keys)
    return len(devices_among(keys))


def region(name: str) -> Region | None:
    report = read(name)
    if isinstance(report, CtReport):
        return region_of(RegionStated(target_region=e.target_region, body_part=e.body_part) for e in report.events)
    assert isinstance(report, ProjectionReport)
    return region_of(
        RegionStated(target_region=e.target_region, anatomy=e.anatomy, body_part=e.body_part, is_projection=True)
        for e in report.events
    )


def test_the_report_and_the_images_of_a_pet_ct_are_of_one_device() -> None:
    """They name two models and two station names, and one serial number."""
    assert device_count("nm_rrdsr/openREM__NM-RRDSR-Siemens.dcm", "pt_nm_image/openREM__NM-PetIm-Siemens.dcm") == 1


def test_two_mammographs_with_one_observer_uid_are_two() -> None:
    two_d, tomosynthesis = (f"mg_rdsr/openREM__MG-RDSR-GEPristina-{kind}.dcm" for kind in ("2D", "DBT"))

    assert read(two_d).device.observer_uid == read(tomosynthesis).device.observer_uid
    assert device_count(two_d, tomosynthesis) == 2


def test_a_serial_number_of_six_digits_in_order_names_no_machine() -> None:
    device = read("xa_rf_rdsr/openREM__RF-RDSR-Siemens-Zee.dcm").device
    keys = identity_keys(device, site="", study_instance_uid=None)

    assert device.serial_number == "123456"
    assert [key.partition(":")[0] for key in keys if is_strong(key)] == ["uid"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ct_rdsr/openREM__CT-RDSR-Siemens-Multi-3.dcm", Region.CHEST),
        ("ct_rdsr/openREM__CT-RDSR-Siemens_Flash-TAP-SS.dcm", Region.ABDOMEN),  # its topogram: the entire body
        ("ct_rdsr/openREM__CT-RDSR-ToshibaPixelMed.dcm", Region.CHEST_ABDOMEN_AND_PELVIS),
        ("ct_rdsr/openREM__CT-RDSR-Philips_BigBore4DCT.dcm", None),  # the item is there and empty
        ("xa_rf_rdsr/openREM__RF-RDSR-Siemens-Zee.dcm", None),  # the entire body, for nobody chose
        ("xa_rf_rdsr/openREM__RF-RDSR-GE.dcm", None),  # topography unknown
        ("xa_rf_rdsr/openREM__RF-RDSR-Philips_Allura.dcm", Region.ABDOMEN),
        ("xa_rf_rdsr/openREM__RF-RDSR-Eurocolumbus.dcm", Region.LOWER_EXTREMITY),
        ("dx_rdsr/openREM__DX-RDSR-Carestream_DRXEvolution.dcm", Region.SEVERAL),  # hip and thigh
        ("dx_cr_image/openREM__DX-Im-SiemensMultix.dcm", Region.CHEST),
    ],
)
def test_the_region_is_what_the_device_names(name: str, expected: Region | None) -> None:
    assert region(name) is expected
