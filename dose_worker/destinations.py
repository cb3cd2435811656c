"""The archives that a worker speaks to, by the destinations that they are."""

from dose_services.pacs_values import Destination, OrthancNode
from dose_worker.archive import Archive
from dose_worker.archives import archive_of


class Archives:
    """All archives of one worker; ``orthanc`` is the one that its settings name, if they do."""

    def __init__(self, orthanc: Archive | None) -> None:
        self._orthanc = orthanc

    def of(self, destination: Destination) -> Archive | None:
        """Return the archive that a destination is, ``None`` if this worker was not told where it is."""
        # One of DICOM or STOW-RS keeps nothing from one call to the next.
        return self._orthanc if isinstance(destination.node, OrthancNode) else archive_of(destination.node)

    def close(self) -> None:
        """Close all connections."""
        if self._orthanc is not None:
            self._orthanc.close()
