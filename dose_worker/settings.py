"""What a worker must be told."""

from dataclasses import dataclass, field
from datetime import timedelta

from dose_core.auditing.events import AuditSource
from dose_core.retention.rules import Jurisdiction
from dose_services.archive_values import OUR_AE_TITLE, TlsFiles

# Ten times the two seconds that Orthanc needs at most to store a small object on a loaded machine.
_ARCHIVE_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """By whose law what is older is made unreadable each day, and how long HL7 messages are kept."""

    jurisdiction: Jurisdiction
    hl7_keep: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerSettings:
    """
    Where reports are taken, under which AE title, and of whom.

    ``allowed_peers`` are addresses and networks, all if there are none. With ``certificate`` it speaks TLS alone; with
    ``client_ca`` a PACS must show a certificate of one of these authorities. Both are PEM files, the key in the first.
    """

    host: str
    port: int
    ae_title: str = OUR_AE_TITLE
    allowed_peers: tuple[str, ...] = ()
    certificate: str | None = None
    key: str | None = None
    client_ca: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFeedSettings:
    """Who tells audit repositories of looks, and which: a host and port for syslog over TLS, an address for FHIR."""

    source: AuditSource
    syslog: tuple[str, int] | None = None
    fhir_url: str | None = None
    tls: TlsFiles = field(default_factory=TlsFiles)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """
    Settings of one worker process.

    Without ``orthanc_url`` nothing is sent: the rows wait. Without ``retention`` everything is kept. ``poll_s`` is how
    often the worker looks for what is due, 1 to 59. ``measures_ct_sizes``
    has CT images of that Orthanc fetched and measured. Without ``forwarding_key`` nothing is de-identified, and waits.
    Without ``commitment`` no PACS can report in an association of its own what it keeps, without ``audit`` no audit
    repository is told of looks.
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
    commitment: ListenerSettings | None = None
    audit: AuditFeedSettings | None = None
