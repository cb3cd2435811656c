"""Steps of measuring a CT exam whose images an archive holds."""

from functools import partial
from uuid import UUID

from sqlalchemy import select

from db.repositories import estimates as kept
from db.session import unit_of_work
from db.tables.exam import ExamRow
from dose_core.dosimetry.ct_size.ssde import METHOD_ID
from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import MeasuredSize
from dose_services import ct_sizes, estimates
from dose_worker.ct_images import DecodedSlice
from dose_worker.measuring import measure
from dose_worker.orthanc_ct_images import OrthancCtImages
from tests.builders.ct_phantoms import ellipse, painted, scanned
from tests.builders.ct_reports import study_uid
from tests.support.dose_house import DoseHouse
from tests.support.fake_ct_images import FakeCtImages

EVENT, STUDY, SERIES = "2.25.8200.1", study_uid(1), "2.25.8300.1"
BODY = scanned(painted((ellipse(60, 60), 0), size=128))
CUT_OFF = scanned(painted((ellipse(300, 60), 0), size=128))


def shown(pixels: CtPixels = BODY, *, event: str = EVENT, dose: float | None = 5.0) -> DecodedSlice:
    return DecodedSlice(pixels=pixels, event_uids=(event,), ctdi_vol_mgy=dose)


def due(house: DoseHouse) -> list[UUID]:
    with unit_of_work(house.engine) as session:
        return ct_sizes.due(session, now=house.now, limit=10)


def look(house: DoseHouse, images: FakeCtImages | OrthancCtImages) -> int:
    """Measure what is due and return of how many exams."""
    exams = due(house)
    for exam_id in exams:
        measure(partial(unit_of_work, house.engine), images, exam_id, clock=lambda: house.now)
    return len(exams)


def sizes(house: DoseHouse) -> tuple[MeasuredSize | NotComputable, ...] | None:
    with unit_of_work(house.engine) as session:
        (exam_id,) = session.scalars(select(ExamRow.id))
        return ct_sizes.sizes_of(session, exam_id)


def reason(house: DoseHouse, at: int = 0) -> str:
    refused = [one for one in sizes(house) or () if isinstance(one, NotComputable)]
    assert refused
    return refused[at].reason


def ssde(house: DoseHouse) -> Estimate | NotComputable:
    """Ask the methods that are due and return the SSDE that counts."""
    estimates.work_off(partial(unit_of_work, house.engine), now=house.now, limit=10)
    with unit_of_work(house.engine) as session:
        (exam_id,) = session.scalars(select(ExamRow.id))
        (newest, *_) = kept.of_method(session, exam_id, METHOD_ID, limit=1)
    (outcome,) = newest.outcomes
    return outcome.result
