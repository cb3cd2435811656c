"""
Any PACS as the archive that gets our dose SRs, by C-STORE.

Source: PS3.4, Annex B (storage) and Annex C (query).
"""

from collections.abc import Sequence
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # generated names
    StudyRootQueryRetrieveInformationModelFind,
    Verification,
)

from dose_core.writers.document import Evidence
from dose_services.archive_values import DicomNode
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError, Stored
from dose_worker.dicom_association import NotOfferedError, association
from dose_worker.store_status import warning_of

_SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
_FOUND = frozenset({0xFF00, 0xFF01})  # PS3.4, C.4.1.1.4: a match, and more may follow
_SUCCESS = 0x0000
_NO_ANSWER = "the PACS broke off or did not answer in time"


class DicomArchive:
    """A PACS that takes objects by C-STORE. Each call is an association of its own."""

    can_delete = False

    def __init__(self, node: DicomNode) -> None:
        self._node = node

    def store(self, dicom: bytes) -> Stored:
        """See ``Archive``. Explicit VR little endian is used where the PACS takes it, else implicit."""
        try:
            dataset = dcmread(BytesIO(dicom))
        except InvalidDicomError as error:
            raise ArchiveRefusedError("what was to be stored is no DICOM object") from error
        sop_class = dataset.SOPClassUID
        # In contexts of their own, as the PACS would choose between them if they stood in one.
        contexts = [build_context(sop_class, syntax) for syntax in _SYNTAXES]
        try:
            with association(self._node, contexts) as made:
                code = made.send_c_store(dataset).get("Status")
        except NotOfferedError as error:
            msg = (
                f"the PACS does not take {sop_class.name} ({sop_class}): allow this SOP Class for our AE title"
                f" {self._node.calling_ae_title} there, then have it sent again"
            )
            raise ArchiveRefusedError(msg) from error
        if code is None:
            raise ArchiveUnavailableError(_NO_ANSWER)
        return Stored(archive_id=str(dataset.SOPInstanceUID), warning=warning_of(code))

    def holds(self, instance: Evidence) -> bool | None:
        """See ``Archive``. A PACS that offers no query on study root cannot be asked."""
        wanted = Dataset()
        wanted.QueryRetrieveLevel = "IMAGE"
        wanted.StudyInstanceUID = instance.study_instance_uid
        wanted.SeriesInstanceUID = instance.series_instance_uid
        wanted.SOPInstanceUID = instance.sop_instance_uid
        model = StudyRootQueryRetrieveInformationModelFind
        try:
            with association(self._node, [build_context(model, list(_SYNTAXES))]) as made:
                for answer, match in made.send_c_find(wanted, model):
                    code = answer.get("Status")
                    if code in _FOUND:
                        # A PACS that does not know a key as one returns everything.
                        if match is not None and match.get("SOPInstanceUID") == instance.sop_instance_uid:
                            made.abort()
                            return True
                        continue
                    if code == _SUCCESS:
                        return False
                    raise ArchiveUnavailableError(_NO_ANSWER if code is None else _failed("query", code))
        except NotOfferedError:
            return None
        raise ArchiveUnavailableError(_NO_ANSWER)

    def delete(self, sop_instance_uid: str) -> bool:
        """Refuse: DICOM has no deletion. What is in a PACS is taken back by a rejection note."""
        msg = f"a PACS does not delete by DICOM; take {sop_instance_uid} back by a rejection note"
        raise ArchiveRefusedError(msg)

    def echo(self) -> None:
        """
        Ask the PACS if it understands us.

        Raises:
            ArchiveUnavailableError: it does not, and the text says why.
        """
        try:
            with association(self._node, [build_context(Verification, list(_SYNTAXES))]) as made:
                code = made.send_c_echo().get("Status")
        except NotOfferedError as error:
            raise ArchiveUnavailableError("the PACS offers no verification (C-ECHO)") from error
        if code != _SUCCESS:
            raise ArchiveUnavailableError(_NO_ANSWER if code is None else _failed("C-ECHO", code))

    def offers(self, services: Sequence[str]) -> tuple[str, ...]:
        """
        Return those of these SOP Classes that the PACS takes part in.

        Raises:
            ArchiveUnavailableError: it cannot be asked.
        """
        try:
            with association(self._node, [build_context(one, list(_SYNTAXES)) for one in services]) as made:
                accepted = {context.abstract_syntax for context in made.accepted_contexts}
        except NotOfferedError:
            accepted = set()
        return tuple(one for one in services if one in accepted)

    def close(self) -> None:
        """Have nothing to close: each association is released at once."""


def _failed(what: str, code: int) -> str:
    return f"the PACS answered to a {what} with status {code:04X}"
