"""The effective dose of each CT event of an exam, and of all of them together."""

from collections.abc import Sequence
from dataclasses import replace

from dose_core.dosimetry.ct_effective_dose import METHOD_IDS, METHOD_VERSION, effective_dose
from dose_core.dosimetry.ct_k_factors import TissueWeights
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.over_events import summed
from dose_core.estimating.case import Case, Outcome
from dose_core.estimating.ct_exposure import exposure_of, irradiating, more_than_events

_QUANTITY = "effective_dose_msv"


class CtEffectiveDose:
    """DLP times the factor of region, age, voltage and phantom, with the tissue weights of one recommendation."""

    version = METHOD_VERSION
    is_effective_dose = True

    def __init__(self, weights: TissueWeights) -> None:
        self._weights = weights
        self.id = METHOD_IDS[weights]

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """
        Return one outcome for each event but localisers, and one for all; none for an exam without CT.

        The sum is refused if that of any event is.
        """
        ct = case.exam.ct
        if ct is None:
            return ()
        events = list(irradiating(ct))
        exposures = [exposure_of(case, number, event) for number, event in events]
        results = [effective_dose(one, age_years=case.subject.age_years, weights=self._weights) for one in exposures]
        of_each = [
            Outcome(quantity=_QUANTITY, result=result, event_uid=event.event_uid)
            for (_, event), result in zip(events, results, strict=True)
        ]
        if not results and ct.dlp_mgy_cm is None:
            return ()
        whole = _whole(results)
        if isinstance(whole, Estimate):
            whole = replace(whole, caveats=(*whole.caveats, *more_than_events(ct, exposures)))
        return (*of_each, Outcome(quantity=_QUANTITY, result=whole))


def icrp60() -> CtEffectiveDose:
    """Return the method with the tissue weights of ICRP 60."""
    return CtEffectiveDose(TissueWeights.ICRP60)


def icrp103() -> CtEffectiveDose:
    """Return the method with the tissue weights of ICRP 103."""
    return CtEffectiveDose(TissueWeights.ICRP103)


def _whole(results: Sequence[Estimate | NotComputable]) -> Estimate | NotComputable:
    refused = [one for one in results if isinstance(one, NotComputable)]
    if refused:
        return NotComputable(
            missing=tuple(dict.fromkeys(name for one in refused for name in one.missing)),
            reason=f"{len(refused)} of {len(results)} irradiation events have none: "
            + "; ".join(dict.fromkeys(one.reason for one in refused)),
        )
    doses = [one for one in results if isinstance(one, Estimate)]
    if not doses:
        return NotComputable(
            missing=("irradiation events",), reason="a total, or a localiser, alone does not tell what was irradiated"
        )
    return summed(doses)
