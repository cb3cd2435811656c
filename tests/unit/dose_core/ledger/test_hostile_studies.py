"""Studies that nobody sends in good faith: the time they take grows as they do, and no faster."""

from collections.abc import Callable
from dataclasses import replace
from time import process_time

import pytest

from dose_core.ledger.exam_of import exam_of
from dose_core.model import DeviceStated, EventType, ImageStated, Plane, ProjectionReport
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement

RUN = of.run(0, plane=Plane.SINGLE, event_type=EventType.STATIONARY_ACQUISITION, dap_gy_cm2=2.0, ka_r_mgy=8.0)


def images(count: int, uids: Callable[[int], tuple[str, ...]]) -> list[AnyStatement]:
    made = of.angiogram(0, replace(RUN, event_uid=None))
    report = made.report
    assert isinstance(report, ProjectionReport)
    return [
        replace(
            made,
            key=f"{n}",
            report=replace(report, sop_instance_uid=f"2.25.{n}", image=ImageStated(event_uids=uids(n))),
        )
        for n in range(count)
    ]


def long_report(count: int) -> list[AnyStatement]:
    return [of.projection_report(1, [replace(RUN, event_uid=f"2.25.{n}") for n in range(count)])]


def nameless_report(count: int) -> list[AnyStatement]:
    return [of.projection_report(1, [replace(RUN, event_uid=None)] * count)]


def reports_sent_again(count: int) -> list[AnyStatement]:
    return [of.projection_report(n, [RUN]) for n in range(count)]


def scans(count: int) -> list[AnyStatement]:
    return [of.ct_report(1, [of.scan(n, dlp_mgy_cm=8.0, phantom_diameter_mm=320) for n in range(count)])]


def alike(count: int) -> list[AnyStatement]:
    return images(count, lambda _: ())


def of_one_event(count: int) -> list[AnyStatement]:
    return images(count, lambda _: ("2.25.1",))


def stitched(count: int) -> list[AnyStatement]:
    return images(count, lambda n: (f"2.25.{n // 2}",) if n % 2 else (f"2.25.{n // 2}", f"2.25.{n // 2 + 1}"))


def of_many_devices(count: int) -> list[AnyStatement]:
    made = images(count, lambda n: (f"2.25.{n}",))
    return [
        replace(one, report=replace(one.report, device=DeviceStated(model=f"m{n}", serial_number=f"s{n}")))
        for n, one in enumerate(made)
    ]


def beside_a_report(count: int) -> list[AnyStatement]:
    return [*long_report(count), *images(count, lambda n: (f"2.25.{n}",))]


@pytest.mark.parametrize(
    "study",
    [
        long_report,
        nameless_report,
        reports_sent_again,
        scans,
        alike,
        of_one_event,
        stitched,
        of_many_devices,
        beside_a_report,
    ],
    ids=lambda study: study.__name__,
)
def test_take_time_in_proportion_to_their_size(study: Callable[[int], list[AnyStatement]]) -> None:
    """Four times the size takes four times as long; were each compared with each, it would take sixteen times."""
    small, large = (seconds(study(count)) for count in (1000, 4000))

    assert large < 10 * small + 0.1


def seconds(statements: list[AnyStatement]) -> float:
    """The least of three, since other work disturbs the others."""
    taken = []
    for _ in range(3):
        begun = process_time()
        exam_of(STUDY, statements)
        taken.append(process_time() - begun)
    return min(taken)
