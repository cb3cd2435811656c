"""What is said about a system that gets results."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from dose_core.errors import DoseError
from dose_core.hl7.observations import DapUnit, Observation

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
    How messages to a destination look.

    ``authority`` is the assigning authority whose identifiers stand first in PID-3, ``None`` for that of the exam's
    site. ``accession_field`` is the field of OBR that has the accession number.
    """

    receiving_application: str
    receiving_facility: str = ""
    sending_application: str = "DOSELEDGER"
    sending_facility: str = ""
    processing_id: str = "P"
    authority: str | None = None
    accession_field: int = 18
    dap_unit: DapUnit = DapUnit.GY_M2

    def __post_init__(self) -> None:
        if self.processing_id not in {"P", "T", "D"}:  # table 0103
            raise UnusableDestinationError("MSH-11 is P, T or D")
        if self.accession_field not in {18, 20}:
            raise UnusableDestinationError("the accession number stands in OBR-18 or OBR-20")


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
