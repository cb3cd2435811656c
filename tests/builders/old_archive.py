"""What an archive may hold when a ledger comes to it. All people and places are invented."""

from collections.abc import Iterator
from dataclasses import dataclass

from dose_core.model import Kind
from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.dicom_files import file_of, mr_slice
from tests.builders.dose_screen import dose_screen, screen_file
from tests.builders.every_kind import objects_of_every_kind
from tests.builders.rejection_note import OF_INTEREST, rejection_note_bytes

SLICES_OF_A_REPORTED_STUDY = 3
DLP_MGY_CM = 150  # of each reported study, as tests.builders.ct_rdsr makes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file, and whether it states a dose."""

    dicom: bytes
    states_dose: bool = True


def old_archive(*, reported: int, slices: int, without_dose: int) -> Iterator[Stored]:
    """
    Yield the files of an archive.

    These are ``reported`` CT studies with their reports and some slices, a study known by ``slices`` alone, one
    object of every kind that an archive holds, and ``without_dose`` objects each that state none: of MR, a capture,
    and a selection of key images.
    """
    for number in range(reported):
        yield from map(of_dose, reported_study(number))
    for number in range(slices):
        yield of_dose(_slice("2.25.7700", number, patient="P-7700", event_uid="2.25.7700.5"))
    yield from (of_dose(dicom) for kind, dicom in objects_of_every_kind("2.25.7800").items() if kind is not Kind.MPPS)
    for number in range(without_dose):
        yield Stored(dicom=file_of(mr_slice()), states_dose=False)
        yield Stored(dicom=screen_file(dose_screen(SeriesDescription=f"3D view {number}")), states_dose=False)
        key_images = rejection_note_bytes("2.25.1", title=OF_INTEREST, SOPInstanceUID=f"2.25.7900.{number}")
        yield Stored(dicom=key_images, states_dose=False)


def of_dose(dicom: bytes) -> Stored:
    """Return a file that states a dose."""
    return Stored(dicom=dicom)


def study_uid(number: int) -> str:
    """Return the Study Instance UID of a reported study."""
    return f"2.25.7600.{number + 1}"


def reported_study(number: int) -> Iterator[bytes]:
    """Yield a report, and slices of the same event."""
    study, patient = study_uid(number), f"P-76-{number}"
    yield chest_ct_report_bytes(
        SOPInstanceUID=f"{study}.1",
        SeriesInstanceUID=f"{study}.2",
        StudyInstanceUID=study,
        PatientID=patient,
        event_uid=f"{study}.5",
    )
    for position in range(SLICES_OF_A_REPORTED_STUDY):
        yield _slice(study, position, patient=patient, event_uid=f"{study}.5")


def _slice(study: str, number: int, *, patient: str, event_uid: str) -> bytes:
    return ct_image_bytes(
        SOPInstanceUID=f"{study}.3.{number + 1}",
        SeriesInstanceUID=f"{study}.4",
        StudyInstanceUID=study,
        PatientID=patient,
        PatientName="Muster^Mara",
        IssuerOfPatientID="HILLTOP",
        IrradiationEventUID=event_uid,
        InstanceNumber=str(number + 1),
        ImagePositionPatient=["-180", "-180", f"{-400 + 5 * number}"],
    )
