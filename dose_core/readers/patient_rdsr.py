"""
Read Patient Radiation Dose SR objects: doses that somebody estimated from other dose reports, kept as theirs.

Source: PS3.16, TID 10030 (Patient Radiation Dose), TID 10033 (Methodology), CID 10060 to 10065, 10068, 10070. The rows
of TID 10031 were not at hand: a dose is found by its concept wherever it stands below an estimate, see ``docs``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dose_core.model import Code, DoseReport, Kind, StatedEstimate
from dose_core.readers import codes_patient as patient
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.nuclear import codes as nuclear
from dose_core.readers.nuclear.estimates import word_of
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.tree import SrNode


class PatientDoseReportReader:
    """Reads Patient Radiation Dose Reports."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a Patient Radiation Dose Report with an estimate."""
        return has_title(source, codes.PATIENT_DOSE_REPORT) and source.root.first(patient.ESTIMATE) is not None

    def read(self, source: DicomObject) -> DoseReport:
        """
        Return the estimates of the report, absorbed doses in mGy, equivalent and effective doses in mSv.

        An estimate that shows a map and states no number is noted.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        estimates: list[StatedEstimate] = []
        for node in root.all(patient.ESTIMATE):
            found = tuple(_estimates(node, root, start=len(estimates)))
            if not found:
                node.warn(patient.ESTIMATE, "states no dose that we know as a number")
            estimates.extend(found)
        return DoseReport(
            kind=Kind.PATIENT_RDSR, **stated, estimates=tuple(estimates), warnings=log.warnings, stated=log.stated
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """The organ that the items above a dose speak of."""

    organ: Code | None = None
    laterality: str | None = None


def _estimates(estimate: SrNode, root: SrNode, *, start: int) -> Iterator[StatedEstimate]:
    methodology = estimate.first(patient.METHODOLOGY) or root.first(patient.METHODOLOGY)
    method = _method(methodology) if methodology else None
    doses = list(_doses(estimate, _Place()))
    needs_shared = any(_own_event_uid(node) is None for node, _, _ in doses)
    event_uid = _event_uid(methodology) if methodology and needs_shared else None
    index = start
    for node, row, place in doses:
        value = node.as_number(row.concept, unit=row.unit, field=f"estimates[{index}].value")
        if value is None:
            continue
        index += 1
        yield StatedEstimate(
            quantity=patient.quantity_of(row, place.organ),
            value=value,
            unit=row.unit,
            path=node.path,
            organ=(place.organ.meaning or place.organ.value) if place.organ else None,
            laterality=place.laterality,
            statistic=row.statistic,
            method=method,
            event_uid=_own_event_uid(node) or event_uid,
        )


def _own_event_uid(dose: SrNode) -> str | None:
    """Return the event that stands below a dose itself, as we write it."""
    own = dose.first(patient.EVENT_UID_USED)
    return own.text_value if own else None


def _doses(above: SrNode, outer: _Place) -> Iterator[tuple[SrNode, patient.DoseRow, _Place]]:
    """Yield the doses below an item in order, each with its organ: named below it, beside it, or above it."""
    here = _place_among(above, outer)
    for node in above.children:
        if any(is_same(node.concept, known) for known in patient.INPUTS):
            continue
        row = patient.dose_of(node.concept)
        if row is not None:
            yield node, row, _place_among(node, here)
        yield from _doses(node, _place_of(node, node) if _is_organ(node) else here)


def _place_among(above: SrNode, outer: _Place) -> _Place:
    """Return the organ that one child names, else the outer one; of several none is taken."""
    organs = [node for node in above.children if _is_organ(node) and not _heads_doses(node)]
    if not organs:
        return outer
    if len(organs) > 1:
        organs[0].warn(nuclear.FINDING_SITE, f"{len(organs)} organs stand beside each other; none is taken")
        return _Place()
    return _place_of(organs[0], above)


def _place_of(organ: SrNode, beside: SrNode) -> _Place:
    side = organ if organ.first(nuclear.LATERALITY) else beside
    return _Place(organ.coded_value, side.enum(nuclear.LATERALITY, nuclear.LATERALITIES))


def _is_organ(node: SrNode) -> bool:
    return any(is_same(node.concept, name) for name in patient.ORGAN_NAMES)


def _heads_doses(node: SrNode) -> bool:
    return any(patient.dose_of(child.concept) for child in node.children)


def _method(methodology: SrNode) -> str | None:
    """Return patient model, transport model and method type with their references, as the source names them."""
    model = methodology.first(patient.PATIENT_MODEL)
    kind = methodology.first(patient.METHOD)
    # Some may leave out the inner containers of TID 10033.
    words = [
        word_of(model or methodology, patient.PATIENT_MODEL_TYPE),
        word_of(model or methodology, patient.PATIENT_MODEL_REFERENCE),
        word_of(model or methodology, patient.TRANSPORT_MODEL_TYPE),
        word_of(kind or methodology, patient.METHOD_TYPE),
        word_of(kind or methodology, patient.METHOD_REFERENCE),
    ]
    return "; ".join(word for word in words if word) or None


def _event_uid(methodology: SrNode) -> str | None:
    """Return the one event that the estimate stands for; of several none, which is noted."""
    used = [
        event
        for report in methodology.all(patient.SR_INSTANCE_USED)
        for event in report.all(patient.EVENT_UID_USED)
        if event.text_value
    ]
    if len(used) == 1:
        return used[0].text_value
    if used:
        used[0].warn(patient.EVENT_UID_USED, f"the estimate stands for {len(used)} events of the report, not for all")
    return None
