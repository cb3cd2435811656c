"""The organ doses of each CT event of an exam, and of all of them together, organ by organ."""

from collections.abc import Sequence

from dose_core.dosimetry.ct_organ_dose import METHOD_ID, METHOD_VERSION, ScannedAdult, organ_doses
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.over_events import summed
from dose_core.estimating.case import Case, Outcome
from dose_core.estimating.ct_exposure import exposure_of, irradiating, own_row
from dose_core.ledger.exam import ExamEvent

_QUANTITY = "organ_dose_mgy"
_ROWS = ("head", "chest", "abdomen_pelvis")


class CtOrganDose:
    """DLP times the coefficient of region, sex and size of the body."""

    id = METHOD_ID
    version = METHOD_VERSION
    is_effective_dose = False

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """
        Return one outcome for each event and organ, and one for each organ; none for an exam without CT events.

        An organ has a sum if every event has a coefficient for it, since what the others gave it is not nothing.
        """
        events = list(irradiating(case.exam.ct))
        results = [organ_doses(_scanned(case, number, event)) for number, event in events]
        of_each = [
            outcome
            for (_, event), result in zip(events, results, strict=True)
            for outcome in _of_event(event.event_uid, result)
        ]
        organs = list(dict.fromkeys(one.of for one in of_each if one.of is not None))
        return (*of_each, *(Outcome(quantity=_QUANTITY, of=organ, result=_whole(organ, results)) for organ in organs))


def _scanned(case: Case, number: int, event: ExamEvent) -> ScannedAdult:
    exposure = exposure_of(case, number, event)
    row = own_row(event)
    return ScannedAdult(
        dlp_mgy_cm=exposure.dlp_mgy_cm,
        dlp_interval=exposure.dlp_interval,
        phantom_mm=exposure.phantom_mm,
        region=row if row in _ROWS else None,
        age_years=case.subject.age_years,
        sex=case.subject.sex,
        size_cm=case.subject.size_cm,
        weight_kg=case.subject.weight_kg,
        caveats=exposure.caveats,
        value_ids=exposure.value_ids,
    )


def _of_event(event_uid: str, result: dict[str, Estimate] | NotComputable) -> list[Outcome]:
    if isinstance(result, NotComputable):
        return [Outcome(quantity=_QUANTITY, result=result, event_uid=event_uid)]
    return [Outcome(quantity=_QUANTITY, of=organ, result=dose, event_uid=event_uid) for organ, dose in result.items()]


def _whole(organ: str, results: Sequence[dict[str, Estimate] | NotComputable]) -> Estimate | NotComputable:
    doses = [one[organ] for one in results if isinstance(one, dict) and organ in one]
    if len(doses) < len(results):
        without = len(results) - len(doses)
        return NotComputable(
            missing=(), reason=f"{without} of {len(results)} irradiation events have no coefficient for this organ"
        )
    return summed(doses)
