"""The archive that gets our dose SRs, as a port: ``dose_worker.orthanc_archive`` is one."""

from typing import Protocol

from dose_core.errors import DoseError


class ArchiveUnavailableError(DoseError):
    """The archive could not be reached or cannot answer now; try again later."""


class ArchiveRefusedError(DoseError):
    """The archive answered that it will not take or delete this object; trying again changes nothing."""


class Archive(Protocol):
    """Where dose SRs of ours are stored and deleted. Each call may be repeated."""

    def store(self, dicom: bytes) -> str:
        """
        Store an object and return the archive's id of it; one that it has already is no error.

        Raises:
            ArchiveUnavailableError: try again later.
            ArchiveRefusedError: the archive will never take it.
        """

    def find(self, sop_instance_uid: str) -> tuple[str, ...]:
        """
        Return the archive's ids of an instance, empty if it does not have it.

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
