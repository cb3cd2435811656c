"""
What a patient's exams add up to, as parameters of FHIR.

The guide has no room for it: a dose summary "has no aim to aggregate radiation exposure over time". So it is the answer
of an operation of ours, under the rules of REST's cumulative dose.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from db.session import Session
from dose_core.dosimetry.estimate import Interval
from dose_core.fhir.elements import clipped, concept, instant, quantity, reference
from dose_core.fhir.terms import COMPONENTS, Json
from dose_core.ledger.amounts import Certainty
from dose_core.ledger.cumulative import Sum
from dose_core.ledger.totals import Estimated
from dose_services import viewing
from dose_services.audit import Looker
from dose_services.cumulative_dose import CumulativeDose, Period, interval_of, statement_beside
from dose_services.cumulative_effective_dose import CumulativeEffectiveDose


def cumulative_dose(session: Session, patient_id: UUID, *, period: Period, looker: Looker, now: datetime) -> Json:
    """
    Return the sums over a patient's exams of a period that may be formed.

    Raises:
        UnknownPatientError: no patient has this id, or none whom the looker may see; the text does not say which.
    """
    dose = viewing.look_at_cumulative_dose(session, patient_id, looker=looker, now=now, period=period)
    return {"resourceType": "Parameters", "parameter": list(_parameters(dose))}


def _parameters(dose: CumulativeDose) -> Iterator[Json]:
    yield {"name": "patient", "valueReference": reference("Patient", str(dose.patient.id))}
    if dose.period.from_:
        yield {"name": "from", "valueDateTime": instant(dose.period.from_)}
    if dose.period.until:
        yield {"name": "until", "valueDateTime": instant(dose.period.until)}
    sums = dose.sums
    for name, exams in (
        ("exams", sums.exams),
        ("exams-without-dose", sums.without_dose),
        ("exams-with-missing-parts", sums.with_missing_parts),
        ("exams-without-start", sums.without_start),
    ):
        yield {"name": name, "valueInteger": len(exams)}
    for one in sums.sums:
        if one.quantity in COMPONENTS:
            yield {"name": "sum", "part": list(_sum(dose, one))}
    if dose.effective is not None:
        yield from _effective(dose.effective)
    yield {"name": "statement", "valueString": statement_beside(dose)}


def _sum(dose: CumulativeDose, one: Sum) -> Iterator[Json]:
    term, unit = COMPONENTS[one.quantity]
    its = interval_of(dose, one)
    yield {"name": "quantity", "valueCodeableConcept": concept(term)}
    if one.of:
        yield {"name": "of", "valueString": clipped(one.of)}
    yield {"name": "certainty", "valueCode": one.certainty.value.replace("_", "-")}
    # Of an exam of an earlier release that was not filed anew yet there is no interval: then no estimate is told.
    if one.certainty is not Certainty.ESTIMATE or its is not None:
        bound = ">=" if one.certainty is Certainty.LOWER_BOUND else None
        yield {"name": "value", "valueQuantity": quantity(one.value, unit, bound)}
    if its is not None:
        yield from _interval(its, unit)
        yield from ({"name": "method", "valueString": method} for method in its.methods)
    yield from ({"name": "exam", "valueReference": reference("ImagingStudy", exam)} for exam in one.exams)


def _effective(dose: CumulativeEffectiveDose) -> Iterator[Json]:
    for one in dose.sums:
        named = [{"name": "of", "valueString": one.of}] if one.of else []
        yield {
            "name": "effective-dose",
            "part": [
                *named,
                {"name": "value", "valueQuantity": quantity(one.value, one.unit)},
                *_interval(one.interval, one.unit),
                {"name": "method", "valueString": f"{one.method_id} {one.method_version}"},
                {"name": "not-computable", "valueInteger": len(one.refused)},
                {"name": "statement", "valueString": dose.statement},
            ],
        }


def _interval(its: Interval | Estimated, unit: str) -> Iterator[Json]:
    yield {"name": "interval", "valueRange": {"low": quantity(its.low, unit), "high": quantity(its.high, unit)}}
    if its.coverage is not None:
        yield {"name": "coverage", "valueDecimal": its.coverage}
    yield {"name": "source", "valueString": its.source}
