"""The mean glandular dose of mammograms, computed as a check beside the one that devices state."""

from collections.abc import Iterator, Sequence

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.mammography_agd import METHOD_ID, METHOD_VERSION, Exposure, disagrees, mean_glandular_dose
from dose_core.estimating.case import Case, Outcome
from dose_core.estimating.value_ids import counted_value_id
from dose_core.ledger.exam import Counted, Exam
from dose_core.ledger.source import Source
from dose_core.model import Code, MammographyEvent

_QUANTITY = "agd_mgy"
_AT_SURFACE = ("113964", "DCM")  # PS3.16, CID 10025: at surface of patient
_AT_STANDARD_BREAST = ("113865", "DCM")  # PS3.16, CID 10025: entrance exposure to a 4.2 cm breast thickness
_STANDARD_MM = 42.0
# So near to 42 mm it is the surface of this breast to 2 %, by the inverse square at 60 cm and more from the focus.
_NEAR_MM = 5.0
_NOT_IN_CONTACT = frozenset(("Magnification", "Spot Compression"))  # meanings that the reader gives to the codes
_SPECIMEN = "SPECIMEN"
_FIELDS = {
    "incident_air_kerma_mgy": "entrance_dose_mgy",
    "thickness_mm": "thickness_mm",
    "hvl_mm_al": "hvl_mm_al",
    "glandularity_percent": "glandularity_percent",
}


class MammographyAgd:
    """Incident air kerma times the factors of Dance."""

    id = METHOD_ID
    version = METHOD_VERSION
    is_effective_dose = False

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """Return one outcome for each exposure; none for an exam without mammograms."""
        return tuple(
            Outcome(
                quantity=_QUANTITY,
                result=_of(counted),
                of=counted.event.laterality,
                event_uid=counted.event_uid,
            )
            for counted in case.exam.mammography
        )


def disagreements(exam: Exam) -> tuple[str, ...]:
    """
    Return what is to be said of exposures whose stated glandular dose the computed one does not support.

    Each text names side and view with both doses in mGy, and no patient.
    """
    return tuple(
        f"{' '.join(word for word in (event.laterality, event.view) if word) or 'a view'}: {stated:g} mGy are stated, "
        f"{computed.value:.3g} mGy ({computed.interval.low:.3g} to {computed.interval.high:.3g}) computed"
        for event, stated, computed in _computed(exam)
        if disagrees(stated, computed)
    )


def _computed(exam: Exam) -> Iterator[tuple[MammographyEvent, float, Estimate]]:
    for counted in exam.mammography:
        stated, result = counted.event.agd_mgy, _of(counted)
        if stated is not None and isinstance(result, Estimate):
            yield counted.event, stated, result


def _of(counted: Counted[MammographyEvent]) -> Estimate | NotComputable:
    event = counted.event
    if event.view == _SPECIMEN or _NOT_IN_CONTACT.intersection(event.view_modifiers):
        return NotComputable(
            missing=("factors for this view",), reason="the factors hold for a whole breast in contact with its support"
        )
    return mean_glandular_dose(
        Exposure(
            incident_air_kerma_mgy=event.entrance_dose_mgy if _is_at_surface(counted) else None,
            thickness_mm=event.thickness_mm,
            hvl_mm_al=event.hvl_mm_al,
            anode=event.anode,
            filter=event.filter,
            filter_mm=event.filter_max_mm,
            glandularity_percent=event.glandularity_percent,
            is_tomosynthesis=event.is_tomosynthesis,
            value_ids={name: counted_value_id(counted, field) for name, field in _FIELDS.items()},
        )
    )


def _is_at_surface(counted: Counted[MammographyEvent]) -> bool:
    """Tell if the entrance dose stands for the surface of this breast, as that of an image does (PS3.3, C.8.7.8)."""
    point, thickness = counted.event.reference_point, counted.event.thickness_mm
    if point is None:
        return counted.source is Source.IMAGE_HEADER
    if not isinstance(point, Code):
        return False
    named = (point.value, point.scheme)
    is_near = thickness is not None and abs(thickness - _STANDARD_MM) <= _NEAR_MM
    return named == _AT_SURFACE or (named == _AT_STANDARD_BREAST and is_near)
