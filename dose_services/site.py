"""What a site says about itself, where a message or an object does not say it."""

import codecs
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from dose_core.errors import DoseError
from dose_core.identity.placeholder import NO_RULES, PlaceholderRules
from dose_core.ledger.not_patient import NotPatientRules
from dose_core.observations.codes import NO_LOCAL_CODES, LocalCodes
from dose_core.report_sentence.wording import UnknownLanguageError, wording_of

# A study counts as complete after a day without a new object: late reconstructions and slow
# modalities are then in, and a dose SR of ours does not race that of the device.
DEFAULT_QUIET_TIME_S = 24 * 60 * 60
# Ours: whoever was brought in on a Friday night is known on Monday, or somebody has to ask.
DEFAULT_PLACEHOLDER_TIME = timedelta(hours=72)


class UnusableSiteError(DoseError):
    """The site's answers cannot be worked with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    The site's answers. Built once per process from the settings and handed down.

    ``default_authority`` is the assigning authority of a patient identifier that names none, in
    HL7 (CX-4) and in DICOM (Issuer of Patient ID (0010,0021)) alike. ``hl7_default_charset`` is the
    Python codec of HL7 messages that state no character set and are not UTF-8. ``not_patient`` are its rules on
    what is a phantom's exam rather than a patient's, ``placeholders`` its patterns of names of people who are not known
    yet; after ``placeholder_time`` their exams should be somebody's. ``observation_codes`` are its codes of weight,
    height and pregnancy. With ``redirects_merged`` what HL7 says of a merged patient is meant for the survivor; else it
    is refused. ``report_language`` is that of the sentences in dose summaries (FHIR).

    Raises:
        UnusableSiteError: an answer is empty, or names a codec or a language that there is not.
    """

    timezone: ZoneInfo
    default_authority: str
    hl7_default_charset: str = "utf-8"
    quiet_time_s: int = DEFAULT_QUIET_TIME_S
    not_patient: NotPatientRules = field(default_factory=NotPatientRules)
    placeholders: PlaceholderRules = NO_RULES
    placeholder_time: timedelta = DEFAULT_PLACEHOLDER_TIME
    observation_codes: LocalCodes = NO_LOCAL_CODES
    redirects_merged: bool = False
    report_language: str = "en"

    def __post_init__(self) -> None:
        if not self.default_authority.strip():
            raise UnusableSiteError("name the default assigning authority of patient identifiers")
        try:
            codecs.lookup(self.hl7_default_charset)
        except LookupError:
            msg = f"{self.hl7_default_charset!r} is no character set of Python; use for example 'utf-8' or 'iso8859_1'"
            raise UnusableSiteError(msg) from None
        try:
            wording_of(self.report_language)
        except UnknownLanguageError as error:
            raise UnusableSiteError(str(error)) from None
