"""Ask which objects are kept already."""

from collections.abc import Iterator, Mapping
from itertools import islice

from sqlalchemy import select

from db.mapping import storable
from db.session import Session
from db.tables.evidence import EvidenceRow

_PER_QUERY = 1000


def known(session: Session, site: str, sop_instance_uids: Mapping[str, str]) -> frozenset[str]:
    """Return those Orthanc ids under which a site's object of the given SOP Instance UID is kept and was read."""
    remaining = iter(sop_instance_uids.items())
    found: set[str] = set()
    for some in iter(lambda: dict(islice(remaining, _PER_QUERY)), {}):
        found |= set(_known(session, site, some))
    return frozenset(found)


def _known(session: Session, site: str, sop_instance_uids: Mapping[str, str]) -> Iterator[str]:
    uid_of = {orthanc_id: storable(uid) for orthanc_id, uid in sop_instance_uids.items()}
    query = select(EvidenceRow.orthanc_id, EvidenceRow.sop_instance_uid).where(
        EvidenceRow.site == site,
        EvidenceRow.sop_instance_uid.in_(set(uid_of.values())),
        EvidenceRow.read_status != "pending",
    )
    for orthanc_id, sop_instance_uid in session.execute(query):
        if orthanc_id is not None and uid_of.get(orthanc_id) == sop_instance_uid:
            yield orthanc_id
