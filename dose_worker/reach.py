"""Whether an archive can be reached and takes what we have, asked as the worker asks; nothing is stored."""

from pydicom.uid import UID, KeyObjectSelectionDocumentStorage
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # generated names
    StorageCommitmentPushModel,
)

from dose_core.writers.kinds import choices
from dose_services.archive_values import DicomNode, StowNode
from dose_services.pacs_values import PacsRule
from dose_worker.dicom_archive import DicomArchive
from dose_worker.stow_archive import StowArchive


def shortcomings(node: DicomNode | StowNode, rule: PacsRule) -> tuple[str, ...]:
    """
    Return what an archive does not take part in that it is to get or to be asked for, in words.

    STOW-RS has no way to ask what a service takes.

    Raises:
        ArchiveUnavailableError: it cannot be reached or does not understand us; the text says why.
    """
    if isinstance(node, StowNode):
        StowArchive(node).echo()
        return ()
    archive = DicomArchive(node)
    archive.echo()
    wanted = [uid for name, uids in choices().items() if rule.gets(name) for uid in uids]
    wanted = list(dict.fromkeys([*wanted, KeyObjectSelectionDocumentStorage]))
    if node.asks_commitment:
        wanted.append(StorageCommitmentPushModel)
    offered = archive.offers(wanted)
    return tuple(f"{UID(one).name} ({one})" for one in wanted if one not in offered)
