"""What is said about a system that gets results."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from dose_core.errors import DoseError
from dose_core.hl7.observations import QUANTITIES, Code, DapUnit, Observation, TextType
from dose_core.ledger.totals import Quantity
from dose_core.report_sentence.wording import wording_of
from dose_services.addresses import is_never_a_destination
from dose_services.viewer_links import ViewerTemplate

# Ours. Objects of a study come within seconds of each other, late reconstructions do not add dose.
DEFAULT_QUIET_S = 300
# As long as interface engines wait for each other by habit.
DEFAULT_ANSWER_TIMEOUT_S = 30


class UnusableDestinationError(DoseError):
    """A destination is described so that nothing could be sent to it."""


class UnknownDestinationError(DoseError):
    """No destination has this name or id."""


class UnknownMessageError(DoseError):
    """No message has this number."""


class MessageNotMovableError(DoseError):
    """The message cannot be queued or parked as it stands; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """
    How messages to a destination look, and what they hold.

    ``authority`` is the assigning authority whose identifiers stand first in PID-3, ``None`` for that of the exam's
    site. ``accession_field`` is the field of OBR that has the accession number. ``quantities`` are those that are told,
    all if none is named, and ``codes`` by what the receiver knows them. ``sentence_language`` is the language or locale
    of the report sentence, ``None`` for no sentence; ``link`` an address with places as in ``ViewerTemplate``, ``None``
    for no link. With ``tells_merged`` an exam is told again under the survivor of a merge.

    Raises:
        UnusableDestinationError: something stands where the standard has no place for it.
        UnknownLanguageError: there is no catalogue of the language.
        UnusableTemplateError: the link is no address, or names something else.
    """

    receiving_application: str
    receiving_facility: str = ""
    sending_application: str = "DOSELEDGER"
    sending_facility: str = ""
    processing_id: str = "P"
    authority: str | None = None
    accession_field: int = 18
    dap_unit: DapUnit = DapUnit.GY_M2
    quantities: tuple[Quantity, ...] = ()
    codes: dict[Quantity, Code] = field(default_factory=dict)
    sentence_language: str | None = None
    sentence_type: TextType = TextType.TX
    link: str | None = None
    link_type: TextType = TextType.RP
    tells_merged: bool = False

    def __post_init__(self) -> None:
        if self.processing_id not in {"P", "T", "D"}:  # table 0103
            raise UnusableDestinationError("MSH-11 is P, T or D")
        if self.accession_field not in {18, 20}:
            raise UnusableDestinationError("the accession number stands in OBR-18 or OBR-20")
        if not {*self.quantities, *self.codes} <= {*QUANTITIES}:
            msg = f"results tell of {', '.join(QUANTITIES)}"
            raise UnusableDestinationError(msg)
        if any(not (one.identifier.strip() and one.system.strip()) for one in self.codes.values()):
            raise UnusableDestinationError("a code has an identifier, a text and the name of its system")
        if self.sentence_type not in {TextType.TX, TextType.FT} or self.link_type not in {TextType.RP, TextType.ED}:
            raise UnusableDestinationError("a sentence is TX or FT, a link is RP or ED")
        if self.sentence_language is not None:
            wording_of(self.sentence_language)
        if self.link is not None:
            ViewerTemplate(self.link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """
    Where a destination listens.

    With TLS its certificate must be signed by an authority of ``ca_file`` (of the machine, if there is none) and name
    ``server_name`` (the host, if there is none); ours is shown if there is one. Files are of the worker's machine.
    """

    host: str
    port: int
    answer_timeout_s: int = DEFAULT_ANSWER_TIMEOUT_S
    uses_tls: bool = False
    server_name: str | None = None
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None

    def __post_init__(self) -> None:
        if not self.host.strip() or not 1 <= self.port <= 65_535:  # noqa: PLR2004  ports have 16 bits
            raise UnusableDestinationError("name the host of the destination, and its port between 1 and 65535")
        if is_never_a_destination(self.host):
            raise UnusableDestinationError(
                "nothing is sent to link-local addresses, nor to those of a cloud's metadata"
            )
        if not 1 <= self.answer_timeout_s <= 600:  # noqa: PLR2004  ours: a queue that waits longer stands still
            raise UnusableDestinationError("an answer is waited for between 1 and 600 seconds")
        named = (self.server_name, self.ca_file, self.certificate_file, self.key_file)
        if any(named) and not self.uses_tls:
            raise UnusableDestinationError("certificates are for TLS; turn it on, or name none")
        if self.key_file and not self.certificate_file:
            raise UnusableDestinationError("a key needs its certificate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    Which exams a destination gets: those of these modalities (all, if none is named) known since then.

    They are sent once no object about them has come for ``quiet_s``. ``is_strict`` stops the queue at a parked message.
    """

    exams_since: datetime
    modalities: tuple[str, ...] = ()
    quiet_s: int = DEFAULT_QUIET_S
    is_strict: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.quiet_s <= 30 * 86_400:
            raise UnusableDestinationError("results wait between no time and thirty days for further objects")
        if any(not name.isalnum() or name != name.upper() for name in self.modalities):
            raise UnusableDestinationError("modalities are written as in DICOM, such as CT or XA")


_FORM = TypeAdapter(Form)
_TOLD = TypeAdapter(tuple[Observation, ...])


def form_from(stored: dict[str, Any]) -> Form:
    """Return how messages look, as it was kept."""
    return _FORM.validate_python(stored)


def stored_form(form: Form) -> dict[str, Any]:
    """Return what is kept of how messages look."""
    return asdict(form)


def told_from(stored: list[Any]) -> tuple[Observation, ...]:
    """Return the observations that a destination was told, as they were kept."""
    return _TOLD.validate_python(stored)


def stored_told(told: tuple[Observation, ...]) -> list[Any]:
    """Return what is kept of observations that a destination was told."""
    kept: list[Any] = _TOLD.dump_python(told, mode="json")
    return kept
