"""
Take in objects: keep them, then read them.

Two use cases, because the edge commits each on its own: evidence first, alone; reading second. A
reader that fails, in a way foreseen or not, can then never cost the evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.mapping import storable
from db.repositories import absences, evidence
from db.session import Session
from dose_core.contract import Envelope
from dose_services import same_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """
    What became of an object that was handed in; ``is_new`` is false for content that was kept before.

    ``envelope`` and ``read_status`` let it be read without being fetched again.
    """

    evidence_id: UUID
    sop_instance_uid: str
    is_new: bool
    is_known_content: bool  # only identity or encoding differ from an object that is kept under this UID
    site: str
    envelope: Envelope
    read_status: str
    read_reason: str | None


def keep_objects(
    session: Session, envelopes: Sequence[Envelope], *, sender: str, received_at: datetime, site: str = ""
) -> list[Kept]:
    """
    Keep objects as evidence and return what became of each, in their order. Safe to repeat.

    Other content under a known SOP Instance UID is kept as a further version; which one counts is
    decided when it is read, never by refusing the sender.

    Args:
        session: the unit of work.
        envelopes: the objects.
        sender: who handed them in.
        received_at: when.
        site: where the sender belongs; equal UIDs of two sites do not meet.
    """
    if not envelopes:
        return []
    rows = [
        {
            "site": site,
            "sop_instance_uid": storable(envelope.sop_instance_uid),
            "digest": envelope.digest,
            "content": envelope.dicom,
            "size_bytes": len(envelope.dicom),
            "is_header": envelope.is_header,
            "received_at": received_at,
            "sender": sender,
            "calling_aet": storable(envelope.calling_aet),
            "origin": envelope.origin,
            "orthanc_id": storable(envelope.orthanc_id),
            "copy_of": envelope.copy_of,
        }
        for envelope in envelopes
    ]
    kept = evidence.keep(session, rows)
    again = {uid for (uid, _), one in kept.items() if one.has_earlier}
    if again:
        absences.note_back(session, site, again, now=received_at)
    repeats = same_content.repeats(session, site, {one.id: uid for (uid, _), one in kept.items() if one.is_again})
    outcome = []
    for row, envelope in zip(rows, envelopes, strict=True):
        sop_instance_uid = str(row["sop_instance_uid"])
        one = kept[sop_instance_uid, str(row["digest"])]
        outcome.append(
            Kept(
                evidence_id=one.id,
                sop_instance_uid=sop_instance_uid,
                is_new=one.is_new,
                is_known_content=not one.is_new or one.id in repeats,
                site=site,
                envelope=envelope,
                read_status=one.read_status,
                read_reason=one.read_reason,
            )
        )
    return outcome
