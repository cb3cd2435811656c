"""The running demo as its checks see it: doors from outside, nothing from within."""

from dataclasses import dataclass
from typing import Any

from doseledger.demo.doors import Door
from doseledger.demo.feed import Modality
from doseledger.demo.hospital import AUTHORITY, Person, Scanner, Study
from doseledger.demo.orthanc_server import Orthanc
from doseledger.demo.place import Place

_OK = 200


class NotSoError(Exception):
    """A check does not hold (yet); the text says what was found instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Every door, with the key of the one who uses it."""

    place: Place
    orthanc: Orthanc
    reader: Door  # a physicist's program
    launcher: Door  # the plugin's right to ask for handles
    ingester: Door  # the plugin's right to hand in objects
    hl7_port: int

    def modality(self, scanner: Scanner) -> Modality:
        """Return the scanner as it calls Orthanc."""
        return Modality(ae_title=scanner.ae_title, port=self.place.orthanc_dicom_port)

    def patient(self, person: Person) -> dict[str, Any]:
        """Return the patient whom REST finds by the person's identifier."""
        body = {"identifiers": [{"value": person.identifier, "authority": AUTHORITY}]}
        patients = expect(self.reader, "POST", "/api/v1/patients/search", body)["patients"]
        if len(patients) != 1:
            msg = f"{person.identifier} is found {len(patients)} times"
            raise NotSoError(msg)
        found: dict[str, Any] = patients[0]
        return found

    def exams(self, person: Person) -> dict[str, dict[str, Any]]:
        """Return the person's exams by Study Instance UID."""
        path = f"/api/v1/patients/{self.patient(person)['id']}/exams"
        return {exam["study_instance_uid"]: exam for exam in expect(self.reader, "GET", path)["exams"]}

    def exam(self, study: Study) -> dict[str, Any]:
        """Return the exam of a study."""
        found = self.exams(study.person).get(study.study_instance_uid)
        if found is None:
            msg = f"{study.description} of {study.person.identifier} is not in the history"
            raise NotSoError(msg)
        return found


def expect(door: Door, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 JSON is what it is
    """
    Return the JSON of a call that must succeed.

    Raises:
        NotSoError: it did not.
    """
    try:
        answer = door.call(method, path, body)
    except OSError as error:
        msg = f"{method} {path} had no answer ({type(error).__name__})"
        raise NotSoError(msg) from error
    if answer.status != _OK:
        msg = f"{method} {path} was answered {answer.status}"
        raise NotSoError(msg)
    return answer.json()


def same(what: str, found: object, expected: object) -> None:
    """
    Return if both are the same; numbers to a thousandth.

    Raises:
        NotSoError: they are not.
    """
    if isinstance(found, int | float) and isinstance(expected, int | float):
        is_same = abs(found - expected) <= abs(expected) / 1000
    else:
        is_same = found == expected
    if not is_same:
        msg = f"{what} is {found}, not {expected}"
        raise NotSoError(msg)
