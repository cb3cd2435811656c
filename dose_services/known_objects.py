"""Which objects of an archive are kept already, so that nobody has to send them once more."""

from collections.abc import Mapping

from db.repositories import known_evidence
from db.session import Session

# Who hands in what a backfill finds: no token's subject, and no way on which a device sends.
BACKFILL_SENDER = "backfill"


def known_objects(session: Session, sop_instance_uids: Mapping[str, str], *, site: str = "") -> frozenset[str]:
    """
    Return the Orthanc ids of those objects that are kept and were read; asked by Orthanc id and SOP Instance UID.

    By both, because a copy may have the SOP Instance UID of its original: with the copy alone, the original is
    not known. An Orthanc id is made of Patient ID and the three UIDs, so that it is the same in each Orthanc.
    """
    return known_evidence.known(session, site, sop_instance_uids)
