"""What a worker must be told."""

from dataclasses import dataclass, field
from datetime import timedelta

from dose_core.retention.rules import Jurisdiction

# Ten times the two seconds that Orthanc needs at most to store a small object on a loaded machine.
_ARCHIVE_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """By whose law what is older is made unreadable each day, and how long HL7 messages are kept."""

    jurisdiction: Jurisdiction
    hl7_keep: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """
    Settings of one worker process.

    Without ``orthanc_url`` nothing is sent: the rows wait. Without ``retention`` everything is kept. ``poll_s`` is how
    often the worker looks for what is due, 1 to 59. ``measures_ct_sizes``
    has CT images of that Orthanc fetched and measured. Without ``forwarding_key`` nothing is de-identified, and waits.
    """

    database_url: str = field(repr=False)
    software_version: str
    orthanc_url: str | None = None
    orthanc_user: str | None = None
    orthanc_password: str | None = field(default=None, repr=False)
    archive_timeout_s: float = _ARCHIVE_TIMEOUT_S
    poll_s: int = 2
    concurrency: int = 4
    measures_ct_sizes: bool = False
    retention: RetentionSettings | None = None
    forwarding_key: bytes | None = field(default=None, repr=False)
