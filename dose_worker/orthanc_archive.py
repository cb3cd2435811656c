"""Orthanc as the archive that gets our dose SRs."""

from dose_core.writers.document import Evidence
from dose_worker.archive import ArchiveRefusedError, Stored
from dose_worker.orthanc_rest import OrthancRest, json_of

_STORED = frozenset({"Success", "AlreadyStored"})


class OrthancArchive:
    """An Orthanc. One client per archive; its connections may be used from several threads."""

    can_delete = True

    def __init__(self, url: str, user: str | None = None, password: str | None = None, *, timeout_s: float) -> None:
        self._rest = OrthancRest(url, user, password, timeout_s=timeout_s)

    def store(self, dicom: bytes) -> Stored:
        """See ``Archive``. Orthanc answers a second store of one instance with its id and AlreadyStored."""
        # `upload` of the client takes no time limit, its `post` does.
        told = json_of(self._rest.ask("post", "instances", data=dicom))
        if told.get("Status") not in _STORED:  # such as FilteredOut, by a script of the site's Orthanc
            msg = f"the archive answered {told.get('Status')} to a store"
            raise ArchiveRefusedError(msg)
        return Stored(archive_id=str(told["ID"]))

    def holds(self, instance: Evidence) -> bool:
        """See ``Archive``."""
        return bool(self.find(instance.sop_instance_uid))

    def find(self, sop_instance_uid: str) -> tuple[str, ...]:
        """Return Orthanc's ids of an instance: several patients may hold one SOP Instance UID."""
        answer = self._rest.ask("post", "tools/lookup", data=sop_instance_uid)
        return tuple(str(found["ID"]) for found in json_of(answer) if found["Type"] == "Instance")

    def delete(self, sop_instance_uid: str) -> bool:
        """See ``Archive``. The series goes with its only instance."""
        ids = self.find(sop_instance_uid)
        for orthanc_id in ids:
            self._rest.ask_for("delete", f"instances/{orthanc_id}")
        return bool(ids)

    def close(self) -> None:
        """Close the connections."""
        self._rest.close()
