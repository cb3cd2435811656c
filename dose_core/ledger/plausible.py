"""
Quality control of one exam: what in it somebody should look at.

Everything is told anew each time, so that what is mended is told no more. No text holds data of a patient. The limits
stand in ``plausible_limits``, the rules in ``docs/reference/quality-control.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.ledger.plausible_limits import implausible
from dose_core.local_time import to_utc
from dose_core.model import AcquisitionType


class ProblemKind(StrEnum):
    """Sorts of problem, in the order in which they are told."""

    MISSING_PHANTOM = "missing_phantom"
    IMPLAUSIBLE = "implausible"
    TOTALS_DIFFER = "totals_differ"
    EVENTS_WITHOUT_DOSE = "events_without_dose"
    CLOCK_SKEW = "clock_skew"
    UNKNOWN_MODEL = "unknown_model"
    MIXED_SOURCE = "mixed_source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One sort of problem of an exam, told once: ``count`` says how often it occurs."""

    kind: ProblemKind
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What the exam itself does not tell.

    ``received_at`` is the instant at which the last of its objects came, ``zone`` the time zone in which its
    devices tell the time, ``clock_tolerance`` how far their clocks may be ahead. ``ways`` names each way on which
    its objects came, such as the labels of their senders.
    """

    received_at: datetime
    zone: ZoneInfo
    clock_tolerance: timedelta
    study_started_at: datetime | None = None  # as stated, (0008,0020) and (0008,0030)
    ways: tuple[str, ...] = ()


# A study lasts some hours; a day takes in those that run past midnight and dates without a time.
_LONGEST_STUDY = timedelta(days=1)


def problems_of(exam: Exam, circumstances: Circumstances) -> tuple[Problem, ...]:
    """Return what is to be said of an exam, at most one problem of each kind, in the order of the kinds."""
    told = (
        (ProblemKind.MISSING_PHANTOM, _missing_phantoms(exam)),
        (ProblemKind.IMPLAUSIBLE, implausible(exam)),
        (ProblemKind.TOTALS_DIFFER, (len(exam.conflicts), "; ".join(exam.conflicts))),
        (ProblemKind.EVENTS_WITHOUT_DOSE, _without_dose(exam)),
        (ProblemKind.CLOCK_SKEW, _clock_skew(exam, circumstances)),
        (ProblemKind.UNKNOWN_MODEL, _unknown_models(exam)),
        (ProblemKind.MIXED_SOURCE, _mixed_source(circumstances.ways)),
    )
    return tuple(Problem(kind=kind, text=text, count=count) for kind, (count, text) in told if count)


_Told = tuple[int, str]  # how often, and in words


def _missing_phantoms(exam: Exam) -> _Told:
    count = sum(
        one.event.ctdi_vol_mgy is not None and one.event.phantom_diameter_mm is None for one in _ct_events(exam)
    )
    return count, f"{count} event(s) state a CTDIvol and not for which phantom; it is compared with nothing"


def _without_dose(exam: Exam) -> _Told:
    """Count what irradiated and states no dose; a localizer states none by design, and 0 MBq are none."""
    ct_events = sum(
        one.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE
        and one.event.ctdi_vol_mgy is None
        and one.event.dlp_mgy_cm is None
        and not isinstance(one.dlp_estimate, Estimate)
        for one in _ct_events(exam)
    )
    projection = sum(
        (one.event.dap_gy_cm2, one.event.ka_r_mgy, one.event.entrance_dose_mgy, one.event.output_air_kerma_mgy)
        == (None,) * 4
        for one in exam.projection
    )
    mammography = sum((one.event.agd_mgy, one.event.entrance_dose_mgy) == (None, None) for one in exam.mammography)
    nuclear = sum(not one.event.administered_activity_mbq for one in exam.nuclear)
    count = ct_events + projection + mammography + nuclear
    return count, f"{count} event(s) state no dose"


def _clock_skew(exam: Exam, circumstances: Circumstances) -> _Told:
    zone = circumstances.zone
    x_rays = _instants(
        (
            *(one.event.started_at for one in _ct_events(exam)),
            *(one.event.started_at for one in exam.projection),
            *(one.event.started_at for one in exam.mammography),
        ),
        zone,
    )
    administrations = _instants((one.event.start for one in exam.nuclear), zone)
    starts = [*x_rays, *administrations] or _instants([exam.started_at], zone)
    late = [at for at in starts if at > circumstances.received_at + circumstances.clock_tolerance]
    # An administration may be days before the images, so that only X-rays are held against each other and the study.
    study = _instants([circumstances.study_started_at], zone)
    anchors = [*study, *sorted(x_rays)[len(x_rays) // 2 : len(x_rays) // 2 + 1]]
    astray = [at for at in x_rays if at not in late and any(abs(at - anchor) > _LONGEST_STUDY for anchor in anchors)]
    texts = []
    if late:
        texts.append(
            f"{len(late)} event(s) start after they were received, by up to {max(late) - circumstances.received_at}"
        )
    if astray:
        texts.append(f"{len(astray)} event(s) start more than a day from their study or from most of its events")
    return len(late) + len(astray), "; ".join(texts)


def _instants(stated: Iterable[datetime | None], zone: ZoneInfo) -> list[datetime]:
    """Return the instants of times that have one; an hour that the clock change repeats is left out."""
    resolved = (to_utc(at, zone).utc for at in stated if at is not None)
    return [at for at in resolved if at is not None]


def _unknown_models(exam: Exam) -> _Told:
    count = sum(device.manufacturer is None or device.model is None for device in exam.devices)
    return count, f"{count} device(s) without manufacturer (0008,0070) or model name (0008,1090)"


def _mixed_source(ways: Sequence[str]) -> _Told:
    several = sorted(set(ways))
    count = len(several) if len(several) > 1 else 0
    return count, f"objects of the study came on {count} ways: {', '.join(several)}"


def _ct_events(exam: Exam) -> tuple[ExamEvent, ...]:
    return exam.ct.events if exam.ct else ()
