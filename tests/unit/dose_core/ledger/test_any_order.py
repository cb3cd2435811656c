"""
Invented studies, told in many ways: whatever objects come of them, and in whatever order, the exam is the same.

Each study is drawn as what irradiated; only then come reports, images and steps that speak of it. So the oracle is
what was drawn, and no sum of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import TypeVar

from hypothesis import event, given, settings
from hypothesis import strategies as st

from dose_core.ledger.exam import Exam
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import EventType, Plane, ProjectionEvent, ProjectionReport
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement, Truth

T = TypeVar("T")

quarters = st.integers(1, 4000).map(lambda n: n / 4)
unknown_at_times = st.one_of(quarters, quarters, quarters, st.none())

thorough = settings(derandomize=True, deadline=None, max_examples=200)


@st.composite
def truths(draw: st.DrawFn, *, least_runs: int = 0) -> Truth:
    """Draw what irradiated: up to four events of each kind, of two phantoms, planes, breasts and agents."""
    counts = draw(st.tuples(st.integers(0, 4), st.integers(least_runs, 4), st.integers(0, 4), st.integers(0, 4)))
    counts = counts if any(counts) else (1, 1, 1, 1)
    # A run of both planes may be one event for the device, and gives a dose in each.
    runs = draw(st.sampled_from([((Plane.SINGLE,),), ((Plane.A,), (Plane.B,), (Plane.A, Plane.B))]))
    return Truth(
        ct=tuple(
            of.scan(n, dlp_mgy_cm=draw(quarters), phantom_diameter_mm=draw(st.sampled_from((160, 320))))
            for n in range(counts[0])
        ),
        projection=tuple(
            of.run(
                n,
                plane=plane,
                event_type=draw(st.sampled_from((EventType.FLUOROSCOPY, EventType.STATIONARY_ACQUISITION))),
                dap_gy_cm2=draw(unknown_at_times),
                ka_r_mgy=draw(quarters),
            )
            for n in range(counts[1])
            for plane in draw(st.sampled_from(runs))
        ),
        mammography=tuple(
            of.view(n, laterality=draw(st.sampled_from("LR")), agd_mgy=draw(unknown_at_times)) for n in range(counts[2])
        ),
        nuclear=tuple(
            of.injection(n, agent=draw(st.sampled_from(("FDG", "PSMA"))), activity_mbq=draw(quarters))
            for n in range(counts[3])
        ),
    )


@st.composite
def parts_of(draw: st.DrawFn, events: Sequence[T]) -> list[Sequence[T]]:
    """
    Draw how reports split the events of a device.

    A study is continued at some of its events, and within each part reports are cumulative: each repeats all
    before it, and the last one of a part is always sent.
    """
    if not events:
        return []
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(events) - 1)), max_size=2)))
    cuts = [cut for cut in cuts if cut < len(events)]
    bounds = [0, *cuts, len(events)]
    reports: list[Sequence[T]] = []
    for first, last in pairwise(bounds):
        ends = draw(st.sets(st.integers(first + 1, last)))
        reports += [events[first:end] for end in sorted(ends | {last})]
    return reports


@dataclass(frozen=True)
class Told:
    """A study and one way in which devices tell of it."""

    truth: Truth
    statements: tuple[AnyStatement, ...]


@st.composite
def reports_on(draw: st.DrawFn, truth: Truth) -> list[AnyStatement]:
    """Draw reports that together cover the study; some are sent twice under new UIDs, cut short, or written by us."""
    reports = [of.ct_report(n, its) for n, its in enumerate(draw(parts_of(truth.ct)))]
    reports += [of.projection_report(n, its) for n, its in enumerate(draw(parts_of(truth.projection)))]
    reports += [of.mammography_report(n, its) for n, its in enumerate(draw(parts_of(truth.mammography)))]
    reports += [of.nuclear_report(n, its) for n, its in enumerate(draw(parts_of(truth.nuclear)))]
    some = st.lists(st.sampled_from(reports), max_size=2, unique_by=lambda one: one.key)
    return [*reports, *map(of.copies, draw(some)), *map(of.cut_short, draw(some)), *map(of.our_own, draw(some))]


@st.composite
def images_of(draw: st.DrawFn, truth: Truth) -> list[AnyStatement]:
    """Draw images of some exposures and administrations, some of them twice in another presentation."""
    images: list[AnyStatement] = []
    for n, run in enumerate(truth.projection):
        if run.event_type is not EventType.FLUOROSCOPY:
            forms = draw(_forms)
            images += [of.angiogram(n, run, is_twin=twin) for twin in forms]
    for n, view in enumerate(truth.mammography):
        forms = draw(_forms)
        images += [of.mammogram(n, view, is_twin=twin) for twin in forms]
    for n, injection in enumerate(truth.nuclear):
        slices = draw(st.integers(0, 3))
        images += [of.pet_image(10 * n + number, injection) for number in range(slices)]
    return images


_forms: st.SearchStrategy[tuple[bool, ...]] = st.sampled_from([(), (False,), (True,), (False, True)])


@st.composite
def told(draw: st.DrawFn) -> Told:
    """Draw a study with all that may tell of it."""
    truth = draw(truths())
    if draw(st.booleans()):
        truth = of.nameless(truth)
    statements = [*draw(reports_on(truth)), *draw(images_of(truth))]
    has_step = draw(st.booleans())
    if truth.projection and has_step:
        statements += of.projection_step(truth.projection)
    return Told(truth=truth, statements=tuple(statements))


def totals(exam: Exam) -> dict[tuple[Quantity, str | None], Total]:
    return {(total.quantity, total.of): total for total in exam.totals}


def known(values: Sequence[float | None]) -> tuple[float | None, int]:
    """Return the sum of what is known, and how much is not."""
    stated = [value for value in values if value is not None]
    return (fsum(stated) if stated or not values else None), len(values) - len(stated)


def said(total: Total) -> tuple[float | None, int]:
    return total.value, total.missing


@thorough
@given(told(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_exam(study: Told, random: object) -> None:
    shuffled = [*study.statements, *study.statements[: len(study.statements) // 2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    exam = exam_of(STUDY, study.statements)

    event(f"modalities: {'+'.join(exam.modalities)}")
    event(f"statements: {len(study.statements) // 5 * 5} to {len(study.statements) // 5 * 5 + 4}")
    assert exam_of(STUDY, shuffled) == exam


@thorough
@given(told())
def test_the_totals_are_what_irradiated(study: Told) -> None:
    truth, exam = study.truth, exam_of(STUDY, study.statements)
    found = totals(exam)

    assert (len(exam.projection), len(exam.mammography)) == (len(truth.projection), len(truth.mammography))
    assert len(exam.nuclear) == len(truth.nuclear)
    if truth.ct:
        assert exam.ct is not None
        assert len(exam.ct.events) == len(truth.ct)
        assert said(found[Quantity.DLP, None]) == known([one.dlp_mgy_cm for one in truth.ct])
        for phantom in {one.phantom_diameter_mm for one in truth.ct}:
            its = [one for one in truth.ct if one.phantom_diameter_mm == phantom]
            assert said(found[Quantity.DLP, str(phantom)]) == known([one.dlp_mgy_cm for one in its])
            assert found[Quantity.CTDI_VOL_MAX, str(phantom)].value == max(one.ctdi_vol_mgy or 0 for one in its)
    if truth.projection:
        assert_projection(truth.projection, found)
    for side in {one.laterality for one in truth.mammography}:
        its_agd = [one.agd_mgy for one in truth.mammography if one.laterality == side]
        assert said(found[Quantity.AGD, side]) == known(its_agd)
    for agent in {one.agent for one in truth.nuclear}:
        its_mbq = [one.administered_activity_mbq for one in truth.nuclear if one.agent == agent]
        assert said(found[Quantity.ACTIVITY, f"F-18 {agent}"]) == known(its_mbq)
    assert exam.conflicts == ()


def assert_projection(events: Sequence[ProjectionEvent], found: dict[tuple[Quantity, str | None], Total]) -> None:
    fluoroscopy = [one for one in events if one.event_type is EventType.FLUOROSCOPY]
    assert said(found[Quantity.DAP, None]) == known([one.dap_gy_cm2 for one in events])
    if any(one.dap_gy_cm2 for one in fluoroscopy):
        assert said(found[Quantity.FLUORO_DAP, None]) == known([one.dap_gy_cm2 for one in fluoroscopy])
    planes = {one.plane for one in events}
    for plane in planes:
        its = [one for one in events if one.plane is plane]
        assert said(found[Quantity.KA_R, plane]) == known([one.ka_r_mgy for one in its])
        if len(planes) > 1:
            assert said(found[Quantity.DAP, plane]) == known([one.dap_gy_cm2 for one in its])
    assert (Quantity.KA_R, None) not in found


@thorough
@given(st.data())
def test_two_ways_to_report_one_study_give_the_same_values(data: st.DataObject) -> None:
    truth = data.draw(truths())

    one, other = (exam_of(STUDY, data.draw(reports_on(truth))) for _ in range(2))

    assert {key: said(total) for key, total in totals(one).items()} == {
        key: said(total) for key, total in totals(other).items()
    }
    for part in ("projection", "mammography", "nuclear"):
        values = [[(its.event_uid, its.event) for its in getattr(exam, part)] for exam in (one, other)]
        assert values[0] == values[1]
    assert (
        [its.event for its in one.ct.events] == [its.event for its in other.ct.events] if one.ct and other.ct else True
    )


@thorough
@given(truths(least_runs=1), st.data())
def test_images_alone_are_a_lower_bound_that_a_step_replaces(truth: Truth, data: st.DataObject) -> None:
    truth = Truth(projection=truth.projection)
    images = data.draw(images_of(truth)) or [of.angiogram(0, truth.projection[0])]
    reports = [image.report for image in images if isinstance(image.report, ProjectionReport)]
    shown = {(one.event_uid, one.plane) for report in reports for one in report.events}
    doses = [one.dap_gy_cm2 for one in truth.projection if (one.event_uid, one.plane) in shown]

    alone = totals(exam_of(STUDY, images))[Quantity.DAP, None]
    stepped = totals(exam_of(STUDY, [*images, *of.projection_step(truth.projection)]))[Quantity.DAP, None]

    assert said(alone) == known(doses)
    assert alone.basis is (None if alone.value is None else Basis.ACQUISITIONS_ONLY)
    if None not in [one.dap_gy_cm2 for one in truth.projection]:
        assert said(stepped) == known([one.dap_gy_cm2 for one in truth.projection])
        assert stepped.basis is Basis.STATED_TOTAL
        assert [(rival.basis, rival.value) for rival in stepped.rivals] == [(Basis.ACQUISITIONS_ONLY, alone.value)]
