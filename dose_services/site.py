"""What a site says about itself, where a message or an object does not say it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

# A study counts as complete after a day without a new object: late reconstructions and slow
# modalities are then in, and a dose SR of ours does not race that of the device.
DEFAULT_QUIET_TIME_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    The site's answers. Built once per process from the settings and handed down.

    ``default_authority`` is the assigning authority of a patient identifier that names none, in
    HL7 (CX-4) and in DICOM (Issuer of Patient ID (0010,0021)) alike. ``hl7_default_charset`` is the
    Python codec of HL7 messages that state no character set and are not UTF-8.
    """

    timezone: ZoneInfo
    default_authority: str
    hl7_default_charset: str = "utf-8"
    quiet_time_s: int = DEFAULT_QUIET_TIME_S
