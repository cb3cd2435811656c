"""A PACS that answers as it is told, by pynetdicom."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, XRayRadiationDoseSRStorage
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # generated names
    StudyRootQueryRetrieveInformationModelFind,
    Verification,
)

SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)


@contextmanager
def closing_all() -> Iterator[Any]:
    """Yield a handler of pynetdicom; connections that it sees are closed in the end, which pynetdicom forgets."""
    opened: list[Any] = []

    def keep(event: Event) -> None:
        opened.append(getattr(event.assoc.dul.socket, "socket", None))

    try:
        yield (evt.EVT_CONN_OPEN, keep)
    finally:
        for connection in opened:
            if connection is not None:
                connection.close()


@dataclass
class ScriptedPacs:
    """
    Answers each store with ``store_status`` and each query with ``matches``.

    ``takes`` are the SOP Classes that it accepts, ``knows`` the AE titles that it knows (all, if there are none).
    """

    store_status: int = 0x0000
    find_status: int = 0x0000
    matches: Sequence[Dataset] = ()
    takes: Sequence[str] = (XRayRadiationDoseSRStorage, StudyRootQueryRetrieveInformationModelFind, Verification)
    syntaxes: Sequence[str] = SYNTAXES
    knows: Sequence[str] = ()
    called: str = "PACS"
    kept: list[Dataset] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Yield the port on which it listens."""
        entity = AE(ae_title=self.called)
        entity.require_called_aet = True
        entity.require_calling_aet = list(self.knows)
        for sop_class in self.takes:
            entity.add_supported_context(sop_class, list(self.syntaxes))
        with closing_all() as keeping:
            handlers = [(evt.EVT_C_STORE, self._store), (evt.EVT_C_FIND, self._find), keeping]
            server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
            assert server is not None
            try:
                yield server.server_address[1]
            finally:
                server.shutdown()

    def _store(self, event: Event) -> int:
        received = event.dataset
        received.file_meta = event.file_meta
        self.kept.append(received)
        return self.store_status

    def _find(self, _: Event) -> Iterator[tuple[int, Dataset | None]]:
        for match in self.matches:
            yield 0xFF00, match
        yield self.find_status, None
