"""What ``GET /dose/status`` answers: enough to see that doses flow, and why not; UIDs and ids only."""

import time
from typing import Any

from orthanc_plugin.delivery import Delivery
from orthanc_plugin.intake import Intake
from orthanc_plugin.settings import Settings
from orthanc_plugin.spool import Spool
from orthanc_plugin.version import VERSION

PARKED_SHOWN = 100
SPOOL_WAS_BROKEN = (
    "the spool was broken and was deleted when Orthanc started; what it held is found again in Orthanc's change log"
)


def running_status(settings: Settings, spool: Spool, intake: Intake, delivery: Delivery) -> dict[str, Any]:
    """Return the state of a plugin that runs."""
    counts, now = spool.counts(), time.time()
    return {
        "state": "running",
        "version": VERSION,
        "service": settings.service_url,
        "plaintext_reason": settings.plaintext_reason,
        "queue": {
            "length": counts.whole + counts.header + counts.unseen + intake.in_memory,
            "whole_objects": counts.whole,
            "image_headers": counts.header,
            "not_looked_at": counts.unseen,
            "in_memory": intake.in_memory,
            "deletions": counts.deleted,
        },
        "spool": SPOOL_WAS_BROKEN if spool.was_broken else "sound",
        "oldest_age_s": None if counts.oldest_added_at is None else round(max(0.0, now - counts.oldest_added_at), 1),
        "parked": {
            "count": counts.parked,
            "newest": [
                {"orthanc_id": parked.orthanc_id, "sop_instance_uid": parked.sop_instance_uid, "reason": parked.reason}
                for parked in spool.parked(limit=PARKED_SHOWN)
            ],
        },
        "last_error": intake.last_error or delivery.last_error,
        "last_error_age_s": None if delivery.last_error_at is None else round(now - delivery.last_error_at, 1),
        "last_delivery_age_s": None if delivery.last_delivery_at is None else round(now - delivery.last_delivery_at, 1),
        "change_log_read_up_to": spool.watermark(),
    }


def stopped_status(reason: str) -> dict[str, Any]:
    """Return the state of a plugin that could not start; Orthanc goes on without it."""
    return {"state": "stopped", "version": VERSION, "reason": reason}
