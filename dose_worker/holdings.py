"""What an archive holds, as a port: ``dose_worker.orthanc_holdings`` is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dose_core.header_cut import CutHeader


@dataclass(frozen=True, slots=True)
class Held:
    """An instance by the archive's own ids of it and of its series, its SOP Instance UID and the size of its file."""

    orthanc_id: str
    sop_instance_uid: str
    series_id: str
    size_bytes: int


class Holdings(Protocol):
    """
    An archive that is read from one end to the other. Each call may be repeated.

    Each raises ``ArchiveUnavailableError`` where another attempt may help, ``ArchiveRefusedError`` where none will.
    """

    def study_ids(self, *, since: int, limit: int) -> Sequence[str]:
        """Return the ids of so many studies, in the archive's order, from a place in it on."""

    def instances(self, study_id: str) -> Sequence[Held]:
        """Return the instances of a study; none if it is gone."""

    def modality(self, series_id: str) -> str | None:
        """Return the Modality (0008,0060) of a series, ``None`` if it states none or is gone."""

    def metadata(self, held: Held) -> Mapping[str, str] | None:
        """Return what the archive knows of how an instance came, ``None`` if it is gone."""

    def header(self, held: Held) -> CutHeader | None:
        """
        Return the header of an instance, fetching little more of its file than that; ``None`` if it is gone.

        Raises:
            HeaderError: the file cannot be walked, or more stands before its pixel data than the readers take.
        """

    def file(self, held: Held) -> bytes | None:
        """
        Return the file of an instance, ``None`` if it is gone.

        Raises:
            TooLargeError: it is larger than one object may be.
        """
