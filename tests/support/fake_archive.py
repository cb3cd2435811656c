"""An archive in memory. ``tests/integration/dose_worker/test_archive.py`` holds it and Orthanc to one behaviour."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

from pydicom import dcmread

from dose_core.errors import DoseError
from dose_core.writers.document import Evidence
from dose_worker.archive import Stored


@dataclass
class FakeArchive:
    """
    Holds objects by SOP Instance UID.

    ``fails_with`` is raised by each call while it is set; ``before_answer`` runs after an object was
    stored and before the caller hears of it.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    fails_with: DoseError | None = None
    before_answer: Callable[[], None] | None = None
    stores: int = 0
    can_delete: bool = True

    def store(self, dicom: bytes) -> Stored:
        """Keep the object."""
        self._answer()
        uid = str(dcmread(BytesIO(dicom), specific_tags=["SOPInstanceUID"]).SOPInstanceUID)
        self.objects[uid] = dicom
        self.stores += 1
        if self.before_answer:
            self.before_answer()
        return Stored(archive_id=f"orthanc-{uid}")

    def holds(self, instance: Evidence) -> bool:
        """Tell if it is here."""
        self._answer()
        return instance.sop_instance_uid in self.objects

    def delete(self, sop_instance_uid: str) -> bool:
        """Forget the object."""
        self._answer()
        return self.objects.pop(sop_instance_uid, None) is not None

    def close(self) -> None:
        """Have no connections."""

    def _answer(self) -> None:
        if self.fails_with:
            raise self.fails_with
