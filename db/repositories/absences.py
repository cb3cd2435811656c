"""Queries on kept objects that their archive does not hold any more."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text

from db.session import Session

# What is told of an exam depends on it, so that the exam is made anew.
_GONE = text(
    """
    WITH changed AS (
        UPDATE evidence SET gone_at = CAST(:now AS timestamptz)
        WHERE orthanc_id = ANY (CAST(:orthanc_ids AS text[])) AND site = :site AND gone_at IS NULL
        RETURNING id
    )
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT DISTINCT 'refile', s.site, s.study_instance_uid, CAST(:now AS timestamptz)
    FROM changed JOIN statement s ON s.evidence_id = changed.id
    """
)
_BACK = text(
    """
    WITH changed AS (
        UPDATE evidence SET gone_at = NULL
        WHERE sop_instance_uid = ANY (CAST(:uids AS text[])) AND site = :site AND gone_at IS NOT NULL
        RETURNING id
    )
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT DISTINCT 'refile', s.site, s.study_instance_uid, CAST(:now AS timestamptz)
    FROM changed JOIN statement s ON s.evidence_id = changed.id
    """
)


def note_gone(session: Session, site: str, orthanc_ids: Collection[str], *, now: datetime) -> None:
    """Note that these objects of a site's archive are gone from it; those that are not kept are passed over."""
    session.execute(_GONE, {"orthanc_ids": sorted(orthanc_ids), "site": site, "now": now})


def note_back(session: Session, site: str, sop_instance_uids: Collection[str], *, now: datetime) -> None:
    """Note that these objects came again."""
    session.execute(_BACK, {"uids": sorted(sop_instance_uids), "site": site, "now": now})
