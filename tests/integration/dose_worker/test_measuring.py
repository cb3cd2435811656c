"""Tests of dose_worker.measuring and dose_services.ct_sizes: what is looked at when, and what comes of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydicom.uid import generate_uid
from sqlalchemy import select, update

from db.repositories import estimates as kept
from db.session import Engine, unit_of_work
from db.tables.ct_size import CtSizeRow
from db.tables.exam import ExamRow
from dose_core.dosimetry.ct_size.ssde import METHOD_ID
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import MeasuredSize
from dose_services.exam_estimates import value_id_of
from dose_services.provenance import explain
from dose_services.viewer_links import ViewerTemplate
from dose_worker.orthanc_ct_images import OrthancCtImages
from tests.builders.ct_image_files import enhanced_of, jpeg_2000_of, series_of
from tests.builders.ct_phantoms import barrel, painted, scanned
from tests.builders.ct_reports import report
from tests.builders.dicom_files import file_of
from tests.support.ct_measuring import BODY, CUT_OFF, EVENT, SERIES, STUDY, due, look, reason, shown, sizes, ssde
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.fake_ct_images import FakeCtImages
from tests.support.orthanc import PASSWORD, USER, RealOrthanc

CORNERS_OFF = scanned(painted((barrel(84, 84), 0), size=128))  # in a circle of 102 mm
VIEWER = ViewerTemplate(
    "https://pacs.example/?study={StudyInstanceUID}[&series={SeriesInstanceUID}][&image={SOPInstanceUID}]"
)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def house(engine: Engine) -> DoseHouse:
    """A house that knows a chest CT by its report, half an hour ago."""
    made = DoseHouse(engine=engine, archive=FakeArchive())
    made.receive([report(1)])
    made.follow()
    made.now += HALF_AN_HOUR
    return made


@pytest.fixture
def images() -> FakeCtImages:
    made = FakeCtImages()
    made.add(STUDY, SERIES, [shown()] * 5)
    return made


def measured(house: DoseHouse) -> MeasuredSize:
    (size,) = sizes(house) or ()
    assert isinstance(size, MeasuredSize), size
    return size


class TestTheImagesOfAnExam:
    def test_are_measured_once(self, house: DoseHouse, images: FakeCtImages) -> None:
        assert look(house, images) == 1

        size = measured(house)
        assert size.event_uid == EVENT
        assert size.dw_mm == pytest.approx([60] * 5, rel=0.01)
        assert (size.z_mm, size.ctdi_vol_mgy) == ((0, 5, 10, 15, 20), (5, 5, 5, 5, 5))
        assert (size.series_instance_uid, size.sop_instance_uid) == (SERIES, f"{SERIES}.2")
        assert due(house) == []

    def test_are_left_alone_until_the_exam_has_come_to_rest(self, house: DoseHouse) -> None:
        house.now -= HALF_AN_HOUR

        assert due(house) == []

    def test_are_not_looked_at_a_week_later(self, house: DoseHouse) -> None:
        house.now += timedelta(days=8)

        assert due(house) == []

    def test_are_not_looked_at_where_history_is_filled_in(self, house: DoseHouse) -> None:
        with unit_of_work(house.engine) as session:
            session.execute(update(ExamRow).values(started_at=house.now - timedelta(days=400)))

        assert due(house) == []

    def test_are_measured_anew_after_more_objects_came(self, house: DoseHouse, images: FakeCtImages) -> None:
        look(house, images)
        house.receive([report(2, study=1, event=2)])
        house.follow()
        house.now += HALF_AN_HOUR
        images.add(STUDY, "2.25.8300.2", [shown(event="2.25.8200.2")] * 3)

        assert look(house, images) == 1

        assert {one.event_uid for one in sizes(house) or () if isinstance(one, MeasuredSize)} == {EVENT, "2.25.8200.2"}
        assert due(house) == []

    def test_are_not_looked_at_while_the_exam_is_nobodys(self, house: DoseHouse) -> None:
        with unit_of_work(house.engine) as session:
            session.execute(update(ExamRow).values(state="held"))

        assert due(house) == []

    def test_that_state_no_dose_say_so(self, house: DoseHouse, images: FakeCtImages) -> None:
        images.decoded_slices[f"{SERIES}.3"] = shown(dose=None)
        look(house, images)

        assert measured(house).ctdi_vol_mgy == (5, 5, 5, None, 5)

    def test_that_went_meanwhile_or_show_nobody_are_left_out(self, house: DoseHouse, images: FakeCtImages) -> None:
        del images.decoded_slices[f"{SERIES}.0"]
        images.decoded_slices[f"{SERIES}.1"] = shown(scanned(painted(size=128)))
        images.decoded_slices[f"{SERIES}.4"] = shown(event="2.25.8200.7")
        look(house, images)

        assert measured(house).z_mm == (10, 15)

    def test_that_cut_the_patient_off_are_left_out_and_told(self, house: DoseHouse, images: FakeCtImages) -> None:
        images.decoded_slices[f"{SERIES}.0"] = shown(CUT_OFF)
        look(house, images)

        assert (measured(house).z_mm, measured(house).truncated_slices) == ((5, 10, 15, 20), 1)
        assert "1 of 5 slices" in measured(house).caveats[0]

    def test_that_all_cut_corners_off_give_the_effective_diameter(self, house: DoseHouse) -> None:
        images = FakeCtImages()
        images.add(STUDY, SERIES, [shown(CORNERS_OFF)] * 3)
        look(house, images)

        assert measured(house).dw_mm == ()
        assert measured(house).effective_mm == pytest.approx([84] * 3, rel=0.02)

    def test_that_were_measured_before_effective_diameters_were_kept_are_read_as_they_are(
        self, house: DoseHouse, images: FakeCtImages
    ) -> None:
        look(house, images)
        with unit_of_work(house.engine) as session:
            (row,) = session.scalars(select(CtSizeRow))
            row.slices, row.method_version = row.slices[: len(row.slices) // 5 * 4], "1"

        assert measured(house).dw_mm == pytest.approx([60] * 5, rel=0.01)
        assert measured(house).z_mm == (0, 5, 10, 15, 20)

    def test_that_all_cut_the_patient_off_give_no_size(self, house: DoseHouse) -> None:
        images = FakeCtImages()
        images.add(STUDY, SERIES, [shown(CUT_OFF)] * 3)
        look(house, images)

        assert "3 of 3 slices" in reason(house)
        assert "not calibrated" in reason(house, at=1)


class TestImagesThatAreNotThere:
    def test_are_asked_for_again_with_ever_longer_pauses(self, house: DoseHouse, images: FakeCtImages) -> None:
        pauses = []
        for _ in range(4):
            assert look(house, FakeCtImages()) == 1
            began = house.now
            while not due(house):
                house.now += timedelta(minutes=5)
            pauses.append((house.now - began) / timedelta(minutes=5))

        assert pauses == [1, 2, 4, 8]
        assert reason(house) == "the archive has no axial images of the study"
        look(house, images)
        assert measured(house).dw_mm

    def test_of_an_archive_that_is_away_are_asked_for_again(self, house: DoseHouse, images: FakeCtImages) -> None:
        images.is_away = True
        look(house, images)
        assert due(house) == []
        assert reason(house) == "the archive cannot be reached"

        images.is_away = False
        house.now += HALF_AN_HOUR
        look(house, images)

        assert measured(house).dw_mm

    def test_of_another_event_give_no_size(self, house: DoseHouse) -> None:
        images = FakeCtImages()
        images.add(STUDY, SERIES, [shown(event="2.25.8200.9")] * 3)
        look(house, images)

        assert "names one of the study's irradiation events" in reason(house)


def test_images_that_nobody_decodes_give_no_size_and_are_not_asked_for_again(
    house: DoseHouse, images: FakeCtImages
) -> None:
    images.undecodable = "neither we nor the archive decode images of transfer syntax 1.2.3"
    look(house, images)

    assert reason(house) == f"{images.undecodable}; the localisers of the device are not calibrated"
    house.now += timedelta(days=1)
    assert due(house) == []


def test_nobody_knows_of_sizes_before_the_first_look(house: DoseHouse) -> None:
    assert sizes(house) is None


def test_a_size_brings_an_ssde_where_there_was_none(house: DoseHouse, images: FakeCtImages) -> None:
    before = ssde(house)
    assert isinstance(before, NotComputable)
    assert before.missing == ("size of the patient",)

    house.now += timedelta(seconds=1)
    look(house, images)

    after = ssde(house)
    assert isinstance(after, Estimate)
    assert after.value == pytest.approx(5 * 2.76, rel=0.01)  # AAPM Report 204, table 1D: 8 cm is the smallest size
    assert SERIES in [one.value for one in after.inputs]


def test_the_ssde_opens_the_slice_in_which_the_size_was_seen(house: DoseHouse, images: FakeCtImages) -> None:
    look(house, images)
    ssde(house)
    with unit_of_work(house.engine) as session:
        (exam_id,) = session.scalars(select(ExamRow.id))
        (newest, *_) = kept.of_method(session, exam_id, METHOD_ID, limit=1)
        told = explain(session, value_id_of(newest.id, 0), viewer=VIEWER)

    assert told.viewer_url == f"https://pacs.example/?study={STUDY}&series={SERIES}&image={SERIES}.2"


@pytest.fixture
def orthanc_images(orthanc: RealOrthanc) -> Iterator[OrthancCtImages]:
    made = OrthancCtImages(orthanc.url, USER, PASSWORD, timeout_s=20)
    yield made
    made.close()


@pytest.mark.orthanc
def test_the_images_of_a_real_archive_are_measured(
    house: DoseHouse, orthanc: RealOrthanc, orthanc_images: OrthancCtImages
) -> None:
    series = series_of(BODY, 6, StudyInstanceUID=STUDY, SeriesInstanceUID=generate_uid(), IrradiationEventUID=EVENT)
    for one in series:
        orthanc.upload(file_of(one))

    look(house, orthanc_images)

    assert measured(house).dw_mm == pytest.approx([60] * 6, rel=0.01)
    assert measured(house).z_mm == (0, 5, 10, 15, 20, 25)
    assert measured(house).sop_instance_uid == series[3].SOPInstanceUID


@pytest.mark.orthanc
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_frames_of_an_enhanced_image_are_measured_as_slices(
    house: DoseHouse, orthanc: RealOrthanc, orthanc_images: OrthancCtImages, *, is_packed: bool
) -> None:
    image = enhanced_of(
        BODY,
        4,
        event_uid=EVENT,
        StudyInstanceUID=STUDY,
        SeriesInstanceUID=generate_uid(),
        SOPInstanceUID=generate_uid(),
    )
    orthanc.upload(jpeg_2000_of(image) if is_packed else file_of(image))

    look(house, orthanc_images)

    size = measured(house)
    assert size.dw_mm == pytest.approx([60] * 4, rel=0.01)
    assert (size.z_mm, size.ctdi_vol_mgy) == ((0, 5, 10, 15), (8, 8, 8, 8))
    assert size.sop_instance_uid == image.SOPInstanceUID
