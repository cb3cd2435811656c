"""
Read Radiopharmaceutical Radiation Dose SR objects.

Source: PS3.16, TID 10021 (Radiopharmaceutical Radiation Dose), TID 10022 (Administration Event Data), TID 10024
(Patient Characteristics). Organ and effective doses are somebody's estimates: see ``nuclear_estimates``.
"""

from dataclasses import replace
from datetime import datetime

from dose_core.model import Administration, Kind, NuclearReport, PatientStated, StatedEstimate
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.header import MAX_SIZE_CM, MAX_WEIGHT_KG
from dose_core.readers.limits import bounded_administrations
from dose_core.readers.nuclear import checks as nuclear_checks
from dose_core.readers.nuclear import codes as nuclear
from dose_core.readers.nuclear.estimates import effective_dose, organ_doses
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.codes import Concept, is_same, standard_meaning
from dose_core.readers.sr.tree import SrNode
from dose_core.units import CM, KG, MBQ, ML, PERCENT, S

# What devices write for a person whom they do not know.
_NOBODY = frozenset({"", "unknown"})


class RadiopharmaceuticalReportReader:
    """Reads Radiopharmaceutical Radiation Dose Reports, told by title and content whatever their SOP Class."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a Radiopharmaceutical Radiation Dose Report with an administration."""
        return (
            has_title(source, codes.RADIOPHARMACEUTICAL_DOSE_REPORT)
            and source.root.first(nuclear.ADMINISTRATION) is not None
        )

    def read(self, source: DicomObject) -> NuclearReport:
        """
        Return what the report states, with one event per Radiopharmaceutical Administration.

        Organ doses in mGy and effective dose in mSv stand with their administration and again among the
        estimates, with the method that the source names. Height and weight of the tree count where the header has none.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        nodes = bounded_administrations(root.all(nuclear.ADMINISTRATION))
        read = [_read(node, f"events[{index}]") for index, node in enumerate(nodes)]
        events = tuple(event for event, _ in read)
        nuclear_checks.check_event_uids(log, root.path, events)
        procedure = root.first(nuclear.ASSOCIATED_PROCEDURE)
        stated["intent"] = stated["intent"] or _intent(procedure)
        stated["patient"] = _with_characteristics(stated["patient"], root)
        return NuclearReport(
            kind=Kind.RADIOPHARMACEUTICAL_RDSR,
            **stated,
            started_at=_extreme([event.start for event in events]),
            ended_at=_extreme([event.stop for event in events], is_last=True),
            associated_procedure=procedure.coded_value if procedure else None,
            events=events,
            estimates=tuple(estimate for _, estimates in read for estimate in estimates),
            warnings=log.warnings,
            stated=log.stated,
        )


def _read(node: SrNode, field: str) -> tuple[Administration, tuple[StatedEstimate, ...]]:
    """Return one administration (TID 10022) and the doses that the source computed from it."""
    event_uid = node.uid(nuclear.ADMINISTRATION_UID, field=f"{field}.event_uid")
    agent = node.first(nuclear.AGENT)
    nuclide = agent.first(nuclear.RADIONUCLIDE) if agent else None
    route = node.first(nuclear.ROUTE)
    site = route.first(nuclear.SITE_OF) if route else None
    organs, estimates = organ_doses(node, field, event_uid)
    effective_dose_msv, of_body = effective_dose(node, field, event_uid)
    administration = Administration(
        event_uid=event_uid,
        agent=_named(agent, f"{field}.agent"),
        agent_code=agent.coded_value if agent else None,
        radionuclide=_named(nuclide, f"{field}.radionuclide"),
        radionuclide_code=nuclide.coded_value if nuclide else None,
        half_life_s=agent.number(nuclear.HALF_LIFE, unit=S, field=f"{field}.half_life_s") if agent else None,
        administered_activity_mbq=_activity_mbq(node, f"{field}.administered_activity_mbq"),
        pre_activity_mbq=node.number(nuclear.PRE_ACTIVITY, unit=MBQ, field=f"{field}.pre_activity_mbq"),
        post_activity_mbq=node.number(nuclear.POST_ACTIVITY, unit=MBQ, field=f"{field}.post_activity_mbq"),
        volume_ml=node.number(nuclear.VOLUME, unit=ML, field=f"{field}.volume_ml"),
        extravasation_percent=node.number(nuclear.EXTRAVASATION, unit=PERCENT, field=f"{field}.extravasation_percent"),
        start=node.moment(nuclear.START, field=f"{field}.start"),
        stop=node.moment(nuclear.STOP, field=f"{field}.stop"),
        route=_named(route, f"{field}.route"),
        route_code=route.coded_value if route else None,
        site=_named(site, f"{field}.site"),
        site_code=site.coded_value if site else None,
        laterality=site.enum(nuclear.LATERALITY, nuclear.LATERALITIES, field=f"{field}.laterality") if site else None,
        administered_by=_administered_by(node, f"{field}.administered_by"),
        effective_dose_msv=effective_dose_msv,
        organ_doses=organs,
        comment=node.text(codes.COMMENT, field=f"{field}.comment"),
    )
    return administration, (*estimates, *of_body)


def _named(node: SrNode | None, field: str) -> str | None:
    """Return a CODE item by its meaning, a TEXT item as it stands: agents outside the code sets come as text."""
    if node is None:
        return None
    code = node.coded_value
    name = (code.meaning or code.value) if code else node.text_value
    if name:
        node.add_origin(field, name)
    return name


def _activity_mbq(node: SrNode, field: str) -> float | None:
    stated = node.first(nuclear.ADMINISTERED_ACTIVITY)
    activity_mbq = node.number(nuclear.ADMINISTERED_ACTIVITY, unit=MBQ, field=field)
    problem = nuclear_checks.activity_problem(activity_mbq)
    if stated is not None and problem is not None:
        stated.warn(nuclear.ADMINISTERED_ACTIVITY, problem)
    return activity_mbq


def _administered_by(node: SrNode, field: str) -> str | None:
    """Return who administered (TID 1020); "Unknown" is nobody's name. Several are joined by " | "."""
    names = []
    for person in node.all(codes.PERSON_NAME):
        name = person.text_value
        is_administering = is_same(person.code(codes.PERSON_ROLE_IN_PROCEDURE), nuclear.ADMINISTERING)
        if name and is_administering and not {part.strip().casefold() for part in name.split("^")} <= _NOBODY:
            person.add_origin(field, name)
            names.append(name)
    return " | ".join(names) or None


def _intent(procedure: SrNode | None) -> str | None:
    return standard_meaning(procedure.code(codes.HAS_INTENT, field="intent"), codes.INTENTS) if procedure else None


def _extreme(moments: list[datetime | None], *, is_last: bool = False) -> datetime | None:
    """Return the first or last of some moments, ``None`` if only some of them state an offset from UTC."""
    known = [moment for moment in moments if moment is not None]
    if len({moment.tzinfo is None for moment in known}) != 1:
        return None
    return max(known) if is_last else min(known)


def _with_characteristics(patient: PatientStated, root: SrNode) -> PatientStated:
    """Return the patient with height and weight of TID 10024 where the header states none."""
    node = root.first(nuclear.PATIENT_CHARACTERISTICS)
    if node is None:
        return patient
    size_cm, weight_kg = patient.size_cm, patient.weight_kg
    if size_cm is None:
        size_cm = _body_measure(node, nuclear.PATIENT_HEIGHT, CM, MAX_SIZE_CM, "patient.size_cm")
    if weight_kg is None:
        weight_kg = _body_measure(node, nuclear.PATIENT_WEIGHT, KG, MAX_WEIGHT_KG, "patient.weight_kg")
    return replace(patient, size_cm=size_cm, weight_kg=weight_kg)


def _body_measure(above: SrNode, concept: Concept, unit: str, limit: float, field: str) -> float | None:
    node = above.first(concept)
    value = above.number(concept, unit=unit)
    if node is None or value is None:
        return None
    if not 0 < value <= limit:
        node.warn(concept, "is no body measure")
        return None
    return node.as_number(concept, unit=unit, field=field)
