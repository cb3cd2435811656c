"""Sums over a patient's exams as cards, each with what it is made of."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from api.web import formatting
from api.web.dose_words import Dose, Mark, dose
from api.web.shown import ShownNumber, shown
from dose_core.ledger.amounts import Certainty
from dose_core.ledger.cumulative import RegionSum, Sum
from dose_core.ledger.totals import Quantity
from dose_services.cumulative_dose import CumulativeDose, interval_of
from dose_services.exams import ExamSummary
from dose_services.value_words import QUANTITIES, part_words, unit_of_quantity

CUMULATIVE = "cumulative-dose"
_MAIN = (Quantity.DLP, Quantity.DAP, Quantity.FLUORO_TIME, Quantity.AGD, Quantity.ACTIVITY)
_CERTAINTIES = {
    Certainty.STATED: Mark(mark="stated", css="stated", text="Sources state all of it."),
    Certainty.LOWER_BOUND: Mark(
        mark="lower bound", css="bound", text="Parts are not known, or fluoroscopy is not included."
    ),
    Certainty.ESTIMATE: Mark(mark="estimated", css="estimate", text="DoseLedger computed it from image headers."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumCard:
    """One sum; ``place`` names its section on the page of sums."""

    place: str
    name: str
    part: str | None
    number: ShownNumber
    interval: str | None
    mark: Mark
    exams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of one region."""

    region: str
    number: ShownNumber
    interval: str | None
    exams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summand:
    """One exam in a sum with the totals that were added."""

    exam_id: UUID
    at: str
    title: str
    region: str
    doses: tuple[Dose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumSection:
    """One sum with its shares and all that it is made of."""

    card: SumCard
    shares: tuple[Share, ...]
    made_of: tuple[Summand, ...]


def sum_cards(sums: CumulativeDose) -> list[SumCard]:
    """Return the main sums as cards that lead to the page of all sums."""
    every = (_card(sums, number, one, page=CUMULATIVE) for number, one in enumerate(sums.sums.sums, start=1))
    return [card for card, one in zip(every, sums.sums.sums, strict=True) if one.quantity in _MAIN]


def sum_sections(sums: CumulativeDose, zone: ZoneInfo) -> list[SumSection]:
    """Return the sums as sections of their own page."""
    return [
        SumSection(
            card=_card(sums, number, one, page=""),
            shares=tuple(_share(sums, number, one, share) for share in one.by_region),
            made_of=tuple(summand(sums.exams[exam], zone, value_ids) for exam, value_ids in ids.items()),
        )
        for number, (one, ids) in enumerate(zip(sums.sums.sums, sums.value_ids, strict=True), start=1)
    ]


def summand(exam: ExamSummary, zone: ZoneInfo, value_ids: tuple[str, ...]) -> Summand:
    """Return an exam with these of its totals."""
    return Summand(
        exam_id=exam.id,
        at=formatting.local_time(exam.started_local, zone),
        title=exam.study_description or ", ".join(exam.protocols) or f"{exam.modality} examination",
        region=formatting.region(exam.region),
        doses=tuple(dose(total) for total in exam.totals if total.value_id in value_ids),
    )


def _card(sums: CumulativeDose, number: int, one: Sum, *, page: str) -> SumCard:
    place = f"sum-{number}"
    part = part_words(one.quantity, one.of)
    name = QUANTITIES[one.quantity]
    what = f"sum of {' '.join(filter(None, (name, part)))}"
    return SumCard(
        place=place,
        name=name[:1].upper() + name[1:],
        part=part,
        number=shown(one.value, unit_of_quantity(one.quantity), target=f"{page}#{place}", what=what),
        interval=formatting.estimated(interval_of(sums, one), unit_of_quantity(one.quantity)),
        mark=_CERTAINTIES[one.certainty],
        exams=len(one.exams),
    )


def _share(sums: CumulativeDose, number: int, one: Sum, share: RegionSum) -> Share:
    region = formatting.region(share.region)
    unit = unit_of_quantity(one.quantity)
    return Share(
        region=region,
        number=shown(share.value, unit, target=f"#sum-{number}", what=f"share of {region}"),
        interval=formatting.estimated(interval_of(sums, one, share), unit),
        exams=len(share.exams),
    )
