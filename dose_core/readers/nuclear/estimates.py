"""
The doses that a radiopharmaceutical report computes from an administration: somebody's estimates, kept as such.

Source: PS3.16, TID 10023 (Organ Dose); for the effective dose: Siemens Biograph devices, which put the concept of
TID 10013 into a private container below the administration.
"""

from dose_core.model import OrganDose, StatedEstimate
from dose_core.readers.nuclear import codes as nuclear
from dose_core.readers.sr.codes import Concept
from dose_core.readers.sr.tree import SrNode
from dose_core.units import MGY, MSV


def organ_doses(
    administration: SrNode, field: str, event_uid: str | None
) -> tuple[tuple[OrganDose, ...], tuple[StatedEstimate, ...]]:
    """Return the organ doses in mGy, each with its method; one without organ or number is noted and left out."""
    doses: list[OrganDose] = []
    estimates: list[StatedEstimate] = []
    for node in administration.all(nuclear.ORGAN_DOSE_INFORMATION):
        stated = node.first(nuclear.ORGAN_DOSE)
        organ = node.code(nuclear.FINDING_SITE)
        if stated is None or organ is None:
            node.warn(nuclear.ORGAN_DOSE_INFORMATION, "names no organ" if organ is None else "states no dose")
            continue
        dose_mgy = stated.as_number(nuclear.ORGAN_DOSE, unit=MGY, field=f"{field}.organ_doses[{len(doses)}].dose_mgy")
        if dose_mgy is None:
            continue
        name = organ.meaning or organ.value
        laterality = node.enum(nuclear.LATERALITY, nuclear.LATERALITIES)
        method = _method(stated)
        doses.append(OrganDose(organ=name, organ_code=organ, dose_mgy=dose_mgy, laterality=laterality, method=method))
        estimates.append(
            StatedEstimate(
                quantity="organ_dose",
                value=dose_mgy,
                unit=MGY,
                path=stated.path,
                organ=name,
                laterality=laterality,
                method=method,
                event_uid=event_uid,
            )
        )
    return tuple(doses), tuple(estimates)


def effective_dose(
    administration: SrNode, field: str, event_uid: str | None
) -> tuple[float | None, tuple[StatedEstimate, ...]]:
    """Return the effective dose in mSv, from the administration itself or Siemens' container in it."""
    wrapped = administration.first(nuclear.SIEMENS_EFFECTIVE_DOSE)
    places = (administration, wrapped) if wrapped else (administration,)
    for place in places:
        stated = place.first(nuclear.EFFECTIVE_DOSE)
        dose_msv = place.number(nuclear.EFFECTIVE_DOSE, unit=MSV, field=f"{field}.effective_dose_msv")
        if stated is not None and dose_msv is not None:
            estimate = StatedEstimate(
                quantity="effective_dose",
                value=dose_msv,
                unit=MSV,
                path=stated.path,
                method=_method(stated),
                event_uid=event_uid,
            )
            return dose_msv, (estimate,)
    return None, ()


def _method(stated: SrNode) -> str | None:
    """Return the authority whose factors were used, which is a CODE or a TEXT, else the method of measurement."""
    return word_of(stated, nuclear.REFERENCE_AUTHORITY) or word_of(stated, nuclear.MEASUREMENT_METHOD)


def word_of(above: SrNode, concept: Concept) -> str | None:
    """Return what an item below says, which is a CODE or a TEXT: the meaning of a code, else its value."""
    node = above.first(concept)
    if node is None:
        return None
    code = node.coded_value
    return (code.meaning or code.value) if code else node.text_value
