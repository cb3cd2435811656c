"""The archives that a worker speaks to, by the destinations that they are."""

from threading import Lock

from dose_services.pacs_values import Destination, Node, OrthancNode
from dose_worker.archive import Archive
from dose_worker.archives import archive_of


class Archives:
    """
    All archives of one worker; ``orthanc`` is the one that its settings name, if they do.

    One is made for each place, once, and serves several threads; nothing is asked of it before it is used.
    """

    def __init__(self, orthanc: Archive | None) -> None:
        self._orthanc = orthanc
        self._made: dict[Node, Archive] = {}
        self._making = Lock()

    def of(self, destination: Destination) -> Archive | None:
        """Return the archive that a destination is, ``None`` if this worker was not told where it is."""
        node = destination.node
        if isinstance(node, OrthancNode):
            return self._orthanc
        with self._making:
            if node not in self._made:
                self._made[node] = archive_of(node)
            return self._made[node]

    def close(self) -> None:
        """Close all connections."""
        for archive in (*self._made.values(), *((self._orthanc,) if self._orthanc else ())):
            archive.close()
