"""Tests of dose_services.cumulative_dose: sums over the exams of a patient, from what is kept with each."""

import pytest
from pydicom.sr.codedict import codes
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.exam import ExamRow
from dose_services import exams
from dose_services.cumulative_dose import cumulative_dose
from tests.builders.ct_image import HEAD_PHANTOM
from tests.builders.ct_rdsr import BODY, HEAD, accumulated, acquisition, ct_rdsr_bytes, dlp_total, dose
from tests.builders.ct_study import ct_slices
from tests.builders.sr import Concept, Item, code, coded, num
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive


@pytest.fixture
def clinic(engine: Engine) -> DoseHouse:
    """A house that has nothing yet."""
    return DoseHouse(engine=engine, archive=FakeArchive())


def sub_total(value: str, phantom: Concept) -> Item:
    """Return a DLP sub-total for one phantom (PS3.16, TID 10012, row 3a)."""
    return num(codes.DCM.CTDoseLengthProductSubTotal, value, "mGy.cm", code(codes.DCM.CtdiwPhantomType, phantom))


def sums(engine: Engine) -> dict[tuple[str | None, str], tuple[float, int]]:
    """Return the sums of the only patient by phantom and certainty, each with its number of exams."""
    with unit_of_work(engine) as session:
        patient_id = session.scalars(select(ExamRow.patient_id).distinct()).one()
        history = exams.history(session, patient_id)
    assert history is not None
    return {(one.of, one.certainty): (one.value, len(one.exams)) for one in cumulative_dose(history).sums.sums}


class TestCumulative:
    def test_splits_a_total_by_sub_totals_that_make_it_up(self, clinic: DoseHouse, engine: Engine) -> None:
        totals = accumulated(dlp_total("150"), sub_total("100", HEAD), sub_total("50", BODY))
        clinic.receive([ct_rdsr_bytes(totals)])

        assert sums(engine) == {("160", "stated"): (100.0, 1), ("320", "stated"): (50.0, 1)}

    def test_takes_the_events_where_sub_totals_do_not_make_up_the_total(
        self, clinic: DoseHouse, engine: Engine
    ) -> None:
        head = acquisition(dose("50", "100", HEAD), uid="2.25.2001")
        body = acquisition(dose("5", "50", BODY), uid="2.25.2002")
        clinic.receive([ct_rdsr_bytes(accumulated(dlp_total("150"), sub_total("100", HEAD)), head, body)])

        assert sums(engine) == {("160", "stated"): (100.0, 1), ("320", "stated"): (50.0, 1)}

    def test_loses_no_dose_to_sub_totals_that_do_not_make_up_the_total(self, clinic: DoseHouse, engine: Engine) -> None:
        clinic.receive([ct_rdsr_bytes(accumulated(dlp_total("150"), sub_total("100", HEAD)))])

        assert sums(engine) == {("160", "stated"): (100.0, 1), (None, "stated"): (50.0, 1)}

    def test_counts_an_exam_once_for_one_phantom(self, clinic: DoseHouse, engine: Engine) -> None:
        clinic.receive([ct_rdsr_bytes(accumulated(dlp_total("150"), sub_total("100", BODY), sub_total("50", BODY)))])

        assert sums(engine) == {("320", "stated"): (150.0, 1)}

    def test_asks_a_localizer_for_no_phantom_of_an_estimate(self, clinic: DoseHouse, engine: Engine) -> None:
        """It adds nothing to the DLP, and its CTDIvol is stated against the body phantom on the head too."""
        localizer = ct_slices(
            1,
            first=90,
            ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"],
            IrradiationEventUID="2.25.4009",
            CTDIvol=0.1,
            ImageOrientationPatient=["1", "0", "0", "0", "0", "-1"],
        )
        head = ct_slices(CTDIPhantomTypeCodeSequence=[coded(HEAD_PHANTOM)])
        clinic.receive([*localizer, *head], are_headers=True)

        assert list(sums(engine)) == [("160", "estimate")]
