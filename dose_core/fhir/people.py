"""
Patients, and those who authorised an irradiation.

Source: HL7 FHIR R4, Patient, Practitioner; PS3.3, C.7.1.1 (Patient's Sex).
"""

from dataclasses import dataclass
from datetime import date

from dose_core.fhir.elements import absent, authority_system, clipped, identifier, present, reference, versioned
from dose_core.fhir.names import human_names
from dose_core.fhir.terms import Json

_GENDERS = {"M": "male", "F": "female", "O": "other"}
PERFORMER = "performer"  # id within the resource that contains it


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An identifier of a patient; ``is_merged`` tells that it came with a patient who was merged."""

    value: str
    authority: str
    is_merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient who lives on, with who was merged into them."""

    id: str
    name: str | None
    birth_date: date | None
    sex: str | None
    identifiers: tuple[Identified, ...]
    replaces: tuple[str, ...] = ()


def patient(person: Person) -> Json:
    """Return a patient as they are known now."""
    return versioned(
        present(
            resourceType="Patient",
            id=person.id,
            identifier=[
                identifier(
                    clipped(one.value),
                    system=authority_system(one.authority),
                    use="old" if one.is_merged else None,
                    assigner={"display": clipped(one.authority)},
                )
                for one in person.identifiers
            ],
            active=True,
            name=human_names(person.name),
            gender=_GENDERS.get(person.sex or ""),
            birthDate=person.birth_date.isoformat() if person.birth_date else None,
            link=[{"other": reference("Patient", other), "type": "replaces"} for other in person.replaces],
        )
    )


def merged_patient(old_id: str, survivor_id: str) -> Json:
    """Return a patient who was merged: who they are now is told, and nothing else."""
    link = [{"other": reference("Patient", survivor_id), "type": "replaced-by"}]
    return versioned({"resourceType": "Patient", "id": old_id, "active": False, "link": link})


def performer() -> Json:
    """
    Return who authorised an irradiation, to be contained: unknown.

    What is read of reports keeps them among the other physicians of a study, and nobody else is to be named for them.
    """
    return {"resourceType": "Practitioner", "id": PERFORMER, "name": [absent()]}
