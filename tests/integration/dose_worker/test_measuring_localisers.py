"""Tests of dose_worker.measuring_localisers: sizes where slices are cut off, and why there is none."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from pydicom.uid import generate_uid
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.device import DeviceRow
from dose_core.dosimetry.ct_size.localiser import Localiser, LocaliserCalibration
from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.case import MeasuredSize
from dose_services import localiser_calibrations
from dose_services.audit import Looker, Via
from dose_worker.ct_images import ShownLocaliser
from dose_worker.orthanc_ct_images import OrthancCtImages
from tests.builders.ct_image_files import series_of
from tests.builders.ct_localisers import CALIBRATION, localiser, localiser_image
from tests.builders.ct_reports import report
from tests.builders.dicom_files import file_of
from tests.support.ct_measuring import CUT_OFF, EVENT, SERIES, STUDY, look, reason, shown, sizes, ssde
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.fake_ct_images import FakeCtImages
from tests.support.orthanc import PASSWORD, USER, RealOrthanc


@pytest.fixture
def house(engine: Engine) -> DoseHouse:
    """A house that knows a chest CT by its report, half an hour ago."""
    made = DoseHouse(engine=engine, archive=FakeArchive())
    made.receive([report(1)])
    made.follow()
    made.now += timedelta(minutes=30)
    return made


def calibrate(house: DoseHouse, *calibrations: LocaliserCalibration) -> None:
    """Calibrate the localisers of the only device."""
    looker = Looker(subject="phil", user_id=None, via=Via.COMMAND, reference=None, route="tests")
    with unit_of_work(house.engine) as session:
        (device_id,) = session.scalars(select(DeviceRow.id))
        localiser_calibrations.calibrate(
            session, device_id, calibrations, reason="water cylinders, invented", looker=looker, now=house.now
        )


def cut_off_with(*scouts: Localiser, frame: str = "2.25.8400") -> FakeCtImages:
    """Return a scan that is cut off, with these localisers."""
    made = FakeCtImages()
    made.add(STUDY, SERIES, [shown(CUT_OFF)] * 4)
    made.shown_localisers = [
        ShownLocaliser(
            series_instance_uid="2.25.8500",
            sop_instance_uid=f"2.25.8500.{n}",
            frame_of_reference_uid=frame,
            localiser=one,
        )
        for n, one in enumerate(scouts)
    ]
    return made


class TestALocaliser:
    WHOLE = localiser((320, 320, 0, 1), z_mm=tuple(float(z) for z in range(16)))

    def test_shows_the_size_where_slices_are_cut_off_and_the_device_is_calibrated(self, house: DoseHouse) -> None:
        calibrate(house, CALIBRATION)
        look(house, cut_off_with(self.WHOLE))

        (size,) = [one for one in sizes(house) or () if isinstance(one, MeasuredSize)]
        assert (size.method, size.z_mm) == ("localiser", (0, 5, 10, 15))
        assert size.dw_mm == pytest.approx([320] * 4, rel=0.01)
        assert (size.series_instance_uid, size.sop_instance_uid) == ("2.25.8500", "2.25.8500.0")
        assert "calibration 1 of the device" in size.caveats[0]

    def test_makes_no_ssde(self, house: DoseHouse) -> None:
        calibrate(house, CALIBRATION)
        look(house, cut_off_with(self.WHOLE))

        told = ssde(house)
        assert isinstance(told, NotComputable)
        assert (told.reason, "320 mm" in told.missing[0]) == ("no published uncertainty", True)

    def test_is_not_asked_for_where_slices_show_the_size(self, house: DoseHouse) -> None:
        images = FakeCtImages()
        images.add(STUDY, SERIES, [shown()] * 5)
        calibrate(house, CALIBRATION)
        look(house, images)

        (size,) = sizes(house) or ()
        assert isinstance(size, MeasuredSize)
        assert size.method == "slices"
        assert images.asked == 6  # what there is, and five slices

    def test_is_not_fetched_and_named_without_calibration(self, house: DoseHouse) -> None:
        images = cut_off_with(self.WHOLE)
        look(house, images)

        assert images.asked == 5
        assert reason(house, at=1) == "the localisers of the device are not calibrated"

    def test_is_not_measured_by_a_calibration_that_was_taken_back(self, house: DoseHouse) -> None:
        calibrate(house, CALIBRATION)
        calibrate(house)
        look(house, cut_off_with(self.WHOLE))

        assert "not calibrated" in reason(house, at=1)

    @pytest.mark.parametrize(
        "images",
        [
            cut_off_with(),
            cut_off_with(replace(WHOLE, kv=80.0)),
            cut_off_with(WHOLE, frame="2.25.1"),  # of another frame of reference: the patient lay elsewhere
            cut_off_with(localiser((320, 320, 0, 1), z_mm=(0.0, 1.0, 2.0))),  # of one slice in four
        ],
    )
    def test_that_does_not_show_the_scan_as_calibrated_says_nothing(
        self, house: DoseHouse, images: FakeCtImages
    ) -> None:
        calibrate(house, CALIBRATION)
        look(house, images)

        assert "in a way for which the device is calibrated" in reason(house, at=1)

    def test_that_shows_most_of_the_scan_is_taken(self, house: DoseHouse) -> None:
        short = localiser((200, 200, 0, 1), z_mm=tuple(float(z) for z in range(11)))
        calibrate(house, CALIBRATION)
        look(house, cut_off_with(short, self.WHOLE))

        (size,) = [one for one in sizes(house) or () if isinstance(one, MeasuredSize)]
        assert size.sop_instance_uid == "2.25.8500.1"


@pytest.mark.orthanc
def test_the_localisers_of_a_real_archive_are_measured(house: DoseHouse, orthanc: RealOrthanc) -> None:
    calibrate(house, CALIBRATION)
    scout = localiser((320, 320, 0, 1), z_mm=tuple(float(40 - z) for z in range(50)))
    image = localiser_image(scout, SeriesInstanceUID=generate_uid())
    for one in [image, *series_of(CUT_OFF, 6, SeriesInstanceUID=generate_uid(), StudyInstanceUID=STUDY)]:
        one.StudyInstanceUID, one.FrameOfReferenceUID, one.IrradiationEventUID = STUDY, "2.25.8400", EVENT
        orthanc.upload(file_of(one))

    with closing(OrthancCtImages(orthanc.url, USER, PASSWORD, timeout_s=20)) as images:
        look(house, images)

    (size,) = [one for one in sizes(house) or () if isinstance(one, MeasuredSize)]
    assert (size.method, size.sop_instance_uid) == ("localiser", image.SOPInstanceUID)
    assert size.dw_mm == pytest.approx([320] * 6, rel=0.01)
