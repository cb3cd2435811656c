"""
The archives that get our dose SRs, as ports.

``dose_worker.orthanc_archive``, ``dose_worker.dicom_archive`` and ``dose_worker.stow_archive`` are archives,
``dose_worker.commitment`` asks for storage commitment, and ``dose_worker.archives`` says which one a destination has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dose_core.errors import DoseError
from dose_core.writers.document import Evidence
from dose_services.archive_values import CommitmentReport


class ArchiveUnavailableError(DoseError):
    """The archive could not be reached or cannot answer now; try again later."""


class ArchiveRefusedError(DoseError):
    """The archive answered that it will not take or delete this object; trying again changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """
    An object that an archive took.

    ``archive_id`` is its own id of it (the SOP Instance UID where an archive has no other), ``warning`` what it says
    that it did with the object beside storing it.
    """

    archive_id: str
    warning: str | None = None


class Archive(Protocol):
    """Where dose SRs of ours are stored and, if it can, deleted. Each call may be repeated, from several threads."""

    @property
    def can_delete(self) -> bool:
        """Whether ``delete`` can be asked; else an object is taken back by a rejection note, which is stored."""

    def store(self, dicom: bytes) -> Stored:
        """
        Store an object; one that the archive has already is no error.

        Raises:
            ArchiveUnavailableError: try again later.
            ArchiveRefusedError: the archive will never take it.
        """

    def holds(self, instance: Evidence) -> bool | None:
        """
        Tell if the archive has an instance, ``None`` if it cannot be asked that.

        Raises:
            ArchiveUnavailableError: try again later.
            ArchiveRefusedError: the archive will never answer this.
        """

    def delete(self, sop_instance_uid: str) -> bool:
        """
        Delete an instance and tell if it was there.

        Raises:
            ArchiveUnavailableError: try again later.
            ArchiveRefusedError: the archive will not delete it.
        """

    def close(self) -> None:
        """Close its connections."""


class Commitment(Protocol):
    """An archive that is asked to commit itself to keep what it has (storage commitment, PS3.4, Annex J)."""

    def ask(self, transaction_uid: str, instances: Sequence[Evidence]) -> CommitmentReport | None:
        """
        Ask once; return the report if it comes at once, ``None`` if it is to come later.

        Keep the transaction UID before, and use another one for each request: the report that comes later names it,
        and may be there before this returns.

        Raises:
            ArchiveUnavailableError: try again later.
            ArchiveRefusedError: the archive offers no storage commitment, or not of these objects.
        """
