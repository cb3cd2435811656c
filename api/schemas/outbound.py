"""Bodies about results for other systems."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from api.schemas.base import BodyIn, BodyOut
from api.schemas.devices import Comment
from dose_core.hl7.observations import DapUnit, TextType
from dose_core.hl7.telling import QueueState
from dose_core.ledger.totals import Quantity
from dose_services.outbound_destinations import DestinationView


class CodeOut(BodyOut):
    """A code by which a destination knows a quantity."""

    identifier: str
    text: str
    system: str


class DestinationOut(BodyOut):
    """
    A system that gets results. The last four count its messages; one that is not active rests.

    It gets all quantities if none is named; with no language it gets no sentence, with no address no link.
    """

    id: UUID
    name: str
    is_active: bool
    host: str
    port: int
    uses_tls: bool
    modalities: list[str]
    exams_since: datetime
    quiet_s: int
    is_strict: bool
    dap_unit: DapUnit
    quantities: list[Quantity]
    codes: dict[Quantity, CodeOut]
    sentence_language: str | None
    sentence_type: TextType
    link: str | None
    link_type: TextType
    tells_merged: bool
    queued: int
    withheld: int
    parked: int
    sent: int

    @classmethod
    def of(cls, view: DestinationView) -> "DestinationOut":
        """Return the body about a destination."""
        return cls(
            id=view.id,
            name=view.name,
            is_active=view.is_active,
            host=view.endpoint.host,
            port=view.endpoint.port,
            uses_tls=view.endpoint.uses_tls,
            modalities=list(view.rule.modalities),
            exams_since=view.rule.exams_since,
            quiet_s=view.rule.quiet_s,
            is_strict=view.rule.is_strict,
            dap_unit=view.form.dap_unit,
            quantities=list(view.form.quantities),
            codes={quantity: CodeOut.model_validate(code) for quantity, code in view.form.codes.items()},
            sentence_language=view.form.sentence_language,
            sentence_type=view.form.sentence_type,
            link=view.form.link,
            link_type=view.form.link_type,
            tells_merged=view.form.tells_merged,
            queued=view.queued,
            withheld=view.withheld,
            parked=view.parked,
            sent=view.sent,
        )


class DestinationsOut(BodyOut):
    """All systems that get results, by name."""

    destinations: list[DestinationOut]


class MessageOut(BodyOut):
    """
    One message of a queue; names no patient.

    ``kind`` is F for a result, C for a correction, D for one that counts no more, W for one sent under the wrong
    patient. ``problem`` is what the last attempt came to, ``not_before`` when the next one is due.
    """

    number: int
    destination: str
    exam_id: UUID
    kind: str
    control_id: str
    state: QueueState
    attempts: int
    not_before: datetime
    problem: str | None
    created_at: datetime
    ended_at: datetime | None


class MessagesOut(BodyOut):
    """A page of messages in the order in which they are sent; the number of the last one asks for the next page."""

    messages: list[MessageOut]


class MessageContentOut(BodyOut):
    """
    A message as it is sent, and what the last answer to it says; both may name a patient.

    They are null once the time to keep them is over; the answer as well where none came.
    """

    message: MessageOut
    content: str | None
    answer: str | None


class MoveMessageIn(BodyIn):
    """Why; it stays on record, without the names and numbers of the patient."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "the RIS knows the patient now"}]})

    comment: Comment
